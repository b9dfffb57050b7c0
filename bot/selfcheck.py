"""Questions that people said were answered, asked of an old and a new index: does the new one answer fewer of them?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answer import Answerer, Policy
from index.retriever import Index, LocalRetriever


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
    asked: Callable[[int], None],
) -> Checked:
    """Asks every question of both; `asked` is told how many are done.

    A question counts as answered when a passage of its own is among those shown: in the same article, at the same
    place or with the text that the old index has there.
    """
    answerers = [Answerer(retriever, policy) for retriever in (old, new) if retriever is not None]
    before, now, lost = 0, 0, []
    for number, question in enumerate(questions, 1):
        texts = _texts(question, old.index) if old is not None else set()
        answered = [_answered(question, texts, answerer) for answerer in answerers]
        now += answered[-1]
        if old is not None:
            before += answered[0]
            if answered == [True, False]:
                lost.append(question.question)
        asked(number)
    return Checked(len(questions), before, now, tuple(lost))


def _texts(question: KeptQuestion, index: Index) -> set[tuple[str, str]]:
    """The passages of a question as (article id, text); without those that the index no longer has."""
    found = set()
    for article, position in question.passages:
        card = index.texts.by_id(article)
        if card is not None and position < card.passages:
            found.add((article, index.texts.passage(card.first + position).text))
    return found


def _answered(question: KeptQuestion, texts: set[tuple[str, str]], answerer: Answerer) -> bool:
    for shown in answerer.answer_now(question.question).passages:
        article = shown.article.id
        if (article, shown.passage.text) in texts:
            return True
        if (article, shown.passage.row - shown.article.first) in question.passages:
            return True
    return False
