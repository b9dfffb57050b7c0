"""The route table of the API: each path with what it takes, gives and does, for the server and for its description."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel

from bot.answer import Answer, Answerer, AnswerPassage, AskOptions
from bot.channels.serve import models
from bot.channels.serve.problems import ProblemError
from bot.schema import AnswerJson, encodable, narrowing_records, passage_record, to_json
from bot.wording import problem_line
from index import ArticleCard

Make = Callable[[Answerer, Any, str], bytes]
Count = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path of the API.

    `takes` checks its parameters, or its body with POST; `gives` describes the answer that `make` writes, from a pinned
    answerer, what was taken, and the part of the path in braces; without one it is a batch, whose questions are asked
    one by one, so that others come in between. `statuses` are those that other paths do not have.
    """

    name: str
    method: Literal["GET", "POST"]
    path: str
    summary: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    make: Make | None = None
    statuses: tuple[int, ...] = ()


def answer(count: Count) -> Make:
    """Return what answers one question."""

    def make(answerer: Answerer, taken: models.AnswerParameters, _: str) -> bytes:
        options = AskOptions(taken.exact, frozenset(taken.without), taken.explain)
        return answer_json(answerer, taken.q, _chosen(taken), options, count)

    return make


def answer_json(
    answerer: Answerer, question: str, k: int | None, options: AskOptions, count: Count = lambda _: None
) -> bytes:
    """Return the answer to a question as the API writes it; `count` is told its state."""
    found = public(answerer.answer(question, k, options), answerer)
    count(found.state)
    return to_json(found, explain=options.explain, indent=None).encode()


def search(answerer: Answerer, taken: models.SearchParameters, _: str) -> bytes:
    """Rank passages."""
    results, passages = answerer.search(taken.q, taken.k + 1, taken.offset)
    shown = [_public(passage, answerer) for passage in passages[: taken.k]]
    return _written(
        models.SearchJson(
            question=taken.q,
            passages=[passage_record(passage) for passage in shown],
            next=taken.offset + taken.k if len(passages) > taken.k else None,
            corrected=list(results.corrected),
            narrowed=narrowing_records(results.filters),
            problems=list(map(problem_line, results.problems)),
        )
    )


def articles(answerer: Answerer, taken: models.ArticlesParameters, _: str) -> bytes:
    """List articles."""
    listing = answerer.articles.titles(taken.title, taken.offset, taken.limit, newest=taken.order == "newest")
    end = taken.offset + len(listing.articles)
    return _written(
        models.ArticlesJson(
            articles=[_article(card, answerer) for card in listing.articles],
            count=listing.count,
            next=end if listing.articles and end < listing.count else None,
        )
    )


def article(answerer: Answerer, taken: models.ArticleParameters, name: str) -> bytes:
    """Give an article. Raises ProblemError when there is none of that name."""
    opened = answerer.articles.open(name)
    if opened is None:
        raise ProblemError("not-found", "No article has this id.")
    first = taken.first - 1
    shown = opened.passages[first : first + taken.limit]
    end = first + len(shown)
    parts = [
        models.PartJson(
            place=place,
            kind=passage.kind,
            ordinal=passage.ordinal,
            count=passage.count,
            text=encodable(passage.text),
            page=passage.page,
            seconds=passage.seconds,
        )
        for place, passage in enumerate(shown, taken.first)
    ]
    more = end + 1 if shown and end < len(opened.passages) else None
    return _written(models.WholeJson(article=_article(opened.article, answerer), passages=parts, next=more))


def status(version: str) -> Make:
    """Return what tells of the index, in a program of this version."""

    def make(answerer: Answerer, _taken: models.NoParameters, _: str) -> bytes:
        manifest = answerer.index.manifest
        counts = {name: manifest.counts[name] for name in ("articles", "paragraphs", "captions")}
        return _written(
            models.StatusJson(
                version=version,
                generation=manifest.generation,
                built_at=manifest.built_at,
                languages=dict(manifest.languages),
                **counts,
            )
        )

    return make


def batch_options(taken: models.BatchBody) -> tuple[int | None, AskOptions]:
    """Return how each question of a batch is asked."""
    return _chosen(taken), AskOptions(taken.exact)


def batch_json(answers: Sequence[bytes]) -> bytes:
    """Return answers that are written already as one object."""
    return b'{"answers":[' + b",".join(answers) + b"]}"


def endpoints(version: str, count: Count = lambda _: None) -> tuple[Endpoint, ...]:
    """Return the route table of a program of this version; `count` is told the state of every answer."""
    # fmt: off
    return (
        Endpoint(
            "answer", "GET", "/v1/answer", "Answer a question",
            models.AnswerParameters, AnswerJson, answer(count),
        ),
        Endpoint(
            "answers", "POST", "/v1/answers", "Answer several questions", models.BatchBody, models.BatchJson,
            statuses=(415,),
        ),
        Endpoint("search", "GET", "/v1/search", "Rank passages", models.SearchParameters, models.SearchJson, search),
        Endpoint(
            "articles", "GET", "/v1/articles", "List articles",
            models.ArticlesParameters, models.ArticlesJson, articles,
        ),
        Endpoint(
            "article", "GET", "/v1/articles/{id}", "Read an article",
            models.ArticleParameters, models.WholeJson, article, (404,),
        ),
        Endpoint(
            "status", "GET", "/v1/status", "See what is answered from",
            models.NoParameters, models.StatusJson, status(version),
        ),
    )
    # fmt: on


def public(found: Answer, answerer: Answerer) -> Answer:
    """Return an answer without what the paths of this machine tell."""
    return replace(found, passages=tuple([_public(passage, answerer) for passage in found.passages]))


def public_path(path: str, sources: Sequence[str]) -> str:
    """Return where a file lies, from the source on that it was read from.

    >>> public_path("/home/ana/news/2024/bridge.md", ["/home/ana/news"]), public_path("/home/ana/a.md", [])
    ('news/2024/bridge.md', 'a.md')
    """
    for source in sources:
        if path == source or path.startswith(f"{source.rstrip(os.sep)}{os.sep}"):
            return f"{os.path.basename(source.rstrip(os.sep))}{path[len(source.rstrip(os.sep)) :]}"  # noqa: PTH119
    return os.path.basename(path)  # noqa: PTH119


def _public(passage: AnswerPassage, answerer: Answerer) -> AnswerPassage:
    path = public_path(passage.article.path, answerer.index.manifest.sources)
    return replace(passage, article=replace(passage.article, path=path))


def _article(card: ArticleCard, answerer: Answerer) -> models.ArticleJson:
    names = ("id", "title", "source", "url", "author", "date", "language", "passages")
    path = public_path(card.path, answerer.index.manifest.sources)
    return models.ArticleJson(**{name: encodable(getattr(card, name)) for name in names}, path=encodable(path))


def _chosen(taken: models.AnswerParameters | models.BatchBody) -> int | None:
    return taken.k if "k" in taken.model_fields_set else None


def _written(record: BaseModel) -> bytes:
    return record.model_dump_json().encode()
