"""The styles of an OpenDocument text: what a paragraph or a stretch of text is by the style that it names."""

from dataclasses import dataclass
from typing import Any

from index.sources.office.document import role_of

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
# Styles rest on others; in a broken file in a circle.
_DEEPEST = 20
_LARGE_POINTS = 15
_BOLD = frozenset(("bold", "600", "700", "800", "900"))


@dataclass(slots=True)
class Style:
    """What a style means: the role of its name, its outline level (0 for none), and what its text looks like."""

    role: str = ""
    level: int = 0
    hidden: bool = False
    prominent: bool = False


class Styles:
    """The styles of a document, those that it made for single paragraphs and those that have names."""

    def __init__(self, *parts: Any) -> None:
        self._elements: dict[str, Any] = {}
        for part in parts:
            if part is not None:
                for style in part.iter(f"{_STYLE}style"):
                    if style.get(f"{_STYLE}family") in ("paragraph", "text"):
                        self._elements.setdefault(style.get(f"{_STYLE}name", ""), style)
        self._known: dict[str, Style] = {}

    def of(self, name: str | None) -> Style:
        """Return the style of a name."""
        if not name:
            return _NONE
        if name not in self._known:
            self._known[name] = self._style(name)
        return self._known[name]

    def _style(self, name: str) -> Style:
        style = Style()
        weight = size = display = None
        for _ in range(_DEEPEST):
            element = self._elements.get(name)
            shown = name if element is None else element.get(f"{_STYLE}display-name", name)
            style.role = style.role or role_of(shown)
            if element is None:
                break
            level = element.get(f"{_STYLE}default-outline-level", "")
            style.level = style.level or (int(level) if level.isdecimal() and len(level) < 3 else 0)
            looks = element.find(f"{_STYLE}text-properties")
            if looks is not None:
                weight = weight or looks.get(f"{_FO}font-weight")
                size = size or looks.get(f"{_FO}font-size")
                display = display or looks.get(f"{TEXT}display")
            name = element.get(f"{_STYLE}parent-style-name", "")
            if not name:
                break
        style.hidden = display == "none"
        style.prominent = weight in _BOLD or _points(size) >= _LARGE_POINTS
        return style


_NONE = Style()


def _points(size: str | None) -> float:
    number = (size or "").removesuffix("pt")
    return float(number) if size and len(number) < 8 and number.replace(".", "", 1).isdecimal() else 0.0
