"""Read damaged files of every format, for some minutes: nothing may crash a reader, and nothing keep it for ever.

    python -m benchmarks.fuzz [PATH...] [--minutes 1] [--seed 1] [--endings .md,.html] [--seconds 20] [--keep FOLDER]

The samples are the files under each PATH (by default `examples`), and the longer texts in the tests of the readers. One
after another is damaged (bytes changed, cut off, taken from another sample, repeated) and read under its own ending or
another. What makes a reader fail, or takes longer than so many seconds of CPU, is kept in a folder and told. The exit
code is 1 when there was any.
"""

import argparse
import ast
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Never

from index.model import Skipped
from index.sources import ENDINGS, files, read

_HERE = Path(__file__).parent.parent
# A process that reads is given up by itself after its limit of time.
_WRONG = ("a fault of quoth's reader", "it took longer than")
_SHORTEST_TEXT, _LARGEST_SAMPLE, _LARGEST = 30, 200_000, 400_000
# Samples are mostly read under their own ending; so often a damaged one is damaged again.
_OWN_ENDING, _AGAIN = 0.7, 0.6
_MOST_REPEATED = 2_000
_TOGETHER, _TELL_SECONDS = 25, 10
_TELLING = (
    *(b"<", b">", b"&", b'"', b"'", b"[", b"]", b"{", b"}", b"(", b")", b"|", b"*", b"_", b"`", b"#", b"=", b"-", b"+"),
    *(b"\n", b"\r", b"\t", b" ", b"\0", b":", b"::", b"\\", b"---\n", b"```", b"|===", b"<!--", b"]]>", b"{{", b"%}"),
    *(b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xcc\x81", b"\xed\xa0\x80", b"9" * 30, b".. ", b"#+"),
)


class _HangError(BaseException):
    """A file took too long; no reader may catch it, so it is no Exception."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What is damaged, and the ending that it is mostly read under, "" for any."""

    raw: bytes
    ending: str


@dataclass(slots=True)
class Findings:
    """How many files were read under each ending, and what went wrong: the reason, and where the file is kept."""

    read: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, Path] = field(default_factory=dict)


def samples_of(paths: Sequence[Path]) -> list[Sample]:
    """Return the files under `paths` that a reader reads, and the longer texts in the tests of the readers."""
    found = []
    for path in files(paths):
        ending = "" if isinstance(path, Skipped) else _ending(path)
        if not isinstance(path, Skipped) and ending in ENDINGS and path.stat().st_size <= _LARGEST_SAMPLE:
            found.append(Sample(path.read_bytes(), ending))
    for test in sorted((_HERE / "tests").glob("test_*.py")):
        source = test.read_text(encoding="utf-8")
        if "import read" in source:
            found += [Sample(text.encode("utf-8", "replace"), "") for text in _texts_in(source)]
    return found


def _ending(path: Path) -> str:
    return path.suffix.lower()


def _texts_in(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) >= _SHORTEST_TEXT:
            yield node.value


def damaged(samples: Sequence[Sample], endings: Sequence[str], chance: random.Random) -> tuple[bytes, str]:
    """Return a damaged sample, and the ending that it is to be read under."""
    sample = chance.choice(samples)
    raw = sample.raw
    while True:
        raw = chance.choice(DAMAGES)(raw, chance.choice(samples).raw, chance)[:_LARGEST]
        if chance.random() > _AGAIN:
            break
    own = sample.ending in endings and chance.random() < _OWN_ENDING
    return raw, sample.ending if own else chance.choice(endings)


