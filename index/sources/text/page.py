"""The lines of a pasted page: which hold text, where gaps part them, which repeat a headline, which underline one."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.sources.blocks.layout import count_words, ends_a_sentence, tidied_lines
from index.sources.blocks.text_headings import is_underline
from index.sources.text.page_kinds import kinds_of
from index.sources.text.page_lines import ACCOUNT, ADVERTISEMENT, RELATED, SHARE, kind_of

# How far below a headline its echo may stand, in lines, and how many lines of other text may lie between.
_ECHO_REACH = 14
_SINGLES_BEFORE_ECHO = 2
# Blank lines that part two articles.
_GAP = 3
_HEADLINE_WORDS = range(2, 31)
_HEADLINE_CHARACTERS = 250
# Longer lines than headlines and captions are, are compared as they stand.
_KEY_CHARACTERS = 300
# No widget or label is longer.
_WIDGET_CHARACTERS = 40

_RULE = re.compile(r"[-*_=~—–#•·\s]{3,}")
_WIDGET = re.compile(r"[^\W\d_]{1,3}|\d{1,3}|A\s?[+-](?:\s?A\s?[+-])*")
# One after another they are replaced in a tenth of the time that `str.translate` takes.
_QUOTES = tuple(zip("‘’‚‛“”„‟«»′″", '\'\'\'\'""""""\'"', strict=True))
# "in the U.S.", "Piet Moss Jr."
_SHORTENED_END = re.compile(r"(?:^|\s)(?:(?:\w\.){2,}|(?:Jr|Sr|Inc|Co|Corp|Ltd|Bros|Dr|St|No|etc|vs)\.)$")


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a file, tidied; `raw` keeps their indentation.

    `keys` are what an echo is known by, "" for a blank line or boilerplate; `kinds` as `page_lines.kind_of` tells;
    `underlines` are the lines of signs that make the line above them a heading; `tops` those that hold the first text
    and the first below each gap: three blank lines, or a rule; `following[at]` is the first line from `at` on that
    holds text. `bare` are the lines that hold signs or boilerplate alone; without `repeats` no two lines have one key.
    """

    raw: list[str]
    lines: list[str]
    keys: list[str]
    kinds: list[str]
    bare: list[int]
    underlines: frozenset[int]
    tops: frozenset[int]
    following: list[int]
    repeats: bool

    @classmethod
    def of(cls, raw: list[str]) -> "Page":
        """Return the page of the lines of a file, as `layout.text_lines` gives them."""
        lines = tidied_lines(raw)
        kinds = kinds_of(lines)
        keys = [
            ""
            if not line or (not (len(line) > _WIDGET_CHARACTERS and line[0].isalnum()) and is_boilerplate(line, kind))
            else (line.casefold() if len(line) <= _KEY_CHARACTERS and line.isascii() else key_of(line))
            for line, kind in zip(lines, kinds, strict=True)
        ]
        bare = [at for at, line in enumerate(lines) if line and not keys[at]]
        first = next((at for at, line in enumerate(lines) if line), 0)
        underlines = frozenset(
            at
            for at in bare
            if at
            and lines[at - 1]
            and is_underline(lines[at], lines[at - 1], of_all=at == first + 1 and at + 1 < len(lines))
        )
        tops = frozenset(_tops(lines, keys, kinds, underlines))
        filled = list(filter(None, keys))
        repeats = len(set(filled)) < len(filled)
        return cls(raw, lines, keys, kinds, bare, underlines, tops, _following(keys), repeats)

    def blank(self, at: int) -> bool:
        """Return whether line `at` holds no text of its own; the lines before the first and after the last do not."""
        return not 0 <= at < len(self.keys) or not self.keys[at]

    def next_text(self, at: int, end: int) -> int:
        """Return the first line in range(at, end) that holds text; `end` when there is none."""
        return min(self.following[at], end) if at < end else end

    def texts(self, at: int, end: int) -> Iterator[int]:
        """Yield the lines in range(at, end) that hold text."""
        return (line for line in range(at, end) if self.keys[line])

    def underlined(self, at: int) -> str:
        """Return the sign that underlines line `at`, "" when none does."""
        return self.lines[at + 1][0] if at + 1 in self.underlines else ""

    def segments(self) -> list[tuple[int, int]]:
        """Return the lines between gaps as half-open ranges, each from the text above on; together all lines."""
        begins = [0]
        last = 0
        for at, line in enumerate(self.lines):
            if line and (self.keys[at] or self.kinds[at]):
                if at in self.tops and last:
                    begins.append(last)
                last = at + 1
        return list(zip(begins, [*begins[1:], len(self.lines)], strict=True))

    def last_echo(self, at: int) -> int:
        """Return the last line of the head zone that repeats the headline at `at`; `at` itself when none does."""
        echo = at
        below = self.keys[at + 1 : at + 1 + _ECHO_REACH] if self.repeats else []
        if self.keys[at] not in below or self.kinds[at] or not is_headline(self.lines[at]):
            return at
        # A link to another page of the file is no headline of it.
        gap = next((near for near in range(at + 1, at + 1 + len(below)) if near in self.tops), None)
        if gap is not None and at not in self.tops:
            below = below[: gap - at - 1]
            if self.keys[at] not in below:
                return at
        alone = self.blank(at - 1) and self.blank(at + 1)
        counts = Counter(below)
        singles = 0
        debris = False
        for line, key in enumerate(below, at + 1):
            if key == self.keys[at]:
                # A refrain is repeated too, but inside its stanza; a headline stands alone or among debris.
                if debris or (alone and self.blank(line - 1)):
                    echo = line
            elif not key:
                debris = debris or bool(self.lines[line])
            elif counts[key] == 1:
                singles += not self.kinds[line]
            else:
                # A stanza's lines come again with the stanza; a caption comes twice in a row.
                debris = debris or key == self.keys[line - 1]
            if singles > _SINGLES_BEFORE_ECHO:
                break
        return echo


