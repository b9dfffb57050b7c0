"""Read books in EPUB: each chapter is an article, in the order of reading."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

from index.model import Article, Dropped, Skipped
from index.sources.blocks.blocks import Block, joined, told
from index.sources.blocks.layout import count_words, ends_a_sentence, normal_line
from index.sources.fields import file_names
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.records import article
from index.sources.files.streams import UnusableError
from index.sources.files.walk import printable
from index.sources.office.epub_book import Book, book_of, located, what_label, what_page
from index.sources.office.epub_contents import Entry, entries
from index.sources.office.epub_page import PAGE_BYTES, Page, Piece, page_of
from index.sources.office.package import Package, package
from index.sources.text.gutenberg import NOTICE, ends_a_book, without_notices

# A page that is called a cover or an imprint and has more words is more than that.
_FRAME_WORDS = 500
# On a title page there is hardly a word but those of the book's own data.
_OTHER_WORDS, _LINE_WORDS, _NAME_WORDS = 6, 25, 3
_MOST_LINKED, _MANY_LINKS = 0.6, 3
_TITLE_CHARACTERS = 300


@dataclass(slots=True)
class _Chapter:
    """A chapter as far as it was read: `key` is the place where it begins, `label` its line of the contents."""

    key: str
    label: str = ""
    level: int = 7
    blocks: list[Block] = field(default_factory=list)

    def has_text(self) -> bool:
        return any(block.kind != "heading" for block in self.blocks)

    def title(self, book: str) -> str:
        """Return the title, and take the block that states it out; never the book's own where there is another."""
        label = self.label
        leading = next((at for at, block in enumerate(self.blocks) if block.kind != "heading"), len(self.blocks))
        first = self.blocks[0].text if self.blocks else ""
        headings = [normal_line(block.text) for block in self.blocks[:leading]]
        own = [text for text in headings if text.casefold() != book.casefold()]
        title = next(iter([*own, *filter(None, [label]), *headings]), "")
        if label and title.casefold() in label.casefold() and len(label) <= _TITLE_CHARACTERS:
            title = label
        if len(title) > _TITLE_CHARACTERS:
            return label[:_TITLE_CHARACTERS]
        said = {title.casefold(), label.casefold(), book.casefold(), *(text.casefold() for text in own[:1])}
        if leading or normal_line(first).casefold() in said:
            while len(self.blocks) > 1 and normal_line(self.blocks[0].text).casefold() in said:
                del self.blocks[0]
        return title


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:  # noqa: ARG001 - the readers' protocol
    """Yield the chapters of a book, and `Skipped` for a file of it that cannot be read.

    The table of contents says where a chapter begins; a file that it does not name belongs to the chapter before it,
    unless it begins with a heading of the same rank. Cover, title page, contents, imprint and what stands outside the
    order of reading are no articles, and told as left out. Author, date and language are those of the book, the source
    is its title.
    """
    with package(path) as parts:
        book = book_of(parts)
        reading = _Reading(book, entries(parts, book.contents), parts)
        number = 0
        chapters: list[tuple[_Chapter, str]] = []
        for part in reading.chapters():
            if isinstance(part, str):
                yield Skipped(printable(path), part)
                continue
            number += 1
            chapters.append((part, part.title(book.title)))
            if len(chapters) > 1:
                yield _article(path, book, *chapters.pop(0), number - 1)
        for chapter, title in chapters:
            yield _article(path, book, chapter, title or (book.title if number == 1 else ""), number, reading.dropped)


def _article(
    path: Path,
    book: Book,
    chapter: _Chapter,
    title: str,
    number: int,
    dropped: tuple[Dropped, ...] | list[Dropped] = (),
) -> Article:
    named = title or f"{book.title or file_names.title(path)}, {number}"
    fields = {"source": book.title or book.publisher, "author": book.author, "date": book.date}
    fields["language"] = book.language
    return article(named, joined(chapter.blocks), printable(path), chapter.key, fields, told(dropped))


