"""List the articles of the index, and print one of them whole."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import BotError

if TYPE_CHECKING:
    from bot.articles import Articles, WholeArticle
    from index import ArticleCard

_AT_A_TIME = 1000
_NAMED = 5


class UnknownArticleError(BotError):
    """No article has a name, or several do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles are listed: with these words in the title, of this source, of this date or later."""

    words: str = ""
    source: str | None = None
    since: str | None = None

    def holds(self, article: "ArticleCard") -> bool:
        """Return whether the source and the date of an article are wanted."""
        if self.source is not None and self.source.casefold() not in (article.source or "").casefold():
            return False
        return self.since is None or (article.date or "") >= self.since


def listing(articles: "Articles", wanted: Wanted, *, as_json: bool) -> int:
    """Print the wanted articles in index order, one a line, as JSON Lines if wanted. Return 1 where there is none."""
    found = 0
    for found, article in enumerate(filter(wanted.holds, _titled(articles, wanted.words)), 1):
        print(_json(_record(article)) if as_json else _line(article))
    return 0 if found else 1


def show(articles: "Articles", name: str, *, as_json: bool) -> int:
    """Print the article of this id, title, or words that one title alone holds. Return the exit code 0.

    Raises UnknownArticleError where that is none or not one.
    """
    whole = _named(articles, name)
    if as_json:
        passages = [
            {"text": one.text, "kind": one.kind, "ordinal": one.ordinal, "page": one.page, "seconds": one.seconds}
            for one in whole.passages
        ]
        print(_json(_record(whole.article) | {"passages": passages}))
    else:
        from bot.channels.terminal import neighbourhood, stdout_console

        neighbourhood(whole.article, whole.passages, None, stdout_console())
    return 0


def _named(articles: "Articles", name: str) -> "WholeArticle":
    if whole := articles.open(name):
        return whole
    listed = articles.titles(name, 0, _NAMED)
    card = articles.titled(name) or (listed.articles[0] if listed.count == 1 else None)
    if card is None or (whole := articles.open(card.id)) is None:
        if not listed.count:
            raise UnknownArticleError(f"no article has the id or title {name!r}; `quoth articles` lists them")
        some = "".join(f"\n  {_line(one)}" for one in listed.articles)
        raise UnknownArticleError(f"{listed.count:,} titles hold {name!r}; name one by its id:{some}")
    return whole


def _titled(articles: "Articles", words: str) -> Iterator["ArticleCard"]:
    first, count = 0, 1
    while first < count:
        listed = articles.titles(words, first, _AT_A_TIME)
        yield from listed.articles
        first, count = first + _AT_A_TIME, listed.count


def _line(article: "ArticleCard") -> str:
    from bot.render import day, shown

    details = (day(article.date), shown(article.source or "").strip())
    return " · ".join((f"{article.id}  {shown(article.title).strip() or 'Untitled'}", *filter(None, details)))


def _record(article: "ArticleCard") -> dict[str, Any]:
    names = ("id", "title", "path", "source", "url", "author", "date", "language", "passages")
    return {name: getattr(article, name) for name in names}


def _json(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)
