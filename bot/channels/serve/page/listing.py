"""The articles on a page, by title or the newest first."""

from typing import Final

from bot.answer import Answerer
from bot.channels.serve.html import Html, joined, tag
from bot.channels.serve.page.answer import about
from bot.channels.serve.page.frame import Place, page
from bot.channels.serve.page.parts import article_link, listed

PAGE: Final = 20


def listing_page(answerer: Answerer, place: Place, title: str, offset: int, *, newest: bool) -> bytes:
    """Return a page of the list of articles, or of those with words in the title, from `offset` on."""
    say = place.say
    listing = answerer.articles.titles(title, offset, PAGE, newest=newest)
    last = offset + len(listing.articles)
    heading = say.text("latest" if newest else "menu_titles").rstrip(":")
    if listing.articles:
        told = say.text("titles_page", first=offset + 1, last=last, count=listing.count).rstrip(":")
    else:
        told = say.text("latest_none" if newest and not title else "titles_none")
    items = [listed(one, say, article_link(place, one)) for one in listing.articles]
    return page(
        place,
        heading,
        about(answerer, say),
        "",
        tag("h1", heading, tabindex="-1"),
        _find(place, title, newest=newest),
        tag("p", told, role="status", class_="state"),
        tag("ol", *items, class_="plain") if items else None,
        _pages(place, title, offset, listing.count, newest=newest),
    )


def _find(place: Place, title: str, *, newest: bool) -> Html:
    say = place.say
    other = ("", say.text("web_order_index")) if newest else ("newest", say.text("web_order_newest"))
    return joined(
        tag(
            "form",
            tag("label", say.text("web_find"), for_="title"),
            tag(
                "div",
                tag("input", id="title", name="title", type="search", dir="auto", value=title, maxlength="200"),
                tag("button", say.text("web_search"), type="submit"),
                class_="box",
            ),
            tag("input", type="hidden", name="order", value="newest") if newest else None,
            tag("input", type="hidden", name="lang", value=place.stated) if place.stated else None,
            class_="ask",
            action="articles",
        ),
        tag(
            "ul",
            tag("li", tag("a", other[1], href=place.link("articles", ("title", title), ("order", other[0])))),
            class_="chips",
        ),
    )


def _pages(place: Place, title: str, offset: int, count: int, *, newest: bool) -> Html | None:
    say = place.say

    def link(first: int, text: str, relation: str) -> Html:
        order, start = "newest" if newest else "", str(first) if first else ""
        address = place.link("articles", ("title", title), ("order", order), ("offset", start))
        return tag("a", text, href=address, rel=relation)

    before = link(max(offset - PAGE, 0), say.text("button_previous"), "prev") if offset else ""
    after = link(offset + PAGE, say.text("button_next"), "next") if offset + PAGE < count else ""
    return tag("p", before, " ", after, class_="more") if before or after else None
