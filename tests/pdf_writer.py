"""A small writer of PDF documents for tests: any characters at any place, in fonts that are named but not embedded.

What is shown does not matter here, only what a document says of it: each distinct string gets a code, and the fonts
say which characters a code stands for and how wide it is.
"""

import unicodedata
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[] "), frozenset("mwMW@%—")
PAGE = (420.0, 595.0)


def width(text: str, size: float = 1.0) -> float:
    """Return how wide a text is, in points, in type of this size."""
    return size * sum(map(_advance, text)) / 1000


def _advance(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return 0
    if sign in _NARROW:
        return 290
    if sign in _WIDE:
        return 850
    if sign.isupper():
        return 790
    # As in the font that a reader takes in place of this one: where a shape is wider, so is its box.
    if sign == "…":
        return 1000
    return 1000 if "\u2e80" < sign < "\uffa0" and not "\ufb00" < sign < "\ufeff" else 540


@dataclass(slots=True)
class Written:
    """A document as it is written, page by page."""

    info: dict[str, str] = field(default_factory=dict)
    size: tuple[float, float] = PAGE
    language: str | None = None
    compressed: bool = False
    extra: dict[str, str] = field(default_factory=dict)
    outline: list[tuple[str, int]] = field(default_factory=list)
    _pages: list[list[str]] = field(default_factory=list)
    _codes: dict[str, int] = field(default_factory=dict)

    def page(self) -> "Written":
        """Begin a page."""
        self._pages.append([])
        return self

    def text(
        self,
        x: float,
        y: float,
        signs: str | Sequence[str],
        size: float = 11.0,
        *,
        bold: bool = False,
        look: str = "0 g 0 Tr",
        turn: str = "1 0 0 1",
    ) -> float:
        """Draw signs from left to right as they stand; one of several characters is a ligature. Return the end.

        `look` are operators for colour and the like.
        """
        codes = "".join(f"{self._code(sign):04x}" for sign in signs)
        font = "B" if bold else "R"
        self._pages[-1].append(f"BT {look} /{font} {size} Tf {turn} {x:.2f} {y:.2f} Tm <{codes}> Tj ET")
        return x + sum(width(sign if len(sign) == 1 else "x", size) for sign in signs)

    def words(self, x: float, y: float, words: Sequence[str], size: float, blank: float, *, bold: bool = False) -> None:
        """Draw words from left to right with blanks of this width between them, as one text."""
        shown = f" {-1000 * blank / size:.1f} ".join(
            "<" + "".join(f"{self._code(sign):04x}" for sign in word) + ">" for word in words
        )
        self._pages[-1].append(f"BT 0 g /{'B' if bold else 'R'} {size} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm [{shown}] TJ ET")

    def draw(self, operators: str) -> None:
        """Draw what is no text."""
        self._pages[-1].append(operators)

    def _code(self, sign: str) -> int:
        return self._codes.setdefault(sign, len(self._codes) + 1)

    def bytes(self) -> bytes:
        """Return the bytes of the document."""
        objects: list[bytes] = [b"", b""]

        def add(content: str | bytes) -> int:
            objects.append(content if isinstance(content, bytes) else content.encode())
            return len(objects)

        def stream(content: bytes, head: str = "") -> int:
            if self.compressed:
                content, head = zlib.compress(content), head + "/Filter /FlateDecode"
            return add(f"<<{head} /Length {len(content)}>>\nstream\n".encode() + content + b"\nendstream")

        meanings = stream(self._meanings().encode())
        widths = " ".join(f"{_advance(sign if len(sign) == 1 else 'x')}" for sign in self._codes)
        fonts = [add(self._font(name, add, meanings, widths)) for name in ("Helvetica", "Helvetica-Bold")]
        resources = f"/Resources <</Font <</R {fonts[0]} 0 R /B {fonts[1]} 0 R>>>>"
        box = f"/MediaBox [0 0 {self.size[0]} {self.size[1]}]"
        pages = []
        for content in self._pages:
            drawn = stream("\n".join(content).encode())
            pages.append(add(f"<</Type /Page /Parent 2 0 R {box} {resources} /Contents {drawn} 0 R>>"))
        language = f"/Lang {_string(self.language)}" if self.language else ""
        objects[0] = f"<</Type /Catalog /Pages 2 0 R {language} {self._outlined(add, pages)}>>".encode()
        kids = " ".join(f"{page} 0 R" for page in pages)
        objects[1] = f"<</Type /Pages /Kids [{kids}] /Count {len(pages)}>>".encode()
        info = add("<<" + " ".join(f"/{name} {_string(text)}" for name, text in self.info.items()) + ">>")
        return _file(objects, f"/Info {info} 0 R")

    def _outlined(self, add: Callable[[str], int], pages: Sequence[int]) -> str:
        if not self.outline:
            return ""
        first = add("") + 1
        numbers = [first + at for at in range(len(self.outline))]
        for at, (title, page) in enumerate(self.outline):
            after = f"/Next {numbers[at + 1]} 0 R" if at + 1 < len(numbers) else ""
            add(f"<</Title {_string(title)} /Parent {first - 1} 0 R /Dest [{pages[page]} 0 R /Fit] {after}>>")
        root = add(f"<</Type /Outlines /First {numbers[0]} 0 R /Last {numbers[-1]} 0 R>>")
        return f"/Outlines {root} 0 R"

    def _font(self, name: str, add: Callable[[str], int], meanings: int, widths: str) -> str:
        flags = 4 | (1 << 18 if "Bold" in name else 0)
        described = add(
            f"<</Type /FontDescriptor /FontName /{name} /Flags {flags} /FontBBox [0 -200 1000 800] /ItalicAngle 0 "
            "/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80>>"
        )
        below = add(
            f"<</Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /FontDescriptor {described} 0 R "
            f"/CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /W [1 [{widths}]]>>"
        )
        return (
            f"<</Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /ToUnicode {meanings} 0 R "
            f"/DescendantFonts [{below} 0 R]>>"
        )

    def _meanings(self) -> str:
        rows = [f"<{code:04x}> <{sign.encode('utf-16-be').hex()}>" for sign, code in self._codes.items()]
        parts = [rows[at : at + 100] for at in range(0, len(rows), 100)]
        listed = "\n".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts)
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
            f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{listed}\nendcmap end end"
        )


