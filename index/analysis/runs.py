"""Cut a text into runs: the pieces that become terms, each by itself.

What a run is must not depend on what stands beyond white space, so that a text may be cut there and every piece be
remembered. The few things that do depend on it are written into the text first, by `prepare`, at the same length.
"""

import re
import unicodedata
from functools import cache
from itertools import chain
from typing import Final

from index.analysis.languages import FUNCTION_WORDS, QUESTION_WORDS
from index.analysis.scripts import HAN, SOUTHEAST_ASIAN, letters

# Scripts whose words are not set apart by spaces (Han, Kana), or take endings that bigrams see through (Hangul).
BIGRAM: Final = HAN + letters("hangul", "han marks", "kana", "small kana", "half width kana")
# Stands for the space before a word that would only ask, if it were not a name there.
NAMED: Final = "\x01"
# What may stand before a word in its run without being of it.
SIGNS: Final = (NAMED, "#")
_INVISIBLE: Final = "\u00ad\u200b-\u200d\u2060\ufeff"

# A space within a number, as in 12 000; four groups and more are a row of numbers.
_GROUPED: Final = re.compile(
    r"(?<![\d.,])(?<!\d[ \u00a0\u202f])\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,3}(?![ \u00a0\u202f]?\d)"
)
# Whether there may be one: a plain space at the beginning is found fast.
_GROUPS: Final = re.compile(r" \d\d\d(?<=\d....)")
_ANY_GROUPS: Final = re.compile(r"[ \u00a0\u202f]\d\d\d(?<=\d....)")
_SPACES: Final = str.maketrans(" \u00a0\u202f", ",,,")
_PER_CENT: Final = re.compile(r"\b(per|pour|por) (cent[o]?|ciento)\b", re.I)
# After "the" a question word is a name or a noun: The Who, The The, the in crowd. The first letters are found fast.
_AFTER_THE: Final = re.compile(
    r"he (?<=\b[Tt]he )(?=(?:[Ww](?:ho|hat|hen|here|hy)|[Hh]ow|[Tt]he|[Ii][ns]|[Dd]o)(?![\w\-‐‑]))"
)
_IN_CAPITALS: Final = re.compile(r"(?<![^\W_])[A-Z]{2,}(?![^\W_])")

# What may follow a number without a space and is a word of its own.
_UNITS: Final = (
    "km|cm|mm|kg|mg|ml|m|h|min|kwh|mwh|gwh|kw|mw|gw|kb|mb|gb|tb|hz|khz|mhz|ghz|mph|kph|kmh|mn|mln|bn|am|pm|ft|lbs?|oz|ha|"
    "км|кг|см|мм|мин|млн|млрд|тыс|كم|كلم|کیلومتر|کم"
)


def prepare(text: str, language: str) -> str:
    """Return a text of the same length in which words no longer depend on those beside them.

    Spaces within numbers become commas, "per cent" becomes one word, in a line all in capitals no word is an
    abbreviation, and a word that would only ask is marked where it is a name.

    >>> prepare("THE WHO: 12 000 NAMES", "en")
    'the\\x01who: 12,000 NAMES'
    """
    if (_GROUPS if text.isascii() else _ANY_GROUPS).search(text):
        text = _GROUPED.sub(lambda found: found[0].translate(_SPACES), text)
    if " cent" in text or " ciento" in text:
        text = _PER_CENT.sub(r"\1\2 ", text)
    if language not in QUESTION_WORDS:
        return text
    if text.isupper() or "\n" in text:
        text = "\n".join([_not_shouted(line, language) if line.isupper() else line for line in text.split("\n")])
    # Looking first costs a third of replacing nothing.
    if language == "en" and _AFTER_THE.search(text):
        text = _AFTER_THE.sub(f"he{NAMED}", text)
    letter = _lone_letter(language)
    if letter is not None and letter.search(text):
        text = letter.sub(lambda found: _named_letter(found, language), text)
    return text


def _not_shouted(line: str, language: str) -> str:
    """Return a line that is all in capitals without those of its function words; one word alone is no line."""
    if len(line.split()) < 2:
        return line
    words = asking(language)
    return _IN_CAPITALS.sub(lambda found: found[0].lower() if found[0].lower() in words else found[0], line)


