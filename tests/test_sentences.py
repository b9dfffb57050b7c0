"""Sentences: the spans a highlight and a split rest on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.sentences import fewer_words, sentences, words


def texts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_the_spans_are_ranges_of_code_points() -> None:
    assert sentences("He paid $3.5 bn. Mr. Ito left.") == [(0, 16), (17, 30)]


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Ito met Dr. Brown on Jan. 5 near St. Paul.",
        "The U.S. Senate voted.",
        "J. R. R. Hill wrote it.",
        "Use a tool, e.g. a hammer, to open it.",
        "It grew 3.5 percent to 1.2 million.",
        "“Will it rain?” she asked the farmer.",
        "Wait... there is more.",
        "Am 3. Oktober wurde gefeiert.",
        "1. Open the lid slowly.",
        "Acme Inc. Chairman Roy Vale resigned.",
        "See www.example.org for more.",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert texts(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It fell. Why? Nobody knew!", ["It fell.", "Why?", "Nobody knew!"]),
        ("He left (by bus.) She stayed.", ["He left (by bus.)", "She stayed."]),
        ("“It rained.” The river rose.", ["“It rained.”", "The river rose."]),
        ("„Es regnet.“ Der Fluss stieg.", ["„Es regnet.“", "Der Fluss stieg."]),
        ("They moved to the U.S. The house was sold.", ["They moved to the U.S.", "The house was sold."]),
        ("He was born in 1923. The town was small.", ["He was born in 1923.", "The town was small."]),
        ("هل وصل القطار؟ نعم. تأخر ساعة.", ["هل وصل القطار؟", "نعم.", "تأخر ساعة."]),
        ("یہ شہر ہے۔ وہ گاؤں ہے۔", ["یہ شہر ہے۔", "وہ گاؤں ہے۔"]),
        ("今天下雨。河水上涨！为什么？", ["今天下雨。", "河水上涨！", "为什么？"]),
        ("「雨だ。」彼は言った。", ["「雨だ。」", "彼は言った。"]),
        ("नदी बढ़ी। लोग गए।", ["नदी बढ़ी।", "लोग गए।"]),
        ("one line\nanother line", ["one line", "another line"]),
        ("The end?\nno capital here", ["The end?", "no capital here"]),
    ],
)
def test_sentences_end_as_their_script_writes_it(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize("text", ["", "  \n \t"])
def test_a_text_of_white_space_has_no_sentence(text: str) -> None:
    assert sentences(text) == []


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(" .!?\"'\nAaМ1۔。؟…”)"))))
def test_the_spans_are_ordered_disjoint_and_hold_every_character_but_white_space(text: str) -> None:
    end_before = 0
    held = ""
    for start, end in sentences(text):
        assert end_before <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert text[end_before:start].strip() == ""
        held += text[start:end]
        end_before = end
    assert "".join(held.split()) == "".join(text.split())


def test_two_characters_of_a_script_without_spaces_count_as_a_word() -> None:
    assert words("a 新しい") == [(0, 1), (2, 4), (4, 5)]


def test_a_run_without_spaces_counts_as_a_word_for_every_80_characters() -> None:
    assert len(words("x" * 400)) == 5


@given(st.text())
def test_words_hold_every_character_but_white_space(text: str) -> None:
    assert "".join(text[start:end] for start, end in words(text)) == "".join(text.split())


@pytest.mark.slow
@given(
    st.lists(
        st.one_of(st.text(max_size=9), st.sampled_from(["x" * 80, "y" * 81, "京" * 5, "กรุงเทพ", "a b c"])), max_size=9
    ),
    st.sampled_from(["", " ", "\n"]),
    st.integers(2, 12),
)
def test_fewer_words_are_told_without_counting_them(parts: list[str], between: str, limit: int) -> None:
    text = between.join(parts)
    assert fewer_words(text, limit) == (len(words(text)) < limit)
