"""Find two words of a question that articles write as one: "fire truck" for firetruck, "ligh thouse" for lighthouse."""

import re
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from index import tuning
from index.analysis import analyzer
from index.analysis.folding import fold_word

_RUN: Final = re.compile(r"[^\W\d_]+")
_BETWEEN: Final = re.compile(r"\s+")
# What stands between the parts of a compound, and before its first part where a phrase says the same.
_LINKS: Final = MappingProxyType(
    {
        "de": ("", "s", "n", "en", "es", "er", "e"),
        "nl": ("", "s", "en", "e"),
        "sv": ("", "s"),
        "da": ("", "s", "e"),
        "no": ("", "s", "e"),
    }
)
_OF: Final = MappingProxyType(
    {
        "de": frozenset("im in des der für am an vom von fürs zum zur".split()),
        "nl": frozenset("in van voor op".split()),
    }
)


@dataclass(frozen=True, slots=True)
class Joined:
    """`question[start:end]` may be one word, `word`."""

    start: int
    end: int
    word: str


def joinable(text: str, language: str) -> list[Joined]:
    """Return the words that neighbours in a question may be together, in reading order.

    >>> [one.word for one in joinable("Why did the fire truck stop?", "en")]
    ['whydid', 'didthe', 'thefire', 'firetruck', 'truckstop']
    >>> "krankenhausküche" in {one.word for one in joinable("Küche im Krankenhaus", "de")}
    True
    """
    runs = list(_RUN.finditer(text))
    joined = []
    for place, (left, right) in enumerate(pairwise(runs)):
        if not _BETWEEN.fullmatch(text, left.end(), right.start()):
            continue
        words = fold_word(left[0], language), fold_word(right[0], language)
        if not analyzer.is_plain("".join(words)):
            continue
        links = _LINKS.get(language, ("",)) if min(map(len, words)) >= tuning.SPELLING_LEAST else ("",)
        joined += [Joined(left.start(), right.end(), f"{words[0]}{link}{words[1]}") for link in links]
        if words[1] in _OF.get(language, ()) and place + 2 < len(runs):
            last = runs[place + 2]
            if _BETWEEN.fullmatch(text, right.end(), last.start()):
                head, other = words[0], fold_word(last[0], language)
                joined += [Joined(left.start(), last.end(), f"{other}{link}{head}") for link in links]
    return [one for one in joined if tuning.JOINED_LEAST <= len(one.word) <= tuning.SPELLING_MOST]
