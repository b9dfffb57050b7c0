"""The records that travel through the library: articles as read, passages as indexed, hits as ranked.

All are frozen. A score belongs to a `Hit`, never to a passage.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["paragraph", "caption", "boilerplate"]

_PAGE = re.compile(r"page=([1-9]\d{0,8})", re.ASCII)
_SECONDS = re.compile(r"t=(\d{1,9}(?:\.\d{1,9})?)", re.ASCII)
_DETAILS = re.compile(r"\d+|\([^()]*\)|\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph (or picture caption) as the author wrote it, whitespace normalised.

    `fragment` says where in its document it stands, as the fragment of an address would: "page=12" for the page of a
    PDF, counted from 1 (RFC 8118), "t=83.5" for seconds into a recording (Media Fragments URI 1.0); None where a
    format has no such places.
    """

    text: str
    kind: Kind = "paragraph"
    fragment: str | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A text that a reader saw and left out of its article, and why, in words: "a menu", "the headline again"."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article as a reader read it; a field the file does not state is None, never guessed.

    `path` is the file it came from, `key` its identity inside that file (a record's own id, or ""),
    `date` an ISO 8601 date or date and time as stated, `language` a lower-case BCP 47 primary tag. `dropped` tells
    what was left out on purpose; it is no part of what makes two articles equal. `is_cut`: its paragraphs are the
    passages of another index, and stay as they are.
    """

    title: str
    paragraphs: tuple[Paragraph, ...]
    path: str = ""
    key: str = ""
    source: str | None = None
    url: str | None = None
    author: str | None = None
    date: str | None = None
    language: str | None = None
    dropped: tuple[Dropped, ...] = field(default=(), compare=False, repr=False)
    is_cut: bool = field(default=False, repr=False)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a part of one, that could not be used, and why, in words for its owner.

    What differs from one file to the next stands in the reason as a number, in brackets or in quotation marks.
    """

    path: str
    reason: str

    @property
    def cause(self) -> str:
        """Return the reason without its details: the same for all that was skipped for the same reason.

        >>> Skipped("a.csv:7", "5 fields where the header names 3").cause
        ' fields where the header names '
        """
        return _DETAILS.sub("", self.reason)


@dataclass(frozen=True, slots=True)
class SkippedGroup:
    """So many files, or parts of files, that were skipped for one reason, and the first of them."""

    count: int
    example: Skipped


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How the files of one source are read.

    `include` and `exclude` are patterns as in a .gitignore file, of paths inside the source: only files that
    `include` names are read, if it names any, whatever their kind; what `exclude` names is passed over. `base_url`
    ("https://coast.example/") is where the source is published: it makes the addresses of articles without one.
    `names` says which fields of its records hold what: "title=headline,text=body.html".
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    base_url: str | None = None
    names: str = ""


@dataclass(frozen=True, slots=True)
class SourceState:
    """A file or folder that an index was built from: how it was read, and what it looked like then.

    `files` and `bytes` are those that could hold articles, `fingerprint` a hash of their names, sizes and times, ""
    where nobody looked; `skipped` tells what could not be read, `device` the file system that it lay on.
    """

    options: ReadingOptions = ReadingOptions()
    files: int = 0
    bytes: int = 0
    fingerprint: str = ""
    skipped: tuple[SkippedGroup, ...] = ()
    device: int = 0


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a source as a build met it, and which articles of that build's generation are its own.

    `stamp` tells whether it is still the same file, "" when it is to be read again in any case; `beside` what its
    articles owe to the files beside it, None for nothing. The rows of its articles are
    `range(first, first + articles)`.
    """

    path: str
    source: str
    stamp: str
    beside: str | None = None
    skipped: tuple[Skipped, ...] = ()
    first: int = 0
    articles: int = 0
    kept: bool = False
    """Whether its articles are those of the generation before, at the same rows there."""


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """The data of an article without its passages.

    `row` counts articles from 0 in index order; `id` is 12 lower-case hex digits that stay the same across
    rebuilds; `first` and `passages` say which passage rows are its own: `range(first, first + passages)`.
    """

    row: int
    id: str
    title: str
    path: str
    source: str | None
    url: str | None
    author: str | None
    date: str | None
    language: str
    first: int
    passages: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One indexed paragraph, or a part of a very long one.

    `row` counts passages from 0 in index order. `ordinal` counts from 1 to `count` among the article's
    paragraphs, so that "par. 4 of 11" leaves captions out; captions are counted among captions. Boilerplate is a
    paragraph that also stands in other articles: counted, but never found. `fragment` is that of its paragraph.
    """

    row: int
    article: int
    ordinal: int
    count: int
    kind: Kind
    text: str
    fragment: str | None = None

    @property
    def page(self) -> int | None:
        """Return the page of its document on which it begins, counted from 1; None where there are no pages.

        >>> Passage(0, 0, 1, 1, "paragraph", "It rained.", "page=12").page
        12
        """
        found = _PAGE.fullmatch(self.fragment or "")
        return int(found[1]) if found else None

    @property
    def seconds(self) -> float | None:
        """Return how many seconds into a recording it begins; None where it is of none.

        >>> Passage(0, 0, 1, 1, "paragraph", "It rained.", "t=83.5").seconds
        83.5
        """
        found = _SECONDS.fullmatch(self.fragment or "")
        return float(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a score: the question's words, character grams, pairs of words, words close together or around.

    Each is 0 or more, and together they are the score; see `index.rerank.reranker`. `meaning` is 0 where the search was
    by words alone.
    """

    words: float
    grams: float
    pairs: float
    stretch: float
    around: float
    meaning: float = 0.0


NO_PARTS: Final = Parts(0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. `score`: higher is better, comparable only within one question."""

    passage: Passage
    article: ArticleCard
    score: float
    parts: Parts = NO_PARTS

    @property
    def position(self) -> int:
        """Return the passage's place among all of its article, captions and boilerplate included, from 0."""
        return self.passage.row - self.article.first
