"""The blocks of a document, and the paragraphs they become: a heading or a lead-in belongs to what follows it.

Every reader that knows its format's structure gives blocks; `joined` makes paragraphs of them in one way for all.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal

from index import tuning
from index.analysis.sentences import is_question
from index.model import Dropped, Paragraph
from index.sources.blocks.layout import count_words

# What was left out is told, not kept.
MOST_DROPPED, DROPPED_CHARACTERS = 100, 200

BlockKind = Literal["heading", "paragraph", "list", "table", "code", "caption"]

# A longer paragraph that ends with a colon says enough by itself.
_LEAD_IN_WORDS = 30
# So does a longer entry where its list fills more than a passage.
_ENTRY_WORDS = 30
# A part, a chapter, a section and one in it; more have lost what stood below them.
_MOST_OPENERS = 4
_HEADING_WORDS = 12
_NO_HEADING_ENDS = (".", ",", ";", "…", "。", "।", "۔", "،", "؛", "，", "、")
COLONS = (":", "：", "﹕", "︓")
# Questions and answers: so many questions at least, none right after another, and of the blocks such a share.
_QUESTIONS, _QUESTIONS_SHARE = 2, 0.2
# What people say to each other in a story is a dialogue.
_SPOKEN = ("–", "—", "- ", "“", "”", "„", "«", "»", "‘", '"', "'")


# Not frozen: to make one would take three times as long.
@dataclass(slots=True)
class Block:
    """One block of a document, its white space normalised.

    A "list" holds an entry on each line, a "table" a row on each line below its header row (without a header it is a
    "list"), "code" its lines as they stand; a paragraph may hold line breaks that its author made (verse). `fragment`
    says where it begins, as that of a `Paragraph` does.
    """

    text: str
    kind: BlockKind = "paragraph"
    fragment: str | None = None


def joined(blocks: Iterable[Block]) -> list[Paragraph]:
    r"""Return the paragraphs of `blocks`: headings and a short paragraph that ends with a colon open what follows.

    So do short questions, where one after another is answered. They stand on lines of their own. A caption takes no
    heading with it. A table that fills more than a passage becomes several paragraphs that each begin with its header
    row.

    >>> [paragraph] = joined([Block("Prices", "heading"), Block("A berth costs:"), Block("240", "list")])
    >>> paragraph.text
    'Prices\nA berth costs:\n240'
    """
    found: list[Paragraph] = []
    openers: list[str] = []
    place: str | None = None
    lead_in = False
    blocks = [block for block in blocks if block.text]
    asked = _asked(blocks)
    for at, block in enumerate(blocks):
        if block.kind == "paragraph" and not openers and at not in asked and not block.text.endswith(COLONS):
            found.append(Paragraph(block.text, "paragraph", block.fragment))
            continue
        if block.kind == "caption":
            found.append(Paragraph(block.text, "caption", block.fragment))
            continue
        if block.kind == "heading" and (lead_in or len(openers) >= _MOST_OPENERS):
            found.append(Paragraph("\n".join(openers), fragment=place))
            openers.clear()
        if not openers:
            place = block.fragment
        lead_in = at in asked or is_lead_in(block)
        if lead_in or block.kind == "heading":
            openers.append(block.text)
            continue
        pieces = list(_rows_with_header(block.text)) if block.kind == "table" else [block.text]
        found.append(Paragraph("\n".join([*openers, pieces[0]]), fragment=place))
        found.extend(Paragraph(piece, fragment=block.fragment) for piece in pieces[1:])
        openers.clear()
    if openers:
        found.append(Paragraph("\n".join(openers), fragment=place))
    return found


def told(dropped: Iterable[Dropped]) -> tuple[Dropped, ...]:
    """Return the first 100 of the texts that a reader left out, each cut to 200 characters."""
    return tuple(Dropped(one.text[:DROPPED_CHARACTERS], one.reason) for one in islice(dropped, MOST_DROPPED))


def is_lead_in(block: Block) -> bool:
    """Return whether `block` is a short paragraph that ends with a colon, and says little without what follows."""
    return (
        block.kind == "paragraph"
        and block.text.endswith(COLONS)
        and "\n" not in block.text
        and count_words(block.text) <= _LEAD_IN_WORDS
    )


def _asked(blocks: Sequence[Block]) -> frozenset[int]:
    """Return which blocks are short questions of a text that answers each in what follows it."""
    asked = [at for at, block in enumerate(blocks) if is_question(block.text) and _stands_alone(block)]
    alone = all(after - before > 1 for before, after in pairwise(asked))
    return frozenset(asked if alone and len(asked) >= max(_QUESTIONS, _QUESTIONS_SHARE * len(blocks)) else ())


def _stands_alone(block: Block) -> bool:
    return (
        block.kind in ("paragraph", "list")
        and not block.text.startswith(_SPOKEN)
        and "\n" not in block.text
        and count_words(block.text) <= _LEAD_IN_WORDS
    )


def heads(text: str, following: str, kind: BlockKind) -> bool:
    """Return whether a paragraph that is all bold is the heading of the block below it, which says more.

    >>> heads("Prices", "A berth costs 240 crowns.", "paragraph"), heads("Read this.", "It rained.", "paragraph")
    (True, False)
    """
    if kind in ("heading", "caption") or "\n" in text or text.endswith(_NO_HEADING_ENDS):
        return False
    return count_words(text) <= _HEADING_WORDS and len(following) > len(text) and any(map(str.isalnum, text))


def list_blocks(entries: Sequence[str]) -> Iterator[Block]:
    """Yield a list as one block when it fits in a passage, else with its long entries as blocks of their own."""
    sizes = list(map(count_words, entries))
    if sum(sizes) <= tuning.PASSAGE_WORDS:
        yield Block("\n".join(entries), "list")
        return
    together: list[str] = []
    filled = 0
    for text, size in zip(entries, sizes, strict=True):
        if together and (size > _ENTRY_WORDS or filled + size > tuning.PASSAGE_WORDS):
            yield Block("\n".join(together), "list")
            together, filled = [], 0
        if size > _ENTRY_WORDS:
            yield Block(text, "list")
        else:
            together.append(text)
            filled += size
    if together:
        yield Block("\n".join(together), "list")


def _rows_with_header(table: str) -> Iterator[str]:
    """Yield a table in pieces of at most about a passage's words, the header row at the top of each.

    A header that fills half a passage or more stands above the first piece alone.
    """
    header, *rows = table.split("\n")
    head_words = count_words(header)
    piece, filled = [header], 0
    most = tuning.PASSAGE_WORDS - head_words
    again = [header]
    if 2 * head_words > tuning.PASSAGE_WORDS:
        again, most = [], tuning.PASSAGE_WORDS
    for row in rows:
        size = count_words(row)
        if filled and filled + size > most:
            yield "\n".join(piece)
            piece, filled = [*again], 0
        piece.append(row)
        filled += size
    yield "\n".join(piece)
