"""Find the lines that a printed page repeats at its top or foot: the title of the book, the number of the page."""

import re
from collections import defaultdict
from collections.abc import Sequence

from index.sources.blocks.layout import ends_a_sentence, normal_line

_DIGITS = re.compile(r"\d+")
_DIGIT_BYTES = b"0123456789"
_PLACES = 3
# One that says so needs fewer pages.
_PAGE_NUMBER = re.compile(
    r"(?i)\b(?:page|seite|página|pagina|strona|sayfa|sid[ae]|стр(?:аница|\.)?|صفحة|صفحه) *\d|第 *\d+ *[页頁]"
)
_LONGEST = 80
_PROSE = 30
_FORM_FEED = "\f"


def without_running_heads(text: str) -> tuple[str, list[str]]:
    r"""Return a text without its running heads, and these. A sentence that one cut in two is whole again.

    A running head stands alone at the edge of a page (a form feed) or between blank lines, three times or more, but for
    its numbers the same; and unless it is the very same at the edge of every page, it cuts sentences: the headings of
    chapters do not.

    >>> without_running_heads("p. 1\n\nIt rained on all of the three islands\n\np. 2\n\nfor days.\n\np. 3")
    ('It rained on all of the three islands\nfor days.', ['p. 1', 'p. 2', 'p. 3'])
    """
    if _FORM_FEED not in text and not _repeats_lines(text):
        return text, []
    bare = text.replace("\r\n", "\n").replace(f"\n{_FORM_FEED}", _FORM_FEED).replace(f"{_FORM_FEED}\n", _FORM_FEED)
    lines = bare.replace(_FORM_FEED, f"\n{_FORM_FEED}\n").split("\n")
    filled = [at for at, line in enumerate(lines) if line and not line.isspace()]
    padded = ["", *lines, ""]
    alone: list[tuple[str, int]] = []
    for place, at in enumerate(filled):
        line = lines[at].strip()
        if len(line) > _LONGEST:
            continue
        above, below = padded[at].strip(" \t"), padded[at + 2].strip(" \t")
        if (above or below) and _FORM_FEED not in (above, below):
            continue
        if any(map(str.isalnum, line)):
            alone.append((line, place))
    if len(alone) < _PLACES and _FORM_FEED not in text:
        return text, []
    places: dict[str, list[int]] = defaultdict(list)
    for line, place in alone:
        places[_DIGITS.sub("#", line)].append(place)
    heads = {place for found in places.values() if _are_heads(lines, filled, found) for place in found}
    if len(heads) == len(filled) or not (heads or _FORM_FEED in text):
        return text, []
    return _without(lines, filled, heads), [normal_line(lines[filled[place]]) for place in sorted(heads)]


def _repeats_lines(text: str) -> bool:
    """Return whether three lines are short enough and alike, but for their numbers; in most texts they are not."""
    trimmed = [line.strip() for line in text.split("\n") if line]
    short = "\n".join([line for line in trimmed if line and len(line) <= _LONGEST])
    # Without any digits lines are alike sooner, and that is known in a tenth of the time.
    if text.isascii() and not _has_three_alike(short.encode().translate(None, _DIGIT_BYTES).split(b"\n")):
        return False
    return _has_three_alike(_DIGITS.sub("#", short).split("\n"))


def _has_three_alike(lines: Sequence[str | bytes]) -> bool:
    return len(lines) - len(set(lines)) >= _PLACES - 1


def _are_heads(lines: list[str], filled: list[int], found: list[int]) -> bool:
    if len(found) == _PLACES - 1 and all(map(_PAGE_NUMBER.search, (lines[filled[place]] for place in found))):
        return all(_at_an_edge(lines, filled[place]) for place in found[:-1])
    if len(found) < _PLACES:
        return False
    cuts = sum(
        _continues(lines[filled[place - 1]], lines[filled[place + 1]]) for place in found if 0 < place < len(filled) - 1
    )
    if 2 * cuts >= len(found) - 1:
        return True
    words = {lines[filled[place]].strip() for place in found}
    at_edges = sum(_at_an_edge(lines, filled[place]) for place in found)
    return len(words) == 1 and at_edges == len(found) and any(map(str.isalpha, *words))


def _at_an_edge(lines: list[str], at: int) -> bool:
    return _FORM_FEED in lines[max(0, at - 1) : at + 2]


def _continues(line: str, following: str) -> bool:
    """Return whether a sentence that a line of prose begins goes on in another."""
    line = line.strip()
    return len(line) >= _PROSE and not ends_a_sentence(line) and following.strip()[:1].islower()


def _without(lines: list[str], filled: list[int], heads: set[int]) -> str:
    kept: list[str] = []
    before = -1
    for place, at in enumerate(filled):
        if place in heads:
            continue
        if kept:
            # Between them lie blank lines, heads and ends of pages; in the middle of a sentence they part nothing.
            paged = place - 1 in heads or _FORM_FEED in lines[before + 1 : at]
            kept.extend([""] * ((not _continues(lines[before], lines[at])) if paged else at - before - 1))
        kept.append(lines[at])
        before = at
    return "\n".join(kept)
