"""What is said where a model of meaning found what words would not have."""

from bot.policy import State
from index import Hit, Problem, Results, tuning


def by_meaning(results: Results, state: State) -> tuple[Problem, ...]:
    """Return a note on an answer whose words would not have done; none where words found it, or without a model."""
    if results.meaning is None or not results.hits:
        return ()
    if state == "nothing":
        return (Problem("nearest_in_meaning"),)
    if results.evidence.held >= tuning.CLOSEST_HELD:
        return ()
    if results.meaning.is_foreign:
        return (Problem("by_meaning_in", (results.hits[0].article.language,)),)
    return (Problem("by_meaning"),)


def nearest_in_meaning(results: Results) -> list[Hit]:
    """Return all hits that were ranked, those nearest in meaning first."""
    return sorted(results.first(2 * tuning.RERANK_DEPTH), key=lambda hit: -hit.parts.meaning)
