"""Questions that people said were answered, and the articles, as a zipped question set in BEIR layout.

quoth-evalset/corpus.jsonl    {"_id": "0123456789ab-2", "title": ..., "text": ..., "metadata": {"article_id": ...}}
quoth-evalset/queries.jsonl   {"_id": "q1", "text": ...}
quoth-evalset/qrels/test.tsv  query-id  corpus-id  score
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from bot.channels.telegram.library import QuestionSetFile
from bot.commands import parts

if TYPE_CHECKING:
    from bot.selfcheck import JudgedQuestion
    from config.settings import Settings
    from index import Texts

NAME: Final = "quoth-evalset"
LARGEST: Final = 45_000_000
"""Bytes. Telegram takes documents of up to 50 MB from a bot."""

_AT_ONCE = 1000


def write(kept: "Sequence[JudgedQuestion]", settings: "Settings", file: Path) -> QuestionSetFile:
    """Writes the set of the current generation into `file`; a collection too large to be sent is left out but for the
    articles that the questions name. Raises NoIndexError or BrokenIndexError."""
    with parts.store(settings).open() as generation:
        texts = generation.texts
        judged = [(one.question, found) for one in kept if (found := _existing(one, texts))]
        whole = _written(file, judged, range(texts.counts()["articles"]), texts)
        if not whole:
            rows = {card.row for _, found in judged for name in found if (card := texts.by_id(name.rpartition("-")[0]))}
            _written(file, judged, sorted(rows), texts)
    return QuestionSetFile(len(judged), whole)


def _existing(question: "JudgedQuestion", texts: "Texts") -> list[str]:
    """The corpus ids of a question's passages, of those that are still there."""
    cards = {article: texts.by_id(article) for article, _ in question.passages}
    return [
        f"{article}-{position}"
        for article, position in question.passages
        if (card := cards[article]) is not None and position < card.passages
    ]


def _written(file: Path, judged: list[tuple[str, list[str]]], rows: Sequence[int], texts: "Texts") -> bool:
    """Whether the set with the articles of `rows` stayed within what can be sent."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        queries = [{"_id": f"q{number}", "text": text} for number, (text, _) in enumerate(judged, 1)]
        archive.writestr(f"{NAME}/queries.jsonl", "".join(map(_line, queries)))
        qrels = [f"q{number}\t{name}\t1\n" for number, (_, names) in enumerate(judged, 1) for name in names]
        archive.writestr(f"{NAME}/qrels/test.tsv", "query-id\tcorpus-id\tscore\n" + "".join(qrels))
        with archive.open(f"{NAME}/corpus.jsonl", "w") as corpus:
            for row in _corpus(rows, texts):
                corpus.write(_line(row).encode())
                if file.stat().st_size > LARGEST:
                    return False
    return True


def _corpus(rows: Sequence[int], texts: "Texts") -> Iterator[dict[str, Any]]:
    for start in range(0, len(rows), _AT_ONCE):
        for card in texts.articles(rows[start : start + _AT_ONCE]):
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
