"""The one door to PDFium: documents opened, their characters with boxes, their bookmarks.

PDFium runs in one thread at a time; nothing here may be called from two.
"""

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import atan2, hypot, pi
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.machine.extras import install_command
from index.sources.files.streams import UnusableError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_BROKEN = "a PDF document that is cut short or broken"
_ERRORS = {
    4: "a PDF document that needs a password: save a copy without one",
    5: "a PDF document locked in a way that is not read: save a copy without the lock",
}
# PDFium's mark for a hyphen at a line's end, character by character and in the text of a page.
HYPHEN, _HYPHEN_HERE = 2, 0xFFFE
_SURROGATES = 0xD800, 0xDFFF
_INVISIBLE = 3
_STROKED = 2
_BOLD_FLAG, _FIXED_FLAG = 1 << 18, 1
# Those of TeX are called "cmbx10" and the like.
_BOLD_NAMES = re.compile(r"bold|black|heavy|semibd|demi|(?:cm|ec|sf|t1)\w{0,3}bx")
_FIXED_NAMES = re.compile(r"courier|mono(?!type)|consol|typewriter|(?:cm|ec|sf|t1)\w{0,3}tt")
_BOLD_WEIGHT = 600
_LIGHTEST = 250
_MOST_BOOKMARKS = 20_000
_DEEPEST_BOOKMARK = 16
_MOST_DRAWN = 20_000


@dataclass(slots=True)
class Style:
    """How the characters of one text object look: `quarter` counts turns by 90 degrees, None for any other angle."""

    size: float
    baseline: tuple[float, float]
    quarter: int | None
    bold: bool
    fixed: bool
    hidden: bool
    white: bool


@dataclass(slots=True)
class PageText:
    """The n characters of a page in PDFium's order.

    `boxes`, n x 4, are their left, top, right and lower edges; `style_of` says which of `styles` each has, -1 for one
    that PDFium put between two others (a blank, a line break): it has no box of its own either. `pictures` is the
    share of the page that pictures cover.
    """

    codes: list[int]
    boxes: NDArray[np.float64]
    style_of: NDArray[np.int32]
    styles: list[Style]
    box: tuple[float, float, float, float]
    drawn: list[tuple[float, float, float, float]] = field(default_factory=list)
    pictures: float = 0.0


@contextmanager
def opened(raw: bytes) -> "Iterator[PdfDocument]":
    """Open a document; UnusableError says why it cannot be."""
    try:
        import pypdfium2
    except ImportError:
        raise UnusableError(f"a PDF document: to read it, run `{install_command('pypdfium2')}`") from None
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        raise UnusableError(_ERRORS.get(getattr(error, "err_code", 0), _BROKEN)) from None
    try:
        yield document
    finally:
        document.close()


@contextmanager
def page_of(document: "PdfDocument", number: int) -> "Iterator[PdfPage | None]":
    """Load the page `number`, counted from 0; None for one that is broken."""
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        yield None
        return
    try:
        yield page
    finally:
        page.close()


