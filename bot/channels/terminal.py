"""Print answers and articles as cards in a terminal, or as plain whole lines when piped.

On a screen a passage stands beside a bar, wrapped to the width, its answering sentence bold. Piped text is never
wrapped: one line is one paragraph, word for word. Without styles the sentence follows on its own line after "▸".
Texts of others are never read as markup, and no mark is put into them.
"""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bot.answer import Answer, AnswerPassage
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
    shown,
)
from index import ArticleCard, Copies, Parts, Passage

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

TITLE: Final = "bold"
QUIET: Final = "dim"
# Colours that can be read on black and on white.
ANSWERS: Final = "bold green"
BAR: Final = "cyan"
DOUBT: Final = "magenta"
INSIST: Final = "Put a word in quotation marks to search it as you wrote it."
_BAR_CELLS: Final = 12
# Longer lines are hard to follow with the eyes.
_READABLE: Final = 100


def stdout_console() -> "Console":
    """Return a console on standard output; when its reader leaves, as `head` does, it prints nothing more (`quiet`)."""
    from rich.console import Console

    class PatientConsole(Console):
        def on_broken_pipe(self) -> None:
            self.quiet = True
            # Python would complain again when it flushes at exit, so the descriptor is pointed elsewhere.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)

    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return PatientConsole(highlight=False, markup=False, emoji=False)


def terminal(answer: Answer, console: "Console", *, explain: bool = False, hint: str = "") -> None:
    """Print `answer` as numbered cards, after lines on how it was searched and on its state unless it is answered.

    `explain` adds what each word and feature gave to the first passage. `hint` says how to search without the
    filters: "`:all` searches everything."
    """
    notes = _notes(console, answer, hint)
    passages = answer.passages if answer.state != "nothing" else ()
    for number, passage in enumerate(passages, 1):
        if number > 1 or notes:
            console.print()
        _card(console, number, passage)
    if explain:
        explanation(answer, console)


def explanation(answer: Answer, console: "Console") -> None:
    """Print the confidence, what each word gave to the score of the first passage, and the ignored words."""
    why = answer.explanation
    console.print()
    _line(console, f"Why: it {likeness(answer.confidence)}.", TITLE)
    whole = sum(share.share for share in why.shares) or 1.0
    rows = []
    for share in sorted(why.shares, key=lambda share: -share.share):
        part = share.share / whole
        term = f"  ({shown(share.term)})" if share.term != share.word.casefold() else ""
        # Number and bar lead, so that a right-to-left word cannot move them.
        rows.append(f"{100 * part:4.0f} %  {_bar(part)}  {shown(share.word)}{term}")
    # In one piece: a question of thousands of words has as many rows, and each print takes a quarter of a millisecond.
    _line(console, "\n".join(rows))
    if not why.shares:
        _line(console, "No word of the question was searched.", QUIET)
    if why.parts is not None:
        _line(console, f"Score: {_score(why.parts)}.", QUIET)
    if why.ignored:
        _line(console, "Ignored: " + ", ".join(shown(word) for word in why.ignored), QUIET)


def say(console: "Console", line: str, style: str = "") -> None:
    """Print one line of our own, with the texts of others in it made safe."""
    _line(console, shown(line), style)


def neighbourhood(article: ArticleCard, passages: Sequence[Passage], chosen: int | None, console: "Console") -> None:
    """Print `passages` of `article`, each under its place; the one in row `chosen`, if any, is marked with "▸"."""
    from rich.text import Text

    _line(console, _title(article.title), TITLE)
    _line(console, _origin(article), QUIET)
    for passage in passages:
        console.print()
        mark = "▸ " if passage.row == chosen else "  "
        _line(console, mark + place(passage), BAR if passage.row == chosen else QUIET)
        _passage(console, Text(shown(passage.text), style=TITLE if passage.row == chosen else ""))


def _score(parts: Parts) -> str:
    """Return the parts of a score: "12.3 = 9.1 words + 1.2 letters in common + 2.0 words close together"."""
    named = (
        (parts.words, "words"),
        (parts.grams, "letters in common"),
        (parts.pairs, "pairs of words"),
        (parts.stretch, "words close together"),
        (parts.around, "words around"),
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
        _line(console, line, QUIET)
    for line in doubts:
        _line(console, line, DOUBT)
    return bool(quiet or doubts)


def _state(answer: Answer) -> list[str]:
    words = missing_words(answer)
    missing = [f"No article mentions: {', '.join(words)}"] if words else []
    if answer.state != "nothing":
        return [*missing, *([NOT_SURE] if answer.state == "closest" else [])]
    nearest = ["Nearest articles:", *(f"• {_title(title)}" for title in answer.nearest)] if answer.nearest else []
    return [NOT_FOUND, *missing, *nearest]


def _card(console: "Console", number: int, passage: AnswerPassage) -> None:
    from rich.text import Text

    _indented(console, Text(_title(passage.article.title), style=TITLE), f"{number}  ")
    _line(console, _origin(passage.article, place(passage.passage)), QUIET, indent="   ")
    start, end = passage.highlight
    text = passage.passage.text
    sentence = shown(text[start:end])
    _passage(console, Text.assemble(shown(text[:start]), (sentence, ANSWERS), shown(text[end:])))
    if console.color_system is None and sentence.strip() not in ("", shown(text).strip()):
        _line(console, f"▸ {sentence.strip()}", indent="   ")
    if passage.copies.titles:
        _line(console, _also_in(passage.copies), QUIET, indent="   ")
    url = passage_address(passage.article, passage.passage)
    if url is not None:
        # An address is never wrapped: half of one opens nothing.
        console.print(Text(url if not console.is_terminal else f"   {url}", style=QUIET), soft_wrap=True)


def _also_in(copies: Copies) -> str:
    named, rest = copies.named(COPIES)
    return f"Also in: {'; '.join(map(_title, named))}" + (f" and {rest:,} more" if rest else "")


def _title(title: str) -> str:
    return shown(title).strip() or "Untitled"


def _origin(article: ArticleCard, where: str = "") -> str:
    source = shown(article.source or "").strip()
    return " · ".join(part for part in (day(article.date), source, where) if part)


def _passage(console: "Console", text: "Text") -> None:
    from rich.text import Text

    _indented(console, text, Text.assemble(("│  ", BAR)) if console.is_terminal else "")


def _line(console: "Console", line: str, style: str = "", *, indent: str = "") -> None:
    from rich.text import Text

    if line:
        mark = line[:2] if line[:2] in ("• ", "▸ ") else ""
        _indented(console, Text(line[len(mark) :], style=style), (indent if console.is_terminal else "") + mark)


def _indented(console: "Console", text: "Text", prefix: "str | Text") -> None:
    """Print `text` behind `prefix`, wrapped on a screen (a bar on each line, a number only once), whole when piped."""
    from rich.text import Text

    opening = prefix if isinstance(prefix, Text) else Text(prefix)
    if not console.is_terminal:
        console.print(opening + text, soft_wrap=True)
        return
    following = opening if isinstance(prefix, Text) else Text(" " * len(prefix))
    lines = text.wrap(console, max(min(console.width, _READABLE) - opening.cell_len, 8), overflow="fold")
    for count, line in enumerate(lines):
        line.rstrip()
        console.print((following if count else opening) + line, soft_wrap=True)
