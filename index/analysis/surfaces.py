"""What a surface form becomes: one run of a text, by itself, to its terms in one language."""

import re
import sys
import unicodedata
from functools import cache
from itertools import zip_longest
from typing import Final

from index.analysis.folding import fold_word, strip_accents
from index.analysis.han import han_letters, has_han, simplify
from index.analysis.languages import ELIDES, NOUNS_TOO, QUESTION_WORDS
from index.analysis.numbers import number, units
from index.analysis.runs import BIGRAM, NAMED, asking, is_unspaced
from index.analysis.scripts import SOUTHEAST_ASIAN
from index.analysis.stemmers import stemmer

BIGRAM_LETTERS: Final = 2
TRIGRAM_LETTERS: Final = 3
_HYPHEN: Final = re.compile("[-‐‑]")
_JOINER: Final = re.compile("[-‐‑'’ʼ]")
_ELIDED: Final = frozenset("c d j l m n s t qu dell nell all sull dall quell un jusqu lorsqu puisqu".split())
# An abbreviation, alone or with 's.
_CAPITALS: Final = re.compile("[A-Z]{2,}(?:['’ʼ]s)?$")
_NAME_AND_NUMBER: Final = re.compile(r"([^\W\d_]+)(\d+(?:\.\d+)+)")
_CAMEL: Final = re.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# So few parts of a name in one word (YouTube, McDonald) are no words of their own, if no # or small letter is before.
_FEW_PARTS: Final = 2


