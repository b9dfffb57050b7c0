"""Split a page as pasted from a news site into its articles, without what the site puts around them.

Such a page repeats the headline and the picture captions around widgets (text size, share buttons), and a file
may hold several pages. What is taken out is kept in `Draft.dropped`: no word disappears unseen.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from index.model import Dropped, Paragraph
from index.sources.blocks.blocks import joined
from index.sources.blocks.layout import count_words, ends_a_sentence, text_lines
from index.sources.blocks.running_heads import without_running_heads
from index.sources.blocks.text_blocks import text_blocks
from index.sources.blocks.text_headings import without_sign
from index.sources.text.page import Page, could_be_title, is_boilerplate, is_headline, short
from index.sources.text.page_head import Head, chrome, head_of
from index.sources.text.page_lines import BYLINE, COMMENTS, MENU, RELATED, REPLY, SHARE, STAMP, is_page, url_of
from index.sources.text.page_tail import debris

__all__ = ["Draft", "is_boilerplate", "is_headline", "split_pasted"]

# A first line without an echo is believed to be a title up to this length: many languages' paragraphs end
# without a full stop.
_PLAIN_TITLE_WORDS = 20
_NAVIGATION_WORDS = 5
_LINES_BEFORE_ECHO = 12
_LINES_ABOUT = 4
_SIGNS = "a line of signs"
_ENDS = frozenset((".", "!", "?", "؟", "…", "۔", "।"))
_LONGEST_TITLE_WORDS = 40
_WORDS_BELOW_A_WORD = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """One article of a pasted page: `title` is "" when it has none, `dropped` the lines taken out, in order."""

    title: str
    paragraphs: tuple[Paragraph, ...]
    dropped: tuple[Dropped, ...] = ()
    url: str | None = None
    author: str | None = None


def split_pasted(text: str) -> list[Draft]:
    """Return the articles of a pasted page or plain text file, in order; [] when it holds no text.

    >>> lines = ["Rain at Last", "", "A wet street", "A wet street", "TT", "", "Rain at Last", "", "It rained in Ayr."]
    >>> [draft] = split_pasted("\\n".join(lines))
    >>> draft.title, [(paragraph.text, paragraph.kind) for paragraph in draft.paragraphs]
    ('Rain at Last', [('A wet street', 'caption'), ('It rained in Ayr.', 'paragraph')])
    >>> [(dropped.text, dropped.reason) for dropped in draft.dropped]
    [('A wet street', 'the caption again'), ('TT', 'a widget'), ('Rain at Last', 'the headline again')]
    """
    without, heads = without_running_heads(text)
    page = Page.of(text_lines(without))
    if heads and not any(page.keys):
        page, heads = Page.of(text_lines(text)), []
    if not any(page.keys):
        return []
    segments = page.segments()
    gaps = [begin for begin, _ in segments]
    starts = _starts(page, segments)
    paged = is_page(page.lines, page.kinds) or (
        page.repeats and any(page.last_echo(title) > title for _, title in starts if title >= 0)
    )
    drafts = [
        _draft(page, begin, title, end, gaps, paged=paged)
        for (begin, title), (end, _) in pairwise([*starts, (len(page.lines), -1)])
    ]
    drafts = _without_navigation([draft for draft in drafts if draft.paragraphs or draft.dropped])
    if not drafts:
        # Labels alone are a list of labels.
        return [Draft("", tuple(joined(text_blocks(page.raw))))]
    if heads:
        first = drafts[0]
        told = tuple(Dropped(line, "a running head") for line in heads)
        drafts[0] = Draft(first.title, first.paragraphs, (*told, *first.dropped), first.url, first.author)
    return drafts


def _starts(page: Page, segments: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return where each article begins, and the line of its headline, -1 for none."""
    starts: list[tuple[int, int]] = []
    sign = ""
    for begin, end in segments:
        title, at = _headline(page, begin, end, sign, first=not begin)
        if not begin:
            starts.append((begin, title))
            sign = page.underlined(title) if title >= 0 else ""
        elif title >= 0:
            starts.append((begin, title))
        commented = False
        while page.repeats and at < end:
            below = at
            commented = commented or page.kinds[at] == COMMENTS
            if page.last_echo(at) > at and not (commented and _is_commenter(page, at, end)):
                starts.append((at, at))
                below = head_of(page, at, end).end - 1
            at = page.next_text(below + 1, end)
    return starts


def _is_commenter(page: Page, at: int, end: int) -> bool:
    """Return whether a line among comments is the name of a reader, who may write more than one."""
    return any(page.kinds[line] in (STAMP, REPLY) for line in range(at + 1, min(end, at + 3)))


def _headline(page: Page, begin: int, end: int, sign: str, *, first: bool) -> tuple[int, int]:
    """Return the headline of the lines between two gaps and the first text below its head.

    -1 and the first text of all when there is none: they go on with what was before.
    """
    for count, at in enumerate(page.texts(begin, end) if page.repeats else ()):
        line = page.lines[at]
        if page.kinds[at] in (COMMENTS, RELATED):
            break
        # A caption comes twice in a row below its headline.
        if page.last_echo(at) > at and not (count and page.keys[at + 1] == page.keys[at]):
            return at, page.next_text(head_of(page, at, end).end, end)
        if count == _LINES_BEFORE_ECHO or len(line) > 80 or (ends_a_sentence(line) and count_words(line) > 8):
            break
    top = page.next_text(begin, end)
    may_be = could_be_title if first else is_headline
    for at in dict.fromkeys((page.next_text(chrome(page, begin, end), end), top)):
        # In a text that underlines its headings others are those of sections.
        if (
            at < end
            and not page.kinds[at]
            and may_be(page.lines[at])
            and (first or page.underlined(at) == sign or not sign)
        ):
            below = page.next_text(head_of(page, at, end).end, end)
            if below < end and (not first or _is_first_title(page, at, below, end)):
                return at, below
    return -1, top


