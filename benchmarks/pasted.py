"""Measure how well pasted pages are read: real articles with the debris of news sites around them.

    python -m benchmarks.pasted DIR... [--files 500] [--seed 1] [--show]

DIR is a question set in BEIR layout, whose articles have known titles and paragraphs. A file holds one to six of them
as a person pastes pages: with menus, breadcrumbs, bylines, share bars, captions, newsletter boxes, related links,
comments and footers, in one of three conventions of blank lines. The pages are **simulated**: the articles are real,
what is around them is written by hand (`benchmarks.pasted_debris`), and real sites have more kinds of it.

An article counts as found when one with its title holds at least half of its paragraphs. Paragraphs are compared line
by line (a heading or a time may stand on a line above its paragraph), each as a whole; the times of a live blog count
neither way.
"""

import argparse
import random
import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pasted_debris import BY_LANGUAGE, EN, Words
from index.analysis.detection import detect
from index.evaluate.beir import load_corpus
from index.model import Article
from index.sources import read
from index.sources.blocks.layout import normalise, one_line

_TIME = re.compile(r"\d\d[:.]\d\d(?: GMT)?")
_GAPS = ("\n", "\n\n", "\n\n\n")
_BETWEEN = ("\n\n\n\n", "\n\n\n\n\n", "\n\n---\n\n", "\n\n* * *\n\n", "\n\n==========\n\n")


@dataclass(frozen=True, slots=True)
class Page:
    """An article as it must come out: its title, and every line of its paragraphs and captions."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages of one site have around an article."""

    menu: str
    crumbs: str
    before: bool
    echo: bool
    byline: bool
    share: bool
    caption: bool
    box: bool
    see_also: bool
    tail: tuple[str, ...]


def a_site(chance: random.Random) -> Site:
    """Return a site with a menu, breadcrumbs, bylines and so on, or without."""
    tail = [part for part in ("tags", "related", "comments", "footer") if chance.random() < 0.5]
    return Site(
        chance.choice(("", "", "lines", "lines", "bar")),
        chance.choice(("", "", " > ", " » ", " / ", " › ")),
        chance.random() < 0.2,
        chance.random() < 0.4,
        chance.random() < 0.6,
        chance.random() < 0.6,
        chance.random() < 0.4,
        chance.random() < 0.4,
        chance.random() < 0.3,
        tuple(tail),
    )


class Paste:
    """Makes the text of a page and what must come out of it."""

    def __init__(self, chance: random.Random, words: Words, site: Site, gap: str) -> None:
        self._chance, self._words, self._site, self._gap = chance, words, site, gap

    def page(self, article: Article) -> tuple[str, Page]:
        """Return the pasted page of an article, and what must come out."""
        title = one_line(normalise(article.title))
        body = [one_line(normalise(part.text)) for part in article.paragraphs]
        body = [text for text in body if text]
        caption = self._filled(self._words.captions) if self._site.caption else ""
        live = self._chance.random() < 0.08 and bool(self._words.live)
        parts = [*self._top(), *self._head(title, caption, live=live)]
        parts += [self._body(body, live=live), *self._tail()]
        return "\n\n".join(filter(None, parts)), Page(title, tuple([caption] * bool(caption) + body))

    def _top(self) -> list[str]:
        words, site = self._words, self._site
        parts = []
        if site.menu:
            names = list(words.menu[: self._chance.randint(4, len(words.menu))])
            if self._chance.random() < 0.5:
                parts.append("\n".join(self._some(words.skip, 1, 3)))
            parts.append("\n".join(names) if site.menu == "lines" else " | ".join(names))
        if site.crumbs:
            parts.append(site.crumbs.join(words.crumbs[: self._chance.randint(2, len(words.crumbs))]))
        return parts

    def _head(self, title: str, caption: str, *, live: bool) -> list[str]:
        words, site = self._words, self._site
        byline = "\n".join([self._filled(words.byline), *self._some(words.roles, 0, 1)]) if site.byline else ""
        stamps = "\n".join(map(self._filled_one, self._some(words.stamps, 1, 2)))
        share = "\n".join(self._some(words.share, 2, 5)) if site.share else ""
        if site.before and byline:
            # Only a byline that says so can be told from a headline when it stands first.
            byline = self._filled(words.byline[:1])
            parts = [f"{byline}\n{stamps}", title, share]
        else:
            under = [part for part in (stamps, share, byline) if part]
            self._chance.shuffle(under)
            parts = [
                title,
                *([self._filled(words.live)] if live else []),
                self._chance.choice(("\n", "\n\n")).join(under),
            ]
        doubled = f"{caption}\n{caption}" if caption else ""
        if not site.echo:
            return [*parts, doubled]
        widget = self._chance.choice(("TT\n20", "A+\nA-", "", share))
        return [title, doubled + (f"\n{widget}" if doubled and widget else ""), *parts, doubled]

    def _body(self, body: list[str], *, live: bool) -> str:
        words, site = self._words, self._site
        pieces: list[str] = []
        clock = self._chance.randint(600, 900)
        for at, text in enumerate(body):
            if live:
                clock += self._chance.randint(3, 40)
                pieces.append(f"{clock // 60:02}:{clock % 60:02}")
            pieces.append(text)
            if site.box and at == len(body) // 2:
                pieces.extend(map(self._filled_one, self._chance.choice(words.box)))
            if site.see_also and at == len(body) // 3:
                link = self._chance.choice(words.links)
                pieces.append(self._filled(words.see_also).replace("{title}", link))
        return self._gap.join(pieces)

    def _tail(self) -> list[str]:
        words, parts = self._words, []
        for part in self._site.tail:
            if part == "tags":
                parts.append("\n".join([self._filled(words.tags), *self._some(words.topics, 2, 4)]))
            elif part == "related":
                links = self._some(words.links, 2, 5)
                if self._chance.random() < 0.3:
                    links = [line for link in links for line in (link, self._filled(words.stamps[:1]))]
                parts.append("\n".join([self._filled(words.related), *links]))
            elif part == "comments":
                parts.append(self._comments())
            else:
                parts.append("\n".join([words.footer[0], *self._some(words.footer[1:], 1, 4)]))
        return parts

    def _comments(self) -> str:
        words = self._words
        lines = [self._filled(words.comments)]
        for remark in self._some(words.remarks, 0, 3):
            lines += [self._chance.choice(words.names), self._filled(words.reply[-1:]), remark]
            lines += map(self._filled_one, self._some(words.reply[:-1], 1, 2))
        return self._chance.choice(("\n", "\n\n")).join(lines)

    def _some(self, lines: tuple[str, ...], least: int, most: int) -> list[str]:
        chosen = self._chance.sample(range(len(lines)), min(len(lines), self._chance.randint(least, most)))
        return [lines[at] for at in sorted(chosen)]

    def _filled(self, lines: tuple[str, ...]) -> str:
        return self._filled_one(self._chance.choice(lines))

    def _filled_one(self, line: str) -> str:
        return line.replace("{n}", str(self._chance.randint(2, 9))).replace(
            "{name}", self._chance.choice(self._words.names)
        )


