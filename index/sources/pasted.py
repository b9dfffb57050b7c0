"""Split a page as pasted from a news site into its articles, without its boilerplate.

Such a page repeats the headline and the picture captions around widgets (text size, share buttons), and a file
may hold several pages. What is taken out is kept in `Draft.dropped`: no word disappears unseen.
"""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from index.model import Paragraph
from index.sources.layout import count_words, ends_a_sentence, normalise, one_line, paragraphs

# How far below a headline its echo may stand, in lines, and how many lines of other text may lie between.
_ECHO_REACH = 14
_SINGLES_BEFORE_ECHO = 2
# Blank lines that part two articles.
_GAP = 3
_HEADLINE_WORDS = range(2, 31)
_HEADLINE_CHARACTERS = 250
# A first line without an echo is believed to be a title up to this length: many languages' paragraphs end
# without a full stop.
_PLAIN_TITLE_WORDS = 20
_NAVIGATION_WORDS = 5

_RULE = re.compile(r"[-*_=~—–#•·\s]{3,}")
_WIDGET = re.compile(r"[^\W\d_]{1,3}|\d{1,3}|A\s?[+-](?:\s?A\s?[+-])*")
_LABELS = frozenset(
    (
        *("share", "share this", "share this article", "share this story", "share on facebook", "share on twitter"),
        *("share on x", "share on whatsapp", "share via email", "copy link", "link copied", "print", "print this"),
        *("print article", "tweet", "email", "whatsapp", "facebook", "read more", "read also", "see also"),
        *("also read", "more on this story", "related articles", "related stories", "related topics", "advertisement"),
        *("skip to content", "skip advertisement", "subscribe", "sign up", "follow us", "font size", "text size"),
        *("listen", "listen to this article", "save article", "load more", "back to top", "show comments"),
        *("مشاركة", "شارك", "شارك المقال", "شارك الخبر", "طباعة", "اطبع", "اقرأ أيضا", "اقرأ أيضاً", "إقرأ أيضا"),
        *("اقرأ المزيد", "المزيد", "نسخ الرابط", "تم نسخ الرابط", "حجم الخط", "إعلان", "اشترك", "تابعنا", "استمع"),
        *("واتساب", "فيسبوك", "تويتر", "مواضيع ذات صلة", "أخبار ذات صلة"),
        *("اشتراک گذاری", "اشتراک‌گذاری", "به اشتراک بگذارید", "چاپ", "نسخه چاپی", "بیشتر بخوانید", "ادامه مطلب"),
        *("بیشتر", "کپی لینک", "لینک کوتاه", "اندازه متن", "آگهی", "مطالب مرتبط", "اخبار مرتبط"),
    )
)
_LABEL_EDGES = " \t:.!|>»«<›‹→←↓↑…-–—•·+"

_AGENCY = (
    "AFP|AP|REUTERS|Reuters|EPA|EFE|ANSA|TASS|SPA|WANA|dpa|DPA|Xinhua|Getty Images"
    r"|أ ?\.? ?ف ?\.? ?ب|رويترز|رویترز|د\.?ب\.?أ|إ\.?ب\.?أ|ایرنا|ایسنا"
)
# A credit closes a caption: "via X", "(X)", "X/Name", "/File Photo". A name of an agency alone proves nothing:
# "..., Reuters reported." is prose.
_CREDIT = re.compile(
    rf"(?:\bvia (?:{_AGENCY})|[(\[（](?:{_AGENCY})[^()]{{0,40}}[)\]）]|\b(?:{_AGENCY})/[^.]{{1,60}}"
    r"|AP Photo/[^.]{1,60}|/ ?(?:File(?: Photo)?|Handout|Pool|Getty Images|AFP|AP|Reuters))$"
)
_QUOTES = str.maketrans("‘’‚‛“”„‟«»′″", '\'\'\'\'""""""\'"')
_INITIALS_END = re.compile(r"(?:^|\s)(?:\w\.){2,}$")


