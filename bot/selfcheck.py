"""Questions that people said were answered, asked of an old and a new index: does the new one answer fewer of them?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answer import Answerer
from bot.policy import Policy
from index import Index, LocalRetriever


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question and the passages that answer it, each as its article's id and its place in the article, from 0."""

    question: str
    passages: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """How many of `count` kept questions the old index answers (`before`) and the new one (`now`).

    `lost` are the questions that only the old one answers. Without an old index, `before` is 0.
    """

    count: int
    before: int
    now: int
    lost: tuple[str, ...]

    @property
    def worse(self) -> bool:
        """Whether the new index answers fewer."""
        return self.now < self.before


def compare(
    questions: Sequence[KeptQuestion],
    policy: Policy,
    old: LocalRetriever | None,
    new: LocalRetriever,
    asked: Callable[[int, int], None],
) -> Checked:
    """Asks the questions of both; `asked` is told how many are done, and of how many.

    A question counts as answered when a passage of its own is among those shown: by its place in its article, or by its
    text, wherever that stands now. One whose passages the old index no longer has says nothing, and is left out.
    """
    texts = [_texts(question, old.index) if old is not None else set() for question in questions]
    known = [pair for pair in zip(questions, texts, strict=True) if old is None or pair[1]]
    earlier, later = Answerer(old, policy) if old is not None else None, Answerer(new, policy)
    before, now, lost = 0, 0, []
    for number, (question, right) in enumerate(known, 1):
        answered = _answered(question, right, later)
        now += answered
        if earlier is not None and _answered(question, right, earlier):
            before += 1
            if not answered:
                lost.append(question.question)
        asked(number, len(known))
    return Checked(len(known), before, now, tuple(lost))


def _texts(question: KeptQuestion, index: Index) -> set[str]:
    """What the passages of a question say, of those that the index still has."""
    found = set()
    for article, position in question.passages:
        card = index.texts.by_id(article)
        if card is not None and position < card.passages:
            found.add(index.texts.passage(card.first + position).text)
    return found


def _answered(question: KeptQuestion, texts: set[str], answerer: Answerer) -> bool:
    return any(
        shown.passage.text in texts or (shown.article.id, shown.passage.row - shown.article.first) in question.passages
        for shown in answerer.answer(question.question).passages
    )
