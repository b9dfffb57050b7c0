"""Calibrate each collection once for all processes that tests start, for that is most of a small build."""

import os
import pickle
from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from index import tuning
from index.ranking import calibration


def kept_in(folder: Path) -> Callable[..., Any]:
    """Return what stands in for `calibration.null_ratios`: it computes what no process has left in the folder yet.

    A collection is known by all that its calibration is computed from, to the last bit.
    """
    compute = calibration.null_ratios

    @wraps(compute)
    def null_ratios(postings: Any, forward: Any, engine: Any, *others: Any) -> Any:
        collection = pickle.dumps((tuning.NULL_DRAWS, postings, forward, type(engine), *others))
        file = folder / f"{blake2b(collection, digest_size=20).hexdigest()}.npy"
        if file.exists():
            return np.load(file)
        computed = compute(postings, forward, engine, *others)
        whole = file.with_suffix(f".{os.getpid()}.npy")
        np.save(whole, computed)
        whole.replace(file)
        return computed

    return null_ratios
