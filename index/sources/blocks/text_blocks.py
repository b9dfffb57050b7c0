"""Find the blocks of plain text: paragraphs, wrapped or not, lists, verse and headings that nobody marked up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise

from index.sources.blocks.blocks import Block
from index.sources.blocks.layout import count_words, ends_a_sentence, tidied
from index.sources.blocks.text_headings import (
    HEADING_SIGNS,
    NUMBERED_PART_CHARACTERS,
    SHORT_CHARACTERS,
    UNDERLINE_SIGNS,
    begin_with_letters,
    is_marked,
    is_rule,
    is_signed,
    is_underline,
    with_headings,
    without_sign,
)
from index.sources.blocks.wrapping import (
    HYPHENS,
    columns,
    is_cut,
    is_full,
    joined_lines,
    vocabulary_of,
    width_of,
    width_of_few,
)

_DASHES = ("–", "—")
_VERSE_CHARACTERS, _VERSE_WORDS = 60, 10
_ENTRY_WORDS = 30
_QUOTED, _PROMPT = ">", ">>>"


# Not frozen, as `Block` is not.
@dataclass(slots=True)
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
    if not any(lines[1::2]) or not any(above and below for above, below in pairwise(lines)):
        return _of_lone_lines(lines)
    if all(map(_part_paragraphs, lines, islice(lines, 1, None))):
        return _of_lone_lines(lines, NUMBERED_PART_CHARACTERS + 1)
    groups = [list(group) for filled, group in groupby(_unquoted(lines), bool) if filled]
    several = [group for group in groups if len(group) > 1]
    lettered = list(zip(groups, map(begin_with_letters, groups), strict=True))
    unbroken = [run for group, plain in lettered if len(group) > 1 for run in ([group] if plain else _unbroken(group))]
    width = width_of(unbroken) or width_of_few(unbroken, lines)
    # Asked for by itself, it would have no other width.
    known = unbroken[0] if len(unbroken) == 1 else None
    cut = any(line[-1] in HYPHENS for group in several for line in group)
    vocabulary = vocabulary_of(line for group in several for line in group) if cut else frozenset()
    pieces = [
        piece for group, plain in lettered for piece in ([_Piece("prose", group)] if plain else _pieces(group, width))
    ]
    blocks: list[Block] = []
    for piece in pieces:
        if piece.kind == "heading":
            blocks.append(Block(without_sign(tidied(piece.lines[0])), "heading"))
        elif piece.kind == "list":
            _add_list(_entries(piece.lines, vocabulary), blocks)
        else:
            blocks.extend(map(Block, _prose(piece.lines, width, vocabulary, known)))
    return with_headings(blocks)


def _part_paragraphs(above: str, below: str) -> bool:
    """Return whether two lines are surely of two paragraphs: a blank one, or words behind the end of a sentence.

    Where all are, no width shows, and nothing is verse, a list or cut in two.
    """
    return not (above and below) or (ends_a_sentence(above) and begin_with_letters((above, below)))


def _unquoted(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines without the signs of quotations, where two and more in a row have one: "> A berth costs"."""
    if _QUOTED not in {line[:1] for line in lines}:
        return lines
    found: list[str] = []
    for quoted, run in groupby(lines, lambda line: line[:1] == _QUOTED):
        these = list(run)
        # ">>> " is what a program asks with.
        bare = quoted and len(these) > 1 and not any(line.startswith(_PROMPT) for line in these)
        found += [line[1:].strip(f"{_QUOTED} ") for line in these] if bare else these
    return found


def _of_lone_lines(lines: Sequence[str], least: int = 0) -> list[Block]:
    """Return the blocks of lines that are a paragraph each, as in most texts of records: nothing to join.

    A sentence of fewer than `least` characters may be a heading, too.
    """
    blocks: list[Block] = []
    paragraphs = True
    for line in filter(None, lines):
        marked = is_marked(line)
        paragraphs = (
            paragraphs
            and not marked
            and (len(line) > SHORT_CHARACTERS or (ends_a_sentence(line) and len(line) >= least))
        )
        if line[0] in HEADING_SIGNS and is_signed(line):
            blocks.append(Block(without_sign(tidied(line)), "heading"))
            continue
        listed = marked and count_words(line) <= _ENTRY_WORDS
        blocks.append(Block(tidied(line), "list" if listed else "paragraph"))
    return blocks if paragraphs else with_headings(blocks)


def _pieces(group: list[str], width: int) -> Iterator[_Piece]:
    """Yield the pieces of lines that no blank line parts, and of which one begins with something else than a letter."""
    if len(group) == 1:
        signed = is_signed(group[0])
        yield _Piece("heading" if signed else "list" if is_marked(group[0]) else "prose", group)
        return
    waiting: list[str] = []
    for line in group:
        if line[0] in HEADING_SIGNS and is_signed(line):
            yield from _lists(waiting, width)
            yield _Piece("heading", [line])
            waiting = []
        elif line[-1] not in UNDERLINE_SIGNS or not is_rule(line.strip()):
            waiting.append(line)
        elif waiting and is_underline(line, waiting[-1]):
            yield from _lists(waiting[:-1], width)
            yield _Piece("heading", waiting[-1:])
            waiting = []
    yield from _lists(waiting, width)


