"""Wikitext as blocks, in time that grows with its length alone; nothing is fetched, and no template is called."""

from dataclasses import dataclass

from index.model import Dropped
from index.sources.blocks.blocks import Block
from index.sources.exports.wiki_braces import Braces
from index.sources.exports.wiki_inline import with_lines
from index.sources.exports.wiki_lines import Lines
from index.sources.exports.wiki_links import Wiki
from index.sources.exports.wiki_tags import Kept, without_tags


@dataclass(frozen=True, slots=True)
class Page:
    """The blocks of a page, and what was left out."""

    blocks: list[Block]
    dropped: list[Dropped]


def page_of(title: str, text: str, wiki: Wiki) -> Page:
    """Return what a page says.

    >>> page = page_of("Light", "A '''light''' of {{convert|40|m|ft}}.{{cn|date=May}}\\n\\n== Notes ==\\n", Wiki())
    >>> page.blocks
    [Block(text='A light of 40 m.', kind='paragraph')]
    """
    kept = Kept()
    text = without_tags(text.replace("\r\n", "\n"), kept)
    braces = Braces(title, wiki, kept)
    lines = Lines(kept)
    blocks = lines.blocks(with_lines(braces.expanded(text)))
    return Page(blocks, [*braces.dropped, *lines.dropped])
