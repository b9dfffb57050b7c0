"""Collect the articles of a build: name them, have them analysed, store texts and term numbers.

Articles are taken in batches. Texts go to SQLite and term numbers to files as they come; in memory an article or
passage takes a few numbers until the end.
"""

from array import array
from collections import Counter, deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from sys import intern
from typing import Final

import numpy as np

from index.build.batches import AnalysedBatch, origin, place_of
from index.build.boilerplate import Short, hidden_rows
from index.build.files_read import moved_by, neighbours
from index.build.numbers import Numbers, Runs, id_of
from index.build.previous import Previous, Run
from index.build.term_lists import TermLists
from index.build.workers import Analysers
from index.model import Article, ArticleCard, SourceFile
from index.postings import layout
from index.postings.forward import Forward
from index.postings.strata import Strata, strata
from index.query.periods import day_number
from index.store.arrays import distinct
from index.store.texts_writer import TextsWriter

# Long enough to be worth a message to a worker, short enough for a steady progress.
_BATCH_CHARACTERS: Final = 1 << 17

Named = list[tuple[Article, int, int]]
"""Articles of a batch, each with its id as a number and its row in the generation before, -1 for none."""


@contextmanager
def collecting(folder: Path, previous: Previous | None, *, cut: bool, processes: int) -> Iterator["Collector"]:
    """Yield a Collector; at the end of the block everything is analysed and the files are complete."""
    before = previous.texts_file if previous else None
    with (
        TextsWriter(folder / "articles.sqlite", before) as texts,
        TermLists(folder, previous) as terms,
        Analysers(cut=cut, processes=processes) as analysers,
    ):
        collector = Collector(texts, terms, analysers, previous, cut=cut)
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
        terms: TermLists,
        analysers: Analysers,
        previous: Previous | None,
        *,
        cut: bool,
    ) -> None:
        self.articles = 0
        self.passages = 0
        self.languages: list[str] = []
        self.kinds: Counter[str] = Counter()
        self.present = 0
        self.changed = 0
        self.reused = 0
        self.days = array("i")
        self._folders = Runs()
        self._files = Runs()
        self._texts, self._terms = texts, terms
        self._analysers = analysers
        self._previous = previous
        self._cut = cut
        self._batch: list[tuple[Article, int]] = []
        self._characters = 0
        # Batches that are analysed, and rows of articles that are taken over, in their order.
        self._waiting: deque[Named | range] = deque()
        self.files: list[SourceFile] = []
        self.may_stay = False
        # How many articles were added, and how many there were when the last file ended.
        self._added = self._added_before = 0
        self._is_as_before = True
        self.new_texts: set[int] = set()
        self.ids: set[int] = set()
        self._turns: Counter[str] = Counter()
        self._contents = array("Q")
        self._counts = array("I")
        self._short = array("I")
        self._short_hashes = array("q")

    def add(self, article: Article) -> None:
        """Take one article; one without any text is left out."""
        if not (any(piece.text for piece in article.paragraphs) if self._cut else article.paragraphs):
            return
        self._append(article, self._id(article))

    def end_file(self, file: SourceFile) -> None:
        """Take a file whose articles were added since the last one; those of a kept one come from the one before."""
        if file.kept:
            self._keep(range(file.first, file.first + file.articles))
        first, self._added_before = self._added_before, self._added
        self.files.append(replace(file, first=first, articles=self._added - first, kept=False))

    def keep_files(self, files: Sequence[SourceFile]) -> None:
        """Take neighbouring files whose articles all come from the generation before."""
        for some in neighbours(files):
            first, moved = some[0].first, self._added - some[0].first
            self._keep(range(first, some[-1].first + some[-1].articles))
            self.files += some if not moved else [moved_by(file, moved) for file in some]
            self._added_before = self._added

    @property
    def is_as_before(self) -> bool:
        """Whether everything was there before, just so; known at the end, or before `finish` as far as it was read."""
        return self._is_as_before and self._previous is not None and self._added == len(self._previous)

    def _append(self, article: Article, article_id: int) -> None:
        self._added += 1
        self._batch.append((article, article_id))
        self._characters += sum(len(piece.text) for piece in article.paragraphs)
        if self._characters >= _BATCH_CHARACTERS:
            self._submit()

    def _keep(self, rows: range) -> None:
        """Take over neighbouring articles of the generation before."""
        if self._previous is None or not rows:
            return
        ids = self._previous.ids[rows.start : rows.stop].tolist()
        self.ids.update(ids)
        if not self._previous.has_runs:
            for article, article_id in self._previous.articles(rows):
                self._append(article, article_id)
            return
        self._submit()
        self._is_as_before &= rows.start == self._added
        self._added += len(rows)
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, range) and last.stop == rows.start:
            self._waiting[-1] = range(last.start, rows.stop)
        else:
            self._waiting.append(rows)

    def finish(self) -> None:
        """Wait for everything that was added; nothing is stored when all is taken over as it was, and `may_stay`."""
        self._submit()
        same = self._previous is not None and list(self._waiting) == [range(len(self._previous))]
        if self.may_stay and same and self.is_as_before:
            self.articles = self._added
            self.present = self.reused = self._added
            return
        # While the workers do what they still have to.
        layout.prepare(self.passages)
        for number, analysed in self._analysers.rest():
            self._take(number, analysed)
        self._take_over()
        self._texts.hide(hidden_rows(self.short).tolist())

    @property
    def terms(self) -> Collection[str]:
        """Return the distinct terms, in the order of their provisional numbers."""
        return self._terms.numbers.keys()

    @property
    def duplicates(self) -> int:
        """How many articles say exactly what an earlier one says."""
        return len(self._contents) - len(distinct(np.sort(np.array(self._contents, np.uint64))))

    def forward(self, new_ids: Numbers) -> Forward:
        """Return the forward index, its provisional term numbers replaced by `new_ids` [V]; terms lie in files.

        What only the collecting needed is let go: files, ids, terms, the generation before.
        """
        self._previous, self.files, self.ids = None, [], set()
        hidden = np.zeros(self.passages, bool)
        hidden[hidden_rows(self.short)] = True
        article = np.repeat(np.arange(self.articles, dtype=np.uint32), np.array(self._counts, np.int64))
        return Forward(*self._terms.renumbered(new_ids), article, hidden)

    @property
    def short(self) -> Short:
        """Return the short paragraphs."""
        return Short(np.array(self._short, np.uint32), np.array(self._short_hashes, np.int64))

    def strata(self, forward: Forward, terms: int, title_weight: int) -> Strata:
        """Return the strata of the articles, whose forward index of `terms` distinct terms is `forward`."""
        places = (self._folders.numbers, self._files.numbers)
        return strata(forward, terms, self.languages, places, title_weight)

    def _id(self, article: Article) -> int:
        """Return an id that is stable across rebuilds and edits of the text.

        It is made of the file, the record's id or the title, and the turn of the article among those of that name.
        """
        name = "\x1f".join((article.path, article.key or article.title))
        # Holds only the names that were met again: there are as many names as articles.
        while (article_id := id_of(f"{name}\x1f{self._turns[name]}")) in self.ids:
            self._turns[name] += 1
        self.ids.add(article_id)
        return article_id

    def _submit(self) -> None:
        if not self._batch:
            return
        ids = [article_id for _, article_id in self._batch]
        rows = self._previous.rows(ids) if self._previous else [-1] * len(ids)
        named = [(article, article_id, row) for (article, article_id), row in zip(self._batch, rows, strict=True)]
        self._waiting.append(named)
        content = self._previous.content if self._previous else lambda _: ""
        batch = [(article, content(row) if row >= 0 else "") for article, _, row in named]
        characters, self._batch, self._characters = self._characters, [], 0
        for number, analysed in self._analysers.submit(batch, characters):
            self._take(number, analysed)

    def _take(self, number: int, analysed: AnalysedBatch) -> None:
        """Store the result of the oldest batch that is waited for."""
        self._take_over()
        named = self._waiting.popleft()
        assert not isinstance(named, range), "taken over above"  # noqa: S101 - for the type checker
        self._terms.add(number, analysed, [row for _, _, row in named])
        cards, passages, first, pieces = [], [], self.passages, iter(analysed.passages)
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
            self._is_as_before &= row == card.row and analysed.known[place]
            if row < 0 and self._previous is not None:
                self.new_texts.add(hash(tuple([record[-1] for record in passages[first - count - self.passages :]])))
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
        self.articles, self.passages = self.articles + len(named), first

    def _take_over(self) -> None:
        """Store the articles of the generation before that come next."""
        previous = self._previous
        while previous and self._waiting and isinstance(rows := self._waiting[0], range):
            self._waiting.popleft()
            for piece in previous.pieces(rows):
                self._take_over_run(piece, previous.run(piece, self._terms.numbers))

    def _take_over_run(self, rows: range, run: Run) -> None:
        self._texts.copy(rows, run.passages, self.articles, self.passages)
        self._terms.take_over(run)
        self._short.frombytes((run.short + np.uint32(self.passages)).tobytes())
        self._short_hashes.frombytes(run.short_hashes.tobytes())
        self._contents.frombytes(run.contents.tobytes())
        self._counts.frombytes(run.counts.tobytes())
        self.days.frombytes(run.days.astype(np.int32).tobytes())
        self.languages.extend([intern(language) for _, _, language in run.places])
        self._folders.extend([place_of(path, source) for path, source, _ in run.places])
        self._files.extend([path for path, _, _ in run.places])
        self.kinds.update({"caption": run.captions, "paragraph": len(run.passages) - run.captions})
        self.articles, self.passages = self.articles + len(rows), self.passages + len(run.passages)
        self.present, self.reused = self.present + len(rows), self.reused + len(rows)
