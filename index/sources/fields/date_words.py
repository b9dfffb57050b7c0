"""Days whose month is a word: "19 April 2024", "19 апреля 2024 г.", "2024年4月19日", "۱۹ فروردین ۱۴۰۳".

babel (Unicode's CLDR) knows the names of the months; it is loaded at the first date that is not English.
"""

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from index.analysis.solar_hijri import MONTHS, from_solar_hijri

if TYPE_CHECKING:
    from babel import Locale

_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_REST = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember")
_ENGLISH_WEEKDAY = re.compile("(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?")
# ar_SY has the months of the Levant, ar_MA and ar_DZ those of the Maghreb.
_LOCALES = (
    *("en", "es", "fr", "de", "it", "pt", "nl", "sv", "pl", "ru", "uk", "ar", "ar_SY", "ar_MA", "ar_DZ", "fa", "tr"),
    *("ro", "el", "vi", "hi", "zh", "ja", "ko", "id", "da", "nb", "fi", "cs", "hu", "ca"),
    *("sk", "bg", "he", "th", "sl", "sr", "sr_Latn", "lt", "lv", "et"),
)
# What may stand around a date and says nothing else: labels, articles, prepositions, "year", endings of ordinals.
_NOISE = frozenset(
    (
        *("at", "on", "of", "the", "published", "posted", "updated", "modified", "created", "last", "date", "o'clock"),
        *("st", "nd", "rd", "th", "er", "re", "e", "ème", "eme", "o", "º", "ª", "ος", "η", "го", "ого", "е", "ое"),
        *(
            "de",
            "del",
            "do",
            "dia",
            "el",
            "a",
            "as",
            "las",
            "à",
            "le",
            "du",
            "al",
            "il",
            "alle",
            "um",
            "am",
            "den",
            "der",
        ),
        *(
            "uhr",
            "uur",
            "h",
            "kl",
            "om",
            "op",
            "o",
            "godz",
            "г",
            "года",
            "год",
            "в",
            "р",
            "року",
            "о",
            "r",
            "roku",
            "rok",
        ),
        *(
            "στις",
            "του",
            "în",
            "la",
            "ora",
            "saat",
            "tarihinde",
            "lúc",
            "ngày",
            "năm",
            "م",
            "الساعة",
            "ساعت",
            "في",
            "يوم",
            "m",
            "d",
            "gada",
        ),
    )
)
_TOKEN = re.compile(r"\d+|[^\W\d_](?:[^\s\d,،、.:;/()\[\]|·–—-]*)|[º°ª]")
_BETWEEN = re.compile(r"[\s,،、.:;/()\[\]|·–—-]*")
_YEAR = re.compile(r"\d{4}")
# October in Croatia, where a full stop follows the day, November in Poland, where none does.
_OCTOBER_OR_NOVEMBER = re.compile(r"\d\.\s*listopada\b", re.IGNORECASE)
_EAST_ASIAN = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日號号일]")
# Weekday and month in two languages, each perhaps of two words.
_MOST_UNKNOWN = 8
# Written as one word with the month: "in April".
_IN_HEBREW = "ב"
_VIETNAMESE_MONTHS = ("tháng", "thang", "thg")
# The first letters of the names of months and of weekdays in ASCII: a word without them is neither, which is known
# without babel.
_MONTH_BEGINS = frozenset(
    (
        "abr ag ago agu aou apr ara aug avg avr bal bir bre cer cvc cvn cze dab dag dec des det dez dic doc dub eki "
        "elo ene eyl feb fev geg gen giu gru haz hei hel huh ian iul iun jaa jan jou jui jul jun juu kas kes kov kve "
        "kwi lap led lie lip lis lok lug lut maa mag mai maj mar may mei mrt nis noi nov oca oct okt ott out paz pro "
        "rij rug sau sep set sie spa srp sty sub syy sze tam tem tha thg tou uno vas vee wrz zar"
    ).split()
)
_WEEKDAY_BEGINS = frozenset(
    (
        "2 3 4 5 6 7 an ant ba bay car cet chu cmt cn cs csu ct ctv cum czw dc dg di die dij dil dim din dis diu div "
        "dj dl do dom don ds dt dum dv e esm fei fr fre fri gio h hai het jeu joi jue jum k kam ke ked kes ket kol kt "
        "l la lau lor lun ma maa man mar mer mi mie min mit mo mon n nam ne ned nel nha nie ons otr p pa pat paz pe "
        "pen per pet pi pia pie pir pn po pon pr pt puh pzt qua qui r rab ree sa sab sal sam sat sau seg sek sel sen "
        "ses sex sk so sob son sr sre sro st str stv su sub sun sve sze szo t tei ter thu ti tii tir tis to tor tr "
        "tre tu tue ut ute uto v vas ven vie vin vr vri wed wo woe wt wto za zat zo zon"
    ).split()
)
_MARKS = re.compile("[\u0300-\u036f\u0653-\u0655\u0640\u200c-\u200f\u202a-\u202e\u2066-\u2069'’.॰]")
_LETTERS = str.maketrans("يىكı", "ییکi")


