"""Detect the language of a text: by its script, and by its function words where languages share one.

A vote, not a model: it needs no data, costs microseconds, and an uncertain answer does little harm, because an
unknown language is still indexed word by word.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING

from index import tuning
from index.analysis.languages import FUNCTION_WORDS, QUESTION_WORDS
from index.analysis.scripts import BLOCKS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNKNOWN = "und"

_BY_SCRIPT: dict[str, tuple[str, ...]] = {
    "latin": tuple("en de es fr it pt nl ro sv da no fi pl cs hu tr id vi ca".split()),
    "cyrillic": ("ru", "uk", "bg", "sr"),
    "arabic": ("ar", "fa", "ur"),
    "devanagari": ("hi", "mr", "ne"),
    "greek": ("el",),
    "armenian": ("hy",),
    "hebrew": ("he",),
    "bengali": ("bn",),
    "tamil": ("ta",),
    "telugu": ("te",),
    "thai": ("th",),
    "burmese": ("my",),
    "georgian": ("ka",),
    "hangul": ("ko",),
    "khmer": ("km",),
    "kana": ("ja",),
    "han": ("zh",),
}
_SCRIPTS = tuple((*block, script) for script in _BY_SCRIPT for block in BLOCKS[script]) + tuple(
    (*block, "han") for block in BLOCKS["hexagrams"]
)

# Letters that no other language of the script writes; one of them weighs as much as a function word.
_LETTERS: dict[str, str] = {
    "fa": "پچژگکی",
    "ur": "ٹڈڑںےھہ",
    "uk": "іїєґ",
    "tr": "ışğ",
    "ro": "țşţăș",
    "vi": "ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
    "pl": "łżźśćńęą",
    "cs": "řůěč",
    "de": "ß",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "hu": "őű",
    "ar": "ةىك",
}


_NAMES = ("", *dict.fromkeys(name for _, _, name in _SCRIPTS))
# Where in a number the votes for each language stand.
_VOTE_BITS = 32
_MOST_VOTES = (1 << _VOTE_BITS) - 1
_PLACES = {language: _VOTE_BITS * number for number, language in enumerate(FUNCTION_WORDS)}
_LETTER = re.compile("[a-z]")
_NO_ASCII_LETTERS = bytes(code for code in range(128) if not chr(code).islower())
# An elided word is one of its own (qu'est, l’usine), and so is what a hyphen joins (est-ce).
_JOINED = str.maketrans("'’-", "   ")
_PUNCTUATION = '.,;:!?¿¡«»"“”„()[]…؟،۔।'


def script(letter: str) -> str:
    """Return the script of a letter, "" for one that is not known here.

    >>> script("ß")
    'latin'
    """
    return _script(ord(letter) >> 4)


@cache
def _script(block: int) -> str:
    """Return the script of a block of 16 code points, "" for none."""
    start = block << 4
    return next((name for low, high, name in _SCRIPTS if low <= start + 15 and start <= high), "")


def detect(text: str, among: Mapping[str, int] | None = None) -> str:
    """Return the language of `text` as a BCP 47 primary tag, or "und" when nothing tells.

    `among` limits the answer to the languages that can be meant, with how many articles are written in each: those
    of an index, for a short question. They then also count as evidence, see `index.tuning.LANGUAGE_PRIOR`.

    >>> detect("Where did the minister go?"), detect("Куда уехал министр?"), detect("大臣去哪里了？")
    ('en', 'ru', 'zh')
    """
    return most_voted(votes(text, among))


def most_voted(votes: Mapping[str, float]) -> str:
    """Return the language with most votes, the first of equals; "und" when none has any."""
    best = max(votes, key=votes.__getitem__, default=UNKNOWN)
    return best if votes.get(best, 0.0) > 0 else UNKNOWN


def votes(text: str, among: Mapping[str, int] | None = None) -> dict[str, float]:
    """Return how many function words' worth speaks for each language that `text` may be in; `among` as in `detect`."""
    sample = text[: tuning.LANGUAGE_CHARACTERS].casefold()
    if sample.isascii():
        return _vote(sample, _BY_SCRIPT["latin"], _prior("latin", among)) if _LETTER.search(sample) else {}
    script = _commonest_script(sample)
    if not script:
        return {}
    known = _BY_SCRIPT[script]
    if len(known) == 1:
        return {known[0]: 1.0}
    return _vote(sample, known, _prior(script, among))


