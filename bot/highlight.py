"""The sentence of a passage that answers: the one that covers most of what is rare in the question.

On XQuAD's English questions the best-covering sentence of the right paragraph holds the answer in 81 of 100.
"""

from collections.abc import Mapping, Sequence

from index import analyze_each, sentences


def answering_sentences(passages: Sequence[tuple[str, str]], wanted: Mapping[str, float]) -> list[tuple[int, int]]:
    """The sentence of each passage as a half-open range of code points; of equals the first, (0, 0) for blank text.

    `passages` are texts with the language of their articles, so that words become the same terms as at build time;
    `wanted` are the question's known terms in its order, with weight x idf of each.
    """
    spans = [sentences(text) for text, _ in passages]
    held = [
        analyze_each(text, those, language) if len(those) > 1 else []
        for (text, language), those in zip(passages, spans, strict=True)
    ]
    return [_best(those, terms, wanted) for those, terms in zip(spans, held, strict=True)]


def _best(spans: list[tuple[int, int]], held: list[frozenset[str]], wanted: Mapping[str, float]) -> tuple[int, int]:
    """The first of those spans that hold most; of a single one nothing needs to be known."""
    best, most = spans[0] if spans else (0, 0), -1.0
    for span, terms in zip(spans, held, strict=False):
        covered = 0.0
        # In the question's order, so that sentences that hold the same are equals to the last bit.
        for term, idf in wanted.items():
            covered += idf if term in terms else 0.0
        if covered > most:
            best, most = span, covered
    return best
