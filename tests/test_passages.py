"""Passages: paragraphs cut and joined to a size that can be found and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.passages import passages
from index.analysis.sentences import words
from index.model import Article, Kind, Paragraph

LONG = " ".join(f"Boat number {number} left the harbour before the storm came in." for number in range(80))


def cut(*texts: str, kind: Kind = "paragraph", limit: int = 300) -> list[str]:
    article = Article("Title", tuple(Paragraph(text, kind) for text in texts))
    return [passage.text for passage in passages(article, words_per_passage=limit)]


def test_a_paragraph_of_common_length_is_a_passage() -> None:
    text = "The bridge was closed on Monday. It opens again in May."
    assert cut(text, "Nobody was hurt in the fall.") == [text, "Nobody was hurt in the fall."]


def test_a_long_paragraph_is_cut_at_ends_of_sentences_into_pieces_of_like_size() -> None:
    pieces = cut(LONG)
    assert " ".join(pieces) == LONG
    assert [len(words(piece)) for piece in pieces] == [297, 286, 297]


def test_a_long_sentence_is_cut_between_words() -> None:
    pieces = cut("word " * 899 + "end")
    assert [len(words(piece)) for piece in pieces] == [300, 300, 300]
    assert " ".join(pieces) == "word " * 899 + "end"


def test_two_han_characters_count_as_a_word() -> None:
    pieces = cut("今天河水上涨。" * 200)
    assert len(pieces) == 3
    assert all(piece.endswith("。") for piece in pieces)


@pytest.mark.parametrize("stub", ["He agreed.", "Year", "Nine mths", "他同意。"])
def test_a_stub_joins_the_paragraph_before_it(stub: str) -> None:
    assert cut("It rained for three days.", stub) == [f"It rained for three days.\n{stub}"]


def test_a_stub_at_the_start_joins_the_paragraph_after_it() -> None:
    assert cut("Rain.", "It rained for three days.", "Then the sun came out.") == [
        "Rain.\nIt rained for three days.",
        "Then the sun came out.",
    ]


def test_a_stub_that_stands_alone_is_a_passage() -> None:
    assert cut("He agreed.") == ["He agreed."]


def test_a_short_sentence_without_spaces_is_no_stub() -> None:
    assert cut("今天下雨。", "河水上涨到了三米。") == ["今天下雨。\n河水上涨到了三米。"]
    assert cut("河水上涨到了三米。", "他们都平安回到了家。") == ["河水上涨到了三米。", "他们都平安回到了家。"]


def test_a_caption_never_joins_a_paragraph() -> None:
    article = Article("Title", (Paragraph("A boat", "caption"), Paragraph("No."), Paragraph("It sank at four.")))
    assert passages(article) == [Paragraph("A boat", "caption"), Paragraph("No.\nIt sank at four.")]


def test_a_list_of_single_words_does_not_grow_without_end() -> None:
    pieces = cut(*["word"] * 700)
    assert len(pieces) == 3
    assert max(len(words(piece)) for piece in pieces) <= 304


def test_an_article_without_paragraphs_has_no_passages() -> None:
    assert passages(Article("Title", ())) == []


PARAGRAPHS = st.lists(
    st.builds(
        Paragraph,
        st.one_of(
            st.lists(st.sampled_from(["rain", "fell.", "上涨。", "x" * 90, "U.S.", "why?", "\n"]), min_size=1).map(
                " ".join
            ),
            st.text(min_size=1),
        ).filter(lambda text: bool(text.strip())),
        st.sampled_from(["paragraph", "caption"]),
    ),
    max_size=8,
)


@pytest.mark.slow
@given(PARAGRAPHS, st.integers(min_value=5, max_value=40))
def test_no_character_is_lost_or_moved_and_no_passage_is_much_too_long(found: list[Paragraph], limit: int) -> None:
    cut_passages = passages(Article("Title", tuple(found)), words_per_passage=limit)
    for kind in ("paragraph", "caption"):
        before = "".join("".join(paragraph.text.split()) for paragraph in found if paragraph.kind == kind)
        after = "".join("".join(passage.text.split()) for passage in cut_passages if passage.kind == kind)
        assert after == before
    assert all(len(words(passage.text)) <= limit + 4 for passage in cut_passages)
