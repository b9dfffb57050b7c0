"""What a person typed, taken apart: the words to search for, and the few marks that narrow the search.

| mark | only passages |
|---|---|
| `"exact phrase"` | that hold these words side by side, or whose title does; any pair of quotation marks |
| `-word`, `-"exact phrase"` | that do not hold it |
| `after:2024-01`, `before:2024-06-30` | of articles from its first day on, or up to its last; year, month or day |
| `in:word`, `in:"title words"` | of articles whose title holds the words |
| `source:name` | of this source; of several such marks, any of them |

Nothing else is syntax: what does not have one of these forms to the letter is plain text.
"""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Final, Literal

from index.analysis.languages import ASKING
from index.analysis.literal import folded
from index.query.periods import Period, stated

Kind = Literal["phrase", "without", "date", "title", "source", "period"]

# How the key of a narrowing begins that no mark asked for, but a date in words.
GUESSED: Final = "dates:"

_CLOSING: Final = {'"': '"', "“": "”“", "„": "“”„", "”": "”", "«": "»", "»": "«", "「": "」", "『": "』"}
_QUOTES: Final = "".join(_CLOSING)
# A mark stands at the beginning or after a space; marks of direction, which nobody sees, may come between.
_FREE: Final = r"(?<![^\s\u200e\u200f\u202a-\u202e\u2066-\u2069])"
# Without one of these a question holds no mark.
_HINTS: Final = frozenset(f"-:{_QUOTES}")
_CLOSING_DASH: Final = re.compile(r"\w-(?!\w)")
_BARE: Final = re.compile(r"\S*")
_TRAILING: Final = ".,;:!?…)]}'’؟،؛。，！？、।۔"
_LETTER_OR_DIGIT: Final = re.compile(r"[^\W_\u0e00-\u0eff\u3005-\u30ff\u3400-\u9fff]")
_CLOSING_MARKS: Final = " \t\r\n\u200e\u200f.!)]" + _QUOTES
_ASKS: Final = ("?", "؟", "？", ";", "\u037e", "՞")
_SHOWN: Final = 40
_KINDS: Final[dict[str, Kind]] = {"after": "date", "before": "date", "in": "title", "source": "source", "-": "without"}
_WANTED: Final[dict[Kind, tuple[str, str]]] = {
    "date": ("date", "{0}2024, {0}2024-06 or {0}2024-06-30"),
    "title": ("word of a title", '{0}word or {0}"some words"'),
    "source": ("name", '{0}name or {0}"the name"'),
}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A condition on the passages of an answer, as it is shown and taken back.

    `key` is short, ASCII and the same for the same condition ("after:2024-06-01"); `label` is what people read
    ("articles from June 2024"); `words` stand in the question and caused it.
    """

    key: str
    label: str
    words: str

    @property
    def guessed(self) -> bool:
        """Whether a date in words caused it, not a mark."""
        return self.key.startswith(GUESSED)


@dataclass(frozen=True, slots=True)
class Condition:
    """What passages must fulfil: `text` is a phrase, a word, words of a title or a name; `period` bounds the date.

    `question[start:end]` says so.
    """

    kind: Kind
    narrowing: Narrowing
    start: int
    end: int
    text: str = ""
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart.

    `searched` is as long as `text`, so that places agree; what only narrows is blank in it. `problems` are lines for
    people, each on a mark that could not be understood and was left out. `quoted` are the half-open ranges of phrases:
    their words are not corrected, whether or not the phrase is insisted on.
    """

    text: str
    searched: str
    conditions: tuple[Condition, ...] = ()
    problems: tuple[str, ...] = ()
    quoted: tuple[tuple[int, int], ...] = ()

    @property
    def is_sentence(self) -> bool:
        """Whether it ends as questions do, and so is language and not a list of words."""
        return self.text.rstrip(_CLOSING_MARKS).endswith(_ASKS)


