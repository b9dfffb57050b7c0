"""Find the sentence of a passage that answers.

It is the one that holds most of what the question says and its neighbours do not: each word of the question weighs its
idf times ln((S + 1) / s), where s of the S sentences hold it, and a word of the article's title, which every sentence
is about, a quarter of that. What a short question that begins a line says counts for the sentence behind it, which
answers it. Where a number, a date or a name is asked for, a sentence with one that the question does not say is
preferred. With a model of meaning, one that is near to the question counts more. `index.tuning` holds the weights and
what each of them gives.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from bot.interrogatives import Asked, asked
from index import Hit, Results, analyze_each, is_question, sentences, tuning

UNMARKED: Final = (0, 0)
# The same passages answer again and again: two kilobytes for each of so many save half of what marking costs.
_REMEMBERED: Final = 2048
# Where all sentences are equally near, differences smaller than that say nothing.
_LEAST_SPREAD: Final = 1e-3

_NUMBER: Final = re.compile(r"\d+(?:[.,٫٬]\d+)*")
_YEAR: Final = re.compile(r"[12]\d{3}")
_WORD: Final = re.compile(r"\w+")
_END_MARK: Final = re.compile(r"[.!?…։:;,。！？；：｡؟۔।॥።။][\"'”’“»«)\]}」』）】》]*$")


def answering_sentences(results: Results, hits: Sequence[Hit]) -> list[tuple[int, int]]:
    """Return the sentence of each hit that answers, as a half-open range of code points of its text.

    `UNMARKED`, which is empty, where there is nothing to choose from: a single sentence, a caption, a blank text. A
    heading is never chosen, nor a short question that begins a line, but for the last sentence.
    """
    weights = {one: term.weight * term.idf for term in results.terms if term.known for one in term.terms}
    kind = asked(results.question, results.language)
    near = results.meaning.sentences if results.meaning else {}
    return [
        answering_sentence(
            hit.passage.text,
            hit.article.title,
            hit.article.language,
            results.question,
            weights,
            kind,
            near.get(hit.passage.row, ()),
        )
        if hit.passage.kind != "caption"
        else UNMARKED
        for hit in hits
    ]


def answering_sentence(
    text: str,
    title: str,
    language: str,
    question: str,
    weights: Mapping[str, float],
    kind: Asked | None,
    cosines: Sequence[float] = (),
) -> tuple[int, int]:
    """Return the sentence of a text that answers; `weights` are the question's known terms, with weight x idf of each.

    `cosines`: of the first sentences with the question, by a model of meaning.

    >>> text = "The mill stands by the weir. It burned down in 1911."
    >>> text[slice(*answering_sentence(text, "The mill", "en", "When did the mill burn?", {"mill": 2.0, "burn": 3.0},
    ...     "date"))]
    'It burned down in 1911.'
    """
    found = _analysed(text, language)
    if found is None:
        return UNMARKED
    spans, scores, whole = found.spans, _coverage(weights, found, _title(title, language)), sum(weights.values())
    for at, nearer in enumerate(_nearer(cosines)):
        # Where no article is in the language of the question, no word of it may be known.
        scores[at] += tuning.SENTENCE_MEANING * (whole or 1.0) * nearer
    for at in found.questions:
        scores[at + 1] += scores[at]
        scores[at] = -1.0
    bonus = tuning.SENTENCE_ASKED[kind] * whole if kind is not None else 0.0
    fit = _fit(f"{question} {title}", kind)
    best, most = UNMARKED, (-1.0, 0)
    for at in sorted(range(len(spans)), key=lambda at: -scores[at]):
        if scores[at] < 0 or scores[at] + bonus < most[0]:
            break
        start, end = spans[at]
        # Of equals the first.
        total = (scores[at] + bonus * fit(text[start:end]), -at)
        if total > most and not _is_heading(text, start, end):
            best, most = (start, end), total
    return best


class _Sentences(NamedTuple):
    """The sentences of a text: where each stands, the terms of all, see `analyze_each`, and where those of each end.

    `questions` are the short ones that ask at the beginning of a line, but for the last.
    """

    spans: Sequence[tuple[int, int]]
    terms: str
    ends: Sequence[int]
    questions: Sequence[int]

    def holding(self, line: str) -> list[int]:
        """Return the sentences that hold a term, given with its line breaks."""
        found, at = [], self.terms.find(line)
        while at >= 0:
            found.append(bisect_right(self.ends, at))
            at = self.terms.find(line, self.ends[found[-1]])
        return found


@lru_cache(maxsize=_REMEMBERED)
def _analysed(text: str, language: str) -> _Sentences | None:
    """Return the sentences of a text; None of a single one."""
    spans = sentences(text)
    if len(spans) < 2:
        return None
    terms = analyze_each(text, spans, language)
    short = [at for at, (start, end) in enumerate(spans[:-1]) if end - start <= tuning.ANSWERED_LETTERS]
    questions = [at for at in short if is_question(text[slice(*spans[at])]) and _begins_line(text, spans[at][0])]
    return _Sentences(spans, "".join(terms), list(accumulate(map(len, terms))), questions)


@lru_cache(maxsize=_REMEMBERED)
def _title(title: str, language: str) -> str:
    (terms,) = analyze_each(title, [(0, len(title))], language)
    return terms


def _coverage(weights: Mapping[str, float], text: _Sentences, title: str) -> list[float]:
    """Return what each sentence holds of the question."""
    scores = [0.0] * len(text.spans)
    # In the question's order, so that sentences that hold the same are equals to the last bit.
    for term, weight in weights.items():
        line, share = f"\n{term}\n", weight
        holding = text.holding(line)
        named = line in title
        if not holding and len(term) >= tuning.SENTENCE_NEAR_LETTERS and term.isalpha():
            forms = _forms(term, text.terms)
            holding = list(dict.fromkeys([bisect_right(text.ends, at) for at, _ in forms]))
            share, named = weight * tuning.SENTENCE_NEAR, named or any(one in title for _, one in forms)
        if holding:
            share *= math.log((len(scores) + 1) / len(holding)) * (tuning.SENTENCE_TITLE if named else 1.0)
            for at in holding:
                scores[at] += share
    return scores


def _nearer(cosines: Sequence[float]) -> list[float]:
    """Return how much nearer each is than the farthest, in their standard deviations.

    >>> _nearer([0.75, 0.8125, 0.75, 0.8125])
    [0.0, 2.0, 0.0, 2.0]
    """
    count = max(len(cosines), 1)
    spread = math.dist(cosines, [sum(cosines) / count] * len(cosines)) / math.sqrt(count)
    return [(cosine - min(cosines)) / max(spread, _LEAST_SPREAD) for cosine in cosines]


def _forms(term: str, held: str) -> list[tuple[int, str]]:
    r"""Return those of some terms that begin like `term`, as forms of one word do in many languages, and where.

    >>> _forms("naturalized", "\nnation\nnature\nnaturalise\n")
    [(14, '\nnaturalise\n')]
    """
    share, least = tuning.SENTENCE_NEAR_SHARE, tuning.SENTENCE_NEAR_LETTERS
    beginning, forms = f"\n{term[:least]}", []
    at = held.find(beginning)
    while at >= 0:
        end = held.index("\n", at + 1)
        same = max(least, math.ceil(share * max(len(term), end - at - 1)))
        if held.startswith(term[:same], at + 1):
            forms.append((at, held[at : end + 1]))
        at = held.find(beginning, end)
    return forms


def _fit(said: str, kind: Asked | None) -> Callable[[str], float]:
    """Return how well a sentence fits what is asked for, 0 to 1; what was `said` is no answer.

    >>> _fit("What did the mill of 1911 cost?", "number")("Rebuilt in 1911, it cost 4,000 crowns.")
    1.0
    """
    if kind is None:
        return lambda _: 0.0
    known_numbers = frozenset(_NUMBER.findall(said))

    def number_fit(sentence: str) -> float:
        numbers = [number for number in _NUMBER.findall(sentence) if number not in known_numbers]
        kinds = {"date" if _YEAR.fullmatch(number) else "number" for number in numbers}
        return 1.0 if kind in kinds else tuning.SENTENCE_OTHER_NUMBER if kinds else 0.0

    if kind != "name":
        return number_fit
    known = frozenset(_WORD.findall(said.casefold()))

    def name_fit(sentence: str) -> float:
        names = len([name for name in _names(sentence) if name not in known])
        return min(names / tuning.SENTENCE_NAMES, 1.0)

    return name_fit


@lru_cache(maxsize=2 * _REMEMBERED)
def _names(sentence: str) -> Sequence[str]:
    """Return the words with a capital, folded; not the first word, which has one anyway."""
    return [word.casefold() for word in _WORD.findall(sentence)[1:] if word[0].isupper()]


def _is_heading(text: str, start: int, end: int) -> bool:
    """Return whether text[start:end], a sentence, is a heading: a line of its own, with no mark at its end.

    The first line may be a long one; below it, where lists stand too, only a few words without a number are.
    """
    if "\n" not in text:
        return False
    line = text[start:end]
    if _END_MARK.search(line) or not _is_line(text, start, end):
        return False
    if not text[:start].strip(" \t"):
        return len(line) <= tuning.HEADING_LETTERS
    return len(line.split()) < tuning.STUB_WORDS and not _NUMBER.search(line)


def _is_line(text: str, start: int, end: int) -> bool:
    return _begins_line(text, start) and text[end:].lstrip(" \t")[:1] in ("", "\n")


def _begins_line(text: str, start: int) -> bool:
    return text[:start].rstrip(" \t")[-1:] in ("", "\n")
