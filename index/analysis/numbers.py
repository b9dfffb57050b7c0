"""Numbers, and the words of their size: one form for each of the ways to write them."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_THOUSANDS: Final = re.compile(r"[.,٬](?=\d{3}(?!\d))")
# Arabic keyboards put the comma on the key of the letter reh, and both are written in decimals.
_DECIMAL: Final = re.compile(r"(?<=\d)[,٫ر](?=\d)")

# Forms of a unit, folded; the first is the term of all. What is written behind a number without a space is a term as it
# is, so "m" is both a metre and a million.
_EVERYWHERE: Final = ("m mn mln", "bn", "% percent pct")
_FORMS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("m million millions", "bn billion billions", "km kilometre kilometres kilometer kilometers"),
    "de": ("m million millionen mio", "bn milliarde milliarden mrd", "% prozent", "km kilometer kilometern"),
    "fr": ("m million millions", "bn milliard milliards md mds", "% pourcent", "km kilomètre kilomètres"),
    "es": ("m millon millones", "% porciento", "km kilometro kilometros"),
    "it": ("m milione milioni", "bn miliardo miliardi", "% percento", "km chilometro chilometri"),
    "pt": ("m milhão milhões", "% porcento", "km quilômetro quilômetros quilómetro quilómetros"),
    "nl": ("m miljoen", "bn miljard", "% procent", "km kilometer kilometers"),
    "ru": ("млн миллион миллиона миллионов", "млрд миллиард миллиарда миллиардов", "% процент процента процентов"),
    "tr": ("m milyon", "bn milyar", "% yüzde", "km kilometre"),
}


def _table(rows: tuple[str, ...]) -> dict[str, str]:
    return {form: row.split()[0] for row in rows for form in row.split()}


_TERMS: Final = {language: MappingProxyType(_table((*_EVERYWHERE, *rows))) for language, rows in _FORMS.items()}
_TERMS_EVERYWHERE: Final = MappingProxyType(_table(_EVERYWHERE))


def units(language: str) -> Mapping[str, str]:
    """Return the terms of the folded words that say the size or unit of a number.

    >>> units("en")["millions"], units("de")["milliarden"], "boat" in units("en")
    ('m', 'bn', False)
    """
    return _TERMS.get(language, _TERMS_EVERYWHERE)


def number(surface: str) -> str:
    """Return a run that begins with a digit in ASCII digits, with a decimal point and no separators of thousands.

    >>> number("1.234,5"), number("٢٫٥"), number("1990s")
    ('1234.5', '2.5', '1990s')
    """
    if surface.isascii():
        if surface.isalnum():
            return surface
    else:
        surface = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in surface)
    return _DECIMAL.sub(".", _THOUSANDS.sub("", surface))
