"""What a check found, and how it is told."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.printing import out


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a report: `code` is the exit code of a failure, 0 when all is well; a `hint` is no failure."""

    subject: str
    text: str
    code: int = 0
    hint: bool = False


def told(findings: Iterable[Finding]) -> int:
    """Print findings, and return the exit code of the first failure."""
    codes = []
    for finding in findings:
        out(f"{'FAIL' if finding.code else 'hint' if finding.hint else 'ok  '} {finding.subject}: {finding.text}")
        codes.append(finding.code)
    return next(filter(None, codes), 0)