@dataclass(frozen=True, slots=True)
class Draft:
    """One article of a pasted page: `title` is "" when it has none, `dropped` the lines taken out, in order."""

    title: str
    paragraphs: tuple[Paragraph, ...]
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Page:
    """The tidied lines of a file; `keys` are what an echo is known by, "" for a blank line or boilerplate."""

    lines: list[str]
    keys: list[str]

    def blank(self, at: int) -> bool:
        """Return whether line `at` holds no text of its own; the lines before the first and after the last do not."""
        return not 0 <= at < len(self.keys) or not self.keys[at]

    def next_text(self, at: int, end: int) -> int:
        """Return the first line in range(at, end) that holds text; `end` when there is none."""
        return next((line for line in range(at, end) if self.keys[line]), end)


def split_pasted(text: str) -> list[Draft]:
    """Return the articles of a pasted page or plain text file, in order; [] when it holds no text.

    >>> lines = ["Rain at Last", "", "A wet street", "A wet street", "TT", "", "Rain at Last", "", "It rained in Ayr."]
    >>> [draft] = split_pasted("\\n".join(lines))
    >>> draft.title, [(paragraph.text, paragraph.kind) for paragraph in draft.paragraphs]
    ('Rain at Last', [('A wet street', 'caption'), ('It rained in Ayr.', 'paragraph')])
    >>> draft.dropped
    ('A wet street', 'TT', 'Rain at Last')
    """
    lines = [one_line(line) for line in normalise(text).split("\n")]
    page = _Page(lines, ["" if is_boilerplate(line) else _key(line) for line in lines])
    starts = _starts(page)
    first = page.next_text(0, len(lines))
    known = frozenset(starts)
    drafts: list[Draft] = []
    for start, end in pairwise([*([0] if 0 not in known else []), *starts, len(lines)]):
        title = start if start in known else _plain_title(page, first, end)
        drafts.append(_draft(page, start, title, end))
    return _without_navigation(drafts)


def is_boilerplate(line: str) -> bool:
    """Return whether a whole line is a page's widget or label, not text: "TT", "20", "* * *", "Read more", ""."""
    if len(line) > 40:
        return not any(map(str.isalnum, line))
    bare = line.strip(_LABEL_EDGES).casefold()
    widget = _WIDGET.fullmatch(line) is not None and (not line.isalpha() or line.isupper())
    return widget or bare in _LABELS or not any(map(str.isalnum, bare))


def is_headline(line: str) -> bool:
    """Return whether `line` could be a headline: 2 to 30 words that no full stop, comma or colon closes."""
    if not line or len(line) > _HEADLINE_CHARACTERS or line.endswith((",", ";", "،", "؛", "、", "，")):
        return False
    if ends_a_sentence(line) and not line.rstrip("\"'”’»)").endswith(("?", "!", "؟", "？", "！", "…", "..")):
        return _INITIALS_END.search(line) is not None
    return count_words(line) in _HEADLINE_WORDS


def _key(line: str) -> str:
    return line.translate(_QUOTES).casefold()


def _starts(page: _Page) -> list[int]:
    """Return the lines at which an article's headline stands, known by its echo or by the gap above it."""
    starts: list[int] = []
    end = len(page.lines)
    at = page.next_text(0, end)
    while at < end:
        echo = _last_echo(page, at)
        if echo > at or (_after_gap(page, at) and is_headline(page.lines[at]) and _has_body(page, at)):
            starts.append(at)
            echo = _zone_end(page, at, end) - 1
        at = page.next_text(echo + 1, end)
    return starts


