"""Find the sentence of a passage that answers.

It is the one that holds most of what the question says and its neighbours do not: each word of the question weighs its
idf times ln((S + 1) / s), where s of the S sentences hold it, and a word of the article's title, which every sentence
is about, a quarter of that. Where a number, a date or a name is asked for, a sentence with one that the question does
not say is preferred. `index.tuning` holds the weights and what each of them gives.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from bot.interrogatives import Asked, asked
from index import Hit, Results, analyze_each, sentences, tuning

UNMARKED: Final = (0, 0)

_NUMBER: Final = re.compile(r"\d+(?:[.,٫٬]\d+)*")
_YEAR: Final = re.compile(r"[12]\d{3}")
_WORD: Final = re.compile(r"\w+")
_END_MARK: Final = re.compile(r"[.!?…։:;,。！？；：｡؟۔।॥።။][\"'”’“»«)\]}」』）】》]*$")


def answering_sentences(results: Results, hits: Sequence[Hit]) -> list[tuple[int, int]]:
    """Return the sentence of each hit that answers, as a half-open range of code points of its text.

    `UNMARKED`, which is empty, where there is nothing to choose from: a single sentence, a caption, a blank text. A
    heading is never chosen.
    """
    weights = {one: term.weight * term.idf for term in results.terms if term.known for one in term.terms}
    kind = asked(results.question, results.language)
    return [
        answering_sentence(hit.passage.text, hit.article.title, hit.article.language, results.question, weights, kind)
        if hit.passage.kind != "caption"
        else UNMARKED
        for hit in hits
    ]


def answering_sentence(
    text: str, title: str, language: str, question: str, weights: Mapping[str, float], kind: Asked | None
) -> tuple[int, int]:
    """Return the sentence of a text that answers; `weights` are the question's known terms, with weight x idf of each.

    >>> text = "The mill stands by the weir. It burned down in 1911."
    >>> text[slice(*answering_sentence(text, "The mill", "en", "When did the mill burn?", {"mill": 2.0, "burn": 3.0},
    ...     "date"))]
    'It burned down in 1911.'
    """
    spans = sentences(text)
    # A single sentence needs no analysis.
    if len(spans) < 2:
        return UNMARKED
    *terms, named = [*analyze_each(text, spans, language), *analyze_each(title, [(0, len(title))], language)]
    scores = _coverage(weights, terms, named)
    bonus = tuning.SENTENCE_ASKED[kind] * sum(weights.values()) if kind is not None else 0.0
    fit = _fit(f"{question} {title}", kind)
    best, most = UNMARKED, (-1.0, 0)
    for at in sorted(range(len(spans)), key=lambda at: -scores[at]):
        if scores[at] + bonus < most[0]:
            break
        start, end = spans[at]
        # Of equals the first.
        total = (scores[at] + bonus * fit(text[start:end]), -at)
        if total > most and not _is_heading(text, start, end):
            best, most = (start, end), total
    return best


def _coverage(weights: Mapping[str, float], terms: Sequence[AbstractSet[str]], title: AbstractSet[str]) -> list[float]:
    """Return what each sentence, given by its terms, holds of the question."""
    scores = [0.0] * len(terms)
    near: Mapping[str, Sequence[str]] | None = None
    # In the question's order, so that sentences that hold the same are equals to the last bit.
    for term, weight in weights.items():
        share, named = weight, term in title
        holding = [at for at, held in enumerate(terms) if term in held]
        if not holding and len(term) >= tuning.SENTENCE_NEAR_LETTERS and term.isalpha():
            near = _beginning_alike(weights, terms) if near is None else near
            forms = _forms(term, near[term[: tuning.SENTENCE_NEAR_LETTERS]])
            holding = [at for at, held in enumerate(terms) if not held.isdisjoint(forms)]
            share, named = weight * tuning.SENTENCE_NEAR, named or not title.isdisjoint(forms)
        if holding:
            share *= math.log((len(terms) + 1) / len(holding)) * (tuning.SENTENCE_TITLE if named else 1.0)
            for at in holding:
                scores[at] += share
    return scores


def _beginning_alike(weights: Mapping[str, float], terms: Sequence[AbstractSet[str]]) -> Mapping[str, Sequence[str]]:
    """Return the first letters of each word of the question with the terms of all sentences that begin so."""
    letters = tuning.SENTENCE_NEAR_LETTERS
    near: dict[str, list[str]] = {term[:letters]: [] for term in weights}
    for term in frozenset[str]().union(*terms):
        if term[:letters] in near:
            near[term[:letters]].append(term)
    return near


def _forms(term: str, near: Sequence[str]) -> list[str]:
    """Return those of the terms that begin like `term`, as forms of one word do in many languages.

    >>> _forms("naturalized", ["naturalise", "nature", "nation"])
    ['naturalise']
    """
    share, least = tuning.SENTENCE_NEAR_SHARE, tuning.SENTENCE_NEAR_LETTERS
    same = [max(least, math.ceil(share * max(len(term), len(other)))) for other in near]
    return [other for other, letters in zip(near, same, strict=True) if other.startswith(term[:letters])]


def _fit(said: str, kind: Asked | None) -> Callable[[str], float]:
    """Return how well a sentence fits what is asked for, 0 to 1; what was `said` is no answer.

    >>> _fit("What did the mill of 1911 cost?", "number")("Rebuilt in 1911, it cost 4,000 crowns.")
    1.0
    """
    known_numbers = frozenset(_NUMBER.findall(said))

    def number_fit(sentence: str) -> float:
        numbers = [number for number in _NUMBER.findall(sentence) if number not in known_numbers]
        kinds = {"date" if _YEAR.fullmatch(number) else "number" for number in numbers}
        return 1.0 if kind in kinds else tuning.SENTENCE_OTHER_NUMBER if kinds else 0.0

    if kind is None:
        return lambda _: 0.0
    if kind != "name":
        return number_fit
    known = frozenset(_WORD.findall(said.casefold()))

    def name_fit(sentence: str) -> float:
        # The first word has a capital anyway.
        words = _WORD.findall(sentence)[1:]
        names = len([word for word in words if word[0].isupper() and word.casefold() not in known])
        return min(names / tuning.SENTENCE_NAMES, 1.0)

    return name_fit


def _is_heading(text: str, start: int, end: int) -> bool:
    """Return whether text[start:end], a sentence, is a heading: a line of its own, with no mark at its end.

    The first line may be a long one; below it, where lists stand too, only a few words without a number are.
    """
    if "\n" not in text:
        return False
    line, before, after = text[start:end], text[:start].rstrip(" \t"), text[end:].lstrip(" \t")
    if _END_MARK.search(line) or before[-1:] not in ("", "\n") or after[:1] not in ("", "\n"):
        return False
    if not before:
        return len(line) <= tuning.HEADING_LETTERS
    return len(line.split()) < tuning.STUB_WORDS and not _NUMBER.search(line)
