"""Find where else a passage stands, word for word: in news a paragraph is often printed more than once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from index.postings.forward import Forward
from index.store.arrays import distinct
from index.store.texts import Texts

# Of a line that stands in hundreds of articles ("Year", in tables) nobody reads all titles.
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Copies:
    """The other articles that hold a passage's text: how many, and the titles of the first `MOST`, each title once."""

    titles: tuple[str, ...] = ()
    articles: int = 0

    def named(self, most: int) -> tuple[tuple[str, ...], int]:
        """Return the first `most` titles, and how many articles there are beside so many.

        >>> Copies(("Dunes", "Reef", "Tides"), 30).named(2)
        (('Dunes', 'Reef'), 28)
        """
        return self.titles[:most], max(self.articles - most, 0)


NO_COPIES: Final = Copies()


def copies(texts: Texts, forward: Forward, rows: Sequence[int]) -> list[Copies]:
    """Return the copies of each of the passages `rows`."""
    others = texts.same_hash(rows)
    return [_copies(texts, forward, row, others[row]) if row in others else NO_COPIES for row in rows]


def _copies(texts: Texts, forward: Forward, row: int, others: Sequence[int]) -> Copies:
    rows = np.array(others)
    # Both ascend: the first passage of each other article.
    rows = rows[np.searchsorted(forward.article[rows], distinct(forward.article[rows]))]
    rows = rows[forward.article[rows] != forward.article[row]]
    (_, text, _), *firsts = texts.titles_and_texts([row, *rows[:MOST].tolist()])
    # Two texts may share a hash.
    titles = [title for title, other, _ in firsts if other == text]
    return Copies(tuple(dict.fromkeys(titles)), len(rows) - (len(firsts) - len(titles)))
