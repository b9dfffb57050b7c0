"""Stemmers: one for each language that has one, from Snowball or made here of rules.

Arabic joins the article and short prepositions to the noun, and Snowball's stemmer takes them off by rules that depend
on the rest of the word, so that القانون and قانون end up apart (448 of 1,004 words of XQuAD that stand there in both
forms). Here the article goes first, with whatever is joined to it, as in Larkey, Ballesteros and Connell's light
stemmers (SIGIR 2002), whose light10 also gave the list of endings; what is left goes through Snowball's. Measured on
xquad_ar, hit@1 of the questions as they are and without any article, and how many of them are not answered: Snowball
alone .911 .892, .118 .182; light10 alone .911 .916, .119 .126; both in a row .917 .917, .092 .095.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from index.analysis.folding import unify_arabic
from index.analysis.languages import SNOWBALL

Stem = Callable[[str], str]
StemAll = Callable[[Sequence[str]], Sequence[str]]

# "And" or "so", then "in", "as" or "for", then the article; with "for" its alef is left out.
_ARABIC_ARTICLE: Final = re.compile("[وفب](?=الله$)|[وف]?(?:ال(?=..)|(?:[بکل]ال|لل)(?=...))")
# God, father and mother, adult, balloon: there these letters belong to the word.
_NO_ARTICLE: Final = frozenset(
    "الله والد والده والدی والدیه والدین والدان والدا والدته والدتها والدها والدهم والدتی "
    "بالغ بالغه بالغین بالغون بالون".split()
)
_ARABIC_ENDINGS: Final = ("ها", "هم", "نا", "ان", "ات", "ون", "ین", "یه", "ه", "ی", "ا")
# Snowball knows Arabic letters in their own forms, while folded words have those that Persian shares.
_TO_SNOWBALL: Final = str.maketrans("یک", "يك")


# Light stemmers for languages that Snowball lacks: first an ending of nouns and adjectives, the longest that fits, then
# what vowel may be left. Bulgarian puts its article behind the noun, and the plural before it.
_ENDINGS: Final = {
    "bg": "овете евете ищата ията иите ият ето ите ата ята ове еве ища ия ът ят та то те ии",
    "uk": "ового ості ями ами ому ого ими іми ові еві ій ої ою ею єю ів їв ам ям ах ях ом ем єм ий их им ія ії ію",
}
_VOWELS: Final = {"bg": "аяоеиуйъ", "uk": "аяоеєиіїуюьй"}
# Hebrew joins "and", "the", "in", "as", "to", "from" and "that" to the word. They go one by one while enough is left,
# from words that begin with these letters by themselves too: so a word is one term with them and without.
_HEBREW_PREFIXES: Final = "והבכלמש"
_HEBREW_ENDINGS: Final = ("ים", "ות", "ה", "ת")
_LEAST: Final = 3


def stemmer(language: str) -> tuple[Stem, StemAll]:
    """Return what stems a folded word of a language, and what stems many; both leave words as they are for most.

    >>> stem, stem_all = stemmer("en")
    >>> stem("ministers"), list(stem_all(["bridges"]))
    ('minist', ['bridg'])
    """
    if language not in SNOWBALL:
        own: Stem | None = _hebrew if language == "he" else _without_ending(language) if language in _ENDINGS else None
        return (own, lambda words: list(map(own, words))) if own else (str, list)
    import Stemmer

    # No cache inside: every surface form is stemmed once and remembered by the analyzer.
    snowball = Stemmer.Stemmer(language, 0)
    if language == "ar":
        return _arabic(snowball.stemWord)
    # The second at less than half the cost for each word.
    return snowball.stemWord, snowball.stemWords


def _arabic(snowball: Stem) -> tuple[Stem, StemAll]:
    def stem(word: str) -> str:
        # Once more, because a name such as المانيا begins with the letters of the article too, and they go from it.
        while word not in _NO_ARTICLE and (article := _ARABIC_ARTICLE.match(word)):
            word = word[article.end() :]
        word = unify_arabic(snowball(word.translate(_TO_SNOWBALL)))
        for ending in _ARABIC_ENDINGS:
            if len(word) >= len(ending) + _LEAST and word.endswith(ending):
                word = word[: -len(ending)]
        return word

    return stem, lambda words: [stem(word) for word in words]


def _without_ending(language: str) -> Stem:
    endings = sorted(_ENDINGS[language].split(), key=len, reverse=True)

    def stem(word: str) -> str:
        word = _without_one_of(word, endings)
        return word[:-1] if len(word) > _LEAST and word[-1] in _VOWELS[language] else word

    return stem


def _without_one_of(word: str, endings: Sequence[str]) -> str:
    """Return a word without the first of the endings that leaves enough of it."""
    for ending in endings:
        if len(word) >= len(ending) + _LEAST and word.endswith(ending):
            return word[: -len(ending)]
    return word


def _hebrew(word: str) -> str:
    while len(word) > _LEAST and word[0] in _HEBREW_PREFIXES:
        word = word[1:]
    return _without_one_of(word, _HEBREW_ENDINGS)