def _last_echo(page: _Page, at: int) -> int:
    """Return the last line of the head zone that repeats the headline at `at`; `at` itself when none does."""
    echo = at
    if page.keys[at] not in page.keys[at + 1 : at + 1 + _ECHO_REACH] or not is_headline(page.lines[at]):
        return at
    counts = Counter(page.keys[at + 1 : at + 1 + _ECHO_REACH])
    singles = 0
    debris = False
    for line in range(at + 1, min(at + 1 + _ECHO_REACH, len(page.lines))):
        key = page.keys[line]
        if key == page.keys[at]:
            # A refrain is repeated too, but inside its stanza; a headline stands alone or among debris.
            if debris or all(map(page.blank, (at - 1, at + 1, line - 1))):
                echo = line
        elif not key:
            debris = debris or bool(page.lines[line])
        elif counts[key] == 1:
            singles += 1
        else:
            # A stanza's lines come again with the stanza; a caption comes twice in a row.
            debris = debris or key == page.keys[line - 1]
        if singles > _SINGLES_BEFORE_ECHO:
            break
    return echo


def _after_gap(page: _Page, at: int) -> bool:
    """Return whether three blank lines or a rule part line `at` from the text above it, if there is any."""
    above = at - 1
    blanks = 0
    while above >= 0 and not page.keys[above]:
        blanks = 0 if page.lines[above] else blanks + 1
        if above and (blanks >= _GAP or _RULE.fullmatch(page.lines[above])):
            return any(page.keys[:above])
        above -= 1
    return False


def _has_body(page: _Page, at: int) -> bool:
    below = page.next_text(at + 1, len(page.lines))
    return below < len(page.lines) and not _after_gap(page, below)


def _plain_title(page: _Page, first: int, end: int) -> int | None:
    """Return `first`, the first line with text, when it is a title by its looks alone."""
    line = page.lines[first] if first < end else ""
    below = page.next_text(first + 1, end)
    if below == end or not is_headline(line) or count_words(line) > _PLAIN_TITLE_WORDS:
        return None
    stands_alone = page.blank(first + 1) or page.keys[first + 1] == page.keys[first]
    heads_a_paragraph = len(page.lines[below]) >= max(60, 1.5 * len(line))
    return first if stands_alone or heads_a_paragraph else None


def _draft(page: _Page, start: int, title: int | None, end: int) -> Draft:
    zone_end = start if title is None else _zone_end(page, title, end)
    headline = "" if title is None else page.lines[title]
    captions: dict[str, str] = {}
    body: list[str] = []
    dropped: list[str] = []
    for at in range(start, end):
        line, key = page.lines[at], page.keys[at]
        if not key:
            body.append("")
            dropped.extend([line] if line else [])
        elif at >= zone_end:
            body.append(line)
        elif at != title:
            if key in captions or key == _key(headline):
                dropped.append(line)
            else:
                captions[key] = line
    contents = [Paragraph(line, "caption") for line in captions.values()]
    contents += [Paragraph(paragraph) for paragraph in paragraphs(body)]
    if not contents and headline:
        return Draft("", (Paragraph(headline),), tuple(dropped))
    return Draft(headline, tuple(contents), tuple(dropped))


def _zone_end(page: _Page, title: int, end: int) -> int:
    """Return the line after the head zone: headline echoes, captions (doubled, or closed by a credit) and widgets."""
    at = _last_echo(page, title) + 1
    seen = {*page.keys[title:at], ""}
    while at < end:
        key = page.keys[at]
        below = page.next_text(at + 1, end)
        doubled = below < end and page.keys[below] == key
        credited = below < end and _CREDIT.search(page.lines[at][-100:]) is not None
        if key not in seen and not doubled and not credited:
            break
        seen.add(key)
        at += 1
    return at


def _without_navigation(drafts: list[Draft]) -> list[Draft]:
    """Return the drafts without a first one that is only a site's menu or section name above a headline."""
    if len(drafts) > 1 and not drafts[0].title:
        lines = [line for paragraph in drafts[0].paragraphs for line in paragraph.text.split("\n")]
        if all(count_words(line) <= _NAVIGATION_WORDS and not ends_a_sentence(line) for line in lines):
            head = drafts[1]
            dropped = (*lines, *drafts[0].dropped, *head.dropped)
            drafts = [Draft(head.title, head.paragraphs, dropped), *drafts[2:]]
    return [draft for draft in drafts if draft.paragraphs]
