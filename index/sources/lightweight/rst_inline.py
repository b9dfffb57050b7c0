"""Take the inline marks out of reStructuredText: emphasis, roles, links, references, substitutions."""

import re

from index.sources.blocks.layout import one_line
from index.sources.lightweight.inline_marks import InlineMarks, Mark, Names, inside, nothing

_ESCAPE = re.compile(r"\\(.|\n)")
_SUBSTITUTION = re.compile(r"^ *\.\. \|([^|\n]{1,100})\| +(\w+):: *(.*(?:\n +\S.*)*)", re.MULTILINE)
_OPTION_LINE = re.compile(r"\n +:[\w-]+:.*")
_CODE_POINT = re.compile(r"(?:0x|x|\\x|U\+|u|\\u|&#x)([0-9a-fA-F]{1,6});?|(\d{1,7})")
# What may stand before a mark that opens; inside a word "*" and "_" are characters.
_BEFORE = r"(?<![^\s'\"(\[{<\-/:‘“’«¡¿—–,;])"
_WORD_BEFORE = re.compile(r"[\w.+:-]*$")
_PREFIXED_ROLES = {"pep": "PEP ", "rfc": "RFC "}
_GONE_ROLES = frozenset(("raw", "raw-html", "html", "index", "sup-index"))


class RstInline:
    """The inline marks of one document, and its substitutions.

    >>> RstInline(".. |today| replace:: 19 April").plain("*Open* from |today|; see :ref:`berths <b>` and cranes_ [1]_.")
    'Open from 19 April; see berths and cranes.'
    """

    def __init__(self, document: str) -> None:
        self._names = Names()
        self._marks = InlineMarks(
            [
                Mark(r"\\[\s\S]", "", lambda opened, *_: opened[0][1].strip()),
                Mark(r"``(?=\S)", r"``", inside),
                Mark(r":[A-Za-z][\w.+-]{0,40}(?::[\w.+-]{1,40}){0,3}:`(?=\S)", r"(?<!\\)`", _role),
                Mark(r"(?<!\w)_?`(?=[^\s`])", r"(?<!\\)`(?:__?(?!\w)|:[A-Za-z][\w.+:-]{0,60}:(?!`))?", _interpreted),
                Mark(_BEFORE + r"\*\*(?=[^\s*])", r"(?<=[^\s\\])\*\*", inside),
                Mark(_BEFORE + r"\*(?=[^\s*])", r"(?<=[^\s\\])\*(?![\w*])", inside),
                Mark(_BEFORE + r"\|(?=[^\s|])[^|\n]{1,100}\|_{0,2}(?!\w)", "", self._substituted),
                Mark(r"\s?\[(?:\d{1,9}|#[\w.:-]{0,80}|\*)\]_(?!\w)", "", nothing),
                Mark(r"\[[A-Za-z][\w.:-]{0,80}\]_(?!\w)", "", lambda opened, *_: opened[0][:-1]),
                Mark(r"\b(?:https?|ftp)://[^\s`]+", "", lambda opened, *_: opened[0]),
                Mark(r"(?<=[^\W_])__?(?!\w)", "", _reference),
            ],
            r"\\`*|_\[:",
            r"\s\[|https?:|ftp:",
            "[:",
        )
        for found in _SUBSTITUTION.finditer(document):
            self._define(*found.groups())

    def plain(self, text: str) -> str:
        """Return the words of `text`; line breaks stay."""
        return self._marks.plain(text)

    def line(self, text: str) -> str:
        """Return the words of `text` on one line."""
        return one_line(self.plain(text))

    def _define(self, name: str, directive: str, value: str) -> None:
        value = _OPTION_LINE.sub("", value)
        if directive == "replace":
            self._names.define(name, self.line(value))
        elif directive == "unicode":
            self._names.define(name, _characters(value))
        else:
            self._names.define(name, "")

    def _substituted(self, opened: re.Match[str], _between: str, _closed: str) -> str:
        name = opened[0].rstrip("_").strip("|")
        text = self._names.text(name)
        return name if text is None else text


def _characters(value: str) -> str:
    """Return the text of a `unicode` directive: code points and words."""
    pieces = []
    for word in value.split(" .. ", maxsplit=1)[0].split():
        code = _CODE_POINT.fullmatch(word)
        point = 0 if code is None else int(code[1], 16) if code[1] else int(code[2])
        # Halves of surrogate pairs are no characters.
        pieces.append(chr(point) if 0 < point < 0x110000 and not 0xD800 <= point < 0xE000 else word)
    return "".join(pieces)


def _role(opened: re.Match[str], between: str, _closed: str) -> str:
    role = opened[0].rstrip("`").strip(":").rsplit(":", 1)[-1].casefold()
    if role in _GONE_ROLES:
        return ""
    text = _words(between)
    if role == "doc" and text == between:
        # Sphinx shows the title of that page.
        text = text.rsplit("/", 1)[-1].replace("-", " ").replace("_", " ")
    elif text.startswith("~"):
        text = text[1:].rsplit(".", 1)[-1]
    elif text[:1] == "." and text[1:2].isidentifier():
        # Sphinx looks such a name up wherever it stands.
        text = text[1:]
    return _PREFIXED_ROLES.get(role, "") + text.removeprefix("!")


def _interpreted(_opened: re.Match[str], between: str, _closed: str) -> str:
    return _words(between)


def _words(text: str) -> str:
    """Return "berths" for "berths <target>"; a link without words is its address."""
    if text.endswith(">") and "<" in text:
        words, _, target = text[:-1].rpartition("<")
        text = words.rstrip() or target
    return _ESCAPE.sub(lambda found: found[1].strip(), text)


def _reference(opened: re.Match[str], _between: str, _closed: str) -> str:
    """Return "" for the end of a reference such as crane_, and what it is where a name such as __init__ ends."""
    word = _WORD_BEFORE.search(opened.string, max(0, opened.start() - 80), opened.start())
    return opened[0] if word is not None and word[0].startswith("_") else ""
