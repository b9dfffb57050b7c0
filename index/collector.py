"""The part of a build that sees one article at a time: cut, analyse or reuse, store the text."""

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from index.analysis import analyze
from index.language import detect
from index.model import Article, ArticleCard, Paragraph, Passage
from index.passages import passages as cut_passages
from index.periods import day_number
from index.postings import Forward
from index.store import Generation
from index.texts import TextsWriter
from index.vocabulary import Vocabulary

# A short paragraph seen in this many different places of one source is its furniture, not its prose.
_BOILERPLATE_PLACES: Final = 3
_BOILERPLATE_WORDS: Final = 12
_PIECE: Final = 1 << 22


class Previous:
    """What an earlier generation of the same analyzer knows about articles that did not change."""

    def __init__(self, generation: Generation) -> None:
        self.hashes = generation.texts.content_hashes()
        self._forward = Forward.open(generation)
        self._first = {card.row: card for card in generation.texts.articles(range(len(self.hashes)))}
        self._vocabulary = Vocabulary.open(generation)
        self._new_ids = np.full(len(self._vocabulary), -1, np.int64)

    def terms(
        self, article_id: str, numbers: dict[str, int]
    ) -> tuple[npt.NDArray[np.int64], list[npt.NDArray[np.int64]]]:
        """The term ids of an unchanged article's title and passages, in the numbering of `numbers`."""
        card = self._first[self.hashes[article_id][1]]
        title = self._renumbered(self._forward.title(card.row), numbers)
        rows = range(card.first, card.first + card.passages)
        return title, [self._renumbered(self._forward.passage(row), numbers) for row in rows]

    def _renumbered(self, ids: npt.NDArray[np.uint32], numbers: dict[str, int]) -> npt.NDArray[np.int64]:
        for unseen in np.unique(ids[self._new_ids[ids] < 0]).tolist():
            self._new_ids[unseen] = numbers.setdefault(self._vocabulary.term(unseen), len(numbers))
        return self._new_ids[ids]


