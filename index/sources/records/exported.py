"""An article as an index exports it, in a line of JSON, and the same article of such a line.

Nothing is cleaned, guessed or split, so that an index of an export answers as the index before. The file that an
article was read from is kept, for how long passages usually are is told file by file.
"""

from collections.abc import Sequence
from typing import Final, cast, get_args

from index.model import Article, ArticleCard, Kind, Paragraph, Passage
from index.sources.fields.records import Record
from index.sources.files.streams import UnusableError

# The version of the shape.
_MARK: Final = "quoth"
_VERSION: Final = 1
_FIELDS: Final = ("source", "url", "author", "date", "language")
_NO_LANGUAGE: Final = "und"


def record_of(article: ArticleCard, passages: Sequence[Passage], path: str) -> Record:
    """Return an article of an index, ready for JSON; `path` is that of its file, from the folder of all files on."""
    fields = {name: value for name in _FIELDS if (value := getattr(article, name)) and value != _NO_LANGUAGE}
    return {_MARK: _VERSION, "id": article.id, "path": path, "title": article.title, **fields} | {
        "paragraphs": [
            # Boilerplate is told anew from what repeats.
            {"text": one.text}
            | ({"kind": one.kind} if one.kind == "caption" else {})
            | ({"fragment": one.fragment} if one.fragment else {})
            for one in passages
        ]
    }


def is_exported(record: object) -> bool:
    """Return whether a record is an article that an index exported."""
    return isinstance(record, dict) and record.get(_MARK) == _VERSION and isinstance(record.get("paragraphs"), list)


def article_of(path: str, record: Record) -> Article:
    """Return the article of an exported record, its file inside the file `path`, as that of an archive.

    Raises UnusableError where the record is not as `record_of` makes it.
    """
    stated = [record.get(name) for name in ("title", "path", "id", *_FIELDS)]
    if not all(isinstance(value, str) for value in stated[:3]) or not all(
        value is None or isinstance(value, str) for value in stated
    ):
        raise UnusableError("an exported article whose fields are no texts")
    title, inside, key, source, url, author, date, language = cast("list[str]", stated)
    paragraphs = tuple(map(_paragraph, cast("list[object]", record["paragraphs"])))
    return Article(title, paragraphs, f"{path}/{inside}", key, source, url, author, date, language, is_cut=True)


def _paragraph(part: object) -> Paragraph:
    if isinstance(part, dict):
        text, kind, fragment = part.get("text"), part.get("kind", "paragraph"), part.get("fragment")
        if isinstance(text, str) and text.strip() and kind in get_args(Kind):
            return Paragraph(text, kind, fragment if isinstance(fragment, str) else None)
    raise UnusableError("an exported article with a paragraph that has no text")
