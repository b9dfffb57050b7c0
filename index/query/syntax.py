"""Parse what a person typed: the words to search for, and the few marks that filter the passages.

| mark | only passages |
|---|---|
| `"exact phrase"` | that hold these words side by side, or whose title does; any pair of quotation marks |
| `-word`, `-"exact phrase"` | that do not hold it |
| `after:2024-01`, `before:2024-06-30` | of articles from its first day on, or up to its last; year, month or day |
| `in:word`, `in:"title words"` | of articles whose title holds the words |
| `source:name` | of this source; of several such marks, any of them |

Nothing else is syntax: what does not have one of these forms to the letter is plain text, and so are the options of a
command, such as `git commit -m` and `tar -xzf`.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from typing import Final, Literal

from index.analysis.languages import QUESTION_WORDS
from index.analysis.literal import fold_text
from index.analysis.scripts import letters
from index.query.periods import Period, stated

Kind = Literal["phrase", "without", "date", "title", "source", "period"]

_CLOSING: Final = {'"': '"', "“": "”“", "„": "“”„", "”": "”", "«": "»", "»": "«", "「": "」", "『": "』"}
_QUOTES: Final = "".join(_CLOSING)
# A mark stands at the beginning or after a space; marks of direction, which nobody sees, may come between.
_FREE: Final = r"(?<![^\s\u200e\u200f\u202a-\u202e\u2066-\u2069])"
# Without one of these a question holds no mark.
_HINTS: Final = frozenset(f"-:{_QUOTES}")
_CLOSING_DASH: Final = re.compile(r"\w-(?!\w)")
_BARE: Final = re.compile(r"\S*")
_TRAILING: Final = ".,;:!?…)]}'’؟،؛。，！？、।۔"
_CLOSING_MARKS: Final = " \t\r\n\u200e\u200f.!)]" + _QUOTES
_ASKS: Final = ("?", "؟", "？", ";", "\u037e", "՞")
# Options may be written as one, as in -xzf; these names mean nothing else.
_LONGEST_OPTION: Final = 4
_COMMANDS: Final = frozenset(
    "git ls rm cp mv ln tar grep sed awk ssh scp rsync curl wget chmod chown sudo systemctl docker kubectl pip npm "
    "gcc".split()
)
# So many conditions of one question count: each costs a walk through the postings, and nobody states more by hand.
MOST_CONDITIONS: Final = 8
# So many letters of one question are searched: what a question costs grows with them, and answers tire of words.
LONGEST_SEARCHED: Final = 4000
_KINDS: Final[dict[str, Kind]] = {"after": "date", "before": "date", "in": "title", "source": "source", "-": "without"}


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on passages: `text` is a phrase, a word, words of a title or a name; `period` bounds the date.

    `question[start:end]`, which is `words`, says so. `key` is short, ASCII and the same for the same filter
    ("after:2024-06-01"); it names the filter when it is taken back.
    """

    kind: Kind
    key: str
    words: str
    start: int = 0
    end: int = 0
    text: str = ""
    period: Period | None = None

    @property
    def is_guess(self) -> bool:
        """Whether no mark states it: it comes from a date in words."""
        return self.kind == "period"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the filters of a question, for the caller to word.

    | kind | words | meaning |
    |---|---|---|
    | malformed | mark, value | the value of the mark cannot be one; searched without it |
    | too_many | number | only so many conditions count; searched without the others, for the words of phrases alone |
    | too_long | number | only so many letters are searched |
    | not_verbatim | phrases | no passage that answers has them word for word; searched for their words alone |
    | no_article | words of a date | no article is of that period, and nothing else is asked for |
    | not_dated | words of a date | articles of `period` answer less well; searched without it |
    | no_words | | there is nothing to search for beside the filters |
    | no_topic | the question | each of its words only asks, greets or joins others |
    | no_passage | words of filters | each of them leaves no passage, and without it there are some |
    | no_passage_together | words of filters | together they leave no passage, and without one of them there are some |
    """

    kind: Literal[
        "malformed",
        "too_many",
        "too_long",
        "not_verbatim",
        "no_article",
        "not_dated",
        "no_words",
        "no_topic",
        "no_passage",
        "no_passage_together",
    ]
    words: tuple[str, ...] = ()
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question as it was parsed.

    `searched` is `text`, so that places agree, up to `LONGEST_SEARCHED` letters; what only filters is blank in it.
    `problems` are marks that could not be understood and were left out. `quoted` are the half-open ranges of phrases:
    their words are not corrected, whether or not the phrase is insisted on.
    """

    text: str
    searched: str
    filters: tuple[Filter, ...] = ()
    problems: tuple[Problem, ...] = ()
    quoted: tuple[tuple[int, int], ...] = ()

    @property
    def is_sentence(self) -> bool:
        """Whether it ends as questions do, and so is language and not a list of words."""
        return self.text.rstrip(_CLOSING_MARKS).endswith(_ASKS)


