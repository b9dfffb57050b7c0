"""The table of contents of a book: of EPUB 3 (a page with links) or of EPUB 2 (an NCX file)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from index.sources.blocks.layout import normal_line
from index.sources.files.streams import UnusableError
from index.sources.office.epub_book import located
from index.sources.office.epub_page import kind_of, parsed
from index.sources.office.package import Package, tree


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A line of the contents: a file and a place in it ("" its beginning); `above` is the line it is indented under."""

    label: str
    page: str
    place: str
    above: "Entry | None" = None


def entries(parts: Package, name: str) -> list[Entry]:
    """Return the lines of a table of contents in order; none where it is missing or broken."""
    if not name:
        return []
    try:
        raw = parts.read(name)
        root = tree(raw) if name.casefold().endswith(".ncx") else parsed(raw)
    except UnusableError:
        return []
    if root is None:
        return []
    found: list[Entry] = []
    if (points := next(root.iter("{*}navMap"), None)) is not None:
        _points(parts, name, points, None, found)
        return found
    navs = list(root.iter("{*}nav"))
    contents = next((nav for nav in navs if "toc" in kind_of(nav).replace("doc-", "").split()), None)
    top = next(contents.iter("{*}ol"), None) if contents is not None else next(root.iter("{*}ol"), None)
    if top is not None:
        _lines(parts, name, top, None, found)
    return found


def _points(parts: Package, name: str, around: Any, above: Entry | None, found: list[Entry]) -> None:
    for point in around.iterfind("{*}navPoint"):
        content = point.find("{*}content")
        label = normal_line(point.findtext("{*}navLabel/{*}text") or "")
        _points(parts, name, point, _add(parts, name, label, content, "src", above, found), found)


def _lines(parts: Package, name: str, around: Any, above: Entry | None, found: list[Entry]) -> None:
    for line in around.iterfind("{*}li"):
        link = next(_before_inner(line, "a"), None)
        label = normal_line("".join(link.itertext())) if link is not None else ""
        inner = line.find("{*}ol")
        entry = _add(parts, name, label, link, "href", above, found)
        if inner is not None:
            _lines(parts, name, inner, entry, found)


def _before_inner(line: Any, tag: str) -> Iterator[Any]:
    """Yield the elements of a line of the contents, without those of the lines indented under it."""
    for child in line:
        if isinstance(child.tag, str) and not child.tag.endswith("ol"):
            yield from child.iter(f"{{*}}{tag}")


def _add(
    parts: Package, name: str, label: str, link: Any, attribute: str, above: Entry | None, found: list[Entry]
) -> Entry | None:
    page, place = located(parts, name, link.get(attribute, "")) if link is not None else (None, "")
    if page is None or not link.get(attribute):
        return above
    found.append(Entry(label, page, place, above))
    return found[-1]
