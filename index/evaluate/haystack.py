"""The index that a question set is asked of: its own corpus, or several in one index."""

from dataclasses import dataclass

from index.evaluate.beir import Corpus
from index.model import Article


@dataclass(frozen=True, slots=True)
class Haystack:
    """Corpora in one index, one after the other."""

    corpora: tuple[Corpus, ...]

    @property
    def articles(self) -> list[Article]:
        """The articles of all corpora."""
        return [article for corpus in self.corpora for article in corpus.articles]

    def passage_ids(self, own: int) -> list[str]:
        """Return a name for every passage of the index: its id in corpus number `own`, else one that is never right.

        Corpora may use the same ids for different passages, so those of the others carry their corpus' name.
        """
        return [
            name if number == own else f"{corpus.name}:{name}"
            for number, corpus in enumerate(self.corpora)
            for name in corpus.passage_ids
        ]
