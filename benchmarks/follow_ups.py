"""Measure what the words of earlier questions do for the next one, on a question set in BEIR layout.

    python -m benchmarks.follow_ups DIR [--foreign OTHER]

No set of real conversations is at hand, so three kinds of replies are made from the set:

  shortened   a question without the words that the one before it, on the same passage, already said
  unrelated   a whole question in reply to one about another article
  foreign     a question of the set OTHER, which the articles of DIR cannot answer, in reply to one of DIR

Reported are hit@1 alone and in context and how often the context was taken; for foreign ones, how many found something
in context that found nothing alone.
"""

import argparse
import random
import tempfile
from itertools import pairwise
from pathlib import Path

from bot.answer import Answer, Answerer
from bot.conversation import FollowUp, follow_up
from bot.policy import Policy
from index.analysis.analyzer import analyze_spans
from index.build.build import Options, build
from index.evaluate.beir import Question, QuestionSet, load
from index.search.retriever import LocalRetriever
from index.store.store import Store

MOST = 600
UNRELATED = 300


def pairs(questions: QuestionSet) -> list[tuple[Question, Question]]:
    """Neighbouring questions on the same passage, at most 600, always the same."""
    of_passage: dict[str, list[Question]] = {}
    for question in questions.questions:
        for passage in question.relevant:
            of_passage.setdefault(passage, []).append(question)
    found = [pair for those in of_passage.values() for pair in pairwise(those)]
    random.Random(1).shuffle(found)  # noqa: S311 - a sample, not a secret
    return found[:MOST]


def shortened(question: str, before: str, language: str) -> str:
    """`question` without the words of `before`: ("Who built the mill?", "Where is the mill?") -> "Who built ?"."""
    known = {span.term for span in analyze_spans(before, language)}
    kept, at = "", 0
    for span in analyze_spans(question, language):
        if span.term in known:
            kept += question[at : span.start]
            at = span.end
    return " ".join((kept + question[at:]).split())


class Bench:
    """An index of the set, and what was counted on it."""

    def __init__(self, questions: QuestionSet, folder: Path) -> None:
        build(Store(folder), list(questions.articles), [], Options(cut=False))
        self._answerer = Answerer(LocalRetriever(Store(folder)), Policy())
        self._ids = questions.passage_ids
        self.asked = self.alone = self.context = self.taken = self.rescued = 0

    def ask(self, question: str, before: str, relevant: frozenset[str]) -> None:
        """Ask alone and in context."""
        alone, first = self._answerer.answer(question), self._answerer.answer(before).passages[:1]
        article = first[0].article.id if first else None
        understood: FollowUp = follow_up(self._answerer, question, [before], article=article)
        self.asked += 1
        self.alone += self._hits(alone, relevant)
        self.context += self._hits(understood.answer, relevant)
        self.taken += bool(understood.added)
        self.rescued += alone.state == "nothing" != understood.answer.state

    def report(self, kind: str) -> None:
        """Print what was counted since the last time."""
        share = (f"{count / max(self.asked, 1):.3f}" for count in (self.alone, self.context, self.taken))
        print(f"| {kind} | {self.asked} | {' | '.join(share)} | {self.rescued} |")
        self.asked = self.alone = self.context = self.taken = self.rescued = 0

    def _hits(self, answer: Answer, relevant: frozenset[str]) -> bool:
        return bool(answer.passages) and self._ids[answer.passages[0].passage.row] in relevant


def main(folder: Path, foreign: Path | None, language: str) -> None:
    questions = load(folder)
    following = pairs(questions)
    with tempfile.TemporaryDirectory() as index:
        bench = Bench(questions, Path(index))
        print("| replies | asked | hit@1 alone | in context | context taken | found only so |")
        print("|---|---|---|---|---|---|")
        for before, question in following:
            short = shortened(question.text, before.text, language)
            if short != " ".join(question.text.split()):
                bench.ask(short, before.text, question.relevant)
        bench.report("shortened")
        for (_, question), (other, _) in list(zip(following, following[7:], strict=False))[:UNRELATED]:
            if question.relevant.isdisjoint(other.relevant):
                bench.ask(question.text, other.text, question.relevant)
        bench.report("unrelated")
        if foreign is not None:
            others = [question.text for question in load(foreign).questions]
            random.Random(1).shuffle(others)  # noqa: S311 - a sample, not a secret
            for text, (before, _) in list(zip(others, following, strict=False))[:UNRELATED]:
                bench.ask(text, before.text, frozenset())
            bench.report("foreign")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Follow-up questions, made from a question set.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--foreign", type=Path, help="a set whose questions these articles cannot answer")
    parser.add_argument("--language", default="en")
    chosen = parser.parse_args()
    main(chosen.folder, chosen.foreign, chosen.language)
