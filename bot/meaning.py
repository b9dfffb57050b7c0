"""What is said where a model of meaning found what words would not have."""

from bot.policy import State
from index import Problem, Results, tuning


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
