"""Find two words of a question that articles write as one: "fire truck" for firetruck, "ligh thouse" for lighthouse."""

import re
from collections.abc import Set as AbstractSet
from itertools import pairwise
from types import MappingProxyType
from typing import Final, NamedTuple

from index import tuning
from index.analysis.folding import fold_word
from index.analysis.light_words import is_function_word

_RUN: Final = re.compile(r"[^\W\d_]+")
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
# What asks stands at the end here, where the stemmer takes it for an ending.
_SUFFIXING: Final = frozenset({"tr"})


class Joined(NamedTuple):
    """`question[start:end]` may be one word, `word`; `second` is where the second of its words stands."""

    start: int
    second: int
    end: int
    word: str


def joinable(text: str, language: str, among: AbstractSet[int] | None = None) -> list[Joined]:
    """Return the words that neighbours in a question may be together, in reading order.

    With `among` only words that begin at one of these places are joined.

    >>> [one.word for one in joinable("Why did the fire truck stop?", "en")]
    ['whydid', 'didthe', 'thefire', 'firetruck', 'truckstop']
    >>> "krankenhausküche" in {one.word for one in joinable("Küche im Krankenhaus", "de")}
    True
    """
    if among is not None and len(among) < 2:
        return []
    runs = [match.span() for match in _RUN.finditer(text)]
    links, of = _LINKS.get(language, ("",)), _OF.get(language, frozenset())
    joined: list[Joined] = []
    for place, ((start, stop), (begin, end)) in enumerate(pairwise(runs)):
        # "inside", split, holds a small word and is one; a Turkish "nedir" behind a word only seems a part of it.
        if text[stop:begin] != " " or (among is not None and (start not in among or begin not in among)):
            continue
        left, right = fold_word(text[start:stop], language), fold_word(text[begin:end], language)
        if language in _SUFFIXING and is_function_word(right, language):
            continue
        long = min(len(left), len(right)) >= tuning.SPELLING_LEAST
        joined += [Joined(start, begin, end, f"{left}{link}{right}") for link in (links if long else ("",))]
        if right in of and place + 2 < len(runs) and text[end : runs[place + 2][0]] == " ":
            behind, last = runs[place + 2]
            other = fold_word(text[behind:last], language)
            joined += [Joined(start, behind, last, f"{other}{link}{left}") for link in links]
    return [one for one in joined if tuning.JOINED_LEAST <= len(one.word) <= tuning.SPELLING_MOST]
