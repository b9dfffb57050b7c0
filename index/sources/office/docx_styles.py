"""The styles of a document of Word: what a paragraph or a run is by the name of its style."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from index.sources.office.document import role_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ID, _VAL = f"{W}styleId", f"{W}val"
_OFF = frozenset(("0", "false", "off", "none"))
# Styles rest on others; in a broken file in a circle.
_DEEPEST = 20
# Half points: what is larger than this looks like a headline.
LARGE = 30


def is_on(properties: Any, name: str) -> bool | None:
    """Return whether a property that is on or off is on; None where it is not stated."""
    found = None if properties is None else properties.find(f"{W}{name}")
    return None if found is None else found.get(_VAL, "on") not in _OFF


def number(properties: Any, name: str) -> int | None:
    """Return a property that is a number, None where it is not stated."""
    found = None if properties is None else properties.find(f"{W}{name}")
    text = "" if found is None else found.get(_VAL, "")
    return int(text) if text.isdecimal() and len(text) < 7 else None


@dataclass(slots=True)
class Style:
    """What a style means: the role of its name, its outline level (0 for none), and what its text looks like."""

    role: str = ""
    level: int = 0
    entry: bool = False
    hidden: bool = False
    prompt: bool = False
    bold: bool = False
    large: bool = False


@dataclass(slots=True)
class Styles:
    """The styles of a document by their ids, and the one of paragraphs that name none."""

    by_id: Mapping[str, Style] = field(default_factory=dict)
    default: Style = field(default_factory=Style)

    def of(self, properties: Any, name: str) -> Style:
        """Return the style that properties name by "pStyle" or "rStyle"."""
        found = None if properties is None else properties.find(f"{W}{name}")
        plain = self.default if name == "pStyle" else _NONE
        return plain if found is None else self.by_id.get(found.get(_VAL, ""), plain)


_NONE = Style()


def styles_of(root: Any) -> Styles:
    """Return the styles in the part of that name, none where it is missing."""
    if root is None:
        return Styles()
    # The names of elements may be in the other dialect; what is needed is not lost with them.
    elements = {style.get(_ID, ""): style for style in root.iterchildren(f"{W}style")}
    by_id = {name: _style(element, elements) for name, element in elements.items()}
    default = next(
        (
            by_id[name]
            for name, element in elements.items()
            if element.get(f"{W}default") in ("1", "true", "on") and element.get(f"{W}type") == "paragraph"
        ),
        _NONE,
    )
    return Styles(by_id, default)


def _style(element: Any, elements: Mapping[str, Any]) -> Style:
    """Return a style with what it takes over from those it rests on."""
    style = Style()
    level: int | None = None
    entry = hidden = bold = size = None
    for _ in range(_DEEPEST):
        name = element.find(f"{W}name")
        style.role = style.role or role_of(name.get(_VAL, "") if name is not None else "")
        style.prompt = style.prompt or (name is not None and name.get(_VAL, "").casefold() == "placeholder text")
        paragraph, run = element.find(f"{W}pPr"), element.find(f"{W}rPr")
        level = number(paragraph, "outlineLvl") if level is None else level
        hidden = is_on(run, "vanish") if hidden is None else hidden
        bold = is_on(run, "b") if bold is None else bold
        size = number(run, "sz") if size is None else size
        if entry is None and paragraph is not None and (numbered := paragraph.find(f"{W}numPr")) is not None:
            entry = number(numbered, "numId") != 0
        above = element.find(f"{W}basedOn")
        found = elements.get(above.get(_VAL, "")) if above is not None else None
        if found is None:
            break
        element = found
    style.level = level + 1 if level is not None and level < 9 else 0
    style.entry, style.hidden, style.bold, style.large = bool(entry), bool(hidden), bool(bold), (size or 0) >= LARGE
    return style
