"""Write the questions of a set as people type them: without marks, in capitals, with a space too few, and so on.

`WAYS` names the ways; each is a function of a text and of how it is typed. A question's id alone seeds its chance.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from random import Random
from types import MappingProxyType
from typing import Final

from index.analysis.detection import detect
from index.evaluate.beir import Question
from index.evaluate.typos import SEED, alphabets, typo

# So many questions of a set are asked in each way.
MOST: Final = 200
_LEAST_SPLIT: Final = 6
_WORD: Final = re.compile(r"[^\W\d_]+")
_SPACE: Final = re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])")
_HARAKAT: Final = "\u064e\u064f\u0650\u0652"
_INSIDE_ARABIC: Final = re.compile(r"[\u0621-\u063a\u0641-\u064a](?=\w)")
_ARTICLE: Final = re.compile(r"\b\u0627\u0644(?=\w{3})")
# Accents, Hebrew points and Arabic vowel signs; not the vowel signs of India, without which nobody writes.
_MARKS: Final = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u064b-\u0652]")
_PLAIN: Final = str.maketrans(
    {"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ı": "i", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe"}
)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who types: a language, the letters of each script (see `index.evaluate.typos.alphabets`), and chance."""

    language: str
    letters: Mapping[str, str]
    random: Random


def as_typed(questions: Sequence[Question], way: str, seed: int = SEED) -> list[Question]:
    """Return the answerable questions that a way of `WAYS` changes, so changed: MOST of them at most, evenly spread."""
    letters = alphabets(questions)
    language = detect(" ".join([question.text for question in questions[:MOST]]))
    changed = []
    for question in questions:
        hand = Hand(question.language or language, letters, Random(f"{seed}:{question.id}"))  # noqa: S311 (no secret)
        text = WAYS[way](question.text, hand)
        if question.answerable and text != question.text:
            changed.append(replace(question, text=text))
    return [changed[len(changed) * number // MOST] for number in range(MOST)] if len(changed) > MOST else changed


def without_marks(text: str, _: Hand | None = None) -> str:
    """Return `text` without accents, tones and points, and letters such as đ, ł, ø and ı plain.

    >>> without_marks("Đà Nẵng, Łódź"), without_marks("مُدَرِّس"), without_marks("который")
    ('Da Nang, Lodz', 'مدرس', 'который')
    """
    bare = "".join(c if c in "йЙ" else _MARKS.sub("", unicodedata.normalize("NFKD", c)) for c in text)
    return unicodedata.normalize("NFC", bare).translate(_PLAIN)


def in_capitals(text: str, hand: Hand) -> str:
    """Return `text` in the capitals of its language: İ and I in Turkish."""
    return (text.replace("i", "İ") if hand.language == "tr" else text).upper()


def space_missing(text: str, hand: Hand) -> str:
    """Return `text` without one of the spaces between two words of letters."""
    spaces = [match.start() for match in _SPACE.finditer(text)]
    at = hand.random.choice(spaces) if spaces else len(text)
    return text[:at] + text[at + 1 :]


def space_inside(text: str, hand: Hand) -> str:
    """Return `text` with a space in one word of six letters or more, with at least two on either side."""
    words = [match.span() for match in _WORD.finditer(text) if match.end() - match.start() >= _LEAST_SPLIT]
    if not words:
        return text
    start, end = hand.random.choice(words)
    at = hand.random.randint(start + 2, end - 2)
    return f"{text[:at]} {text[at:]}"


def two_typos(text: str, hand: Hand) -> str:
    """Return `text` with one edit in each of two words, one in each half; unchanged where that cannot be."""
    for match in sorted(_WORD.finditer(text), key=lambda match: abs(match.end() - len(text) / 2)):
        halves = text[: match.end()], text[match.end() :]
        first, second = (typo(half, hand.letters, hand.random) for half in halves)
        if first != halves[0] and second != halves[1]:
            return first + second
    return text


def with_harakat(text: str, hand: Hand) -> str:
    """Return `text` with a vowel sign behind every Arabic letter inside a word."""
    return _INSIDE_ARABIC.sub(lambda letter: letter[0] + hand.random.choice(_HARAKAT), text)


def without_article(text: str, _: Hand | None = None) -> str:
    """Return `text` without the Arabic article before its words.

    >>> without_article("في المدينة القديمة")
    'في مدينة قديمة'
    """
    return _ARTICLE.sub("", text)


def in_traditional(text: str, _: Hand | None = None) -> str:
    """Return Chinese `text` in traditional characters; unchanged where the package `opencc` is not installed."""
    return _to_traditional()(text)


@cache
def _to_traditional() -> Callable[[str], str]:
    if find_spec("opencc") is None:
        return str
    # Its tables take a tenth of a second to load.
    convert: Callable[[str], str] = import_module("opencc").OpenCC("s2t").convert
    return convert


WAYS: Final[Mapping[str, Callable[[str, Hand], str]]] = MappingProxyType(
    {
        "without marks": without_marks,
        "in capitals": in_capitals,
        "space missing": space_missing,
        "space inside": space_inside,
        "two typos": two_typos,
        "traditional": in_traditional,
        "with harakat": with_harakat,
        "without article": without_article,
    }
)
