"""Both engines against a brute force, on collections of every size from none."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import bm25
from index.compiled import CompiledEngine, tables
from index.engine import EmbeddedEngine, Engine
from index.inversion import invert, invert_compiled
from index.postings import Forward, Postings
from index.reference import RankBm25Engine

Make = Callable[[Postings, Forward, bm25.Parameters], Engine]


def without_impacts(postings: Postings) -> Postings:
    """As a large collection stores them."""
    none = np.full(postings.terms, -1, np.int32)
    return replace(postings, impacts=np.empty(0), column_of=none, columns=np.empty((0, postings.passages)))


ENGINES: list[Make] = [
    lambda postings, _, parameters: EmbeddedEngine(postings, parameters),
    lambda postings, _, parameters: EmbeddedEngine(without_impacts(postings), parameters),
    lambda postings, _, parameters: CompiledEngine(postings, tables(postings, parameters), parameters),
    lambda _, forward, parameters: RankBm25Engine(forward, parameters),
]
NAMES = ["embedded", "embedded, large", "compiled", "rank-bm25"]


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


@pytest.mark.parametrize("make", ENGINES, ids=NAMES)
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
    make: Make,
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
    scored = brute_force(forward, terms, weights, parameters, allowed)
    expected = scored[:k]
    assert scores.tolist() == pytest.approx([-score for score, _ in expected], abs=1e-9)
    # Passages whose scores differ by less than rounding may stand in either order.
    assert [round(score, 7) for score in scores.tolist()] == sorted(
        (round(score, 7) for score in scores.tolist()), reverse=True
    )
    if len({round(score, 7) for score, _ in scored[: k + 1]}) == len(scored[: k + 1]):
        assert rows.tolist() == [row for _, row in expected]


@pytest.mark.parametrize("make", ENGINES, ids=NAMES)
def test_equal_passages_come_in_their_order(make: Make) -> None:
    forward = collection([[1, 2]] * 30, [[]], [0] * 30, [False] * 30)
    engine = make(invert(forward, 3, bm25.Parameters()), forward, bm25.Parameters())
    rows, scores = engine.top([1], [1.0], 7)
    assert rows.tolist() == list(range(7))
    assert len(set(scores.tolist())) == 1


@pytest.mark.parametrize("make", ENGINES, ids=NAMES)
def test_a_word_in_both_of_two_passages_still_counts(
    make: Make,
) -> None:
    forward = collection([[0, 1], [0]], [[], []], [0, 1], [False, False])
    rows, scores = make(invert(forward, 2, bm25.Parameters()), forward, bm25.Parameters()).top([0], [1.0], 5)
    assert sorted(rows.tolist()) == [0, 1]
    assert (scores > 0).all()


@pytest.fixture(scope="module")
def large() -> tuple[Postings, Forward]:
    """60,000 passages in fifteen windows, words as common as in real text; the last tenth repeats one passage."""
    random = np.random.default_rng(5)
    sizes = random.integers(5, 40, 60_000)
    sizes[-6_000:] = 8
    words = random.zipf(1.2, int(sizes.sum())) % 5_000
    words[-48_000:] = np.tile([1, 2, 3, 70, 71, 72, 400, 401], 6_000)
    article = np.arange(60_000) // 10
    empty = np.empty(0, np.uint32)
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    forward = Forward(
        indptr,
        words.astype(np.uint32),
        np.zeros(6_001, np.int64),
        empty,
        article.astype(np.uint32),
        np.zeros(60_000, bool),
    )
    return invert(forward, 5_000, bm25.Parameters()), forward


def everything_scored(postings: Postings, query: dict[int, float], k1: float) -> "np.typing.NDArray[np.float64]":
    scores = np.zeros(postings.passages)
    for term, weight in query.items():
        held = slice(postings.indptr[term], postings.indptr[term + 1])
        rows = postings.rows[held].astype(np.int64)
        scores[rows] += weight * bm25.impact(float(postings.idf[term]), postings.tf[held], postings.norm[rows], k1)
    return scores


@pytest.mark.parametrize("make", ENGINES[:3], ids=NAMES[:3])
@pytest.mark.parametrize("k", [1, 10, 100, 1000])
@pytest.mark.parametrize("share_allowed", [None, 0.5, 0.01])
def test_pruning_keeps_the_exact_list_with_common_words_and_many_ties(
    large: tuple[Postings, Forward], make: Make, k: int, share_allowed: float | None
) -> None:
    postings, forward = large
    random = np.random.default_rng(k)
    engine = make(postings, forward, bm25.Parameters())
    for turn in range(40):
        terms = random.choice(
            [1, 2, 3, 5, 9, 30, 70, 71, 72, 400, *random.integers(0, 5_000, 8)], 1 + turn % 9
        ).tolist()
        terms = [term for term in terms if postings.df(term)]
        weights = random.choice([1.0, 1.0, 0.3, 2.0], len(terms)).tolist()
        query: dict[int, float] = {}
        for term, weight in zip(terms, weights, strict=True):
            query[term] = query.get(term, 0.0) + weight
        allowed = None if share_allowed is None else random.random(postings.passages) < share_allowed
        scores = everything_scored(postings, query, 1.2)
        if allowed is not None:
            scores[~allowed] = 0
        expected = np.lexsort((np.arange(len(scores)), -scores))[:k]
        expected = expected[scores[expected] > 0]
        rows, found = engine.top(terms, weights, k, allowed)
        assert rows.tolist() == expected.tolist()
        assert found.tolist() == scores[expected].tolist()


def test_weights_beyond_the_integers_are_still_exact(large: tuple[Postings, Forward]) -> None:
    postings, forward = large
    compiled, embedded = (make(postings, forward, bm25.Parameters()) for make in (ENGINES[2], ENGINES[0]))
    rows, scores = compiled.top([70, 400], [1e6, 0.5], 10)
    assert rows.tolist() == embedded.top([70, 400], [1e6, 0.5], 10)[0].tolist()
    assert scores[0] > 1e6


@settings(max_examples=100, deadline=None)
@given(forward=collections(), title_weight=st.integers(0, 3))
def test_sorting_and_compiled_passes_give_the_same_postings(forward: Forward, title_weight: int) -> None:
    parameters = bm25.Parameters(title_weight=title_weight)
    with TemporaryDirectory() as folder:
        by_passes, by_sorting = invert_compiled(forward, 12, parameters, Path(folder)), invert(forward, 12, parameters)
        shared = [field.name for field in fields(Postings) if field.name not in ("impacts", "column_of", "columns")]
        for name in shared:
            assert getattr(by_passes, name) == pytest.approx(getattr(by_sorting, name), rel=1e-15)
        assert by_passes.impacts.size == by_passes.columns.size == 0
