"""Put an answer into English words, and make texts of others safe to show.

The terminal takes its words from here; Telegram and the page have a catalogue in each language, and take from here only
what is the same in all.
Everything others wrote passes through `bot.printing.shown`. Lengths count UTF-16 units, as Telegram does.
"""

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.answer import Answer
from bot.printing import shown
from bot.wording import filter_label, problem_line
from index import ArticleCard, Passage, sentences

if TYPE_CHECKING:
    from bot.catalogue import Catalogue

NOT_SURE = "Not sure this answers it:"
NOT_FOUND = "I found no passage that answers this."
# So many titles of articles that hold the same paragraph are named.
COPIES = 3

_WORD, _LINE, _URL = 40, 300, 1024
_WORDS = 8
_FSI, _PDI = "\u2068", "\u2069"
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def units(text: str) -> int:
    """Return the length of `text` in UTF-16 units.

    >>> units("a😀")
    3
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def place(passage: Passage) -> str:
    """Return where a passage stands in its article: "par. 4 of 11", "p. 12 · par. 4 of 11", "1:23 · caption".

    >>> place(Passage(0, 0, 4, 11, "paragraph", "It rained.", "page=12"))
    'p. 12 · par. 4 of 11'
    """
    inside = "caption" if passage.kind == "caption" else f"par. {passage.ordinal} of {passage.count}"
    if passage.page is not None:
        return f"p. {passage.page} · {inside}"
    return inside if passage.seconds is None else f"{clock(passage.seconds)} · {inside}"


def position_of(passage: Passage, say: "Catalogue") -> str:
    """Return the same in the language of a catalogue."""
    inside = (
        say.text("caption")
        if passage.kind == "caption"
        else say.text("paragraph", ordinal=passage.ordinal, count=passage.count)
    )
    if passage.page is not None:
        return say.text("page", page=say.digits(str(passage.page))) + say.dot + inside
    return inside if passage.seconds is None else say.digits(clock(passage.seconds)) + say.dot + inside


def clock(seconds: float) -> str:
    """Return a place in a recording as players show it.

    >>> clock(83.5), clock(3600 + 83)
    ('1:23', '1:01:23')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def day(stated: str | None) -> str | None:
    """Return a date as people write it; what is no full date stays as stated.

    >>> day("2026-11-24T08:00Z"), day("1998")
    ('24 Nov 2026', '1998')
    """
    if stated is None or not stated.strip():
        return None
    try:
        parsed = date.fromisoformat(stated[:10])
    except ValueError:
        return head(shown(stated).strip(), _WORD) or None
    return f"{parsed.day} {_MONTHS[parsed.month - 1]} {parsed.year}"


def safe_link(url: str | None) -> str | None:
    """Return `url` if it is an http(s) address with a host, at most 1024 characters long, else None."""
    if url is None or len(url) > _URL or shown(url) != url or re.search(r"\s", url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def passage_address(article: ArticleCard, passage: Passage) -> str | None:
    """Return the safe address of an article, with the place of a passage behind it where browsers go to such places."""
    url = safe_link(article.url)
    if url is None or passage.fragment is None or "#" in url:
        return url
    # Of a page made of a document nobody knows which of its places is which page.
    if passage.page is not None and not urlsplit(url).path.lower().endswith(".pdf"):
        return url
    if passage.page is None and passage.seconds is None:
        return url
    return f"{url}#{passage.fragment}"


def head(text: str, limit: int) -> str:
    """Return the start of `text` in at most `limit` units, cut after a sentence or a word and closed with "…"."""
    if units(text) <= limit:
        return text
    piece = _fitting(text, max(limit - 2, 0))
    whole = [end for _, end in sentences(piece)[:-1] if 2 * end >= len(piece)]
    if whole:
        return piece[: whole[-1]] + " …"
    space = piece.rfind(" ")
    return ((piece[:space] if 2 * space >= len(piece) else piece).rstrip() + "…")[: max(limit, 0)]


def tail(text: str, limit: int) -> str:
    """Return the end of `text` in at most `limit` units, cut before a sentence or a word and opened with "…"."""
    if units(text) <= limit:
        return text
    piece = text[len(text) - max(limit - 1, 0) :]
    while units(piece) > max(limit - 1, 0) or (piece and _joins(piece[0])):
        piece = piece[1:]
    whole = [start for start, _ in sentences(piece)[1:] if 2 * start <= len(piece)]
    space = piece.find(" ") + 1
    start = whole[0] if whole else space if 2 * space <= len(piece) else 0
    return ("…" + piece[start:])[: max(limit, 0)]


def missing_words(answer: Answer) -> list[str]:
    """Return the words that no article mentions, ready to show: at most 8, of at most 40 units each."""
    return [word for word in (head(shown(word).strip(), _WORD) for word in answer.missing[:_WORDS]) if word]


def corrections(answer: Answer) -> list[str]:
    """Return a line for each corrected word: ['Searched for "bridge" instead of "brigde".']."""
    pairs = [(_word(right), _word(wrong)) for wrong, right in answer.corrected[:_WORDS]]
    return [f'Searched for "{right}" instead of "{wrong}".' for right, wrong in pairs]


def filter_line(answer: Answer) -> str:
    """Return the filters in words: 'Only articles from June 2024 ("in June") · passages without "x".', or ""."""
    parts = []
    for one in answer.filters[:_WORDS]:
        label = _isolated(shown(filter_label(one)))
        parts.append(f'{label} ("{_word(one.words)}")' if one.is_guess else label)
    return f"Only {' · '.join(parts)}." if parts else ""


def guesses(answer: Answer) -> frozenset[str]:
    """Return the keys of the filters that were guessed from dates in words."""
    return frozenset(one.key for one in answer.filters if one.is_guess)


def problems(answer: Answer) -> list[str]:
    """Return a line for each problem with the filters of a question."""
    return [head(shown(problem_line(problem)), _LINE) for problem in answer.problems[:_WORDS]]


def likeness(confidence: float) -> str:
    """Return a confidence in 0..1 in words.

    >>> likeness(0.934)
    'looks better than 93 of 100 random non-questions'
    """
    return f"looks better than {int(100 * confidence)} of 100 random non-questions"


def _word(text: str) -> str:
    return _isolated(head(shown(text).strip(), _WORD - 2))


def _isolated(text: str) -> str:
    """Return right-to-left text between isolate marks, so that it cannot reorder the line around it."""
    is_rtl = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)
    return f"{_FSI}{text}{_PDI}" if is_rtl else text


def _fitting(text: str, limit: int) -> str:
    """Return the longest start of `text` within `limit` units that cuts no letter off from its marks."""
    piece = text[:limit]
    while units(piece) > limit:
        piece = piece[:-1]
    whole = piece
    while whole and len(whole) < len(text) and (_joins(text[len(whole)]) or whole[-1] == "\u200d"):
        whole = whole[:-1]
    return whole or piece


def _joins(letter: str) -> bool:
    """Return whether `letter` belongs to the one before it: a combining mark or a joiner."""
    return letter == "\u200d" or unicodedata.category(letter)[0] == "M"
