"""Analyse one batch of articles at a time: cut into passages, detect languages, hash, number terms.

Knows nothing of rows, of other batches or of files, so that it gives the same in whatever process it runs. What goes in
and comes out is made of tuples, lists and flat arrays, because these pass between processes at little cost.
"""

import hashlib
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, get_args

from index import tuning
from index.analysis.detection import detect
from index.analysis.passages import passages
from index.analysis.sentences import fewer_words
from index.analysis.term_ids import Numbering
from index.model import Article, Kind, Paragraph
from index.store.texts import stored_text, text_hash

_KINDS: Final = get_args(Kind)

StoredPassage = tuple[int, int, Kind, str | bytes, int]
"""Ordinal, count, kind, text, hash, as `index.store.texts` stores them."""


@dataclass(slots=True)
class AnalysedBatch:
    """The result of a batch, in the order of its articles and of their passages.

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
    fragments: dict[int, str] = field(default_factory=dict)
    """Where in their documents those of the passages stand of which that is known."""
    short: "array[int]" = field(default_factory=lambda: array("I"))
    """Which of the passages are short paragraphs."""
    short_hashes: "array[int]" = field(default_factory=lambda: array("q"))
    """For each of these the hash of its text and source, and that of the text before it."""


Batch = Sequence[tuple[Article, str]]
"""Articles, each with its content hash in the last generation, "" when it had none that can be used again."""


class Analyser:
    """Analyse batch after batch; what it learns about words stays for the next one."""

    def __init__(self, *, cut: bool) -> None:
        self._cut = cut
        self._numbering = Numbering()

    def analyse(self, batch: Batch) -> AnalysedBatch:
        """Return the result of a batch."""
        result = AnalysedBatch()
        for article, known in batch:
            self._add_article(article, known, result)
        result.first, result.fresh = self._numbering.new_terms()
        self._numbering.forget_if_full()
        return result

    def _add_article(self, article: Article, known: str, result: AnalysedBatch) -> None:
        pieces = passages(article) if self._cut and not article.is_cut else article.paragraphs
        sample = [article.title, *(piece.text for piece in pieces[: tuning.LANGUAGE_PARAGRAPHS])]
        language = article.language or detect(" ".join(sample))
        content = _content_hash(article, language, pieces)
        result.languages.append(language)
        result.contents.append(content)
        result.known.append(content == known)
        result.counts.append(len(pieces))
        if content != known:
            number = self._numbering.extend
            result.title_sizes.append(number(result.title_terms, article.title, language))
            result.sizes.extend([number(result.terms, piece.text, language) for piece in pieces])
        self._add_passages(article, pieces, result)

    def _add_passages(self, article: Article, pieces: Sequence[Paragraph], result: AnalysedBatch) -> None:
        place, words = origin(article), tuning.BOILERPLATE_WORDS
        counts, ordinals = Counter([piece.kind for piece in pieces]), dict.fromkeys(_KINDS, 0)
        before = text_hash(article.title)
        for piece in pieces:
            text, kind = piece.text, piece.kind
            ordinals[kind] += 1
            own = text_hash(text)
            if self._cut and kind == "paragraph" and fewer_words(text, words + 1):
                result.short.append(len(result.passages))
                result.short_hashes.extend((text_hash(f"{place}\x1f{text}"), before))
            if piece.fragment is not None:
                result.fragments[len(result.passages)] = piece.fragment
            stored = text if text.isascii() else stored_text(text)
            result.passages.append((ordinals[kind], counts[kind], kind, stored, own))
            before = own


def origin(article: Article) -> str:
    """Return whose boilerplate an article carries, and with which its passages' lengths compare: a source or folder."""
    return place_of(article.path, article.source)


def place_of(path: str, source: str | None) -> str:
    """Return the same of an article of that file and source."""
    return source or _folder(path)


def _folder(path: str) -> str:
    folder, slash, _ = path.rpartition("/")
    return folder or slash or "."


def _content_hash(article: Article, language: str, pieces: Sequence[Paragraph]) -> str:
    """Return the hash of all that is stored of an article but its file: if it is the same, nothing has to be redone.

    It is of the passages as they were cut, so that a program that cuts or detects languages otherwise redoes them.
    """
    fields = (article.title, article.source, article.url, article.author, article.date, language)
    texts = (f"{piece.kind}\x1e{piece.text}" for piece in pieces)
    places = (f"\x1e{place}\x1e{piece.fragment}" for place, piece in enumerate(pieces) if piece.fragment is not None)
    whole = "\x1f".join([*(value or "" for value in fields), *texts, *places])
    return hashlib.blake2b(whole.encode(errors="surrogatepass"), digest_size=16).hexdigest()
