"""Print the tables of `quoth evaluate`."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.table import Table

    from index.evaluate.figures import Evaluation, Group
    from index.evaluate.runs import Comparison

# On a narrower terminal the columns lose their padding.
_WIDE: Final = 100


def print_tables(results: "Sequence[tuple[Evaluation, Comparison | None]]") -> None:
    """Print ranking, refusals and times of every set; then kinds, languages and the comparison where there are any."""
    from rich.console import Console

    evaluations = [evaluation for evaluation, _ in results]
    tables = [_ranking(evaluations), _silence(evaluations)]
    for trait in ("kinds", "languages"):
        groups = [
            (f"{evaluation.name}: {name}", group)
            for evaluation in evaluations
            for name, group in getattr(evaluation, trait).items()
            if len(getattr(evaluation, trait)) > 1
        ]
        if groups:
            tables.append(_grouped(trait, groups))
    compared = [(evaluation.name, comparison) for evaluation, comparison in results if comparison]
    if compared:
        tables.append(_compared(compared))
    console = Console(width=None if sys.stdout.isatty() else 120, markup=False, emoji=False)
    for number, table in enumerate(tables):
        if number:
            console.print()
        table.collapse_padding = console.width < _WIDE
        console.print(table)


def _ranking(evaluations: "Sequence[Evaluation]") -> "Table":
    table = _table("set", "questions", "hit@1", "95 %", "hit@5", "mrr@10", "95 %", "ndcg@10", "95 %")
    rows = []
    for evaluation in evaluations:
        cells = [str(evaluation.questions)]
        for measure, value in evaluation.measures.items():
            cells.append(_figure(value))
            if measure in evaluation.ci or measure != "hit@5":
                cells.append(_span(evaluation.ci.get(measure)))
        table.add_row(evaluation.name, *cells)
        rows.append(list(evaluation.measures.values()))
    if len(rows) > 1:
        hit1, hit5, mrr, ndcg = map(_figure, _means(rows))
        questions = sum(evaluation.questions for evaluation in evaluations)
        table.add_row("mean", str(questions), hit1, "", hit5, mrr, "", ndcg, "")
    return table


def _silence(evaluations: "Sequence[Evaluation]") -> "Table":
    table = _table(
        "set", "accuracy", "best", "false ref.", "right ref.", "auroc", "sentence", "CPU ms p50", "p95", "p99"
    )
    rows = [(evaluation.name, _silence_figures(evaluation)) for evaluation in evaluations]
    if len(rows) > 1:
        rows.append(("mean", _means([figures for _, figures in rows])))
    for name, figures in rows:
        table.add_row(name, *map(_figure, figures[:-3]), *(f"{time:.2f}" for time in figures[-3:]))
    return table


def _silence_figures(evaluation: "Evaluation") -> list[float | None]:
    silence, sentence = evaluation.silence, evaluation.sentence
    return [
        silence.accuracy,
        silence.best_accuracy,
        silence.false_refusals,
        silence.right_refusals,
        silence.auroc,
        sentence.accuracy if sentence else None,
        *evaluation.cpu_ms.values(),
    ]


def _grouped(trait: str, groups: "Sequence[tuple[str, Group]]") -> "Table":
    measures = next((list(group.measures) for _, group in groups if group.measures), [])
    table = _table(trait, "questions", *measures, "refused")
    for name, group in groups:
        figures = [group.measures.get(measure) for measure in measures]
        table.add_row(name, str(group.questions), *map(_figure, [*figures, group.refused]))
    return table


def _compared(compared: "Sequence[tuple[str, Comparison]]") -> "Table":
    measures = list(compared[0][1].differences)
    headings = [heading for measure in measures for heading in (measure, "95 %")]
    table = _table("difference to the run", *headings, "won", "lost")
    for name, comparison in compared:
        cells = []
        for difference, span in comparison.differences.values():
            cells += [f"{difference:+.3f}", f"{span[0]:+.3f} {span[1]:+.3f}".replace("0.", ".")]
        table.add_row(name, *cells, str(comparison.won), str(comparison.lost))
    return table


def _table(*headings: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(headings[0], overflow="fold")
    for heading in headings[1:]:
        table.add_column(heading, justify="right", overflow="fold")
    return table


def _means(rows: Sequence[Sequence[float | None]]) -> list[float | None]:
    """Return the mean of every column over the sets that have a figure there."""
    columns = [[value for value in column if value is not None] for column in zip(*rows, strict=True)]
    return [sum(column) / len(column) if column else None for column in columns]


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _span(span: tuple[float, float] | None) -> str:
    """Return an interval without its zeros: `.934-.960`."""
    return f"{span[0]:.3f}-{span[1]:.3f}".replace("0.", ".") if span else "-"
