"""Latency against size for every engine, both logarithmic, one panel a kind of question."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any


def plot(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """Draw p50 as lines and p99 as dots above them. Only synthetic sizes, which differ in nothing else."""
    synthetic = [row for row in rows if row["size"][0].isdigit() and not row["busy"]]
    kinds = list(dict.fromkeys(row["kind"] for row in synthetic))
    if not kinds:
        return
    pyplot = import_module("matplotlib.pyplot")
    figure, panels = pyplot.subplots(1, len(kinds), figsize=(4 * len(kinds), 4.5), sharey=True, squeeze=False)
    names = list(dict.fromkeys(row["engine"] for row in synthetic if not row["engine"].startswith("quoth-")))
    for panel, kind in zip(panels[0], kinds, strict=True):
        for number, name in enumerate(names):
            points = sorted(
                (row["passages"], row["p50_us"] / 1000, row["p99_us"] / 1000)
                for row in synthetic
                if row["engine"] == name and row["kind"] == kind
            )
            style = {"color": "black", "linewidth": 2.5} if name == "quoth" else {"color": f"C{number}"}
            panel.plot([p[0] for p in points], [p[1] for p in points], marker="o", label=name, **style)
            panel.plot([p[0] for p in points], [p[2] for p in points], "^", color=style["color"], alpha=0.5)
        panel.set(xscale="log", yscale="log", title=kind, xlabel="passages")
        panel.grid(True, which="major", alpha=0.3)
    panels[0][0].set_ylabel("CPU ms a question: p50 lines, p99 triangles")
    panels[0][-1].legend(fontsize=8)
    figure.tight_layout()
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file)