def _unbroken(group: list[str]) -> Iterator[list[str]]:
    """Yield such lines without the breaks that an indent or a list's marker shows to be meant."""
    indents = list(map(_indent, group)) if any(line[0] == " " for line in group) else []
    hanging = indents and _hangs(indents)
    run = group[:1]
    for at, following in enumerate(group[1:], 1):
        deeper = indents[at] - indents[at - 1] if indents else 0
        if (deeper < 0 if hanging else deeper > 0) or is_marked(following):
            yield run
            run = []
        run.append(following)
    yield run


def _lists(lines: list[str], width: int) -> Iterator[_Piece]:
    """Yield prose and lists. One marker within prose is none: a line may begin with a dash or a number by chance."""
    marked = [at for at, line in enumerate(lines) if is_marked(line)]
    if not marked or (len(marked) == 1 and marked[0]) or _is_dialogue([lines[at].lstrip() for at in marked]):
        yield from _by_indent(lines, width)
        return
    entered = set(marked)
    prose: list[str] = []
    entries: list[str] = []
    margin = 0
    for at, line in enumerate(lines):
        # An entry goes on in lines further in, or where the line above was full.
        if entries and (at in entered or _indent(line) > margin or (width and is_full(lines[at - 1], line, width))):
            entries.append(line)
            continue
        if entries:
            yield _Piece("list", entries)
            entries = []
        if at in entered:
            yield from _by_indent(prose, width)
            prose, entries, margin = [], [line], _indent(line)
        else:
            prose.append(line)
    yield from _by_indent(prose, width)
    if entries:
        yield _Piece("list", entries)


def _is_dialogue(lines: list[str]) -> bool:
    """Return whether marked lines are what people say: "— He left.\""""
    return any(line.startswith(_DASHES) and ends_a_sentence(line) for line in lines)


def _by_indent(lines: list[str], width: int) -> Iterator[_Piece]:
    """Yield prose, a piece for each paragraph that an indented first line (or all lines but the first) sets off."""
    if not lines:
        return
    indents = list(map(_indent, lines)) if any(line[0] == " " for line in lines) else [0]
    margin = min(indents)
    if max(indents) == margin or len(lines) < 3 or _verse(lines):
        yield _Piece("prose", lines)
        return
    hanging = _hangs(indents)
    # With a first-line indent, every indented line begins a paragraph; but one space may be left from where a line was
    # broken between two.
    starts = [0, *(at for at in range(1, len(lines)) if (indents[at] > margin) != hanging)]
    if width and not hanging and indents[0] == margin:
        starts = [at for at in starts if indents[at] != margin + 1 or not is_full(lines[at - 1], lines[at], width)]
    for start, end in pairwise([*starts, len(lines)]):
        yield _Piece("prose", lines[start:end])


def _hangs(indents: list[int]) -> bool:
    """Return whether of each paragraph only the first line stands at the margin."""
    margin = min(indents)
    runs = [(inside, sum(1 for _ in run)) for inside, run in groupby(indent > margin for indent in indents)]
    return not runs[0][0] and all(size == 1 for inside, size in runs if not inside)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _entries(lines: list[str], vocabulary: frozenset[str]) -> list[str]:
    starts = [at for at, line in enumerate(lines) if not at or is_marked(line)]
    return [joined_lines(lines[start:end], vocabulary) for start, end in pairwise([*starts, len(lines)])]


def _add_list(entries: list[str], blocks: list[Block]) -> None:
    """Add a list; its entries stay together, with those above them when only blank lines part them, unless long."""
    if any(count_words(entry) > _ENTRY_WORDS for entry in entries):
        blocks.extend(map(Block, entries))
        return
    blocks.append(Block("\n".join(entries), "list"))


def _prose(lines: list[str], width: int, vocabulary: frozenset[str], known: list[str] | None) -> Iterator[str]:
    """Yield the paragraphs of lines that no blank line, indent or marker parts; `known` are those of that `width`."""
    if len(lines) == 1:
        yield tidied(lines[0])
        return
    if lines[0][0] == " " and _is_stanza(lines):
        yield "\n".join(map(tidied, lines))
        return
    if lines != known and (not width or max(map(columns, lines)) > 1.3 * width):
        # A letter in a page of long lines, say. Two or three lines alone tell too little.
        width = width_of([lines]) if len(lines) > 3 else 0
    runs = _runs(lines, width)
    if len(runs) == 1:
        yield joined_lines(lines, vocabulary)
        return
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
    """Return lines in runs that were one paragraph each; without a width only a word cut in two joins lines."""
    runs = [lines[:1]]
    for line, following in pairwise(lines):
        if (line[-1] in HYPHENS and is_cut(line, following)) or (width and _goes_on(line, following, width)):
            runs[-1].append(following)
        else:
            runs.append([following])
    return runs


def _goes_on(line: str, following: str, width: int) -> bool:
    ragged = following.lstrip()[:1].islower() and 2 * columns(line) > width and not ends_a_sentence(line)
    return ragged or is_full(line, following, width)


def _is_stanza(lines: Sequence[str]) -> bool:
    """Return whether lines that all stand further in are verse whose lines begin with capitals."""
    bare = [line.strip() for line in lines]
    return (
        len(lines) > 2
        and all(line[0] == " " for line in lines)
        and _verse(bare)
        and not any(line[0].islower() for line in bare)
    )


def _verse(lines: Sequence[str]) -> bool:
    if len(lines) < 2 or any(len(line) > _VERSE_CHARACTERS for line in lines):
        return False
    if 2 * sum(map(ends_a_sentence, lines)) >= len(lines):
        return False
    return all(count_words(line) <= _VERSE_WORDS for line in lines)
