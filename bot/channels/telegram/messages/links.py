"""Links into the articles that work in any chat, and after a rebuild: https://t.me/NAME?start=PAYLOAD."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.printing import shown
from bot.render import head, safe_link, units
from index import ArticleCard, Passage

LONGEST_CITATION: Final = 256
_PASSAGE = re.compile(r"p_([0-9a-f]{12})_(\d{1,6})_([0-9a-f]{6})", re.ASCII)
_ARTICLE = re.compile(r"a_([0-9a-f]{12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """What a link names: an article, and a passage of it by its place among all of them, from 0, and its words.

    `digest` tells whether the paragraph at that place is still the one that was linked; "" for an article.
    """

    article: str
    position: int = 0
    digest: str = ""


def passage_link(name: str, article: ArticleCard, passage: Passage) -> str:
    """Return the link to a passage: https://t.me/our_bot?start=p_0123456789ab_3_9f86d0."""
    position = passage.row - article.first
    return f"https://t.me/{name}?start=p_{article.id}_{position}_{digest(passage.text)}"


def article_link(name: str, article: ArticleCard) -> str:
    """Return the link to an article: https://t.me/our_bot?start=a_0123456789ab."""
    return f"https://t.me/{name}?start=a_{article.id}"


def parse_link(payload: str) -> Link | None:
    """Return what the payload of a link names, None when it is no such payload."""
    if match := _PASSAGE.fullmatch(payload):
        return Link(match[1], int(match[2]), match[3])
    match = _ARTICLE.fullmatch(payload)
    return Link(match[1]) if match else None


def digest(text: str) -> str:
    """Return six hex digits of a paragraph's words."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()


def locate(link: Link, passages: tuple[Passage, ...]) -> int | None:
    """Return the place of a linked passage in its article, wherever it moved to; None when it is gone."""
    if not link.digest:
        return 0
    places = [place for place, passage in enumerate(passages) if digest(passage.text) == link.digest]
    return min(places, key=lambda place: abs(place - link.position), default=None)


def citation(sentence: str, article: ArticleCard, link: str) -> str:
    """Return a sentence with where it stands, to be pasted anywhere: at most 256 UTF-16 units.

    `citation("The lamp was lit in 1871.", card, link)` -> "“The lamp was lit in 1871.” — The lamp, 2026-11-24, https://…"
    """
    address = safe_link(article.url)
    if address is None or units(address) > LONGEST_CITATION // 2:
        address = link
    stated = [shown(part).strip() for part in (article.source, _day(article.date)) if part]
    title = head(shown(article.title).strip(), 80)
    origin = ", ".join(part for part in (title, *stated, address) if part)
    if units(origin) > LONGEST_CITATION - 60:
        origin = ", ".join(part for part in (title, address) if part)
    room = LONGEST_CITATION - units(f"“” — {origin}")
    return f"“{head(shown(sentence).strip(), room)}” — {origin}"


def _day(stated: str | None) -> str | None:
    """Return the day of a stated date, or what is stated."""
    try:
        return date.fromisoformat((stated or "")[:10]).isoformat()
    except ValueError:
        return stated
