"""Measure how fast each format is read, in megabytes of file per second of CPU.

    python -m benchmarks.reading DIR... [--megabytes 3] [--bursts 5] [--formats jsonl,csv] [--against TREE]

DIR is a question set in BEIR layout; its articles are written in each format. Every burst is a process of its own that
reads each format three times, with the plain libraries of `benchmarks.reading_libraries` beside them; the best time of
all bursts counts. `--against` reads the same files with the
code and the interpreter (`.venv/bin/python`) of another checkout, bursts of both in turn, and prints how its time
compares: below 1, this checkout is the faster one.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.model import Article

_DAY = date(2024, 4, 19)
_SECTION = 4
# Pages are slow to read, and markup is no quicker to judge by more of it.
_SHARES = {
    **{"HTML": 0.15, "text, small files": 0.5, "RST": 0.3, "AsciiDoc": 0.3, "Org": 0.3, "DOCX": 0.3, "ODT": 0.3},
    "WARC": 0.15,
}
_TIMES = 3
_BY = ", by "


def cpu_seconds() -> float:
    """Return the CPU time of this process, and of those that read for it and have ended."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def burst(folder: Path) -> dict[str, float]:
    """Return the CPU seconds of the import, and of each format below `folder` the best."""
    begun = cpu_seconds()
    from index.sources import read

    seconds = {"(import)": cpu_seconds() - begun}
    for one in sorted(folder.iterdir()):
        spent = []
        for _ in range(_TIMES):
            begun = cpu_seconds()
            for _found in read([one]):
                pass
            spent.append(cpu_seconds() - begun)
        seconds[one.name] = min(spent)
        seconds |= _by_library(one)
    return seconds


def _by_library(folder: Path) -> dict[str, float]:
    """Return the CPU seconds that the plain library of a format takes for a folder, under its name."""
    # A checkout that is compared has perhaps no such module, and this machine no such library.
    try:
        from benchmarks.reading_libraries import LIBRARIES

        library, take_apart = LIBRARIES[folder.name.partition(",")[0]]
        spent = []
        for _ in range(_TIMES):
            begun = cpu_seconds()
            for path in folder.iterdir():
                take_apart(path)
            spent.append(cpu_seconds() - begun)
    except (ImportError, KeyError):
        return {}
    return {f"{folder.name}{_BY}{library}": min(spent)}


def _texts(article: "Article") -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def _as_rows(articles: Sequence["Article"]) -> str:
    """A paragraph in each record, as question sets have them."""
    rows = (
        {"_id": f"{one.key}#{at}", "title": one.title, "text": text, "metadata": {"article_id": one.key}}
        for one in articles
        for at, text in enumerate(_texts(one), 1)
    )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _as_text(article: "Article") -> str:
    return "\n\n".join((article.title, *_texts(article))) + "\n"


def _as_wrapped(article: "Article") -> str:
    return "\n\n".join(textwrap.fill(text, 78) for text in (article.title, *_texts(article))) + "\n"


def _as_dense(article: "Article") -> str:
    """A paragraph on each line, no blank lines but below the title."""
    return f"{article.title}\n\n" + "\n".join(_texts(article)) + "\n"


def _sections(article: "Article", heading: Callable[[str], str]) -> str:
    texts = _texts(article)
    parts = [texts[:_SECTION]] + [
        [heading(f"Section {at // _SECTION}"), *texts[at : at + _SECTION]]
        for at in range(_SECTION, len(texts), _SECTION)
    ]
    return "\n\n".join(text for part in parts for text in part) + "\n"


def _as_markdown(article: "Article") -> str:
    front = f"---\ntitle: {json.dumps(article.title, ensure_ascii=False)}\ndate: {article.date or _DAY}\n---\n\n"
    return front + _sections(article, "## {}".format)


def _as_rst(article: "Article") -> str:
    def underlined(text: str, sign: str = "-") -> str:
        return f"{text}\n{sign * 2 * len(text)}"

    return underlined(article.title, "=") + "\n\n" + _sections(article, underlined)


def _as_asciidoc(article: "Article") -> str:
    return f"= {article.title}\n\n" + _sections(article, "== {}".format)


def _as_org(article: "Article") -> str:
    return f"#+TITLE: {article.title}\n\n" + _sections(article, "* {}".format)


def _as_notebook(article: "Article") -> str:
    texts = [f"# {article.title}", *_texts(article)]
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)} for text in texts]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _as_subtitles(article: "Article") -> str:
    lines = [line for text in _texts(article) for line in textwrap.wrap(text, 40)]
    times = (
        f"00:{at // 60 % 60:02}:{at % 60:02},000 --> 00:{at // 60 % 60:02}:{at % 60:02},990" for at in range(1 << 20)
    )
    return "".join(f"{at}\n{time}\n{line}\n\n" for at, (time, line) in enumerate(zip(times, lines, strict=False), 1))