def metadata(document: "PdfDocument") -> dict[str, str]:
    """Return what the document says of itself: "Title", "Author", and "Lang" where it names its language."""
    from pypdfium2 import raw

    found = {name: document.get_metadata_value(name) for name in ("Title", "Author", "Creator", "Producer")}
    size = raw.FPDFCatalog_GetLanguage(document.raw, None, 0)
    if 2 < size < 200:
        buffer = (ctypes.c_ushort * (size // 2 + 1))()
        raw.FPDFCatalog_GetLanguage(document.raw, buffer, size)
        found["Lang"] = bytes(buffer)[: size - 2].decode("utf-16-le", "replace")
    return found


def bookmarks(document: "PdfDocument") -> list[tuple[int, str]]:
    """Return the titles of the document's outline, with their pages counted from 0."""
    import pypdfium2

    found: list[tuple[int, str]] = []
    try:
        for entry in document.get_toc(max_depth=_DEEPEST_BOOKMARK):
            place = entry.get_dest()
            page = place.get_index() if place is not None else None
            if page is not None:
                found.append((page, entry.get_title()))
            if len(found) >= _MOST_BOOKMARKS:
                break
    except pypdfium2.PdfiumError:
        pass
    return found


class Door:
    """The functions of PDFium that are asked for each character, without the checks that ctypes makes of each call."""

    def __init__(self) -> None:
        from pypdfium2 import raw

        page, place, count = ctypes.c_void_p, ctypes.c_int, ctypes.c_int
        # What functions write to, and where that is.
        self._matrix, self._origin, self._colour = raw.FS_MATRIX(), (ctypes.c_double * 2)(), (ctypes.c_uint * 4)()
        x, red = ctypes.addressof(self._origin), ctypes.addressof(self._colour)
        self._written = (ctypes.addressof(self._matrix), (x, x + 8), (red, red + 4, red + 8, red + 12))

        def bare(function: Any, result: Any, *arguments: Any) -> Any:
            return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)

        self.raw = raw
        self.code = bare(raw.FPDFText_GetUnicode, ctypes.c_uint, page, place)
        self.owner = bare(raw.FPDFText_GetTextObject, ctypes.c_void_p, page, place)
        self.box = bare(raw.FPDFText_GetLooseCharBox, count, page, place, ctypes.c_void_p)
        self.matrix = bare(raw.FPDFText_GetMatrix, count, page, place, ctypes.c_void_p)
        self.origin = bare(raw.FPDFText_GetCharOrigin, count, page, place, ctypes.c_void_p, ctypes.c_void_p)
        self.size = bare(raw.FPDFText_GetFontSize, ctypes.c_double, page, place)
        self.mode = bare(raw.FPDFTextObj_GetTextRenderMode, count, page)
        self.fill = bare(raw.FPDFPageObj_GetFillColor, count, page, *[ctypes.c_void_p] * 4)
        self.font = bare(raw.FPDFTextObj_GetFont, ctypes.c_void_p, page)
        self._fonts: dict[int, tuple[bool, bool]] = {}

    def text_of(self, page: "PdfPage", most: int) -> PageText:
        """Return the characters of a page; UnusableError names the number of a page that holds more than `most`."""
        raw = self.raw
        box = page.get_cropbox()
        text = raw.FPDFText_LoadPage(page.raw)
        nothing = PageText([], np.empty((0, 4)), np.empty(0, np.int32), [], box)
        if not text:
            return nothing
        try:
            count = raw.FPDFText_CountChars(text)
            if count > most:
                raise UnusableError(f"{count:,} characters")
            if count <= 0:
                return nothing
            handle = ctypes.cast(text, ctypes.c_void_p).value or 0
            pages = [handle] * count
            rectangles = (raw.FS_RECTF * count)()
            start, step = ctypes.addressof(rectangles), ctypes.sizeof(raw.FS_RECTF)
            codes = self._codes(text, count) or list(map(self.code, pages, range(count)))
            owners = list(map(self.owner, pages, range(count)))
            # Consumed for what it writes.
            list(map(self.box, pages, range(count), range(start, start + step * count, step)))
            boxes = np.frombuffer(rectangles, np.float32).reshape(count, 4).astype(np.float64)
            self._fonts.clear()
            # Where each text object begins; what PDFium put in between has none.
            first = dict(zip(reversed(owners), range(count - 1, -1, -1), strict=True))
            shown = [owner for owner in dict.fromkeys(owners) if owner]
            numbers = {owner: number for number, owner in enumerate(shown)} | {None: -1}
            style_of = np.fromiter(map(numbers.__getitem__, owners), np.int32, count)
            return PageText(codes, boxes, style_of, [self._style(handle, first[owner], owner) for owner in shown], box)
        finally:
            raw.FPDFText_ClosePage(text)

    def _codes(self, text: Any, count: int) -> list[int]:
        """Return the characters of a page, asked for at once; none where some of them have no place in its text."""
        buffer = (ctypes.c_ushort * (count + 1))()
        if self.raw.FPDFText_GetText(text, 0, count, buffer) != count + 1:
            return []
        units = np.frombuffer(memoryview(buffer), np.uint16)[:count]
        if ((units >= _SURROGATES[0]) & (units <= _SURROGATES[1])).any():
            return []
        return list(np.where(units == _HYPHEN_HERE, HYPHEN, units).tolist())

    def _style(self, text: int, place: int, owner: int) -> Style:
        matrix, (x, y), colours = self._written
        known = self.matrix(text, place, matrix) and self.origin(text, place, x, y)
        visible = self.fill(owner, *colours)
        turned = self._matrix
        turn = atan2(turned.b, turned.a) / (pi / 2)
        quarter = round(turn) % 4 if abs(turn - round(turn)) < 0.05 else None
        mode = self.mode(owner)
        red, green, blue, opaque = self._colour
        bold, fixed = self._font(self.font(owner))
        return Style(
            self.size(text, place) * hypot(turned.c, turned.d) if known else 0.0,
            (self._origin[0], self._origin[1]),
            quarter,
            bold or mode == _STROKED,
            fixed,
            mode == _INVISIBLE or opaque == 0 or not visible,
            mode != 1 and min(red, green, blue) >= _LIGHTEST,
        )

    def _font(self, key: int | None) -> tuple[bool, bool]:
        """Return whether a font is bold, and whether all its letters are of one width."""
        if not key:
            return False, False
        if key not in self._fonts:
            raw = self.raw
            font = ctypes.cast(key, raw.FPDF_FONT)
            buffer = ctypes.create_string_buffer(200)
            raw.FPDFFont_GetBaseFontName(font, buffer, 200)
            name = buffer.value.decode("latin-1").lower()
            flags = max(0, raw.FPDFFont_GetFlags(font))
            bold = _BOLD_NAMES.search(name) is not None or bool(flags & _BOLD_FLAG)
            fixed = bool(flags & _FIXED_FLAG) or _FIXED_NAMES.search(name) is not None
            self._fonts[key] = (bold or raw.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT, fixed)
        return self._fonts[key]

    def look_behind(self, page: "PdfPage", into: PageText) -> None:
        """Tell what is drawn on the page beside text: boxes of shapes and pictures, the share of it pictures cover."""
        raw = self.raw
        left, bottom, right, top = into.box
        area = abs((right - left) * (top - bottom)) or 1.0
        sides = [ctypes.c_float() for _ in range(4)]
        for place in range(min(raw.FPDFPage_CountObjects(page.raw), _MOST_DRAWN)):
            drawn = raw.FPDFPage_GetObject(page.raw, place)
            kind = raw.FPDFPageObj_GetType(drawn)
            if kind == raw.FPDF_PAGEOBJ_TEXT or not raw.FPDFPageObj_GetBounds(drawn, *sides) or self._is_blank(drawn):
                continue
            x0, y0, x1, y1 = (side.value for side in sides)
            into.drawn.append((x0, y0, x1, y1))
            if kind == raw.FPDF_PAGEOBJ_IMAGE:
                into.pictures += (
                    max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, top) - max(y0, bottom)) / area
                )

    def _is_blank(self, drawn: Any) -> bool:
        """Return whether a shape is filled with white, or not at all: what stands before it is on white still."""
        raw = self.raw
        if raw.FPDFPageObj_GetType(drawn) != raw.FPDF_PAGEOBJ_PATH:
            return False
        filled, stroked = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(drawn, filled, stroked)
        if not filled.value:
            return True
        colours = [ctypes.c_uint() for _ in range(4)]
        raw.FPDFPageObj_GetFillColor(drawn, *colours)
        return min(colour.value for colour in colours[:3]) >= _LIGHTEST or colours[3].value == 0
