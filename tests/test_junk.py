"""One file of junk neither silences a small collection nor makes it sure of everything."""

from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.policy import Policy
from index import Article, LocalRetriever, Paragraph, read
from index.build.build import Options, build
from index.store.store import Store

EXAMPLES = Path(__file__).parents[1] / "examples"
KNOWN = ("What does a ferry ticket cost?", "How wide is the gangway over the bridge?")
UNKNOWN = ("Who sold zircon umbrellas to the astronauts?", "Which kangaroo won the chess tournament?")
# Articles of so many paragraphs outnumber all others by far.
JUNK = {
    "one sign for ever": ".[1]" * 120_000,
    "one line for ever": "\n\n".join(["WARN retry of worker failed, backing off before the next attempt"] * 2500),
    "lines of a log": "\n\n".join(
        f"2031-05-{day % 28 + 1:02} WARN worker {day * 7919 % 977} took {day * 104729 % 8191} ms for request {day}"
        for day in range(2500)
    ),
    "two words in turn": "kettle harbour " * 40_000,
}


def states(folder: Path, junk: str) -> list[list[str]]:
    paragraphs = tuple(Paragraph(text) for text in junk.split("\n\n"))
    articles = [*read([EXAMPLES]), *([Article("junk", paragraphs, "/notes/junk.txt")] if junk else [])]
    build(Store(folder), articles, ["/notes"], Options())
    with Answerer(LocalRetriever(Store(folder)), Policy()) as answerer:
        return [[answerer.answer(question).state for question in questions] for questions in (KNOWN, UNKNOWN)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", JUNK)
def test_a_file_of_junk_changes_no_answer_of_the_others(tmp_path: Path, kind: str) -> None:
    known, unknown = states(tmp_path, JUNK[kind])
    assert known == ["answered"] * len(KNOWN)
    assert "answered" not in unknown
