"""Tell the headings and the list entries of a plain text, which nobody marked up, by the looks of their lines."""

import re
from collections.abc import Iterable
from itertools import groupby

from index.sources.blocks.blocks import Block
from index.sources.blocks.layout import count_words, ends_a_sentence
from index.sources.blocks.wrapping import columns

_UNDERLINE = re.compile(r"(?:={2,}|-{2,}|~{2,}|\^{2,}|\"{3,}|\*{3,}|#{3,}|\+{3,}|_{3,}|—{2,}|─{2,}|═{2,})")
UNDERLINE_SIGNS = frozenset('=-~^"*#+_—─═')
_MARKER = re.compile(
    r"(?:[-*+•·◦▪‣●○■□–—➢➤►▶→✓✔✗☐☑☒★◆◇]|\(?\d{1,3}[.)]|\d{1,2}-|\(?[a-zа-я]\)|[أ-ي][-)]|o(?=\s\s))\s+(?=\S)"
    r"|(?:[一二三四五六七八九十]{1,3}、|\d{1,2}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|[①-⑳])\s*(?=[^\x00-\x7f])"
)
# What may stand behind the letter of an entry's marker: "a)", "一、", "أ-".
_BEHIND_A_LETTER = ")、-十一二三四五六七八九"
# "CHAPTER II." is no sentence.
_NUMBERED_PART = re.compile(r"[^\W\d_]{3,12} (?:\d{1,3}|[IVXLC]{1,7})\.")
NUMBERED_PART_CHARACTERS = 21
_BULLETS = frozenset("*+•·◦▪‣●○■□➢➤►▶✓✔")
_LIST_WORDS = 30
_HEADING_WORDS = 3
SHORT_CHARACTERS = 120
_SHOUTED_WORDS = 8
_UNDERLINED_WORDS = 20
_NUMBERED_WORDS = 8
_UNFINISHED = (",", ";", ":", "،", "؛", "、", "，", "；", "：")
# "2.1 The old crane"; what follows is no small letter.
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,5})[.)]? +(?=[^\W\d_])")
# As Markdown has it, or between signs: "== Prices ==".
_HEADING_SIGN = re.compile(
    r"#{1,6} +(?=\S)|([=*~#-])\1{1,5} *(?=[^\W_])(?=.*[^\W_]\W{0,3} *\1\1{1,5}\Z)|= (?=[^\W_].* =\Z)"
)
HEADING_SIGNS = frozenset("#=*~-")
_CLOSING_SIGN = re.compile(r" +(?:#{1,6}|=)\Z|(?<=[^\s=*~#-]) *([=*~#-])\1{1,5}\Z")


def is_underline(line: str, above: str, *, of_all: bool = False) -> bool:
    """Return whether `line` underlines the line `above`, which makes it a heading: "======" below "Prices".

    It is about as long as that; below the first line `of_all` it may be as wide as the text is.
    """
    line, above = line.strip(), above.strip()
    if not above or not is_rule(line) or not any(map(str.isalnum, above)):
        return False
    sentence = above.endswith((".", "。", "।", "۔")) or above.endswith(_UNFINISHED)
    fits = of_all or columns(line) <= 2 * columns(above) + 8
    return not sentence and fits and count_words(above) <= _UNDERLINED_WORDS


def is_rule(line: str) -> bool:
    return line[-1:] in UNDERLINE_SIGNS and _UNDERLINE.fullmatch(line) is not None


def is_signed(line: str) -> bool:
    """Return whether a line is a heading as Markdown has it, which people write into plain texts too."""
    if line[0] not in HEADING_SIGNS or _HEADING_SIGN.match(line) is None:
        return False
    inner = without_sign(line)
    return not ends_a_sentence(inner) and (line[0] == "#" or len(inner) <= SHORT_CHARACTERS)


def without_sign(heading: str) -> str:
    """Return a heading without the signs before it and behind it.

    >>> without_sign("## Prices ##"), without_sign("*** Prices ***"), without_sign("C# and F#")
    ('Prices', 'Prices', 'C# and F#')
    """
    found = _HEADING_SIGN.match(heading) if heading[:1] in HEADING_SIGNS else None
    return _CLOSING_SIGN.sub("", heading[found.end() :]) if found is not None else heading


