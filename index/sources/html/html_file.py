"""Read saved web pages (.html, .htm, .xhtml): the blocks of the page's text, and what the page states of itself."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from index.model import Article, Dropped, Paragraph, Skipped
from index.sources.blocks.blocks import joined, told
from index.sources.blocks.html_blocks import page_of
from index.sources.blocks.html_tree import parsed
from index.sources.blocks.layout import one_line, text_lines
from index.sources.blocks.markup import plain
from index.sources.blocks.page_blocks import PageBlock
from index.sources.blocks.text_blocks import text_blocks
from index.sources.blocks.text_headings import marked_lists
from index.sources.encodings.encoding import decode
from index.sources.fields import file_names
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.front_matter import FrontMatter, fenced, fields_of_front_matter, told_fault
from index.sources.fields.records import article, field_text
from index.sources.files.streams import UnusableError, read_bytes
from index.sources.files.walk import printable
from index.sources.html.main import Choice, chosen
from index.sources.html.metadata import Metadata, metadata
from index.sources.html.neighbours import shares_its_title
from index.sources.html.signature import signature, signature_of
from index.sources.html.templates import is_template, without_templates
from index.sources.html.title import title_of
from index.sources.text.gutenberg import without_notices
from index.sources.text.pasted import is_boilerplate

# A page is parsed as a whole, at about a second for each MiB.
PAGE_BYTES = 16 << 20
_CHARSET = re.compile(
    rb"""<(?:meta\b[^>]{0,200}?charset\s*=|\?xml\b[^>]{0,80}?encoding\s*=)\s*["']?([\w.:-]{2,40})""", re.I
)
_MUCH_LESS = 0.5
_SENT_ON_CHARACTERS = 300
# A page is told whose text was mostly left out, when that was at least so many words.
_MOSTLY, _MANY_WORDS = 0.5, 150


def read(path: Path, field_map: FieldMap = NO_MAP, charset: str | None = None) -> Iterator[Article | Skipped]:
    """Yield the one article of a page, and `Skipped` for its parts when more than half of its words were left out.

    Its text is what trafilatura judges to be that, with what stands beside it on equal terms; or the page's JSON-LD
    `articleBody` when that is more than twice as long; or, where both are small parts of the page, all of it but
    menus and the like. Front matter above a page states more than the page; tags of templates go below it. A `charset`
    that came with it counts before the one that it states.
    """
    yield from page(read_bytes(path, PAGE_BYTES), path, printable(path), field_map, charset)


def page(
    raw: bytes, path: Path, place: str, field_map: FieldMap = NO_MAP, charset: str | None = None
) -> Iterator[Article | Skipped]:
    """Yield the same of the bytes of a page that was called `path`; `place` is where it is kept.

    A `charset` that came with it counts before the one that it states.
    """
    stated_inside = _CHARSET.search(raw[:4096])
    declared = charset or (stated_inside[1].decode("ascii") if stated_inside is not None else None)
    text = decode(raw, declared).replace("\0", "")
    front = fenced(text)
    if front is not None and front.fault:
        yield told_fault(place, front.fault)
    if front is None and is_template(text):
        raise UnusableError("a template, not an article")
    # In HTML these are no text; braces may be.
    filled_in = front is not None or "<%" in text
    root = parsed(without_templates(text if front is None else front.text) if filled_in else text)
    if root is None:
        raise UnusableError("no text in it")
    stated = metadata(root)
    page = page_of(root)
    if stated.leads_to and sum(len(block.text) for block in page.blocks) < _SENT_ON_CHARACTERS:
        raise UnusableError(f"it only sends its reader on to {stated.leads_to}")
    fields = _fields(path, stated, front, field_map)
    own = field_text(fields.get("title"))
    choice = chosen(root, page, [own or stated.title or "", stated.whole_title], news=stated.news)
    shared = stated.whole_title if shares_its_title(path, raw) else ""
    title = own or title_of(stated, choice.chosen, [block for block, _ in choice.dropped], shared=bool(shared))
    if (signed := signature_of(choice.chosen, title)) is not None:
        stated.news = True
        fields |= {"author": fields["author"] or signed.author, "date": fields["date"] or signed.date}
    body, dropped = _body(choice, title, stated, shared)
    linked = _paragraphs(plain(stated.body))
    if _better(linked, [paragraph.text for paragraph in body]):
        body, dropped = list(map(Paragraph, linked)), ()
    if not body:
        raise UnusableError("no text in it")
    if dropped and choice.words_dropped > max(_MANY_WORDS, _MOSTLY * (choice.words_chosen + choice.words_dropped)):
        yield _told(place, choice)
    yield article(title or file_names.title(path), body, place, "", fields, dropped)


def _fields(path: Path, stated: Metadata, front: FrontMatter | None, field_map: FieldMap) -> dict[str, object]:
    """Return what is stated above a page and in it; a page below front matter is a post, whose name may be dated."""
    fields: dict[str, object] = {"source": stated.site, "url": stated.url, "author": stated.author}
    fields |= {"date": stated.date, "language": stated.language}
    if front is None:
        return fields
    fields["date"] = stated.date or file_names.stated_date(path)
    return fields | fields_of_front_matter(front.values, field_map)


def _told(place: str, choice: Choice) -> Skipped:
    share = round(100 * choice.words_dropped / (choice.words_chosen + choice.words_dropped))
    reason = f"{share} % of its words were left out as no part of its text; quoth index --show FILE lists them"
    return Skipped(place, reason)


def _body(choice: Choice, title: str, stated: Metadata, shared: str) -> tuple[list[Paragraph], tuple[Dropped, ...]]:
    """Return the paragraphs of what was chosen, without the headline and labels, and all that was left out.

    `shared` is the title that other pages beside it have as well: the name of their site.
    """
    blocks: list[PageBlock] = []
    dropped: list[Dropped] = []
    sites = {shared, stated.site or ""} - {""}
    for block in choice.chosen:
        # Where nothing is marked as a heading the headline is a first line as others are.
        if (block.kind == "heading" or not blocks) and one_line(block.text) == title:
            dropped.append(Dropped(block.text, "the headline again"))
        elif block.kind == "heading" and one_line(block.text) in sites:
            dropped.append(Dropped(block.text, "the name of the site"))
        elif stated.news and block.kind == "paragraph" and is_boilerplate(block.text):
            dropped.append(Dropped(block.text, "a label of the page"))
        elif (
            stated.news
            and block.kind == "paragraph"
            and (stated.is_said_in(block.text) or (not blocks and signature(block.text) is not None))
        ):
            dropped.append(Dropped(block.text, "the author and the date again"))
        else:
            blocks.append(block)
    if all(block.kind == "heading" for block in blocks) and len(blocks) < 2:
        blocks = choice.chosen
    kept, notices = without_notices([block.block() for block in blocks])
    return joined(marked_lists(kept)), told(chain(dropped, notices, choice.left_out()))


def _better(stated: Sequence[str], body: Sequence[str]) -> bool:
    """Return whether the body a page states is far longer than the one found, or the same in more paragraphs."""
    if _length(body) < _MUCH_LESS * _length(stated):
        return True
    return len(stated) > 2 * len(body) and _length(stated) > 0.9 * _length(body)


def _length(texts: Sequence[str]) -> int:
    return sum(len(text) + 1 for text in texts)


def _paragraphs(text: str) -> list[str]:
    return [paragraph.text for paragraph in joined(text_blocks(text_lines(text)))]
