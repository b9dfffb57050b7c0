"""Find the blocks of plain text: paragraphs, wrapped or not, lists, verse and headings that nobody marked up."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise

from index.sources.blocks.blocks import Block
from index.sources.blocks.layout import count_words, ends_a_sentence, tidied
from index.sources.blocks.wrapping import columns, is_full, joined_lines, vocabulary_of, width_of

_UNDERLINE = re.compile(r"(?:={2,}|-{2,}|~{2,}|\^{2,}|\"{3,}|\*{3,}|#{3,}|\+{3,}|_{3,}|—{2,}|─{2,}|═{2,})")
_UNDERLINE_SIGNS = frozenset('=-~^"*#+_—─═')
_MARKER = re.compile(r"(?:[-*+•·◦▪‣●○■□–—]|\(?\d{1,3}[.)]|\(?[a-z]\))\s+(?=\S)")
_DASHES = ("–", "—")
_HEADING_WORDS = 3
_SHORT_CHARACTERS = 120
_SHOUTED_WORDS = 8
_UNDERLINED_WORDS = 20
_VERSE_CHARACTERS, _VERSE_WORDS = 60, 10
_ENTRY_WORDS = 30
_UNFINISHED = (",", ";", ":", "،", "؛", "、", "，", "；", "：")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines that belong together, with their indentation: prose, a list, or a heading (its underline is gone)."""

    kind: str
    lines: list[str]


def text_blocks(lines: Sequence[str]) -> list[Block]:
    """Return the blocks of the lines of a plain text, which may be indented; "" is a blank line.

    Wrapped lines are joined, block by block; the lines of verse and of lists keep their breaks; any other line is a
    paragraph. A short line alone above a paragraph, and any line with a line of signs below it, is a heading.

    >>> [block.text for block in text_blocks(["Slow it goes", "the old river", "", "Prices", "", "A berth costs 240."])]
    ['Slow it goes\\nthe old river', 'Prices', 'A berth costs 240.']
    """
    if not any(lines[1::2]) or not any(map(_both, lines, islice(lines, 1, None))):
        return _of_lone_lines(lines)
    groups = [list(group) for filled, group in groupby(lines, bool) if filled]
    several = [group for group in groups if len(group) > 1]
    width = width_of(run for group in several for run in _unbroken(group))
    vocabulary = vocabulary_of(line for group in several for line in group) if width else frozenset()
    pieces = [piece for group in groups for piece in _pieces(group, width)]
    blocks: list[Block] = []
    for piece in pieces:
        if piece.kind == "heading":
            blocks.append(Block(tidied(piece.lines[0]), "heading"))
        elif piece.kind == "list":
            _add_list(_entries(piece.lines, vocabulary), blocks)
        else:
            blocks.extend(map(Block, _prose(piece.lines, width, vocabulary)))
    return _with_headings(blocks)


def is_underline(line: str, above: str) -> bool:
    """Return whether `line` underlines the line `above`, which makes it a heading: "======" below "Prices"."""
    line, above = line.strip(), above.strip()
    if not above or not _is_rule(line) or not any(map(str.isalnum, above)):
        return False
    sentence = above.endswith((".", "。", "।", "۔")) or above.endswith(_UNFINISHED)
    return not sentence and count_words(above) <= _UNDERLINED_WORDS and columns(line) <= 2 * columns(above) + 8


def _is_rule(line: str) -> bool:
    return line[-1:] in _UNDERLINE_SIGNS and _UNDERLINE.fullmatch(line) is not None


def _both(line: str, following: str) -> bool:
    return bool(line and following)


def _of_lone_lines(lines: Sequence[str]) -> list[Block]:
    """Return the blocks of lines with blank lines between them, as most texts of records are: nothing to join."""
    blocks: list[Block] = []
    paragraphs = True
    for line in filter(None, lines):
        marked = not (line[0].isalpha() and line[1:2] != ")") and _is_marked(line)
        paragraphs = paragraphs and not marked and (len(line) > _SHORT_CHARACTERS or ends_a_sentence(line))
        listed = marked and count_words(line) <= _ENTRY_WORDS
        blocks.append(Block(tidied(line), "list" if listed else "paragraph"))
    return blocks if paragraphs else _with_headings(blocks)


def _pieces(group: list[str], width: int) -> Iterator[_Piece]:
    """Yield the pieces of lines that no blank line parts."""
    if len(group) == 1:
        yield _Piece("list" if _is_marked(group[0]) else "prose", group)
        return
    waiting: list[str] = []
    for line in group:
        if line[-1] not in _UNDERLINE_SIGNS or not _is_rule(line.strip()):
            waiting.append(line)
        elif waiting and is_underline(line, waiting[-1]):
            yield from _lists(waiting[:-1], width)
            yield _Piece("heading", waiting[-1:])
            waiting = []
    yield from _lists(waiting, width)


def _unbroken(group: list[str]) -> Iterator[list[str]]:
    """Yield lines without the breaks that an indent or a list's marker shows to be meant."""
    run = group[:1]
    for line, following in pairwise(group):
        if (following[0] == " " and _indent(following) > _indent(line)) or _is_marked(following):
            yield run
            run = []
        run.append(following)
    yield run


