"""Read lines at the prompt of the console, with history and completion of titles (prompt_toolkit)."""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from bot.printing import shown
from index import IndexLibraryError

PROMPT: Final = "quoth> "
_OFFERED = 20


async def prompt_lines(
    titles: Callable[[], list[str]], commands: Sequence[str], history: Path | None
) -> AsyncGenerator[str, None]:
    """Yield the lines a person types, until Ctrl-D; Ctrl-C clears the line."""
    session: PromptSession[str] = PromptSession(
        PROMPT, history=_history(history), completer=TitleCompleter(titles, commands), complete_while_typing=False
    )
    while True:
        try:
            yield await session.prompt_async()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


class TitleCompleter(Completer):
    """Offer titles that contain what was typed, or else those with a word that starts with the last word.

    With the title "Old Mill Bridge" both "mill br" and "why is the bri" offer "Old Mill Bridge".
    """

    def __init__(self, titles: Callable[[], list[str]], commands: Sequence[str]) -> None:
        self._titles = titles
        self._commands = commands

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002 - the base class names it
        typed = document.text_before_cursor.lstrip()
        if typed.startswith(":"):
            return [Completion(name, -len(typed)) for name in self._commands if name.startswith(typed)]
        titles = self._shown_titles()
        offered = [title for title in titles if typed.casefold() in title.casefold()]
        if not offered:
            typed = typed.rpartition(" ")[2]
            last = typed.casefold()
            offered = [title for title in titles if last and f" {last}" in f" {title.casefold()}"]
        return [Completion(title, -len(typed)) for title in offered[:_OFFERED]]

    def _shown_titles(self) -> list[str]:
        # A library that cannot be read says so when it is asked; here it only has nothing to offer.
        with suppress(IndexLibraryError):
            return [shown(title).strip() for title in self._titles()]
        return []


class _OptionalHistory(FileHistory):
    def store_string(self, string: str) -> None:
        # A full disk must not end the conversation.
        with suppress(OSError):
            super().store_string(string)


def _history(path: Path | None) -> History:
    """Return the history in `path`, readable by its owner only; one in memory where no file can be written."""
    if path is None:
        return InMemoryHistory()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return _OptionalHistory(path)
