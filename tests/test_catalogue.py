"""The words of the interface: every language says everything, in its own plurals, digits and direction."""

import ast
import re
import unicodedata
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale

from bot import catalogue
from bot.catalogue import LANGUAGES, Catalogue, closest

FSI, PDI = "\u2068", "\u2069"
ENGLISH = catalogue._read("en").texts


def places(text: str) -> set[str]:
    """The names between braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_what_english_says_and_no_more(language: str) -> None:
    texts = catalogue._read(language).texts
    assert set(texts) == set(ENGLISH)
    for key, forms in texts.items():
        wanted = places(ENGLISH[key]["other"])
        assert set(forms) - {"other"} == (set(Locale(language).plural_form.tags) if "one" in ENGLISH[key] else set())
        for form, text in forms.items():
            assert text.strip() == text != ""
            # "One" may say it in words.
            assert places(text) in ([wanted] if form in ("other", "few", "many") else [wanted, wanted - {"n"}]), key


@pytest.mark.slow
def test_every_text_is_used_and_every_text_used_is_there() -> None:
    words, asked, begun = set(), set(), set()
    for path in (Path(__file__).parents[1] / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "text":
                key = node.args[0] if node.args else None
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    asked.add(key.value)
                elif isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
                    begun.add(key.values[0].value)
    assert len(asked) > 100
    assert asked - set(ENGLISH) == set()
    # tests/test_wording.py uses every text of the last two.
    assert begun == {"menu_", "rebuild_", "filter_", "problem_"}
    assert [key for key in ENGLISH if key not in words and not key.startswith(tuple(map(str, begun)))] == []


def test_there_are_at_least_five_languages_each_with_its_file_and_none_beside() -> None:
    assert len(LANGUAGES) >= 5
    assert {path.stem for path in Path(catalogue.__file__).parent.glob("*.toml")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_the_interface_are_in_the_letters_of_the_language(language: str) -> None:
    scripts = {"en": "LATIN", "es": "LATIN", "ru": "CYRILLIC", "ar": "ARABIC", "fa": "ARABIC"}
    for key, forms in catalogue._read(language).texts.items():
        said = re.sub(r"{\w+(:[^}]*)?}|/\w+|(after|before):\S+|quoth \S+ \S+", "", forms["other"])
        letters = [letter for letter in said if letter.isalpha()]
        assert not letters or any(unicodedata.name(letter).startswith(scripts[language]) for letter in letters), key
    assert catalogue._read(language).rtl == (Locale(language).text_direction == "rtl")


def test_a_tag_leads_to_the_closest_language() -> None:
    tags = {
        "en": "en",
        "EN-gb": "en",
        "xx": "en",
        "": "en",
        "zh-Hans": "en",
        "ar-EG": "ar",
        "fa_IR": "fa",
        "es-419": "es",
    }
    assert {tag: closest(tag) for tag in tags} == tags
    assert closest(None) == "en"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["1 second.", "2 seconds.", "5 seconds.", "1,000 seconds."]),
        ("es", ["1 segundo.", "2 segundos.", "5 segundos.", "1.000 segundos."]),
        ("ru", ["1 секунду.", "2 секунды.", "5 секунд.", "1\xa0000 секунд."]),
        ("ar", ["ثانية واحدة من فضلك.", "ثانيتين من فضلك.", "5 ثوانٍ من فضلك.", "1,000 ثانية من فضلك."]),
        ("fa", ["۱ ثانیه صبر کنید.", "۲ ثانیه صبر کنید.", "۵ ثانیه صبر کنید.", "۱٬۰۰۰ ثانیه صبر کنید."]),
    ],
)
def test_a_number_chooses_the_plural_form_and_is_written_in_the_languages_digits(
    language: str, said: list[str]
) -> None:
    texts = [Catalogue(language).text("flood", n=n) for n in (1, 2, 5, 1000)]
    assert [text.endswith(end) for text, end in zip(texts, said, strict=True)] == [True] * 4, texts


def test_dates_and_lists_are_written_as_the_language_does() -> None:
    days = [Catalogue(language).day(date(2026, 11, 24)) for language in ("en", "es", "ru", "ar", "fa")]
    assert days == ["24 Nov 2026", "24 nov 2026", "24 нояб. 2026", "24 نوفمبر 2026", "۳ آذر ۱۴۰۵"]
    assert Catalogue("en").text("missing_words", words=["moon", "mars"]) == "No article mentions: moon, mars"
    assert Catalogue("ar").text("missing_words", words=["moon"]).endswith(f": {FSI}moon{PDI}")


def test_a_place_says_how_its_date_or_list_is_written() -> None:
    june, mars = date(2024, 6, 1), ["moon", "mars"]
    texts = [Catalogue(language).text("filter_month", first=june) for language in ("es", "ru", "fa")]
    assert texts == ["artículos de junio de 2024", "статьи за июнь 2024 года", "مقاله‌های ژوئن ۲۰۲۴"]
    assert Catalogue("ru").text("problem_no_passage", words=mars).startswith("moon и mars: ")
    assert Catalogue("ar").text("problem_no_passage", words=mars).startswith(f"{FSI}moon{PDI} و{FSI}mars{PDI}: ")


def test_what_others_wrote_cannot_turn_a_line_around() -> None:
    english = Catalogue("en")
    assert english.isolated("plain") == "plain"
    assert english.isolated("שלום") == f"{FSI}שלום{PDI}"
    assert Catalogue("fa").isolated("plain") == f"{FSI}plain{PDI}"
    assert english.text("add_undone", name=f"a{PDI}\u202eb") == "ab was not added."


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if catalogue._read(tag).rtl])
def test_a_command_in_a_right_to_left_line_keeps_its_slash_in_front(language: str) -> None:
    commands = 0
    for forms in catalogue._read(language).texts.values():
        for text in forms.values():
            for found in re.finditer(r"(?<![\w{])/[a-z]+", text):
                commands += 1
                assert text[found.start() - 1] == FSI, text
    assert commands > 10
    assert f"{FSI}/pair ABCD2345{PDI}" in Catalogue(language).text("pair_explain")


def test_braces_in_a_persons_words_stay_what_they_are() -> None:
    assert "{n} {0} {x!r}" in Catalogue("en").text("add_undone", name="{n} {0} {x!r}")


def test_a_place_left_empty_is_an_error() -> None:
    with pytest.raises(KeyError):
        Catalogue("en").text("add_undone")
    with pytest.raises(KeyError):
        Catalogue("en").text("no_such_text")
