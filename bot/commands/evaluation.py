"""`quoth evaluate`: how good the answers are, on question sets in BEIR layout."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bot.commands import parts

if TYPE_CHECKING:
    from config.settings import Settings
    from index.evaluate import Evaluation
    from index.retriever import Found


def run(folders: Sequence[Path], distractors: Path | None, settings: "Settings", *, as_json: bool) -> int:
    """Prints the figures of every set: one JSON object a line, or a table."""
    from index.evaluate import as_json as object_of

    _require_measures()
    evaluations = []
    for folder in folders:
        evaluation = _evaluated(folder, distractors, settings)
        if as_json:
            print(json.dumps(object_of(evaluation)), flush=True)
        evaluations.append(evaluation)
    if not as_json:
        _table(evaluations)
    return 0


def _require_measures() -> None:
    from importlib.util import find_spec

    from bot.errors import MissingExtraError

    if find_spec("ir_measures") is None:
        message = "quoth evaluate needs the extra `eval`, which is not installed; run `pip install 'quoth[eval]'`"
        raise MissingExtraError(message)


def _evaluated(folder: Path, distractors: Path | None, settings: "Settings") -> "Evaluation":
    from index.beir import load, load_corpus
    from index.build import Options, build
    from index.evaluate import evaluate
    from index.store import Store

    questions = load(folder)
    articles, ids = questions.articles, questions.passage_ids
    if distractors:
        more, more_ids = load_corpus(distractors)
        # A distractor never counts as relevant, even where both corpora use the same ids.
        articles, ids = articles + more, ids + tuple(f"distractor:{name}" for name in more_ids)
    with TemporaryDirectory(prefix="quoth-evaluate-") as temporary:
        options = Options(parts.parameters(settings), cut=False, force=True)
        build(Store(Path(temporary)), articles, (), options)
        answerer = parts.answerer(settings, Path(temporary))

        def judge(question: str) -> tuple["Found", bool]:
            found, answer = answerer.judged(question)
            return found, answer.state != "answered"

        try:
            return evaluate(questions, ids, judge)
        finally:
            answerer.close()


def _table(evaluations: Sequence["Evaluation"]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("set")
    for heading in (
        "questions",
        "hit@1",
        "hit@5",
        "mrr@10",
        "ndcg@10",
        "accuracy",
        "false ref.",
        "right ref.",
        "auroc",
    ):
        table.add_column(heading, justify="right")
    table.add_column("ms p50/p95/p99", justify="right")
    for evaluation in evaluations:
        silence = evaluation.silence
        figures = [*evaluation.measures.values(), silence.accuracy, silence.false_refusals, silence.right_refusals]
        times = "/".join(f"{value:.1f}" for value in evaluation.milliseconds.values())
        table.add_row(evaluation.name, str(evaluation.questions), *map(_figure, [*figures, silence.auroc]), times)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _figure(value: Any) -> str:
    return "-" if value is None else f"{value:.3f}"
