"""Find the passages and titles that hold all of some terms, or hold them as a phrase."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.postings.compact import StoredPostings
from index.postings.forward import Forward, gather

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# A word with a hyphen is stored as its parts and as a whole, so the next word may stand one place further on.
_REACH = 2
_PIECE = 16_384


def rows_with_all(postings: StoredPostings, terms: Sequence[int]) -> Rows:
    """Return the passages that hold all of `terms`, in text or title, ascending: int64 [n]."""
    lists = [postings.rows_of(term) for term in set(terms)]
    lists.sort(key=len)
    rows = lists[0]
    for others in lists[1:]:
        if len(rows) == 0 or len(others) == 0:
            return np.empty(0, np.int64)
        rows = rows[others[np.minimum(np.searchsorted(others, rows), len(others) - 1)] == rows]
    return rows.astype(np.int64)


def holds_phrase(forward: Forward, rows: Rows, terms: Sequence[int]) -> Mask:
    """Return which of the passages `rows` hold `terms` as a phrase, in the text or in the title: bool [rows]."""
    articles, place = np.unique(forward.article[rows], return_inverse=True)
    in_title = _phrase_in(forward.title_indptr, forward.title_terms, articles.astype(np.int64), terms)
    return _phrase_in(forward.indptr, forward.terms, rows, terms) | in_title[place]


def titles_with_all(forward: Forward, terms: Sequence[int]) -> Mask:
    """Return which articles have all of `terms` in their title, in any order: bool [A]."""
    titles = np.ones(len(forward.title_indptr) - 1, bool)
    for term in set(terms):
        places = np.flatnonzero(forward.title_terms == term)
        articles = np.searchsorted(forward.title_indptr, places, side="right") - 1
        with_term = np.zeros(len(titles), bool)
        with_term[articles] = True
        titles &= with_term
    return titles


def _phrase_in(
    indptr: npt.NDArray[np.int64], stored: npt.NDArray[np.uint32], texts: Rows, terms: Sequence[int]
) -> Mask:
    """Return for each text whether `terms` follow each other in it; texts are slices `stored[indptr[i]:indptr[i + 1]]`.

    Some at a time: two common words share hundreds of thousands of passages.
    """
    pieces = [texts[start : start + _PIECE] for start in range(0, len(texts), _PIECE)]
    return np.concatenate([np.empty(0, bool), *(_phrase_in_piece(indptr, stored, piece, terms) for piece in pieces)])


def _phrase_in_piece(
    indptr: npt.NDArray[np.int64], stored: npt.NDArray[np.uint32], texts: Rows, terms: Sequence[int]
) -> Mask:
    tokens, sizes = gather(stored, indptr[texts], indptr[texts + 1])
    owner = np.repeat(np.arange(len(texts)), sizes)
    ends = tokens == terms[0]
    for term in terms[1:]:
        follows = np.zeros(len(tokens), bool)
        for step in range(1, _REACH + 1):
            follows[step:] |= ends[:-step] & (owner[step:] == owner[:-step])
        ends = follows & (tokens == term)
    holds = np.zeros(len(texts), bool)
    holds[owner[ends]] = True
    return holds
