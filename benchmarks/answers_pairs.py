"""Small collections cut out of a question set: two articles each, where silence is hardest to tell."""

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

from index.evaluate.beir import QuestionSet

_SEED: Final = 7


def write_pairs(questions: QuestionSet, folder: Path) -> list[Path]:
    """Write every two neighbouring articles as a question set of its own; return their folders.

    Their questions keep their passages; as many questions on the other articles, drawn at random, have no answer.
    """
    ids = iter(questions.passage_ids)
    articles = [[(next(ids), article.title, p.text) for p in article.paragraphs] for article in questions.articles]
    random = Random(_SEED)  # noqa: S311 (no secret)
    folders = []
    for number in range(0, len(articles) - 1, 2):
        passages = articles[number] + articles[number + 1]
        own = {name for name, *_ in passages}
        inside = [question for question in questions.questions if question.relevant & own]
        outside = [question for question in questions.questions if question.answerable and not question.relevant & own]
        if inside:
            place = folder / f"{questions.name}-{number // 2}"
            rows = [(question.id, question.text, True) for question in inside]
            rows += [(q.id, q.text, False) for q in random.sample(outside, min(len(inside), len(outside)))]
            qrels = [f"{q.id}\t{name}\t1\n" for q in inside for name in sorted(q.relevant & own)]
            _write(place, passages, rows, qrels)
            folders.append(place)
    return folders


def _write(
    folder: Path,
    passages: Sequence[tuple[str, str, str]],
    questions: Sequence[tuple[str, str, bool]],
    qrels: Sequence[str],
) -> None:
    (folder / "qrels").mkdir(parents=True)
    corpus = [
        {"_id": name, "title": title, "text": text, "metadata": {"article_id": title}} for name, title, text in passages
    ]
    queries = [{"_id": name, "text": text, "metadata": {"answerable": known}} for name, text, known in questions]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "qrels" / "test.tsv").write_text("".join(["query-id\tcorpus-id\tscore\n", *qrels]), encoding="utf-8")
