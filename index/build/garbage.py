"""How often Python looks for garbage while a generation is built."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# So many records are made before the young ones are looked through.
_YOUNG: Final = 50_000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Have Python look for circles of garbage only now and then: a build makes many records that stay, and no circles.

    A tenth of the time of a build that finds little to do went into that.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], _YOUNG) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
