"""One batch of articles at a time: cut into passages, language told, hashed, terms numbered.

Knows nothing of rows, of other batches or of files, so that it gives the same in whatever process it runs. What goes in
and comes out is made of tuples, lists and flat arrays, because these pass between processes at little cost.
"""

import hashlib
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, get_args

from index import tuning
from index.analysis.detection import detect
from index.analysis.passages import passages
from index.analysis.term_ids import Numbering
from index.model import Article, Kind, Paragraph
from index.store.texts import stored_text, text_hash

_KINDS: Final = get_args(Kind)

StoredPassage = tuple[int, int, Kind, str | bytes, int]
"""Ordinal, count, kind, text, hash, as `index.store.texts` stores them."""


@dataclass(slots=True)
class Analysed:
    """What came of a batch, in the order of its articles and of their passages.

    An article whose content hash was the known one has passages but no terms: it has none in `sizes` and `titles`.
    """

    languages: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    known: list[bool] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    """Passages of each article."""
    passages: list[StoredPassage] = field(default_factory=list)
    terms: "array[int]" = field(default_factory=lambda: array("I"))
    sizes: "array[int]" = field(default_factory=lambda: array("I"))
    """How many of `terms` are of each passage."""
    title_terms: "array[int]" = field(default_factory=lambda: array("I"))
    title_sizes: "array[int]" = field(default_factory=lambda: array("I"))
    first: int = 0
    fresh: list[str] = field(default_factory=list)
    """The terms that got the numbers from `first` on; 0: numbers are given anew, see `Numbering.fresh`."""
    short: "array[int]" = field(default_factory=lambda: array("I"))
    """Which of the passages are short paragraphs."""
    short_hashes: "array[int]" = field(default_factory=lambda: array("q"))
    """For each of these the hash of its text and source, and that of the text before it."""


Batch = Sequence[tuple[Article, str]]
"""Articles, each with its content hash in the last generation, "" when it had none that can be used again."""


class Analyser:
    """Analyses batch after batch; what it learns about words stays for the next one."""

    def __init__(self, *, cut: bool) -> None:
        self._cut = cut
        self._numbering = Numbering()

    def analysed(self, batch: Batch) -> Analysed:
        done = Analysed()
        for article, known in batch:
            self._article(article, known, done)
        done.first, done.fresh = self._numbering.new_terms()
        self._numbering.forget_if_full()
        return done

    def _article(self, article: Article, known: str, done: Analysed) -> None:
        pieces = passages(article) if self._cut else article.paragraphs
        told_by = [article.title, *(piece.text for piece in pieces[: tuning.LANGUAGE_PARAGRAPHS])]
        language = article.language or detect(" ".join(told_by))
        content = _content_hash(article, language, pieces)
        done.languages.append(language)
        done.contents.append(content)
        done.known.append(content == known)
        done.counts.append(len(pieces))
        if content != known:
            number = self._numbering.extend
            done.title_sizes.append(number(done.title_terms, article.title, language))
            done.sizes.extend([number(done.terms, piece.text, language) for piece in pieces])
        self._passages(article, pieces, done)

    def _passages(self, article: Article, pieces: Sequence[Paragraph], done: Analysed) -> None:
        place = origin(article)
        counts, seen = Counter([piece.kind for piece in pieces]), dict.fromkeys(_KINDS, 0)
        before = text_hash(article.title)
        for piece in pieces:
            text, kind = piece.text, piece.kind
            seen[kind] += 1
            own = text_hash(text)
            if (
                self._cut
                and kind == "paragraph"
                and len(text.split(None, tuning.BOILERPLATE_WORDS)) <= tuning.BOILERPLATE_WORDS
            ):
                done.short.append(len(done.passages))
                done.short_hashes.extend((text_hash(f"{place}\x1f{text}"), before))
            done.passages.append((seen[kind], counts[kind], kind, stored_text(text), own))
            before = own


def origin(article: Article) -> str:
    """Whose furniture an article carries, and among which its passages are long or short: its source, or its folder."""
    return article.source or _folder(article.path)


@lru_cache(maxsize=1024)
def _folder(path: str) -> str:
    return str(Path(path).parent)


def _content_hash(article: Article, language: str, pieces: Sequence[Paragraph]) -> str:
    """Of everything that is stored of an article but its file: the same hash means that nothing has to be redone.

    Of the passages as they were cut, so that a program that cuts or tells languages in another way redoes them.
    """
    fields = (article.title, article.source, article.url, article.author, article.date, language)
    texts = (f"{piece.kind}\x1e{piece.text}" for piece in pieces)
    whole = "\x1f".join([*(stated or "" for stated in fields), *texts])
    return hashlib.blake2b(whole.encode(errors="surrogatepass"), digest_size=16).hexdigest()
