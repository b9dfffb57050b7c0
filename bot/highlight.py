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
    return [_best(text, language, weights) for text, language in passages]


def _best(text: str, language: str, weights: Mapping[str, float]) -> tuple[int, int]:
    spans = sentences(text)
    best, most = spans[0] if spans else (0, 0), -1.0
    # A single sentence needs no analysis.
    for span, terms in zip(spans, analyze_each(text, spans, language) if len(spans) > 1 else (), strict=False):
        covered = 0.0
        # In the question's order, so that sentences that hold the same are equals to the last bit.
        for term, weight in weights.items():
            covered += weight if term in terms else 0.0
        if covered > most:
            best, most = span, covered
    return best
