"""A question as it was asked, which is enough to answer it again after a restart, and what was made of it."""

import json
from dataclasses import dataclass
from functools import cached_property

from bot.channels.telegram.memory.records import PassageKey, StoredAnswer


@dataclass(frozen=True)
class SearchedQuestion:
    """A question and how it is searched.

    `exact`: the words as they are written; `without`: keys of filters that are left out; `added`: words of earlier
    questions that are searched too; `article`: the id of the article that answered them, where the question is about
    it; `like`: the passage that more was wanted of, `question` then being its words.
    """

    question: str
    exact: bool = False
    without: frozenset[str] = frozenset()
    added: tuple[str, ...] = ()
    like: PassageKey | None = None
    article: str | None = None

    @cached_property
    def words(self) -> str:
        """The words that are searched."""
        return " ".join((self.question, *self.added))

    def to_json(self) -> str:
        """Return all but the question, as JSON for the memory."""
        like = [self.like.article, self.like.position] if self.like else None
        return json.dumps([self.exact, sorted(self.without), self.added, like, self.article])

    @classmethod
    def of(cls, stored: StoredAnswer) -> "SearchedQuestion":
        """Return what a stored answer was the answer to."""
        how = json.loads(stored.how) if stored.how else (False, (), (), None)
        # One that an earlier version stored has no article.
        exact, without, added, like, *article = how
        key = PassageKey(*like) if like else None
        return cls(stored.question, exact, frozenset(without), tuple(added), key, *article)