_THAI = re.compile("[\u0e01-\u0e2e]")
# As Thailand counts them: 2567 is 2024.
_BUDDHIST, _BUDDHIST_YEARS = 543, range(2400, 2700)


def plain_digits(text: str) -> str:
    """Return `text` trimmed, with single spaces, and with ASCII digits in place of those of other scripts.

    >>> plain_digits(" ۱۹ فروردین  ۱۴۰۳")
    '19 فروردین 1403'
    """
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(letter, letter)) for letter in text)
    return " ".join(text.split())


# Many articles of a collection are of one day.
@lru_cache(maxsize=1024)
def day_in_words(text: str) -> date | None:
    """Return the day that `text` states, None when it states none, or several, or holds any other word.

    >>> day_in_words("Friday, April 19th, 2024"), day_in_words("19. April 2024"), day_in_words("April 2024")
    (datetime.date(2024, 4, 19), datetime.date(2024, 4, 19), None)
    """
    if not _YEAR.search(text) or ("." in text and _OCTOBER_OR_NOVEMBER.search(text)):
        return None
    found = None if text.isascii() else _EAST_ASIAN.search(text)
    if found is not None:
        others = text[: found.start()] + " " + text[found.end() :]
        return date(*map(int, found.groups())) if only_noise(others) else None
    tokens = _tokens(text)
    if tokens is None or not _may_be_a_day(tokens):
        return None
    tokens, months = _months(tokens)
    numbers = [token for token in tokens if token.isdigit()]
    years = [int(number) for number in numbers if len(number) == 4]
    days = [int(number) for number in numbers if len(number) < 3]
    words = [token for token in tokens if not token.isdigit()]
    if len(set(months)) != 1 or len(years) != 1 or len(days) != 1 or len(numbers) != 2 or not _all_noise(words):
        return None
    month = months[0]
    if years[0] in _BUDDHIST_YEARS and _THAI.search(text):
        return date(years[0] - _BUDDHIST, month, days[0])
    return date(years[0], month, days[0]) if month <= 12 else _solar_hijri(years[0], month - 12, days[0])


def _may_be_a_day(tokens: list[str]) -> bool:
    """Return whether a day and a year stand among no more words than may name the weekday and the month.

    What is no date is told so without the names of other languages, which take longer to load than 50 pages to read.
    """
    sizes = [len(token) for token in tokens if token.isdigit()]
    return 4 in sizes and min(sizes) < 3 and sum(map(_is_unknown, tokens)) <= _MOST_UNKNOWN


def _is_unknown(token: str) -> bool:
    return not (token.isdigit() or token in _folded_noise() or _ENGLISH_WEEKDAY.fullmatch(token))


def only_noise(text: str) -> bool:
    """Return whether `text` holds nothing but names of weekdays and words such as "at" and "published".

    >>> only_noise("(Friday) at"), only_noise("Easter")
    (True, False)
    """
    tokens = _tokens(text)
    return tokens is not None and _all_noise(tokens)