class Surfaces(dict[str, tuple[str, ...]]):
    """Surface form to terms for one language, filled on demand."""

    LIMIT: Final = 1_000_000

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.stem, self.stem_all = stemmer(language)
        asking = _folded(QUESTION_WORDS.get(language, frozenset()), language)
        self.nouns_too = _folded(NOUNS_TOO.get(language, frozenset()), language)
        self.question_words = asking - self.nouns_too
        self._all_asking = asking | self.nouns_too
        self._units = units(language)

    def __missing__(self, surface: str) -> tuple[str, ...]:
        if len(self) >= self.LIMIT:
            self.clear()
        terms = tuple(map(sys.intern, self.terms(surface)))
        # Runs without spaces are whole clauses: hardly ever seen twice.
        if len(surface) <= 40:
            self[surface] = terms
        return terms

    def terms(self, surface: str) -> list[str]:
        """Return the terms of a surface form, without remembering them."""
        # Most words; what follows says the same of them, in a dozen calls.
        if surface.isascii() and surface.isalpha() and surface[1:].islower() and self.language != "tr":
            word = surface.lower()
            if word in self.question_words:
                return []
            term = self._units.get(word) or self.stem(word)
            if term.isascii():
                return [term] if term else []
        terms = self._terms(surface)
        return [term for term in terms if term] if "" in terms else terms

    def term(self, word: str) -> str:
        """Return the term of a folded word, "" for one that only asks."""
        return "" if word in self.question_words else self._stemmed(word)

    def terms_all(self, words: list[str]) -> list[str]:
        """Return the term of each of many folded words, "" for one that only asks."""
        # All in one call: a misspelt word has some hundreds of neighbours.
        stems = ["" if word in self._all_asking else self._units.get(word) or (word if word.isdigit() else stem)
                 for word, stem in zip(words, self.stem_all(words), strict=True)]  # fmt: skip
        return strip_accents("\n".join(stems), self.language).split("\n") if stems else []

    def _stemmed(self, word: str) -> str:
        if term := self._units.get(word):
            return term
        term = word if word.isdigit() else self.stem(word)
        return term if term.isascii() else strip_accents(term, self.language)

    def _terms(self, surface: str) -> list[str]:
        if surface.isascii():
            if surface.isalpha():
                return self._plain(surface)
        elif size := gram_letters(surface):
            return _bigrams(surface) if size == BIGRAM_LETTERS else _trigrams(surface)
        first, last = surface[0], surface[-1]
        if first in "%٪％":
            return ["%"]
        if first == NAMED:
            return [self._stemmed(_without_apostrophe(fold_word(surface[1:], self.language), self.language))]
        if first in "#.-" or last in "#+":
            return self._signed(surface)
        return self._word(surface)

    def _signed(self, surface: str) -> list[str]:
        """Return the terms of a hashtag, or of a name that a sign makes another one: C++, C#, .NET, the option -m."""
        word = surface.strip("#+.-")
        if surface[0] == "#":
            return self._plain(word, _FEW_PARTS) if word.isascii() and word.isalpha() else self._terms(surface[1:])
        terms = self._terms(word)
        is_name = surface[-1] != "#" or (len(word) == 1 and word.isascii() and word.isalpha())
        return [*terms, fold_word(surface, self.language)] if is_name else terms

    def _word(self, surface: str) -> list[str]:
        """Return the terms of a surface form that holds more than letters, or others than of ASCII."""
        first_is_digit = surface[0].isdigit()
        if first_is_digit:
            surface = number(surface)
        elif surface.isalpha():
            # Most words of other letters than ASCII: neither of the following.
            pass
        elif named := _NAME_AND_NUMBER.fullmatch(surface):
            # The v of a version says nothing of its own.
            return [*([] if named[1] in "vV" else self._terms(named[1])), number(named[2])]
        elif "." in surface and not _JOINER.search(surface):
            return self._plain(surface.replace(".", ""))
        word = fold_word(surface, self.language)
        if not _JOINER.search(word):
            return [self.term(word)]
        word = word.replace("’", "'").replace("ʼ", "'")
        parts = [part for part in _HYPHEN.split(word) if part]
        written = [] if first_is_digit or surface.islower() else [part for part in _HYPHEN.split(surface) if part]
        terms = []
        for part, as_written in zip_longest(parts, written[: len(parts)], fillvalue=""):
            bare = _without_apostrophe(part, self.language)
            terms += self._plain(as_written[: len(bare)]) if _CAPITALS.match(as_written) else [self.term(bare)]
        if len(parts) > 1:
            terms.append(self.term("".join(parts).replace("'", "")))
        return terms

    def _plain(self, surface: str, fewest_parts: int = _FEW_PARTS + 1) -> list[str]:
        """Return the terms of letters alone: the word, behind its parts where capitals inside it show them.

        A function word in capitals is an abbreviation, and so a term of its own as well.
        """
        word = fold_word(surface, self.language)
        term = self.term(word)
        if surface[1:].islower() or len(surface) == 1:
            return [term]
        if surface.isupper():
            return [term, surface] if word in asking(self.language) and surface.isascii() else [term]
        parts = _CAMEL.findall(surface) if surface.isascii() else []
        if surface[0].islower() and len(parts) == _FEW_PARTS and min(map(len, parts)) > 1:
            fewest_parts = _FEW_PARTS
        if len(parts) < fewest_parts:
            return [term]
        return [*(self.term(fold_word(part, self.language)) for part in parts), term]


def _folded(words: frozenset[str], language: str) -> frozenset[str]:
    """Return words as they are folded, and as they are typed without marks."""
    folded = frozenset(fold_word(word, language) for word in words)
    return folded | frozenset(strip_accents(word, language) for word in folded)


@cache
def surfaces(language: str) -> Surfaces:
    """Return the surface forms of a language, shared by all who analyse it."""
    return Surfaces(language)


def gram_letters(surface: str) -> int:
    """Return of how many letters the grams of a surface form are; 0 for one that is a word.

    >>> gram_letters("北京"), gram_letters("กรุง"), gram_letters("rain")
    (2, 3, 0)
    """
    if surface.isascii() or not is_unspaced(surface[0]):
        return 0
    is_bigram, is_trigram = _grammed()
    return BIGRAM_LETTERS if is_bigram.match(surface) else TRIGRAM_LETTERS if is_trigram.match(surface) else 0


@cache
def _grammed() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(f"[{BIGRAM}]"), re.compile(f"[{SOUTHEAST_ASIAN}]")


def _bigrams(run: str) -> list[str]:
    run = unicodedata.normalize("NFKC", run)
    if has_han(run):
        run = simplify(run)
    return [run[i : i + 2] for i in range(len(run) - 1)] + han_letters(run) or [run]


def _trigrams(run: str) -> list[str]:
    return [run[i : i + 3] for i in range(len(run) - 2)] or [run]


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
