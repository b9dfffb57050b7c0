"""The words of a question in one collection: terms with their ids, and words that were corrected."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuestionTerm:
    """One searched term of a question: `question[start:end]` is where it stands, `idf` its rarity in nats.

    `known` is False for a term that no article holds; its idf is then that of the rarest possible word, and its `id`
    -1. `form` is "" for a word of the question, else the other form of a name ("United States" for US) that the term
    belongs to: it adds to the score of a passage, and its absence takes nothing away.
    """

    term: str
    start: int
    end: int
    weight: float
    idf: float
    known: bool
    form: str = ""
    id: int = -1


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

    def known(self) -> tuple[list[int], list[float], list[float]]:
        """Return ids, weights, and weight x idf of the terms that some passage holds."""
        known = [term for term in self.terms if term.known]
        return [term.id for term in known], [term.weight for term in known], [term.weight * term.idf for term in known]

    def corrected_words(self) -> tuple[tuple[str, str], ...]:
        """Return pairs of a word as it was written and the word that was searched instead."""
        return tuple((self.text[one.start : one.end], one.searched) for one in self.corrections)

    def corrected(self) -> str:
        """Return the text with every correction put in."""
        text = self.text
        for one in reversed(self.corrections):
            text = text[: one.start] + one.searched + text[one.end :]
        return text
