"""How near the nearest passage is to questions that nothing answers, and what that tells of others.

Such a question is made of words of two random passages, whose articles are left out: whatever is nearest to it does not
answer it. The cosines of a question in a language that no article is in are lower than that, so it is judged by how far
its nearest passage stands out of all: (cosine - mean) / standard deviation over its own cosines.

The table of a stratum is float64 [2, M]: for each of M non-questions the cosine of its nearest passage, and how far
that stands out.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.float64]

# Where all draws are alike, differences smaller than that say nothing.
_LEAST_SPREAD: Final = 1e-3
# What is farther from usual tells no more.
_FARTHEST: Final = 6.0


def above(cosine: float, table: Table) -> float:
    """Return how much nearer a passage is than is usual of non-questions, in their standard deviations.

    >>> above(0.83, np.array([[0.80, 0.82], [3, 4]]))
    2.0
    """
    spread = max(float(table[0].std()), _LEAST_SPREAD)
    return float(np.clip((cosine - float(table[0].mean())) / spread, -_FARTHEST, _FARTHEST))


def alone(cosine: float, standing_out: float, table: Table, *, is_foreign: bool) -> float:
    """Return the share of non-questions whose nearest passage is less near, in 0..1: of a foreign one, stands out less.

    >>> table = np.array([[0.80, 0.82], [3, 4]])
    >>> alone(0.81, 5.0, table, is_foreign=False), alone(0.7, 5.0, table, is_foreign=True)
    (0.5, 1.0)
    """
    own, others = (standing_out, table[1]) if is_foreign else (cosine, table[0])
    return float((others < own).mean()) if len(others) else 0.0
