"""Dates as people and programs write them: the stated day, and None wherever the day would be a guess."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import Article
from index.sources import read
from index.sources.fields.dates import iso_date

DAY = "2023-11-07"


@pytest.mark.parametrize(
    "stated",
    [
        *("2023-11-07", "2023-11-7", "2023/11/07", "2023.11.07", "2023. 11. 7.", "20231107", "2023-W45-2", 20231107),
        *("November 7, 2023", "Nov 7, 2023", "Nov. 7, 2023", "7 November 2023", "7 Nov 2023", "07-Nov-2023"),
        *("Tuesday, November 7th, 2023", "Tue 7 Nov 2023", "the 7th of November, 2023", "Published: 7 November 2023"),
        *("Last updated on November 7, 2023", "2023-11-07 (Tuesday)", "7. November 2023", "Dienstag, 7. November 2023"),
        *("7 de noviembre de 2023", "martes, 7 de noviembre de 2023", "7 novembre 2023", "mardi 7 novembre 2023"),
        *("mar. 7 nov. 2023", "7 de novembro de 2023", "dinsdag 7 november 2023", "7 listopada 2023 r."),
        *("7 ноября 2023 г.", "вторник, 7 ноября 2023", "7 листопада 2023 р.", "7 Kasım 2023 Salı", "7 noiembrie 2023"),
        *("7 Νοεμβρίου 2023", "ngày 7 tháng 11 năm 2023", "Thứ Ba, 7 tháng 11, 2023", "मंगलवार, 7 नवंबर 2023"),
        *("2023年11月7日", "2023年11月7日(火)", "2023年11月07日 星期二", "2023년 11월 7일 화요일", "7 نوفمبر 2023"),
        *("٧ نوفمبر ٢٠٢٣", "7 تشرين الثاني 2023", "7 تشرين الثاني/نوفمبر 2023", "الثلاثاء 7 نوفمبر 2023 م"),
        *("۱۶ آبان ۱۴۰۲", "سه‌شنبه ۱۶ آبان ۱۴۰۲", "۷ نوامبر ۲۰۲۳"),
        ["2023-11-07"],
        {"$date": "2023-11-07"},
        {"rendered": "7 Nov 2023"},
        date(2023, 11, 7),
    ],
)
def test_the_day_is_read_where_the_month_is_a_word_or_the_year_stands_first(stated: object) -> None:
    assert iso_date(stated) == DAY


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2023-11-07T08:05:00Z", "2023-11-07T08:05:00+00:00"),
        ("2023-11-07 08:05:00 UTC", "2023-11-07T08:05:00+00:00"),
        ("2023-11-07 08:05 +0330", "2023-11-07T08:05:00+03:30"),
        ("2023-11-07T08:05:00.250Z", "2023-11-07T08:05:00.250000+00:00"),
        ("Tue, 07 Nov 2023 08:05:00 GMT", "2023-11-07T08:05:00+00:00"),
        ("Tue, 7 Nov 2023 08:05:00 -0000", "2023-11-07T08:05:00"),
        ("Tue Nov 07 08:05:00 +0000 2023", "2023-11-07T08:05:00+00:00"),
        ("Tue Nov 07 2023 08:05:00 GMT+0100 (Central European Standard Time)", "2023-11-07T08:05:00+01:00"),
        ("November 7, 2023 at 8:05 p.m. PST", "2023-11-07T20:05:00-08:00"),
        ("November 7, 2023, 12:05 AM", "2023-11-07T00:05:00"),
        ("7 novembre 2023 à 8h05", "2023-11-07T08:05:00"),
        # China's and America's are both called CST; the day is stated all the same.
        ("2023-11-07 08:05:00 CST", "2023-11-07"),
        ("7 Nov 2023 08:05 MSK", "2023-11-07"),
        (1699344300, "2023-11-07T08:05:00+00:00"),
        (1699344300.75, "2023-11-07T08:05:00+00:00"),
        (1699344300_000, "2023-11-07T08:05:00+00:00"),
        (1699344300_000_000, "2023-11-07T08:05:00+00:00"),
        ({"$date": {"$numberLong": "1699344300000"}}, "2023-11-07T08:05:00+00:00"),
        ({"_seconds": 1699344300, "_nanoseconds": 0}, "2023-11-07T08:05:00+00:00"),
        ({"date": "2023-11-07 08:05:00.000000", "timezone_type": 3}, "2023-11-07T08:05:00"),
    ],
)
def test_the_time_is_kept_where_it_is_told_and_its_zone_is_known(stated: object, expected: str) -> None:
    assert iso_date(stated) == expected


@pytest.mark.parametrize(
    "stated",
    [
        *("04/05/2024", "19/04/2024", "4.5.2024", "19-04-24", "7 November 23", "Tuesday, 07-Nov-23 08:05:00 GMT"),
        *("November 2023", "7 November", "2023", "Tuesday", "soon", "yesterday", "spring 2023", "", " ", "7 2023"),
        *("31 November 2023", "2023-02-29", "2023-13-01", "2023-07-11-07", "6–7 November 2023", "Nov/Dec 7, 2023"),
        *("7 November 2023 BC", "7 Foober 2023", "2023-11-07 or later", "November 7, 2023 25:00", "0001-01-01"),
        *("9999-12-31", "7 November 9999", "1402/08/16", "۳۱ آبان ۱۴۰۲", "7. listopada 2023.", "1699344300", "x" * 200),
        *(
            True,
            7,
            -1,
            1.5,
            float("nan"),
            float("inf"),
            10**40,
            None,
            [],
            {},
            ["a"],
            {"$date": {}},
            {"x": "2023-11-07"},
        ),
    ],
)
def test_what_states_no_day_is_no_date(stated: object) -> None:
    assert iso_date(stated) is None


DAYS = st.dates(date(1000, 1, 1), date(2200, 12, 31))
LOCALES = (
    "en",
    "es",
    "fr",
    "de",
    "it",
    "pt",
    "nl",
    "sv",
    "pl",
    "ru",
    "uk",
    "ar",
    "tr",
    "ro",
    "el",
    "vi",
    "hi",
    "zh",
    "ja",
    "ko",
)
MORE_LOCALES = (
    *("ar_SY", "ar_MA", "ar_DZ", "fa", "id", "da", "nb", "fi", "cs", "hu", "ca", "sk", "bg", "he", "th", "sl"),
    *("sr", "sr_Latn", "lt", "lv", "et"),
)


@given(day=DAYS, locale=st.sampled_from(LOCALES), form=st.sampled_from(["long", "full"]))
def test_a_date_written_out_in_any_of_the_languages_comes_back(day: date, locale: str, form: str) -> None:
    from babel.dates import format_date

    assert iso_date(format_date(day, form, locale=locale)) == day.isoformat()


def test_every_name_of_a_month_and_of_a_weekday_is_known() -> None:
    from babel import Locale

    def in_words(names: Iterable[str]) -> list[str]:
        return [name for name in names if not any(map(str.isdigit, name))]

    for locale in map(Locale.parse, (*LOCALES, *MORE_LOCALES)):
        for context in ("format", "stand-alone"):
            months, days = locale.months[context]["wide"], locale.days[context]
            stated = {iso_date(f"7 {name} 2023") for name in in_words(months.values())}
            assert stated <= {f"2023-{month:02}-07" for month in months}, locale
            assert len(stated) in (0, 12), locale
            for name in in_words([*days["wide"].values(), *days["abbreviated"].values()]):
                assert iso_date(f"{name}, 7 November 2023") == DAY, (locale, name)


@given(DAYS, st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d %B %Y", "%B %d, %Y", "%a %b %d %Y", "%d-%b-%Y"]))
def test_a_day_comes_back_from_the_forms_of_programs(day: date, form: str) -> None:
    stated = day.strftime(form)
    assert iso_date(stated) in ((day.isoformat(),) if "/" not in form else (day.isoformat(), None))


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    found = iso_date(text)
    assert found is None or date.fromisoformat(found[:10])


def test_the_solar_hijri_year_begins_where_the_one_before_ends() -> None:
    for year in range(1300, 1499):
        last = iso_date(f"30 اسفند {year}") or iso_date(f"29 اسفند {year}")
        first = iso_date(f"1 فروردین {year + 1}")
        assert last is not None
        assert first is not None
        assert date.fromisoformat(last) + timedelta(1) == date.fromisoformat(first)


def test_a_date_that_is_none_gives_way_to_the_next_name(tmp_path: Path) -> None:
    record = {"text": "The kiln is lit at dawn.", "date": "soon", "published": False, "pubDate": "7 Nov 2023"}
    (tmp_path / "a.json").write_text(json.dumps(record), encoding="utf-8")
    (article,) = read(tmp_path / "a.json")
    assert isinstance(article, Article)
    assert article.date == DAY


@pytest.mark.parametrize(
    "stated",
    ["7. novembra 2023", "7 ноември 2023", "7 בנובמבר 2023", "7 พฤศจิกายน 2023", "2023 m. lapkričio 7 d.",
     "2023. gada 7. novembris", "7. november 2023", "7. новембар 2023"],
)  # fmt: skip
def test_months_of_more_languages_are_known(stated: str) -> None:
    assert iso_date(stated) == DAY
