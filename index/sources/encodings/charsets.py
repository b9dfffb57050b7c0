"""The names of encodings as browsers read them: "latin1" is Windows-1252, "gb2312" is GB 18030.

After the labels of the WHATWG Encoding Standard, each with Python's name for what it means. A page that states a label
was made for browsers, so what browsers do with it is what it means.
"""

from contextlib import suppress
from types import MappingProxyType
from typing import Final

# Characters of a header; none that means something is longer.
_STATED: Final = 200


def _by_label(table: dict[str, str]) -> MappingProxyType[str, str]:
    return MappingProxyType({label: codec for codec, labels in table.items() for label in labels.split()})


_CODECS: Final = _by_label(
    {
        # A page that states UTF-16 in its own bytes cannot be in it.
        "utf-8": "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 "
        "utf-16 utf-16le utf-16be ucs-2 unicode",
        "cp1252": "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso88591 iso_8859-1 "
        "latin1 latin-1 l1 ascii us-ascii "
        "ansi_x3.4-1968 ibm819 cp819 csisolatin1 iso-ir-100 x-user-defined ansi",
        "cp1250": "windows-1250 cp1250 x-cp1250",
        "iso8859_2": "iso-8859-2 iso8859-2 iso88592 iso_8859-2 latin2 latin-2 l2 csisolatin2 iso-ir-101",
        "iso8859_3": "iso-8859-3 iso8859-3 latin3 l3",
        "iso8859_4": "iso-8859-4 iso8859-4 latin4 l4",
        "cp1251": "windows-1251 cp1251 x-cp1251",
        "iso8859_5": "iso-8859-5 iso8859-5 iso88595 cyrillic csisolatincyrillic iso-ir-144",
        "koi8_r": "koi8-r koi koi8 koi8_r cskoi8r",
        "koi8_u": "koi8-u koi8-ru",
        "cp866": "ibm866 cp866 866 csibm866",
        "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
        "cp1256": "windows-1256 cp1256 x-cp1256",
        "iso8859_6": "iso-8859-6 iso8859-6 iso88596 arabic asmo-708 ecma-114 csisolatinarabic iso-ir-127 iso-8859-6-i",
        "cp1253": "windows-1253 cp1253 x-cp1253",
        "iso8859_7": "iso-8859-7 iso8859-7 iso88597 greek greek8 elot_928 ecma-118 csisolatingreek iso-ir-126",
        "cp1255": "windows-1255 cp1255 x-cp1255",
        "iso8859_8": "iso-8859-8 iso8859-8 iso88598 hebrew iso-8859-8-i iso-8859-8-e visual logical csisolatinhebrew",
        "cp1254": "windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 iso88599 iso_8859-9 latin5 "
        "l5 csisolatin5 iso-ir-148",
        "iso8859_10": "iso-8859-10 latin6 l6",
        "cp874": "windows-874 cp874 dos-874 iso-8859-11 iso8859-11 tis-620 tis620",
        "cp1257": "windows-1257 cp1257 x-cp1257",
        "iso8859_13": "iso-8859-13 iso8859-13",
        "iso8859_14": "iso-8859-14 iso8859-14",
        "iso8859_15": "iso-8859-15 iso8859-15 iso885915 iso_8859-15 csisolatin9 latin9 latin-9 l9",
        "iso8859_16": "iso-8859-16",
        "cp1258": "windows-1258 cp1258 x-cp1258",
        "mac_roman": "macintosh mac x-mac-roman csmacintosh",
        "gb18030": "gb18030 gbk gb2312 gb_2312 gb_2312-80 chinese csgb2312 csiso58gb231280 iso-ir-58 x-gbk cp936",
        "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5 cp950",
        "euc_jp": "euc-jp x-euc-jp cseucpkdfmtjapanese",
        "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji ms932 csshiftjis windows-31j cp932",
        "iso2022_jp": "iso-2022-jp csiso2022jp",
        "cp949": "euc-kr ks_c_5601-1987 ks_c_5601-1989 ksc5601 "
        "ksc_5601 korean cseuckr csksc56011987 windows-949 iso-ir-149 cp949",
    }
)


def codec_of(label: str) -> str | None:
    """Return Python's name of the encoding that a browser takes `label` for; None for a label that says nothing.

    >>> codec_of(" ISO-8859-1 "), codec_of("gb2312"), codec_of("rot13")
    ('cp1252', 'gb18030', None)
    """
    return _CODECS.get(label.strip().strip("\"'").lower())


def media_type(stated: str) -> tuple[str, str | None]:
    """Return the type that a header `Content-Type` states, in lower case, and its charset.

    >>> media_type("Text/HTML; charset=UTF-8"), media_type("text/plain")
    (('text/html', 'utf-8'), ('text/plain', None))
    """
    from email.message import Message

    message = Message()
    message["content-type"] = stated[:_STATED].encode("ascii", "replace").decode()
    charset = None
    with suppress(ValueError, LookupError):
        charset = message.get_content_charset()
    return message.get_content_type(), charset