def is_marked(line: str) -> bool:
    """Return whether a line begins with the marker of a list's entry."""
    if line[:1].isalpha() and line[1:2] not in _BEHIND_A_LETTER:
        return False
    return _MARKER.match(line.lstrip()) is not None


def begin_with_letters(lines: Iterable[str]) -> bool:
    """Return whether all lines begin with a letter as words do: none is indented, marked, signed or an underline."""
    return all(line[0].isalpha() and line[1:2] not in _BEHIND_A_LETTER for line in lines)


def with_headings(blocks: list[Block]) -> list[Block]:
    """Return blocks in which short lines above a paragraph are headings, and lists parted by blank lines are whole."""
    short = list(map(_is_short, blocks))
    if any(short):
        at = 0
        for is_short, run in groupby(short):
            start, at = at, at + len(list(run))
            start = next(
                (last for last in range(at - 1, start, -1) if _NUMBERED_PART.fullmatch(blocks[last].text)), start
            )
            # Three short lines and more are a list; what nothing follows heads nothing.
            if is_short and at - start < 3 and at < len(blocks) and _is_headed(blocks[at]):
                blocks[start:at] = [Block(block.text, "heading") for block in blocks[start:at]]
    for at in [at for at, block in enumerate(blocks[:-1]) if block.text[0].isdigit() or block.text[0] in "IVX"]:
        if _is_numbered(blocks[at]) and not (at and _is_numbered(blocks[at - 1])) and _is_headed(blocks[at + 1]):
            blocks[at] = Block(blocks[at].text, "heading")
    return _whole_lists(blocks)


def marked_lists(blocks: list[Block]) -> list[Block]:
    """Return blocks in which paragraphs that are the entries of a list, by their marks, are one."""
    marks = [
        block.kind == "paragraph" and block.text[0] in _BULLETS and count_words(block.text) <= _LIST_WORDS
        for block in blocks
    ]
    runs = [
        is_marked and (is_marked in marks[max(0, at - 1) : at] or is_marked in marks[at + 1 : at + 2])
        for at, is_marked in enumerate(marks)
    ]
    if not any(runs):
        return blocks
    return _whole_lists(
        [Block(block.text, "list") if listed else block for block, listed in zip(blocks, runs, strict=True)]
    )


def _whole_lists(blocks: list[Block]) -> list[Block]:
    if not any(map(_is_list, blocks)):
        return blocks
    found: list[Block] = []
    for listed, group in groupby(blocks, _is_list):
        together = list(group)
        found += [Block("\n".join(block.text for block in together), "list")] if listed else together
    return found


def _is_list(block: Block) -> bool:
    return block.kind == "list"


def _is_short(block: Block) -> bool:
    text = block.text
    if block.kind == "heading" or len(text) > SHORT_CHARACTERS or "\n" in text:
        return False
    if not (text[:1].isalnum() or any(map(str.isalnum, text))):
        return False
    most = _SHOUTED_WORDS if text.isupper() else _HEADING_WORDS
    # A marker is one word more.
    if text.count(" ") > most or text.endswith(_UNFINISHED):
        return False
    if ends_a_sentence(text) and not _NUMBERED_PART.fullmatch(text):
        return False
    marker = _MARKER.match(text)
    return count_words(text[marker.end() :] if marker is not None else text) <= most


def _is_numbered(block: Block) -> bool:
    """Return whether a block reads as the heading of a numbered section."""
    text = block.text
    found = _NUMBERED.match(text) if len(text) <= SHORT_CHARACTERS else None
    if found is None or "\n" in text or text[found.end()].islower():
        return False
    return not ends_a_sentence(text) and count_words(text[found.end() :]) <= _NUMBERED_WORDS


def _is_headed(block: Block) -> bool:
    """Return whether a block may have a heading: a paragraph with more to say than a heading, or several lines."""
    return block.kind != "heading" and (
        "\n" in block.text or count_words(block.text) > _SHOUTED_WORDS or ends_a_sentence(block.text)
    )
