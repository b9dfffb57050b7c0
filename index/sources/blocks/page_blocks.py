"""The blocks of a web page and of a piece of HTML, with what tells the text of a page from the frame around it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.sources.blocks.blocks import Block, BlockKind, heads
from index.sources.blocks.html_tree import Element

# That of a paragraph all of which is bold.
BOLD_LEVEL = 8
# The share of links in what is a menu by its place.
MENU_LINKED = 2.0


@dataclass(slots=True)
class PageBlock:
    """A block and where it stands on its page.

    `place` is the same for blocks that stand in elements of one class under the same parents, `frame` the number of
    the frame that holds it (0 for none), `leaves` the numbers of the leaves of the tree it is made of, `linked` the
    share of it that is links.
    """

    text: str
    kind: BlockKind
    level: int = 0
    place: int = 0
    frame: int = 0
    leaves: tuple[int, ...] = ()
    linked: float = 0.0

    def block(self) -> Block:
        """Return the block alone."""
        return Block(self.text, self.kind)


@dataclass
class Page:
    """The blocks of a page in reading order, what each frame on it is ("a menu", "hidden"), and the tree in short.

    Leaf number N of the tree stands in `places[N]`: the texts to mark (an element, and whether its tail is meant).
    `parents` names the place around each place, `depth` says how deep lists, tables and their parts are nested,
    `elements` how many there are, all rows of a table counted as wide as the widest.
    """

    blocks: list[PageBlock] = field(default_factory=list)
    frames: list[str] = field(default_factory=lambda: [""])
    places: list[list[tuple[Element, bool]]] = field(default_factory=list)
    parents: dict[int, int] = field(default_factory=dict)
    depth: int = 0
    elements: int = 0


@dataclass(slots=True)
class Cell:
    """A cell of a table, and over how many rows and columns it reaches."""

    blocks: list[PageBlock]
    heads: bool
    rows: int
    columns: int


@dataclass(slots=True)
class Sink:
    """An open list, table or figure (or a part of one), and the blocks that were met in it."""

    role: str
    element: Element | None
    place: int
    frame: int = 0
    blocks: list[PageBlock] = field(default_factory=list)
    parts: list[tuple[str, list[PageBlock]]] = field(default_factory=list)
    rows: list[tuple[bool, list[Cell]]] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    pictured: bool = False

    def size(self) -> int:
        """Return how many cells the rows of a table have when all are as wide as the widest."""
        return len(self.rows) * max((sum(cell.columns for cell in cells) for _, cells in self.rows), default=0)


def with_bold_headings(blocks: list[PageBlock]) -> list[PageBlock]:
    """Return the blocks, with headings made of the short bold paragraphs that stand above something else."""
    for block, following in pairwise(blocks):
        bold = block.level == BOLD_LEVEL and block.kind == "paragraph" and block.frame == following.frame
        if bold and following.level != BOLD_LEVEL and heads(block.text, following.text, following.kind):
            block.kind, block.level = "heading", 7
    return blocks


def merged(sink: Sink, text: str, kind: BlockKind, parts: Sequence[PageBlock]) -> PageBlock:
    """Return the block that all of a list or table becomes."""
    size = sum(len(part.text) for part in parts)
    linked = sum(len(part.text) * part.linked for part in parts) / max(1, size)
    leaves = tuple(leaf for part in parts for leaf in part.leaves)
    return PageBlock(text, kind, 0, sink.place, sink.frame, leaves, linked)
