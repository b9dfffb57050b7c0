"""Take the inline marks and macros out of AsciiDoc."""

import re
from html import unescape

from index.sources.blocks.layout import one_line
from index.sources.lightweight.inline_marks import InlineMarks, Mark, Names, inside, nothing

# Attributes that every AsciiDoc document knows.
_GIVEN = {
    **{"nbsp": " ", "zwsp": "", "wj": "", "sp": " ", "empty": "", "blank": "", "apos": "'", "quot": '"', "amp": "&"},
    **{"lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "deg": "°", "plus": "+", "brvbar": "¦", "vbar": "|"},
    **{"lt": "<", "gt": ">", "startsb": "[", "endsb": "]", "caret": "^", "asterisk": "*", "tilde": "~", "hash": "#"},
    **{"backslash": "\\", "backtick": "`", "two-colons": "::", "two-semicolons": ";;", "cpp": "C++", "pp": "++"},
}
_ATTRIBUTE = re.compile(r"(?<!\\)\{([\w-]{1,60})\}")
_ROLE = r"(?:\[[^\[\]\n]{0,80}\])?"
_BEFORE = r"(?<![\w;:}\\])"
_AFTER = r"(?!\w)"
_NAMES = (
    "link|xref|mailto|image|icon|kbd|btn|menu|footnote|footnoteref|stem|latexmath|asciimath|pass|anchor|indexterm2?|term"
    "|bibitem|cite|linkgit|video|audio|javadoc|configprop"
)
# Marks that are passed on to the page as they stand.
_HTML = re.compile(r"<!--[^<>]*-->|</?[A-Za-z][^<>]*>")
_MACRO = rf"(?<![\w\\])(?:{_NAMES}):{{1,2}}[^\s\[\]]{{0,300}}\["
_QUIET = frozenset(("image", "icon", "anchor", "indexterm", "video", "audio", "bibitem"))
_URL = r"(?<![\w\\])(?:https?|ftp|irc)://[^\s\[\]<>]{1,500}"
_DOUBLE = [(_ROLE + re.escape(sign) + r"(?=\S)", re.escape(sign)) for sign in ("**", "__", "``", "##")]
_SINGLE = [
    (rf"{_BEFORE}{_ROLE}{re.escape(sign)}(?=[^\s{re.escape(sign)}])", rf"(?<=\S){re.escape(sign)}{_AFTER}")
    for sign in "*_#"
]
_OTHERS = rf"[\"']`|(?<![\w\\])(?:https?|ftp|irc|{_NAMES}):"


class AsciiDocInline:
    """The inline marks of one document, and its attributes.

    >>> inline = AsciiDocInline()
    >>> inline.attributes.define("price", "240 crowns")
    >>> inline.line("A *berth* costs _{price}_; see xref:board.adoc[the board] or https://x.example[write].")
    'A berth costs 240 crowns; see the board or write.'
    """

    def __init__(self) -> None:
        self.attributes = Names(given=_GIVEN)
        # The texts of footnotes, for whoever takes the paragraph that they stand in.
        self.notes: list[str] = []
        self._marks = InlineMarks(
            [
                Mark(r"\\(?=[*_`#\[{<^~+:]|https?:|\w+:)", "", nothing),
                Mark(r"\+\+\+(?=\S)", r"\+\+\+", lambda _, between, *__: _HTML.sub("", between)),
                Mark(r"\+\+(?=\S)", r"\+\+", inside),
                Mark(r"`\+(?=\S)", r"\+`", inside),
                Mark(r"\(\(\((?=[^\s(])", r"\)\)\)", nothing),
                Mark(r"\(\((?=[^\s()])", r"\)\)", inside),
                Mark(r"<<(?=[^\s<>])", r">>", self._reference),
                Mark(r"\[\[[^\[\]\n]{1,200}\]\]", "", nothing),
                Mark(_MACRO, r"(?<!\\)\]", self._macro, may_be_empty=True),
                Mark(_URL + r"\[", r"(?<!\\)\]", self._link, may_be_empty=True),
                Mark(r"\{[\w-]{1,60}\}[^\s\[\]]{0,300}\[", r"(?<!\\)\]", self._link, may_be_empty=True),
                Mark(rf"<{_URL}>", "", lambda opened, *_: opened[0][1:-1]),
                Mark(_URL, "", lambda opened, *_: opened[0]),
                Mark(r"[\"']`(?=\S)", r"(?<=\S)`[\"']", self._quoted),
                *(Mark(opens, closes, self._inner) for opens, closes in (*_DOUBLE, *_SINGLE)),
                Mark(_BEFORE + r"`(?=[^\s`])", r"(?<=\S)`(?!\w)", self._inner),
                Mark(_BEFORE + r"\+(?=[^\s+])", r"(?<=\S)\+(?!\w)", inside),
                Mark(r"(?<=\w)[\^~](?=[^\s^~]{1,40}[\^~])", r"[\^~]", inside),
            ],
            r"\\+`(<\[{*_#^~",
            _OTHERS,
            ":`",
        )

    def plain(self, text: str) -> str:
        """Return the words of `text`; line breaks stay."""
        return self._words(self.with_attributes(text))

    def line(self, text: str) -> str:
        """Return the words of `text` on one line."""
        return one_line(self.plain(text))

    def with_attributes(self, text: str) -> str:
        """Return `text` with the attributes that are known in place of their names."""
        if "{" not in text:
            return text
        return _ATTRIBUTE.sub(lambda found: self._value(found[1], found[0]), text)

    def _value(self, name: str, otherwise: str) -> str:
        value = self.attributes.text(name)
        return otherwise if value is None else value

    def _words(self, text: str) -> str:
        text = self._marks.plain(text)
        return unescape(text) if "&" in text else text

    def _inner(self, _opened: re.Match[str], between: str, _closed: str) -> str:
        return self._words(between)

    def _quoted(self, opened: re.Match[str], between: str, _closed: str) -> str:
        return f"“{self._words(between)}”" if opened[0][0] == '"' else f"‘{self._words(between)}’"

    def _reference(self, _opened: re.Match[str], between: str, _closed: str) -> str:
        target, _, words = between.partition(",")
        return self._words(words.strip()) or target.strip().removeprefix("#")

    def _link(self, opened: re.Match[str], between: str, _closed: str) -> str:
        return self._words(_first(between)) or opened[0][:-1]

    def _macro(self, opened: re.Match[str], between: str, _closed: str) -> str:
        name, _, target = opened[0][:-1].partition(":")
        target = target.lstrip(":")
        if name in _QUIET:
            return ""
        words = between.replace("\\]", "]")
        if name in ("footnote", "footnoteref"):
            words = words.partition(",")[2] if name == "footnoteref" and not target else words
            self.notes.append(self._words(words))
            return ""
        if name == "menu":
            return " > ".join(filter(None, [target, *(word.strip() for word in words.split(">"))]))
        if name == "linkgit":
            return f"{target}({words})"
        if name in ("stem", "latexmath", "asciimath", "pass", "kbd"):
            return words
        return self._words(_first(words)) or target.partition("#")[0] or target


def _first(words: str) -> str:
    """Return the text of a link, without what it says of its window or role."""
    if words.startswith('"') and words.count('"') > 1:
        return words[1:].partition('"')[0]
    if "=" in words:
        kept = [part for part in words.split(",") if not re.match(r"\s*[\w-]{1,30}=", part)]
        words = ",".join(kept)
    return words.removesuffix("^")
