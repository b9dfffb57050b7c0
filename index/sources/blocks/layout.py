"""The characters and lines of a file in one normal form. Nothing is dropped here but characters that no reader sees."""

import re
import unicodedata

from index.analysis import sentences

# Byte order marks, bidi marks, soft hyphens, zero-width spaces, controls. The joiners U+200C and U+200D stay:
# Persian and Indic words are spelt with them.
_UNSEEN_SIGNS = (
    "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
)
_HALF_PAIRS = "\ud800-\udfff"
_WIDE_SPACES = "\t\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_LINE_ENDS, _PAGE_ENDS = "\r\x0b\x1c\x1d\x1e\x85\u2028", "\f\u2029"
_BREAKS = dict.fromkeys(_LINE_ENDS, "\n") | dict.fromkeys(_PAGE_ENDS, "\n\n")
_SPACES = dict.fromkeys(_WIDE_SPACES, " ")
_LONE_SURROGATE = re.compile(f"[{_HALF_PAIRS}]")
_UNUSUAL = re.compile(f"[{_UNSEEN_SIGNS}{_HALF_PAIRS}{_WIDE_SPACES}{_LINE_ENDS}{_PAGE_ENDS}]")
# A soft hyphen at a line's end is where a word was cut.
_CUT_WORD = re.compile("(?<!\xad)\xad+ *\n *(?=\\S)")
# In plain text it tells where a line was full, so there it becomes a hyphen; "¬" is how old texts write it.
_SOFT_HYPHEN = re.compile(r"(?<=\w)[\xad¬]+(?=[ \t]*\r?\n[ \t]*\w)")
# No letter has so many; to put them in order takes time that grows with the square of their number.
_HEAP_OF_MARKS = re.compile(r"([^\w\0-\x7f]{100})")

_CLOSERS = "\"'”’“»«)]}」』）】》"
_STOPS = tuple(".!?…؟۔।॥。！？:")


def normalise(text: str) -> str:
    """Return `text` in NFC, lines broken by "\\n" alone, every space a plain one, without invisible marks.

    ZWNJ and ZWJ stay. A form feed or U+2029 becomes a blank line, half a surrogate pair U+FFFD.

    >>> normalise("\\ufeffa\\xa0b\\r\\nco\\xadop")
    'a b\\ncoop'
    """
    # What is printable holds nothing unusual, and is known in a tenth of the time that a search takes.
    return _composed(text if text.replace("\n", "").isprintable() else _with_usual_signs(text))


def _with_usual_signs(text: str) -> str:
    # A text holds few different ones: to replace each by itself takes less time than one pattern does.
    signs = set(_UNUSUAL.findall(text))
    text = text.replace("\r\n", "\n")
    for sign in signs & _BREAKS.keys():
        text = text.replace(sign, _BREAKS[sign])
    if "\xad" in signs:
        text = _CUT_WORD.sub("", text)
    if _LONE_SURROGATE.search("".join(signs)):
        text = _LONE_SURROGATE.sub("\ufffd", text)
    for sign in signs - _BREAKS.keys():
        text = text.replace(sign, _SPACES.get(sign, ""))
    return text


def _composed(text: str) -> str:
    # To ask first takes a tenth of the time.
    if unicodedata.is_normalized("NFC", text):
        return text
    return "".join(unicodedata.normalize("NFC", part) for part in _HEAP_OF_MARKS.split(text))


def text_lines(text: str) -> list[str]:
    r"""Return the lines of a plain text in normal form, with their indentation; "" for a blank one.

    >>> text_lines("The re\xad\nbuilt mill\r\n \n  stands.")
    ['The re\u2010', 'built mill', '', '  stands.']
    """
    if "\xad" in text or "¬" in text:
        text = _SOFT_HYPHEN.sub("\u2010", text)
    return [line.rstrip() for line in normalise(text).split("\n")]


def one_line(text: str) -> str:
    """Return `text` on one line with single spaces.

    >>> one_line(" a \\n  b ")
    'a b'
    """
    return " ".join(text.split())


def normal_line(text: str) -> str:
    """Return any text in normal form and on one line.

    >>> normal_line("co\\xadop\\n  A")
    'coop A'
    """
    # What is printable holds nothing unusual, and no other white space than spaces.
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return tidied(text.rstrip())
    return one_line(normalise(text))


def tidied(line: str) -> str:
    """Return a line of `text_lines` without indentation, with single spaces."""
    return one_line(line) if "  " in line or line[:1] == " " else line


def tidied_lines(lines: list[str]) -> list[str]:
    """Return the lines of `text_lines` without indentation, with single spaces."""
    # In most texts none needs it, which is known sooner of all at once.
    together = "\n".join(["", *lines])
    return list(map(tidied, lines)) if "  " in together or "\n " in together else lines


def count_words(text: str) -> int:
    """Return how many words `text` has; see `index.analysis.sentences.words` for what counts as one."""
    return sentences.count_words(text)


def ends_a_sentence(line: str) -> bool:
    """Return whether `line` closes with a full stop or its like, inside or outside quotation marks."""
    return line.endswith(_STOPS) or (line[-1:] in _CLOSERS and line.rstrip(_CLOSERS).endswith(_STOPS))
