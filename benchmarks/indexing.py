"""Measure the way from JSON Lines to an index: our own `quoth index` and tantivy beside it, on the same articles.

    python -m benchmarks.indexing --collections reuters,saudinews,100k,1m

prints a table. Each engine runs in processes of its own; CPU seconds and peak memory are of all of them together.
`quoth` is the full analyzer, `quoth rebuild` the same where an index of the same articles is there already, and `quoth
plain` every article said to be in no known language, which leaves cutting and folding. Tantivy takes its default
tokenizer (cutting, lower case), stores frequencies and texts as we do, and commits once. Our kernels are compiled
before anything is timed. Synthetic text is that of `benchmarks.synthetic`, spelt as words.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from benchmarks import corpora
from benchmarks.corpora import Passages, bytes_of, number
from benchmarks.synthetic import PER_ARTICLE
from index.evaluate import beir

_SYLLABLES: Final = [consonant + vowel for consonant in "bdfghklmnprstvz" for vowel in "aeiou"]
_SENTENCE: Final = 14
_LOOKS_EVERY: Final = 0.05
_SEED: Final = 7

Record = dict[str, str]


def main() -> None:
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    data = options.work / "quoth"
    _quoth(_written(options.work / "warm.jsonl", _synthetic(60_000, options.work)), data)
    print("| collection | engine | paragraphs/s | wall s | CPU s | peak MB | index MB |\n|---|---|---|---|---|---|---|")
    for name in options.collections.split(","):
        full, plain = options.work / f"{name}.jsonl", options.work / f"{name}-plain.jsonl"
        _written(full, _records(name, options))
        _written(plain, (record | {"language": "und"} for record in _records(name, options)))
        print(f"| {name} | quoth | {_quoth(full, data)} |", flush=True)
        print(f"| {name} | quoth rebuild | {_quoth(full, data, anew=False)} |", flush=True)
        print(f"| {name} | quoth plain | {_quoth(plain, data)} |", flush=True)
        for threads in (1, 2):
            figures = _tantivy(full, options.work / "tantivy", threads)
            print(f"| {name} | tantivy, {threads} writing | {figures} |", flush=True)
        full.unlink()
        plain.unlink()


def _quoth(source: Path, data: Path, *, anew: bool = True) -> str:
    if anew:
        shutil.rmtree(data / "generations", ignore_errors=True)
        (data / "current").unlink(missing_ok=True)
    command = [sys.executable, "-m", "bot", "index", "--force", "--data-dir", str(data), str(source)]
    figures = _measured(command)
    folder = data / "generations" / f"{(data / 'current').read_text().strip()}"
    passages = json.loads((folder / "manifest.json").read_text())["counts"]["passages"]
    return _row(passages, figures, bytes_of(folder))


def _tantivy(source: Path, folder: Path, threads: int) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "benchmarks.indexing", "--tantivy", str(source), str(folder), str(threads)]
    figures = _measured(command)
    return _row(int((folder / "passages").read_text()), figures, bytes_of(folder))


def index_with_tantivy(source: Path, folder: Path, threads: int) -> None:
    """Index every paragraph of a JSON Lines file, with its title before it, as a document."""
    tantivy = import_module("tantivy")
    fields = tantivy.SchemaBuilder()
    fields.add_text_field("text", stored=True, tokenizer_name="default", index_option="freq")
    writer = tantivy.Index(fields.build(), path=str(folder)).writer(heap_size=512_000_000, num_threads=threads)
    passages = 0
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            for paragraph in record["text"].split("\n\n"):
                document = tantivy.Document()
                document.add_text("text", f"{record['title']}\n{paragraph}")
                writer.add_document(document)
                passages += 1
    writer.commit()
    writer.wait_merging_threads()
    (folder / "passages").write_text(str(passages))


def _row(passages: int, figures: tuple[float, float, int], size: int) -> str:
    wall, cpu, peak = figures
    return f"{passages / wall:,.0f} | {wall:,.1f} | {cpu:,.1f} | {peak / 1e6:,.0f} | {size / 1e6:,.0f}"


def _measured(command: Sequence[str]) -> tuple[float, float, int]:
    """Return seconds on the clock, CPU seconds and peak bytes of a command and all that it starts."""
    begun, peak = time.monotonic(), 0
    # Not a pipe, which the progress of a long build would fill.
    with TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        # `Popen.wait` would not tell what was used up.
        while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            peak = max(peak, sum(map(_resident, _family(process.pid))))
            time.sleep(_LOOKS_EVERY)
        wall, used = time.monotonic() - begun, ended[2]
        process.returncode = os.waitstatus_to_exitcode(ended[1])
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {errors.read().strip()}")
    return wall, used.ru_utime + used.ru_stime, peak


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(children).split():
            yield from _family(int(child))


def _resident(pid: int) -> int:
    """Return the bytes of a process's own memory and of the files that it has mapped and looked at."""
    held = _read(Path(f"/proc/{pid}/statm")).split()
    return int(held[1]) * os.sysconf("SC_PAGE_SIZE") if held else 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has just ended
        return ""


def _written(path: Path, records: Iterator[Record]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    return path


def _records(name: str, options: argparse.Namespace) -> Iterator[Record]:
    if name in corpora.REAL:
        articles = beir.load_corpus(options.data / corpora.REAL[name][0]).articles
        for article in articles:
            text = "\n\n".join(paragraph.text for paragraph in article.paragraphs)
            yield {"id": article.key, "title": article.title, "text": text}
    else:
        yield from _synthetic(number(name), options.work)


def _synthetic(passages: int, work: Path) -> Iterator[Record]:
    folder = work / f"text-{passages}"
    folder.mkdir(exist_ok=True)
    texts = Passages(corpora.make_synthetic(folder, passages, _SEED)).words(_word)
    article = 0
    while paragraphs := [_sentences(words) for words in islice(texts, PER_ARTICLE)]:
        yield {"id": str(article), "title": paragraphs[0][:60].rsplit(" ", 1)[0], "text": "\n\n".join(paragraphs)}
        article += 1
    shutil.rmtree(folder)


def _word(term: int) -> str:
    """Return a word that can be spoken, another for every term: 0 -> "ba", 75 -> "beba"."""
    spelt = _SYLLABLES[term % len(_SYLLABLES)]
    while term := term // len(_SYLLABLES):
        spelt = _SYLLABLES[term % len(_SYLLABLES)] + spelt
    return spelt


def _sentences(words: Sequence[str]) -> str:
    parts = (words[at : at + _SENTENCE] for at in range(0, len(words), _SENTENCE))
    return " ".join(f"{' '.join(part).capitalize()}." for part in parts)


def _options() -> Any:
    parser = argparse.ArgumentParser(description="From JSON Lines to an index.")
    parser.add_argument("--collections", default="reuters,saudinews,100k,1m", help="real ones, or sizes as in 100k")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the real collections")
    parser.add_argument("--work", type=Path, default=Path(".bench/indexing"), help="where texts and indexes are kept")
    return parser.parse_args()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--tantivy"]:
        index_with_tantivy(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
