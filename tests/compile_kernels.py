"""Compile every kernel, for tests that run side by side: `python -m tests.compile_kernels FOLDER/kernels`."""

import gc
import sys
from pathlib import Path

from index import bm25
from index.machine import kernel_cache, takeover


def load() -> None:
    """Import the kernels and call those that are compiled when they are called."""
    from index.postings import layout
    from index.postings.impacts import LARGE
    from tests.test_engine import ENGINES, NAMES, collection

    engine = ENGINES[NAMES.index("compiled")](collection([[0]], [[]], [0], [False]), 1, bm25.Parameters())
    engine.top([0], [1.0], 1)
    takeover.load()
    layout.prepare(LARGE)


if __name__ == "__main__":
    kernel_cache.keep_kernels_in(Path(sys.argv[1]))
    # What numba makes it keeps: to look for garbage among it takes a sixth of the time.
    gc.disable()
    with kernel_cache.alone():
        load()
        kernel_cache.seal()
