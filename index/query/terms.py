"""The words of a question in one collection: terms with their ids, and words that were corrected."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """One of the terms that a word stands for; an engine that weighs it so gives it what the word is worth."""

    term: str
    id: int
    weight: float


@dataclass(frozen=True, slots=True)
class QuestionTerm:
    """One searched term of a question: `question[start:end]` is where it stands, `idf` its rarity in nats.

    `known` is False for a term that no article holds; its idf is then that of the rarest possible word, and its `id`
    -1. `form` is "" for a word of the question, else the other form of it ("United States" for US, "firetruck" for fire
    truck) that the term belongs to: it adds to the score of a passage, and its absence takes nothing away.

    `members` are the terms of a word that stands for several of them ("ma" for má, mà and mạ), the commonest first;
    `term` and `id` are those of the first, and `idf` is that of a word that stands wherever one of them does.
    """

    term: str
    start: int
    end: int
    weight: float
    idf: float
    known: bool
    form: str = ""
    id: int = -1
    members: tuple[Member, ...] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of the terms that the word stands for."""
        return tuple([member.id for member in self.members]) if self.members else (self.id,)

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms that the word stands for."""
        return tuple([member.term for member in self.members]) if self.members else (self.term,)

    @property
    def weighed(self) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """The same ids, and what an engine is to weigh each with."""
        return self.ids, tuple([member.weight for member in self.members]) if self.members else (self.weight,)


@dataclass(frozen=True, slots=True)
class Correction:
    """`question[start:end]` was searched as `searched`, as an article writes it."""

    start: int
    end: int
    searched: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question as one collection understands it.

    `text` is what was searched before corrections, `language` its language and `stratum` that language's (0 when it is
    none), `terms` its terms in order and, behind them, those of other forms of its names.
    """

    text: str
    language: str
    stratum: int
    terms: tuple[QuestionTerm, ...]
    corrections: tuple[Correction, ...] = ()

    def searched(self) -> tuple[list[int], list[float]]:
        """Return id and weight of every term that some passage holds, those of each word one after another."""
        known = [term.weighed for term in self.terms if term.known]
        return [number for ids, _ in known for number in ids], [weight for _, weights in known for weight in weights]

    def idfs(self) -> list[float]:
        """Return weight x idf of every term, known or not, but of those of other forms."""
        return [term.weight * term.idf for term in self.terms if not term.form]

    def words(self) -> tuple[list[int], list[float]]:
        """Return id and weight x idf of each word that some passage holds, by its first term where it has several."""
        known = [term for term in self.terms if term.known]
        return [term.id for term in known], [term.weight * term.idf for term in known]

    def same(self) -> dict[int, int]:
        """Return the first term of its word for each further term of one; empty for most questions."""
        return {other: term.id for term in self.terms if term.members for other in term.ids[1:]}

    def corrected_words(self) -> tuple[tuple[str, str], ...]:
        """Return pairs of a word as it was written and the word that was searched instead."""
        return tuple((self.text[one.start : one.end], one.searched) for one in self.corrections)

    def corrected(self) -> str:
        """Return the text with every correction put in."""
        text = self.text
        for one in reversed(self.corrections):
            text = text[: one.start] + one.searched + text[one.end :]
        return text
