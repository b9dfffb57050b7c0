"""Write the questions that people said were answered, and the articles, as a zipped question set in BEIR layout.

quoth-evalset/corpus.jsonl    {"_id": "0123456789ab-2", "title": ..., "text": ..., "metadata": {"article_id": ...}}
quoth-evalset/queries.jsonl   {"_id": "q1", "text": ...}
quoth-evalset/qrels/test.tsv  query-id  corpus-id  score
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from bot.commands import parts
from bot.library import QuestionSetFile

if TYPE_CHECKING:
    from bot.selfcheck import JudgedQuestion
    from config.settings import Settings
    from index import Texts

NAME: Final = "quoth-evalset"
LARGEST: Final = 45_000_000
"""Bytes. Telegram takes documents of up to 50 MB from a bot."""

_BATCH = 1000


def write(questions: "Sequence[JudgedQuestion]", settings: "Settings", file: Path) -> QuestionSetFile:
    """Write the set of the current generation into `file`.

    Of a collection too large to be sent, write only the articles of the questions. Raises NoIndexError or
    BrokenIndexError.
    """
    with parts.store(settings).open() as generation:
        texts = generation.texts
        relevant = [(one.question, ids) for one in questions if (ids := _passage_ids(one, texts))]
        whole = _write(file, relevant, range(texts.counts()["articles"]), texts)
        if not whole:
            articles = {name.rpartition("-")[0] for _, ids in relevant for name in ids}
            rows = sorted(card.row for article in articles if (card := texts.by_id(article)))
            _write(file, relevant, rows, texts)
    return QuestionSetFile(len(relevant), whole)


def _passage_ids(question: "JudgedQuestion", texts: "Texts") -> list[str]:
    """Return the corpus ids of a question's passages, of those that the index still has."""
    cards = {article: texts.by_id(article) for article, _ in question.passages}
    return [
        f"{article}-{position}"
        for article, position in question.passages
        if (card := cards[article]) is not None and position < card.passages
    ]


def _write(file: Path, relevant: list[tuple[str, list[str]]], rows: Sequence[int], texts: "Texts") -> bool:
    """Write the set with the articles of `rows`. Return whether it stayed small enough to be sent."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        queries = [{"_id": f"q{number}", "text": text} for number, (text, _) in enumerate(relevant, 1)]
        archive.writestr(f"{NAME}/queries.jsonl", "".join(map(_line, queries)))
        qrels = [f"q{number}\t{name}\t1\n" for number, (_, names) in enumerate(relevant, 1) for name in names]
        archive.writestr(f"{NAME}/qrels/test.tsv", "query-id\tcorpus-id\tscore\n" + "".join(qrels))
        with archive.open(f"{NAME}/corpus.jsonl", "w") as corpus:
            for row in _corpus(rows, texts):
                corpus.write(_line(row).encode())
                if file.stat().st_size > LARGEST:
                    return False
    return True


def _corpus(rows: Sequence[int], texts: "Texts") -> Iterator[dict[str, Any]]:
    for start in range(0, len(rows), _BATCH):
        for card in texts.articles(rows[start : start + _BATCH]):
            for position, passage in enumerate(texts.passages(range(card.first, card.first + card.passages))):
                if passage.kind != "boilerplate":
                    names = {"article_id": card.id, "date": card.date, "language": card.language}
                    yield {
                        "_id": f"{card.id}-{position}",
                        "title": card.title,
                        "text": passage.text,
                        "metadata": {name: value for name, value in names.items() if value},
                    }


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"
