"""When an answer is one: the thresholds of silence, and how much an answer may hold."""

import math
from dataclasses import dataclass
from typing import Final, Literal

from index.search.results import Results

State = Literal["answered", "closest", "nothing"]

_SMALL: Final = 20
_LARGE: Final = 60
_SMALL_ANSWERED: Final = 0.82
_SMALL_CLOSEST: Final = 0.70
# How much the share of its highest score that a question reaches counts beside its confidence, and what is usual.
_REACH: Final = 0.75
_USUAL: Final = 0.44


@dataclass(frozen=True, slots=True)
class Policy:
    """When an answer is one, and how much it may hold.

    `answered_at` and `closest_at` are confidences in 0..1: from the first on the state is "answered", below the
    second it is "nothing". `passages` is the most that an answer holds, `of_one_article` the most from one article.
    """

    passages: int = 3
    answered_at: float = 0.80
    closest_at: float = 0.50
    of_one_article: int = 2

    def thresholds(self, articles: int) -> tuple[float, float]:
        """`answered_at` and `closest_at` for a collection of so many articles.

        A handful of articles knows so few words that a single shared one beats most random draws, so there more is
        asked: at least `_SMALL_ANSWERED` and `_SMALL_CLOSEST` up to `_SMALL` articles, easing off until `_LARGE`.

        >>> Policy().thresholds(2), Policy().thresholds(1000)
        ((0.82, 0.7), (0.8, 0.5))
        """
        ease = _ease(articles)
        answered = max(self.answered_at, _SMALL_ANSWERED + ease * (self.answered_at - _SMALL_ANSWERED))
        closest = max(self.closest_at, _SMALL_CLOSEST + ease * (self.closest_at - _SMALL_CLOSEST))
        return answered, closest

    def state(self, found: Results, articles: int) -> State:
        """The one place where it is decided whether a question counts as answered.

        By its confidence; but when every searched word stands in the first passage, two or more are an answer and
        a single one is at least close, however common they are. Where nothing random comes near the articles' own
        wording every confidence is high, so for an answer the share of its highest score counts too: a question that
        reaches less of it than usual has to be surer. Not in a handful of articles, where that share tells little.
        """
        answered, closest = self.thresholds(articles)
        if not found.hits:
            return "nothing"
        sure = min(1.0, max(0.0, found.confidence + _REACH * _ease(articles) * (found.ratio - _USUAL)))
        if sure >= answered or (found.complete and sum(not term.form for term in found.terms) > 1):
            return "answered"
        return "closest" if found.confidence >= closest or found.complete else "nothing"


def _ease(articles: int) -> float:
    """0 for a handful of articles, 1 for a collection, between them by the logarithm of the number."""
    return min(1.0, max(0.0, math.log(max(articles, 1) / _SMALL) / math.log(_LARGE / _SMALL)))