def _string(text: str) -> str:
    return "<feff" + text.encode("utf-16-be").hex() + ">"


def _file(objects: Sequence[bytes], trailer: str) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer\n<</Size {len(places) + 1} /Root 1 0 R {trailer}>>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


@dataclass(frozen=True, slots=True)
class Style:
    """How `typeset` sets a text: in columns or not, flush on both sides, paragraphs set apart by indent or space.

    `shown` puts a line in the order of the screen, `by_rows` draws it row by row over all columns.
    """

    columns: int = 1
    justified: bool = False
    indent: float = 0.0
    space: float = 0.0
    size: float = 10.0
    head: str = ""
    numbered: bool = False
    by_rows: bool = False
    right_to_left: bool = False
    shown: Callable[[str], str] = str


def typeset(title: str, paragraphs: Sequence[str], style: Style, info: dict[str, str] | None = None) -> bytes:
    """Return a document of a title and paragraphs, broken into lines, columns and pages."""
    document = Written(info or {}, compressed=True).page()
    margin, gutter, leading = 40.0, 20.0, 1.25 * style.size
    across = (PAGE[0] - 2 * margin - gutter * (style.columns - 1)) / style.columns
    y = PAGE[1] - 70
    for line in _broken(title, PAGE[0] - 2 * margin, 17, 0, style.shown):
        _draw(document, style, line, margin, PAGE[0] - 2 * margin, y, 17, last=True, bold=True)
        y -= 22
    top, column = y - 8, 0
    y = top
    waiting: list[tuple[float, float, list[str], float, bool, float]] = []
    number = 1
    for paragraph in paragraphs:
        lines = _broken(paragraph, across, style.size, style.indent, style.shown)
        for at, line in enumerate(lines):
            if y < 60:
                column += 1
                y = top
                if column == style.columns:
                    _finish(document, style, waiting, number)
                    document.page()
                    number, column, y = number + 1, 0, PAGE[1] - 70
                    top = y
                    waiting = []
            inset = style.indent if at == 0 else 0.0
            waiting.append((margin + column * (across + gutter), y, line, inset, at == len(lines) - 1, across))
            y -= leading
        y -= style.space
    _finish(document, style, waiting, number)
    return document.bytes()


def _finish(
    document: Written,
    style: Style,
    waiting: list[tuple[float, float, list[str], float, bool, float]],
    number: int,
) -> None:
    if style.head:
        document.text(150, PAGE[1] - 40, style.head, 8)
    if style.by_rows:
        waiting = sorted(waiting, key=lambda line: (-line[1], line[0]))
    for x, y, line, inset, last, across in waiting:
        left = PAGE[0] - x - across if style.right_to_left and style.columns > 1 else x
        _draw(document, style, line, left, across, y, style.size, inset=inset, last=last)
    if style.numbered:
        document.text(200, 30, str(number), 8)


def _broken(text: str, across: float, size: float, indent: float, shown: Callable[[str], str]) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    filled = indent
    for word in text.split():
        wide = width(shown(word), size)
        if lines[-1] and filled + wide > across:
            lines.append([])
            filled = 0.0
        lines[-1].append(word)
        filled += wide + width(" ", size)
    return lines


def _draw(  # noqa: PLR0913 - a line and its place
    document: Written,
    style: Style,
    words: list[str],
    x: float,
    across: float,
    y: float,
    size: float,
    *,
    inset: float = 0.0,
    last: bool = False,
    bold: bool = False,
) -> None:
    blank = width(" ", size)
    shown = style.shown(" ".join(words))
    free = across - inset - width(shown, size)
    if style.justified and not last and len(words) > 1:
        blank += free / (len(words) - 1)
        free = 0.0
    start = x + free if style.right_to_left else x + inset
    document.words(start, y, shown.split(" "), size, blank, bold=bold)
