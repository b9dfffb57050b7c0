"""A passage as quotes: the sentence that answers in sight, the rest behind a tap.

    ┃ The sentence that answers.              a quote, which Telegram shows whole
    ┃ What stands before it. […] What fol…    an expandable one, which it folds to three lines

Where all of it is short nothing is folded, and the sentence stands in its place.
"""

from typing import Final

from bot.channels.telegram.messages.directions import mark, way_of
from bot.channels.telegram.messages.rich_text import Block, Run
from bot.printing import shown
from bot.render import head, tail, units

# A line of a phone holds some 36 letters. Longer than this is 1 of 100 sentences that answer in XQuAD and English news,
# and 4 of 100 in Arabic news.
IN_SIGHT: Final = 600
# Up to so much a passage stands whole, in one quote.
SHORT: Final = 200
_GAP: Final = "[…]"


def quotes(text: str, highlight: tuple[int, int], room: int) -> list[Block]:
    """Return a passage in at most `room` units, as one quote or two.

    `highlight`, a half-open range of code points, is in bold: "[…]" stands in its place where the rest of the passage
    is quoted apart. A sentence longer than 600 units is cut, and goes on there.

    >>> text = "It was a mild day. " * 11 + "The dam broke at noon."
    >>> [block.text[:30] for block in quotes(text, (209, 231), 1200)]
    ['The dam broke at noon.', 'It was a mild day. It was a mi']
    """
    start, end = highlight
    before, answer, after = shown(text[:start]), shown(text[start:end]), shown(text[end:])
    if not answer.strip():
        return _unmarked(shown(text), room)
    whole = units(before + answer + after)
    if whole <= min(SHORT if (before + after).strip() else IN_SIGHT, room):
        return [_quote(Run(before), Run(answer, ("b",)), Run(after))]
    answer = answer.strip()
    seen = head(answer, min(IN_SIGHT, room))
    after = " ".join(part for part in (_left_of(answer, seen), after.strip()) if part)
    return [_quote(Run(seen, ("b",))), *_rest(before.strip(), after, room - units(seen))]


def _unmarked(text: str, room: int) -> list[Block]:
    """Quote a text of which no sentence is marked: a single one, or a caption."""
    seen = head(text, min(IN_SIGHT, room))
    return [_quote(Run(seen)), *_rest("", _left_of(text, seen), room - units(seen))]


def _left_of(text: str, seen: str) -> str:
    """Return what of `text` its shortened form `seen` leaves out."""
    return "" if seen == text else text[len(seen.removesuffix("…").rstrip()) :].strip()


def _rest(before: str, after: str, room: int) -> list[Block]:
    """Quote what stands around a sentence in at most `room` units, with a mark in its place; nothing in too few."""
    room -= units(_GAP) + 2
    if room < 2 * units(_GAP) or not (before or after):
        return []
    before = tail(before, max(room // 2, room - units(after)))
    after = head(after, room - units(before))
    runs = _led(Run(" ".join(part for part in (before, _GAP, after) if part)))
    return [Block(runs, "expandable")]


def _quote(*runs: Run) -> Block:
    return Block(_led(*(run for run in runs if run.text)), "quote")


def _led(*runs: Run) -> tuple[Run, ...]:
    """Return the runs of a line, which runs as most of its letters do."""
    text = "".join(run.text for run in runs)
    lead = mark(text, way_of(text))
    return (Run(lead), *runs) if lead else runs
