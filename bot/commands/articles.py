"""List the articles of the index, and print one of them whole."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.printing import counted, err, out, out_json

if TYPE_CHECKING:
    from bot.articles import Articles, WholeArticle
    from index import ArticleCard

_AT_A_TIME = 1000
_NAMED = 5


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
    is_none = True
    for article in filter(wanted.holds, _titled(articles, wanted.words)):
        is_none = False
        out_json(_json(_record(article))) if as_json else out(_line(article))
    return int(is_none)


def show(articles: "Articles", name: str, *, as_json: bool) -> int:
    """Print the article of this id, title, or words that one title alone holds. Return 1 where that is not one."""
    whole = _named(articles, name)
    if isinstance(whole, str):
        err(f"quoth: {whole}")
        return 1
    if as_json:
        passages = [
            {"text": one.text, "kind": one.kind, "ordinal": one.ordinal, "page": one.page, "seconds": one.seconds}
            for one in whole.passages
        ]
        out_json(_json(_record(whole.article) | {"passages": passages}))
    else:
        from bot.channels.layout import stdout_console
        from bot.channels.terminal import neighbourhood

        neighbourhood(whole.article, whole.passages, None, stdout_console())
    return 0


def export(articles: "Articles") -> int:
    """Print every article in a line of JSON from which a build makes the same article again. Return 0."""
    from bot.commands.progress import Pace
    from index import exported

    folder, pace, count = _folder_of(articles.files()), Pace(beside_output=True), articles.titles("", 0, 0).count
    for done, article in enumerate(_titled(articles, "")):
        pace(partial(_exporting, done, count), done, count)
        path = os.path.relpath(article.path, folder) if article.path else ""
        out_json(_json(exported(article, articles.of(article).passages, path)))
    return 0


def _exporting(done: int, count: int) -> str:
    return f"exporting: {done:,} of {counted(count, 'article')}"


def _folder_of(files: Sequence[str]) -> str:
    """Return the folder that all files lie in."""
    folders = {str(Path(file).parent) for file in files}
    try:
        return os.path.commonpath(folders) or os.curdir
    except ValueError:
        # Of none, of relative paths and absolute ones, or of several drives.
        return os.curdir


def _named(articles: "Articles", name: str) -> "WholeArticle | str":
    """Return the article of a name, or in words why there is none."""
    if whole := articles.open(name):
        return whole
    listed = articles.titles(name, 0, _NAMED)
    card = articles.titled(name) or (listed.articles[0] if listed.count == 1 else None)
    if card is None or (whole := articles.open(card.id)) is None:
        if not listed.count:
            return f'no article has the id or title "{name}"; `quoth articles` lists them'
        some = "".join(f"\n  {_line(one)}" for one in listed.articles)
        return f'{listed.count:,} titles hold "{name}"; name one by its id:{some}'
    return whole


def _titled(articles: "Articles", words: str) -> Iterator["ArticleCard"]:
    first, count = 0, 1
    while first < count:
        listed = articles.titles(words, first, _AT_A_TIME)
        yield from listed.articles
        first, count = first + _AT_A_TIME, listed.count


def _line(article: "ArticleCard") -> str:
    from bot.printing import shown
    from bot.render import day

    details = (day(article.date), shown(article.source or "").strip())
    return " · ".join((f"{article.id}  {shown(article.title).strip() or 'Untitled'}", *filter(None, details)))


def _record(article: "ArticleCard") -> dict[str, Any]:
    names = ("id", "title", "path", "source", "url", "author", "date", "language", "passages")
    return {name: getattr(article, name) for name in names}


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)