def a_file(chance: random.Random, articles: list[Article]) -> tuple[str, list[Page]]:
    """Return the text of a file with these articles pasted into it, and what must come out."""
    gap = chance.choice(_GAPS)
    own = [detect(article.title + " " + article.paragraphs[0].text) for article in articles]
    words = BY_LANGUAGE.get(own[0], EN)
    site = a_site(chance)
    pages = [Paste(chance, words, site, gap).page(article) for article in articles]
    return chance.choice(_BETWEEN).join(text for text, _ in pages) + "\n", [page for _, page in pages]


def lines_of(article: Article) -> Counter[str]:
    """Return the lines of an article's paragraphs, but for the times of a live blog."""
    lines = [line for part in article.paragraphs for line in part.text.split("\n")]
    return Counter(line for line in lines if not _TIME.fullmatch(line))


@dataclass
class Score:
    """Counts what was right, what came out and what had to."""

    right: int = 0
    given: int = 0
    wanted: int = 0

    def add(self, right: int, given: int, wanted: int) -> None:
        """Add the counts of one file."""
        self.right, self.given, self.wanted = self.right + right, self.given + given, self.wanted + wanted

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / ((self.given + self.wanted) or 1)


def found_of(pages: list[Page], articles: list[Article]) -> int:
    """Return how many pages came out as an article of their own."""
    left = list(articles)
    found = 0
    for page in pages:
        wanted = Counter(page.lines)
        for article in left:
            if article.title == page.title and (lines_of(article) & wanted).total() * 2 >= wanted.total():
                left.remove(article)
                found += 1
                break
    return found


def measure(folder: Path, files: int, seed: int, *, show: bool) -> tuple[Score, Score]:
    """Return the scores of articles and of paragraphs on so many files made of a set."""
    usable = [
        article for article in load_corpus(folder).articles if article.title.strip() and len(article.paragraphs) > 1
    ]
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    whole, parts = Score(), Score()
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "pasted.txt"
        for _ in range(files):
            text, pages = a_file(chance, chance.sample(usable, chance.randint(1, 6)))
            path.write_text(text, encoding="utf-8")
            articles = [found for found in read([path]) if isinstance(found, Article)]
            wanted = Counter(line for page in pages for line in page.lines)
            given = sum(map(lines_of, articles), Counter())
            found = found_of(pages, articles)
            whole.add(found, len(articles), len(pages))
            parts.add((given & wanted).total(), given.total(), wanted.total())
            if show and (given != wanted or found < len(pages)):
                print("=" * 80, [article.title for article in articles], [page.title for page in pages], sep="\n")
                print("too much", [line[:100] for line in given - wanted])
                print("missing", [line[:100] for line in wanted - given])
    return whole, parts


def main() -> None:
    """Print a row for each set and one for all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=500, help="so many files in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print what did not come out as it must")
    asked = parser.parse_args()
    together = Score(), Score()
    print(f"{'set':20} {'articles F1':>12} {'paragraphs F1':>14}   (simulated pages)")
    for folder in asked.folders:
        scores = measure(folder, asked.files // len(asked.folders), asked.seed, show=asked.show)
        for total, score in zip(together, scores, strict=True):
            total.add(score.right, score.given, score.wanted)
        print(f"{folder.name:20} {scores[0].f1:12.4f} {scores[1].f1:14.4f}", flush=True)
    print(f"{'all':20} {together[0].f1:12.4f} {together[1].f1:14.4f}")


if __name__ == "__main__":
    main()
