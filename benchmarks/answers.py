"""Our answers against three peers, on question sets in BEIR layout.

    make answers
    python -m benchmarks.answers DIR... --systems naive,quoth --mixed 'xquad_??,reuters*'

Ours is `quoth evaluate DIR --json` as a user would run it, with and without `--typos`; the peers of
`benchmarks.answers_peers` get the same questions with the same typos. Of a large collection only some questions are
asked, because the naive peer needs a second for each; where the questions are headlines (their kind says so), titles
are kept out of the index. All systems get the same. `benchmarks.answers_pairs` cuts small collections out of some sets.
"""

import argparse
import gzip
import json
import subprocess
import sys
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.answers_pairs import write_pairs
from benchmarks.answers_peers import PEERS, measured
from benchmarks.answers_table import table
from index.evaluate.beir import files, load
from index.evaluate.measures import MEASURES

OURS: Final = "quoth"
_SEED: Final = 7

Row = dict[str, Any]


def main() -> None:
    options = _options()
    systems = [name for name in options.systems.split(",") if name == OURS or name in PEERS]
    kept = [json.loads(line) for line in options.json.read_text().splitlines()] if options.json.exists() else []
    rows: list[Row] = [row for row in kept if row["system"] not in systems]
    with TemporaryDirectory(prefix="quoth-answers-") as temporary:
        prepared = (_prepared(folder, options, Path(temporary)) for folder in options.folders)
        folders = [folder for folder in prepared if folder]
        for folder in folders:
            typos = not _matching([folder], options.no_typos)
            rows += [_told(row) for name in systems for row in _asked(name, folder, typos=typos)]
        if OURS in systems:
            mixed = _matching(folders, options.mixed)
            rows += [_told(row) for row in (_ours(mixed, "--mixed") if len(mixed) > 1 else ())]
            rows += [_told(_in_pairs(folder, Path(temporary))) for folder in _matching(folders, options.pairs)]
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text("".join(json.dumps(row) + "\n" for row in rows))
    options.table.write_text(table(rows, [folder.name for folder in folders]))


def _asked(system: str, folder: Path, *, typos: bool) -> list[Row]:
    """Return a row for the questions as they are, and one with a typo each where that is wanted."""
    if system == OURS:
        return [row for option in ([], ["--typos"])[: 1 + typos] for row in _ours([folder], *option)]
    return measured(system, load(folder), typos=typos)


def _ours(folders: Sequence[Path], *options: str) -> list[Row]:
    command = [sys.executable, "-m", "bot.__main__", "evaluate", *map(str, folders), "--json", *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [{"system": OURS, **json.loads(line)} for line in done.stdout.splitlines()]


def _in_pairs(folder: Path, temporary: Path) -> Row:
    """One row: the means over all collections of two articles, each question weighing the same."""
    rows = _ours(write_pairs(load(folder), temporary / "pairs"))
    weights = [row["questions"] for row in rows]
    mean = {m: sum(w * row[m] for w, row in zip(weights, rows, strict=True)) / sum(weights) for m in MEASURES}
    silence = {
        m: sum(w * row["silence"][m] for w, row in zip(weights, rows, strict=True)) / sum(weights)
        for m in ("accuracy", "false_refusals", "right_refusals")
    }
    of_pair = {"system": OURS, "set": folder.name, "pairs": len(rows), "questions": sum(weights), "typos": False}
    return of_pair | mean | {"silence": silence}


def _matching(folders: Sequence[Path], patterns: str) -> list[Path]:
    return [folder for folder in folders if any(fnmatch(folder.name, pattern) for pattern in patterns.split(","))]


def _told(row: Row) -> Row:
    how = "typos" if row["typos"] else next((how for how in ("mixed", "pairs") if row.get(how)), "plain")
    print(f"{row['set']} {row['system']} {how}: hit@1 {row['hit@1']:.3f}, mrr@10 {row['mrr@10']:.3f}", flush=True)
    return row


def _prepared(folder: Path, options: argparse.Namespace, temporary: Path) -> Path | None:
    """Return the set; or a copy, with fewer questions where it is large, and without titles where these are asked.

    None for a set without questions.
    """
    corpus, queries, *_ = files(folder)
    passages, asked = records(corpus), records(queries)
    headlines = any((row.get("metadata") or {}).get("kind") == "headline" for row in asked)
    if not asked:
        return None
    if len(passages) <= options.large and not headlines:
        return folder
    if len(passages) > options.large:
        asked = Random(_SEED).sample(asked, min(options.questions, len(asked)))  # noqa: S311 (no secret)
    if headlines:
        passages = [row | {"title": ""} for row in passages]
    copy = temporary / folder.resolve().name
    copy.mkdir()
    (copy / "qrels").symlink_to((folder / "qrels").resolve())
    for name, rows in (("corpus", passages), ("queries", asked)):
        (copy / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return copy


def records(path: Path) -> list[Row]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Our answers against peers.")
    parser.add_argument("folders", nargs="+", type=Path, help="question sets in BEIR layout")
    parser.add_argument("--systems", default=",".join([*PEERS, OURS]), help="the rows of others are kept from --json")
    parser.add_argument("--mixed", default="xquad_??,reuters*", help="patterns of the sets that share one index")
    parser.add_argument("--no-typos", default="*-abstain", help="patterns of the sets that are asked without typos")
    parser.add_argument("--pairs", default="xquad_en,xquad_ar,xquad_ru", help="patterns of the sets cut into pairs")
    parser.add_argument("--large", type=int, default=50_000, help="from so many passages on, questions are sampled")
    parser.add_argument("--questions", type=int, default=200, help="how many are asked then")
    parser.add_argument("--json", type=Path, default=Path(".bench/answers.jsonl"))
    parser.add_argument("--table", type=Path, default=Path("docs/answers.md"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
