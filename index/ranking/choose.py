"""Which engine answers from a generation: by the layout of its postings, and by whether numba is at hand."""

from pathlib import Path
from typing import Literal, get_args

from index import bm25, kernel_cache
from index.postings.compact import StoredPostings
from index.postings.impacts import Postings
from index.ranking import compiled
from index.ranking.embedded import EmbeddedEngine
from index.ranking.engine import Engine
from index.ranking.maxscore import MaxScoreEngine

EngineName = Literal["embedded", "rank-bm25"]


def known(name: str) -> EngineName:
    """Return the name of an engine as it is. Raises ValueError for a name that no engine has."""
    names: tuple[EngineName, ...] = get_args(EngineName)
    if name not in names:
        raise ValueError(f"{name!r} is no engine; the engines are {', '.join(names)}")
    return names[names.index(name)]


def engine(postings: StoredPostings, parameters: bm25.Parameters, generation: Path) -> Engine:
    """The engine that answers from the postings of the generation in that folder."""
    if isinstance(postings, Postings):
        return EmbeddedEngine(postings)
    if not kernel_cache.available():
        return MaxScoreEngine(postings, parameters)
    kernel_cache.keep_kernels_in(kernel_cache.folder(generation))
    return compiled.CompiledEngine(postings, parameters)
