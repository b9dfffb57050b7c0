"""`quoth` on a machine without numba: `python -m tests.without_numba ask …`."""

import sys

from bot.__main__ import main
from index.machine import kernel_cache

if __name__ == "__main__":
    sys.modules["numba"] = None  # type: ignore[assignment]
    kernel_cache.available.cache_clear()
    main()
