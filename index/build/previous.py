"""Take over from the generation before what it knows about articles that did not change."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt

from index.analysis import analyzer
from index.build.boilerplate import Short
from index.errors import BrokenIndexError
from index.model import Article, Paragraph, SourceFile
from index.postings.forward import Forward
from index.postings.vocabulary import Vocabulary
from index.query.periods import DAYS
from index.sources.files.survey import source_of
from index.sources.known import Known
from index.store import source_files
from index.store.arrays import distinct, release
from index.store.generation import TEXTS_NAME
from index.store.store import Generation

_HASH_BYTES = 16
_AT_A_TIME: Final = 10_000
_PASSAGES_AT_A_TIME: Final = 1 << 14
# A term that has no number yet.
_NONE: Final = np.uint32(0xFFFFFFFF)

Numbers = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Run:
    """What a generation knows of neighbouring articles and their passages.

    Of each article its number of passages, the beginning of its content hash, its day, its place and language, and its
    title's terms; of each passage its terms; `short` as rows from the first passage on, with their hashes.
    """

    passages: range
    counts: npt.NDArray[np.uint32]
    contents: npt.NDArray[np.uint64]
    days: npt.NDArray[np.int32]
    places: list[tuple[str, str | None, str]]
    title_terms: Numbers
    title_sizes: Numbers
    terms: Numbers
    sizes: Numbers
    short: Numbers
    short_hashes: npt.NDArray[np.int64]
    captions: int


class Previous:
    """The articles of an earlier generation by id, and their terms; in memory 44 bytes of each.

    When its terms cannot be used again, being those of another analyzer, no content is known either. Raises
    BrokenIndexError.
    """

    def __init__(self, generation: Generation) -> None:
        # All of it is copied, or counted: what is damaged must not pass for what was there.
        generation.ensure_all()
        self.manifest = generation.manifest
        self.sources = generation.manifest.sources
        self.folder = generation.path
        self.texts_file = generation.path / TEXTS_NAME
        self.read = source_files.load(generation.path)
        self.texts = generation.texts
        self.texts.unmap()
        self._reusable = dict(generation.manifest.analyzer) == dict(analyzer.settings())
        ids, firsts, counts, contents = array("Q"), array("Q"), array("I"), bytearray()
        records = generation.texts.contents()
        while some := list(islice(records, _AT_A_TIME)):
            of_articles, hashes, first_rows, passages = zip(*some, strict=True)
            ids.frombytes(_numbers_of(of_articles))
            contents += bytes.fromhex("".join(hashes))
            firsts.extend(first_rows)
            counts.extend(passages)
        self._contents, self._firsts, self._counts = bytes(contents), firsts, counts
        self.ids = np.array(ids, np.uint64)
        # Ids ascending, and the row of each.
        self._rows = np.argsort(self.ids)
        self._ids = self.ids[self._rows]
        self._forward = Forward.open(generation)
        self._vocabulary = Vocabulary.open(generation)
        self._numbers = np.full(len(self._vocabulary), _NONE, np.uint32)
        self._days = generation.array(DAYS)
        self._short: Short | None = None
        with suppress(BrokenIndexError):
            self._short = Short.open(generation)

    def __len__(self) -> int:
        return len(self._ids)

    def articles_of(self, sources: Sequence[str]) -> int:
        """Return how many articles are from `sources`, and from no source before these among those of this index."""
        files = self.texts.files() if sources else []
        return sum(articles for path, articles, _ in files if source_of(path, self.sources) in sources)

    def known(self, program: str, *, keeps: bool) -> Known:
        """Return the files of this generation; those that another program read are to be read again."""
        if self.read is None:
            # Of an older program, or damaged: the articles say where they are from.
            files = [
                SourceFile(path, source, "", None, (), first, articles)
                for path, first, articles in self.texts.rows_of_files()
                if (source := source_of(path, self.sources)) is not None
            ]
            return Known(files, self.manifest.states, keeps)
        if self.read.program == program:
            return Known(self.read.files, self.read.states, keeps)
        return Known([replace(file, stamp="") for file in self.read.files], self.read.states, keeps)

    def rows(self, ids: Sequence[int]) -> list[int]:
        """Return the rows of articles, -1 for those that were not there."""
        if not len(self):
            return [-1] * len(ids)
        wanted = np.array(ids, np.uint64)
        places = np.minimum(np.searchsorted(self._ids, wanted), len(self) - 1)
        rows: list[int] = np.where(self._ids[places] == wanted, self._rows[places], -1).tolist()
        return rows

    def content(self, row: int) -> str:
        """Return the content hash of an article, 32 hex digits; "" when it is to be analysed anew in any case."""
        return self._contents[row * _HASH_BYTES : (row + 1) * _HASH_BYTES].hex() if self._reusable else ""

    def title(self, row: int, numbers: dict[str, int]) -> Numbers:
        """Return the terms of an article's title, in the numbering of `numbers`, which grows by those it lacks."""
        return self._renumbered(self._forward.title(row), numbers)

    def passages(self, row: int, numbers: dict[str, int]) -> tuple[Numbers, "array[int]"]:
        """Return the terms of all passages of an article in the same numbering, and how many each of them has."""
        first, end = self._firsts[row], self._firsts[row] + self._counts[row]
        edges = self._forward.indptr[first : end + 1]
        sizes = array("I", np.diff(edges).astype(np.uint32).tobytes())
        return self._renumbered(self._forward.terms[edges[0] : edges[-1]], numbers), sizes

    def passage_rows(self, rows: range) -> range:
        """Return the rows of the passages of neighbouring articles."""
        if not rows:
            return range(0)
        return range(self._firsts[rows.start], self._firsts[rows[-1]] + self._counts[rows[-1]])

    def pieces(self, rows: range) -> Iterator[range]:
        """Yield neighbouring articles some at a time, so that what is known of them takes little memory."""
        first = rows.start
        while first < rows.stop:
            end = bisect_left(self._firsts, self._firsts[first] + _PASSAGES_AT_A_TIME, first + 1, rows.stop)
            yield range(first, end)
            first = end

    @property
    def has_runs(self) -> bool:
        """Whether articles can be taken over as they are stored; else they are to be analysed anew, see `articles`."""
        return self._reusable and self._short is not None

    def run(self, rows: range, numbers: dict[str, int]) -> Run:
        """Return what is known of neighbouring articles, their terms in the numbering of `numbers`, which grows."""
        short = self._short
        if short is None:
            raise ValueError(f"{self.folder}: knows no short paragraphs")
        passages, forward = self.passage_rows(rows), self._forward
        edges = forward.indptr[passages.start : passages.stop + 1]
        title_edges = forward.title_indptr[rows.start : rows.stop + 1]
        first, end = np.searchsorted(short.rows, [passages.start, passages.stop]).tolist()
        hashes = self._contents[rows.start * _HASH_BYTES : rows.stop * _HASH_BYTES]
        terms = self._renumbered(forward.terms[edges[0] : edges[-1]], numbers)
        release(forward.terms)
        return Run(
            passages,
            np.array(self._counts[rows.start : rows.stop], np.uint32),
            np.frombuffer(hashes, ">u8")[::2].astype(np.uint64),
            self._days[rows.start : rows.stop],
            self.texts.places(rows),
            self._renumbered(forward.title_terms[title_edges[0] : title_edges[-1]], numbers),
            np.diff(title_edges).astype(np.uint32),
            terms,
            np.diff(edges).astype(np.uint32),
            short.rows[first:end] - np.uint32(passages.start),
            short.hashes[2 * first : 2 * end],
            self.texts.captions(passages),
        )

    def articles(self, rows: range) -> Iterator[tuple[Article, int]]:
        """Yield neighbouring articles as they were cut, each with its id."""
        for card in self.texts.articles(rows):
            pieces = [
                Paragraph(piece.text, "caption" if piece.kind == "caption" else "paragraph", piece.fragment)
                for piece in self.texts.passages_of(card.row)
            ]
            fields = (card.path, "", card.source, card.url, card.author, card.date, card.language)
            yield Article(card.title, tuple(pieces), *fields), int(card.id, 16)

    def lost(self, ids: set[int], texts: set[int]) -> int:
        """Return how many articles are not among `ids`, nor their texts: gone, not only called or placed otherwise.

        `texts` are hashes of the tuple of the hashes of an article's passages.
        """
        gone = np.flatnonzero(~np.isin(self.ids, np.array(list(ids), np.uint64)))
        rows = [self.passage_rows(range(row, row + 1)) for row in gone.tolist()]
        return sum(hash(tuple(self.texts.text_hashes(passages))) not in texts for passages in rows)

    def _renumbered(self, ids: Numbers, numbers: dict[str, int]) -> Numbers:
        """Return term ids of the earlier generation in the numbering of `numbers`."""
        renumbered: Numbers = self._numbers[ids]
        missing = renumbered == _NONE
        if missing.any():
            new = distinct(np.sort(ids[missing]))
            terms = self._vocabulary.terms(new.tolist())
            self._numbers[new] = [numbers.setdefault(term, len(numbers)) for term in terms]
            renumbered = self._numbers[ids]
        return renumbered


def _numbers_of(ids: Sequence[str]) -> bytes:
    """Return ids, each of twelve hex digits, as numbers of eight bytes."""
    return np.frombuffer(bytes.fromhex("0000" + "0000".join(ids)), ">u8").astype(np.uint64).tobytes()
