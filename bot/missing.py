"""The words of a question that no article mentions."""

from index import Results, weighing


def missing_words(results: Results) -> tuple[str, ...]:
    """Return the words of the question that no article mentions, as they were written, in their order.

    Join neighbouring n-grams of a script without spaces to the stretch they cover.
    """
    known = {(term.start, term.end) for term in results.terms if term.known}
    if not any((term.start, term.end) not in known for term in results.terms):
        return ()
    words = {(term.start, term.end): results.question[term.start : term.end] for term in results.terms}
    weigh = weighing(results.question, results.language)
    weights = {place: weigh(word) for place, word in words.items()}
    # "No article mentions: happened" tells nothing of a question that names a topic.
    named = {"content"} if "content" in weights.values() else {"content", "light", "courtesy"}
    spans = [place for place, weight in weights.items() if weight in named and place not in known]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(dict.fromkeys([results.question[start:end] for start, end in joined]))
