"""Turn text into terms, in the same way for articles and questions.

A text is cut into runs by one pattern, and every distinct run (a surface form) becomes terms once: the result is
remembered, so that stemming and folding cost by the vocabulary and not by the text. `index.analysis.languages` says
what happens in which language.
"""

import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, repeat
from typing import Final

from index import tuning
from index.analysis.folding import fold_word, strip_accents
from index.analysis.languages import ELIDES, QUESTION_WORDS
from index.analysis.scripts import HAN, SOUTHEAST_ASIAN, letters
from index.analysis.stemmers import stemmer

VERSION: Final = 3

# Scripts whose words are not set apart by spaces (Han, Kana), or take endings that bigrams see through (Hangul).
_BIGRAM: Final = HAN + letters("hangul", "han marks", "kana", "small kana", "half width kana")
_INVISIBLE: Final = "\u00ad\u200b-\u200d\u2060\ufeff"

_HAN: Final = re.compile(f"[{HAN}]")
_IS_BIGRAM: Final = re.compile(f"[{_BIGRAM}]")
_IS_TRIGRAM: Final = re.compile(f"[{SOUTHEAST_ASIAN}]")
_NEEDS_CARE: Final = re.compile(f"[_{_BIGRAM}{SOUTHEAST_ASIAN}]")
_HYPHEN: Final = re.compile("[-‐‑]")
_THOUSANDS: Final = re.compile(r"[.,٬](?=\d{3}(?!\d))")
# Arabic keyboards put the comma on the key of the letter reh, and both are written in decimals.
_DECIMAL: Final = re.compile(r"(?<=\d)[,٫ر](?=\d)")
_JOINER: Final = re.compile("[-‐‑'’ʼ]")
_ELIDED: Final = frozenset("c d j l m n s t qu dell nell all sull dall quell un jusqu lorsqu puisqu".split())


@dataclass(frozen=True, slots=True)
class Term:
    """A term and where it came from: `text[start:end]` is its surface form, in code points."""

    term: str
    start: int
    end: int


def settings() -> Mapping[str, str | int]:
    """Return what must agree between the index and the question; kept in the manifest of every generation."""
    import Stemmer

    return {"version": VERSION, "stemmer": f"snowball {Stemmer.version()}", "unicode": unicodedata.unidata_version}


def analyze(text: str, language: str) -> list[str]:
    """Return the terms of `text` in reading order, repeated as often as they occur.

    >>> analyze("Hello, HELLO worlds of Díaz-Canel", "en")
    ['hello', 'hello', 'world', 'diaz', 'canel', 'diazcanel']
    """
    return list(chain.from_iterable(map(_memo(language).__getitem__, _runs(text).findall(text))))


def analyze_once(text: str, language: str) -> list[str]:
    """Return the same terms and remember nothing, for callers that have a memory of their own.

    >>> analyze_once("Hello, worlds", "en")
    ['hello', 'world']
    """
    memo = _memo(language)
    # Nothing else is sure to be a single run, and most words are of this kind.
    if text.isascii() and text.isalpha():
        return memo.terms(text)
    return list(chain.from_iterable(map(memo.terms, _runs(text).findall(text))))


def analyze_spans(text: str, language: str) -> list[Term]:
    """Return the same terms, each with its place in `text`.

    >>> analyze_spans("the U.S. minister's", "en")
    [Term(term='us', start=4, end=7), Term(term='minist', start=9, end=19)]
    """
    memo = _memo(language)
    spans: list[Term] = []
    for match in _runs(text).finditer(text):
        surface = match.group()
        size = 0 if surface.isascii() else 2 if _IS_BIGRAM.match(surface) else 3 if _IS_TRIGRAM.match(surface) else 0
        terms = memo[surface]
        if not size or len(surface) < size or len(terms) < len(surface) - size + 1:
            spans += map(Term, terms, repeat(match.start()), repeat(match.end()))
            continue
        grams = len(surface) - size + 1
        for offset, term in enumerate(terms[:grams]):
            spans.append(Term(term, match.start() + offset, match.start() + offset + size))
        places = (offset for offset, letter in enumerate(surface) if _HAN.match(letter))
        for offset, term in zip(places, terms[grams:], strict=False):
            spans.append(Term(term, match.start() + offset, match.start() + offset + 1))
    return spans


def ignored_words(text: str, language: str) -> list[str]:
    """Return the words of `text` that only ask, and so are not searched for, in reading order.

    >>> ignored_words("Who is the minister?", "en")
    ['Who', 'is', 'the']
    """
    memo = _memo(language)
    return [surface for surface in _runs(text).findall(text) if not memo[surface]]


def analyze_each(text: str, spans: Sequence[tuple[int, int]], language: str) -> list[frozenset[str]]:
    """Return the distinct terms of each of several parts of a text, given as half-open ranges of code points.

    >>> [sorted(terms) for terms in analyze_each("Rain. Rain! No ferry", [(0, 11), (12, 20)], "en")]
    [['rain'], ['ferri', 'no']]
    """
    memo, runs = _memo(language), _runs(text)
    return [frozenset(chain.from_iterable(map(memo.__getitem__, runs.findall(text, *span)))) for span in spans]


def term_weight(term: str, question: str) -> float:
    """Return what a term counts in a question: a single Han character less than a word or a bigram.

    A question of one Han character has nothing better, so there it counts in full.
    """
    if len(term) == 1 and _HAN.match(term) and len(question.strip()) > 1:
        return tuning.HAN_UNIGRAM_WEIGHT
    return 1.0