def _named_letter(found: re.Match[str], language: str) -> str:
    """Return a capital letter with a mark before it where it belongs to the word in front of it, as in "vitamin A"."""
    line = found.string[: found.start()].rpartition("\n")[2]
    before = line.rpartition(" ")[2]
    is_named = before.isalpha() and before.casefold() not in asking(language) and not line.isupper()
    return NAMED + found[0][1:] if is_named else found[0]


@cache
def asking(language: str) -> frozenset[str]:
    """Return the question words and function words of a language."""
    return FUNCTION_WORDS.get(language, frozenset()) | QUESTION_WORDS.get(language, frozenset())


@cache
def _lone_letter(language: str) -> re.Pattern[str] | None:
    """Return the pattern of question words of one letter, in capitals and behind a space; None where there are none."""
    asked = "".join(sorted(word.upper() for word in QUESTION_WORDS[language] if len(word) == 1 and word.isascii()))
    return re.compile(rf" [{asked}](?![\w.'’\-‐‑])") if asked else None


def is_unspaced(letter: str) -> bool:
    """Return whether a letter needs more than the pattern of scripts that set words apart, as "_" does too."""
    return "_" in letter if letter.isascii() else _needs_care().search(letter) is not None


def runs(text: str) -> re.Pattern[str]:
    """Return the pattern whose group 1 is each of the surface forms of a prepared text.

    There are three that find the same ones, each on texts where it may be used: plain ASCII, scripts that set words
    apart, anything. Most of the time of an analysis goes into their character classes, so the simplest is taken.
    """
    if text.isascii():
        return _ascii_runs()
    return _any_runs() if _needs_care().search(text) else _spaced_runs()


@cache
def _needs_care() -> re.Pattern[str]:
    # Ranges as wide as these take milliseconds, which a question in Latin letters need not wait for.
    return re.compile(f"[_{BIGRAM}{SOUTHEAST_ASIAN}]")


@cache
def _ascii_runs() -> re.Pattern[str]:
    return _compile("[A-Za-z]", "[A-Za-z0-9]", "A-Za-z0-9")


@cache
def _spaced_runs() -> re.Pattern[str]:
    return _compile(rf"[^\W\d][{_marks()}]*", r"\w", rf"\w{_marks()}{_INVISIBLE}", usual=r"[^\W\d]++")


@cache
def _any_runs() -> re.Pattern[str]:
    unspaced = BIGRAM + SOUTHEAST_ASIAN
    inside = rf"(?:[^\W_{unspaced}]|[{_marks()}{_INVISIBLE}])"
    return _compile(
        rf"[^\W\d_{unspaced}][{_marks()}]*", rf"[^\W_{unspaced}]", inside, rf"|[{BIGRAM}]+|[{SOUTHEAST_ASIAN}]+"
    )


def _compile(
    letter: str, opening: str, inside: str, others: str = "", usual: str = "[A-Za-z][a-z]*+"
) -> re.Pattern[str]:
    if not inside.startswith("("):
        inside = f"[{inside}]"
    behind = r"(?<![\w.\-])" if inside.isascii() else rf"(?<![\w.\-‐‑{_marks()}{_INVISIBLE}])"
    version = r"(?:(?<=\d)(?:\.\d+)+)?"
    return re.compile(
        # Spaces are passed at once: at each of them every alternative would be tried. Not all of very many, which would
        # be passed again from each of them.
        r" {0,16}+("
        rf"{usual}(?=[ ,;:!?،)\n])"  # most words: found at once, as the long alternative would find them
        r"|\d+(?:[.,٫٬]\d+)+"  # numbers with separators
        rf"|\d+(?=(?:(?i:{_UNITS})|[hH]\d\d)(?!{inside}))|(?<=\d)[hH](?=\d\d(?!{inside}))"  # 5|km and 22|h|30
        rf"|(?:{letter}\.)+{letter}(?!{inside})"  # U.S. and e.g.; a letter is one with its marks
        # words and python3.11, with apostrophes and hyphens inside; # or a mark before them, and C++ and C#
        rf"|[#{NAMED}]?{opening}{inside}*{version}(?:['’ʼ\-‐‑]{inside}+{version})*(?:(?:\+\+|#)(?![\w+#]))?"
        rf"|{behind}(?:\.[A-Za-z][A-Za-z]+|-[A-Za-z])(?!{inside})"  # .NET, and the -m of a command
        r"|[%٪％]"
        rf"{others})"
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
