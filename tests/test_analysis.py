"""What becomes of words, in every script we know."""

import re
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from index.analysis.analyzer import analyze, analyze_spans, ignored_words, settings, term_weight
from index.analysis.detection import detect
from index.analysis.folding import fold_word
from index.analysis.languages import SNOWBALL
from index.analysis.runs import asking

LANGUAGES = ["en", "de", "es", "fr", "ru", "tr", "ar", "fa", "el", "hi", "vi", "th", "zh", "und"]
texts = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("abcéßİıÑåเมืองกรุงহिन्दीमेंجمهوریة۵٢北京ひらがな한국어'’-–.,\u200c\u200d\u0301 \n"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "language", "terms"),
    [
        ("Hello, HELLO worlds", "en", ["hello", "hello", "world"]),
        ("Díaz-Canel's visit", "en", ["diaz", "canel", "diazcanel", "visit"]),
        ("the U.S. and the US", "en", ["us", "US", "and", "us", "US"]),
        ("1,234.50 or 2,5", "en", ["1234.50", "or", "2.5"]),
        ("Ankara'nın nüfusu", "tr", ["ankar", "nufus"]),
        ("l'économie d'aujourd'hui", "fr", ["econom", "aujourdhui"]),
        ("می‌شود", "fa", ["میشود"]),
        ("٢٫٥ مليون", "ar", ["2.5", "ملی"]),
        ("किताब में", "hi", ["किताब"]),
        ("北京市", "zh", ["北京", "京市", "北", "京", "市"]),
        ("한국어", "ko", ["한국", "국어"]),
        ("กรุงเทพ", "th", ["กรุ", "รุง", "ุงเ", "งเท", "เทพ"]),
    ],
)
def test_words_become_the_terms_that_their_language_asks_for(text: str, language: str, terms: list[str]) -> None:
    assert analyze(text, language) == terms


@pytest.mark.parametrize(
    "forms",
    [
        "الزيتون زيتون والزيتون بالزيتون للزيتون وللزيتون",
        "الوطني وطني والوطني للوطني",
        "جسر الجسر بالجسر كالجسر فالجسر للجسر وبالجسر",
        "ألمانيا المانيا الألمانية لألمانيا",
        "مكتبة المكتبة مَكتَبَةُ المَكتَبةِ للمكتبة",
        "الله والله بالله",
    ],
)
def test_an_arabic_noun_is_the_same_term_with_its_article_and_what_is_joined_to_it(forms: str) -> None:
    assert len({*map(tuple, (analyze(form, "ar") for form in forms.split()))}) == 1


@pytest.mark.parametrize(("one", "other"), [("والدين", "دين"), ("الله", "له"), ("بالون", "لون"), ("والدة", "الدة")])
def test_an_arabic_word_that_only_begins_like_an_article_keeps_its_letters(one: str, other: str) -> None:
    assert analyze(one, "ar") != analyze(other, "ar")


def test_question_words_are_dropped_and_named() -> None:
    assert analyze("Who is the minister?", "en") == ["minist"]
    assert ignored_words("Who is the minister?", "en") == ["Who", "is", "the"]


@given(texts, st.sampled_from(LANGUAGES))
@example("É.U.", "fr")
@example("A.À", "en")
def test_composed_and_decomposed_text_give_the_same_terms(text: str, language: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert analyze(unicodedata.normalize("NFD", composed), language) == analyze(composed, language)


def test_hangul_written_in_single_letters_is_the_same_word() -> None:
    assert analyze(unicodedata.normalize("NFD", "대한민국"), "ko") == analyze("대한민국", "ko") != []


@given(st.text(st.sampled_from("abcdefgéöñ "), max_size=40), st.sampled_from(["en", "de", "es", "fr", "und"]))
@example("bed", "en")
def test_case_and_zero_width_marks_never_matter(text: str, language: str) -> None:
    # But in function words: in capitals they may be abbreviations.
    assume(asking(language).isdisjoint(fold_word(word, language) for word in text.split()))
    expected = analyze(text, language)
    assert analyze(text.upper(), language) == expected
    assert analyze(re.sub(r"(?<=\w)(?=\w)", "\u200b", text), language) == expected


@given(texts, st.sampled_from(LANGUAGES))
def test_what_is_folded_stays_as_it_is(text: str, language: str) -> None:
    for word in text.split():
        once = fold_word(word, language)
        assert fold_word(once, language) == once


@given(
    st.lists(st.text(st.sampled_from("abcdeéöжщ"), min_size=1, max_size=8), max_size=6),
    st.sampled_from(['""', "''", "“”", "‘’", "„“", "«»", "‹›", "「」"]),
    st.sampled_from(LANGUAGES),
)
def test_quotation_marks_of_any_kind_never_matter(words: list[str], marks: str, language: str) -> None:
    quoted = " ".join(f"{marks[0]}{word}{marks[1]}" for word in words)
    assert analyze(quoted, language) == analyze(" ".join(words), language)


@given(texts, st.sampled_from(LANGUAGES))
def test_what_stands_beside_a_text_in_another_script_does_not_change_its_terms(text: str, language: str) -> None:
    # Each addition makes another of the three patterns responsible for the whole.
    alone = analyze(text, language)
    for other in ("é", "京", "กกก"):
        assert analyze(f"{text}\n{other}", language)[: len(alone)] == alone


@given(texts, st.sampled_from(LANGUAGES))
def test_every_term_knows_where_it_stands(text: str, language: str) -> None:
    spans = analyze_spans(text, language)
    assert [span.term for span in spans] == analyze(text, language)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


def test_the_place_of_a_bigram_is_its_two_characters() -> None:
    spans = analyze_spans("去北京", "zh")
    assert [(span.term, span.start, span.end) for span in spans[:2]] == [("去北", 0, 2), ("北京", 1, 3)]


def test_a_single_han_character_counts_less_beside_bigrams_and_in_full_alone() -> None:
    assert term_weight("京", "北京市") == pytest.approx(0.3)
    assert term_weight("京", "京") == 1.0
    assert term_weight("minist", "minister") == 1.0


def test_every_stemmer_we_name_exists() -> None:
    import Stemmer

    assert all(Stemmer.Stemmer(language) for language in SNOWBALL)
    assert settings()["version"] >= 1  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where did the minister go in the evening?", "en"),
        ("Wer hat die Ausstellung im Museum eröffnet?", "de"),
        ("¿Quién inauguró la exposición en el museo?", "es"),
        ("Кто открыл выставку в музее?", "ru"),
        ("من افتتح المعرض في المتحف؟", "ar"),
        ("چه کسی نمایشگاه را در موزه افتتاح کرد؟", "fa"),
        ("谁在博物馆开幕了展览？", "zh"),
        ("誰が博物館の展覧会を開きましたか", "ja"),
        ("12 — 34", "und"),
        ("USB: кто открыл музей", "ru"),
        ("le TGV à Évry: поезд", "fr"),
    ],
)
def test_a_language_is_recognised_by_script_and_function_words(text: str, language: str) -> None:
    assert detect(text) == language


def test_a_short_question_is_taken_for_the_language_that_the_index_holds() -> None:
    assert detect("capital Bonn", {"de": 40, "th": 3}) == "de"