def stem_words(words: Sequence[str], language: str) -> list[str]:
    """Return the term that each of many folded words becomes, "" for one that only asks; nothing is remembered of them.

    >>> stem_words(["ministers", "the"], "en")
    ['minist', '']
    """
    memo = _memo(language)
    # All in one call: a misspelt word has some hundreds of neighbours.
    stems = ["" if word in memo.question_words else word if word.isdigit() else stem
             for word, stem in zip(words, memo.stem_all(words), strict=True)]  # fmt: skip
    return strip_accents("\n".join(stems), language).split("\n") if stems else []


def surface_forms(text: str, language: str, term: str) -> list[str]:
    """Return the words of `text` that became `term`, as written there, each once; of scripts that set words apart.

    >>> surface_forms("Ministers met the Minister; ministers left", "en", "minist")
    ['Ministers', 'Minister', 'ministers']
    """
    memo = _memo(language)
    return [surface for surface in dict.fromkeys(_runs(text).findall(text)) if term in memo[surface]]


def is_plain(word: str) -> bool:
    """Return whether `word` holds letters only, of scripts that set words apart."""
    return word.isalpha() and not _NEEDS_CARE.search(word)


def _runs(text: str) -> re.Pattern[str]:
    """Return the pattern whose matches are the surface forms of `text`.

    There are three that find the same ones, each on texts where it may be used: plain ASCII, scripts that set words
    apart, anything. Most of the time of an analysis goes into their character classes, so the simplest is taken.
    """
    if text.isascii():
        return _ascii_runs()
    return _any_runs() if _NEEDS_CARE.search(text) else _spaced_runs()


@cache
def _ascii_runs() -> re.Pattern[str]:
    return _compile("[A-Za-z]", "[A-Za-z0-9]", "[A-Za-z0-9]")


@cache
def _spaced_runs() -> re.Pattern[str]:
    return _compile(rf"[^\W\d][{_marks()}]*", r"\w", rf"[\w{_marks()}{_INVISIBLE}]")


@cache
def _any_runs() -> re.Pattern[str]:
    unspaced = _BIGRAM + SOUTHEAST_ASIAN
    inside = rf"(?:[^\W_{unspaced}]|[{_marks()}{_INVISIBLE}])"
    return _compile(
        rf"[^\W\d_{unspaced}][{_marks()}]*", rf"[^\W_{unspaced}]", inside, rf"|[{_BIGRAM}]+|[{SOUTHEAST_ASIAN}]+"
    )


def _compile(letter: str, opening: str, inside: str, others: str = "") -> re.Pattern[str]:
    return re.compile(
        r"\d+(?:[.,٫٬]\d+)+(?!\w)"  # numbers with separators
        rf"|(?:{letter}\.)+{letter}(?!{inside})"  # U.S. and e.g.; a letter is one with its marks
        rf"|{opening}{inside}*(?:['’ʼ\-‐‑]{inside}+)*"  # words, with apostrophes and hyphens inside
        rf"{others}"
    )


@cache
def _marks() -> str:
    r"""Return the combining marks, as the inside of a character class: `\w` leaves them out and so cuts Hindi words."""
    ranges: list[tuple[int, int]] = []
    for code in chain(range(0x300, 0x3100), range(0xA600, 0xAC00), range(0xFB00, 0xFF00), range(0x10A00, 0x11F00)):
        if unicodedata.category(chr(code))[0] != "M":
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges)


class _Memo(dict[str, tuple[str, ...]]):
    """Surface form to terms for one language, filled on demand."""

    LIMIT: Final = 1_000_000

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.stem, self.stem_all = stemmer(language)
        self.question_words = frozenset(fold_word(word, language) for word in QUESTION_WORDS.get(language, ()))

    def __missing__(self, surface: str) -> tuple[str, ...]:
        if len(self) >= self.LIMIT:
            self.clear()
        terms = tuple(map(sys.intern, self.terms(surface)))
        # Runs without spaces are whole clauses: hardly ever seen twice.
        if len(surface) <= 40:
            self[surface] = terms
        return terms

    def terms(self, surface: str) -> list[str]:
        return [term for term in self._terms(surface) if term]

    def _terms(self, surface: str) -> list[str]:
        if surface.isascii() and surface.isalpha():
            return [self.term(surface.casefold())]
        if _IS_BIGRAM.match(surface):
            return _bigrams(surface)
        if _IS_TRIGRAM.match(surface):
            return [surface[i : i + 3] for i in range(len(surface) - 2)] or [surface]
        if surface[0].isdigit():
            surface = _number(surface)
        elif "." in surface:
            return [self.term(fold_word(surface, self.language).replace(".", ""))]
        word = fold_word(surface, self.language)
        if not _JOINER.search(word):
            return [self.term(word)]
        word = word.replace("’", "'").replace("ʼ", "'")
        parts = [part for part in _HYPHEN.split(word) if part]
        terms = [self.term(_without_apostrophe(part, self.language)) for part in parts]
        if len(parts) > 1:
            terms.append(self.term("".join(parts).replace("'", "")))
        return terms

    def term(self, word: str) -> str:
        if word in self.question_words:
            return ""
        return strip_accents(word if word.isdigit() else self.stem(word), self.language)


@cache
def _memo(language: str) -> _Memo:
    return _Memo(language)


def _bigrams(run: str) -> list[str]:
    run = unicodedata.normalize("NFKC", run)
    return [run[i : i + 2] for i in range(len(run) - 1)] + [c for c in run if _HAN.match(c)] or [run]


def _number(surface: str) -> str:
    if surface.isalnum() and surface.isascii():
        return surface
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in surface)
    return _DECIMAL.sub(".", _THOUSANDS.sub("", digits))


def _without_apostrophe(word: str, language: str) -> str:
    if "'" not in word:
        return word
    head, _, tail = word.partition("'")
    if language == "tr":
        return head
    if language in ELIDES and head in _ELIDED:
        word = tail
    elif word.endswith("'s"):
        word = word[:-2]
    return word.replace("'", "")