class Collector:
    """Takes articles in order; afterwards holds everything that `build` inverts.

    Use as a context manager around the `add` calls: leaving it completes the file of texts.
    """

    def __init__(self, folder: Path, previous: Previous | None, *, cut: bool) -> None:
        self.articles = 0
        self.passages = 0
        self.terms: dict[str, int] = {}
        self.languages: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.ids: set[str] = set()
        self.changed = 0
        self.reused = 0
        self.duplicates = 0
        self._texts = TextsWriter(folder / "articles.sqlite")
        self._previous = previous
        self._cut = cut
        self._contents: set[str] = set()
        self._turns: Counter[str] = Counter()
        self._ids = array("I")
        self._sizes = array("I")
        self._title_ids = array("I")
        self._title_sizes = array("I")
        self._article_of = array("I")
        self.days = array("i")
        self._places: dict[tuple[str, str], set[int]] = {}
        self._short: dict[tuple[str, str], list[int]] = {}

    def __enter__(self) -> Self:
        self._texts.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._texts.hide(self.hidden_rows())
        self._texts.__exit__(kind, error, trace)

    def add(self, article: Article) -> None:
        """Cuts, analyses (or reuses) and stores one article; one without any text is left out."""
        paragraphs = cut_passages(article) if self._cut else list(article.paragraphs)
        if not paragraphs:
            return
        article_id = self._article_id(article)
        language = article.language or detect(" ".join([article.title, *(p.text for p in paragraphs[:8])]))
        content = _content_hash(article, language, paragraphs)
        card = ArticleCard(
            row=self.articles,
            id=article_id,
            title=article.title,
            path=article.path,
            source=article.source,
            url=article.url,
            author=article.author,
            date=article.date,
            language=language,
            first=self.passages,
            passages=len(paragraphs),
        )
        self.days.append(day_number(card.date))
        rows = _numbered(paragraphs, card)
        self._texts.add(card, content, rows)
        self._index(article_id, content, card, rows)
        self._note_short(article, rows)
        if content in self._contents:
            self.duplicates += 1
        self._contents.add(content)
        self.languages[language] += 1
        self.kinds.update(passage.kind for passage in rows)
        self.articles += 1
        self.passages += len(rows)

    def forward(self, new_ids: npt.NDArray[np.uint32]) -> Forward:
        """The forward index, with provisional term numbers replaced by `new_ids` [V]."""
        hidden = np.zeros(self.passages, bool)
        hidden[self.hidden_rows()] = True
        return Forward(
            _offsets(self._sizes),
            _renumbered(self._ids, new_ids),
            _offsets(self._title_sizes),
            _renumbered(self._title_ids, new_ids),
            np.array(self._article_of, np.uint32),
            hidden,
        )

    def hidden_rows(self) -> list[int]:
        """The passages that are boilerplate, ascending."""
        return sorted(
            row
            for key, places in self._places.items()
            if len(places) >= _BOILERPLATE_PLACES
            for row in self._short[key]
        )

    def _article_id(self, article: Article) -> str:
        """Stable across rebuilds and edits of the text: from the file, the record's id or the title, and its turn."""
        name = "\x1f".join((article.path, article.key or article.title))
        # Holds only the names that were met again: there are as many names as articles.
        while (article_id := _hash(f"{name}\x1f{self._turns[name]}")[:12]) in self.ids:
            self._turns[name] += 1
        self.ids.add(article_id)
        return article_id

    def _index(self, article_id: str, content: str, card: ArticleCard, rows: Iterable[Passage]) -> None:
        known = self._previous.hashes.get(article_id) if self._previous else None
        if self._previous and known and known[0] == content:
            title, own = self._previous.terms(article_id, self.terms)
            self.reused += 1
            self._title(title)
            for ids in own:
                self._passage(ids, card.row)
            return
        self.changed += known is not None
        self._title(self._numbers(analyze(card.title, card.language)))
        for passage in rows:
            self._passage(self._numbers(analyze(passage.text, card.language)), card.row)

    def _numbers(self, terms: list[str]) -> list[int]:
        numbers = self.terms
        return [numbers.setdefault(term, len(numbers)) for term in terms]

    def _title(self, ids: Iterable[int] | npt.NDArray[np.int64]) -> None:
        before = len(self._title_ids)
        self._title_ids.extend(ids)
        self._title_sizes.append(len(self._title_ids) - before)

    def _passage(self, ids: Iterable[int] | npt.NDArray[np.int64], article: int) -> None:
        before = len(self._ids)
        self._ids.extend(ids)
        self._sizes.append(len(self._ids) - before)
        self._article_of.append(article)

    def _note_short(self, article: Article, rows: list[Passage]) -> None:
        """Remembers short paragraphs and what stands before them: reprints repeat both, furniture only itself."""
        if not self._cut:
            return
        before = article.title
        origin = article.source or str(Path(article.path).parent)
        for passage in rows:
            if passage.kind == "paragraph" and len(passage.text.split()) <= _BOILERPLATE_WORDS:
                key = (origin, passage.text)
                self._places.setdefault(key, set()).add(hash(before))
                self._short.setdefault(key, []).append(passage.row)
            before = passage.text


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def _content_hash(article: Article, language: str, paragraphs: list[Paragraph]) -> str:
    """Of everything that is stored of an article but its file: the same hash means that nothing has to be redone.

    Of the passages as they were cut, so that a program that cuts or tells languages in another way redoes them.
    """
    fields = (article.title, article.source, article.url, article.author, article.date, language)
    texts = (f"{paragraph.kind}\x1e{paragraph.text}" for paragraph in paragraphs)
    return _hash("\x1f".join([*(field or "" for field in fields), *texts]))


def _numbered(paragraphs: list[Paragraph], card: ArticleCard) -> list[Passage]:
    counts = Counter(paragraph.kind for paragraph in paragraphs)
    seen: Counter[str] = Counter()
    rows = []
    for row, paragraph in enumerate(paragraphs, card.first):
        kind = paragraph.kind
        seen[kind] += 1
        rows.append(Passage(row, card.row, seen[kind], counts[kind], kind, paragraph.text))
    return rows


def _offsets(sizes: "array[int]") -> npt.NDArray[np.int64]:
    offsets = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets


def _renumbered(ids: "array[int]", new_ids: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """In place, a piece at a time: at ten million passages a copy would take gigabytes."""
    numbers = np.frombuffer(ids, np.uint32) if ids else np.empty(0, np.uint32)
    for start in range(0, len(numbers), _PIECE):
        piece = numbers[start : start + _PIECE]
        piece[:] = new_ids[piece]
    return numbers