def _tokens(text: str) -> list[str] | None:
    """Return the words and numbers of `text` in the form of `_folded`; None when other signs stand between them."""
    found = _TOKEN.findall(text)
    return [_folded(token) for token in found] if _BETWEEN.fullmatch(_TOKEN.sub("", text)) else None


def _folded(word: str) -> str:
    word = unicodedata.normalize("NFKD", word.casefold()) if not word.isascii() else word.lower()
    return _MARKS.sub("", word).translate(_LETTERS)


def _all_noise(words: list[str]) -> bool:
    return all(
        word in _folded_noise() or _ENGLISH_WEEKDAY.fullmatch(word) is not None or _is_weekday(word) for word in words
    )


def _is_weekday(word: str) -> bool:
    return (not word.isascii() or word[:3] in _WEEKDAY_BEGINS) and word in _weekdays()


def _months(tokens: list[str]) -> tuple[list[str], list[int]]:
    """Return the tokens that name no month, and the months; from 13 on those of the Solar Hijri calendar."""
    left: list[str] = []
    months: list[int] = []
    at = 0
    while at < len(tokens):
        pair = " ".join(tokens[at : at + 2])
        if tokens[at] in _VIETNAMESE_MONTHS and at + 1 < len(tokens) and tokens[at + 1].isdigit():
            months.append(int(tokens[at + 1]))
            at += 2
        elif " " in pair and not pair.isascii() and pair in _names():
            months.append(_names()[pair])
            at += 2
        else:
            month = _month(tokens[at])
            if month:
                months.append(month)
            else:
                left.append(tokens[at])
            at += 1
    if len(months) > 1 and _is_weekday(tokens[0]) and tokens[1].isdigit():
        # "mar. 19 avr. 2024": the first of them is a Tuesday, not March.
        months = months[1:]
    return left, months


def _month(word: str) -> int:
    if not _is_unknown(word):
        return 0
    if word.isascii() and (start := word[:3]) in _ENGLISH:
        at = _ENGLISH.index(start)
        if word[3:] in ("", _ENGLISH_REST[at]) or word == "sept":
            return at + 1
    return 0 if word.isascii() and word[:3] not in _MONTH_BEGINS else _names().get(word, 0)


def _names() -> dict[str, int]:
    """Return the months by every name that babel knows for them, but for names of different months."""
    return _known()[0]


def _weekdays() -> frozenset[str]:
    return _known()[1]


@cache
def _known() -> tuple[dict[str, int], frozenset[str]]:
    """Return the names of months and those of weekdays."""
    from babel import Locale, localedata

    locales = {tag: Locale.parse(tag) for tag in _LOCALES}
    known = _months_of(locales), _weekdays_of(locales)
    # Forty megabytes of all else that is said in these languages; babel 2.17 cannot be told.
    with suppress(AttributeError):
        localedata.clear_caches()
    return known


def _months_of(locales: "Mapping[str, Locale]") -> dict[str, int]:
    found: dict[str, set[int]] = {"sept": {9}}
    for tag, locale in locales.items():
        months = locale.months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in months[context][width].items():
                    found.setdefault(" ".join(map(_folded, name.split())), set()).add(month)
                    if tag == "he":
                        found.setdefault(f"{_IN_HEBREW}{_folded(name)}", set()).add(month)
    # Nothing else is called as these are.
    for at, name in enumerate(MONTHS, 13):
        found.setdefault(_folded(name), set()).add(at)
    return {name: next(iter(months)) for name, months in found.items() if len(months) == 1}


def _weekdays_of(locales: "Mapping[str, Locale]") -> frozenset[str]:
    return frozenset(
        _folded(word)
        for locale in locales.values()
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for name in locale.days[context][width].values()
        for word in _TOKEN.findall(name)
    )


@cache
def _folded_noise() -> frozenset[str]:
    return frozenset(map(_folded, _NOISE))


def _solar_hijri(year: int, month: int, day: int) -> date | None:
    try:
        return from_solar_hijri(year, month, day)
    except ValueError:
        return None
