"""Write the articles of question sets in the formats that people keep theirs in, read them, and compare.

    python -m benchmarks.round_trip DIR... [--articles 2000] [--formats html,rst] [--seed 1] [--show 5]

DIR is a question set in BEIR layout. Its articles (a sample, all where there are fewer) are written by
`benchmarks.round_trip_formats`, `round_trip_feeds`, `round_trip_mail`, `round_trip_office` and `round_trip_pdf`; one
without a date gets an invented one, one without a title is left out. Then `index.read` reads the files. Of each
article are compared

- the title and the day of the date;
- the paragraphs, in order. A heading, a lead-in or a line of verse stands on a line of its own within a paragraph
  where the reader joins them, so lines are compared: what was written as one paragraph must be one line, and no line
  may be missing, too many or changed. "alone" is the share without this concession: every paragraph by itself.

White space, the invisible marks of writing directions and the like, and what a format does not tell (the print of a
PDF document: on which letter of a ligature a mark stands), are in one normal form on both sides. An article
that comes out twice, or not at all, is not the same. Every text is written as it is: table heads, lists and bylines of
agencies too; but a paragraph without a letter or digit ("***") is not written, since it is none. `ms` is CPU time.
"""

import argparse
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.reading import cpu_seconds
from benchmarks.round_trip_feeds import FEEDS
from benchmarks.round_trip_formats import FORMATS, Format, Written
from benchmarks.round_trip_mail import MAIL
from benchmarks.round_trip_office import OFFICE
from benchmarks.round_trip_pdf import PDF, missing
from index.evaluate.beir import load_corpus
from index.model import Article, Skipped
from index.sources import read
from index.sources.blocks.layout import normalise, one_line

_FIRST_DAY, _DAYS = date(1996, 1, 1), 10_000


def sample_of(folder: Path, size: int, seed: int) -> list[Written]:
    """Return so many articles of a question set as they are to be written."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    usable = [article for article in load_corpus(folder).articles if article.title.strip()]
    if len(usable) > size:
        usable = chance.sample(usable, size)
    written = []
    for number, article in enumerate(usable):
        invented = _FIRST_DAY + timedelta(chance.randrange(_DAYS))
        day = date.fromisoformat(article.date[:10]) if article.date else invented
        paragraphs = (part.text.strip() for part in article.paragraphs)
        kept = tuple(text for text in paragraphs if any(map(str.isalnum, text)))
        if kept:
            written.append(Written(f"a{number:05}", article.title.strip(), kept, day))
    return written


def write(articles: Sequence[Written], form: Format, folder: Path) -> None:
    """Write articles into a folder."""
    if form.table:
        (folder / f"articles{form.ending}").write_bytes(form.encoded(form.table(articles)))
    if form.page:
        for article in articles:
            (folder / f"{article.id}{form.ending}").write_bytes(form.encoded(form.page(article)))


@dataclass(slots=True)
class Score:
    """How many articles came back the same, by what was compared."""

    articles: int = 0
    title: int = 0
    paragraphs: int = 0
    date: int = 0
    all: int = 0
    alone: int = 0

    def shares(self) -> list[float]:
        """Return the share of articles with the same title, paragraphs, date, all of these, and paragraphs alone."""
        counts = (self.title, self.paragraphs, self.date, self.all, self.alone)
        return [count / (self.articles or 1) for count in counts]


def compare(written: Written, found: Sequence[Article], score: Score, form: Format) -> list[str]:
    """Add an article to the score; return its differences in words."""
    score.articles += 1
    if len(found) != 1:
        return [f"{len(found)} articles"]
    [article] = found

    def plain(text: str) -> str:
        return _plain(form.told(text))

    wanted = [plain(text) for text in written.paragraphs]
    given = [plain(part.text) for part in article.paragraphs]
    lines = [plain(line) for part in article.paragraphs for line in part.text.split("\n")]
    differences = []
    if plain(article.title) == plain(written.title):
        score.title += 1
    else:
        differences.append(f"title: {article.title!r} for {written.title!r}")
    if lines == wanted:
        score.paragraphs += 1
    else:
        differences += _different(lines, wanted)
    if (article.date or "")[:10] == (written.date.isoformat() if form.dated else ""):
        score.date += 1
    else:
        differences.append(f"date: {article.date} for {written.date}")
    score.alone += given == wanted
    score.all += not differences
    return differences


def _plain(text: str) -> str:
    return one_line(normalise(text))


def _different(lines: Sequence[str], wanted: Sequence[str]) -> list[str]:
    least = min(len(lines), len(wanted))
    at = next((at for at in range(least) if lines[at] != wanted[at]), least)
    first = [f"paragraph {at + 1} of {len(wanted)} ({len(lines)} came out):"]
    return [*first, *(f"    {name} {_from(texts, at)}" for name, texts in (("read   ", lines), ("written", wanted)))]


def _from(texts: Sequence[str], at: int) -> str:
    return " / ".join(text if len(text) < 100 else f"{text[:60]} … {text[-30:]}" for text in texts[at : at + 2])


def by_id(found: Iterable[Article | Skipped]) -> dict[str, list[Article]]:
    """Return the articles by the ids that were written."""
    articles: dict[str, list[Article]] = defaultdict(list)
    for one in found:
        if isinstance(one, Article):
            # The chapters of a book have the names of files, and of places in them.
            key = (one.key or Path(one.path).name).rpartition("#")[2]
            articles[Path(key).name.partition(".")[0]].append(one)
        else:
            print(f"skipped {Path(one.path).name}: {one.reason}")
    return articles


def measure(articles: Sequence[Written], form: Format, show: int) -> tuple[Score, float]:
    """Return the score of a format, and the milliseconds that the reading of an article took; print differences."""
    score = Score()
    with tempfile.TemporaryDirectory() as temporary:
        write(articles, form, Path(temporary))
        begun = cpu_seconds()
        found = by_id(read([temporary]))
        spent = cpu_seconds() - begun
    for article in articles:
        differences = compare(article, found.get(article.id, ()), score, form)
        if differences and show:
            show -= 1
            print(f"  {article.id} {article.title[:60]}", *differences, sep="\n      ")
    return score, 1000 * spent / len(articles)


def main() -> None:
    """Print a row for each format and set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--articles", type=int, default=2000, help="so many of each set")
    parser.add_argument("--formats", default="", help="the beginnings of their names, with commas between")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print the differences of so many articles in each row")
    asked = parser.parse_args()
    beginnings = tuple(asked.formats.split(","))
    sets = [(folder.name, sample_of(folder, asked.articles, asked.seed)) for folder in asked.folders]
    print("| format | set | articles | title | paragraphs | date | all | alone | ms |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, form in {**FORMATS, **FEEDS, **MAIL, **OFFICE, **PDF}.items():
        if name.startswith(beginnings) and name in PDF and missing():
            print(f"{name}: not written, {missing()}")
        elif name.startswith(beginnings):
            for folder, articles in sets:
                score, spent = measure(articles, form, asked.show)
                shares = " | ".join(f"{share:.4f}" for share in score.shares())
                print(f"| {name} | {folder} | {score.articles} | {shares} | {spent:.2f} |", flush=True)


if __name__ == "__main__":
    main()
