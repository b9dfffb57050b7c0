"""What stands within and below the text of a page: advertisements, links elsewhere, tags, comments, the footer."""

from index.sources.blocks.layout import count_words, ends_a_sentence
from index.sources.text.page import Page, short
from index.sources.text.page_lines import (
    BYLINE,
    COMMENTS,
    FOOTER,
    LIVE,
    MENU,
    RELATED,
    REPLY,
    STAMP,
    TAGS,
)

_LINK_WORDS = 20
_LINK_CHARACTERS = 150
_MOST_LINKS = 15
_TAG_WORDS = 5
_COLONS = (":", "：")


def debris(page: Page, begin: int, end: int) -> dict[int, str]:
    """Return the lines of range(begin, end) that a site put into or below the text, each with what it is."""
    reasons: dict[int, str] = {}
    answered = max((line for line in range(begin, end) if page.kinds[line] in (REPLY, STAMP)), default=-1)
    at = begin
    while at < end:
        kind = page.kinds[at]
        if not kind or kind in (BYLINE, LIVE) or (kind == MENU and not _in_menu(page, at)):
            at += 1
            continue
        below = _section_end(page, at, end, kind, answered)
        for line in range(at, below):
            if page.lines[line]:
                reasons[line] = page.kinds[line] or kind
        at = below
    return reasons


def _section_end(page: Page, at: int, end: int, kind: str, answered: int) -> int:
    """Return the line below what the label at `at` opens: links, tags, comments; below the label itself at least.

    `answered` is the last line that only comments have: they are answered, reported, or minutes old.
    """
    if kind == COMMENTS and answered > at:
        return end
    words = {RELATED: _LINK_WORDS, COMMENTS: _LINK_WORDS, TAGS: _TAG_WORDS, FOOTER: _TAG_WORDS}.get(kind, 0)
    if kind == TAGS and not page.lines[at].endswith(_COLONS) and any(map(page.lines[at].__contains__, _COLONS)):
        # The tags stand beside their label.
        words = 0
    last, line, links = at, at + 1, 0
    while words and line < end and links < _MOST_LINKS:
        if page.kinds[line] in (RELATED, TAGS, COMMENTS, FOOTER) and page.kinds[line] != kind:
            break
        if page.lines[line]:
            if not page.kinds[line] and not _is_link(page.lines[line], words):
                break
            links += not page.kinds[line]
            last = line
        line += 1
    return last + 1


def _is_link(line: str, words: int) -> bool:
    if len(line) > _LINK_CHARACTERS or count_words(line) > words:
        return False
    return not ends_a_sentence(line) or line.endswith(("?", "!", "؟", "？", "！", "…"))


def _in_menu(page: Page, at: int) -> bool:
    """Return whether a section's name stands in a menu: beside another, not alone as a heading would."""
    if not short(page.lines[at], 3):
        return True
    near = page.kinds[max(0, at - 1) : at] + page.kinds[at + 1 : at + 2]
    return any(kind in (MENU, FOOTER) for kind in near)