def parse(text: str, without: frozenset[str] = frozenset()) -> Question:
    """Takes a question apart; for any text, and without an error. `without` holds keys of conditions to leave out.

    >>> parsed = parse('When did the "Old Weir Bridge" close after:2026-02 -ferry?')
    >>> parsed.searched.split(), [condition.narrowing.key for condition in parsed.conditions][1]
    (['When', 'did', 'the', '"Old', 'Weir', 'Bridge"', 'close', '?'], 'after:2026-02-01')
    """
    mark = None if _HINTS.isdisjoint(text) else _marks().search(text)
    if mark is None:
        return Question(text, text)
    # Before the last dash that closes something, as in "a story -an old one- of the sea", a dash opens it.
    dashes_close = max((closing.end() for closing in _CLOSING_DASH.finditer(text)), default=0)
    searched = list(text)
    conditions: list[Condition] = []
    problems: list[str] = []
    while mark is not None:
        name = (mark[1] or mark[2] or "").lower()
        value, end = _value(text, mark.end()) if name else _quoted(text, mark.start())
        kind = _KINDS.get(name, "phrase")
        if name == "-" and mark.end() < dashes_close:
            value = ""
        condition = _condition(kind, name, value, (mark.start(), end), text[mark.start() : end])
        if condition is not None:
            conditions.append(condition)
        elif name and name != "-":
            problems.append(_problem(kind, name, value))
        if kind != "phrase" and (condition or kind != "without"):
            searched[mark.start() : end] = " " * (end - mark.start())
        mark = _marks().search(text, max(end, mark.end()))
    kept = {condition.narrowing.key: condition for condition in conditions if condition.narrowing.key not in without}
    quoted = tuple((phrase.start, phrase.end) for phrase in conditions if phrase.kind == "phrase")
    return Question(text, "".join(searched), tuple(kept.values()), tuple(dict.fromkeys(problems)), quoted)


def short(text: str) -> str:
    """The beginning of a person's words, for a line about them."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _value(text: str, start: int) -> tuple[str, int]:
    """What stands right after a mark, quoted or up to the next space, and where it ends."""
    if text[start : start + 1] in _CLOSING and (quoted := _quoted(text, start, after_mark=True))[0]:
        return quoted
    bare = _BARE.match(text, start)
    value = bare[0].rstrip(_TRAILING) if bare else ""
    return value.strip(_QUOTES), start + len(value)


def _quoted(text: str, start: int, *, after_mark: bool = False) -> tuple[str, int]:
    """What stands between the quotation mark at `start` and the next that closes it; "" where it opens nothing.

    A straight mark right behind a letter or digit opens nothing: it means inches, or is part of a Hebrew word.
    """
    opening = text[start]
    if opening in '"”' and not after_mark and start and _LETTER_OR_DIGIT.match(text[start - 1]):
        return "", start + 1
    ends = [end for closing in _CLOSING[opening] if (end := text.find(closing, start + 1)) >= 0]
    if not ends:
        return "", start + 1
    return text[start + 1 : min(ends)].strip(), min(ends) + 1


def _condition(kind: Kind, name: str, value: str, place: tuple[int, int], words: str) -> Condition | None:
    """What a mark demands; None when it demands nothing that could be checked."""
    if kind == "date":
        period = stated(value)
        return _dated(name, period, place, words) if period else None
    # A dash before a question word opens a line of dialogue.
    if not folded(value) or (kind == "without" and value.casefold() in _question_words()):
        return None
    shown = short(value)
    label = {
        "phrase": f'passages with "{shown}"',
        "without": f'passages without "{shown}"',
        "title": f'articles titled "{shown}"',
        "source": f'articles of "{shown}"',
    }[kind]
    return Condition(kind, Narrowing(f"{kind}:{_digest(value)}", label, words), *place, value)


def _dated(name: str, period: Period, place: tuple[int, int], words: str) -> Condition:
    bounded = Period(period.first, None) if name == "after" else Period(None, period.last)
    day = bounded.first or bounded.last
    return Condition("date", Narrowing(f"{name}:{day}", f"articles {bounded.label()}", words), *place, "", bounded)


def _problem(kind: Kind, name: str, value: str) -> str:
    wanted, form = _WANTED[kind]
    cause = f"{name}:{short(value)} is no {wanted}" if value else f"{name}: is followed by no {wanted}"
    return f"{cause}; write {form.format(name + ':')}. Searched without it."


def _digest(value: str) -> str:
    return blake2b(folded(value).encode(errors="surrogatepass"), digest_size=4).hexdigest()


@cache
def _marks() -> re.Pattern[str]:
    return re.compile(rf"{_FREE}(after|before|in|source):|{_FREE}(-)(?=[^\W\d_]|[{_QUOTES}])|[{_QUOTES}]", re.I)


@cache
def _question_words() -> frozenset[str]:
    return frozenset().union(*ASKING.values())
