"""Decide when a question counts as answered: the thresholds of silence, and how much an answer may hold."""

import math
from dataclasses import dataclass
from typing import Literal

from index import Results, tuning

State = Literal["answered", "closest", "nothing"]


@dataclass(frozen=True, slots=True)
class Policy:
    """The thresholds of an answer, and how much it may hold.

    `answered_at` and `closest_at` are confidences in 0..1: from the first on the state is "answered", below the
    second it is "nothing". `passages` is the most that an answer holds, `of_one_article` the most from one article.
    """

    passages: int = tuning.ANSWER_PASSAGES
    answered_at: float = tuning.ANSWERED_AT
    closest_at: float = tuning.CLOSEST_AT
    of_one_article: int = tuning.ANSWER_OF_ONE_ARTICLE

    def thresholds(self, articles: int) -> tuple[float, float]:
        """Return `answered_at` and `closest_at` for a collection of so many articles.

        A handful of articles knows so few words that a single shared one beats most random draws, so the thresholds
        are higher there: at least `FEW_ANSWERED_AT` and `FEW_CLOSEST_AT` up to `FEW_ARTICLES`, easing off until
        `MANY_ARTICLES`.

        >>> Policy().thresholds(2), Policy().thresholds(1000)
        ((0.82, 0.7), (0.8, 0.5))
        """
        ease = _ease(articles)
        answered = max(self.answered_at, tuning.FEW_ANSWERED_AT + ease * (self.answered_at - tuning.FEW_ANSWERED_AT))
        closest = max(self.closest_at, tuning.FEW_CLOSEST_AT + ease * (self.closest_at - tuning.FEW_CLOSEST_AT))
        return answered, closest

    def state(self, results: Results, articles: int) -> State:
        """Return whether a question counts as answered; no other place decides that.

        Where a model of meaning took part, it may find by itself what words do not: merely the closest, but in a
        question's language that no article is in, where words cannot, an answer.
        """
        state = self._by_words(results, articles)
        if results.meaning is None or state == "answered" or not results.hits:
            return state
        alone = results.meaning.alone
        if results.meaning.is_foreign:
            if alone >= tuning.FOREIGN_ANSWERED_AT:
                return "answered"
            return "closest" if alone >= tuning.FOREIGN_CLOSEST_AT else state
        return "closest" if alone >= tuning.MEANING_CLOSEST_AT else state

    def _by_words(self, results: Results, articles: int) -> State:
        """Return the state by confidence and words.

        Without a word of its topic in the first passage it does not. With all of them close together there it does,
        where that is no chance, and they are not merely corrections. Else its confidence decides, if enough of the
        topic is held: the more of it stands close together the sooner, the more names and numbers are not held the
        later. Where nothing random comes near the articles' own wording every confidence is high, so for an answer the
        share of its highest score counts too: a question that reaches less of it than usual has to be surer. Not in a
        handful of articles, where that share tells little.
        """
        answered, closest = self.thresholds(articles)
        evidence = results.evidence
        if not results.hits or not (evidence.held or results.is_listing):
            return "nothing"
        if results.is_listing:
            return "answered"
        reach = tuning.REACH_WEIGHT * _ease(articles) * (results.ratio - tuning.REACH_USUAL)
        adjusted = min(1.0, max(0.0, results.confidence + reach)) - tuning.ABSENT_NAMES_WEIGHT * evidence.names
        if evidence.is_spaced:
            adjusted += tuning.CLOSE_WEIGHT * (evidence.close - tuning.CLOSE_USUAL)
        is_alone = evidence.words == 1
        if is_alone and not (evidence.is_rare or evidence.is_bare or results.filters):
            adjusted -= tuning.COMMON_ALONE_COST
        is_sure = evidence.is_rare or (not is_alone and evidence.surprise >= tuning.ANSWER_SURPRISE)
        if evidence.is_whole and is_sure and len(results.corrected) < evidence.words:
            return "answered"
        if adjusted >= answered and evidence.held >= tuning.ANSWER_HELD and not evidence.is_talk:
            return "answered"
        near = results.confidence >= closest and evidence.held >= tuning.CLOSEST_HELD
        whole = evidence.is_whole and (is_alone or evidence.surprise >= 0)
        return "closest" if near or whole else "nothing"


def _ease(articles: int) -> float:
    """Return 0 for a handful of articles, 1 for a collection, between them by the logarithm of the number."""
    few, many = tuning.FEW_ARTICLES, tuning.MANY_ARTICLES
    return min(1.0, max(0.0, math.log(max(articles, 1) / few) / math.log(many / few)))
