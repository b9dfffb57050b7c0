"""Blocks become paragraphs in one way for every format: headings and lead-ins open what follows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import Paragraph
from index.sources.blocks.blocks import Block, BlockKind, joined

SENTENCE = "A berth costs 240 crowns a year."


def texts(*blocks: Block) -> list[str]:
    return [paragraph.text for paragraph in joined(blocks)]


def test_headings_open_the_block_below_them() -> None:
    found = texts(Block("Berths", "heading"), Block("Prices", "heading"), Block(SENTENCE), Block("Half for locals."))
    assert found == [f"Berths\nPrices\n{SENTENCE}", "Half for locals."]


@pytest.mark.parametrize("lead_in", ["To get a berth:", "要得到泊位：", "للحصول على مرسى:"])
@pytest.mark.parametrize("kind", ["list", "code", "table", "paragraph"])
def test_a_lead_in_opens_what_it_leads_in(lead_in: str, kind: BlockKind) -> None:
    assert texts(Block(SENTENCE), Block(lead_in), Block("write to the board", kind)) == [
        SENTENCE,
        f"{lead_in}\nwrite to the board",
    ]


def test_a_lead_in_opens_nothing_across_a_heading() -> None:
    assert texts(Block("To get a berth:"), Block("Prices", "heading"), Block(SENTENCE)) == [
        "To get a berth:",
        f"Prices\n{SENTENCE}",
    ]


def test_a_long_paragraph_that_ends_with_a_colon_stands_alone() -> None:
    long = "The board met in the old hall by the harbour and heard everybody who had come. " * 4 + "It said:"
    assert texts(Block(long), Block("Yes.")) == [long, "Yes."]


ASKED = [Block("Where is the berth?"), Block("By the old pier."), Block("What does it cost?"), Block(SENTENCE)]


def test_questions_open_their_answers() -> None:
    numbered = [Block("1. Who let it?", "list"), Block("The board."), Block("It met twice."), *ASKED]
    assert texts(*numbered) == [
        "1. Who let it?\nThe board.",
        "It met twice.",
        "Where is the berth?\nBy the old pier.",
        f"What does it cost?\n{SENTENCE}",
    ]


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param(ASKED[1:], id="one alone"),
        pytest.param([*ASKED, *[Block(SENTENCE)] * 7], id="few in a long text"),
        pytest.param([*ASKED[::2], *ASKED], id="questions that nobody answers"),
        pytest.param([Block("“Where is it?”"), ASKED[1], Block("— By the pier?"), ASKED[3]], id="a dialogue"),
    ],
)
def test_other_questions_are_paragraphs(blocks: list[Block]) -> None:
    assert texts(*blocks) == [block.text for block in blocks]


def test_a_heading_at_the_end_is_kept() -> None:
    assert texts(Block(SENTENCE), Block("Prices", "heading")) == [SENTENCE, "Prices"]


def test_a_caption_takes_no_heading_with_it() -> None:
    found = joined([Block("Prices", "heading"), Block("The old crane", "caption"), Block(SENTENCE)])
    assert found == [Paragraph("The old crane", "caption"), Paragraph(f"Prices\n{SENTENCE}")]


def test_a_table_longer_than_a_passage_repeats_its_header() -> None:
    rows = [f"{number} | Berth {number} by the old pier | {number} crowns a year" for number in range(100)]
    pieces = texts(Block("Prices", "heading"), Block("\n".join(["No | Berth | Price", *rows]), "table"))
    assert len(pieces) > 1
    assert pieces[0].startswith("Prices\nNo | Berth | Price\n0 |")
    assert all("No | Berth | Price\n" in piece for piece in pieces)
    assert [line for piece in pieces for line in piece.split("\n") if "crowns" in line] == rows


@pytest.mark.slow
@given(
    st.lists(st.builds(Block, st.text("ab: \n"), st.sampled_from(["heading", "paragraph", "list", "code", "caption"])))
)
def test_no_block_is_lost_or_doubled(blocks: list[Block]) -> None:
    kept = sorted(line for paragraph in joined(blocks) for line in paragraph.text.split("\n"))
    assert kept == sorted(line for block in blocks if block.text for line in block.text.split("\n"))


def test_of_many_headings_in_a_row_only_the_last_few_open_what_follows() -> None:
    headings = [Block(f"Chapter {number}", "heading") for number in range(1, 8)]
    found = [paragraph.text for paragraph in joined([*headings, Block("It rained.")])]
    assert found == ["Chapter 1\nChapter 2\nChapter 3\nChapter 4", "Chapter 5\nChapter 6\nChapter 7\nIt rained."]
