"""Compile every kernel, for tests that run side by side: `python -m tests.compile_kernels FOLDER/kernels`."""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index import bm25
from index.machine import kernel_cache


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other process compiles kernels of this state of the code, and keep others waiting."""
    folder = kernel_cache.chosen_folder()
    assert folder is not None
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def load() -> None:
    """Import the kernels and call those that are compiled when they are called."""
    import index.rerank.compiled_features  # noqa: F401
    from index.postings import layout
    from index.postings.impacts import LARGE
    from tests.test_engine import ENGINES, NAMES, collection

    engine = ENGINES[NAMES.index("compiled")](collection([[0]], [[]], [0], [False]), 1, bm25.Parameters())
    engine.top([0], [1.0], 1)
    layout.prepare(LARGE)


if __name__ == "__main__":
    kernel_cache.keep_kernels_in(Path(sys.argv[1]))
    with alone():
        load()
        kernel_cache.seal()
