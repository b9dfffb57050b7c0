"""Our engine against its peers, in one run, on the same analysed terms.

    make bench
    python -m benchmarks.engines --sizes reuters,10k,100k,1m --peers tantivy,bm25s-numba --json FILE --plot FILE
    python -m benchmarks.engines --busy --built

A size is a number of synthetic passages (10k, 1m), or a real collection below --data (reuters, saudinews). Every engine
is built in a process of its own, opened in another for its start to first answer, and asked in one process beside all
others, question by question in turn; with `--busy` once more while another process sweeps memory. With `--built` the
indexes of peers that an earlier run left stay, and what it measured of building them. `benchmarks.asking` says what is
timed, `benchmarks.truth` what exact means, `benchmarks.synthetic` and `benchmarks.questions` how texts and questions
are made.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from benchmarks import corpora, questions
from benchmarks.building import stored_in
from benchmarks.ours import CHOSEN, PATHS
from benchmarks.peers import PEERS, SHARED
from benchmarks.plot import plot
from benchmarks.table import table
from index.errors import QuestionSetError

SEED = 7
# Python objects for every posting: more memory than a desk has; or minutes to build.
_TOO_LARGE = {
    "lucivy": 50_000,
    **dict.fromkeys(("rank-bm25", "rank-bm25-rs"), 200_000),
    **dict.fromkeys(("sqlite-fts5", "bm25s", "bm25-turbo"), 2_000_000),
}


def main() -> None:
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    print(f"load {os.getloadavg()[0]:.1f}", flush=True)
    for size in options.sizes.split(","):
        try:
            corpus = _corpus(size, options)
        except QuestionSetError as error:
            print(f"{size}: left out, {error}", flush=True)
            continue
        names = [name for name in options.peers.split(",") if name in PEERS or name in PATHS]
        rows += measured(size, corpus, names, options.budget, busy=options.busy, anew=not options.built)
        # After each size, so that a run that is stopped leaves what it measured.
        options.json.write_text("".join(json.dumps(row) + "\n" for row in rows))
        options.table.write_text(table(rows))
        plot(rows, options.plot)
    print(table(rows))


def measured(
    size: str, corpus: corpora.Corpus, names: Sequence[str], budget: float, *, busy: bool, anew: bool
) -> list[dict[str, Any]]:
    """Build and ask the named engines; report an engine that fails with its reason, and leave it out.

    `busy`: they are asked again, while another process sweeps memory.
    """
    built: dict[str, dict[str, Any]] = {}
    for name in names:
        if corpus.passages > _TOO_LARGE.get(name, corpus.passages):
            print(f"{size} {name}: left out, too slow or too large at this size", flush=True)
            continue
        try:
            figures = {} if name in SHARED and SHARED[name] in built else _built(name, corpus, anew=anew)
            built[name] = figures | _process("building", "first", name, corpus)
        except subprocess.CalledProcessError as error:
            reason = (error.stderr or "").strip().splitlines()[-1:] or ["no message"]
            print(f"{size} {name}: left out, {reason[0]}", flush=True)
            continue
        print(f"{size} {name}: {built[name]}", flush=True)
    command = [sys.executable, "-m", "benchmarks.asking", str(corpus.folder), str(budget), *built]
    rows = []
    for beside, is_busy in ((nullcontext(), False), (sweeping(), True))[: 1 + busy]:
        name = f"{size}, busy" if is_busy else size
        with beside:
            for figures in _lines(command):
                path = figures["engine"]
                row = figures | {"size": name, "busy": is_busy, "passages": corpus.passages, "path": path} | built[path]
                if path == CHOSEN:
                    row["engine"] = "quoth"
                rows.append(row)
                print(f"{name} {row['engine']} {row['kind']}: {row['p50_us']} us, exact {row['exact']}", flush=True)
    return rows


def _built(name: str, corpus: corpora.Corpus, *, anew: bool) -> dict[str, Any]:
    """Build an engine's index, or keep the one that is there; return what was measured of its building."""
    file = stored_in(name, corpus.folder).with_suffix(".json")
    if anew or name in PATHS or not file.exists():
        file.unlink(missing_ok=True)
        figures = _process("building", "build", name, corpus)
        file.write_text(json.dumps(figures))
    kept: dict[str, Any] = json.loads(file.read_text())
    return kept


@contextmanager
def sweeping() -> Iterator[None]:
    """Have another process write one cache line after another of more memory than any cache holds."""
    # Not on the core where the engines are asked.
    pinned = "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})" if hasattr(os, "sched_setaffinity") else ""
    sweep = f"import numpy, os; {pinned}\nroom = numpy.zeros(1 << 26)\nwhile True: room[::8] += 1"
    with subprocess.Popen([sys.executable, "-c", sweep]) as process:
        try:
            yield
        finally:
            process.kill()


def _process(module: str, work: str, name: str, corpus: corpora.Corpus) -> dict[str, Any]:
    command = [sys.executable, "-m", f"benchmarks.{module}", work, name, str(corpus.folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def _lines(command: Sequence[str]) -> Iterable[dict[str, Any]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
        for line in process.stdout:
            if line.startswith("{"):
                yield json.loads(line)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))


def _corpus(size: str, options: argparse.Namespace) -> corpora.Corpus:
    folder = options.work / size
    if (folder / "questions.json").exists():
        return corpora.Corpus.stored(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if size in corpora.REAL:
        corpus, asked = corpora.make_real(folder, size, options.data)
    else:
        corpus, asked = corpora.make_synthetic(folder, corpora.number(size), SEED), []
    questions.write(corpus, options.questions if corpus.passages <= 2_000_000 else options.questions // 10, SEED, asked)
    return corpus


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Our engine against its peers.")
    parser.add_argument("--sizes", default="reuters,saudinews,10k,100k,1m")
    parser.add_argument("--peers", default=",".join([*PATHS, *PEERS]), help="engines by name, ours included")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the real collections")
    parser.add_argument("--work", type=Path, default=Path(".bench"), help="where collections and indexes are kept")
    parser.add_argument("--questions", type=int, default=1000, help="of each kind; a tenth beyond 2m passages")
    parser.add_argument("--budget", type=float, default=20.0, help="CPU seconds for each engine and kind")
    parser.add_argument("--json", type=Path, default=Path(".bench/engines.json"), help="an object a line")
    parser.add_argument("--table", type=Path, default=Path("docs/engines.md"))
    parser.add_argument("--plot", type=Path, default=Path("docs/engines.svg"))
    parser.add_argument("--built", action="store_true", help="keep the indexes of peers that an earlier run built")
    parser.add_argument("--busy", action="store_true", help="ask again, while another process sweeps memory")
    return parser.parse_args()


if __name__ == "__main__":
    main()