def is_foreign(question: str, language: str, languages: Collection[str]) -> bool:
    """Return whether a question that is taken for `language` is clearly in none of `languages`, of whatever script.

    >>> is_foreign("When was the mill by the river sold?", "de", ["de"]), is_foreign("Mill River", "de", ["de"])
    (True, False)
    """
    if language not in (*languages, UNKNOWN):
        return True
    counts = votes(question)
    best, own = most_voted(counts), max((counts.get(one, 0.0) for one in languages), default=0.0)
    return best not in (*languages, UNKNOWN) and counts[best] >= own + tuning.LANGUAGE_FOREIGN


def function_words(text: str, languages: Iterable[str]) -> dict[str, int]:
    """Return how many words of a case-folded text are function words or question words of each of these languages.

    >>> function_words("what is the time in oslo?", ["en", "de"])
    {'en': 4, 'de': 1}
    """
    words = map(str.strip, text.translate(_JOINED).split(), repeat(_PUNCTUATION))
    # Most words belong to several languages: all their votes are one number, and are counted by one sum.
    total = sum(map(_votes_of_words().get, words, repeat(0)))
    return {language: total >> _PLACES[language] & _MOST_VOTES if language in _PLACES else 0 for language in languages}


def _commonest_script(text: str) -> str:
    """Return the script of most letters of a case-folded text, "" where it has no known letter."""
    # Told of most texts without NumPy, whose import takes longer than the rest of starting to analyse.
    in_ascii = text.encode("ascii", "ignore")
    if len(in_ascii.translate(None, _NO_ASCII_LETTERS)) > len(text) - len(in_ascii):
        return "latin"
    counts = _letters_by_script(text)
    if not counts:
        return ""
    script = max(counts, key=lambda name: (counts[name], name))
    # Japanese mixes Han with Kana, Chinese never does.
    return "kana" if script == "han" and counts.get("kana", 0) * 20 > counts["han"] else script


def _letters_by_script(text: str) -> dict[str, int]:
    """Return how many letters `text` has of each script that it has any of."""
    import numpy as np

    # All known scripts are in the first 65,536 code points; of others there are halves, which are no letters.
    codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")
    counts = np.bincount(_script_numbers().take(codes), minlength=len(_NAMES)).tolist()
    return {name: count for name, count in zip(_NAMES, counts, strict=True) if name and count}


@cache
def _script_numbers() -> "NDArray[np.uint8]":
    """Return the place of its script in `_NAMES` for each of the first 65,536 code points, 0 for no known letter."""
    import numpy as np

    numbers = np.zeros(1 << 16, np.uint8)
    for low, high, name in _SCRIPTS:
        letters = [code for code in range(low, high + 1) if chr(code).isalpha()]
        numbers[letters] = _NAMES.index(name)
    return numbers


def _prior(script: str, among: Mapping[str, int] | None) -> Mapping[str, int]:
    return {language: among[language] for language in _BY_SCRIPT[script] if language in among} if among else {}


def _vote(sample: str, known: tuple[str, ...], prior: Mapping[str, int]) -> dict[str, float]:
    if len(prior) == 1:
        return dict.fromkeys(prior, 1.0)
    votes: dict[str, float] = {**function_words(sample, prior or known)}
    if not sample.isascii():
        for language in votes:
            votes[language] += sum(map(sample.count, _LETTERS.get(language, ""))) / 2
    articles = sum(prior.values())
    for language in prior:
        votes[language] = tuning.LANGUAGE_PRIOR * prior[language] / articles + votes[language]
    return votes


@cache
def _votes_of_words() -> Mapping[str, int]:
    """Return for every function word and question word a vote for each language it belongs to, at that one's place."""
    votes: dict[str, int] = {}
    for language, place in _PLACES.items():
        for word in FUNCTION_WORDS[language] | QUESTION_WORDS.get(language, frozenset()):
            votes[word] = votes.get(word, 0) | 1 << place
    return votes
