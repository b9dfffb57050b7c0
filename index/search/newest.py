"""The newest articles, each by its first paragraph: what a question gets that asks for no topic, and lists of them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index import tuning
from index.model import ArticleCard, Hit
from index.query.passages import Passages, TextStore
from index.query.syntax import ParsedQuestion, Problem
from index.search.evidence import NO_EVIDENCE
from index.search.results import Ranking, Results


def openings(texts: TextStore, articles: Sequence[ArticleCard]) -> tuple[Hit, ...]:
    """Return the first paragraph of each article, or its first passage when it has none; every score is 0."""
    hits: list[Hit] = []
    for article in articles:
        passages = texts.passages_of(article.row)
        first = next(
            (passage for passage in passages if passage.kind == "paragraph"), passages[0] if passages else None
        )
        if first is not None:
            hits.append(Hit(first, article, 0.0))
    return tuple(hits)


def newest(passages: Passages, question: ParsedQuestion, k: int) -> Results:
    """Return the newest articles that the filters of a question allow, as results that need no search.

    Where there are none, the results have no hits, and those behind them are of the articles nearest in time.
    """
    count = max(k, tuning.RESULTS)
    rows = passages.filter.newest(0, count, question.filters)
    results = _results(passages, question, rows)
    if rows:
        return replace(results, hits=results.first(k))
    guessed = [one for one in question.filters if one.is_guess]
    if not guessed or guessed[0].period is None:
        words = tuple(one.words for one in question.filters)
        return replace(results, problems=(*question.problems, Problem("no_passage_together", words)))
    problems = (*question.problems, Problem("no_article", tuple(one.words for one in guessed)))
    nearest = passages.filter.nearest(guessed[0].period, count)
    return replace(_results(passages, question, nearest), problems=problems)


def _results(passages: Passages, question: ParsedQuestion, rows: Sequence[int]) -> Results:
    """Return results without hits; those behind them are of the articles `rows`."""
    hits = openings(passages.texts, passages.texts.articles(rows))
    ranking = Ranking(passages, [hit.passage.row for hit in hits], np.zeros((len(hits), 5)))
    return Results(
        question.text, "", (), (), 1.0, 1.0, NO_EVIDENCE, (), question.searched, question.filters, question.problems,
        ranking, is_listing=True,
    )  # fmt: skip
