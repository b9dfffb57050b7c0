"""The words of the interface: every language says everything, in its own plurals, digits and direction."""

from datetime import date
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


def test_a_tag_leads_to_the_closest_language() -> None:
    tags = ["en", "EN-gb", "xx", "", None, "zh-Hans"]
    assert [closest(tag) for tag in tags] == ["en"] * 6


def test_a_number_chooses_the_plural_form() -> None:
    said = [Catalogue("en").text("flood", n=n).removeprefix("Too many questions at once. ") for n in (1, 2, 1000)]
    assert said == ["Please wait 1 second.", "Please wait 2 seconds.", "Please wait 1,000 seconds."]


def test_dates_and_lists_are_written_as_the_language_does() -> None:
    assert Catalogue("en").day(date(2026, 11, 24)) == "24 Nov 2026"
    assert Catalogue("en").text("missing_words", words=["moon", "mars"]) == "No article mentions: moon, mars"


def test_what_others_wrote_cannot_turn_a_line_around() -> None:
    english = Catalogue("en")
    assert english.isolated("plain") == "plain"
    assert english.isolated("שלום") == f"{FSI}שלום{PDI}"
    assert english.text("add_undone", name=f"a{PDI}\u202eb") == "ab was not added."


def test_braces_in_a_persons_words_stay_what_they_are() -> None:
    assert "{n} {0} {x!r}" in Catalogue("en").text("add_undone", name="{n} {0} {x!r}")


def test_a_place_left_empty_is_an_error() -> None:
    with pytest.raises(KeyError):
        Catalogue("en").text("add_undone")
    with pytest.raises(KeyError):
        Catalogue("en").text("no_such_text")
