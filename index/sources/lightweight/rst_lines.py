"""The lines of reStructuredText: what each of them begins, and how far it reaches."""

import re
from dataclasses import dataclass, field

from index.sources.lightweight.rst_tables import is_simple_border

_RULE = re.compile(r"([!-/:-@\[-`{-~])\1*")
BULLET = re.compile(r"([-*+•‣⁃])(?: +|$)")
_ROMAN = "m{0,4}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
ENUMERATOR = re.compile(
    rf"(\(?(?:\d{{1,9}}|[a-zA-Z]|#|(?=[ivxlcdm]){_ROMAN}|(?=[IVXLCDM]){_ROMAN.upper()})[.)])(?: +|$)"
)
FIELD = re.compile(r":(?![: ])((?:[^:\\\n]|\\.|:(?![\s]|$)){1,200})(?<! ):(?: +|$)")
_OPTION = r"(?:-\w|--?[a-zA-Z][\w-]*|/[A-Z?])(?:[ =]?(?:<[^<>\n]{1,60}>|[a-zA-Z][\w-]{0,40}))?"
OPTION = re.compile(rf"{_OPTION}(?:, {_OPTION}){{0,8}}(?:  +|$)")
LINE_OF_VERSE = re.compile(r"\|(?: +|$)")
EXPLICIT = re.compile(r"\.\.(?: +|$)")
DIRECTIVE = re.compile(r"([\w](?:[\w.+-]|:(?!:)){0,80}) ?::(?: +|$)")
FOOTNOTE = re.compile(r"\[(\d{1,9}|#[\w.:-]{0,80}|\*|[A-Za-z][\w.:-]{0,80})\](?: +|$)")
OPTION_LINE = re.compile(r":([\w-]+(?: [\w-]+)?):(?: +|$)")
GRID_BORDER = re.compile(r"\+[-=+]{1,2000}\+$")
MAIL_HEADER = re.compile(r"[A-Z][\w-]{0,30}:(?: |$)")
METADATA = re.compile(r"([a-z]\w{1,30}): *(\S.*)?$")


@dataclass
class Part:
    """Some lines of a document and the depth at which they stand; `open_ended` says that no table ends in them."""

    lines: list[str]
    depth: int = 0
    open_ended: bool = field(default=False, init=False)
    # Lines that follow one another without a blank one are asked for their end again and again.
    _text: range = field(default=range(0), init=False)

    def line(self, at: int) -> str:
        """Return line `at`, "" beyond the last."""
        return self.lines[at] if at < len(self.lines) else ""

    def text_end(self, at: int) -> int:
        """Return the first blank line from `at` on."""
        if at not in self._text:
            end = at
            while end < len(self.lines) and self.lines[end]:
                end += 1
            self._text = range(at, end)
        return self._text.stop if at in self._text else at

    def indented_end(self, at: int) -> int:
        """Return the first line from `at` on that stands at the margin."""
        while at < len(self.lines) and (not self.lines[at] or self.lines[at][0] == " "):
            at += 1
        return at

    def rule(self, at: int) -> bool:
        """Return whether line `at` is one sign again and again."""
        return _RULE.fullmatch(self.line(at)) is not None

    def enumerated(self, at: int) -> bool:
        """Return whether an entry of a numbered list begins: the line below must not make it a sentence."""
        found = ENUMERATOR.match(self.lines[at])
        below = self.line(at + 1)
        if found is None or (found.end() == len(self.lines[at]) and not below.startswith(" ")):
            return False
        return not below or below[0] == " " or ENUMERATOR.match(below) is not None

    def simple_table_end(self, at: int) -> int:
        """Return the line after the simple table that begins at `at`; `at` when nothing closes it."""
        borders = 0
        end = len(self.lines) if self.open_ended else at + 1
        while end < len(self.lines):
            if is_simple_border(self.lines[end]):
                borders += 1
                if borders == 2 or not self.line(end + 1):
                    return end + 1
            end += 1
        self.open_ended = True
        return at


def is_underline(title: str, line: str) -> bool:
    """Return whether a rule is long enough for a title above it; a few signs too short is forgiven, as it is shown."""
    return len(line) >= min(4, len(title)) and bool(title.strip())
