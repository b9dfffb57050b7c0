"""Which layout and which engine a collection gets: by its size alone, and by whether numba is at hand."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np

from index import bm25, compiled
from index.arrays import Arrays
from index.compact import CompactPostings, StoredPostings
from index.compaction import compacted
from index.engine import EmbeddedEngine, Engine
from index.inversion import LargeInversion, invert
from index.maxscore import MaxScoreEngine
from index.postings import LARGE, Forward, Postings
from index.strata import Strata


def store(forward: Forward, terms: int, parameters: bm25.Parameters, strata: Strata, folder: Path) -> StoredPostings:
    """Inverts a collection of `terms` distinct terms and writes its postings into `folder`, that of a generation.

    A passage is held back for its length against what is usual where it stands.
    """
    is_large = len(forward.article) >= LARGE
    if is_large and compiled.available():
        compiled.keep_kernels_in(compiled.folder(folder))
        large = LargeInversion(forward, terms, parameters)
        return compacted(large.indptr, strata.lengths(large.lengths, forward), large.lists(), parameters, folder)
    # By a sort, which needs much memory.
    inverted = invert(forward, terms, parameters)
    relative = replace(inverted, lengths=strata.lengths(inverted.lengths, forward))
    if is_large:
        return compacted(relative.indptr, relative.lengths, relative.lists(), parameters, folder)
    postings = Postings.of(relative, parameters)
    postings.save(folder)
    return postings


def prepare(passages: int, folder: Path) -> None:
    """Loads, or compiles, what `store` will need for at least so many passages; takes about a second, when it does."""
    if passages >= LARGE and compiled.available():
        compiled.keep_kernels_in(compiled.folder(folder))
        nothing, none = np.zeros(2, np.int64), np.empty(0, np.uint32)
        forward = Forward(nothing, none, nothing, none, np.zeros(1, np.uint32), np.zeros(1, bool))
        list(LargeInversion(forward, 1, bm25.Parameters()).lists())


def opened(files: Collection[str], arrays: Arrays) -> StoredPostings:
    """The postings among the `files` of a generation."""
    return CompactPostings.open(arrays) if "compact_indptr.npy" in files else Postings.open(arrays)


def engine(postings: StoredPostings, parameters: bm25.Parameters, generation: Path) -> Engine:
    """The engine that answers from the postings of the generation in that folder."""
    if isinstance(postings, Postings):
        return EmbeddedEngine(postings)
    if not compiled.available():
        return MaxScoreEngine(postings, parameters)
    compiled.keep_kernels_in(compiled.folder(generation))
    return compiled.CompiledEngine(postings, parameters)
