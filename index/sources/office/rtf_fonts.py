"""The fonts of a document in Rich Text Format: they say what its bytes mean."""

from dataclasses import dataclass

from index.sources.office.rtf_words import codec_of_charset, codec_of_page

_SYMBOL_CHARSET = 2
_NAME_CHARACTERS = 100


@dataclass(slots=True)
class _Font:
    name: str = ""
    codec: str | None = None
    symbols: bool = False


class Fonts:
    """The fonts by their numbers; `base` is the codec of text in a font that states none."""

    def __init__(self) -> None:
        self.base = "cp1252"
        self.default = 0
        self._fonts: dict[int, _Font] = {}

    def define(self, number: int) -> None:
        """Begin a font."""
        self._fonts[number] = _Font()

    def name(self, number: int, text: str) -> None:
        """Add a piece of a font's name."""
        font = self._fonts.setdefault(number, _Font())
        if len(font.name) < _NAME_CHARACTERS:
            font.name = (font.name + text).replace(";", "").strip()

    def charset(self, number: int, charset: int) -> None:
        """State a font's character set."""
        font = self._fonts.setdefault(number, _Font())
        font.codec, font.symbols = codec_of_charset(charset), charset == _SYMBOL_CHARSET

    def page(self, number: int, page: int) -> None:
        """State a font's code page."""
        font = self._fonts.setdefault(number, _Font())
        font.codec = codec_of_page(page) or font.codec

    def codec(self, number: int) -> str:
        """Return what bytes mean in a font (-1 for the default one): a codec, or "symbol:" and the font's name."""
        font = self._fonts.get(self.default if number < 0 else number)
        if font is None:
            return self.base
        return f"symbol:{font.name}" if font.symbols else font.codec or self.base

    def symbols(self, number: int) -> str:
        """Return `codec` where it is that of a font of symbols, else that of the font called Symbol."""
        codec = self.codec(number)
        return codec if codec.startswith("symbol:") else "symbol:Symbol"
