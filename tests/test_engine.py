"""Both engines against a brute force, on collections of every size from none."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import bm25
from index.engine import EmbeddedEngine, Engine
from index.postings import Forward, Postings, invert
from index.reference import RankBm25Engine

Collection = tuple[Forward, int]

ENGINES: list[Callable[[Postings, Forward, bm25.Parameters], Engine]] = [
    lambda postings, _, parameters: EmbeddedEngine(postings, parameters),
    lambda _, forward, parameters: RankBm25Engine(forward, parameters),
]


def collection(passages: list[list[int]], titles: list[list[int]], article: list[int], hidden: list[bool]) -> Forward:
    def offsets(lists: list[list[int]]) -> "np.typing.NDArray[np.int64]":
        return np.cumsum([0, *map(len, lists)], dtype=np.int64)

    def flat(lists: list[list[int]]) -> "np.typing.NDArray[np.uint32]":
        return np.array([term for terms in lists for term in terms], np.uint32)

    return Forward(
        offsets(passages),
        flat(passages),
        offsets(titles),
        flat(titles),
        np.array(article, np.uint32),
        np.array(hidden, bool),
    )


@st.composite
def collections(draw: st.DrawFn) -> Forward:
    terms = st.integers(0, 11)
    titles = draw(st.lists(st.lists(terms, max_size=3), min_size=1, max_size=4))
    passages = draw(st.lists(st.lists(terms, max_size=12), max_size=40))
    article = sorted(draw(st.integers(0, len(titles) - 1)) for _ in passages)
    hidden = [draw(st.integers(0, 9)) == 0 for _ in passages]
    return collection(passages, titles, article, hidden)


def brute_force(
    forward: Forward, terms: list[int], weights: list[float], parameters: bm25.Parameters, allowed: list[bool] | None
) -> list[tuple[float, int]]:
    """Every passage scored by the formula, read from the docstring of `index.bm25` and nothing else."""
    documents = [forward.indexed(row, parameters.title_weight) for row in range(len(forward.article))]
    average = sum(map(len, documents)) / max(len(documents), 1) or 1.0
    scored = []
    for row, document in enumerate(documents):
        score = 0.0
        for term, weight in zip(terms, weights, strict=True):
            tf = document.count(term)
            df = sum(term in other for other in documents)
            if tf:
                norm = parameters.k1 * (1 - parameters.b + parameters.b * len(document) / average)
                score += weight * np.log((len(documents) + 1) / df) * tf * (parameters.k1 + 1) / (tf + norm)
        if score > 0 and (allowed is None or allowed[row]):
            scored.append((-score, row))
    return sorted(scored)


@pytest.mark.parametrize("make", ENGINES, ids=["embedded", "rank-bm25"])
@settings(max_examples=150, deadline=None)
@given(
    forward=collections(),
    query=st.lists(st.tuples(st.integers(0, 11), st.sampled_from([0.0, 0.3, 1.0, 2.0])), max_size=8),
    k=st.integers(0, 60),
    filtered=st.booleans(),
    parameters=st.sampled_from([bm25.Parameters(), bm25.Parameters(2.0, 0.0, 0), bm25.Parameters(0.0, 1.0, 1)]),
    data=st.data(),
)
def test_an_engine_returns_the_hits_and_scores_of_a_brute_force(
    make: Callable[[Postings, Forward, bm25.Parameters], Engine],
    forward: Forward,
    query: list[tuple[int, float]],
    k: int,
    filtered: bool,
    parameters: bm25.Parameters,
    data: st.DataObject,
) -> None:
    passages = len(forward.article)
    allowed = [data.draw(st.booleans()) for _ in range(passages)] if filtered else None
    terms, weights = [term for term, _ in query], [weight for _, weight in query]
    engine = make(invert(forward, 12, parameters), forward, parameters)
    rows, scores = engine.top(terms, weights, k, None if allowed is None else np.array(allowed, bool))
    expected = brute_force(forward, terms, weights, parameters, allowed)[:k]
    assert scores.tolist() == pytest.approx([-score for score, _ in expected], abs=1e-9)
    # Passages whose scores differ by less than rounding may stand in either order.
    assert [round(score, 7) for score in scores.tolist()] == sorted(
        (round(score, 7) for score in scores.tolist()), reverse=True
    )
    if len({round(score, 7) for score, _ in expected}) == len(expected):
        assert rows.tolist() == [row for _, row in expected]


@pytest.mark.parametrize("make", ENGINES, ids=["embedded", "rank-bm25"])
def test_equal_passages_come_in_their_order(make: Callable[[Postings, Forward, bm25.Parameters], Engine]) -> None:
    forward = collection([[1, 2]] * 30, [[]], [0] * 30, [False] * 30)
    engine = make(invert(forward, 3, bm25.Parameters()), forward, bm25.Parameters())
    rows, scores = engine.top([1], [1.0], 7)
    assert rows.tolist() == list(range(7))
    assert len(set(scores.tolist())) == 1


@pytest.mark.parametrize("make", ENGINES, ids=["embedded", "rank-bm25"])
def test_a_word_in_both_of_two_passages_still_counts(
    make: Callable[[Postings, Forward, bm25.Parameters], Engine],
) -> None:
    forward = collection([[0, 1], [0]], [[], []], [0, 1], [False, False])
    rows, scores = make(invert(forward, 2, bm25.Parameters()), forward, bm25.Parameters()).top([0], [1.0], 5)
    assert sorted(rows.tolist()) == [0, 1]
    assert (scores > 0).all()


def test_pruning_keeps_the_exact_list_on_a_collection_with_very_common_words() -> None:
    random = np.random.default_rng(5)
    ranks = random.zipf(1.3, size=(3000, 30)) % 400
    forward = collection(ranks.tolist(), [[]] * 300, [row // 10 for row in range(3000)], [False] * 3000)
    postings = invert(forward, 400, bm25.Parameters())
    embedded, reference = EmbeddedEngine(postings, bm25.Parameters()), RankBm25Engine(forward, bm25.Parameters())
    for _ in range(100):
        terms = random.integers(0, 400, size=int(random.integers(1, 12))).tolist()
        terms = [term for term in terms if postings.df(term)]
        mine, theirs = embedded.top(terms, [1.0] * len(terms), 10), reference.top(terms, [1.0] * len(terms), 10)
        assert mine[1] == pytest.approx(theirs[1], abs=1e-9)
        assert mine[0].tolist() == theirs[0].tolist()
