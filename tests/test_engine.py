"""Both engines against a brute force, on collections of every size from none."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import bm25
from index.postings import compaction_steps, layout
from index.postings.compact import CompactPostings, StoredPostings
from index.postings.compaction import compact_postings
from index.postings.forward import Forward
from index.postings.impacts import LARGE, Inverted, Postings
from index.postings.inversion import LargeInversion, invert
from index.ranking.choose import engine_name
from index.ranking.compiled import CompiledEngine
from index.ranking.embedded import EmbeddedEngine
from index.ranking.engine import Engine
from index.ranking.maxscore import MaxScoreEngine
from index.ranking.reference import RankBm25Engine
from index.store.arrays import map_array

Make = Callable[[Forward, int, bm25.Parameters], Engine]

pytestmark = pytest.mark.usefixtures("kernels")


def compact(forward: Forward, terms: int, parameters: bm25.Parameters) -> CompactPostings:
    """As a large collection is stored; the files may go, for their mappings stay."""
    with TemporaryDirectory() as folder:
        inverted = invert(forward, terms, parameters)
        return compact_postings(inverted.indptr, inverted.lengths, inverted.lists(), parameters, Path(folder))


def taken_over(forward: Forward, terms: int, parameters: bm25.Parameters) -> Engine:
    engine = EmbeddedEngine(Postings.of(invert(forward, terms, parameters), parameters))
    engine.take_over()
    return engine


ENGINES: list[Make] = [
    lambda forward, terms, p: EmbeddedEngine(Postings.of(invert(forward, terms, p), p)),
    lambda forward, terms, p: MaxScoreEngine(compact(forward, terms, p), p),
    lambda forward, terms, p: CompiledEngine(compact(forward, terms, p), p),
    taken_over,
    lambda forward, _, p: RankBm25Engine(forward, p),
]
NAMES = ["embedded", "maxscore", "compiled", "impacts", "rank-bm25"]


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
    dfs = [sum(term in document for document in documents) for term in terms]
    scored = []
    for row, document in enumerate(documents):
        score = 0.0
        for term, weight, df in zip(terms, weights, dfs, strict=True):
            tf = document.count(term)
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
    engine = make(forward, 12, parameters)
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
    engine = make(forward, 3, bm25.Parameters())
    rows, scores = engine.top([1], [1.0], 7)
    assert rows.tolist() == list(range(7))
    assert len(set(scores.tolist())) == 1


@pytest.mark.parametrize("make", ENGINES, ids=NAMES)
def test_a_word_in_both_of_two_passages_still_counts(
    make: Make,
) -> None:
    forward = collection([[0, 1], [0]], [[], []], [0, 1], [False, False])
    rows, scores = make(forward, 2, bm25.Parameters()).top([0], [1.0], 5)
    assert sorted(rows.tolist()) == [0, 1]
    assert (scores > 0).all()


@pytest.fixture(scope="module")
def large() -> Forward:
    """60,000 passages in fifteen windows, words as common as in real text; the last tenth repeats one passage."""
    random = np.random.default_rng(5)
    sizes = random.integers(5, 40, 60_000)
    sizes[-6_000:] = 8
    words = random.zipf(1.2, int(sizes.sum())) % TERMS
    words[-48_000:] = np.tile([1, 2, 3, 70, 71, 72, 400, 401], 6_000)
    # Once more often in one passage than any level can tell from the next.
    words[:5] = 77
    sizes[0] += 400
    words = np.concatenate([np.full(400, 77), words])
    empty = np.empty(0, np.uint32)
    return Forward(
        np.concatenate([[0], np.cumsum(sizes)]),
        words.astype(np.uint32),
        np.zeros(6_001, np.int64),
        empty,
        (np.arange(60_000) // 10).astype(np.uint32),
        np.zeros(60_000, bool),
    )


TERMS = 5_000


@pytest.fixture(scope="module")
def of_large(large: Forward) -> Callable[[Make], Engine]:
    """Return what makes an engine of `large`, each kind once."""
    return cache(lambda make: make(large, TERMS, bm25.Parameters()))


@pytest.fixture(scope="module")
def lists(large: Forward) -> Inverted:
    return invert(large, TERMS, bm25.Parameters())


def everything_scored(lists: Inverted, query: dict[int, float]) -> "np.typing.NDArray[np.float64]":
    """Every passage by the formula, from the rarest term to the commonest as the protocol says."""
    scores, df = np.zeros(len(lists.lengths)), np.diff(lists.indptr)
    norm = 1.2 * (1 - 0.75 + 0.75 * lists.lengths / lists.lengths.mean())
    for term in sorted(query, key=lambda term: (df[term], term)):
        held = slice(lists.indptr[term], lists.indptr[term + 1])
        rows, tf = lists.rows[held], lists.tf[held].astype(float)
        idf = math.log((len(scores) + 1) / df[term])
        scores[rows] += query[term] * (idf * (tf * (1.2 + 1) / (norm[rows] + tf)))
    return scores


Search = tuple[list[int], list[float], int, "np.typing.NDArray[np.bool_] | None", list[int], list[float]]


@pytest.fixture(scope="module")
def searches(lists: Inverted) -> Callable[[float | None], list[Search]]:
    """Return what draws the same 160 searches for every engine: what is asked, and the rows and scores to be found."""

    @cache
    def drawn(share_allowed: float | None) -> list[Search]:
        random = np.random.default_rng(9)
        common = [1, 2, 3, 5, 9, 30, 70, 71, 72, 77, 400]
        found: list[Search] = []
        for turn in range(160):
            k = (1, 10, 100, 1000)[turn % 4]
            terms = random.choice([*common, *random.integers(0, TERMS, 8)], 1 + turn % 9).tolist()
            terms = [term for term in terms if lists.indptr[term] < lists.indptr[term + 1]]
            weights = random.choice([1.0, 1.0, 0.3, 2.0], len(terms)).tolist()
            query: dict[int, float] = {}
            for term, weight in zip(terms, weights, strict=True):
                query[term] = query.get(term, 0.0) + weight
            allowed = None if share_allowed is None else random.random(len(lists.lengths)) < share_allowed
            scores = everything_scored(lists, query)
            if allowed is not None:
                scores[~allowed] = 0
            expected = np.lexsort((np.arange(len(scores)), -scores))[:k]
            expected = expected[scores[expected] > 0]
            found.append((terms, weights, k, allowed, expected.tolist(), scores[expected].tolist()))
        return found

    return drawn


@pytest.mark.parametrize("make", ENGINES[:4], ids=NAMES[:4])
@pytest.mark.parametrize("share_allowed", [None, 0.5, 0.01])
def test_pruning_keeps_the_exact_list_with_common_words_and_many_ties(
    of_large: Callable[[Make], Engine],
    searches: Callable[[float | None], list[Search]],
    make: Make,
    share_allowed: float | None,
) -> None:
    engine = of_large(make)
    for terms, weights, k, allowed, expected, scores in searches(share_allowed):
        rows, found = engine.top(terms, weights, k, allowed)
        assert rows.tolist() == expected
        assert found.tolist() == scores


def test_weights_of_any_size_and_every_passage_asked_for_are_still_exact(
    of_large: Callable[[Make], Engine], lists: Inverted
) -> None:
    engine = of_large(ENGINES[2])
    for weights, k in (([1e6, 0.5], 10), ([1e-9, 3e-9], 10), ([1.0, 1.0], 60_000)):
        scores = everything_scored(lists, dict(zip([70, 400], weights, strict=True)))
        expected = np.lexsort((np.arange(len(scores)), -scores))[:k]
        rows, found = engine.top([70, 400], weights, k)
        assert found.tolist() == scores[expected][scores[expected] > 0].tolist()
        assert rows.tolist() == expected[scores[expected] > 0].tolist()


@pytest.mark.parametrize("make", ENGINES[:4], ids=NAMES[:4])
def test_the_order_of_the_words_changes_no_score(of_large: Callable[[Make], Engine], make: Make) -> None:
    engine, random = of_large(make), np.random.default_rng(2)
    terms = [3, 70, 9, 1234, 400, 72, 30]
    first = engine.top(terms, [1.0] * 7, 100)
    for _ in range(20):
        rows, scores = engine.top(random.permutation(terms).tolist(), [1.0] * 7, 100)
        assert rows.tolist() == first[0].tolist()
        assert scores.tolist() == first[1].tolist()


def test_a_compiled_engine_answers_many_threads_at_once(of_large: Callable[[Make], Engine]) -> None:
    engine = of_large(ENGINES[2])
    questions = np.random.default_rng(4).integers(0, 500, (200, 5)).tolist()
    alone = [engine.top(terms, [1.0] * 5, 10)[1].tolist() for terms in questions]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda terms: engine.top(terms, [1.0] * 5, 10)[1].tolist(), questions))
    assert together == alone


@settings(max_examples=100, deadline=None)
@given(forward=collections(), title_weight=st.integers(0, 3), pass_bytes=st.integers(1, 99), block=st.integers(1, 30))
def test_sorting_and_compiled_passes_give_the_same_lists(
    forward: Forward, title_weight: int, pass_bytes: int, block: int
) -> None:
    parameters = bm25.Parameters(title_weight=title_weight)
    by_sorting = invert(forward, 12, parameters)
    with pytest.MonkeyPatch.context() as small:
        small.setattr("index.postings.inversion._PASS_BYTES", pass_bytes)
        small.setattr("index.postings.inversion._BLOCK", block)
        by_passes = LargeInversion(forward, 12, parameters)
        lists = [(some.terms, some.rows.tolist(), some.tf.tolist()) for some in by_passes.lists()]
    assert by_passes.indptr.tolist() == by_sorting.indptr.tolist()
    assert by_passes.lengths.tolist() == by_sorting.lengths.tolist()
    assert [term for terms, _, _ in lists for term in terms] == list(range(12))
    assert [row for _, rows, _ in lists for row in rows] == by_sorting.rows.tolist()
    assert [times for _, _, tf in lists for times in tf] == by_sorting.tf.tolist()


def test_a_compact_posting_takes_less_than_five_bytes(large: Forward, lists: Inverted) -> None:
    stored = compact(large, TERMS, bm25.Parameters())
    size = sum(getattr(stored, field.name).nbytes for field in fields(CompactPostings))
    assert size < 5 * len(lists.rows)


def test_passages_of_a_range_that_hold_a_term_are_counted(large: Forward, lists: Inverted) -> None:
    random = np.random.default_rng(8)
    df = np.diff(lists.indptr)
    stores: list[StoredPostings] = [compact(large, TERMS, bm25.Parameters()), Postings.of(lists, bm25.Parameters())]
    terms = np.append(df.argsort()[-5:], random.integers(0, TERMS, 60))
    firsts, ends = np.sort(random.integers(0, len(lists.lengths) + 1, (2, len(terms))), axis=0)
    expected = []
    for term, first, end in zip(terms, firsts, ends, strict=True):
        rows = lists.rows[lists.indptr[term] : lists.indptr[term + 1]]
        expected.append(int(((rows >= first) & (rows < end)).sum()))
    none, last = np.zeros(len(terms), np.int64), np.full(len(terms), len(lists.lengths))
    for stored in stores:
        assert stored.dfs_within(terms, firsts, ends).tolist() == expected
        assert stored.dfs_within(terms, none, last).tolist() == df[terms].tolist()
        assert not stored.dfs_within(terms, ends, ends).any()
        assert not len(stored.dfs_within(none[:0], none[:0], none[:0]))


def test_postings_are_made_compact_alike_in_numpy_and_compiled(tmp_path: Path, large: Forward, lists: Inverted) -> None:
    compiled = import_module("index.postings.compaction_kernels")
    in_numpy = compact(large, TERMS, bm25.Parameters())
    lists = replace(lists, tf=np.where(np.arange(len(lists.tf)) % 997, lists.tf, 40_000).astype(np.uint16))
    for inverted in (lists, invert(large, TERMS, bm25.Parameters())):
        both = [
            compact_postings(inverted.indptr, inverted.lengths, inverted.lists(), bm25.Parameters(), tmp_path, steps)
            for steps in (compaction_steps, compiled)
        ]
        for field in fields(CompactPostings):
            one, other = (getattr(stored, field.name) for stored in both)
            assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes()), field.name
    assert in_numpy.odd.tolist() == both[1].odd.tolist()


def test_what_is_prepared_while_articles_are_read_is_what_a_large_build_uses(tmp_path: Path, large: Forward) -> None:
    layout.prepare(LARGE)
    inversion, compaction = map(
        import_module, ("index.postings.inversion_kernels", "index.postings.compaction_kernels")
    )
    kernels = (inversion.count, inversion.scatter, compaction._encode, compaction._tabulate, compaction._ranked)
    prepared = [kernel.signatures for kernel in kernels]
    large.save(tmp_path)
    stored = replace(large, terms=map_array(tmp_path / "forward_terms.npy"))
    inverted = LargeInversion(stored, TERMS, bm25.Parameters())
    lists = list(inverted.lists())
    assert sum(len(some.rows) for some in lists) > 100_000
    compact_postings(inverted.indptr, inverted.lengths, lists, bm25.Parameters(), tmp_path, compaction)
    assert [kernel.signatures for kernel in kernels] == prepared


def test_an_engine_has_one_name_and_the_former_one_is_accepted() -> None:
    assert [engine_name(name) for name in ("auto", "rank-bm25", "embedded")] == ["auto", "rank-bm25", "auto"]
    with pytest.raises(ValueError, match="'lucene'; there are: auto, rank-bm25"):
        engine_name("lucene")
