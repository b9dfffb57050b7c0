r"""The control words of RTF: which are characters, which begin a part that is no text, and what bytes mean."""

import codecs
import re
from typing import Final

from index.sources.office.symbols import symbol

# A control word with its number, a byte, a control symbol, a brace, text; line ends between are nothing.
TOKEN: Final = re.compile(
    r"\\(?:([a-zA-Z]{1,32})(-?\d{1,10})?\ ?|'([0-9a-fA-F]{2})|([^a-zA-Z]))|([{}])|([^\\{}\r\n]+)|[\r\n]+"
)
# None of a font of symbols, whose numbers are 61440 to 61695, also written as -4096 to -3841.
CHARACTERS_IN_A_ROW: Final = re.compile(r"(?:\\u(?!-(?:3[89]|40)|61[4-6])-?\d{1,5} ?\?){2,}")
NUMBER: Final = re.compile(r"-?\d+")
CHARACTERS: Final = {
    **{"tab": "\t", "line": "\n", "lbr": "\n", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"},
    **{"emdash": "—", "endash": "–", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " "},
    **{"zwj": "\u200d", "zwnj": "\u200c", "nestcell": " ", "nestrow": " "},
}
SYMBOLS: Final = {"~": " ", "_": "-", "-": "\xad", "{": "{", "}": "}", "\\": "\\"}
# Groups whose words are no text of the document; whatever begins with \* and is not known is none either.
PASSED_OVER: Final = frozenset(
    (
        "colortbl header headerl headerr headerf footer footerl footerr footerf pict objdata objclass objname objalias "
        "xe tc tcl rxe txe bkmkstart bkmkend annotation atnid atnauthor atnref atndate atnicn atnparent atntime "
        "atrfstart atrfend ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn themedata colorschememapping datastore "
        "latentstyles listtable listoverridetable pntxta pntxtb rsidtbl generator xmlnstbl nonshppict shprslt sp "
        "nesttableprops nonesttables formfield datafield revtbl filetbl template htmltag mhtmltag background "
        "private fchars lchars keycode falt panose fontemb blipuid picprop userprops docvar"
    ).split()
)
# Known although they begin with \*.
KNOWN: Final = frozenset("do shpinst shptxt ud fldinst footnote flddest listtext pntext result".split())
ENDS: Final = frozenset(("par", "sect", "page", "column"))
FLAGS: Final = {"v": "hidden", "deleted": "deleted", "b": "bold", "ls": "entry", "intbl": "in_table", "upr": "twofold"}
NUMBERS: Final = {"fs": "size", "outlinelevel": "level", "s": "style"}
TABLES: Final = {"fonttbl": "fonts", "stylesheet": "styles", "info": "info"}
STORIES: Final = {"footnote": "note", "shptxt": "box", "dptxbxtext": "box", "fldinst": "code"}
# Of characters, sections and tables: their numbers are not those of the styles of paragraphs.
OTHER_STYLES: Final = frozenset(("cs", "ds", "ts"))
AT_THE_FRONT: Final = frozenset(("one of styles", "one of info", "title", "author"))
# Where text between the entries of a table at the front is none.
NO_TEXT: Final = frozenset(("nothing", "styles", "info"))
_CHARSETS: Final = {
    **{0: "cp1252", 77: "mac_roman", 78: "cp932", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950"},
    **{161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251"},
    **{222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850"},
}
BASES: Final = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_PAGES: Final = {10000: "mac_roman", 10007: "mac_cyrillic", 10029: "mac_latin2", 1361: "johab", 65001: "utf-8"}


def codec_of_page(page: int) -> str | None:
    """Return the codec of a Windows code page, None for one that is not known.

    >>> codec_of_page(1251), codec_of_page(99999)
    ('cp1251', None)
    """
    name = _PAGES.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def codec_of_charset(charset: int) -> str | None:
    """Return the codec of a font's character set, None where the document's counts."""
    return _CHARSETS.get(charset)


def decoded(raw: str, codec: str) -> str:
    """Return the text of bytes, each given as one character; of a font of symbols `codec` is "symbol:" and its name."""
    if raw.isascii() and not codec.startswith("symbol:"):
        return raw
    if codec.startswith("symbol:"):
        return "".join(symbol(codec[7:], ord(sign)) if ord(sign) > ord(" ") else sign for sign in raw)
    return raw.encode("latin-1", "replace").decode(codec, "replace")


def paired(text: str) -> str:
    """Return a text whose characters beyond U+FFFF, written as two halves each, are whole."""
    if not any("\ud800" <= sign <= "\udfff" for sign in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
