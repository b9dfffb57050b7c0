"""What several pages show of articles: titles, where and when they are from, their passages.

Texts of others run their own way and in their own language, whatever the page around them does.
"""

from datetime import date
from typing import Final

from bot.catalogue import Catalogue
from bot.channels.serve.html import Child, Html, joined, tag
from bot.channels.serve.page.frame import Place
from bot.printing import shown
from bot.render import passage_address
from index import ArticleCard, Passage

_RIGHT_TO_LEFT: Final = frozenset("ar ckb dv fa he ps sd ug ur yi".split())

PAGE: Final = 40
"""So many passages of an article stand on one page."""


def title_of(article: ArticleCard, say: Catalogue) -> str:
    """Return the title of an article; a nameless one says so."""
    return shown(article.title).strip() or say.text("untitled")


def article_link(place: Place, article: ArticleCard, question: str = "", position: int | None = None) -> str:
    """Return the link to an article, at a passage (its position, from 0) and with the way back to a question."""
    fragment = f"#p{position + 1}" if position is not None else ""
    first = (position or 0) // PAGE * PAGE
    return place.link(
        f"article/{article.id}", ("q", question), ("from", str(first + 1) if first else ""), fragment=fragment
    )


def origin(article: ArticleCard, say: Catalogue, passage: Passage | None = None) -> Html | None:
    """Return the line on where an article is from, when and by whom, as far as it states that.

    With a passage the line ends with the link to where the article was published.
    """
    parts: list[Child] = [_name(article.source), _day(article.date, say), _name(article.author)]
    address = passage_address(article, passage) if passage is not None else None
    if address:
        parts.append(tag("a", say.text("web_original"), href=address, rel="external noreferrer"))
    told = [part for part in parts if part]
    if not told:
        return None
    return tag("p", [joined(say.dot if place else "", part) for place, part in enumerate(told)], class_="place")


def _name(stated: str | None) -> Html | None:
    name = shown(stated or "").strip()
    return tag("bdi", name) if name else None


def _day(stated: str | None, say: Catalogue) -> Html | None:
    """Return a date as its readers write it; what is no full date as it is stated."""
    if stated is None or not stated.strip():
        return None
    try:
        day = date.fromisoformat(stated[:10])
    except ValueError:
        return tag("bdi", shown(stated).strip()[:40])
    return tag("time", say.day(day), datetime=day.isoformat())


def way_of(article: ArticleCard) -> str:
    """Return the direction of what belongs to an article: that of its language."""
    return "rtl" if article.language in _RIGHT_TO_LEFT else "ltr"


def listed(article: ArticleCard, say: Catalogue, link: str) -> Html:
    """Return an article as an entry of a list, which runs as the page does."""
    title = tag("bdi", title_of(article, say), lang=article.language or None)
    return tag("li", tag("a", title, href=link), origin(article, say))


def of_text(article: ArticleCard) -> dict[str, str]:
    """Return the attributes of an element with a text of an article: its language, and its own direction."""
    return {"lang": article.language, "dir": "auto"} if article.language else {"dir": "auto"}
