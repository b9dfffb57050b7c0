"""Tables of wikitext, line by line."""

import re
from dataclasses import dataclass, field
from typing import Final

from index.sources.blocks.blocks import Block
from index.sources.exports.wiki_inline import plain_line
from index.sources.exports.wiki_tags import Kept

_BAR_OF_LINKS = re.compile(r"navbox|metadata|ambox|vertical-navbox|toccolours|plainlinks", re.I)
_ATTRIBUTES = re.compile(r"[^|\[\]\n]{0,1000}?\|(?!\|)")
_MOST_CELLS: Final = 200


@dataclass(slots=True)
class Table:
    """A table that is being read; `depth` counts the tables that are open inside each other."""

    attributes: str
    depth: int = 1
    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)
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
            self.caption = _ATTRIBUTES.sub("", bare[2:], count=1) if self.depth == 1 else self.caption
        elif bare.startswith(("|", "!")):
            self._cells(bare)
        else:
            self._go_on(line)
        return self.depth > 0

    def blocks(self, kept: Kept) -> list[Block]:
        """Return the table as a block, below its caption; none where it is a bar of links."""
        if _BAR_OF_LINKS.search(self.attributes):
            return []
        rows = [[plain_line(cell, kept).replace("\n", " ") for cell in row[:_MOST_CELLS]] for row in self.rows]
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
        cells = [_ATTRIBUTES.sub("", cell, count=1) for cell in cells]
        if self.depth > 1 and self.rows[-1]:
            self._go_on(" ".join(cells))
            return
        self.rows[-1] += cells
        self.header[-1] = self.header[-1] and is_header

    def _go_on(self, line: str) -> None:
        if self.rows and self.rows[-1]:
            # Pieces are joined once, for a cell may have many lines.
            self.rows[-1][-1] += f"\x06{line.strip()}"
        elif self.caption:
            self.caption += f" {line.strip()}"
