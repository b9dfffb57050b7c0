"""The figures of a run as Markdown: for every size and kind each engine beside ours, with ratios."""

from collections.abc import Sequence
from typing import Any

_ABOUT = """# Engines, CPU microseconds a question, top 10

Made by `make bench` (`python -m benchmarks.engines`): every engine asked in turn, question by question, in one process
pinned to one core of a shared machine. Before each question to each of them 8 MB are written, so that all find their
caches cold. The input is the same analysed terms for all; our time includes the call from Python, the peers' likewise.
"asked" is lower where an engine used up its budget of time. Exact means, for our paths, the rows and scores of a
float64 brute force on every question asked; for peers, that their first hundred answers are the best ones by their own
formula. `quoth` is the path of a process that lives, with numba. A ratio in bold is that of a peer that was faster.
In sections called busy another process swept memory on another core meanwhile.
"""


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the table. Ratios are peer / ours: above 1, ours is faster. `rows` as `benchmarks.engines` writes them."""
    lines = [_ABOUT]
    for size in dict.fromkeys(row["size"] for row in rows):
        of_size = [row for row in rows if row["size"] == size]
        lines += [f"## {size}, {of_size[0]['passages']:,} passages", ""]
        lines += [
            "| kind | engine | asked | p50 | p95 | p99 | ratio p50 | ratio p99 | exact |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for kind in dict.fromkeys(row["kind"] for row in of_size):
            of_kind = [row for row in of_size if row["kind"] == kind]
            ours = next((row for row in of_kind if row["engine"] == "quoth"), None)
            lines += [_row(row, ours) for row in sorted(of_kind, key=lambda row: float(row["p50_us"]))]
        if of_size[0]["busy"]:
            lines.append("")
            continue
        lines += [
            "",
            "| engine | build CPU s | disk MB | peak MB of the build | start to first answer CPU s |",
            "|---|---|---|---|---|",
        ]
        for row in {row["engine"]: row for row in of_size}.values():
            figures = (row.get(name, "-") for name in ("build_s", "disk_mb", "peak_mb", "first_s"))
            lines.append(f"| {row['engine']} | {' | '.join(map(str, figures))} |")
        lines.append("")
    return "\n".join(lines)


def _row(row: dict[str, Any], ours: dict[str, Any] | None) -> str:
    ratios = [_ratio(row[p] / ours[p], row["engine"]) if ours else "-" for p in ("p50_us", "p99_us")]
    name = f"**{row['engine']}**" if row["engine"] == "quoth" else row["engine"]
    exact = "yes" if row["exact"] else f"{row['wrong']} of {row['judged']} differ"
    figures = " | ".join(f"{row[p]:,.1f}" for p in ("p50_us", "p95_us", "p99_us"))
    return f"| {row['kind']} | {name} | {row['asked']:,} | {figures} | {ratios[0]} | {ratios[1]} | {exact} |"


def _ratio(ratio: float, engine: str) -> str:
    shown = f"{ratio:.2f}"
    return f"**{shown}**" if ratio < 1 and not engine.startswith("quoth") else shown