def _lists(lines: list[str], width: int) -> Iterator[_Piece]:
    """Yield prose and lists. One marker within prose is none: a line may begin with a dash or a number by chance."""
    marked = [at for at, line in enumerate(lines) if _is_marked(line)]
    if not marked or (len(marked) == 1 and marked[0]) or _is_dialogue([lines[at].lstrip() for at in marked]):
        yield from _by_indent(lines)
        return
    is_marked = set(marked)
    prose: list[str] = []
    entries: list[str] = []
    margin = 0
    for at, line in enumerate(lines):
        # An entry goes on in lines further in, or where the line above was full.
        if entries and (at in is_marked or _indent(line) > margin or (width and is_full(lines[at - 1], line, width))):
            entries.append(line)
            continue
        if entries:
            yield _Piece("list", entries)
            entries = []
        if at in is_marked:
            yield from _by_indent(prose)
            prose, entries, margin = [], [line], _indent(line)
        else:
            prose.append(line)
    yield from _by_indent(prose)
    if entries:
        yield _Piece("list", entries)


def _is_marked(line: str) -> bool:
    """Return whether a line begins with the marker of a list's entry."""
    if line[:1].isalpha() and line[1:2] != ")":
        return False
    return _MARKER.match(line.lstrip()) is not None


def _is_dialogue(lines: list[str]) -> bool:
    """Return whether marked lines are what people say: "— He left.\""""
    return any(line.startswith(_DASHES) and ends_a_sentence(line) for line in lines)


def _by_indent(lines: list[str]) -> Iterator[_Piece]:
    """Yield prose, a piece for each paragraph that an indented first line (or all lines but the first) sets off."""
    if not lines:
        return
    indents = list(map(_indent, lines)) if any(line[0] == " " for line in lines) else [0]
    margin = min(indents)
    if max(indents) == margin or len(lines) < 3 or _verse(lines):
        yield _Piece("prose", lines)
        return
    runs = [(inside, sum(1 for _ in run)) for inside, run in groupby(indent > margin for indent in indents)]
    hanging = not runs[0][0] and all(size == 1 for inside, size in runs if not inside)
    # With a first-line indent, every indented line begins a paragraph.
    starts = [0, *(at for at in range(1, len(lines)) if (indents[at] > margin) != hanging)]
    for start, end in pairwise([*starts, len(lines)]):
        yield _Piece("prose", lines[start:end])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _entries(lines: list[str], vocabulary: frozenset[str]) -> list[str]:
    starts = [at for at, line in enumerate(lines) if not at or _is_marked(line)]
    return [joined_lines(lines[start:end], vocabulary) for start, end in pairwise([*starts, len(lines)])]


def _add_list(entries: list[str], blocks: list[Block]) -> None:
    """Add a list; its entries stay together, with those above them when only blank lines part them, unless long."""
    if any(count_words(entry) > _ENTRY_WORDS for entry in entries):
        blocks.extend(map(Block, entries))
        return
    blocks.append(Block("\n".join(entries), "list"))


def _prose(lines: list[str], width: int, vocabulary: frozenset[str]) -> Iterator[str]:
    """Yield the paragraphs of lines that no blank line, indent or marker parts."""
    if len(lines) == 1:
        yield tidied(lines[0])
        return
    if not width or max(map(columns, lines)) > 1.3 * width:
        # A letter in a page of long lines, say. Two or three lines alone tell too little.
        width = width_of([lines]) if len(lines) > 3 else 0
    runs = _runs(lines, width) if width else [[line] for line in lines]
    for alone, these in groupby(runs, lambda run: len(run) == 1):
        kept = list(these)
        if not alone:
            yield from (joined_lines(run, vocabulary) for run in kept)
            continue
        bare = [tidied(line) for run in kept for line in run]
        if _verse(bare):
            yield "\n".join(bare)
        else:
            yield from bare


def _runs(lines: list[str], width: int) -> list[list[str]]:
    """Return lines in runs that were one paragraph each."""
    runs = [lines[:1]]
    for line, following in pairwise(lines):
        ragged = following.lstrip()[:1].islower() and 2 * columns(line) > width and not ends_a_sentence(line)
        if ragged or is_full(line, following, width):
            runs[-1].append(following)
        else:
            runs.append([following])
    return runs


def _verse(lines: Sequence[str]) -> bool:
    if len(lines) < 2 or any(len(line) > _VERSE_CHARACTERS for line in lines):
        return False
    if 2 * sum(map(ends_a_sentence, lines)) >= len(lines):
        return False
    return all(count_words(line) <= _VERSE_WORDS for line in lines)


def _with_headings(blocks: list[Block]) -> list[Block]:
    """Return blocks in which short lines above a paragraph are headings, and lists parted by blank lines are whole."""
    short = list(map(_is_short, blocks))
    if any(short):
        at = 0
        for is_short, run in groupby(short):
            start, at = at, at + len(list(run))
            # Three short lines and more are a list; what nothing follows heads nothing.
            if is_short and at - start < 3 and at < len(blocks) and _is_headed(blocks[at]):
                blocks[start:at] = [Block(block.text, "heading") for block in blocks[start:at]]
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
    if block.kind == "heading" or len(text) > _SHORT_CHARACTERS or "\n" in text or not any(map(str.isalnum, text)):
        return False
    if ends_a_sentence(text) or text.endswith(_UNFINISHED):
        return False
    marker = _MARKER.match(text)
    size = count_words(text[marker.end() :] if marker is not None else text)
    return size <= (_SHOUTED_WORDS if text.isupper() else _HEADING_WORDS)


def _is_headed(block: Block) -> bool:
    """Return whether a block may have a heading: a paragraph with more to say than a heading, or several lines."""
    return block.kind != "heading" and (
        "\n" in block.text or count_words(block.text) > _SHOUTED_WORDS or ends_a_sentence(block.text)
    )
