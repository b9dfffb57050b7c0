"""Print answers and articles as cards in a terminal, or as plain whole lines when piped.

On a screen the first passage stands beside a bar, wrapped to the width, its answering sentence bold; of the others
title and sentence are left, a line each, so that the first stays in sight. A dotted bar means: not sure. Piped text
is never wrapped or cut: one line is one paragraph, word for word. Without styles the sentence follows on its own line
after "▸". Texts of others are never read as markup, and no mark is put into them.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.answer import Answer, AnswerPassage
from bot.channels.layout import (
    ANSWERS,
    BAR,
    DOUBT,
    LEAST,
    LIKELY,
    QUIET,
    TITLE,
    bar_of,
    columns,
    indented,
    kept,
    paragraph,
    put,
)  # fmt: skip
from bot.lines import line_of
from bot.printing import shown
from bot.render import (
    COPIES,
    NOT_FOUND,
    NOT_SURE,
    corrections,
    day,
    filter_line,
    likeness,
    missing_words,
    passage_address,
    place,
    problems,
)
from index import ArticleCard, Copies, Parts, Passage

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


INSIST: Final = "Put a word in quotation marks to search it as you wrote it."
_BAR_CELLS: Final = 12


def terminal(answer: Answer, console: "Console", *, explain: bool = False, hint: str = "") -> None:
    """Print `answer` as numbered cards, after lines on how it was searched and on its state unless it is answered.

    `explain` adds what each word and feature gave to the first passage. `hint` says how to search without the
    filters: "`:all` searches everything."
    """
    if _notes(console, answer, hint) and answer.state != "nothing":
        console.print()
    if answer.state != "nothing":
        cards(answer, console)
    if explain:
        explanation(answer, console)


def cards(answer: Answer, console: "Console", first: int = 0) -> None:
    """Print the passages of `answer` from the one in place `first` on, counted from 0."""
    is_sure = answer.state == "answered"
    for number, passage in enumerate(answer.passages[first:], first + 1):
        if number == 1 or not console.is_terminal:
            if number > first + 1:
                console.print()
            _card(console, number, passage, is_sure=is_sure)
        else:
            if number == 2:
                console.print()
            _brief(console, number, passage, is_sure=is_sure)


def explanation(answer: Answer, console: "Console") -> None:
    """Print the confidence, what each word gave to the score of the first passage, and the ignored words."""
    why = answer.explanation
    console.print()
    put(console, f"Why: it {likeness(answer.confidence)}.", TITLE)
    whole = sum(share.share for share in why.shares) or 1.0
    rows = []
    for share in sorted(why.shares, key=lambda share: -share.share):
        part = share.share / whole
        term = f"  ({shown(share.term)})" if share.term != share.word.casefold() else ""
        # Number and bar lead, so that a right-to-left word cannot move them.
        rows.append(f"{100 * part:4.0f} %  {_bar(part)}  {shown(share.word)}{term}")
    # In one piece: a question of thousands of words has as many rows, and each print takes a quarter of a millisecond.
    put(console, "\n".join(rows))
    if not why.shares:
        put(console, "No word of the question was searched.", QUIET)
    if why.parts is not None:
        put(console, f"Score: {_score(why.parts)}.", QUIET)
    if why.ignored:
        put(console, "Ignored: " + ", ".join(shown(word) for word in why.ignored), QUIET)


def neighbourhood(article: ArticleCard, passages: Sequence[Passage], chosen: int | None, console: "Console") -> None:
    """Print `passages` of `article`, each under its place; the one in row `chosen`, if any, is marked with "▸"."""
    from rich.text import Text

    put(console, _title(article.title), TITLE)
    put(console, _origin(article), QUIET)
    for passage in passages:
        console.print()
        mark = "▸ " if passage.row == chosen else "  "
        put(console, mark + place(passage), BAR if passage.row == chosen else QUIET)
        paragraph(console, Text(shown(passage.text), style=TITLE if passage.row == chosen else ""))


def _score(parts: Parts) -> str:
    """Return the parts of a score: "12.3 = 9.1 words + 1.2 letters in common + 2.0 words close together"."""
    named = (
        (parts.words, "words"),
        (parts.grams, "letters in common"),
        (parts.pairs, "pairs of words"),
        (parts.stretch, "words close together"),
        (parts.around, "words around"),
        (parts.meaning, "meaning"),
    )
    whole = sum(value for value, _ in named)
    return f"{whole:.1f} = {' + '.join(f'{value:.1f} {name}' for value, name in named if value)}"


def _bar(part: float) -> str:
    """Return a part of a whole, 0 to 1, as a bar of 12 cells."""
    filled = round(_BAR_CELLS * part)
    return "█" * filled + "·" * (_BAR_CELLS - filled)


def _notes(console: "Console", answer: Answer, hint: str) -> bool:
    """Print how the question was understood, then its state. Return whether anything was printed."""
    filters = filter_line(answer)
    changed = corrections(answer)
    quiet = [*changed, *([INSIST] if changed else []), *([f"{filters} {hint}".strip()] if filters else [])]
    doubts = [*problems(answer), *_state(answer)]
    for line in quiet:
        put(console, line, QUIET)
    for line in doubts:
        put(console, line, DOUBT)
    return bool(quiet or doubts)


def _state(answer: Answer) -> list[str]:
    words = missing_words(answer)
    missing = [f"No article mentions: {', '.join(words)}"] if words else []
    if answer.state != "nothing":
        return [*missing, *([NOT_SURE] if answer.state == "closest" else [])]
    return [NOT_FOUND, *missing, *(["Nearest articles:", *numbered(answer.nearest)] if answer.nearest else [])]


def numbered(titles: Sequence[str]) -> list[str]:
    """Return a line for each title, behind the number that opens it at the prompt: ["1  Old Mill Bridge"]."""
    width = len(str(len(titles)))
    return [f"{number:>{width}}  {_title(title)}" for number, title in enumerate(titles, 1)]


def _card(console: "Console", number: int, passage: AnswerPassage, *, is_sure: bool) -> None:
    from rich.text import Text

    indented(console, Text(_title(passage.article.title), style=TITLE), f"{number}  ")
    put(console, _origin(passage.article, place(passage.passage)), QUIET, indent="   ")
    start, end = passage.highlight
    text = passage.passage.text
    marked = (kept(console, text[start:end]), ANSWERS if is_sure else LIKELY)
    before, after = kept(console, text[:start]), kept(console, text[end:])
    paragraph(console, Text.assemble(before, marked, after), is_sure=is_sure)
    sentence = shown(text[start:end]).strip()
    if console.color_system is None and sentence not in ("", shown(text).strip()):
        put(console, f"▸ {sentence}", indent="   ")
    if passage.copies.titles:
        put(console, _also_in(passage.copies), QUIET, indent="   ")
    where = passage_address(passage.article, passage.passage) or _in_file(passage.article, passage.passage)
    if where:
        # An address is never wrapped: half of one opens nothing.
        console.print(Text(where if not console.is_terminal else f"   {where}", style=QUIET), soft_wrap=True)


def _brief(console: "Console", number: int, passage: AnswerPassage, *, is_sure: bool) -> None:
    """Print a passage in two lines: its title and place, and where its answering sentence begins."""
    from rich.text import Text

    indented(console, _heading(console, passage, len(f"{number}  ")), f"{number}  ", 1)
    start = passage.highlight[0]
    indented(
        console, Text.assemble("… " if start else "", shown(passage.passage.text[start:])), bar_of(is_sure=is_sure), 1
    )


def _heading(console: "Console", passage: AnswerPassage, indent: int) -> "Text":
    """Return title and origin in one line; where these are too long, first the origin gives way, then the title."""
    from rich.text import Text

    title, here = Text(_title(passage.article.title), style=TITLE), place(passage.passage)
    # As much as a line that goes on leaves.
    room = columns(console) - indent - 2
    origin = _origin(passage.article, here)
    if title.cell_len + 2 + len(origin) > room:
        origin = here
        title.truncate(max(room - 2 - len(origin), LEAST), overflow="ellipsis")
    return Text.assemble(title, (f"  {origin}", QUIET))


def height(console: "Console", passage: Passage) -> int:
    """Return how many lines of a screen a passage takes in its neighbourhood: a blank one, its place and its text."""
    from rich.text import Text

    return 2 + len(Text(kept(console, passage.text)).wrap(console, max(columns(console) - 3, LEAST), overflow="fold"))


def _in_file(article: ArticleCard, passage: Passage) -> str:
    """Return the file of a passage, and the line that it begins on where that is certain: "notes/rain.md:12"."""
    line = line_of(article, passage)
    return shown(_near(article.path)) + (f":{line}" if line is not None else "")


def _near(path: str) -> str:
    """Return a path as one would type it here: from the working directory where it is below it."""
    return path.removeprefix(f"{Path.cwd()}{os.sep}")


def _also_in(copies: Copies) -> str:
    named, rest = copies.named(COPIES)
    return f"Also in: {'; '.join(map(_title, named))}" + (f" and {rest:,} more" if rest else "")


def _title(title: str) -> str:
    return shown(title).strip() or "Untitled"


def _origin(article: ArticleCard, where: str = "") -> str:
    source = shown(article.source or "").strip()
    return " · ".join(part for part in (day(article.date), source, where) if part)
