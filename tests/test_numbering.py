"""Numbers of terms: never others than the analyzer's, however a text is cut."""

from array import array

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.analysis import analyzer
from index.analysis import term_ids as module
from index.analysis.analyzer import analyze, analyze_each
from index.analysis.term_ids import Numbering

LANGUAGES = ["en", "de", "fr", "tr", "ar", "fa", "hi", "vi", "th", "zh", "ja", "ko", "und"]
# What the analyzer's patterns look at inside and beside a word, close together.
JOINTS = "\"'’ʼ‑‐-–_.,٫٬ر:;!?()«»%$#@/\\\u00ad\u200b\u200c\u200d\u2060\ufeff\u0301\u0640"
SPACES = " \n\t\r\f\v\x1c\x1f\x85\xa0\u1680\u2003\u2028\u2029\u202f\u3000"
# What depends on the words beside it, or on signs at its edges.
CONTEXTS = [
    "the ",
    "The Who",
    " A ",
    "vitamin A",
    "IT ",
    "WHO",
    "12 000",
    "\u202f000",
    "per cent",
    "5km",
    "22h30",
    "C++",
]
CONTEXTS += ["C#", " .NET", "#TagOne", "getRowById", "3.11", "%"]
texts = st.lists(
    st.one_of(
        st.characters(),
        st.sampled_from(JOINTS),
        st.sampled_from(SPACES),
        st.sampled_from("abSUs0159٢۵éßİıйЩьكةیहिเก北京ひカ한국"),
        st.sampled_from(CONTEXTS),
    ),
    max_size=40,
).map("".join)


class Reader:
    """Turns numbers back into terms as they are told."""

    def __init__(self) -> None:
        self.numbering = Numbering()
        self.told: list[str] = []
        self.firsts: list[int] = []

    def terms(self, text: str, language: str) -> list[str]:
        numbers = array("I")
        assert self.numbering.extend(numbers, text, language) == len(numbers)
        first, fresh = self.numbering.new_terms()
        self.told[first:] = fresh
        self.firsts.append(first)
        found = [self.told[number] for number in numbers]
        self.numbering.forget_if_full()
        return found


# The hour is cut in two whatever letters stand beside it.
@pytest.mark.slow
@example([("22h30 \x80", "en")])
@given(st.lists(st.tuples(texts, st.sampled_from(LANGUAGES)), max_size=4))
def test_the_numbers_of_a_text_are_those_of_its_terms(texts: list[tuple[str, str]]) -> None:
    reader = Reader()
    # Twice, because the second time every piece is remembered.
    for text, language in texts * 2:
        assert reader.terms(text, language) == analyze(text, language)


@pytest.mark.slow
@given(texts, st.sampled_from(LANGUAGES))
def test_the_terms_of_a_text_are_those_of_its_pieces(text: str, language: str) -> None:
    for _ in range(2):
        assert analyze_each(text, [(0, len(text))], language) == ["\n".join(["", *analyze(text, language), ""])]


def test_remembered_pieces_make_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = analyzer.Pieces(str.split)
    monkeypatch.setattr(analyzer.Pieces, "LIMIT", 2)
    assert [pieces[piece] for piece in ("(tide,", "gull", "(tide,")] == [("tide",), ("gull",), ("tide",)]
    assert len(pieces) <= 3


WHOLE = [
    "U.S",
    "e.g",
    "1,234.5",
    "2٫5",
    "a1",
    "O'Neil",
    "well-known",
    "x_1",
    "é",
    "كان",
    "北京",
    "กรุง",
    "7",
    "C#",
    "IT",
]


@pytest.mark.parametrize("edge", sorted(set(analyzer._BEFORE + analyzer._BEHIND)))
def test_what_is_cut_off_at_the_edges_of_a_piece_never_belongs_to_a_term(edge: str) -> None:
    for word, language in ((word, language) for word in WHOLE for language in LANGUAGES):
        texts = [edge + word] if edge in analyzer._BEFORE else []
        texts += [word + edge, word + edge + edge] if edge in analyzer._BEHIND else []
        for text in texts:
            assert analyze(text, language) == analyze(word, language), (text, language)


def test_with_too_many_terms_numbers_are_given_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_TERMS", 5)
    monkeypatch.setattr(module, "_MOST_PIECES", 3)
    reader = Reader()
    for word in ("kettle", "anvil", "lamp", "anvil", "kettle"):
        text = f"red {word} blue {word}, green grey"
        assert reader.terms(text, "en") == analyze(text, "en")
    assert reader.firsts == [0] * 5
