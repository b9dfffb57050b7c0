"""Statistics over questions: bootstrap intervals, and how well a signal tells answerable from unanswerable ones.

Everything is seeded: the same values give the same figures.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RESAMPLES: Final = 2000
_SEED: Final = 20261124


def interval(values: Floats) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of the mean of `values` [N], N >= 1 (Efron 1979).

    A resample's mean depends only on how often each distinct value was drawn, and those counts are multinomial. Drawing
    the counts instead of N questions is the same distribution at the cost of the few values that a measure takes.

    >>> interval(np.array([1.0, 0.0, 1.0, 1.0]))
    (0.25, 1.0)
    """
    distinct, counts = np.unique(values, return_counts=True)
    drawn = np.random.default_rng(_SEED).multinomial(len(values), counts / len(values), RESAMPLES)
    low, high = np.percentile(drawn @ distinct / len(values), (2.5, 97.5))
    return float(low), float(high)


def auroc(better: Floats, worse: Floats) -> float | None:
    """Return the chance that a random one of `better` exceeds one of `worse`, ties counting half (Mann-Whitney).

    None when one of them is empty.

    >>> auroc(np.array([0.9, 0.5]), np.array([0.5, 0.1]))
    0.875
    """
    if not len(better) or not len(worse):
        return None
    ordered = np.sort(worse)
    below = np.searchsorted(ordered, better, "left")
    ties = np.searchsorted(ordered, better, "right") - below
    return float((below + ties / 2).mean() / len(worse))


def best_accuracy(signal: Floats, answerable: Flags) -> float:
    """Return the accuracy of the best possible threshold: answer where `signal` [N] reaches it, refuse below, N >= 1.

    Chosen with the labels at hand, so a threshold set without them can hardly reach it.

    >>> best_accuracy(np.array([0.9, 0.8, 0.3, 0.1]), np.array([True, False, True, False]))
    0.75
    """
    descending = np.argsort(-signal, kind="stable")
    right = np.concatenate(([0], np.cumsum(np.where(answerable[descending], 1, -1))))
    return float(((~answerable).sum() + right[_cuts(signal[descending])].max()) / len(signal))


def risk_coverage(signal: Floats, right: Flags) -> tuple[Floats, Floats]:
    """Return coverage and risk [M] at every distinct value of `signal` [N] taken as the threshold, coverage ascending.

    Coverage is the share of all questions that are answered, risk the share of those whose answer is not `right`
    (El-Yaniv and Wiener 2010).

    >>> risk_coverage(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False]))
    (array([0.25, 0.75, 1.  ]), array([0.        , 0.33333333, 0.5       ]))
    """
    descending = np.argsort(-signal, kind="stable")
    answered = _cuts(signal[descending])[1:]
    wrong = np.cumsum(~right[descending])[answered - 1]
    return answered / len(signal), wrong / answered


def _cuts(descending: Floats) -> npt.NDArray[np.int64]:
    """Return how many questions a threshold can let through: none, or all down to the last of equal values."""
    return np.concatenate(([0], np.flatnonzero(np.diff(descending)) + 1, [len(descending)])).astype(np.int64)
