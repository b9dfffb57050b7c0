"""Collect the articles of a build: name them, have them analysed, store texts and term numbers.

Articles are taken in batches. Texts go to SQLite and term numbers to files as they come; in memory an article or
passage takes a few numbers until the end.
"""

import hashlib
from array import array
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sys import intern
from typing import Final

import numpy as np
import numpy.typing as npt

from index import tuning
from index.build.batches import AnalysedBatch, origin
from index.build.previous import Previous
from index.build.workers import Analysers
from index.model import Article, ArticleCard
from index.postings import layout
from index.postings.forward import Forward
from index.postings.strata import Strata, strata
from index.query.periods import day_number
from index.store.arrays import Growing, distinct, map_array, rewrite
from index.store.texts_writer import TextsWriter

# Long enough to be worth a message to a worker, short enough for a steady progress.
_BATCH_CHARACTERS: Final = 1 << 17

Numbers = npt.NDArray[np.uint32]
Named = list[tuple[Article, int, int]]
"""Articles of a batch, each with its id as a number and its row in the generation before, -1 for none."""


@contextmanager
def collecting(folder: Path, previous: Previous | None, *, cut: bool, processes: int) -> Iterator["Collector"]:
    """Yield a Collector; at the end of the block everything is analysed and the files are complete."""
    with (
        TextsWriter(folder / "articles.sqlite") as texts,
        Growing(folder / "forward_terms.npy", np.uint32) as terms,
        Growing(folder / "forward_title_terms.npy", np.uint32) as title_terms,
        Analysers(cut=cut, processes=processes) as analysers,
    ):
        collector = Collector(texts, terms, title_terms, analysers, previous, cut=cut)
        yield collector
        collector.finish()