def _following(keys: Sequence[str]) -> list[int]:
    found = [len(keys)] * (len(keys) + 1)
    for at in range(len(keys) - 1, -1, -1):
        found[at] = at if keys[at] else found[at + 1]
    return found


def _tops(lines: Sequence[str], keys: Sequence[str], kinds: Sequence[str], underlines: frozenset[int]) -> Iterator[int]:
    blanks, gap = 0, True
    for at, line in enumerate(lines):
        if not line:
            blanks += 1
            gap = gap or blanks >= _GAP
        elif keys[at] or kinds[at]:
            if gap:
                yield at
            blanks, gap = 0, False
        else:
            blanks = 0
            gap = gap or (at > 0 and at not in underlines and _RULE.fullmatch(line) is not None)


def key_of(line: str) -> str:
    """Return what a line is compared by."""
    if len(line) > _KEY_CHARACTERS:
        return line
    if not line.isascii():
        for sign, plain in _QUOTES:
            line = line.replace(sign, plain)
    return line.casefold()


def is_boilerplate(line: str, kind: str | None = None) -> bool:
    """Return whether a whole line is a page's widget or label, not text: "TT", "20", "* * *", "Read more", "".

    `kind` is what `page_lines.kind_of` says of it, if it was asked.
    """
    if len(line) > _WIDGET_CHARACTERS:
        return not (line[0].isalnum() or any(map(str.isalnum, line)))
    if _WIDGET.fullmatch(line) is not None and (not line.isalpha() or line.isupper()):
        return True
    known = kind_of(line) if kind is None else kind
    return known in (SHARE, RELATED, ADVERTISEMENT, ACCOUNT) or not any(map(str.isalnum, line))


def is_headline(line: str) -> bool:
    """Return whether `line` could be a headline: 2 to 30 words that no full stop, comma or colon closes."""
    return len(line) > 1 and could_be_title(line) and count_words(line) in _HEADLINE_WORDS


def could_be_title(line: str) -> bool:
    """Return whether `line` is no longer than a headline and closed like one; a single word is not ruled out."""
    if not line or len(line) > _HEADLINE_CHARACTERS or line.endswith((",", ";", "،", "؛", "、", "，")):
        return False
    if ends_a_sentence(line) and not line.rstrip("\"'”’»)").endswith(("?", "!", "؟", "？", "！", "…", "..")):
        return _SHORTENED_END.search(line) is not None
    return True


def short(line: str, words: int) -> bool:
    """Return whether `line` has at most so many words and is no sentence."""
    return len(line) <= 80 and count_words(line) <= words and not ends_a_sentence(line)
