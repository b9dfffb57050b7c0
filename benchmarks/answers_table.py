"""The figures of a run as Markdown: a table a measure, a line a set, a column a system."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from benchmarks.answers_peers import PEERS

Row = dict[str, Any]

OURS: Final = "quoth"
_OF_PEERS: Final = ("best", "AUROC")

_ABOUT = """# Answers, beside three peers

Made by `make answers` (`python -m benchmarks.answers DIR...`); the sets are public ones and not part of this project.
All systems get the same questions; each corpus row is one passage. Ours is `quoth evaluate` with everything at its
default, the peers are:
"""

_NOTES = """
Of sets with more than 50,000 passages 200 questions are asked, drawn at random. Those are the headlines of articles
that are indexed without their titles; every paragraph of the article counts as right. In brackets the 95 % bootstrap
interval. Ours and the peers' may be separate runs of one day (`--systems`): that changes no figure but the times, which
are CPU times on a busy machine.
"""

_SILENCE = """Ours is the accuracy of refusing at the shipped threshold, which knows no labels; best, that of the best
threshold chosen with the labels at hand. The peers have no threshold: theirs is the best one on the top score, and
its AUROC.
"""

_SENTENCES = """Of the questions first shown a right passage that holds a known answer: how often the marked sentence
holds it.
"""

_PAIRS = """Every two neighbouring articles of a set indexed alone, and asked their own questions and as many on the
other articles, which are to be refused.
"""


def table(rows: Sequence[Row], sets: Sequence[str]) -> str:
    """`rows` as `benchmarks.answers` keeps them, `sets` in the order wanted."""
    plain = [row for row in rows if not (row["typos"] or row.get("mixed") or row.get("pairs"))]
    typos = [row for row in rows if row["typos"]]
    mixed = [row for row in rows if row.get("mixed")]
    parts = [_ABOUT, *(f"- **{name}**: {peer.about}" for name, peer in PEERS.items()), _NOTES]
    for title, of, figure in (
        ("The right passage first (hit@1)", plain, lambda row: _with_interval(row, "hit@1")),
        ("The right passage among the first five (hit@5)", plain, lambda row: _figure(row["hit@5"])),
        ("Mean reciprocal rank (MRR@10)", plain, lambda row: _with_interval(row, "mrr@10")),
        ("One typo in every question, MRR@10", typos, lambda row: _figure(row["mrr@10"])),
        ("CPU milliseconds a question, median", plain, lambda row: f"{row['cpu_ms']['p50']:.2f}"),
    ):
        parts += ["", f"## {title}", "", *_by_system(of, sets, figure)]
    parts += ["", "## Silence", "", *_silence(plain, sets)]
    parts += ["", "## The sentence that answers", "", *_sentences(plain, sets)]
    pairs = [row for row in rows if row.get("pairs")]
    if pairs:
        parts += ["", "## Collections of two articles", "", *_pairs(pairs)]
    if mixed:
        parts += ["", "## All of them in one index", "", *_mixed(mixed, plain)]
    return "\n".join([*parts, ""])


def _by_system(rows: Sequence[Row], sets: Sequence[str], figure: Callable[[Row], str]) -> list[str]:
    systems = [*PEERS, OURS]
    lines = _head("set", "questions", *systems)
    for name in sets:
        of_set = {row["system"]: row for row in rows if row["set"] == name}
        if of_set:
            questions = next(iter(of_set.values()))["questions"]
            cells = [figure(of_set[system]) if system in of_set else "-" for system in systems]
            lines.append(_line(name, f"{questions:,}", *cells))
    return lines


def _silence(rows: Sequence[Row], sets: Sequence[str]) -> list[str]:
    """Only sets with questions that nothing answers."""
    lines = [
        _SILENCE,
        *_head(
            "set",
            "ours",
            "best",
            "false ref.",
            "right ref.",
            "AUROC",
            *(f"{n} best" for n in PEERS),
            *(f"{n} AUROC" for n in PEERS),
        ),
    ]
    for name in sets:
        of_set = {row["system"]: row["silence"] for row in rows if row["set"] == name}
        ours = of_set.get(OURS)
        if ours and ours["right_refusals"] is not None:
            keys = ("accuracy", "best_accuracy", "false_refusals", "right_refusals", "auroc")
            peers = [of_set.get(peer, {}).get(key) for key in ("best_accuracy", "auroc") for peer in PEERS]
            lines.append(_line(name, *(_figure(ours[key]) for key in keys), *map(_figure, peers)))
    return lines


def _sentences(rows: Sequence[Row], sets: Sequence[str]) -> list[str]:
    lines = [
        _SENTENCES,
        *_head("set", "questions", "accuracy"),
    ]
    for name in sets:
        sentence = next((row["sentence"] for row in rows if (row["set"], row["system"]) == (name, OURS)), None)
        if sentence:
            lines.append(_line(name, f"{sentence['questions']:,}", _figure(sentence["accuracy"])))
    return lines


def _pairs(pairs: Sequence[Row]) -> list[str]:
    lines = [
        _PAIRS,
        *_head("set", "collections", "questions", "hit@1", "accuracy", "false ref.", "right ref."),
    ]
    for row in pairs:
        figures = [row["hit@1"], *row["silence"].values()]
        lines.append(_line(row["set"], str(row["pairs"]), f"{row['questions']:,}", *map(_figure, figures)))
    return lines


def _mixed(mixed: Sequence[Row], plain: Sequence[Row]) -> list[str]:
    alone = {row["set"]: row for row in plain if row["system"] == OURS}
    lines = _head("set", "hit@1 alone", "hit@1 mixed", "MRR@10 alone", "MRR@10 mixed")
    for row in mixed:
        if row["set"] in alone:
            own = alone[row["set"]]
            figures = (own["hit@1"], row["hit@1"], own["mrr@10"], row["mrr@10"])
            lines.append(_line(row["set"], *map(_figure, figures)))
    return lines


def _with_interval(row: Row, measure: str) -> str:
    low, high = row["ci"][measure]
    return f"{_figure(row[measure])} [{_figure(low)} {_figure(high)}]"


def _head(*cells: str) -> list[str]:
    return [_line(*cells), _line(*("---" for _ in cells))]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _figure(value: float | None) -> str:
    """Three digits without the zero, as in print."""
    return "-" if value is None else f"{value:.3f}".removeprefix("0")
