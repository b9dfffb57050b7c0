"""Choose the engine of a generation: by the layout of its postings, and by whether numba is installed."""

from typing import Final, Literal, get_args

from index import bm25
from index.machine import kernel_cache
from index.postings.compact import StoredPostings
from index.postings.impacts import LARGE, Postings
from index.ranking import compiled
from index.ranking.embedded import EmbeddedEngine
from index.ranking.engine import Engine
from index.ranking.maxscore import MaxScoreEngine

EngineName = Literal["auto", "rank-bm25"]

_NAMES: Final[dict[str, EngineName]] = {name: name for name in get_args(EngineName)}
# What "auto" was called before.
_NAMES["embedded"] = "auto"


def engine_name(name: str) -> EngineName:
    """Return the name of an engine as it is called now; raise ValueError for one that is not known.

    >>> engine_name("embedded")
    'auto'
    """
    if name not in _NAMES:
        raise ValueError(f"no engine is called {name!r}; there are: {', '.join(get_args(EngineName))}")
    return _NAMES[name]


def engine(postings: StoredPostings, parameters: bm25.Parameters) -> Engine:
    """Return the engine that answers from the postings of a generation."""
    if isinstance(postings, Postings):
        return EmbeddedEngine(postings)
    if not kernel_cache.available():
        return MaxScoreEngine(postings, parameters)
    kernel_cache.keep_kernels_in()
    made = compiled.CompiledEngine(postings, parameters)
    kernel_cache.seal()
    return made


def answered_by(passages: int, name: EngineName = "auto") -> str:
    """Return in words what answers from so many passages on this machine."""
    if name == "rank-bm25":
        return "rank-bm25"
    if not kernel_cache.available():
        return "NumPy"
    compiled = "compiled kernels"
    return compiled if passages >= LARGE else f"NumPy, and {compiled} in a process that goes on answering"
