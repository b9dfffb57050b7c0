"""An article on a page, or a part of a long one, with the passages that links lead to."""

from bot.answer import Answerer
from bot.articles import WholeArticle
from bot.channels.serve.html import Html, joined, tag
from bot.channels.serve.page.answer import about
from bot.channels.serve.page.frame import Place, page
from bot.channels.serve.page.parts import PAGE, of_text, origin, title_of
from bot.render import position_of
from index import Passage


def article_page(answerer: Answerer, place: Place, opened: WholeArticle, first: int, question: str) -> bytes:
    """Return the page of an article from passage `first` on, counted from 1; a link leads back to the question."""
    say, article = place.say, opened.article
    begin = min(max(first - 1, 0), max(len(opened.passages) - 1, 0))
    shown_here = opened.passages[begin : begin + PAGE]
    title = title_of(article, say)
    back = tag("a", say.text("button_back"), href=place.link("", ("q", question))) if question else None
    texts = [_passage(passage, number, place, opened) for number, passage in enumerate(shown_here, begin + 1)]
    return page(
        place,
        title,
        about(answerer, say),
        question,
        tag("p", back, class_="back") if back else None,
        tag("h1", title, tabindex="-1", **of_text(article)),
        origin(article, say, shown_here[0] if shown_here else None),
        tag("div", *texts, class_="text"),
        _pages(opened, begin, place, question),
    )


def _passage(passage: Passage, number: int, place: Place, opened: WholeArticle) -> Html:
    say = place.say
    where = tag("a", say.number(number), href=f"#p{number}", class_="number", aria_label=position_of(passage, say))
    attributes = of_text(opened.article)
    if passage.kind == "caption":
        label = tag("span", f"{say.text('caption')}: ", lang=say.language)
        return tag("p", where, label, tag("bdi", passage.text), id=f"p{number}", class_="caption", **attributes)
    kind = "boilerplate" if passage.kind == "boilerplate" else None
    return tag("p", where, passage.text, id=f"p{number}", class_=kind, **attributes)


def _pages(opened: WholeArticle, begin: int, place: Place, question: str) -> Html | None:
    """Return the links to the parts before and after this one, None for an article that stands here whole."""
    say, path = place.say, f"article/{opened.article.id}"

    def link(first: int, text: str, relation: str) -> Html:
        start = str(first + 1) if first else ""
        return tag("a", text, href=place.link(path, ("q", question), ("from", start)), rel=relation)

    before = link(max(begin - PAGE, 0), say.text("button_previous"), "prev") if begin else None
    after = link(begin + PAGE, say.text("button_next"), "next") if begin + PAGE < len(opened.passages) else None
    return tag("p", joined(before or "", " ", after or ""), class_="more") if before or after else None
