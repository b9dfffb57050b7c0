"""Number terms in the order in which they first occur, at the speed of splitting a text at its spaces.

What a piece between white space ("said,") becomes is remembered as numbers: the analyzer sees every distinct piece
once, and need not remember it too. The numbers of a text are always those of `analyze(text, language)`.
"""

from array import array
from itertools import chain
from typing import Final

from index.analysis.analyzer import Pieces, analyze_once
from index.analysis.runs import prepare

# Of all languages together; about 0.2 KB each.
_MOST_PIECES: Final = 1_000_000
_MOST_TERMS: Final = 1_000_000


class Numbering:
    """Number the terms of texts from 0.

    >>> numbering, numbers = Numbering(), array("I")
    >>> numbering.extend(numbers, "Hello, hello worlds!", "en"), numbers, numbering.new_terms()
    (3, array('I', [0, 0, 1]), (0, ['hello', 'world']))
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._reported = 0
        self._fresh: list[str] = []
        self._pieces: dict[str, Pieces[int]] = {}

    def extend(self, numbers: "array[int]", text: str, language: str) -> int:
        """Append the numbers of a text's terms to `numbers` (type code "I") and return how many."""
        pieces = self._pieces.get(language)
        if pieces is None:
            pieces = self._pieces[language] = Pieces(lambda piece: [*map(self.number, analyze_once(piece, language))])
        before = len(numbers)
        numbers.extend(chain.from_iterable(map(pieces.__getitem__, prepare(text, language).split())))
        return len(numbers) - before

    def new_terms(self) -> tuple[int, list[str]]:
        """Return the terms that got a number since the last call, and the number of the first of them.

        It is 0 again after more terms than fit into memory: from then on numbers are given anew.
        """
        first, terms = self._reported, self._fresh
        self._reported, self._fresh = len(self._numbers), []
        return first, terms

    def forget_if_full(self) -> None:
        """Start to number anew when there are too many terms; right after `new_terms`, or terms are lost."""
        full = len(self._numbers) >= _MOST_TERMS
        if full:
            self._numbers.clear()
            self._reported = 0
        if full or sum(map(len, self._pieces.values())) >= _MOST_PIECES:
            self._pieces.clear()

    def number(self, term: str) -> int:
        """Return the number of a term, a new one where it has none yet."""
        found = self._numbers.get(term)
        if found is None:
            found = self._numbers[term] = len(self._numbers)
            self._fresh.append(term)
        return found
