"""Read PDF documents: from characters and their places on the page to paragraphs that know their page."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from index.model import Article, Dropped, Skipped
from index.sources.blocks.blocks import joined, told
from index.sources.blocks.layout import normalise
from index.sources.blocks.wrapping import vocabulary_of
from index.sources.fields import file_names
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.leftovers import stated_author
from index.sources.fields.records import article, language_tag
from index.sources.files.streams import UnusableError, open_stream
from index.sources.files.walk import printable
from index.sources.pdf.columns import in_columns, limits_of
from index.sources.pdf.lines import Line, lines_of, rtl_share
from index.sources.pdf.look import Look, look_of
from index.sources.pdf.page_edges import without_heads
from index.sources.pdf.paragraphs import blocks_of, flowing
from index.sources.pdf.pdfium import Door, bookmarks, metadata, opened, page_of
from index.sources.pdf.pieces import Piece
from index.sources.pdf.titles import largest, stated_title
from index.sources.pdf.words import Word, words_of

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_MEBIBYTE = 1 << 20
# A document may hold many pictures; it is in memory as a whole while it is read.
_DOCUMENT_BYTES = 256 << 20
_MOST_PAGES = 20_000
_PAGE_CHARACTERS = 200_000
_MOST_CHARACTERS = 50_000_000
_SECONDS = 300
# Running heads are looked for among so many pages at once; only these are in memory word for word.
_PAGES_AT_ONCE, _NEAR = 200, 4
# So many words of a page tell from which side its document is read.
_SAMPLE = 200
_PICTURED = 0.2
_PAGES_TOLD = 12
_BEGINNING = 4000


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:  # noqa: ARG001 - as every reader
    """Yield the one article of a document, and `Skipped` for pages without a text that can be read.

    Its title is the one it states, unless that is a leftover of a program, else its largest line, else its file's
    name. The time at which the file was made is no date of the article.
    """
    with opened(_bytes(path)) as document:
        reading = _Reading(document)
        pieces = reading.pieces()
        yield from (Skipped(printable(path), reason) for reason in reading.reasons())
        if not pieces:
            raise UnusableError(reading.nothing())
        stated = metadata(document)
    vocabulary = vocabulary_of(line.text for piece in pieces for line in piece.lines)
    title, kept, dropped = _titled(pieces, stated["Title"], reading.look, vocabulary)
    fields: dict[str, object] = {"author": stated_author(stated["Author"])}
    body = joined(blocks_of(kept, vocabulary))
    if not body and title:
        body = joined(blocks_of(pieces, vocabulary))
    language = language_tag(stated.get("Lang"))
    # Programs write their own language where nobody chose one.
    if language and not (language == "en" and not _mostly_latin(pieces)):
        fields["language"] = language
    heads = (Dropped(text, "a running head or the number of a page") for text in reading.heads)
    left_out = chain(dropped, reading.contents, heads)
    yield article(title or file_names.title(path), body, printable(path), "", fields, told(left_out))


def _bytes(path: Path) -> bytes:
    with open_stream(path) as stream:
        raw = stream.read(_DOCUMENT_BYTES + 1)
    if len(raw) > _DOCUMENT_BYTES:
        raise UnusableError(f"a PDF document larger than {_DOCUMENT_BYTES // _MEBIBYTE} MiB; split it")
    if not raw:
        raise UnusableError("empty")
    return raw


@dataclass(slots=True)
class _Reading:
    """The pages of a document as they are read, and what could not be read of them."""

    document: "PdfDocument"
    look: Look = field(default_factory=lambda: Look(10.0, 1.2, bold=False, fixed=False))
    heads: list[str] = field(default_factory=list)
    contents: list[Dropped] = field(default_factory=list)
    _count: int = 0
    _read: int = 0
    _characters: int = 0
    _pictures: list[int] = field(default_factory=list)
    _unknown: list[int] = field(default_factory=list)
    _broken: list[int] = field(default_factory=list)
    _full: list[int] = field(default_factory=list)
    _stopped: str = ""
    _sides: dict[int, tuple[float, float]] = field(default_factory=dict)

    def pieces(self) -> list[Piece]:
        """Return the pieces of the document, without running heads, page numbers and tables of contents."""
        self._count = len(self.document)
        headings = frozenset(" ".join(title.split()).casefold() for _, title in bookmarks(self.document))
        columns = list(self._columns())
        self.look = look_of(columns)
        kept: list[Piece] = []
        for piece in flowing(columns, self.look, headings):
            if piece.kind == "contents":
                self.contents.append(Dropped(piece.text, "a table of contents"))
            else:
                kept.append(piece)
        return kept

    def reasons(self) -> Iterator[str]:
        """Yield what of the document was not read, in words."""
        of = f"of its {self._count:,} pages"
        if self._stopped:
            yield self._stopped
        if self._broken:
            yield f"{len(self._broken):,} {of} cannot be read, they are broken ({_pages(self._broken)})"
        if self._full:
            yield f"{len(self._full):,} {of} hold more than {_PAGE_CHARACTERS:,} characters each ({_pages(self._full)})"
        if self._pictures and len(self._pictures) < self._read:
            yield f"{len(self._pictures):,} {of} are pictures without a text in them ({_pages(self._pictures)})"
        if self._unknown and len(self._unknown) < self._read:
            yield f"{len(self._unknown):,} {of} do not say which letters they show ({_pages(self._unknown)})"

    def nothing(self) -> str:
        """Return why a document has no text, in words."""
        if self._unknown:
            where = _pages(self._unknown)
            return f"a PDF document that does not say which letters it shows ({where}); print it to a new one"
        if self._pictures:
            return (
                f"a scan: pictures of pages, no text in them ({len(self._pictures):,} pages); "
                "let a program for text recognition add the text"
            )
        return "no text in it"

    def _columns(self) -> Iterator[list[Line]]:
        """Yield the lines of each column, some hundred pages at a time."""
        waiting: list[list[Word]] = []
        first = done = 0
        for words in self._pages():
            waiting.append(words)
            if len(waiting) - (done - first) >= _PAGES_AT_ONCE + _NEAR:
                yield from self._without_heads(waiting, first, done, first + len(waiting) - _NEAR)
                done = first + len(waiting) - _NEAR
                del waiting[: done - first - _NEAR]
                first = done - _NEAR
        yield from self._without_heads(waiting, first, done, first + len(waiting))

    def _without_heads(self, pages: Sequence[list[Word]], first: int, start: int, end: int) -> Iterator[list[Line]]:
        body = look_of([lines_of(words, 1) for words in pages[:20:2]]).size
        kept, heads = without_heads(pages, body)
        self.heads += heads
        rtl = rtl_share([word for words in kept for word in words[:_SAMPLE]]) > 0.5
        for number in range(start, end):
            columns = in_columns(kept[number - first])
            limits = limits_of(columns, self._sides.get(number, (0.0, 0.0)))
            for words, limit in zip(columns, limits, strict=True):
                yield lines_of(words, number + 1, limit, rtl=rtl)

    def _pages(self) -> Iterator[list[Word]]:
        door = Door()
        begun = time.process_time()
        for number in range(self._count):
            if number == _MOST_PAGES or self._characters > _MOST_CHARACTERS or time.process_time() - begun > _SECONDS:
                self._stop(number)
                return
            yield self._page(door, number)
            self._read += 1

    def _stop(self, number: int) -> None:
        limit = f"{_SECONDS} seconds"
        if number == _MOST_PAGES:
            limit = f"{_MOST_PAGES:,} pages"
        elif self._characters > _MOST_CHARACTERS:
            limit = f"{_MOST_CHARACTERS:,} characters"
        self._stopped = f"only the first {number:,} of its {self._count:,} pages were read: more than {limit}; split it"

    def _page(self, door: Door, number: int) -> list[Word]:
        with page_of(self.document, number) as page:
            if page is None:
                self._broken.append(number)
                return []
            try:
                text = door.text_of(page, _PAGE_CHARACTERS)
            except UnusableError:
                self._full.append(number)
                return []
            found = words_of(text, lambda into: door.look_behind(page, into))
            self._characters += len(text.codes)
            if found.unknown > found.known:
                self._unknown.append(number)
                return []
            if not found.words:
                if not text.drawn:
                    door.look_behind(page, text)
                if text.pictures > _PICTURED:
                    self._pictures.append(number)
            self._sides[number] = found.sides
            return found.words


def _titled(
    pieces: Sequence[Piece], stated: str, look: Look, vocabulary: frozenset[str]
) -> tuple[str | None, list[Piece], list[Dropped]]:
    """Return the title of a document, its pieces without the headline, and this where it stood in them again."""
    first_page = [piece for piece in pieces if piece.page == pieces[0].page]
    beginning = " ".join(line.text for piece in first_page for line in piece.lines)[:_BEGINNING].casefold()
    title = stated_title(stated, normalise(beginning))
    if title is not None:
        again = next((piece for piece in first_page if _same(_text(piece, vocabulary), title)), None)
        dropped = [Dropped(title, "the headline again")] if again is not None else []
        return title, [piece for piece in pieces if piece is not again], dropped
    headline = largest(pieces, look)
    if headline is None:
        return None, list(pieces), []
    return _text(headline, vocabulary), [piece for piece in pieces if piece is not headline], []


def _text(piece: Piece, vocabulary: frozenset[str]) -> str:
    return " ".join(block.text for block in blocks_of([piece], vocabulary)).replace("\n", " ")


def _same(one: str, other: str) -> bool:
    return "".join(filter(str.isalnum, one.casefold())) == "".join(filter(str.isalnum, other.casefold()))


def _mostly_latin(pieces: Iterable[Piece]) -> bool:
    letters = [sign for piece in list(pieces)[:200] for sign in piece.text if sign.isalpha()]
    return 2 * sum(sign < "\u0250" for sign in letters) >= len(letters)


def _pages(numbers: Sequence[int]) -> str:
    """Return the numbers of pages in words, counted from 1.

    >>> _pages([0, 4, 5, 6])
    'pages 1, 5-7'
    """
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number + 1, number + 1))
    named = [str(low) if low == high else f"{low}-{high}" for low, high in runs[:_PAGES_TOLD]]
    return ("pages " if len(numbers) > 1 else "page ") + ", ".join(named) + (", …" if len(runs) > _PAGES_TOLD else "")
