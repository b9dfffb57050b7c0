"""A text that came with a title beside it, or with none: the title again above it, labels of a page, first words."""

from dataclasses import dataclass, field

from index.model import Dropped, Paragraph
from index.sources.blocks.blocks import Block, joined
from index.sources.text.page import is_headline
from index.sources.text.page_lines import ADVERTISEMENT, RELATED, SHARE, kind_of

_TITLE_CHARACTERS = 300
_TITLE_WORDS = 8
# A label beside another short line is part of what both say: "Print", "The Coast Post, box 12".
_LABEL_CHARACTERS = 40
_LABELS = (SHARE, RELATED, ADVERTISEMENT)


@dataclass(slots=True)
class Titled:
    """A title, the paragraphs below it, and what was left out."""

    title: str
    paragraphs: list[Paragraph]
    dropped: list[Dropped] = field(default_factory=list)


def titled(title: str, blocks: list[Block]) -> Titled:
    """Return a text under its title; without one, that is a headline above the text, else its first words.

    >>> titled("", [Block("It rained on the quay.")]).title
    'It rained on the quay.'
    """
    dropped: list[Dropped] = []
    if len(blocks) > 1 and _is_title(blocks[0], title):
        if title:
            dropped.append(Dropped(blocks[0].text, "the title again"))
        title, blocks = title or blocks[0].text, blocks[1:]
    return with_title(Titled(title, joined(_without_labels(blocks, dropped)), dropped))


def with_title(text: Titled) -> Titled:
    """Return a text whose title is nobody's headline, or missing, with its first words as one."""
    if len(text.title) > _TITLE_CHARACTERS:
        # It is kept as text.
        text.paragraphs.insert(0, Paragraph(text.title))
        text.title = ""
    if not text.title and text.paragraphs:
        text.title = first_words(text.paragraphs[0].text)
    return text


def first_words(text: str) -> str:
    """Return a title for a text that has none.

    >>> first_words("The ferry left at noon, and nobody rang the bell of the quay.")
    'The ferry left at noon, and nobody rang…'
    """
    words = text[:_TITLE_CHARACTERS].split()
    if len(words) > _TITLE_WORDS:
        return " ".join(words[:_TITLE_WORDS]) + "…"
    return (text if len(text) <= 80 else text[:60] + "…").replace("\n", " ")


def _is_title(block: Block, title: str) -> bool:
    """Return whether the first block is the title again, or reads as one where none is stated."""
    if title:
        return len(block.text) == len(title) and block.text.casefold() == title.casefold()
    return "\n" not in block.text and (block.kind == "heading" or is_headline(block.text))


def _without_labels(blocks: list[Block], dropped: list[Dropped]) -> list[Block]:
    """Return the blocks without labels such as "Read more" between sentences; one beside a short line is text."""
    short = {at for at, block in enumerate(blocks) if len(block.text) <= _LABEL_CHARACTERS}
    if not short:
        return blocks
    alone = [at for at in sorted(short) if len(blocks) > 1 and not {at - 1, at + 1} & short]
    labels = {at for at in alone if blocks[at].kind in ("paragraph", "heading") and kind_of(blocks[at].text) in _LABELS}
    if not labels:
        return blocks
    dropped += [Dropped(blocks[at].text, "a label of the page") for at in sorted(labels)]
    return [block for at, block in enumerate(blocks) if at not in labels]
