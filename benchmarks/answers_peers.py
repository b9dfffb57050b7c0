"""The peers: what people use for questions on their own texts, each as its documentation shows it."""

import re
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, ClassVar, Final, Protocol

import numpy as np

from index.analysis.detection import detect
from index.evaluate.beir import Question, QuestionSet
from index.evaluate.measures import per_question
from index.evaluate.statistics import auroc, best_accuracy, interval
from index.evaluate.typos import with_typos

DEPTH: Final = 10
# Passages from which the language of a set is detected.
_SAMPLE: Final = 50


class Peer(Protocol):
    """`titles` and `texts` of all passages in; for a question the rows and scores of the best DEPTH out."""

    about: ClassVar[str]

    def __init__(self, titles: Sequence[str], texts: Sequence[str], language: str) -> None: ...

    def search(self, question: str) -> tuple[list[int], list[float]]: ...


class Naive:
    about: ClassVar = "`rank_bm25.BM25Okapi` over `text.lower().split()`, the recipe of most tutorials"

    def __init__(self, titles: Sequence[str], texts: Sequence[str], language: str) -> None:  # noqa: ARG002 (neither is used)
        self._model = import_module("rank_bm25").BM25Okapi([text.lower().split() for text in texts])

    def search(self, question: str) -> tuple[list[int], list[float]]:
        scores = self._model.get_scores(question.lower().split())
        rows = np.lexsort((np.arange(len(scores)), -scores))[:DEPTH]
        found = [row for row in rows.tolist() if scores[row] > 0]
        return found, [float(scores[row]) for row in found]


class Bm25s:
    about: ClassVar = "`bm25s` with its tokenizer, its stop words where it has some, PyStemmer; title and text"

    def __init__(self, titles: Sequence[str], texts: Sequence[str], language: str) -> None:
        self._bm25s = import_module("bm25s")
        self._stopwords: str | list[str] = []
        # Both say by an exception which languages they know.
        with suppress(ValueError):
            self._bm25s.tokenize([""], stopwords=language, show_progress=False)
            self._stopwords = language
        self._stemmer = None
        with suppress(KeyError):
            self._stemmer = import_module("Stemmer").Stemmer(language)
        self._model = self._bm25s.BM25()
        self._model.index(self._tokens([f"{t} {x}" for t, x in zip(titles, texts, strict=True)]), show_progress=False)
        self._depth = min(DEPTH, len(texts))

    def search(self, question: str) -> tuple[list[int], list[float]]:
        (tokens,) = self._tokens([question])
        if not any(token in self._model.vocab_dict for token in tokens):
            return [], []
        rows, scores = self._model.retrieve([tokens], k=self._depth, show_progress=False)
        found = [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if score > 0]
        return [row for row, _ in found], [score for _, score in found]

    def _tokens(self, texts: list[str]) -> list[list[str]]:
        tokens: list[list[str]] = self._bm25s.tokenize(
            texts, stopwords=self._stopwords, stemmer=self._stemmer, return_ids=False, show_progress=False
        )
        return tokens


class Fts5:
    about: ClassVar = "SQLite FTS5: porter for English, trigram for Chinese and Thai, else unicode61; title and text"

    def __init__(self, titles: Sequence[str], texts: Sequence[str], language: str) -> None:
        self._trigram = language in ("zh", "ja", "th")
        tokenizer = "trigram" if self._trigram else "porter unicode61" if language == "en" else "unicode61"
        self._base = sqlite3.connect(":memory:")
        self._base.execute(f"create virtual table passages using fts5(title, text, tokenize='{tokenizer}')")
        rows = ((row, *pair) for row, pair in enumerate(zip(titles, texts, strict=True)))
        self._base.executemany("insert into passages(rowid, title, text) values (?, ?, ?)", rows)

    def search(self, question: str) -> tuple[list[int], list[float]]:
        words = re.findall(r"\w+", question)
        if self._trigram:
            words = list(dict.fromkeys(word[at : at + 3] for word in words for at in range(len(word) - 2)))
        if not words:
            return [], []
        # The language of its queries knows operators; quoted words are only words.
        query = " OR ".join(f'"{word}"' for word in words)
        statement = "select rowid, bm25(passages) from passages where passages match ? order by 2 limit ?"
        found = self._base.execute(statement, (query, DEPTH)).fetchall()
        return [row for row, _ in found], [-score for _, score in found]


PEERS: Final[Mapping[str, type[Peer]]] = {"naive": Naive, "bm25s": Bm25s, "fts5": Fts5}


def measured(name: str, questions: QuestionSet, *, typos: bool) -> list[dict[str, Any]]:
    """Return the figures of a peer in the form of `quoth evaluate --json`: without typos, then with them if wanted."""
    texts = [paragraph.text for article in questions.articles for paragraph in article.paragraphs]
    titles = [article.title for article in questions.articles for _ in article.paragraphs]
    language = Counter(map(detect, texts[:_SAMPLE])).most_common(1)[0][0]
    peer = PEERS[name](titles, texts, language)
    asked = [(False, list(questions.questions)), (True, with_typos(questions.questions))]
    return [
        {"system": name, "set": questions.name, "typos": spoilt, **_figures(peer, some, questions.passage_ids)}
        for spoilt, some in asked[: 1 + typos]
    ]


def _figures(peer: Peer, questions: Sequence[Question], passage_ids: Sequence[str]) -> dict[str, Any]:
    ranked, best, milliseconds = {}, [], []
    for question in questions:
        started = time.thread_time()
        rows, scores = peer.search(question.text)
        milliseconds.append((time.thread_time() - started) * 1000)
        ranked[question.id] = [passage_ids[row] for row in rows]
        best.append(scores[0] if scores else 0.0)
    known = np.array([question.answerable for question in questions])
    values = per_question([question for question in questions if question.answerable], ranked)
    signal = np.array(best)
    return {
        "questions": len(questions),
        **{measure: round(float(found.mean()), 4) for measure, found in values.items()},
        "ci": {measure: [round(end, 4) for end in interval(values[measure])] for measure in ("hit@1", "mrr@10")},
        "silence": {
            "auroc": auroc(signal[known], signal[~known]),
            "accuracy": round(float(((signal > 0) == known).mean()), 4),
            "best_accuracy": best_accuracy(signal, known) if not known.all() else None,
        },
        "cpu_ms": {f"p{p}": float(np.percentile(milliseconds, p)) for p in (50, 95)},
    }
