"""Question sets in BEIR layout: `corpus.jsonl[.gz]`, `queries.jsonl[.gz]`, `qrels/*.tsv`.

`metadata.article_id` groups corpus rows into articles; these may have `date`, `language`, `source` and `url` there.
Of a question, `metadata.answerable: false` marks one that the corpus does not answer; `metadata.kind` and
`metadata.language` name groups to be measured apart, and `metadata.answers` lists the known answers, as they stand in
the passage.
"""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from index.errors import QuestionSetError
from index.model import Article, Paragraph
from index.sources.fields.dates import iso_date

_WHOLE = re.compile(r"\s*[+-]?[0-9]+\s*")


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a set; `relevant` holds the ids of the passages that answer, none for an unanswerable one.

    `answers` are the texts known to answer, as they stand in those passages; none where the set does not say.
    """

    id: str
    text: str
    answerable: bool
    relevant: frozenset[str]
    kind: str | None = None
    language: str | None = None
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Corpus:
    """`articles` in corpus order with one paragraph a row; `passage_ids[row]` is the corpus id of passage `row`."""

    name: str
    articles: tuple[Article, ...]
    passage_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionSet(Corpus):
    """A corpus and the questions asked of it."""

    questions: tuple[Question, ...]


def load(folder: Path) -> QuestionSet:
    """Read a question set. Raises QuestionSetError, which names the file and line, when a part is missing or broken.

    A question that is neither judged in the qrels nor marked unanswerable belongs to another split and is left out.
    """
    corpus, qrels = load_corpus(folder), _qrels(folder)
    every = [_question(row, qrels) for row in _rows(_part(folder, "queries"))]
    questions = tuple(question for question in every if question.relevant or not question.answerable)
    return QuestionSet(corpus.name, corpus.articles, corpus.passage_ids, questions)


def name_of(folder: Path) -> str:
    """Return the name of a question set: that of its folder."""
    return folder.resolve().name


def files(folder: Path) -> list[Path]:
    """Return the files of a question set, in a fixed order. Raises QuestionSetError when a part is missing."""
    return [_part(folder, "corpus"), _part(folder, "queries"), *_qrels_files(folder)]


def _question(row: dict[str, Any], qrels: dict[str, frozenset[str]]) -> Question:
    metadata = row.get("metadata") or {}
    answerable = bool(metadata.get("answerable", True))
    answers = metadata.get("answers")
    return Question(
        str(row["_id"]),
        str(row["text"]),
        answerable,
        qrels.get(str(row["_id"]), frozenset()) if answerable else frozenset(),
        _text_or_none(metadata.get("kind")),
        _text_or_none(metadata.get("language")),
        tuple(map(str, answers)) if isinstance(answers, list) else (),
    )


def _text_or_none(value: object) -> str | None:
    return str(value) if value else None


def load_corpus(folder: Path) -> Corpus:
    """Read the corpus alone. Raises QuestionSetError, which names the file and line, when it is missing or broken."""
    path = _part(folder, "corpus")
    rows = list(_rows(path))
    articles = []
    for (key, title), group in groupby(rows, key=_article_of):
        passages = list(group)
        metadata = passages[0].get("metadata") or {}
        articles.append(
            Article(
                title,
                tuple(Paragraph(str(row.get("text") or "")) for row in passages),
                path=str(path),
                key=key,
                source=_text_or_none(metadata.get("source")),
                url=_text_or_none(metadata.get("url")),
                date=iso_date(metadata.get("date")),
                language=_text_or_none(metadata.get("language")),
            )
        )
    return Corpus(name_of(folder), tuple(articles), tuple(str(row["_id"]) for row in rows))


def _article_of(row: dict[str, Any]) -> tuple[str, str]:
    key = (row.get("metadata") or {}).get("article_id", row["_id"])
    return str(key), str(row.get("title") or "")


def _part(folder: Path, name: str) -> Path:
    for ending in (".jsonl", ".jsonl.gz"):
        path = folder / f"{name}{ending}"
        if path.is_file():
            return path
    message = f"{folder}: no {name}.jsonl or {name}.jsonl.gz; a question set holds corpus, queries and qrels/*.tsv"
    raise QuestionSetError(message)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                number += 1
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict) or not {"_id", "text"} <= row.keys():
                        raise ValueError("not an object with _id and text")
                    if not isinstance(row.get("metadata") or {}, dict):
                        raise ValueError("its metadata is not an object")
                    yield row
    except (OSError, EOFError, ValueError) as error:
        message = f"{path}:{number}: {error}; each line is a JSON object with _id and text"
        raise QuestionSetError(message) from error


def _qrels_files(folder: Path) -> list[Path]:
    qrels = sorted((folder / "qrels").glob("*.tsv"))
    if not qrels:
        raise QuestionSetError(f"{folder}: no qrels/*.tsv; it holds lines of question id, passage id, relevance")
    return qrels


def _qrels(folder: Path) -> dict[str, frozenset[str]]:
    qrels: dict[str, set[str]] = {}
    for path in _qrels_files(folder):
        for number, line in enumerate(_text(path).splitlines(), 1):
            fields = line.split("\t")
            judged = _WHOLE.fullmatch(fields[-1]) is not None
            if not line.strip() or (number == 1 and not judged):
                continue
            if len(fields) != 3 or not judged:
                message = (
                    f"{path}:{number}: {line[:80]!r}; wanted question id, passage id, whole number, parted by tabs"
                )
                raise QuestionSetError(message)
            if int(fields[2]) > 0:
                qrels.setdefault(fields[0], set()).add(fields[1])
    return {question: frozenset(passages) for question, passages in qrels.items()}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        message = f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}; save it as tab-separated UTF-8 text"
        raise QuestionSetError(message) from error
