"""A generation published to a real node of OpenSearch answers as it does on this machine.

One test, because a node is started for it: with Maven and a JDK of 21 or newer, and skipped elsewhere.
"""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.policy import Policy
from index import Article, LocalRetriever, NoIndexError, NoOlderIndexError, Paragraph, Store, read
from index.build.build import Options, build
from index.cluster import publishing, ranking, scoring
from index.cluster.client import Cluster, ClusterOptions
from index.cluster.publishing import PublishOptions, answers_already, publish
from index.cluster.retriever import ClusterRetriever
from index.cluster.state import Lease, listing, rollback
from index.errors import BuildBusyError
from tests.cluster.conformance import asked, differs, look_alike
from tests.cluster.nodes import BRIEF, CannotStartError, Nodes, prepared

pytest.importorskip("opensearchpy", reason="the extra opensearch is not installed")

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
WORDS = [
    f"{first}{last}" for first in ("bar", "tol", "mik", "sen", "dra", "vol") for last in ("ley", "dor", "nig", "tum")
]
QUICK = PublishOptions(beat=1.0, patience=60)


@pytest.fixture(scope="module")
def node(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    folder = pytestconfig.cache.mkdir("cluster") if pytestconfig.cache else tmp_path_factory.mktemp("jars")
    try:
        java = prepared(folder)
        with Nodes(java, tmp_path_factory.mktemp("node"), flags=BRIEF) as nodes:
            nodes.wait()
            yield nodes
    except CannotStartError as error:
        pytest.skip(f"no node of OpenSearch can be started here: {error}")


def articles() -> Iterator[Article]:
    """Articles in nine languages, hundreds whose scores are close together, and what is hard to store."""
    yield from (part for part in read([HERE.parent / "examples"]) if isinstance(part, Article))
    for folder in sorted((HERE / "floors").iterdir()):
        for line in _lines(folder, "corpus"):
            text = str(line["text"])
            yield Article(str(line.get("title", "")), (Paragraph(text),), f"{folder.name}.jsonl", str(line["_id"]))
    chance = random.Random(7)  # noqa: S311 - the same each time
    for number in range(400):
        texts = [" ".join(chance.choices(WORDS, k=chance.randint(3, 12))) for _ in range(3)]
        day = f"1987-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}" if number % 4 else None
        title, source = f"Log {number} {chance.choice(WORDS)}", ("alpha", "beta", None)[number % 3]
        paragraphs, url = tuple(map(Paragraph, texts)), f"https://Log.example/{number}"
        yield Article(title, paragraphs, "logs.jsonl", str(number), source, url, date=day)
    odd = "A lone \ud800 surrogate drifts.", "\uffff begins this."
    last = Paragraph("On page two.", fragment="page=2")
    yield Article("Odd \udfff letters", (*map(Paragraph, odd), last), "odd.jsonl", "1", "s\ud800")


def _lines(folder: Path, name: str) -> Iterator[dict[str, object]]:
    with (folder / f"{name}.jsonl").open() as lines:
        yield from map(json.loads, lines)


def questions() -> list[str]:
    """Questions of nine languages, and words of the log in every number."""
    found = [str(line["text"]) for folder in sorted((HERE / "floors").iterdir()) for line in _lines(folder, "queries")]
    chance = random.Random(11)  # noqa: S311 - the same each time
    return found[::12] + [" ".join(chance.choices(WORDS, k=size)) for size in (1, 1, 2, 2, 3, 5, 8, 13, 40)]


def test_a_cluster_answers_as_this_machine_does(node: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Beside what is asked here.
    monkeypatch.setattr(publishing, "_VERIFIED", 20)
    store = Store(tmp_path / "data")
    build(store, articles(), ("/news",), Options())
    folder = store.folder(store.current() or 0)
    cluster = Cluster(ClusterOptions(node.hosts, timeout=30.0, prefix="news"))
    here, there = (
        Answerer(retriever, Policy())
        for retriever in (LocalRetriever(store), ClusterRetriever(cluster, tmp_path / "cache"))
    )
    with pytest.raises(NoIndexError, match="no generation is published as 'news'"):
        there.summary()
    assert not answers_already(folder, cluster)
    assert publish(folder, cluster, QUICK) == 1
    assert answers_already(folder, cluster)
    same(here, there, every=6)
    fails_without_its_proof(here, there)
    follows_and_returns(folder, cluster, there)
    same(here, there, every=17)
    one_publishes_at_a_time_and_clears_up(folder, cluster)
    there.close()
    here.close()


def same(here: Answerer, there: Answerer, every: int) -> None:
    found = [difference for question in asked(questions(), every) if (difference := differs(here, there, *question))]
    assert found == []
    assert list(look_alike(here, there)) == []


def fails_without_its_proof(here: Answerer, there: Answerer) -> None:
    """Fewer candidates that nothing proves, or the cluster's own scores, are not the same answers."""

    def differences() -> int:
        # Another index, which remembers nothing.
        fresh = there.index.passages
        local = here.index.passages
        chance, count = random.Random(3), 0  # noqa: S311 - the same each time
        for _ in range(60):
            ids = [local.vocabulary.find(word) for word in chance.choices(WORDS, k=chance.randint(1, 5))]
            terms = [term for term in ids if term >= 0]
            mine, theirs = (one.top(terms, [1.0] * len(terms), 50) for one in (local, fresh))
            count += mine[0].tolist() != theirs[0].tolist()
        return count

    assert differences() == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "TIMES", 1)
        patch.setattr(ranking.Ranking, "_is_proven", lambda self, _: self._size > 0)
        assert differences() > 0
    with pytest.MonkeyPatch.context() as patch:
        exact = scoring.exact
        # What the cluster's numbers of nine bits make of the scores.
        patch.setattr(ranking, "exact", lambda *of: (exact(*of) * 64).round() / 64)
        assert differences() > 0


def follows_and_returns(folder: Path, cluster: Cluster, there: Answerer) -> None:
    """Another generation answers soon after it was published, and the one before again after a rollback."""
    assert there.index.number == 1
    with pytest.raises(NoOlderIndexError):
        rollback(cluster)
    assert publish(folder, cluster, replace(QUICK, shards=3)) == 2
    assert [(one.number, one.role, one.shards) for one in listing(cluster)] == [(1, "previous", 1), (2, "current", 3)]
    answers_soon(there, 2)
    assert rollback(cluster) == 1
    answers_soon(there, 1)
    assert rollback(cluster) == 2
    answers_soon(there, 2)


def answers_soon(there: Answerer, number: int) -> None:
    end = time.monotonic() + 30
    while there.index.number != number:
        assert time.monotonic() < end
        time.sleep(0.1)


def one_publishes_at_a_time_and_clears_up(folder: Path, cluster: Cluster) -> None:
    """What a killed publisher left is removed by the next, and nobody publishes beside one that lives."""
    for kind in ("passages", "articles"):
        cluster.change("PUT", f"/news-000003-{kind}")
    assert [(one.number, one.role, one.health) for one in listing(cluster)][2:] == [(3, "", "red")]
    holder = Lease(cluster, 1.0)
    other = Cluster(cluster.options)
    with pytest.MonkeyPatch.context() as patch:
        # It shows that it lives while the other waits.
        patch.setattr(time, "sleep", lambda _: holder.beat(now=True))
        with pytest.raises(BuildBusyError, match="is publishing there"):
            Lease(other, 1.0)
    # It was killed: nobody hears of it again.
    assert publish(folder, other, QUICK) == 3
    with pytest.raises(BuildBusyError, match="another process"):
        holder.beat(now=True)
    assert [(one.number, one.role) for one in listing(other)][-2:] == [(2, "previous"), (3, "current")]
    other.close()
