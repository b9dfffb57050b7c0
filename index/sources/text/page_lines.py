"""Tell what a line of a pasted page is where it is not its article's: a button, a date line, a menu, a link elsewhere.

What a line is says not yet that it goes: "Print" may be an entry of somebody's list. `index.sources.text.pasted`
decides.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from index.sources.blocks.layout import count_words, ends_a_sentence
from index.sources.text import page_labels as labels

SHARE, ADVERTISEMENT, ACCOUNT = "a button to share", "an advertisement", "a button of the site"
RELATED, TAGS, COMMENTS, REPLY = "a list of links", "the tags", "readers' comments", "a button below a comment"
LIVE, FOOTER, MENU, CRUMBS = "the label of a live page", "the site's footer", "a menu", "the way to the page"
STAMP, BYLINE, LINK, APPEAL, URL = "when it was published", "a byline", "a link elsewhere", "an appeal", "an address"
NOTICE = "a notice of the site"

LONGEST = 160
LONGEST_STAMP, LONGEST_BYLINE = 90, 100
LABEL_EDGES = " \t:：.!|>»«<›‹→←↓↑…-–—•·+()[]#\u00a0"
# A label of two lists is what the first says.
KINDS_OF_LABELS: dict[str, str] = {}
for _labels, _kind in (
    (labels.NAVIGATION, MENU),
    (labels.FOOTER, FOOTER),
    (labels.LIVE, LIVE),
    (labels.REPLY, REPLY),
    (labels.COMMENTS, COMMENTS),
    (labels.SHARE, SHARE),
    (labels.TAGS, TAGS),
    (labels.RELATED, RELATED),
    (labels.ACCOUNT, ACCOUNT),
    (labels.ADVERTISEMENT, ADVERTISEMENT),
):
    KINDS_OF_LABELS |= dict.fromkeys(_labels, _kind)

# The bracket before it is a sign at the edge of a label.
_COUNTED = re.compile(r"\d[\d.,]*[kK]?[)\]]?")
_AGO = re.compile(
    r"(?:(?:about |over )?(?:an?|one|\d+) ?(?:seconds?|sec|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w"
    r"|months?|years?) ago"
    r"|vor (?:\d+|einer|einem) \w+|il y a (?:\d+|une?) \w+|hace (?:\d+|una?) \w+|há \d+ \w+|\d+ \w+ (?:fa"
    r"|geleden|önce|temu|lalu)"
    r"|(?:för|for) \d+ \w+ (?:sedan|siden)|\d+ \w+ sitten|před \d+ \w+|\d+ \w+ (?:назад|тому)"
    r"|(?:منذ|قبل) (?:\d+ )?\w+|\d+ \w+ (?:پیش|قبل)|\d+ ?(?:分钟|小时|天|周|分鐘|小時|時間|分|日|시간|분"
    r"|일) ?(?:前|전)|\d+ \w+ पहले"
    r"|yesterday|just now|gestern|hier|ayer|вчера|أمس)"
)
_PUBLISHED = re.compile(
    r"(?:first |last |date )?(?:published|updated|posted|modified|last update)\b|stand:|veröffentlicht"
    r"|aktualisiert|publié|mis à jour"
    r"|publicado|actualizado|atualizado|pubblicato|aggiornato|gepubliceerd|bijgewerkt|publicerad|uppdaterad"
    r"|opublikowano|aktualizacja"
    r"|publikováno|yayınlanma|güncelleme|diperbarui|опубликовано|обновлено|оновлено|опубліковано|نشر في|نشر:"
    r"|تاريخ النشر|آخر تحديث|حدث في"
    r"|تاریخ انتشار|به‌روزرسانی|发布时间|发布于|更新时间|發布|更新|公開|配信|입력|수정|प्रकाशित"
)
_READING = re.compile(
    r"(?:\d+ ?[-–]?(?:minute|min\.?|mins?) read|lesezeit|lesedauer|temps de lecture|lecture \d+ ?min"
    r"|min(?:utos)? de lectura"
    r"|tempo de leitura|tempo di lettura|leestijd|lästid|dk okuma|okuma süresi|мин\.? чтения|время чтения"
    r"|مدة القراءة|دقائق للقراءة"
    r"|دقيقة قراءة|زمان مطالعه|分钟阅读|阅读时间)"
)
_CLOCK = re.compile(r"\d{1,2} ?[:.hH] ?\d\d\b|\d{1,2} ?[ap]\.?m\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\b1[34]\d\d\b|[٠-٩۰-۹]{4}")
_PLAYER = re.compile(r"\d\d?:\d\d ?[/|-] ?-?\d\d?:\d\d")
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright).{0,60}\d{4}")
_MARKED_BYLINE = re.compile(
    r"(?:written by|reported by|author ?:|verfasst von|autor(?:in)? ?:|auteur ?:|автор ?:|текст ?:|بقلم ?:?"
    r"|كتبت? ?:|إعداد ?:|نویسنده ?:"
    r"|लेखक ?:|द्वारा ?:|ผู้เขียน ?:|โดย ?:|责任编辑 ?[:：]|責任編輯 ?[:：]|编辑 ?[:：]|редактор ?:"
    r"|yazan ?:|penulis ?:|作者 ?[:：]|記者 ?[:：/]|记者 ?[:：/]|撰文 ?[:：])\s*(\S.*)",
    re.I,
)
BYLINE_WORDS = "By|BY|Von|VON|Par|PAR|Por|POR|Di|DI|Door|Av|Af|Kirjoittaja|Przez"
_BYLINE = re.compile(rf"(?:{BYLINE_WORDS}) (\S.*)")
BYLINE_BEGINS = frozenset("BVPDAKWRYabdkprvwy")
_SMALL_IN_NAMES = frozenset("and und et y e en i og och von van de der la di da del al bin le".split())
_URL = re.compile(
    r"(?:(?:source|url|link|via|источник|المصدر|منبع|来源|來源) ?[:：] ?)?<?(https?://\S{4,2000}?)>?", re.I
)
_SIGNS = re.compile(" [>»→/|·•] |›")
_STEP = re.compile(r" [>»→] |\s?›\s?")
_LINK = re.compile(
    r"(?:read more|read also|also read|see also|related|more on this|watch|recommended|lesen sie auch"
    r"|mehr zum thema|lire aussi"
    r"|à lire aussi|à lire également|lea también|lee también|te puede interesar|leia também|leia mais"
    r"|saiba mais|leggi anche|lees ook"
    r"|läs också|læs også|czytaj także|czytaj też|čtěte také|baca juga|читайте также|читайте ще|اقرأ أيضا"
    r"|اقرأ أيضاً|إقرأ أيضا|اقرأ المزيد"
    r"|شاهد أيضا|بیشتر بخوانید|همچنین بخوانید|延伸阅读|相关阅读|関連記事"
    r"|यह भी पढ़ें|ये भी पढ़ें|इसे भी पढ़ें|อ่านเพิ่มเติม|อ่านข่าวที่เกี่ยวข้อง|xem thêm)\s*[:：>»|]\s*\S"
)
_STAMP_WORDS = 10
# Those that a line may hold, by whether it is ASCII.
_APPEALS, _RIGHTS, _COOKIES = (
    {True: tuple(filter(str.isascii, those)), False: tuple(those)}
    for those in (labels.APPEALS, labels.RIGHTS, labels.COOKIES)
)
_ORIGIN = re.compile(r"(?:来源|來源|出典|出处|출처)\s*[:：]\s*\S")
_TAGGED = re.compile(
    r"(?:tags|tagged|filed under|schlagwörter|mots-clés|étiquettes|etiquetas|tag|метки|теги|الوسوم|کلمات کلیدی)"
    r"\s*[:：]\s*\S"
)
_BARS = re.compile(r" [|·•] ")
# What the ASCII ones of those rights have.
RESERVED = ("reserv", "behalten", "behouden", "riservat")
# One of these stands in each ASCII form of how long it takes to read something.
_OF_READING = ("read", "lese", "lect", "leit", "lett", "leest", "okuma")
_READING_SPACES = 7
_LONGEST_COUNTED = max(map(len, KINDS_OF_LABELS)) + 20
# The first words of the labels that stand beside a number.
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_COUNTED_WORDS = frozenset(
    _FIRST_WORD.findall(f"{label} k")[0] for label in ("k", *labels.COMMENTS, *labels.REPLY, *labels.SHARE)
)
# The letters of ASCII that tell when begins with.
_AGO_BEGINS, _PUBLISHED_BEGINS = frozenset("aofvihyjgp"), frozenset("fldpumsvagbon")
_BAR_WORDS = 4
_DIGIT = re.compile(r"\d")


def kind_of(line: str, *, plain: bool = False) -> str:
    """Return what a line (without white space around it) is on a pasted page; "" for text.

    A `plain` one holds none of the signs that `page_kinds` looks for in a text.

    >>> kind_of("3 hours ago"), kind_of("Share"), kind_of("He shared 3 loaves.")
    ('when it was published', 'a button to share', '')
    """
    size = len(line)
    if size > LONGEST or not size:
        return MENU if size <= 3 * LONGEST and _is_bar(line) else ""
    low = line.casefold()
    known = KINDS_OF_LABELS.get(low.strip(LABEL_EDGES))
    if known or size == 1:
        return known or ""
    if "://" in low and _URL.fullmatch(line):
        return URL
    kind = _counted(line, low) if size <= LONGEST_STAMP and _DIGIT.search(low) else ""
    if not kind and not plain and _is_copyright(low):
        kind = FOOTER
    if not kind and size <= LONGEST_BYLINE and (byline_name(line) or (not low.isascii() and _ORIGIN.match(line))):
        kind = BYLINE
    return kind or _linked(line, low, plain=plain)


def byline_name(line: str) -> str:
    """Return the name in a byline that says it is one, "" for any other line.

    >>> byline_name("By Ana Reyes, Harbour correspondent"), byline_name("By the River")
    ('Ana Reyes', '')
    """
    # The letters that one begins with in ASCII.
    if line[:1].isascii() and line[:1] not in BYLINE_BEGINS:
        return ""
    marked = _MARKED_BYLINE.match(line)
    found = marked or _BYLINE.match(line)
    if found is None or len(line) > LONGEST_BYLINE or ends_a_sentence(line):
        return ""
    name = re.split(r"[,|،·]| [-–—] ", found[1])[0].strip()
    words = [word for word in name.split() if word.casefold() not in _SMALL_IN_NAMES]
    if not 0 < len(words) <= 6 or (len(words) < 2 and not marked) or _DIGIT.search(name):
        return ""
    return name if marked or all(word[0].isupper() for word in words) else ""


def url_of(line: str) -> str:
    """Return the address that a whole line is, "" when it is none."""
    found = _URL.fullmatch(line)
    return found[1] if found is not None else ""


def is_navigation(line: str) -> bool:
    """Return whether a line names a section of news sites: "Sport", "Wetter"."""
    return line.casefold().strip(LABEL_EDGES) in labels.NAVIGATION


def is_page(lines: Sequence[str], kinds: Sequence[str]) -> bool:
    """Return whether lines of these kinds stand in a page of a site: two signs of one, each rare in other texts."""
    if not any(kinds):
        return False
    signs: set[str] = set()
    filled = [at for at, line in enumerate(lines) if line]
    for at, below in pairwise([*filled, -1]):
        kind = kinds[at]
        if not kind:
            continue
        following = kinds[below] if below > 0 else ""
        if (
            kind in (STAMP, CRUMBS, APPEAL, LINK, ADVERTISEMENT, BYLINE, LIVE, NOTICE)
            or (kind == FOOTER and _is_copyright(lines[at].casefold()))
            or (kind == COMMENTS and (_DIGIT.search(lines[at]) or " " in lines[at]))
        ):
            signs.add(kind)
        elif kind in (SHARE, ACCOUNT) and following in (SHARE, ACCOUNT, ADVERTISEMENT, STAMP):
            signs.add(SHARE)
        elif kind == MENU and (following == MENU or _is_bar(lines[at])):
            signs.add(MENU)
        elif kind == RELATED and " " in lines[at] and not following and all(lines[at + 1 : at + 3]):
            # "Most read" with a list right below it: nobody writes that of an own text.
            signs |= {RELATED, LINK}
        if len(signs) > 1:
            return True
    return False


def _counted(line: str, low: str) -> str:
    """Return what a line with a number in it is."""
    if line.endswith((".", "!", "?")) and count_words(line) > _STAMP_WORDS:
        return ""
    word = _FIRST_WORD.search(low) if len(low) <= _LONGEST_COUNTED else None
    if word is not None and (word[0] in _COUNTED_WORDS or not low.isascii()):
        without = _COUNTED.sub("", low).strip(LABEL_EDGES)
        if (bare := KINDS_OF_LABELS.get(without)) in (COMMENTS, REPLY, SHARE):
            return COMMENTS if without in labels.COMMENTS else bare
    if _is_stamp(low):
        return STAMP
    parts = _BARS.split(low) if _BARS.search(low) else []
    return STAMP if any(map(_is_stamp, parts)) and all(count_words(part) <= _BAR_WORDS for part in parts) else ""


def _is_stamp(low: str) -> bool:
    if not low.isascii():
        low = _ORIGIN.sub("", low).rstrip()
    first = low[:1]
    return bool(
        ((first.isdigit() or first in _AGO_BEGINS or first > "\x7f") and _AGO.fullmatch(low))
        or ((first in _PUBLISHED_BEGINS or first > "\x7f") and _PUBLISHED.match(low))
        or (":" in low and _PLAYER.fullmatch(low))
        or (
            low.count(" ") <= _READING_SPACES
            and _may_tell_reading(low)
            and _READING.search(low)
            and count_words(low) <= 6
        )
        or (_has_year(low) and _CLOCK.search(low) and _YEAR.search(low) and count_words(low) <= _STAMP_WORDS)
    )


def _may_tell_reading(low: str) -> bool:
    return not low.isascii() or any(map(low.__contains__, _OF_READING))


def _has_year(low: str) -> bool:
    """Return whether a line may hold a year; what has none is told at a tenth of the cost."""
    return "20" in low or "19" in low or "14" in low or "13" in low or not low.isascii()


def _linked(line: str, low: str, *, plain: bool) -> str:
    """Return whether a line leads elsewhere: breadcrumbs, a menu on one line, a link, an appeal to subscribe."""
    ascii_line = line.isascii()
    parted = "|" in line or "/" in line or ">" in line or not ascii_line
    if not plain and parted and _SIGNS.search(line) and (kind := _parted(line)) is not None:
        return kind
    if not plain and ("cookie" in low or not ascii_line) and _holds(low, _COOKIES):
        return NOTICE
    if low.endswith("."):
        return ""
    # The commonest lines have no sign behind a label.
    if parted or ":" in low:
        if _LINK.match(low):
            return LINK
        if _TAGGED.match(low):
            return TAGS
    return APPEAL if not (plain or low.endswith(",")) and _holds(low, _APPEALS) else ""


def _holds(low: str, those: dict[bool, tuple[str, ...]]) -> bool:
    return any(map(low.__contains__, those[low.isascii()]))


def _parted(line: str) -> str | None:
    """Return what a line with signs between its parts is, "" for text; None where these do not tell."""
    if _STEP.search(line) and "<" not in line and "«" not in line:
        steps = _STEP.split(line)
        if all(step and count_words(step) <= 4 for step in steps[:-1]) and not ends_a_sentence(line):
            return CRUMBS if len(steps) > 2 or is_navigation(steps[0]) else ""
    if " / " in line:
        steps = line.split(" / ")
        if is_navigation(steps[0]) and all(count_words(step) <= 4 for step in steps[:-1]):
            return CRUMBS
    return MENU if _is_bar(line) else None


def _is_copyright(low: str) -> bool:
    if ("©" in low or "(c)" in low or low.startswith("copyright")) and _COPYRIGHT.search(low):
        return True
    return (not low.isascii() or any(map(low.__contains__, RESERVED))) and _holds(low, _RIGHTS)


def _is_bar(line: str) -> bool:
    for mark in (" | ", " · ", " • "):
        if mark in line:
            entries = line.split(mark)
            return len(entries) > 2 and sum(map(is_navigation, entries)) * 2 >= len(entries)
    return False
