"""Read notebooks of Jupyter (.ipynb): the words of their Markdown cells. Code and what it printed are left out."""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from index.model import Article, Dropped, Paragraph, Skipped
from index.sources.blocks.blocks import Block, joined, told
from index.sources.blocks.layout import one_line
from index.sources.encodings.encoding import read_text
from index.sources.fields import file_names
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.front_matter import fenced, fields_of_front_matter
from index.sources.fields.records import article, field_text, fields_of
from index.sources.files.streams import UnusableError
from index.sources.files.walk import printable
from index.sources.markdown.blocks import document
from index.sources.markdown.markdown_file import MOST_BYTES, commonmark, headed

_CELLS: Final = 100_000
_SHOWN: Final = 400
_NO_WORDS: Final = {"code": "code", "raw": "a raw cell"}
_OUTPUT: Final = "what code printed"


@dataclass(slots=True)
class _Notebook:
    """What the cells of a notebook gave so far."""

    title: str
    blocks: list[Block] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    left: int = MOST_BYTES
    # Before which blocks code stood.
    code: set[int] = field(default_factory=set)


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the one article of a notebook, of any version of its format.

    Its title is that of its metadata, or of front matter in its first cell, else the first heading of level 1, else a
    heading or a headline that opens it, else the file's name.
    """
    notebook = _parsed(read_text(path))
    cells = list(islice(_cells(notebook), _CELLS))
    fields = fields_of(_metadata(notebook), field_map)
    front = fenced(_source(cells[0]).strip() + "\n") if cells and cells[0].get("cell_type") != "code" else None
    if front is not None:
        fields |= fields_of_front_matter(front.values, field_map)
        cells[0] = {"cell_type": "markdown", "source": front.text}
    found = _Notebook(field_text(fields.get("title")) or "")
    for cell in cells:
        _add(cell, found)
    blocks, title, first = found.blocks, found.title, 0
    if not title and len(blocks) > 1 and (blocks[0].kind == "heading" or headed(blocks)):
        title, first = blocks[0].text, 1
    if not blocks:
        raise UnusableError("no text in it, only code" if cells else "no text in it")
    title = title or file_names.title(path)
    yield article(title, _paragraphs(blocks, first, found.code), printable(path), "", fields, told(found.dropped))


def _paragraphs(blocks: Sequence[Block], first: int, code: Set[int]) -> list[Paragraph]:
    """Return the paragraphs of blocks from the `first` on; what leads to code that is gone does not lead further."""
    found: list[Paragraph] = []
    begun = first
    for end in sorted({*(at for at in code if at > first), len(blocks)}):
        # A heading opens what comes below it, behind code too.
        while begun < end < len(blocks) and blocks[end - 1].kind == "heading":
            end -= 1  # noqa: PLW2901 - the same end
        found += joined(blocks[begun:end])
        begun = end
    return found


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text, strict=False)
    except ValueError as error:
        raise UnusableError(f"a damaged notebook ({error})") from error
    if not isinstance(value, dict):
        raise UnusableError("it is no notebook of Jupyter: it holds no cells")
    return value


def _cells(notebook: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the cells; up to version 3 of the format they lie in worksheets."""
    worksheets = notebook.get("worksheets")
    sheets = [notebook, *(worksheets if isinstance(worksheets, list) else ())]
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    if not any(isinstance(cells, list) for cells in lists):
        raise UnusableError("it is no notebook of Jupyter: it holds no cells")
    for cells in lists:
        yield from (cell for cell in (cells if isinstance(cells, list) else ()) if isinstance(cell, dict))


def _metadata(notebook: Mapping[str, Any]) -> dict[str, object]:
    """Return what a notebook states of itself; its name is that of its file, and its language one of programs."""
    stated = notebook.get("metadata")
    known = ("title", "authors", "author", "date")
    return {name: stated[name] for name in known if name in stated} if isinstance(stated, dict) else {}


def _source(cell: Mapping[str, Any]) -> str:
    """Return the text of a cell: a string, or its pieces with their line ends."""
    source = cell.get("source", cell.get("input"))
    pieces = source if isinstance(source, list) else [source]
    return "".join([piece for piece in pieces if isinstance(piece, str)])


def _add(cell: Mapping[str, Any], found: _Notebook) -> None:
    kind, source = cell.get("cell_type"), _source(cell)
    if kind == "heading":
        level = cell.get("level")
        depth = level if isinstance(level, int) and 1 <= level <= 6 else 1
        kind, source = "markdown", f"{'#' * depth} {one_line(source)}"
    if kind not in ("markdown", "html"):
        if source.strip():
            found.dropped.append(Dropped(one_line(source[:_SHOWN]), _NO_WORDS.get(str(kind), "a cell without words")))
            found.code.add(len(found.blocks))
        found.dropped += [Dropped(text, _OUTPUT) for text in filter(None, map(_printed, _outputs(cell)))]
        return
    found.left -= len(source)
    if found.left < 0:
        raise UnusableError(f"more than {MOST_BYTES >> 20} MiB of text in its cells; split it")
    # Each by itself: what one leaves open ends with it.
    part = document(commonmark(source, found.dropped, mdx=False), found.title, found.dropped)
    found.title = found.title or part.title
    found.blocks += part.blocks


def _outputs(cell: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    outputs = cell.get("outputs")
    yield from (one for one in (outputs if isinstance(outputs, list) else ()) if isinstance(one, dict))


def _printed(output: Mapping[str, Any]) -> str:
    """Return the beginning of what code printed, "" for pictures, tables and errors."""
    text = output.get("text") if output.get("output_type") == "stream" else None
    pieces = text if isinstance(text, list) else [text]
    return one_line("".join(piece for piece in pieces if isinstance(piece, str))[:_SHOWN])
