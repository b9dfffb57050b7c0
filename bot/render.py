"""An answer as one small rich text, and from it Telegram's HTML or plain text.

    Answer -> message() -> Blocks of styled Spans -> telegram_html() or plain()

The words people read are chosen here, once; the terminal takes its words from here too. Everything others wrote
passes through `shown()`, and nothing is escaped before the last step. Lengths count UTF-16 units, as Telegram does.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from bot.answer import Answer, AnswerPassage
from index.model import Passage
from index.sentences import sentences

NOT_SURE = "Not sure this answers it:"
NOT_FOUND = "I found no passage that answers this."

_QUOTE = 1200
_QUOTE_AT_LEAST = 400
_PASSAGES = 3
_TITLE, _NAME, _SENTENCE, _WORD, _URL = 200, 120, 200, 40, 1024
_WORDS, _COPIES = 8, 3
_FSI, _PDI = "\u2068", "\u2069"
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor moves
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # titles, links
    r"|\x1b[ -/]*[0-~]"
)
_BREAK = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]")
# An isolate mark inside an article would close or outlast our own, so they go with the overrides.
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

Style = Literal["plain", "title", "meta", "answer", "term"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; "answer" is the sentence that answers, `link` an http(s) address."""

    text: str
    style: Style = "plain"
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One line of a message, or the quoted passage."""

    spans: tuple[Span, ...]
    quote: bool = False

    @property
    def text(self) -> str:
        """What a reader sees of it."""
        return "".join(span.text for span in self.spans)


def shown(text: str) -> str:
    """`text` of others made safe to show: no control or escape sequence, no bidi override, no lone surrogate.

    Line breaks become spaces; every other character stays. shown("a\\x1b[31mb\\u202e\\nc") -> "ab c"
    """
    return _UNSHOWN.sub("", _BREAK.sub(" ", _ANSI.sub("", text)))


def units(text: str) -> int:
    """The length of `text` in UTF-16 units: units("a😀") -> 3."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def place(passage: Passage) -> str:
    """Where a passage stands in its article: "par. 4 of 11", or "caption"."""
    return "caption" if passage.kind == "caption" else f"par. {passage.ordinal} of {passage.count}"