# Those that `benchmarks.round_trip` writes, by its names for them.
_ALIKE = {
    "JSON Lines": "jsonl",
    "JSON Lines, HTML in it": "jsonl, <p>",
    "JSON, a list": "json, a list",
    "CSV": "csv",
    "HTML": "html",
    "DOCX": "docx",
    "ODT": "odt",
    "RTF": "rtf",
    "EPUB": "epub, a chapter each",
    "RSS": "rss",
    "Atom": "atom, xhtml",
    "JSON Feed": "json feed",
    "WordPress": "wxr, classic",
    "Telegram": "telegram",
    "MediaWiki": "mediawiki",
    "mbox": "mbox",
    "mbox, two alternatives": "mbox, two alternatives",
    "WARC": "warc",
}
_EACH: dict[str, tuple[str, Callable[["Article"], str], int]] = {
    "text, wrapped": ("txt", _as_wrapped, 0),
    "text, a line per paragraph": ("txt", _as_dense, 0),
    "text, blank lines between": ("txt", _as_text, 0),
    "text, small files": ("txt", _as_text, 6000),
    "Markdown": ("md", _as_markdown, 0),
    "RST": ("rst", _as_rst, 0),
    "AsciiDoc": ("adoc", _as_asciidoc, 0),
    "Org": ("org", _as_org, 0),
    "notebook": ("ipynb", _as_notebook, 0),
    "subtitles": ("srt", _as_subtitles, 0),
}
_ROWS = "JSON Lines, a row per paragraph"
_FORMATS = (_ROWS, *_ALIKE, *_EACH)


def _some(articles: Sequence["Article"], size: float, step: int) -> Iterator["Article"]:
    """Yield articles from all parts of the sets, of so many bytes of text in all."""
    order = [at for first in range(step) for at in range(first, len(articles), step)]
    for at in order:
        if size <= 0:
            return
        size -= sum(len(text.encode()) for text in _texts(articles[at]))
        yield articles[at]


def write(name: str, articles: Sequence["Article"], folder: Path, size: float) -> int:
    """Write articles in a format below `folder`, and return the bytes of its files."""
    chosen = list(_some(articles, size * _SHARES.get(name, 1), 37))
    below = folder / name
    below.mkdir()
    if name in _ALIKE:
        # Imported here: a checkout that is compared runs this file too, and has perhaps no such modules.
        from benchmarks import round_trip
        from benchmarks.round_trip_feeds import FEEDS
        from benchmarks.round_trip_formats import FORMATS, Written
        from benchmarks.round_trip_mail import MAIL
        from benchmarks.round_trip_office import OFFICE

        written = [Written(f"{at:06}", one.title, tuple(_texts(one)), _DAY) for at, one in enumerate(chosen)]
        round_trip.write(written, {**FORMATS, **FEEDS, **MAIL, **OFFICE}[_ALIKE[name]], below)
    elif name == _ROWS:
        (below / "rows.jsonl").write_text(_as_rows(chosen), encoding="utf-8")
    else:
        ending, each, most = _EACH[name]
        for at, article in enumerate(chosen):
            text = each(article)
            if not most or len(text) < most:
                (below / f"{at:06}.{ending}").write_text(text, encoding="utf-8")
    return sum(path.stat().st_size for path in below.iterdir())


def _burst_of(tree: Path, python: Path, folder: Path) -> dict[str, float]:
    """Return what a burst says in a checkout; this file is run there by its path, its compiled files kept aside."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder.parent / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [str(python), "-c", f"exec(open({__file__!r}).read())", "--burst", str(folder)]
    done = subprocess.run(command, cwd=tree, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    seconds: dict[str, float] = json.loads(done.stdout)
    return seconds


def main() -> None:
    """Print a row for each format."""
    if sys.argv[1:2] == ["--burst"]:
        print(json.dumps(burst(Path(sys.argv[2]))))
        return
    from index.evaluate.beir import load_corpus

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--megabytes", type=float, default=3, help="so much text in each format, of some less")
    parser.add_argument("--bursts", type=int, default=5)
    parser.add_argument("--formats", default="", help="beginnings of their names, with commas between")
    parser.add_argument("--against", type=Path, help="another checkout")
    asked = parser.parse_args()
    wanted = tuple(asked.formats.casefold().split(","))
    articles = [one for folder in asked.folders for one in load_corpus(folder).articles if one.title.strip()]
    trees = [(Path(__file__).parents[1], Path(sys.executable))]
    if asked.against:
        trees.append((asked.against, asked.against.absolute() / ".venv" / "bin" / "python"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "formats"
        folder.mkdir()
        sizes = {
            name: write(name, articles, folder, asked.megabytes * 1e6)
            for name in _FORMATS
            if name.casefold().startswith(wanted)
        }
        bursts: list[list[dict[str, float]]] = [[] for _ in trees]
        for _ in range(asked.bursts):
            for done, (tree, python) in zip(bursts, trees, strict=True):
                done.append(_burst_of(tree, python, folder))
    best = [{name: min(one[name] for one in done) for name in done[0]} for done in bursts]
    _print(sizes, best)


def _print(sizes: dict[str, int], best: Sequence[dict[str, float]]) -> None:
    both = len(best) > 1
    print(f"{'format':43} {'MB':>6} {'MB/s':>8}" + (f" {'there':>8} {'ratio':>6}" if both else ""))
    for name, size in sizes.items():
        for row in (name, *(other for other in best[0] if other.startswith(f"{name}{_BY}"))):
            times = [seconds[row] for seconds in best if row in seconds]
            speeds = "".join(f" {size / 1e6 / seconds:8.2f}" for seconds in times)
            ratio = f" {times[0] / times[1]:6.2f}" if len(times) > 1 else ""
            print(f"{row:43} {size / 1e6:6.2f}{speeds}{ratio}")
    imports = "".join(f" {1000 * seconds['(import)']:8.0f}" for seconds in best)
    print(f"{'import of index.sources, ms':50}{imports}")


if __name__ == "__main__":
    main()