class _Reading:
    """The files of a book one after another, and the chapter that is open."""

    def __init__(self, book: Book, contents: list[Entry], parts: Package) -> None:
        self.dropped: list[Dropped] = []
        self._book = book
        self._parts = parts
        self._open: _Chapter | None = None
        self._ended = False
        # Of each file the places where the contents say that something begins.
        self._entries: dict[str, dict[str, Entry]] = {}
        for entry in contents:
            self._entries.setdefault(entry.page, {}).setdefault(entry.place, entry)

    def chapters(self) -> Iterator[_Chapter | str]:
        """Yield the chapters that hold text, and for each file that cannot be read the reason."""
        for name in self._book.pages:
            if name == self._book.contents or "outside" in self._book.aside.get(name, ""):
                self._drop(name, self._book.aside.get(name, "a table of contents"))
                continue
            places = self._entries.get(name, {})
            try:
                page = page_of(self._parts.read(name, PAGE_BYTES), [place for place in places if place])
            except UnusableError as error:
                yield f'"{name[:80]}" in it: {error}'
                continue
            reason = self._no_article(name, page)
            if reason:
                self._drop("\n".join(block.text for piece in page.pieces for block in piece.blocks) or name, reason)
                continue
            yield from self._chapters_of(name, page, places)
        yield from self._begin(None)

    def _chapters_of(self, name: str, page: Page, places: dict[str, Entry]) -> Iterator[_Chapter]:
        found = {piece.place for piece in page.pieces}
        lost = next((entry for place, entry in places.items() if place not in found), None)
        bare = {piece.place for piece in page.pieces if all(block.kind == "heading" for block in piece.blocks)}
        begun: set[Entry] = set()
        for at, piece in enumerate(page.pieces):
            entry = places.get(piece.place)
            if at == 0 and entry is None and lost is not None and len(found) == 1:
                # The place that the contents name is not there, but the file is.
                entry = lost
            if entry is not None and _begins(entry, places, begun, bare):
                begun.add(entry)
                key = f"{name}#{piece.place}" if piece.place else name
                yield from self._begin(_Chapter(key, entry.label, _level(piece, page)))
            elif at == 0 and entry is None and self._opens_itself(piece, page):
                yield from self._begin(_Chapter(name, "", _level(piece, page)))
            if self._open is None:
                self._open = _Chapter(name, "", _level(piece, page))
            self._open.blocks += self._without_notices(piece.blocks)

    def _without_notices(self, blocks: list[Block]) -> list[Block]:
        """Return the blocks of a piece that are the book's, and not what Project Gutenberg puts around it."""
        kept, notices = without_notices(blocks)
        if self._ended:
            kept, notices = [], tuple(Dropped(block.text, NOTICE) for block in blocks)
        self._ended = self._ended or any(ends_a_book(block.text) for block in blocks)
        self.dropped += notices
        return kept

    def _opens_itself(self, piece: Piece, page: Page) -> bool:
        """Return whether a file that the contents do not name begins a chapter: by a heading of the same rank."""
        if self._open is None or not self._open.blocks or not self._entries:
            return True
        return bool(piece.blocks) and piece.blocks[0].kind == "heading" and page.level <= min(2, self._open.level)

    def _begin(self, chapter: _Chapter | None) -> Iterator[_Chapter]:
        """End the open chapter and begin another."""
        if self._open is not None and self._open.has_text():
            yield self._open
        self._open = chapter

    def _no_article(self, name: str, page: Page) -> str:
        """Return why a page is no article; "" for one that is."""
        texts = [block.text for piece in page.pieces for block in piece.blocks]
        words = sum(map(count_words, texts))
        stated = what_page(page.kind) or self._book.aside.get(name, "") or self._by_label(name)
        if stated and (words <= _FRAME_WORDS or stated == "a table of contents"):
            return stated
        pages = {located(self._parts, name, link)[0] for link in page.links} & set(self._book.pages)
        if page.linked > _MOST_LINKED and len(pages - {name}) >= _MANY_LINKS:
            return "a table of contents"
        return "a title page" if texts and self._is_title_page(texts) else ""

    def _by_label(self, name: str) -> str:
        """Return what a file is by its one line of the contents, "" for what may be an article."""
        entries = list(self._entries.get(name, {}).values())
        return what_label(entries[0].label) if len(entries) == 1 else ""

    def _is_title_page(self, texts: list[str]) -> bool:
        """Return whether a page says nothing but what the book's data say."""
        book = self._book
        if not book.title or len(book.pages) == 1 or any(map(_is_prose, texts)):
            return False
        rest = normal_line(" ".join(texts)).casefold()
        if book.title.casefold() not in rest:
            return False
        for known in (book.title, book.author, book.publisher):
            for name in (known or "").casefold().split(", "):
                rest = rest.replace(name, " ") if name else rest
        return count_words(rest) <= _OTHER_WORDS

    def _drop(self, text: str, reason: str) -> None:
        self.dropped.append(Dropped(normal_line(text), f"{reason} of the book"))


def _is_prose(text: str) -> bool:
    words = count_words(text)
    return words > _LINE_WORDS or (words > _NAME_WORDS and ends_a_sentence(text))


def _level(piece: Piece, page: Page) -> int:
    return page.level if piece.blocks and piece.blocks[0].kind == "heading" else 7


def _begins(entry: Entry, places: Mapping[str, Entry], begun: Set[Entry], bare: Set[str]) -> bool:
    """Return whether a chapter begins at a line of the contents.

    What is indented under a line of the same file is a section of that chapter, unless the line is that of a part:
    it is indented under none, and has no text of its own (its place is among the `bare` ones).
    """
    above = entry.above
    if above is None or places.get(above.place) is not above:
        return True
    return above.above is None and above in begun and above.place in bare
