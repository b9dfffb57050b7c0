"""Choose the layout of a collection's postings: by its size alone, and by whether numba is at hand."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from index import bm25
from index.machine import kernel_cache
from index.postings.compact import CompactPostings, StoredPostings
from index.postings.compaction import compact_postings
from index.postings.compaction_steps import Steps
from index.postings.forward import Forward
from index.postings.impacts import LARGE, Postings
from index.postings.inversion import LargeInversion, invert
from index.postings.strata import Strata
from index.store.arrays import Arrays


def uses_kernels(passages: int) -> bool:
    """Return whether compiled kernels build and search a collection of so many passages."""
    return passages >= LARGE and kernel_cache.available()


def store(forward: Forward, terms: int, parameters: bm25.Parameters, strata: Strata, folder: Path) -> StoredPostings:
    """Invert a collection of `terms` distinct terms and write its postings into `folder`, that of a generation.

    A passage is held back for its length against what is usual where it stands.
    """
    passages = len(forward.article)
    if uses_kernels(passages):
        # Before the postings are there, so that the two never take memory together.
        prepare(passages)
        large = LargeInversion(forward, terms, parameters)
        lengths = strata.lengths(large.lengths, forward.article)
        return compact_postings(large.indptr, lengths, large.lists(), parameters, folder, _compiled_steps())
    # By a sort, which needs much memory.
    inverted = invert(forward, terms, parameters)
    relative = replace(inverted, lengths=strata.lengths(inverted.lengths, forward.article))
    if passages >= LARGE:
        return compact_postings(relative.indptr, relative.lengths, relative.lists(), parameters, folder)
    postings = Postings.of(relative, parameters)
    postings.save(folder)
    return postings


def prepare(passages: int) -> None:
    """Load, or compile, what `store` will need for at least so many passages; takes about a second, when it does."""
    if uses_kernels(passages):
        kernel_cache.keep_kernels_in()
        nothing, none = np.zeros(2, np.int64), np.empty(0, np.uint32)
        forward = Forward(nothing, none, nothing, none, np.zeros(1, np.uint32), np.zeros(1, bool))
        lists = list(LargeInversion(forward, 1, bm25.Parameters()).lists())
        with TemporaryDirectory() as folder:
            lengths = np.zeros(1, np.uint32)
            compact_postings(nothing, lengths, lists, bm25.Parameters(), Path(folder), _compiled_steps())
        kernel_cache.seal()


def _compiled_steps() -> Steps:
    from index.postings import compaction_kernels

    return compaction_kernels


def load(files: Collection[str], arrays: Arrays) -> StoredPostings:
    """Return the postings among the `files` of a generation."""
    return CompactPostings.open(arrays) if "compact_indptr.npy" in files else Postings.open(arrays)
