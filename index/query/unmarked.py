"""Tell a question that is typed without marks, in a language that cannot be read without them."""

from functools import cache
from typing import Final

from index.analysis.languages import QUESTION_WORDS
from index.query.dictionary import bare_letters

# Where hardly a word goes without a mark, and a word without its mark is another one.
_MARKED: Final = frozenset({"vi"})


def is_unmarked(text: str, language: str) -> bool:
    """Return whether a question lacks the marks of its language.

    >>> is_unmarked("xe buyt dem Da Nang", "vi"), is_unmarked("xe buýt", "vi"), is_unmarked("night bus", "en")
    (True, False, False)
    """
    return language in _MARKED and bare_letters(text.casefold()) == text.casefold()


def only_asks(word: str, following: str, language: str) -> bool:
    """Return whether a word without its marks is one that only asks; two capitals in a row are a name.

    >>> only_asks("nhieu", "tien", "vi"), only_asks("Da", "Nang", "vi")
    (True, False)
    """
    return word.casefold() in _asking(language) and not (word.istitle() and following.istitle())


@cache
def _asking(language: str) -> frozenset[str]:
    return frozenset(map(bare_letters, QUESTION_WORDS.get(language, ())))
