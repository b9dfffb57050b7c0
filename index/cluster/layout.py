"""What a published generation looks like: three indices, and how passages and articles become documents and return.

    PREFIX-000007-passages      a document for each passage; its id is the passage's row
    PREFIX-000007-articles      a document for each article; its id is the article's row
    PREFIX-000007-statistics    what else a question needs, as files cut into pieces, each with its SHA-256

The alias PREFIX names the three that answer, PREFIX-previous the three before. Hosts ask by the concrete names, so that
a question ends where it began.

`impacts` holds for each term id what the term adds to the score of the passage, rounded down to a number that
`rank_features` keeps (9 significant bits): so the sum that the cluster ranks by is never above the exact one, and at
most `LOSS` below.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from index.model import ArticleCard, Kind, Passage
from index.store.texts import text_hash

Json = dict[str, Any]
Ids = npt.NDArray[np.uint32]

# The last of 9 significant bits, and what a sum of a thousand numbers of single precision may lose.
LOSS: Final = 2.0**-8 + 2.0**-12
KINDS: Final = ("passages", "articles", "statistics")
# Of one answer; the default of `index.max_result_window`.
MOST_HITS: Final = 10_000
# One less than the default of `indices.query.bool.max_clause_count`, which counts what a filter has too.
MOST_CLAUSES: Final = 900

_NOT_SEARCHED: Final[Json] = {"type": "keyword", "index": False, "doc_values": False}
_NUMBER: Final[Json] = {"type": "integer"}
_FILTERED: Final[Json] = {"type": "integer", "doc_values": False}
_ONLY_READ: Final[Json] = {"type": "integer", "index": False, "doc_values": False}
_HASH: Final[Json] = {"type": "long"}
_PASSAGE: Final[Json] = {
    "row": _NUMBER, "ordinal": _ONLY_READ, "count": _ONLY_READ, "kind": _NOT_SEARCHED, "text": _NOT_SEARCHED,
    "fragment": _NOT_SEARCHED, "title": _NOT_SEARCHED, "terms": {"type": "binary"},
    "copied": {"type": "boolean", "index": False, "doc_values": False}, "hash": _HASH,
    "day": _FILTERED, "source": _FILTERED, "title_terms": _FILTERED, "impacts": {"type": "rank_features"},
}  # fmt: skip
_CARD: Final = tuple(field.name for field in fields(ArticleCard))
_VALUES: Final = attrgetter(*_CARD)
_ARTICLE: Final[Json] = {
    **dict.fromkeys(_CARD, _NOT_SEARCHED),
    **{"row": _NUMBER, "first": _ONLY_READ, "passages": _NUMBER, "id": {"type": "keyword", "doc_values": False}},
    "path": {"type": "keyword", "index": False},
    "day": _NUMBER, "source_number": _FILTERED, "title_terms": _FILTERED, "title_hash": _HASH, "url_hash": _HASH,
}  # fmt: skip
_STATISTICS: Final[Json] = {"data": {"type": "binary"}}
_MARK: Final = "\uffff"


class Names(NamedTuple):
    """The indices of one generation."""

    passages: str
    articles: str
    statistics: str


def names(prefix: str, number: int) -> Names:
    """Return the names of the indices of a generation.

    >>> names("quoth", 7).passages
    'quoth-000007-passages'
    """
    return Names(*(f"{prefix}-{number:06d}-{kind}" for kind in KINDS))


def number_of(prefix: str, name: str) -> int | None:
    """Return the number of the generation that an index is of, None for any other index.

    >>> number_of("quoth", "quoth-000007-passages"), number_of("quoth", "logs")
    (7, None)
    """
    found = re.fullmatch(rf"{re.escape(prefix)}-(\d{{6,}})-({'|'.join(KINDS)})", name)
    return int(found[1]) if found else None


def body(kind: str, shards: int) -> Json:
    """Return what an index is made with: no replicas and no refresh until all is in it."""
    properties = {"passages": _PASSAGE, "articles": _ARTICLE, "statistics": _STATISTICS}[kind]
    mappings: Json = {"dynamic": "strict", "properties": properties}
    if kind == "passages":
        mappings["_source"] = {"excludes": ["impacts"]}
    settings = {"number_of_shards": shards if kind == "passages" else 1, "number_of_replicas": 0}
    return {"settings": {**settings, "refresh_interval": "-1"}, "mappings": mappings}


def rounded_down(impacts: npt.NDArray[np.float64]) -> npt.NDArray[np.uint32]:
    """Return the bits of the greatest numbers of 9 significant bits that are not above these, shifted right by 15.

    >>> bits = rounded_down(np.array([3.14159]))
    >>> float((bits << 15).view(np.float32)[0])
    3.140625
    """
    single = impacts.astype(np.float32)
    above = single.astype(np.float64) > impacts
    bits = single.view(np.uint32)
    bits[above] -= np.uint32(1)
    return bits >> np.uint32(15)


class Decoded(NamedTuple):
    """A passage as a document holds it: `own` and `of_title` are its terms and its title's, uint32."""

    passage: Passage
    title: str
    own: Ids
    of_title: Ids
    copied: bool


