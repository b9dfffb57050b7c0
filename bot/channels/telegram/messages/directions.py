"""Which way a line runs. Telegram lets its first strong letter decide, and sets the line on that side.

A mark in front decides for a line whose first letter would mislead; isolates (FSI, PDI) keep what runs the other way in
order.
"""

import re
import unicodedata
from typing import Final, Literal

from bot.channels.telegram.messages.rich_text import Block, Run, line

Way = Literal["L", "R", ""]

_MARKS: Final[dict[Way, str]] = {"L": "\u200e", "R": "\u200f", "": ""}
_FSI, _PDI = "\u2068", "\u2069"
_ISOLATED = re.compile(f"{_FSI}[^{_PDI}]*{_PDI}")


def way_of(text: str) -> Way:
    """Return the direction of most letters of `text`, "" for a text without any.

    >>> way_of("NASA تطلق قمرا جديدا"), way_of("Weir Lane"), way_of("1871")
    ('R', 'L', '')
    """
    strong = _strong(text)
    return "" if not strong else "R" if 2 * strong.count("R") > len(strong) else "L"


def mark(text: str, way: Way) -> str:
    """Return the mark that makes a line of `text` run `way`, "" where its first letter already does.

    Whether a client looks into isolates for that letter is not told, so both must agree.

    >>> mark("Weir Lane", "L"), ascii(mark("Weir Lane", "R"))
    ('', "'\\\\u200f'")
    """
    firsts = {_strong(seen)[:1] or "L" for seen in (text, _ISOLATED.sub("", text))}
    return "" if firsts == {way or "L"} else _MARKS[way]


def apart(text: str, way: Way) -> str:
    """Return `text`, between isolates if it could not simply stand in a line that runs `way`.

    >>> apart("Weir Lane", "L"), ascii(apart("Weir Lane", "R"))
    ('Weir Lane', "'\\\\u2068Weir Lane\\\\u2069'")
    """
    strong = set(_strong(text))
    fits = strong == {"R"} if way == "R" else "R" not in strong
    return text if fits or not text else f"{_FSI}{text}{_PDI}"


def running(way: Way, *runs: Run) -> Block:
    """Return a line that runs `way`."""
    lead = mark("".join(run.text for run in runs), way)
    return line(*([Run(lead, runs[0].tags)] if lead else []), *runs)


def run_apart(run: Run, way: Way) -> list[Run]:
    """Return a run as it stands in a line that runs `way`.

    Isolates stand outside of a moment, whose text Telegram replaces.
    """
    text = apart(run.text, way)
    return [run] if text == run.text else [Run(text[0], run.tags), run, Run(text[-1], run.tags)]


def _strong(text: str) -> str:
    """Return the strong letters of a text as L and R."""
    kinds = map(unicodedata.bidirectional, text)
    return "".join("L" if kind == "L" else "R" for kind in kinds if kind in ("L", "R", "AL"))
