"""What questions that nothing answers reach by words and by meaning together, and how sure that makes of others.

Such a question is made of words of two random passages, whose articles are left out: it has a ratio (see
`index.ranking.calibration`) and the cosine of the nearest passage. Neither tells much alone where the other is high, so
both are standardized by what is usual of non-questions, and added up. A ratio falls with the number of terms, its
logarithm about as that of the number does.

The cosines of a question in a language that no article is in are lower than that, so it is judged by how far its
nearest passage stands out of all: (cosine - mean) / standard deviation over its own cosines.

The table of a stratum is float64 [4, M]: for each of M non-questions its number of terms, its ratio, the cosine of its
nearest passage, and how far that stands out.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.float64]

# Added to a ratio of which the logarithm is taken, so that 0 has one.
_LEAST: Final = 0.02
# Where all draws are alike, differences smaller than that say nothing.
_LEAST_SPREAD: Final = 1e-3


def confidence(ratio: float, cosine: float, terms: int, table: Table) -> float:
    """Return the share of the non-questions of a table that look worse than a question, in 0..1.

    >>> table = np.array([[4.0, 4, 8, 8], [0.3, 0.4, 0.2, 0.3], [0.80, 0.82, 0.81, 0.83], [3, 4, 3, 4]])
    >>> confidence(0.9, 0.9, 6, table), confidence(0.1, 0.7, 6, table)
    (1.0, 0.0)
    """
    if not table.shape[1]:
        return min(1.0, 2 * ratio)
    counts, ratios, cosines, _ = table
    logs = np.log(np.maximum(counts, 1.0))
    heights = np.log(ratios + _LEAST)
    slope, base = np.polyfit(logs, heights, 1) if np.ptp(logs) > 0 else (0.0, heights.mean())
    left = heights - (base + slope * logs)
    spread, near = max(left.std(), _LEAST_SPREAD), max(cosines.std(), _LEAST_SPREAD)
    usual = left / spread + (cosines - cosines.mean()) / near
    own = (np.log(ratio + _LEAST) - (base + slope * np.log(max(terms, 1)))) / spread + (cosine - cosines.mean()) / near
    return float((usual < own).mean())


def alone(cosine: float, standing_out: float, table: Table, *, is_foreign: bool) -> float:
    """Return the share of non-questions whose nearest passage is less near, in 0..1: of a foreign one, stands out less.

    >>> table = np.array([[4.0, 4], [0.3, 0.4], [0.80, 0.82], [3, 4]])
    >>> alone(0.81, 5.0, table, is_foreign=False), alone(0.7, 5.0, table, is_foreign=True)
    (0.5, 1.0)
    """
    own, others = (standing_out, table[3]) if is_foreign else (cosine, table[2])
    return float((others < own).mean()) if len(others) else 0.0
