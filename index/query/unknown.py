"""What a word that no article holds may stand for, in this order: the first way that leads to a term is taken.

1. The same letters without their marks: "Da Nang" for Đà Nẵng, all terms with those letters together.
2. Two words written as one: "nighttrain" for night train.
3. Another ending, in a language without a stemmer: all terms that begin alike together.
4. One edit, see `index.query.spelling`, unless it is a word of its language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final
from weakref import proxy

from index import tuning
from index.analysis import analyzer
from index.analysis.folding import fold_word
from index.analysis.languages import FUNCTION_WORDS, QUESTION_WORDS, SNOWBALL
from index.analysis.light_words import is_function_word
from index.query import spelling, valid_words
from index.query.dictionary import Dictionary
from index.query.passages import Passages

_REMEMBERED: Final = 1024
# A longer word that is one edit away from a small one would be a rare find.
_LONGEST_SMALL: Final = 8
# Its stemmer leaves so many prefixes and endings on that a word which articles hold seems to be none.
_LOOSELY_STEMMED: Final = frozenset({"ar"})
# Vietnamese has none, and Persian unanswerable questions look answerable: pquad_val-abstain .793 without, .786 with.
_WITHOUT_ENDINGS: Final = SNOWBALL | {"vi", "fa", "und"}
# Its stemmer tells an ending by its vowels, which a word typed in ASCII lacks.
_ENDINGS_BY_MARKS: Final = frozenset({"tr"})
_TURKISH_VOWELS: Final = frozenset("aeıioöuü")
_BACK_VOWELS: Final = frozenset("aıou")
_JOINERS: Final = dict.fromkeys(map(ord, "'’ʼ-‐‑"))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word was taken for: one word or two, each as the ids of its terms.

    `written` is how an article writes it, "" where that needs no saying: the same letters, another ending.
    """

    words: tuple[tuple[int, ...], ...]
    written: str = ""