def passage_document(passage: Passage, title: str, own: Ids, of_title: Ids, more: Mapping[str, Any]) -> Json:
    """Return a passage as a document; `more` are further fields."""
    terms = np.concatenate([[len(of_title)], of_title, own]).astype("<u4").tobytes()
    document: Json = {
        "row": passage.row, "ordinal": passage.ordinal, "count": passage.count, "kind": passage.kind,
        "text": _written(passage.text), "title": _written(title), "terms": base64.b64encode(terms).decode(), **more,
    }  # fmt: skip
    if passage.fragment is not None:
        document["fragment"] = _written(passage.fragment)
    if len(of_title):
        document["title_terms"] = np.unique(of_title).tolist()
    return document


def decoded(document: Mapping[str, Any], article: int) -> Decoded:
    """Return the passage that a document holds, which is of the article in that row."""
    terms = np.frombuffer(base64.b64decode(document["terms"]), "<u4").astype(np.uint32, copy=False)
    end, fragment = 1 + int(terms[0]), document.get("fragment")
    kind: Kind = document["kind"]
    passage = Passage(
        document["row"], article, document["ordinal"], document["count"], kind, restored(document["text"]),
        None if fragment is None else restored(fragment),
    )  # fmt: skip
    return Decoded(passage, restored(document["title"]), terms[end:], terms[1:end], document.get("copied", False))


def article_document(card: ArticleCard, of_title: Ids, more: Mapping[str, Any]) -> Json:
    """Return an article as a document; `more` are further fields."""
    values = dict(zip(_CARD, _VALUES(card), strict=True))
    document: Json = {name: _written(value) for name, value in values.items() if value is not None}
    document |= {"title_hash": text_hash(card.title), **more}
    if card.url is not None:
        document["url_hash"] = url_hash(card.url)
    if len(of_title):
        document["title_terms"] = np.unique(of_title).tolist()
    return document


def card(document: Mapping[str, Any]) -> ArticleCard:
    """Return the article that a document holds."""
    return ArticleCard(**{name: restored(document.get(name)) for name in _CARD})


def url_hash(address: str) -> int:
    """Return the hash of an address, in large letters or small (of ASCII alone, as SQLite's NOCASE compares)."""
    return text_hash(re.sub("[A-Z]+", lambda found: found[0].lower(), address))


def bulk(documents: Sequence[tuple[int | str, str]]) -> str:
    """Return the body of a request that stores documents, each with its id; they are JSON already."""
    return "".join([f'{{"index":{{"_id":"{number}"}}}}\n{document}\n' for number, document in documents])


def written(document: Json, impacts: str = "") -> str:
    """Return a document as JSON, with an object `impacts` that is JSON already."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return f'{text[:-1]},"impacts":{{{impacts}}}}}' if impacts else text


def _written(value: Any) -> Any:
    """Return a text as JSON can hold it: one that is not valid Unicode as bytes behind a mark."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return _MARK + base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()
        if value.startswith(_MARK):
            return _MARK + base64.b64encode(value.encode()).decode()
    return value


def restored(value: Any) -> Any:
    """Return a text that a document holds as it was."""
    if isinstance(value, str) and value.startswith(_MARK):
        return base64.b64decode(value[1:]).decode("utf-8", "surrogatepass")
    return value
