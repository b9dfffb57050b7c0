"""Tell which words of a question only ask where that takes more than a list of words, as in Vietnamese.

Its question words are two syllables, each a word of its own ("sao" is a star, "tại sao" is why), and it is often typed
without marks, where a question word has the letters of other words.
"""

from collections.abc import Sequence
from functools import cache
from types import MappingProxyType
from typing import Final

from index.analysis.languages import QUESTION_WORDS
from index.query.dictionary import bare_letters

# Where hardly a word goes without a mark, and a word without its mark is another one.
_MARKED: Final = frozenset({"vi"})
_PHRASES: Final = MappingProxyType(
    {
        "vi": "tại sao|vì sao|ra sao|làm sao|thì sao|bao nhiêu|bao lâu|bao giờ|bao xa|khi nào|thế nào|như thế|là ai|"
        "ở đâu|là gì"
    }
)


def is_unmarked(text: str, language: str) -> bool:
    """Return whether a question lacks the marks of its language.

    >>> is_unmarked("xe buyt dem Da Nang", "vi"), is_unmarked("xe buýt", "vi"), is_unmarked("night bus", "en")
    (True, False, False)
    """
    return language in _MARKED and bare_letters(text.casefold()) == text.casefold()


def asking(words: Sequence[str], language: str) -> frozenset[int]:
    """Return the places of the words of a question that only ask, beside those that never become terms.

    In a question without marks two capitals in a row are a name.

    >>> sorted(asking(["tại", "sao", "ngôi", "sao", "sáng"], "vi")), sorted(asking(["Da", "Nang", "la", "gi"], "vi"))
    ([0, 1], [2, 3])
    """
    if language not in _PHRASES:
        return frozenset()
    unmarked = is_unmarked(" ".join(words), language)
    folded, phrases = [word.casefold() for word in words], _phrases(language, unmarked=unmarked)
    places = {
        at for first in range(len(words) - 1) if (*folded[first : first + 2],) in phrases for at in (first, first + 1)
    }
    if unmarked:
        single = _single(language)
        named = {at for at in range(len(words)) if words[at].istitle() and "".join(words[at + 1 : at + 2]).istitle()}
        places.update(at for at, word in enumerate(folded) if word in single and at not in named)
    return frozenset(places)


@cache
def _phrases(language: str, *, unmarked: bool) -> frozenset[tuple[str, ...]]:
    phrases = _PHRASES[language]
    return frozenset(tuple(phrase.split()) for phrase in (bare_letters(phrases) if unmarked else phrases).split("|"))


@cache
def _single(language: str) -> frozenset[str]:
    return frozenset(map(bare_letters, QUESTION_WORDS.get(language, ())))