class UnknownWords:
    """Find what unknown words of questions stand for in one collection."""

    def __init__(self, passages: Passages, dictionary: Dictionary) -> None:
        self._passages = passages
        self._dictionary = dictionary
        # A follow-up asks the same words again. Bounded, because questions come from strangers.
        # By a proxy: in a circle, the files of a generation would stay open until garbage is collected.
        self.meaning = lru_cache(_REMEMBERED)(partial(UnknownWords._meaning, proxy(self)))

    def _meaning(self, surface: str, term: str, language: str) -> Meaning | None:
        """Return what an unknown word of a question stands for, which became `term`; None where nothing is near."""
        word = _without_joiners(fold_word(surface, language))
        is_plain = len(word) <= tuning.UNKNOWN_LETTERS and analyzer.is_plain(word)
        if (
            alike := self._same_letters(term, word, language)
            if is_plain
            else self.held(self._dictionary.same_letters(term))
        ):
            return Meaning((alike,))
        if not is_plain:
            return None
        valid = valid_words.is_listed(surface.casefold(), language)
        found = self._side_by_side(word, language, valid=valid) or self._inflected(word, language)
        if found or (valid and language not in _LOOSELY_STEMMED):
            return found
        return self._misspelt(surface, word, language, valid=valid)

    def _same_letters(self, term: str, word: str, language: str) -> tuple[int, ...]:
        """Return the terms with the letters of an unknown word: of its `term`, all of it, it without an ending."""
        if language in _ENDINGS_BY_MARKS and word.isascii():
            marked = self._dictionary.find(analyzer.stem_words([_in_harmony(word)], language))
            if held := self.held([number for number in marked if number >= 0]):
                return held
        least = max(tuning.ENDING_LEAST_BEFORE, len(word) // 2) if language in _ENDINGS_BY_MARKS else len(word)
        ends = range(len(word), least - 1, -1)
        ways = (self.held(self._dictionary.same_letters(one)) for one in (term, *(word[:end] for end in ends)))
        return next(filter(None, ways), ())

    def _misspelt(self, surface: str, word: str, language: str, *, valid: bool) -> Meaning | None:
        """Return what a word that is none was meant to be; of a `valid` one, the same with more around it, or less."""
        if valid:
            return self._edited(surface, word, language, around=True)
        if small := meant_to_ask(surface, language):
            return Meaning((), small)
        return self._edited(surface, word, language) or self._run_together(surface, word, language)

    def held(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Return those of the terms that some passage holds, the commonest first."""
        pairs = zip(ids, self._passages.dfs(ids), strict=True)
        commonest = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
        return tuple([number for number, df in commonest if df][: tuning.ALIKE_MOST])

    def written(self, number: int, language: str) -> list[str]:
        """Return how the passages that hold a term most often write it, each way once."""
        term = self._passages.vocabulary.term(number)
        rows, _ = self._passages.top([number], [1.0], tuning.SPELLING_PASSAGES)
        parts = [part for title, text, _ in self._passages.read(rows) for part in (text, title)]
        return list(dict.fromkeys(form for part in parts for form in analyzer.surface_forms(part, language, term)))

    def spelt(self, word: str, language: str) -> str:
        """Return how an article writes a folded word that is known."""
        (number,) = self._dictionary.find(analyzer.stem_words([word], language))
        forms = self.written(number, language)
        return next((form for form in forms if _without_joiners(fold_word(form, language)) == word), (*forms, word)[0])

    def _side_by_side(self, word: str, language: str, *, valid: bool) -> Meaning | None:
        """Return the two words that an article writes side by side and a question as one.

        A `valid` word is no other for having a small word in it: "forgetting" is not for getting.
        """
        for left, right in self._halves(word, language, tuning.HALF_LEAST):
            if valid and any(is_function_word(half.word, language) for half in (left, right)):
                continue
            if left.id >= 0 <= right.id and self._passages.hold([left.id, right.id], side_by_side=True):
                return Meaning(((left.id,), (right.id,)), f"{left.word} {right.word}")
        return None

    def _run_together(self, surface: str, word: str, language: str) -> Meaning | None:
        """Return the two words that somebody forgot to put a space between: both known, or one that only asks.

        No name is taken apart: a capital stands where the space should, or there is none at all. Without a list of the
        words of a language nearly all of its long words would come apart.
        """
        if not valid_words.has_list(language):
            return None
        for left, right in self._halves(word, language, 2):
            humps = surface[len(left.word) : len(left.word) + 1].isupper()
            if not (humps or surface.islower()) or max(left.id, right.id) < 0:
                continue
            known = [half for half in (left, right) if half.id >= 0]
            least = tuning.HALF_LEAST if len(known) > 1 else tuning.SPELLING_LEAST
            others_ask = all(half.id >= 0 or half.only_asks for half in (left, right))
            if others_ask and all(
                len(half.word) >= least and valid_words.is_listed(half.word, language) for half in known
            ):
                return Meaning(tuple([(half.id,) for half in known]), f"{left.word} {right.word}")
        return None

    def _halves(self, word: str, language: str, least: int) -> list[tuple["_Half", "_Half"]]:
        """Return all ways to cut a word in two of `least` letters or more, the most even first."""
        places = sorted(range(least, len(word) - least + 1), key=lambda at: (abs(2 * at - len(word)), at))
        words = [half for at in places for half in (word[:at], word[at:])]
        terms = analyzer.stem_words(words, language)
        ids = self._dictionary.find(terms)
        dfs = self._passages.dfs(ids)
        halves = [
            _Half(half, number if df else -1, not term)
            for half, term, number, df in zip(words, terms, ids, dfs, strict=True)
        ]
        return list(zip(halves[::2], halves[1::2], strict=True))

    def _inflected(self, word: str, language: str) -> Meaning | None:
        """Return the terms that begin as the word does and end otherwise: the longer the same, the more may differ."""
        if language in _WITHOUT_ENDINGS:
            return None
        size, most = len(word), tuning.ENDING_MOST
        agreeing = max(tuning.ENDING_LEAST_BEFORE, size - most, size // 2 + 1)
        vocabulary = self._passages.vocabulary
        near = vocabulary.starting(word[:agreeing]) if size > agreeing else range(0)
        found = []
        for number in near[: tuning.ENDING_TERMS]:
            other = vocabulary.term(number)
            same = agreeing
            while same < min(size, len(other)) and word[same] == other[same]:
                same += 1
            if max(size, len(other)) - same <= min(most, same - 2) and analyzer.is_plain(other):
                found.append(number)
        forms = self.held(found)
        return Meaning((forms,)) if forms else None

    def _edited(self, surface: str, word: str, language: str, *, around: bool = False) -> Meaning | None:
        """Return the term that a misspelt word was most likely meant for; `around`: one with the word in it, or in it.

        The likeliest of those one edit away is the one that begins with the same letter and stands in most passages.
        """
        candidates = spelling.candidates(word, language, self._dictionary)
        # A name is in no list, and most short ones are one edit away from another.
        sure = surface.islower() and valid_words.has_list(language)
        dfs = dict(zip(candidates, self._passages.dfs(list(candidates)), strict=True))
        likeliest = sorted(
            (number for number in candidates if dfs[number]),
            key=lambda number: (candidates[number][0] != word[0], -dfs[number], number),
        )
        for number in likeliest[: tuning.SPELLING_CANDIDATES]:
            for written in self.written(number, language):
                folded = fold_word(written, language)
                if is_function_word(folded, language) or (around and not (word in folded or folded in word)):
                    continue
                if spelling.is_meant(word, candidates[number], _without_joiners(folded), sure=sure):
                    return Meaning(((number,),), written)
        return None


def meant_to_ask(surface: str, language: str) -> str:
    """Return the function word that a word of no language was meant to be, "" where it is none: it is not searched.

    With a capital it may be a name, unless a question begins with it.

    >>> meant_to_ask("Whta", "en"), meant_to_ask("frmo", "en"), meant_to_ask("Frmo", "en"), meant_to_ask("whxx", "en")
    ('what', 'from', '', '')
    """
    word, asking = surface.casefold(), QUESTION_WORDS.get(language, frozenset())
    if not valid_words.has_list(language) or not tuning.SPELLING_LEAST <= len(word) <= _LONGEST_SMALL:
        return ""
    words = asking if surface[:1].isupper() else asking | FUNCTION_WORDS.get(language, frozenset())
    near = [other for other in spelling.edits(word, sorted({*"".join(words)})) if other in words and len(other) > 2]
    return min(near, key=lambda other: (other[0] != word[0], other not in asking), default="")


@dataclass(frozen=True, slots=True)
class _Half:
    """One half of a word: the term it becomes, -1 where no passage holds that; `only_asks` if it is not searched."""

    word: str
    id: int
    only_asks: bool


def _in_harmony(word: str) -> str:
    """Return a Turkish word typed in ASCII with the marks that its sounds ask for: ı behind a back vowel, ğ in between.

    >>> _in_harmony("kurakligi"), _in_harmony("ornegi"), _in_harmony("bilgi")
    ('kuraklığı', 'orneği', 'bilgi')
    """
    letters, vowel = "", ""
    for before, plain, behind in zip(f" {word}", word, f"{word[1:]} ", strict=False):
        is_between = before in _TURKISH_VOWELS and behind in _TURKISH_VOWELS
        letter = "ı" if plain == "i" and vowel in _BACK_VOWELS else "ğ" if plain == "g" and is_between else plain
        vowel = letter if letter in _TURKISH_VOWELS else vowel
        letters += letter
    return letters


def _without_joiners(word: str) -> str:
    """Return a folded word without a possessive ending, apostrophes and hyphens.

    >>> _without_joiners("o'brien's")
    'obrien'
    """
    return word.replace("\u2019", "'").removesuffix("'s").translate(_JOINERS)