def _is_first_title(page: Page, at: int, below: int, end: int) -> bool:
    """Return whether a line is the title of what follows, whose first text is that `below`, by its looks alone."""
    line = page.lines[at]
    if page.underlined(at):
        return True
    body = page.lines[below]
    alone = page.blank(at + 1) or page.keys[at + 1] == page.keys[at]
    size = count_words(line)
    if size == 1:
        # A word alone heads something that says more.
        return alone and len(line) > 1 and line.isalpha() and page.kinds[at] != MENU and _says_more(page, below, end)
    if not is_headline(line) and not (could_be_title(line) and size <= _LONGEST_TITLE_WORDS):
        return False
    if size > _PLAIN_TITLE_WORDS and not ends_a_sentence(line):
        following = [page.lines[text] for _, text in zip(range(3), page.texts(below, end), strict=False)]
        return alone and all(map(ends_a_sentence, following))
    if alone or len(body) >= max(60, 1.5 * len(line)) or page.kinds[at + 1]:
        return True
    return _is_above_names(page, at, end)


def _is_above_names(page: Page, at: int, end: int) -> bool:
    """Return whether few lines about the article stand right below a headline, above who wrote it and when."""
    last = next((line for line in range(at + 1, end) if page.blank(line + 1)), end)
    if last - at > _LINES_ABOUT or any(ends_a_sentence(page.lines[line]) for line in range(at + 1, min(last + 1, end))):
        return False
    after = page.next_text(last + 1, end)
    return after < end and page.kinds[after] in ((BYLINE, STAMP) if last == at + 1 else (BYLINE, STAMP, SHARE))


def _says_more(page: Page, below: int, end: int) -> bool:
    """Return whether the lines from `below` on, up to a blank one, say more than a word as a headline does."""
    words = 0
    for at in range(below, end):
        if page.blank(at) or words > _WORDS_BELOW_A_WORD:
            break
        words += count_words(page.lines[at])
    return words > _WORDS_BELOW_A_WORD


def _draft(page: Page, begin: int, title: int, end: int, gaps: list[int], *, paged: bool) -> Draft:
    head = head_of(page, title, end, paged=paged) if title >= 0 else Head(begin, {}, None)
    reasons = head.reasons | _above(page, begin, title)
    if paged:
        edges = gaps[bisect_right(gaps, head.end) : bisect_left(gaps, end)]
        for first, last in pairwise([head.end, *edges, max(end, head.end)]):
            reasons |= debris(page, first, last)
    for at in page.bare[bisect_left(page.bare, begin) : bisect_left(page.bare, end)]:
        line = page.lines[at]
        if not any(map(str.isalnum, line)):
            if line in _ENDS and at > begin and page.keys[at - 1] and at - 1 != title:
                # That of the sentence above, where no space was left for it.
                reasons.pop(at, None)
            else:
                reasons.setdefault(at, _SIGNS)
    body = page.raw[begin:end]
    for at in reasons.keys() - page.underlines:
        body[at - begin] = ""
    captions: list[Paragraph] = []
    if title >= 0:
        captions = [
            Paragraph(page.lines[at], "caption")
            for at in range(title + 1, head.end)
            if page.lines[at] and at not in reasons
        ]
        body[title - begin : head.end - begin] = [""] * (head.end - title)
    contents = captions + joined(text_blocks(body))
    dropped = tuple(Dropped(page.lines[at], reasons[at]) for at in sorted(reasons))
    url = next((url_of(page.lines[at]) for at in range(begin, title) if url_of(page.lines[at])), None)
    if not contents and title >= 0:
        return Draft("", (Paragraph(page.lines[title]),), dropped, url, head.author)
    headline = without_sign(page.lines[title]) if title >= 0 else ""
    return Draft(headline, tuple(contents), dropped, url, head.author)


def _above(page: Page, begin: int, title: int) -> dict[int, str]:
    """Return the lines above a headline that are a site's, each with what it is."""
    reasons: dict[int, str] = {}
    for at in range(begin, title):
        line, kind = page.lines[at], page.kinds[at]
        if line and (kind or not page.keys[at] or short(line, _NAVIGATION_WORDS)):
            reasons[at] = kind or (MENU if page.keys[at] else _SIGNS)
    return reasons


def _without_navigation(drafts: list[Draft]) -> list[Draft]:
    """Return the drafts without a first one that is only a site's menu or section name above a headline."""
    if len(drafts) > 1 and not drafts[0].title:
        first, head = drafts[:2]
        lines = [line for paragraph in first.paragraphs for line in paragraph.text.split("\n")]
        if all(count_words(line) <= _NAVIGATION_WORDS and not ends_a_sentence(line) for line in lines):
            told = tuple(Dropped(line, MENU) for line in lines)
            drafts = [
                Draft(head.title, head.paragraphs, (*told, *first.dropped, *head.dropped), head.url, head.author),
                *drafts[2:],
            ]
    return [draft for draft in drafts if draft.paragraphs]
