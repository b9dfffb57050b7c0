"""Pieces over the ends of columns and pages put together, and made blocks."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from index.sources.blocks.blocks import Block
from index.sources.blocks.layout import count_words, ends_a_sentence
from index.sources.blocks.wrapping import joined_lines
from index.sources.pdf.lines import Line, end_of, is_cut_address, start_of
from index.sources.pdf.look import Look
from index.sources.pdf.pieces import Piece, entry_text, is_full, pieces_of
from index.sources.pdf.words import SOFT_HYPHEN

_SMALLER, _SAME_SIZE = 0.93, 0.06
# A text may go on behind so many tables and pictures that stand between.
_MOST_BETWEEN = 4
_ENTRY_WORDS = 25
# Of the width of its column.
_NARROW = 0.7
_LEAST_MEANT = 2


def flowing(columns: Iterable[Sequence[Line]], look: Look, headings: frozenset[str]) -> list[Piece]:
    """Return the pieces of a document in order; a paragraph that goes on in the next column or page is one.

    Notes at the foot of a column follow the paragraph that they interrupt.
    """
    found: list[Piece] = []
    notes: list[Piece] = []
    for lines in columns:
        pieces = list(pieces_of(lines, look, headings))
        pieces, below = _notes_below(pieces, look)
        if found:
            at = _continuation(found[-1], pieces)
            if at is not None:
                found[-1].lines.extend(pieces[at].lines)
                del pieces[at]
        if pieces or not below:
            found.extend(notes)
            notes = []
        found.extend(pieces)
        notes.extend(below)
    return found + notes


def _notes_below(pieces: list[Piece], look: Look) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces of a column without the smaller ones at its foot, and these."""
    at = len(pieces)
    while at and pieces[at - 1].kind in ("note", "paragraph") and pieces[at - 1].lines[0].size < _SMALLER * look.size:
        at -= 1
    if not at or not any(piece.kind == "note" for piece in pieces[at:]):
        return pieces, []
    return pieces[:at], pieces[at:]


def _continuation(last: Piece, pieces: Sequence[Piece]) -> int | None:
    """Return which of the pieces of the next column goes on with the last of the one before."""
    if last.kind not in ("paragraph", "entry", "note"):
        return None
    for at, piece in enumerate(pieces[:_MOST_BETWEEN]):
        if piece.kind == "paragraph" and _goes_on(last, piece, between=at > 0):
            return at
        if piece.kind in ("paragraph", "entry", "heading"):
            return None
    return None


def _goes_on(last: Piece, piece: Piece, *, between: bool) -> bool:
    above, below = last.lines[-1], piece.lines[0]
    if abs(above.size - below.size) > _SAME_SIZE * above.size or above.bold != below.bold:
        return False
    if piece.indented and not above.cut:
        return False
    small = below.text[:1].islower()
    if not ends_a_sentence(above.text):
        return small or (not between and is_full(above, below))
    # A first line further in says by itself that the text has more of them.
    several = len(last.lines) > 1 or (last.indented and not piece.indented)
    return not between and small is False and is_full(above, below) and several


def blocks_of(pieces: Sequence[Piece], vocabulary: frozenset[str]) -> Iterator[Block]:
    """Yield the blocks of pieces: each says on which page it begins."""
    for is_entry, group in groupby(pieces, key=lambda piece: piece.kind == "entry"):
        if is_entry:
            yield from _list(list(group), vocabulary)
            continue
        for piece in group:
            place = f"page={piece.page}"
            match piece.kind:
                case "table":
                    text = "\n".join(" | ".join(filter(None, row)) for row in piece.rows or ())
                    yield Block(text, "table" if piece.headed else "list", place)
                case "code":
                    yield Block(_code(piece.lines), "code", place)
                case "heading":
                    yield Block(joined_lines(_texts(piece.lines), vocabulary), "heading", place)
                case "caption":
                    yield Block(joined_lines(_texts(piece.lines), vocabulary), "caption", place)
                case _:
                    yield Block(_prose(piece, vocabulary), "paragraph", place)


def _list(entries: Sequence[Piece], vocabulary: frozenset[str]) -> Iterator[Block]:
    texts = [entry_text(joined_lines(_texts(piece.lines), vocabulary)) for piece in entries]
    if any(count_words(text) > _ENTRY_WORDS for text in texts):
        for piece, text in zip(entries, texts, strict=True):
            yield Block(text, "list", f"page={piece.page}")
        return
    yield Block("\n".join(texts), "list", f"page={entries[0].page}")


def _prose(piece: Piece, vocabulary: frozenset[str]) -> str:
    """Return a paragraph; verse and addresses, most of whose lines end before they are full, keep their lines."""
    texts = _texts(piece.lines)
    if piece.indented and len(texts) > 1 and not any(line.inset for line in piece.lines[1:]):
        return _joined(piece.lines, texts, vocabulary)
    meant = [_is_meant(above, line) for above, line in pairwise(piece.lines)]
    if (
        sum(meant) < _LEAST_MEANT
        or 2 * sum(meant) <= len(meant)
        or not (all(map(_is_cased, texts)) or _is_verse(piece, meant))
    ):
        return _joined(piece.lines, texts, vocabulary)
    runs = [[texts[0]]]
    for broken, text in zip(meant, texts[1:], strict=True):
        if broken:
            runs.append([text])
        else:
            runs[-1].append(text)
    return "\n".join(joined_lines(run, vocabulary) for run in runs)


def _joined(lines: Sequence[Line], texts: Sequence[str], vocabulary: frozenset[str]) -> str:
    # No word of these scripts is cut: a hyphen at a line's end is a dash.
    if any(line.rtl and line.cut for line in lines):
        return " ".join(texts)
    runs: list[list[str]] = []
    for text in texts:
        if runs and is_cut_address(runs[-1][-1], text):
            runs[-1].append(text)
        else:
            runs.append([text])
    return joined_lines(["".join(run) for run in runs], vocabulary)


def _is_meant(above: Line, line: Line) -> bool:
    """Return whether a line ends where it does because its author wanted it so."""
    if above.page != line.page or above.base <= line.base or is_full(above, line):
        return False
    return not line.text[:1].islower()


def _is_cased(text: str) -> bool:
    """Return whether a line begins with a digit, or a letter of which there is a small one and a large one."""
    return text[:1].isdigit() or text[:1].upper() != text[:1].lower()


def _is_verse(piece: Piece, meant: Sequence[bool]) -> bool:
    """Return whether lines that no capital letter begins are meant: several of them leave much of the column empty."""
    left = min(map(start_of, piece.lines))
    return sum(meant) > 1 and any(end_of(line) - left < _NARROW * (line.far - left) for line in piece.lines[:-1])


def _texts(lines: Sequence[Line]) -> list[str]:
    """Return the texts of lines; a soft hyphen shows only where a word was cut at a line's end."""
    return [
        (f"{line.text[:-1]}\u2010" if line.text.endswith(SOFT_HYPHEN) else line.text).replace(SOFT_HYPHEN, "")
        for line in lines
    ]


def _code(lines: Sequence[Line]) -> str:
    """Return lines of code with their indentation, told by the width of a letter."""
    letter = max(0.1, min((line.x1 - line.x0) / max(1, len(line.text)) for line in lines))
    left = min(line.x0 for line in lines)
    return "\n".join(" " * min(80, round((line.x0 - left) / letter)) + line.text for line in lines)