def parse(text: str, without: frozenset[str] = frozenset()) -> ParsedQuestion:
    """Parse a question; any text will do. `without` holds keys of filters to leave out.

    Of a long question the first 4,000 letters count, and of its conditions the first eight.

    >>> parsed = parse('When did the "Old Weir Bridge" close after:2026-02 -ferry?')
    >>> parsed.searched.split(), [one.key for one in parsed.filters][1]
    (['When', 'did', 'the', '"Old', 'Weir', 'Bridge"', 'close', '?'], 'after:2026-02-01')
    """
    if len(text) > LONGEST_SEARCHED:
        end = text.rfind(" ", LONGEST_SEARCHED // 2, LONGEST_SEARCHED)
        end = end if end > 0 else LONGEST_SEARCHED
        parsed = parse(text[:end], without)
        return replace(parsed, text=text, problems=(*parsed.problems, Problem("too_long", (str(LONGEST_SEARCHED),))))
    mark = None if _HINTS.isdisjoint(text) else _marks().search(text)
    if mark is None:
        return ParsedQuestion(text, text)
    return _marked(text, mark, without)


def _marked(text: str, mark: re.Match[str] | None, without: frozenset[str]) -> ParsedQuestion:
    """Parse a question whose first mark is `mark`."""
    # Before the last dash that closes something, as in "a story -an old one- of the sea", a dash opens it.
    dashes_close = max((closing.end() for closing in _CLOSING_DASH.finditer(text)), default=0)
    searched = list(text)
    filters: list[Filter] = []
    problems: list[Problem] = []
    while mark is not None:
        name = (mark[1] or mark[2] or "").lower()
        value, end = _value(text, mark.end()) if name else _quoted(text, mark.start())
        kind = _KINDS.get(name, "phrase")
        if name == "-" and (mark.end() < dashes_close or _is_option(value, text[: mark.start()])):
            value = ""
        condition = _filter(kind, name, value, (mark.start(), end), text[mark.start() : end])
        if condition is not None and len(filters) == MOST_CONDITIONS:
            problems.append(Problem("too_many", (str(MOST_CONDITIONS),)))
        elif condition is not None:
            filters.append(condition)
        elif name and name != "-":
            problems.append(Problem("malformed", (name, value)))
        if kind != "phrase" and (condition or kind != "without"):
            searched[mark.start() : end] = " " * (end - mark.start())
        mark = _marks().search(text, max(end, mark.end()))
    distinct = {one.key: one for one in filters if one.key not in without}
    quoted = tuple((phrase.start, phrase.end) for phrase in filters if phrase.kind == "phrase")
    return ParsedQuestion(text, "".join(searched), tuple(distinct.values()), tuple(dict.fromkeys(problems)), quoted)


def _is_option(value: str, before: str) -> bool:
    """Return whether what stands behind a dash is an option of a command: a letter, or a few behind its name."""
    if not value.isascii() or not value.isalpha() or len(value) > _LONGEST_OPTION:
        return False
    return len(value) == 1 or not _COMMANDS.isdisjoint(before.split())


def _value(text: str, start: int) -> tuple[str, int]:
    """Return the value right after a mark, quoted or up to the next space, and where it ends."""
    if text[start : start + 1] in _CLOSING and (quoted := _quoted(text, start, after_mark=True))[0]:
        return quoted
    bare = _BARE.match(text, start)
    value = bare[0].rstrip(_TRAILING) if bare else ""
    return value.strip(_QUOTES), start + len(value)


def _quoted(text: str, start: int, *, after_mark: bool = False) -> tuple[str, int]:
    """Return what stands between the quotation mark at `start` and the next that closes it; "" where it opens nothing.

    A straight mark right behind a letter or digit opens nothing: it means inches, or is part of a Hebrew word.
    """
    opening = text[start]
    if opening in '"”' and not after_mark and start and _letter_or_digit().match(text[start - 1]):
        return "", start + 1
    ends = [end for closing in _CLOSING[opening] if (end := text.find(closing, start + 1)) >= 0]
    if not ends:
        return "", start + 1
    return text[start + 1 : min(ends)].strip(), min(ends) + 1


@cache
def _letter_or_digit() -> re.Pattern[str]:
    unspaced = letters("thai", "lao", "han marks", "cjk brackets", "kana", "han", "hexagrams")
    return re.compile(rf"[^\W_{unspaced}]")


def _filter(kind: Kind, name: str, value: str, place: tuple[int, int], words: str) -> Filter | None:
    """Return the filter that a mark states; None when it states nothing that could be checked."""
    if kind == "date":
        period = stated(value)
        return _dated(name, period, place, words) if period else None
    # A dash before a question word opens a line of dialogue.
    if not fold_text(value) or (kind == "without" and value.casefold() in _question_words()):
        return None
    return Filter(kind, f"{kind}:{_digest(value)}", words, *place, value)


def _dated(name: str, period: Period, place: tuple[int, int], words: str) -> Filter:
    bounded = Period(period.first, None) if name == "after" else Period(None, period.last)
    return Filter("date", f"{name}:{bounded.first or bounded.last}", words, *place, "", bounded)


def _digest(value: str) -> str:
    return blake2b(fold_text(value).encode(errors="surrogatepass"), digest_size=4).hexdigest()


@cache
def _marks() -> re.Pattern[str]:
    return re.compile(rf"{_FREE}(after|before|in|source):|{_FREE}(-)(?=[^\W\d_]|[{_QUOTES}])|[{_QUOTES}]", re.I)


@cache
def _question_words() -> frozenset[str]:
    return frozenset().union(*QUESTION_WORDS.values())