class Collector:
    """Take articles in order; afterwards hold everything that `build` inverts.

    `languages` are those of the articles, in their order. Of `articles` so many were `present` in the generation
    before, and of these so many `changed` and were `reused`.
    """

    def __init__(
        self,
        texts: TextsWriter,
        terms: Growing,
        title_terms: Growing,
        analysers: Analysers,
        previous: Previous | None,
        *,
        cut: bool,
    ) -> None:
        self.articles = 0
        self.passages = 0
        self.terms: dict[str, int] = {}
        self.languages: list[str] = []
        self.kinds: Counter[str] = Counter()
        self.present = 0
        self.changed = 0
        self.reused = 0
        self.days = array("i")
        self._folders = _Runs()
        self._files = _Runs()
        self._texts, self._terms, self._title_terms = texts, terms, title_terms
        self._analysers = analysers
        self._previous = previous
        self._cut = cut
        self._batch: list[tuple[Article, int]] = []
        self._characters = 0
        self._waiting: deque[Named] = deque()
        # What each analyser's numbers are in `terms`.
        self._numbers: dict[int, array[int]] = {}
        self._ids: set[int] = set()
        self._turns: Counter[str] = Counter()
        self._contents = array("Q")
        self._sizes = array("I")
        self._title_sizes = array("I")
        self._counts = array("I")
        self._short = array("I")
        self._short_hashes = array("q")

    def add(self, article: Article) -> None:
        """Take one article; one without any text is left out."""
        if not (any(piece.text for piece in article.paragraphs) if self._cut else article.paragraphs):
            return
        self._batch.append((article, self._id(article)))
        self._characters += sum(len(piece.text) for piece in article.paragraphs)
        if self._characters >= _BATCH_CHARACTERS:
            self._submit()

    def finish(self) -> None:
        """Wait for everything that was added."""
        self._submit()
        # While the workers do what they still have to.
        layout.prepare(self.passages, self._terms.path.parent)
        for number, analysed in self._analysers.rest():
            self._take(number, analysed)
        self._texts.hide(self.hidden_rows().tolist())

    @property
    def duplicates(self) -> int:
        """How many articles say exactly what an earlier one says."""
        return len(self._contents) - len(distinct(np.sort(np.array(self._contents, np.uint64))))

    def forward(self, new_ids: Numbers) -> Forward:
        """Return the forward index, its provisional term numbers replaced by `new_ids` [V]; terms lie in files."""
        hidden = np.zeros(self.passages, bool)
        hidden[self.hidden_rows()] = True
        return Forward(
            _offsets(self._sizes),
            _renumbered(self._terms.path, new_ids),
            _offsets(self._title_sizes),
            _renumbered(self._title_terms.path, new_ids),
            np.repeat(np.arange(self.articles, dtype=np.uint32), np.array(self._counts, np.int64)),
            hidden,
        )

    def strata(self, forward: Forward, title_weight: int) -> Strata:
        """Return the strata of the articles, whose forward index is `forward`."""
        places = (self._folders.numbers, self._files.numbers)
        return strata(forward, len(self.terms), self.languages, places, title_weight)

    def hidden_rows(self) -> npt.NDArray[np.int64]:
        """Return the passages that are boilerplate, ascending; reprints repeat what stands before them too."""
        if not self._short:
            return np.empty(0, np.int64)
        text, before = np.array(self._short_hashes, np.int64).reshape(-1, 2).T
        order = np.lexsort((before, text))
        text, before = text[order], before[order]
        another_text = np.concatenate([[True], text[1:] != text[:-1]])
        another_place = another_text | np.concatenate([[True], before[1:] != before[:-1]])
        of = np.cumsum(another_text) - 1
        places = np.bincount(of, another_place)
        rows: npt.NDArray[np.int64] = np.sort(
            np.array(self._short, np.int64)[order][places[of] >= tuning.BOILERPLATE_PLACES]
        )
        return rows

    def _id(self, article: Article) -> int:
        """Return an id that is stable across rebuilds and edits of the text.

        It is made of the file, the record's id or the title, and the turn of the article among those of that name.
        """
        name = "\x1f".join((article.path, article.key or article.title))
        # Holds only the names that were met again: there are as many names as articles.
        while (article_id := _hash(f"{name}\x1f{self._turns[name]}")) in self._ids:
            self._turns[name] += 1
        self._ids.add(article_id)
        return article_id

    def _submit(self) -> None:
        if not self._batch:
            return
        ids = [article_id for _, article_id in self._batch]
        rows = self._previous.rows(ids) if self._previous else [-1] * len(ids)
        named = [(article, article_id, row) for (article, article_id), row in zip(self._batch, rows, strict=True)]
        self._waiting.append(named)
        batch = [(article, self._content(row)) for article, _, row in named]
        characters, self._batch, self._characters = self._characters, [], 0
        for number, analysed in self._analysers.submit(batch, characters):
            self._take(number, analysed)

    def _content(self, row: int) -> str:
        return self._previous.content(row) if self._previous and row >= 0 else ""

    def _take(self, number: int, analysed: AnalysedBatch) -> None:
        """Store the result of the oldest batch that is waited for."""
        named = self._waiting.popleft()
        self._store_terms(number, analysed, [row for _, _, row in named])
        cards, passages = [], []
        first, pieces = self.passages, iter(analysed.passages)
        for place, (article, article_id, row) in enumerate(named):
            count = analysed.counts[place]
            card = ArticleCard(
                self.articles + place, f"{article_id:012x}", article.title, article.path, article.source, article.url,
                article.author, article.date, analysed.languages[place], first, count,
            )  # fmt: skip
            cards.append((card, analysed.contents[place]))
            passages += [(first + i, card.row, *next(pieces)) for i in range(count)]
            first += count
            self.present += row >= 0
            self.reused += analysed.known[place]
            self.changed += row >= 0 and not analysed.known[place]
        fragments = [(self.passages + place, fragment) for place, fragment in analysed.fragments.items()]
        self._texts.extend(cards, passages, fragments)
        self._short.extend([self.passages + place for place in analysed.short])
        self._short_hashes.extend(analysed.short_hashes)
        self._contents.extend([int(content[:16], 16) for content in analysed.contents])
        self._counts.extend(analysed.counts)
        self.days.extend([day_number(article.date) for article, _, _ in named])
        self.languages.extend(map(intern, analysed.languages))
        self._folders.extend([origin(article) for article, _, _ in named])
        self._files.extend([article.path for article, _, _ in named])
        self.kinds.update([kind for _, _, kind, _, _ in analysed.passages])
        self.articles += len(named)
        self.passages = first

    def _store_terms(self, number: int, analysed: AnalysedBatch, rows: list[int]) -> None:
        numbers = self._numbers.setdefault(number, array("I"))
        if analysed.first == 0:
            del numbers[:]
        numbers.extend([self.terms.setdefault(term, len(self.terms)) for term in analysed.fresh])
        terms, titles = _translated(analysed.terms, numbers), _translated(analysed.title_terms, numbers)
        if not any(analysed.known):
            self._sizes.extend(analysed.sizes)
            self._title_sizes.extend(analysed.title_sizes)
            self._terms.extend(terms)
            self._title_terms.extend(titles)
            return
        # Terms of unchanged articles stand between those of the others, and come from the generation before.
        piece = at = changed = title_at = 0
        for known, row, count in zip(analysed.known, rows, analysed.counts, strict=True):
            if known and self._previous:
                title, (own, sizes) = self._previous.title(row, self.terms), self._previous.passages(row, self.terms)
            else:
                sizes = analysed.sizes[piece : piece + count]
                own, title = terms[at : at + sum(sizes)], titles[title_at : title_at + analysed.title_sizes[changed]]
                piece, at, changed, title_at = piece + count, at + len(own), changed + 1, title_at + len(title)
            self._sizes.extend(sizes)
            self._title_sizes.append(len(title))
            self._terms.extend(own)
            self._title_terms.extend(title)


class _Runs:
    """Number things that come in order: the same number as long as the same comes."""

    def __init__(self) -> None:
        self.numbers = array("I")
        self._last: str | None = None

    def extend(self, names: Iterable[str]) -> None:
        for name in names:
            before = self.numbers[-1] if self.numbers else 0
            self.numbers.append(before + (name != self._last))
            self._last = name


def _hash(name: str) -> int:
    """Return 48 bits, which make the 12 hex digits of an article's id."""
    return int.from_bytes(hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=16).digest()[:6], "big")


def _offsets(sizes: "array[int]") -> npt.NDArray[np.int64]:
    offsets = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets


def _translated(terms: "array[int]", numbers: "array[int]") -> Numbers:
    translated: Numbers = np.asarray(numbers)[np.asarray(terms)]
    return translated


def _renumbered(path: Path, new_ids: Numbers) -> Numbers:
    """Replace stored numbers in place, a piece at a time: at ten million passages the numbers take gigabytes."""
    rewrite(path, lambda numbers: new_ids[numbers])
    return map_array(path)
