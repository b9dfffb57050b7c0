"""What stands above and below a headline: a site's menu; echoes, captions, bylines, dates and buttons."""

import re
from dataclasses import dataclass

from index.sources.blocks.layout import count_words
from index.sources.fields.dates import iso_date
from index.sources.text.page import Page, could_be_title, short
from index.sources.text.page_lines import (
    ACCOUNT,
    ADVERTISEMENT,
    BYLINE,
    CRUMBS,
    LIVE,
    MENU,
    NOTICE,
    SHARE,
    STAMP,
    URL,
    byline_name,
    is_navigation,
)

_MENU_LINES = 3
_ENTRY_WORDS = 3
_NAME_WORDS = range(2, 5)
_ROLE_WORDS = 6
# So many lines of names and roles may stand between two that only a page has.
_NAMES = 3
_DAY_CHARACTERS = 40

_AGENCY = (
    "AFP|AP|REUTERS|Reuters|EPA|EFE|ANSA|TASS|SPA|WANA|dpa|DPA|Xinhua|Getty Images"
    r"|أ ?\.? ?ف ?\.? ?ب|رويترز|رویترز|د\.?ب\.?أ|إ\.?ب\.?أ|ایرنا|ایسنا"
)
# A credit closes a caption: "via X", "(X)", "X/Name", "/File Photo". A name of an agency alone proves nothing:
# "..., Reuters reported." is prose.
_CREDIT_SIGNS = ("/", ":", "(", "[", "via ", "（")
_CREDIT = re.compile(
    rf"(?:\bvia (?:{_AGENCY})|[(\[（](?:{_AGENCY})[^()]{{0,40}}[)\]）]|\b(?:{_AGENCY})/[^.]{{1,60}}"
    rf"|AP Photo/[^.]{{1,60}}|/ ?(?:File(?: Photo)?|Handout|Pool|{_AGENCY})|(?:Foto|Photo|Bild|Фото) ?: ?[^.]{{2,40}})$"
)


@dataclass(frozen=True, slots=True)
class Head:
    """The lines below a headline up to `end` that are not its body: captions, and those left out with the reason."""

    end: int
    reasons: dict[int, str]
    author: str | None


def chrome(page: Page, begin: int, end: int) -> int:
    """Return the line below a site's menu, breadcrumbs, buttons, dates and addresses at the top of a page."""
    at = begin
    while at < end:
        line, kind = page.lines[at], page.kinds[at]
        if (
            not (page.keys[at] or kind)
            or kind in (URL, CRUMBS, ACCOUNT, NOTICE, LIVE)
            or (kind == MENU and not is_navigation(line))
            or (kind in (BYLINE, STAMP, SHARE, ADVERTISEMENT) and _is_above_headline(page, at, end))
        ):
            at += 1
        elif (below := _below_menu(page, at, end)) > at:
            at = below
        else:
            break
    return at


def _is_above_headline(page: Page, at: int, end: int) -> bool:
    """Return whether a byline or the like stands first on a page: what its lines are below says so, not it alone."""
    below = page.next_text(at + 1, end)
    return page.kinds[at] == STAMP or (below < end and page.kinds[below] in (STAMP, SHARE, BYLINE))


def _below_menu(page: Page, at: int, end: int) -> int:
    """Return the line below a menu that begins at `at`; `at` when none does."""
    known, last, line = 0, at, at
    while line < end and page.lines[line] and short(page.lines[line], _ENTRY_WORDS):
        if is_navigation(page.lines[line]) or page.kinds[line] == ACCOUNT:
            known, last = known + 1, line
        line += 1
    whole = line == end or not page.lines[line]
    if known >= 2 and (line - at >= _MENU_LINES or (known == line - at and line < end)):
        told = known == last - at + 1 and any(kind in (STAMP, SHARE, BYLINE) for kind in page.kinds[last + 2 : line])
        return line if whole and not told else last + 1
    # One section's name alone above a headline.
    alone = whole and line == at + 1 and known and page.next_text(line, end) < end
    return line if alone and could_be_title(page.lines[page.next_text(line, end)]) else at


def head_of(page: Page, title: int, end: int, *, paged: bool = True) -> Head:
    """Return the head zone of the headline at `title`.

    It holds echoes of the headline, captions (doubled, or closed by a credit) and widgets, and when `paged` also dates,
    bylines and buttons.
    """
    last = page.last_echo(title)
    seen = {page.keys[title], ""}
    reasons: dict[int, str] = {}
    author: str | None = None
    at = title + 1
    while at < end:
        key, kind = page.keys[at], page.kinds[at]
        if kind and paged and not (kind == MENU and at > last):
            reasons[at] = kind
            author = author or (byline_name(page.lines[at]) or None if kind == BYLINE else None)
        elif key in seen or not key:
            if page.lines[at] and (at <= last or not paged_text(page, at)):
                reasons[at] = _reason(page, title, at)
            elif page.lines[at]:
                break
        elif at > last and not _is_caption(page, at, end):
            dated = paged and is_day(page.lines[at])
            if not (dated or (paged and _is_byline(page, at, end, reasons))):
                break
            reasons[at] = STAMP if dated else BYLINE
        seen.add(key)
        at += 1
    return Head(at, reasons, author)


def is_day(line: str) -> bool:
    """Return whether a line is a day and nothing else: "March 3, 2021"."""
    return len(line) <= _DAY_CHARACTERS and any(map(str.isdigit, line)) and iso_date(line) is not None


def paged_text(page: Page, at: int) -> bool:
    """Return whether a line that could be a widget is text where it stands: "USA", "12"."""
    return any(map(str.isalnum, page.lines[at])) and not page.keys[at]


def _reason(page: Page, title: int, at: int) -> str:
    if not page.keys[at]:
        return "a widget" if any(map(str.isalnum, page.lines[at])) else "a line of signs"
    return "the headline again" if page.keys[at] == page.keys[title] else "the caption again"


def _is_caption(page: Page, at: int, end: int) -> bool:
    below = page.next_text(at + 1, end)
    if below == end:
        return False
    return page.keys[below] == page.keys[at] or _ends_with_credit(page.lines[at][-100:])


def _ends_with_credit(line: str) -> bool:
    # Few lines hold a sign of one.
    return any(map(line.__contains__, _CREDIT_SIGNS)) and _CREDIT.search(line) is not None


def _is_byline(page: Page, at: int, end: int, reasons: dict[int, str]) -> bool:
    """Return whether a short line among dates and buttons is somebody's name, or what that person is."""
    line = page.lines[at]
    if not short(line, _ROLE_WORDS) or page.underlined(at) or any(map(str.isdigit, line)):
        return False
    if page.lines[at - 1] and reasons.get(at - 1) in (STAMP, SHARE, BYLINE, LIVE):
        return True
    below = at
    for _ in range(_NAMES):
        below = page.next_text(below + 1, end)
        below = next((near for near in range(at + 1, below) if page.kinds[near]), below)
        if below == end or (not page.kinds[below] and not short(page.lines[below], _ROLE_WORDS)):
            break
        if page.kinds[below] in (STAMP, SHARE, BYLINE):
            return True
    above = next((near for near in range(at - 1, max(-1, at - 4), -1) if page.lines[near]), -1)
    return reasons.get(above) in (STAMP, SHARE) and is_name(line)


def is_name(line: str) -> bool:
    """Return whether a line looks like a person's name: two to four words, all with capitals."""
    return count_words(line) in _NAME_WORDS and all(word[0].isupper() and not word.isupper() for word in line.split())
