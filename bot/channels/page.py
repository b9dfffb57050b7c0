"""The part of an article on the screen: as many passages as fit, so that its title stays in sight."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.channels.layout import QUIET, say
from bot.channels.terminal import height, neighbourhood
from index import ArticleCard, Passage

if TYPE_CHECKING:
    from rich.console import Console

_PASSAGES: Final = 3
# Title and origin above; below a blank line, the ways, another one and the prompt.
_AROUND: Final = 6


@dataclass(frozen=True, slots=True)
class Page:
    """`passages[first:last]` of an article, and the row of the passage of an answer that it was opened at."""

    article: ArticleCard
    passages: list[Passage]
    chosen: int | None
    first: int
    last: int

    @classmethod
    def at(cls, console: "Console", article: ArticleCard, passages: list[Passage], passage: Passage | None) -> "Page":
        """Return the page around a passage of the article, or its beginning."""
        if passage is None:
            return cls._fitting(console, article, passages, None, 0, _PASSAGES, 0)
        at = passages.index(passage)
        return cls._fitting(console, article, passages, passage.row, max(at - 1, 0), at + 2, at)

    def turned(self, console: "Console", way: str) -> "Page | None":
        """Return the page before ("<") or after (">") this one; None where there is none."""
        if way == "<":
            first, last = max(self.first - _PASSAGES, 0), self.first
            keep = last - 1
        else:
            first, last = self.last, self.last + _PASSAGES
            keep = first
        if not 0 <= keep < len(self.passages):
            return None
        return self._fitting(console, self.article, self.passages, self.chosen, first, last, keep)

    @classmethod
    def _fitting(
        cls,
        console: "Console",
        article: ArticleCard,
        passages: list[Passage],
        chosen: int | None,
        first: int,
        last: int,
        keep: int,
    ) -> "Page":
        """Return the page without the outer passages that do not fit; the one in place `keep` stays."""
        last = min(last, len(passages))
        if console.is_terminal:
            room = console.height - _AROUND
            while last - first > 1 and sum(height(console, one) for one in passages[first:last]) > room:
                first, last = (first + 1, last) if first < keep else (first, last - 1)
        return cls(article, passages, chosen, first, last)

    def show(self, console: "Console") -> None:
        """Print the page, and which ways lead on from it."""
        neighbourhood(self.article, self.passages[self.first : self.last], self.chosen, console)
        ways = [*(["< before"] if self.first else []), *(["> after"] if self.last < len(self.passages) else [])]
        if ways:
            console.print()
            say(console, " · ".join(ways), QUIET)