def day(stated: str | None) -> str | None:
    """A date as people write it: "2026-11-24T08:00Z" -> "24 Nov 2026"; what is no full date stays as stated."""
    if stated is None or not stated.strip():
        return None
    try:
        found = date.fromisoformat(stated[:10])
    except ValueError:
        return head(shown(stated).strip(), _WORD) or None
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def safe_link(url: str | None) -> str | None:
    """`url` if it is an http(s) address with a host, at most 1024 characters long, else None."""
    if url is None or len(url) > _URL or shown(url) != url or re.search(r"\s", url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def head(text: str, limit: int) -> str:
    """The start of `text` in at most `limit` units, cut after a sentence or a word and closed with "…"."""
    if units(text) <= limit:
        return text
    piece = _fitting(text, max(limit - 2, 0))
    whole = [end for _, end in sentences(piece)[:-1] if 2 * end >= len(piece)]
    if whole:
        return piece[: whole[-1]] + " …"
    space = piece.rfind(" ")
    return ((piece[:space] if 2 * space >= len(piece) else piece).rstrip() + "…")[: max(limit, 0)]


def tail(text: str, limit: int) -> str:
    """The end of `text` in at most `limit` units, cut before a sentence or a word and opened with "…"."""
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
    """The words no article mentions, ready to show: at most 8, of at most 40 units each."""
    return [word for word in (head(shown(word).strip(), _WORD) for word in answer.missing[:_WORDS]) if word]


def corrections(answer: Answer) -> list[str]:
    """What was searched instead of an unknown word, one line each: ['Searched for "bridge" instead of "brigde".']"""
    pairs = [(_name(right, _WORD), _name(wrong, _WORD)) for wrong, right in answer.corrected[:_WORDS]]
    return [f'Searched for "{right}" instead of "{wrong}".' for right, wrong in pairs]


def message(answer: Answer, limit: int, *, quoted: int = 0, bare: bool = False) -> tuple[Block, ...]:
    """The blocks of a message about `answer`, at most `limit` units when joined with line breaks.

    `quoted` is the place, from 0, of the passage to quote; `bare` writes an address out instead of linking it.
    "nothing" quotes nothing: it names the missing words and the nearest titles.
    """
    if answer.state == "nothing" or not answer.passages:
        return _within(_nothing(answer), limit)
    chosen = answer.passages[quoted]
    unsure = answer.state == "closest"
    opening = [*_lines(NOT_SURE if unsure else ""), *_heading(chosen, min(_TITLE, max(limit // 2, 1)))]
    notes = [*_lines(*corrections(answer)), *(_missing(answer) if unsure else ())]
    closing = [*notes, *_others(answer, quoted), *_copies(chosen), *_link(chosen, bare=bare)]
    text = chosen.passage.text
    wanted = min(units(text), _QUOTE_AT_LEAST)
    while closing and limit - _size(opening) - _size(closing) - 1 < wanted:
        closing.pop()
    room = min(_QUOTE, limit - _size(opening) - _size(closing) - 1)
    return _within([*opening, _quote(text, chosen.highlight, room), *closing], limit)


def telegram_html(answer: Answer, *, limit: int = 3500, quoted: int = 0) -> str:
    """`answer` as Telegram HTML: at most `limit` UTF-16 units after entity parsing, for any text.

    Send it with link previews off. `quoted`, from 0, chooses the passage that is quoted; the others are lines.
    """
    return "\n".join(_html(block) for block in message(answer, limit, quoted=quoted))


def plain(answer: Answer, *, limit: int = 3500, quoted: int = 0) -> str:
    """What `telegram_html` says, without markup, in at most `limit` UTF-16 units."""
    return "\n".join(block.text for block in message(answer, limit, quoted=quoted, bare=True))


def _html(block: Block) -> str:
    inner = "".join(_span_html(span) for span in block.spans)
    return f"<blockquote expandable>{inner}</blockquote>" if block.quote else inner


def _span_html(span: Span) -> str:
    text = html.escape(span.text, quote=False)
    if span.link is not None:
        return f'<a href="{html.escape(span.link, quote=True)}">{text}</a>'
    tags = {"title": ["b"], "meta": ["i"], "term": ["i"], "answer": ["b", "u"], "plain": []}[span.style]
    return "".join(f"<{tag}>" for tag in tags) + text + "".join(f"</{tag}>" for tag in reversed(tags))


def _nothing(answer: Answer) -> list[Block]:
    titles = [f"• {_name(title)}" for title in answer.nearest[:3]]
    nearest = _lines("Nearest articles:", *titles) if titles else []
    return [*_lines(NOT_FOUND), *_missing(answer), *_lines(*corrections(answer)), *nearest]


def _lines(*texts: str) -> list[Block]:
    return [Block((Span(text),)) for text in texts if text]


def _missing(answer: Answer) -> list[Block]:
    words = missing_words(answer)
    spans = [Span("No article mentions: ")]
    for word in words:
        spans += [Span(", "), Span(_isolated(word), "term")]
    return [Block((spans[0], *spans[2:]))] if words else []


def _heading(chosen: AnswerPassage, limit: int) -> list[Block]:
    meta = " · ".join(part for part in (day(chosen.article.date), place(chosen.passage)) if part)
    return [Block((Span(_name(chosen.article.title, limit), "title"),)), Block((Span(meta, "meta"),))]


def _others(answer: Answer, quoted: int) -> list[Block]:
    numbered = [(number, other) for number, other in enumerate(answer.passages, 1) if number != quoted + 1]
    return _lines(*(_line(number, other) for number, other in numbered[: _PASSAGES - 1]))


def _line(number: int, other: AnswerPassage) -> str:
    start, end = other.highlight
    sentence = _name(other.passage.text[start:end] or other.passage.text, _SENTENCE)
    return f"{number} · {_name(other.article.title)} — {sentence}"


def _copies(chosen: AnswerPassage) -> list[Block]:
    if not chosen.copies:
        return []
    rest = len(chosen.copies) - _COPIES
    names = "; ".join(_name(title) for title in chosen.copies[:_COPIES])
    return _lines(f"Also in: {names}" + (f" and {rest} more" if rest > 0 else ""))


def _link(chosen: AnswerPassage, *, bare: bool) -> list[Block]:
    url = safe_link(chosen.article.url)
    if url is None:
        return []
    return [Block((Span(f"Open article: {url}") if bare else Span("Open article", link=url),))]


def _quote(text: str, highlight: tuple[int, int], limit: int) -> Block:
    """The passage, or as much of it around the sentence that answers as `limit` units hold."""
    start, end = highlight
    before, answer, after = shown(text[:start]), shown(text[start:end]), shown(text[end:])
    marks = (_FSI, _PDI) if _is_rtl(text) else ("", "")
    room = limit - units("".join(marks))
    answer = head(answer, room)
    room -= units(answer)
    before = tail(before, max(room // 2, room - units(after)))
    after = head(after, room - units(before))
    spans = [Span(marks[0] + before), Span(answer, "answer"), Span(after + marks[1])]
    return Block(tuple(span for span in spans if span.text), quote=True)


def _within(blocks: list[Block], limit: int) -> tuple[Block, ...]:
    """The first of `blocks` that fit; only a limit far below Telegram's own leaves any out."""
    kept = [block for block in blocks if block.spans]
    while kept and _size(kept) > limit + 1:
        kept.pop()
    return tuple(kept)


def _size(blocks: list[Block]) -> int:
    """The units of `blocks`, each with the line break after it."""
    return sum(units(block.text) + 1 for block in blocks)


def _name(text: str, limit: int = _NAME) -> str:
    """A title or sentence of others on one line of ours; a nameless one says so."""
    return _isolated(head(shown(text).strip(), limit - 2) or "Untitled")


def _isolated(text: str) -> str:
    """Right-to-left text set apart, so that it cannot reorder the line around it."""
    return f"{_FSI}{text}{_PDI}" if _is_rtl(text) else text


def _is_rtl(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def _fitting(text: str, limit: int) -> str:
    """The longest start of `text` within `limit` units that cuts no letter off from its marks."""
    piece = text[:limit]
    while units(piece) > limit:
        piece = piece[:-1]
    kept = piece
    while kept and len(kept) < len(text) and (_joins(text[len(kept)]) or kept[-1] == "\u200d"):
        kept = kept[:-1]
    return kept or piece


def _joins(letter: str) -> bool:
    """Whether `letter` belongs to the one before it: a combining mark or a joiner."""
    return letter == "\u200d" or unicodedata.category(letter)[0] == "M"
