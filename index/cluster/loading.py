"""The passages and articles of a generation of this machine as requests to a cluster, a range of rows at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from itertools import pairwise
from pathlib import Path
from time import sleep
from typing import Any, Final

import numpy as np

from index import bm25
from index.cluster.client import Cluster, ClusterOptions
from index.cluster.layout import Json, Names, article_document, bulk, passage_document, rounded_down, written
from index.cluster.statistics import lengths_of
from index.errors import ClusterError, IndexLibraryError
from index.postings import layout
from index.postings.forward import Forward
from index.postings.inversion import MOST_TF
from index.postings.strata import Strata
from index.query.periods import DAYS
from index.store.generation import Generation, open_generation
from index.store.texts import text_hash

_BATCH: Final = 500
_BYTES: Final = 5 << 20
_IN_FLIGHT: Final = 2
_TRIES: Final = 30
_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 5.0
# One of a bulk may be refused while others are stored; to store them again is harmless.
_BUSY: Final = frozenset((429, 503))


class Loader:
    """Makes documents of the rows of one generation."""

    def __init__(self, generation: Generation) -> None:
        generation.ensure_all()
        self._generation = generation
        self._forward = Forward.open(generation)
        strata = Strata.open(generation)
        self._parameters = bm25.Parameters.stored(generation.manifest.settings)
        postings = layout.load(generation.manifest.files, generation)
        self._idfs = bm25.idfs(postings.passages, np.diff(postings.indptr))
        lengths, average = lengths_of(generation, self._forward, strata)
        self._norms = bm25.norms(lengths, average, self._parameters)
        self._days = generation.array(DAYS)
        self._number_of = {source: number for number, source in enumerate(generation.texts.sources())}
        self._texts: dict[int, str] = {}

    @property
    def articles(self) -> int:
        """Return how many articles there are."""
        return len(self._days)

    @property
    def passages(self) -> int:
        """Return how many passages there are."""
        return len(self._forward.article)

    def article_lines(self, rows: range) -> list[tuple[int, str]]:
        """Return the documents of neighbouring articles, as JSON, each with its id."""
        lines = []
        for card in self._generation.texts.articles(rows):
            more: Json = {"day": int(self._days[card.row])}
            if card.source is not None:
                more["source_number"] = self._number_of[card.source]
            lines.append((card.row, written(article_document(card, self._forward.title(card.row), more))))
        return lines

    def passage_lines(self, rows: range) -> list[tuple[int, str]]:
        """Return the documents of neighbouring passages, as JSON, each with its id."""
        texts, forward = self._generation.texts, self._forward
        passages = texts.passages(rows)
        articles = sorted({passage.article for passage in passages})
        cards = {card.row: card for card in texts.articles(articles)}
        copied, impacts, lines = texts.same_hash(rows), self._impacts(rows), []
        for passage, scored in zip(passages, impacts, strict=True):
            card = cards[passage.article]
            more: Json = {"hash": text_hash(passage.text), "day": int(self._days[card.row])}
            if card.source is not None:
                more["source"] = self._number_of[card.source]
            if passage.row in copied:
                more["copied"] = True
            own, of_title = forward.passage(passage.row), forward.title(card.row)
            document = passage_document(passage, card.title, own, of_title, more)
            lines.append((passage.row, written(document, scored)))
        return lines

    def _impacts(self, rows: range) -> list[str]:
        """Return what each term of each passage adds to its score, as JSON without brackets; "" of a hidden one."""
        forward, weight = self._forward, self._parameters.title_weight
        pairs, counts = [], []
        for number, row in enumerate(rows):
            if not forward.hidden[row]:
                own, title = forward.passage(row), forward.title(int(forward.article[row]))
                for terms, times in ((own, 1), (title, weight)):
                    if times:
                        pairs.append(np.uint64(number) << np.uint64(32) | terms.astype(np.uint64))
                        counts.append(np.full(len(terms), times))
        if not pairs:
            return [""] * len(rows)
        every, which = np.unique(np.concatenate(pairs), return_inverse=True)
        tf = np.minimum(np.bincount(which, np.concatenate(counts)), MOST_TF)
        owner, terms = (every >> np.uint64(32)).astype(np.int64), (every & np.uint64(0xFFFFFFFF)).astype(np.int64)
        norms = self._norms[rows.start + owner]
        bits = rounded_down(self._idfs[terms] * bm25.saturation(tf, norms, self._parameters.k1)).tolist()
        names = [f'"{term}":{self._text(one)}' for term, one in zip(terms.tolist(), bits, strict=True)]
        ends = np.searchsorted(owner, np.arange(len(rows) + 1)).tolist()
        return [",".join(names[first:end]) for first, end in pairwise(ends)]

    def _text(self, bits: int) -> str:
        """Return a number of 9 significant bits as JSON; there are few different ones."""
        text = self._texts.get(bits)
        if text is None:
            value = np.array([bits << 15], np.uint32).view(np.float32)[0]
            text = self._texts[bits] = repr(float(value))
        return text


def load(
    generation: Generation,
    cluster: Cluster,
    names: Names,
    passages: range,
    articles: range,
    done: Callable[[int], object],
) -> None:
    """Store ranges of passages and articles; `done` is called with how many more of either are there."""
    loader = Loader(generation)
    waiting: list[tuple[Future[Json], str, str, int]] = []
    for name, body, count in _bodies(loader, names, passages, articles):
        while len(waiting) >= _IN_FLIGHT:
            done(_finish(cluster, *waiting.pop(0)))
        waiting.append((cluster.submit("POST", f"/{name}/_bulk", body), name, body, count))
    for one in waiting:
        done(_finish(cluster, *one))


def _bodies(loader: Loader, names: Names, passages: range, articles: range) -> Iterator[tuple[str, str, int]]:
    """Yield the bodies of bulk requests, each with its index and how many documents it has."""
    for name, rows, make in (
        (names.articles, articles, loader.article_lines),
        (names.passages, passages, loader.passage_lines),
    ):
        lines: list[tuple[int, str]] = []
        size = 0
        for first in range(rows.start, rows.stop, _BATCH):
            for line in make(range(first, min(first + _BATCH, rows.stop))):
                lines.append(line)
                size += len(line[1])
                if size >= _BYTES:
                    yield name, bulk(lines), len(lines)
                    lines, size = [], 0
        if lines:
            yield name, bulk(lines), len(lines)


def _finish(cluster: Cluster, answer: Future[Json], name: str, body: str, count: int) -> int:
    """Wait until a bulk is stored, however busy the cluster is; return how many documents it has."""
    pause, found, error = _PAUSE, None, None
    for _ in range(_TRIES):
        try:
            found = answer.result()
        except ClusterError as caught:
            error = caught
            if not is_busy(caught):
                raise
        else:
            statuses = {item["index"]["status"]: item["index"] for item in found["items"]}
            refused = [status for status in statuses if status >= 300]
            if not refused:
                return count
            error = ClusterError(f"{name}: {_told(statuses[refused[0]])}")
            if not _BUSY.issuperset(refused):
                raise error
        sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
        answer = cluster.submit("POST", f"/{name}/_bulk", body)
    raise error or ClusterError(f"{name}: did not store what it was sent")


def is_busy(error: ClusterError) -> bool:
    """Return whether the cluster would do the same a little later, or through another node."""
    from index.cluster.faults import may_pass

    return error.__cause__ is not None and may_pass(error.__cause__)


def _told(item: Json) -> str:
    fault = item.get("error", {})
    return f"a document was refused ({item['status']} {fault.get('type', '')}: {str(fault.get('reason', ''))[:200]})"


Message = tuple[Path, ClusterOptions, Names, Sequence[range]]


def work(take: Callable[[], Any], give: Callable[[Any], object]) -> None:
    """Load what is sent, in a process of its own: how many more are there, then None, or an error's text."""
    path, options, names, (passages, articles) = take()
    cluster = Cluster(options)
    try:
        with open_generation(path) as generation:
            load(generation, cluster, names, passages, articles, give)
        give(None)
    except IndexLibraryError as error:
        give(str(error))
    finally:
        cluster.close()
