"""The terms of titles and passages in reading order, written as articles come: numbers in files, sizes in memory."""

from array import array
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from index.build.batches import AnalysedBatch
from index.build.numbers import Numbers, offsets_of, renumbered, translated
from index.build.previous import Previous, Run
from index.store.arrays import Growing


class TermLists:
    """`numbers` are those that terms have until all are known; the files are whole at the end of the block."""

    def __init__(self, folder: Path, previous: Previous | None) -> None:
        self.numbers: dict[str, int] = {}
        self._previous = previous
        # What each analyser's numbers are in `numbers`.
        self._of_analysers: dict[int, array[int]] = {}
        self._sizes, self._title_sizes = array("I"), array("I")
        with ExitStack() as files:
            self._terms = files.enter_context(Growing(folder / "forward_terms.npy", np.uint32))
            self._title_terms = files.enter_context(Growing(folder / "forward_title_terms.npy", np.uint32))
            self._files = files.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._files.close()

    def renumbered(self, new_ids: Numbers) -> tuple[npt.NDArray[np.int64], Numbers, npt.NDArray[np.int64], Numbers]:
        """Return where the lists of passages begin and their terms, and the same of titles, numbered by `new_ids` [V].

        For when the files are whole; the terms stay there, and their names and the generation before are let go.
        """
        self.numbers, self._previous = {}, None
        terms, titles = (renumbered(file.path, new_ids) for file in (self._terms, self._title_terms))
        return offsets_of(self._sizes), terms, offsets_of(self._title_sizes), titles

    def take_over(self, run: Run) -> None:
        """Add what is known of neighbouring articles of the generation before."""
        self._terms.extend(run.terms)
        self._sizes.frombytes(run.sizes.tobytes())
        self._title_terms.extend(run.title_terms)
        self._title_sizes.frombytes(run.title_sizes.tobytes())

    def add(self, analyser: int, analysed: AnalysedBatch, rows: list[int]) -> None:
        """Add a batch of that analyser, whose articles had these rows in the generation before."""
        numbers = self._of_analysers.setdefault(analyser, array("I"))
        if analysed.first == 0:
            del numbers[:]
        numbers.extend([self.numbers.setdefault(term, len(self.numbers)) for term in analysed.fresh])
        terms, titles = translated(analysed.terms, numbers), translated(analysed.title_terms, numbers)
        if not any(analysed.known):
            self._sizes.extend(analysed.sizes)
            self._title_sizes.extend(analysed.title_sizes)
            self._terms.extend(terms)
            self._title_terms.extend(titles)
            return
        # Terms of unchanged articles stand between those of the others, and come from the generation before.
        piece = at = changed = title_at = 0
        for known, row, count in zip(analysed.known, rows, analysed.counts, strict=True):
            if known and self._previous:
                title = self._previous.title(row, self.numbers)
                own, sizes = self._previous.passages(row, self.numbers)
            else:
                sizes = analysed.sizes[piece : piece + count]
                own, title = terms[at : at + sum(sizes)], titles[title_at : title_at + analysed.title_sizes[changed]]
                piece, at, changed, title_at = piece + count, at + len(own), changed + 1, title_at + len(title)
            self._sizes.extend(sizes)
            self._title_sizes.append(len(title))
            self._terms.extend(own)
            self._title_terms.extend(title)
