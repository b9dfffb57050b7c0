"""The one table of scripts: what every class of letters that is made of it holds, by one property or another."""

import re
import sys
import unicodedata
from itertools import pairwise

import pytest

from index.analysis import analyzer, detection, literal, scripts, sentences

EVERY = range(sys.maxunicode + 1)


def held(names: tuple[str, ...]) -> set[int]:
    return {code for name in names for low, high in scripts.BLOCKS[name] for code in range(low, high + 1)}


def test_no_code_point_stands_in_two_blocks() -> None:
    ranges = sorted(block for blocks in scripts.BLOCKS.values() for block in blocks)
    assert all(low <= high for low, high in ranges)
    assert all(one[1] < other[0] for one, other in pairwise(ranges))


@pytest.mark.slow
@pytest.mark.parametrize("names", [("thai",), ("han", "rare han"), ("full width", "hexagrams"), tuple(scripts.BLOCKS)])
def test_a_class_of_letters_matches_its_blocks_and_nothing_else(names: tuple[str, ...]) -> None:
    pattern = re.compile(f"[{scripts.letters(*names)}]")
    assert {code for code in EVERY if pattern.match(chr(code))} == held(names)


def test_every_user_treats_each_code_point_as_its_block_says() -> None:
    asian = ("thai", "lao", "burmese", "khmer")
    han = ("han", "han compatibility", "rare han")
    # Neither the marks nor the small kana are counted as words of their own: a measure of length.
    measured = held((*asian, "kana", "han", "han compatibility"))
    unspaced = held((*asian, *han, "han marks", "kana", "small kana"))
    in_grams = unspaced | held(("hangul", "half width kana"))
    # Every sixteenth beside the ends of blocks, where ranges go wrong.
    ends = {end + by for blocks in scripts.BLOCKS.values() for block in blocks for end in block for by in (-1, 0, 1)}
    for code in sorted(ends | set(range(0x20, 0x31400, 16))):
        letter = chr(code)
        assert literal.is_unspaced(letter) == (code in unspaced)
        if letter.isspace():
            continue
        assert len(sentences.words(letter * 3)) == (2 if code in measured else 1), hex(code)
        if letter.isalpha():
            assert analyzer.is_plain(letter) == (code not in in_grams), hex(code)


def test_a_letter_is_of_the_script_of_its_block() -> None:
    for name, blocks in scripts.BLOCKS.items():
        for low, high in blocks:
            known = name if name in {"latin", "greek", "arabic", "hangul", "thai", "kana", "han"} else None
            if known:
                assert {detection.script(chr(code)) for code in range(low, high + 1)} == {known}
    assert [detection.script(letter) for letter in "ລ々ﾊ𠀀ſ䷀"] == ["", "", "", "", "latin", "han"]
    assert {unicodedata.category(chr(code)) for code in held(("hexagrams",))} == {"So"}
