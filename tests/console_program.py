"""The console on a small fixed library, for tests; run as a program, it is what a pseudo-terminal talks to."""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bot.answer import DEFAULT_OPTIONS, Answer, AnswerPassage, AskOptions, Explanation, TermShare
from bot.articles import Listing
from bot.channels.console import run_console
from index.errors import NoIndexError
from index.model import ArticleCard, Parts, Passage
from index.query.periods import Period
from index.query.syntax import Filter
from index.query.terms import Resolved
from index.search.copies import Copies
from index.search.evidence import NO_EVIDENCE
from index.search.results import Results

BRIDGE = ArticleCard(
    0, "a1b2c3d4e5f6", "Weir Lane bridge closes", "n.txt", "Courier", None, None, "2026-02-20", "en", 0, 6
)
MILL = ArticleCard(1, "b1b2c3d4e5f6", "جسر الطاحونة [bold]", "m.txt", None, None, None, None, "ar", 6, 1)
TEXTS = (
    "The council met on Monday evening in the old town hall.",
    "Engineers found cracks in two of the piers last autumn.",
    "The repair is paid for by the county. The bridge closes on 3 March for nine weeks. Buses go round by the mill.",
    "Cyclists may use the lock gates, one at a time.",
    "The lock keeper asks everybody to dismount.",
    "The bridge was built in 1911.",
)
PASSAGES = [Passage(row, 0, row + 1, 6, "paragraph", text) for row, text in enumerate(TEXTS)]
ARABIC = Passage(6, 1, 1, 1, "paragraph", "أغلق الجسر في مارس. يفتح في مايو.")
CLOSES = "The bridge closes on 3 March for nine weeks."
WHY = Explanation(
    (TermShare("bridge", "bridg", 3.0), TermShare("close", "close", 1.0)),
    ("the", "when"),
    Parts(4.0, 1.0, 0.5, 0.0, 0.0),
)


def answer(question: str, *, explain: bool = False) -> Answer:
    start = TEXTS[2].index(CLOSES)
    first = AnswerPassage(PASSAGES[2], BRIDGE, 9.0, (start, start + len(CLOSES)), Copies(("Weir Lane shut",), 1))
    second = AnswerPassage(ARABIC, MILL, 4.0, (0, 19))
    return Answer(question, "answered", 0.97, (first, second), (), (), WHY if explain else Explanation())


IN_JUNE = Filter(
    "period", "dates:2026-06-01..2026-06-30", "in June", period=Period(date(2026, 6, 1), date(2026, 6, 30))
)
NOTHING = Answer("?", "nothing", 0.1, (), ("zeppelin",), ("Weir Lane bridge closes",), Explanation())


class FixedLibrary:
    """Two articles and three kinds of question: about a zeppelin, a broken or slow one, any other."""

    async def answer_async(self, question: str, k: int | None = None, options: AskOptions = DEFAULT_OPTIONS) -> Answer:
        if "broken" in question:
            raise NoIndexError("data/current: nothing was\nbuilt here yet")
        if "slow" in question:
            sys.stderr.write("thinking\n")
            await asyncio.sleep(600)
        if "zeppelin" in question:
            return replace(NOTHING, question=question)
        found = replace(answer(question, explain=options.explain), passages=answer(question).passages[:k])
        if "brigde" in question and not options.exact:
            found = replace(found, corrected=(("brigde", "bridge"),))
        return replace(found, filters=(IN_JUNE,)) if "in June" in question and not options.without else found

    def answer_with_results(
        self, question: str, k: int | None = None, options: AskOptions = DEFAULT_OPTIONS
    ) -> tuple[Results, Answer]:
        found = Results(question, "en", (), (), 0.5, 0.97, NO_EVIDENCE)
        return found, replace(answer(question, explain=options.explain), passages=answer(question).passages[:k])

    def terms(self, question: str, *, dated: bool = True) -> Resolved:
        return Resolved(question if dated else "", "en", 0, ())

    def is_period_alone(self, question: str) -> bool:
        return not question

    @property
    def articles(self) -> "FixedTitles":
        return FixedTitles()

    def titles(self, limit: int = 0) -> list[str]:
        return [BRIDGE.title, MILL.title][: limit or None]

    def passages_of(self, article_row: int) -> list[Passage]:
        return [PASSAGES, [ARABIC]][article_row]

    def article(self, article_row: int) -> ArticleCard:
        return [BRIDGE, MILL][article_row]

    def sources(self) -> dict[str, int]:
        return {"Courier": 1}

    def summary(self) -> str:
        return "2 articles, 7 paragraphs"


class FixedTitles:
    """The articles of the library, by words of their titles."""

    def titles(self, words: str, first: int, most: int) -> Listing:
        found = [one for one in (BRIDGE, MILL) if all(word in one.title.casefold() for word in words.split())]
        return Listing(tuple(found[first : first + most]), len(found))

    def titled(self, title: str) -> ArticleCard | None:
        return next((article for article in (BRIDGE, MILL) if article.title == title), None)


async def tell(show: Callable[[str], None]) -> None:
    """What runs beside the prompt, and has something to tell."""
    show("shelf is back.")


if __name__ == "__main__":
    if sys.stdin.isatty():
        # The leader of a session takes the first terminal it opens for its own: so Ctrl-C reaches this program.
        os.setsid()
        os.close(os.open(os.ttyname(0), os.O_RDWR))
    raise SystemExit(asyncio.run(run_console(FixedLibrary(), k=3, beside=tell if "TELLS" in os.environ else None)))
