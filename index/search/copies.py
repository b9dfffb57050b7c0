"""Find where else a passage stands: in news a paragraph is often printed more than once, word for word or nearly."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from index import tuning
from index.analysis.literal import fold_text
from index.query.passages import TextStore
from index.ranking.engine import Rows
from index.store.arrays import distinct

Articles = npt.NDArray[np.uint32]

# Of a line that stands in hundreds of articles ("Year", in tables) nobody reads all titles.
MOST: Final = 20
# A text is compared with a few others, one after another, and again for the next question.
_COMPARED: Final = 2048
_MARKS: Final = 1024


@dataclass(frozen=True, slots=True)
class Copies:
    """The other articles that hold a passage's text or nearly: how many, and the first `MOST` titles, each once."""

    titles: tuple[str, ...] = ()
    articles: int = 0

    def named(self, most: int) -> tuple[tuple[str, ...], int]:
        """Return the first `most` titles, and how many articles there are beside so many.

        >>> Copies(("Dunes", "Reef", "Tides"), 30).named(2)
        (('Dunes', 'Reef'), 28)
        """
        return self.titles[:most], max(self.articles - most, 0)

    def and_near(self, titles: Sequence[str]) -> "Copies":
        """Return the copies together with articles that nearly hold the text, one title for each.

        >>> Copies(("Dunes",), 1).and_near(["Reef"])
        Copies(titles=('Dunes', 'Reef'), articles=2)
        """
        if not titles:
            return self
        return Copies(tuple(dict.fromkeys((*self.titles, *titles)))[:MOST], self.articles + len(titles))


_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")


def nearly_equal(one: str, other: str) -> bool:
    """Return whether two texts are one as two papers print it: but for punctuation, a dateline, a word in ten.

    They are not where a number of one is another word in the other, or another number.

    >>> text = "HARBOUR - The ferry struck the pier at noon on Friday, and five of its crew were hurt."
    >>> nearly_equal(text, "The ferry struck the pier at noon on Friday and five of its crew were hurt")
    True
    >>> nearly_equal(text + " Cost: 4", text + " Cost: 7")
    False
    """
    share = tuning.COPY_SHARE
    # Most pairs are told apart by their lengths, and nearly all others by their words as they stand.
    if min(len(one), len(other)) < share * share * max(len(one), len(other)):
        return False
    (size, marks), (others_size, others_marks) = _marks(one), _marks(other)
    if size > others_size:
        size, marks, others_marks = others_size, others_marks, marks
    # Of the words of the one with fewer so many stand in the other at most, and then exactly so many.
    if 2 * (size - (marks & ~others_marks).bit_count()) < size or 2 * len(_words(one) & _words(other)) < size:
        return False
    first, second = Counter(fold_text(one).split()), Counter(fold_text(other).split())
    longer = max(first.total(), second.total())
    if longer < tuning.COPY_WORDS or (first & second).total() < share * longer:
        return False
    numbers, others = set(_NUMBER.findall(one)), set(_NUMBER.findall(other))
    # A dateline adds numbers, and takes no word away.
    return numbers == others or (first <= second if numbers < others else numbers > others and second <= first)


def _words(text: str) -> set[str]:
    return set(text.casefold().split())


@lru_cache(maxsize=_COMPARED)
def _marks(text: str) -> tuple[int, int]:
    """Return how many words a text has, and a mark for each of them, which others may share."""
    words, marks = _words(text), 0
    for word in words:
        marks |= 1 << hash(word) % _MARKS
    return len(words), marks


NO_COPIES: Final = Copies()


def copies(texts: TextStore, articles_of: Callable[[Rows], Articles], rows: Sequence[int]) -> list[Copies]:
    """Return the copies of each of the passages `rows`; `articles_of` gives the article row of each passage."""
    others = texts.same_hash(rows)
    return [_copies(texts, articles_of, row, others[row]) if row in others else NO_COPIES for row in rows]


def _copies(texts: TextStore, articles_of: Callable[[Rows], Articles], row: int, others: Sequence[int]) -> Copies:
    rows = np.array(others)
    articles = articles_of(rows)
    own = articles[np.searchsorted(rows, row)]
    # Both ascend: the first passage of each other article.
    firsts_of = np.searchsorted(articles, distinct(articles))
    rows = rows[firsts_of][articles[firsts_of] != own]
    (_, text, _), *firsts = texts.titles_and_texts([row, *rows[:MOST].tolist()])
    # Two texts may share a hash.
    titles = [title for title, other, _ in firsts if other == text]
    return Copies(tuple(dict.fromkeys(titles)), len(rows) - (len(firsts) - len(titles)))
