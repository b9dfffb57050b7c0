"""Tables of wikitext, line by line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from index.sources.blocks.blocks import Block
from index.sources.exports.wiki_inline import plain_line
from index.sources.exports.wiki_tags import HOLE, LINE_BREAK, Kept

_BAR_OF_LINKS = re.compile(r"navbox|metadata|ambox|vertical-navbox|toccolours|plainlinks", re.I)
_ONLY_ATTRIBUTES = re.compile(
    r"\s*(?:(?:align|abbr|bgcolor|class|colspan|data-[\w-]+|headers|height|id|lang|nowrap|rowspan|scope|style|title|valign"
    r"|width)\s*=\s*(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'|]++)\s*+)+",
    re.I,
)
_LONGEST_ATTRIBUTES: Final = 1000
_MOST_CELLS: Final = 200


@dataclass(slots=True)
class Table:
    """A table that is being read; `depth` counts the tables that are open inside each other."""

    attributes: str
    depth: int = 1
    caption: str = ""
    # Each cell in pieces, for it may have many lines.
    rows: list[list[list[str]]] = field(default_factory=list)
    header: list[bool] = field(default_factory=list)

    def add(self, line: str) -> bool:
        """Take a line; return whether the table goes on behind it."""
        bare = line.lstrip(" :*")
        if bare.startswith("{|"):
            self.depth += 1
        elif bare.startswith("|}"):
            self.depth -= 1
        elif bare.startswith("|-"):
            if self.depth == 1:
                self.rows.append([])
                self.header.append(True)
        elif bare.startswith("|+"):
            self.caption = _without_attributes(bare[2:]) if self.depth == 1 else self.caption
        elif bare.startswith(("|", "!")):
            self._cells(bare)
        else:
            self._go_on(line)
        return self.depth > 0

    def cells(self) -> Iterator[str]:
        """Yield the cells as they were written."""
        yield from ("".join(cell) for row in self.rows for cell in row)

    def blocks(self, kept: Kept) -> list[Block]:
        """Return the table as a block, below its caption; none where it is a bar of links."""
        if _BAR_OF_LINKS.search(self.attributes):
            return []
        rows = [[plain_line("".join(cell), kept).replace("\n", " ") for cell in row[:_MOST_CELLS]] for row in self.rows]
        filled = [(row, head) for row, head in zip(rows, self.header, strict=True) if any(row)]
        if not filled:
            return []
        kind = "table" if len(filled) > 1 and filled[0][1] else "list"
        text = "\n".join(" | ".join(filter(None, row)) for row, _ in filled)
        caption = plain_line(self.caption, kept).replace("\n", " ")
        return [*([Block(caption, "heading")] if caption else []), Block(text, "table" if kind == "table" else "list")]

    def _cells(self, line: str) -> None:
        if not self.rows:
            self.rows.append([])
            self.header.append(True)
        is_header = line.startswith("!")
        cells = (line[1:].replace("!!", "||") if is_header else line[1:]).split("||")
        cells = list(map(_without_attributes, cells))
        if self.depth > 1 and self.rows[-1]:
            self._go_on(" ".join(cells))
            return
        self.rows[-1] += [[cell] for cell in cells]
        self.header[-1] = self.header[-1] and is_header

    def _go_on(self, line: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1].append(f"{LINE_BREAK}{line.strip()}")
        elif self.caption and len(self.caption) < _LONGEST_ATTRIBUTES:
            self.caption += f" {line.strip()}"


def _without_attributes(cell: str) -> str:
    before, bar, rest = cell.partition("|")
    if bar and len(before) < _LONGEST_ATTRIBUTES:
        return rest
    # A template that wrote "| yes" behind them is not called.
    return "" if "=" in cell and _ONLY_ATTRIBUTES.fullmatch(cell.rstrip(HOLE)) else cell
