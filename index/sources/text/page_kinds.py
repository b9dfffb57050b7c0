"""Tell what each line of a text is. Most texts are prose, which shows in what they lack: that is asked once of each."""

import re
from collections.abc import Sequence
from typing import Final

from index.sources.text.page_lines import (
    BYLINE_BEGINS,
    BYLINE_WORDS,
    KINDS_OF_LABELS,
    LABEL_EDGES,
    LONGEST,
    LONGEST_BYLINE,
    LONGEST_STAMP,
    RESERVED,
    kind_of,
)

_SHORT_LINE, _RAGGED = 50, 12
# One of these stands in every line of ASCII that is a menu, an address, a notice of rights or of cookies,
_NOTICES: Final = (" > ", " / ", " | ", "(c)", "copyright", *RESERVED, "cookie")
# and one of these in every appeal, which no full stop or comma closes.
_APPEALS: Final = (
    *("newsletter", "nieuwsbrief", "inbox", "postfach", "correo", "casella", "e-mail", "sign up", "subscribe"),
    *("follow us", "our app", "unlock", "abonnez", "iscriviti", "inscreva", "meld je"),
)
_DIGIT: Final = re.compile(r"\d")
# Every address, date and link in ASCII has one of these.
_TELLING: Final = re.compile(r"[\d:|/>]")
# No label is as long, not even with some signs around it.
_LEAST_SENTENCE: Final = 60
_BYLINE_BEGINS: Final = re.compile(rf"(?:{BYLINE_WORDS}) |(?i:written by|reported by|verfasst von)")


def kinds_of(lines: Sequence[str]) -> list[str]:
    """Return what each tidied line of a text is, as `page_lines.kind_of` tells; "" for text.

    So is a line that is not short and clearly one of a wrapped paragraph, whatever it says.

    >>> kinds_of(["Rain at Last", "3 hours ago", "", "It rained in Ayr."])
    ['', 'when it was published', '', '']
    """
    sizes = list(map(len, lines))
    kinds = [""] * len(lines)
    doubtful: list[int] = []
    for at, size in enumerate(sizes):
        if size > LONGEST:
            kinds[at] = kind_of(lines[at])
        elif size and not (size > _SHORT_LINE and _is_wrapped(sizes, at)):
            doubtful.append(at)
    low = "\n".join([lines[at] for at in doubtful]).casefold().split("\n")
    notices = _found(_NOTICES, low)
    appeals = _found(_APPEALS, [line for line in low if not line.endswith((".", ","))])
    signs = notices + appeals
    for at, those in zip(doubtful, low, strict=False):
        line = lines[at]
        plain = those.isascii() and line.isascii() and not (signs and any(map(those.__contains__, signs)))
        if not (plain and (_is_prose(line) if sizes[at] > _SHORT_LINE else _is_words(line, those))):
            kinds[at] = kind_of(line, plain=plain)
    return kinds


def _found(signs: Sequence[str], lines: Sequence[str]) -> list[str]:
    together = "\n".join(lines)
    return [sign for sign in signs if sign in together]


def _is_prose(line: str) -> bool:
    """Return whether a line that is not short, and holds none of the telling signs, is surely text."""
    if line[-1] == ".":
        return len(line) > LONGEST_STAMP or (len(line) > _LEAST_SENTENCE and _DIGIT.search(line) is None)
    if line[-1] in LABEL_EDGES or line[0] in LABEL_EDGES or ":" in line or ">" in line or "|" in line:
        return False
    if len(line) <= LONGEST_STAMP and _DIGIT.search(line):
        return False
    return len(line) > LONGEST_BYLINE or _BYLINE_BEGINS.match(line) is None


def _is_words(line: str, low: str) -> bool:
    """Return whether a short line that holds none of the telling signs is surely text: letters, and no label."""
    return (
        _TELLING.search(low) is None and line[0] not in BYLINE_BEGINS and low.strip(LABEL_EDGES) not in KINDS_OF_LABELS
    )


def _is_wrapped(sizes: Sequence[int], at: int) -> bool:
    """Return whether a line that is not short is clearly one of a wrapped paragraph: as long as one beside it."""
    size = sizes[at]
    least, most = max(_SHORT_LINE + 1, size - _RAGGED), size + _RAGGED
    above = sizes[at - 1] if at else 0
    below = sizes[at + 1] if at + 1 < len(sizes) else 0
    return least <= above <= most or least <= below <= most
