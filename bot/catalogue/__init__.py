"""The words of the interface, one TOML file per language beside this one; articles are never translated.

    Catalogue("ru").text("flood", n=3)      ->  "Слишком много вопросов сразу. Подождите 3 секунды."
    Catalogue("xx").text("not_found")       ->  "I found no passage that answers this."

A key is a text with named places (`{title}`), or a table of its CLDR plural forms, chosen by `n`. A place of a date may
name the pattern (`{first:d MMMM y}`), one of a list what stands between (`{words: and }`). All languages have the same
keys and places; a test holds them to it. Texts are plain: escape them where they are put into HTML.
"""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES: Final = {"en": "English", "ar": "العربية", "es": "Español", "fa": "فارسی", "ru": "Русский"}
"""The languages at hand, each by its own name."""

FALLBACK: Final = "en"

_FOLDER = Path(__file__).parent
_FSI, _PDI = "\u2068", "\u2069"
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Strong right-to-left letters: Hebrew, Arabic, their neighbours, and their presentation forms.
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
# What a pattern of a date is made of, in the calendar that Babel does not know.
_DATE_PART = re.compile(r"d|[ML]{3,4}|y")
_COMMAND = re.compile(r"(?<![\w/@])/[a-z_]+(?: (?:[A-Z0-9]{8}|add|remove|new)\b)?")

Calendar = Callable[[date], tuple[int, int, int]]
Inserted = str | int | date | Sequence[str]


def closest(tag: str | None) -> str:
    """The language at hand for a BCP 47 tag: `closest("ru-RU")` -> "ru", `closest("xx")` -> "en"."""
    primary = (tag or "").lower().replace("_", "-").partition("-")[0]
    return primary if primary in LANGUAGES else FALLBACK


@dataclass(frozen=True, slots=True)
class _Language:
    """What one file holds: texts, each as its plural forms ("other" alone when it has none), and how it writes."""

    texts: dict[str, dict[str, str]]
    rtl: bool
    digits: str
    day: str
    comma: str
    dot: str
    solar: bool


class Catalogue:
    """The texts of one language; `tag` is a BCP 47 tag, and an unknown one or None falls back to English."""

    def __init__(self, tag: str | None = None) -> None:
        self.language = closest(tag)
        self._held = _read(self.language)
        self.rtl = self._held.rtl

    def text(self, key: str, *, n: int | None = None, **inserted: Inserted) -> str:
        """The text of `key`, its places filled.

        `n` chooses the plural form and fills `{n}`. Numbers are written with this language's digits; dates as it
        writes them and the strings of a list with its comma between, unless the place says how. Strings are set apart
        (FSI, PDI) where they could turn the line around. Raises KeyError for an unknown key or a place left empty.
        """
        form = "other" if n is None else self._plural(n)
        values = inserted if n is None else inserted | {"n": n}
        return self._held.texts[key][form].format_map({name: _Place(self, value) for name, value in values.items()})

    def number(self, value: int) -> str:
        """`Catalogue("fa").number(1200)` -> "۱٬۲۰۰"."""
        from babel.numbers import format_decimal

        return self.digits(format_decimal(value, locale=self.language, numbering_system="default"))

    def digits(self, text: str) -> str:
        """`text` with the digits of this language: `Catalogue("fa").digits("1:23")` -> "۱:۲۳"."""
        return text.translate(dict(zip(range(ord("0"), ord("9") + 1), self._held.digits, strict=True)))

    def day(self, value: date, pattern: str = "") -> str:
        """A date in the calendar of the readers: `Catalogue("es").day(date(2026, 11, 24))` -> "24 nov 2026".

        A month or a year alone is of the calendar in which the date begins or ends a month.
        """
        from babel.dates import format_date

        pattern = pattern or self._held.day
        solar = self._held.solar and ("d" in pattern or _ends_solar_month(value))
        written = _solar_text(value, pattern) if solar else None
        return self.digits(written or format_date(value, pattern, self.language))

    @property
    def dot(self) -> str:
        """What stands between a number or a date and a name, with spaces around it: " · "."""
        return f" {self._held.dot} "

    @property
    def is_solar(self) -> bool:
        """Whether the readers count days in the Solar Hijri calendar."""
        return self._held.solar

    @property
    def calendars(self) -> tuple[Calendar, ...]:
        """The calendars that the readers count in, the usual one first: functions from a date to (year, month, day)."""
        return (_solar, _gregorian) if self._held.solar else (_gregorian,)

    def duration(self, seconds: float) -> str:
        """A length of time in its largest unit: `Catalogue("en").duration(7300)` -> "2 hours"."""
        from babel.dates import format_timedelta

        return self.digits(format_timedelta(timedelta(seconds=seconds), locale=self.language))

    def language_name(self, code: str) -> str:
        """A language as this one calls it: `Catalogue("es").language_name("ar")` -> "árabe"."""
        name: str = _locale(self.language).languages.get(code, code)
        return name

    def isolated(self, text: str) -> str:
        """`text` of others, set apart if it could turn a line of this language around."""
        plain = _BIDI.sub("", text)
        return f"{_FSI}{plain}{_PDI}" if self.rtl or _RTL.search(plain) else plain

    def written(self, value: Inserted, how: str = "") -> str:
        """`value` as it stands in a text; `how` is the pattern of a date, or what stands between strings of a list."""
        if isinstance(value, str):
            return self.isolated(value)
        if isinstance(value, int):
            return self.number(value)
        if isinstance(value, date):
            return self.day(value, how)
        return (how or self._held.comma).join(map(self.isolated, value))

    def _plural(self, n: int) -> str:
        return _locale(self.language).plural_form(n)


@dataclass(frozen=True, slots=True)
class _Place:
    """What is put into a place of a text, written as the place says."""

    say: Catalogue
    value: Inserted

    def __format__(self, how: str) -> str:
        return self.say.written(self.value, how)


def _gregorian(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def _solar(day: date) -> tuple[int, int, int]:
    from index import solar_hijri

    return solar_hijri(day) or _gregorian(day)


def _solar_text(value: date, pattern: str) -> str | None:
    """A date in the Solar Hijri calendar by a pattern of "d", "MMMM" and "y"; None far from our time."""
    from index import SOLAR_HIJRI_MONTHS, solar_hijri

    found = solar_hijri(value)
    if found is None:
        return None
    year, month, day = found
    parts = {"d": str(day), "y": str(year)}
    return _DATE_PART.sub(lambda part: parts.get(part[0], SOLAR_HIJRI_MONTHS[month - 1]), pattern)


def _ends_solar_month(day: date) -> bool:
    """Whether a month of the Solar Hijri calendar begins or ends with `day`."""
    return 1 in (_solar(day)[2], _solar(day + timedelta(days=1))[2])


@cache
def _locale(language: str) -> "Locale":
    # Babel is imported where it is used: it costs 0.03 s, which the command line need not pay.
    from babel import Locale

    return Locale(language)


@cache
def _read(language: str) -> _Language:
    table = tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))
    writing, texts = table["writing"], table["texts"]
    forms = {key: text if isinstance(text, dict) else {"other": text} for key, text in texts.items()}
    if writing["rtl"]:
        # A slash has no direction of its own: unmarked, /ask would read ask/ in a right-to-left line.
        forms = {
            key: {form: _COMMAND.sub(f"{_FSI}\\g<0>{_PDI}", text) for form, text in texts.items()}
            for key, texts in forms.items()
        }
    is_solar = writing.get("solar_hijri", False)
    comma, dot = writing["comma"], writing.get("dot", "·")
    return _Language(forms, writing["rtl"], writing["digits"], writing["day"], comma, dot, is_solar)
