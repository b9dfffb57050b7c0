"""Take over from the generation before what it knows about articles that did not change."""

from array import array
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.analysis import analyzer
from index.postings.forward import Forward
from index.postings.vocabulary import Vocabulary
from index.sources.files.survey import source_of
from index.store.arrays import distinct
from index.store.store import Generation

_HASH_BYTES = 16


class Previous:
    """The articles of an earlier generation by id, and their terms; in memory 44 bytes of each.

    When its terms cannot be used again, being those of another analyzer, no content is known either. Raises
    BrokenIndexError.
    """

    def __init__(self, generation: Generation) -> None:
        self.sources = generation.manifest.sources
        self._texts = generation.texts
        self._reusable = dict(generation.manifest.analyzer) == dict(analyzer.settings())
        ids, firsts, counts, contents = array("Q"), array("Q"), array("I"), bytearray()
        for article_id, content, first, passages in generation.texts.contents():
            ids.append(int(article_id, 16))
            contents += bytes.fromhex(content)
            firsts.append(first)
            counts.append(passages)
        self._contents, self._firsts, self._counts = bytes(contents), firsts, counts
        # Ids ascending, and the row of each.
        self._rows = np.argsort(np.array(ids, np.uint64))
        self._ids = np.array(ids, np.uint64)[self._rows]
        self._forward = Forward.open(generation)
        self._vocabulary = Vocabulary.open(generation)
        self._numbers = np.full(len(self._vocabulary), -1, np.int64)

    def __len__(self) -> int:
        return len(self._ids)

    def articles_of(self, sources: Sequence[str]) -> int:
        """Return how many articles are from `sources`, and from no source before these among those of this index."""
        files = self._texts.files() if sources else []
        return sum(articles for path, articles, _ in files if source_of(path, self.sources) in sources)

    def rows(self, ids: Sequence[int]) -> list[int]:
        """Return the rows of articles, -1 for those that were not there."""
        if not len(self):
            return [-1] * len(ids)
        wanted = np.array(ids, np.uint64)
        places = np.minimum(np.searchsorted(self._ids, wanted), len(self) - 1)
        rows: list[int] = np.where(self._ids[places] == wanted, self._rows[places], -1).tolist()
        return rows

    def content(self, row: int) -> str:
        """Return the content hash of an article, 32 hex digits; "" when it is to be analysed anew in any case."""
        return self._contents[row * _HASH_BYTES : (row + 1) * _HASH_BYTES].hex() if self._reusable else ""

    def title(self, row: int, numbers: dict[str, int]) -> npt.NDArray[np.uint32]:
        """Return the terms of an article's title, in the numbering of `numbers`, which grows by those it lacks."""
        return self._renumbered(self._forward.title(row), numbers)

    def passages(self, row: int, numbers: dict[str, int]) -> tuple[npt.NDArray[np.uint32], "array[int]"]:
        """Return the terms of all passages of an article in the same numbering, and how many each of them has."""
        first, end = self._firsts[row], self._firsts[row] + self._counts[row]
        edges = self._forward.indptr[first : end + 1]
        sizes = array("I", np.diff(edges).astype(np.uint32).tobytes())
        return self._renumbered(self._forward.terms[edges[0] : edges[-1]], numbers), sizes

    def _renumbered(self, ids: npt.NDArray[np.uint32], numbers: dict[str, int]) -> npt.NDArray[np.uint32]:
        """Return term ids of the earlier generation in the numbering of `numbers`."""
        renumbered = self._numbers[ids]
        if len(renumbered) and renumbered.min() < 0:
            for new in distinct(np.sort(ids[renumbered < 0])).tolist():
                self._numbers[new] = numbers.setdefault(self._vocabulary.term(new), len(numbers))
            renumbered = self._numbers[ids]
        return renumbered.astype(np.uint32)