def _changed(raw: bytes, _other: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.choice((1, 1, 3, 20)) if changed else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(raw: bytes, _other: bytes, chance: random.Random) -> bytes:
    begin, end = _part(raw, chance)
    return chance.choice((raw[:end], raw[begin:], raw[:begin] + raw[end:]))


def _spliced(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(raw))
    begin, end = _part(other, chance)
    return raw[:at] + other[begin:end] + raw[at:]


def _repeated(raw: bytes, _other: bytes, chance: random.Random) -> bytes:
    begin, end = _part(raw, chance)
    return raw[:begin] + raw[begin:end] * chance.choice((2, 3, 50, _MOST_REPEATED)) + raw[end:]


def _marked(raw: bytes, _other: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(raw))
    return raw[:at] + chance.choice(_TELLING) * chance.choice((1, 1, 2, 40, _MOST_REPEATED)) + raw[at:]


def _part(raw: bytes, chance: random.Random) -> tuple[int, int]:
    begin = chance.randint(0, len(raw))
    return begin, min(len(raw), begin + chance.choice((1, 10, 100, len(raw))))


DAMAGES: tuple[Callable[[bytes, bytes, random.Random], bytes], ...] = (_changed, _cut, _spliced, _repeated, _marked)


def fuzz(samples: Sequence[Sample], endings: Sequence[str], options: argparse.Namespace, keep: Path) -> Findings:
    """Read damaged samples for so many minutes of CPU, that of the readers' processes too; tell how far it is."""
    chance = random.Random(options.seed)  # noqa: S311 - damage that can be done again, not a secret
    findings = Findings()
    told = time.monotonic()
    while (spent := _cpu_seconds()) < 60 * options.minutes:
        if time.monotonic() - told > _TELL_SECONDS:
            told = time.monotonic()
            print(f"{spent:.0f} s of CPU, {findings.read.total():,} files, {len(findings.wrong)} faults", flush=True)
        with tempfile.TemporaryDirectory() as temporary:
            paths = []
            for number in range(_TOGETHER):
                raw, ending = damaged(samples, endings, chance)
                paths.append(Path(temporary) / f"{number:02}{ending}")
                paths[-1].write_bytes(raw)
                findings.read[ending] += 1
            # One after another only where something is wrong: a process is started for each reading.
            if fault_in(paths, options.seconds):
                _keep_faults(paths, options.seconds, findings, keep)
    return findings


def _cpu_seconds() -> float:
    return sum(os.times()[:4])


def _keep_faults(paths: Sequence[Path], seconds: float, findings: Findings, keep: Path) -> None:
    for path in paths:
        reason = fault_in([path], seconds)
        if reason and f"{path.suffix}: {reason}" not in findings.wrong:
            kept = keep / f"{len(findings.wrong):03}{path.suffix}"
            kept.write_bytes(path.read_bytes())
            findings.wrong[f"{path.suffix}: {reason}"] = kept
            print(f"{kept}: {reason}", flush=True)


def fault_in(paths: Sequence[Path], seconds: float) -> str:
    """Return what is wrong with the reading of files, each in so many seconds, "" when nothing is."""
    signal.signal(signal.SIGVTALRM, _too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        for one in read(paths):
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
            if isinstance(one, Skipped) and one.reason.startswith(_WRONG):
                return one.reason
    except _HangError:
        return f"not read in {seconds:g} seconds"
    except Exception as error:  # noqa: BLE001 - what gets through the net is what is looked for
        return f"raised {type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return ""


def _too_long(_signal: int, _frame: FrameType | None) -> Never:
    raise _HangError


def main() -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(description="Read damaged files of every format.")
    parser.add_argument("paths", nargs="*", type=Path, default=[_HERE / "examples"])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--endings", default=",".join(ENDINGS))
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    keep = options.keep or Path(tempfile.mkdtemp(prefix="fuzz-"))
    keep.mkdir(parents=True, exist_ok=True)
    samples = samples_of(options.paths)
    findings = fuzz(samples, options.endings.split(","), options, keep)
    counts = ", ".join(f"{ending} {count:,}" for ending, count in sorted(findings.read.items()))
    print(
        f"{len(samples):,} samples; {sum(findings.read.values()):,} files read: {counts}; {len(findings.wrong)} faults"
    )
    return 1 if findings.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
