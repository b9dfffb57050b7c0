"""Which fields of a record hold its title, its text and so on, where its owner says so."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from index.errors import FieldMapError
from index.sources.fields.field_names import plain_name

_FIELDS: Final = {name: name for name in ("title", "text", "date", "url", "author", "source", "language")} | {
    "id": "key",
    "article_id": "group",
    "chat": "chat",
}
_ENTRY: Final = re.compile(r"\s*([^=,]*?)\s*=\s*([^=,]*?)\s*")
# Of a list in a path that many entries are looked at.
_MOST_ENTRIES: Final = 1000


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Pairs of a field and the path to it in a record; `str` gives them back as `parse` takes them.

    A path names a field, or a field inside others ("body.html"); numbers count the entries of a list from 0.

    >>> str(FieldMap.parse("title=headline, text=body.html,date=meta.published"))
    'title=headline,text=body.html,date=meta.published'
    """

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, stated: str) -> "FieldMap":
        """Return the map that "title=headline,text=body.html" states; FieldMapError when it states none."""
        pairs: list[tuple[str, str]] = []
        for entry in filter(str.strip, stated.split(",")):
            found = _ENTRY.fullmatch(entry)
            if found is None or not found[2]:
                raise FieldMapError(f"{entry.strip()!r} maps nothing; write FIELD=NAME, as in title=headline")
            if found[1] not in _FIELDS:
                raise FieldMapError(f"{found[1]!r} is no field of an article; the fields are {', '.join(_FIELDS)}")
            pairs.append((found[1], found[2]))
        if not pairs:
            raise FieldMapError("the map is empty; write FIELD=NAME, as in title=headline,text=body.html")
        return cls(tuple(pairs))

    def __str__(self) -> str:
        """Return the map as `parse` takes it."""
        return ",".join(f"{field}={path}" for field, path in self.pairs)

    def stated(self, field: str) -> frozenset[str]:
        """Return what is stated for a field as it stands; for `chat` that are names of chats, none of fields.

        >>> FieldMap.parse("chat=Quay Notes").stated("chat")
        frozenset({'Quay Notes'})
        """
        return frozenset(path for name, path in self.pairs if name == field)

    def values(self, record: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        """Yield the slot and the value of each pair whose path leads to something in `record`.

        >>> field_map = FieldMap.parse("text=body.html,author=by.name")
        >>> list(field_map.values({"body": {"html": "Rain."}, "by": [{"name": "A"}]}))
        [('text', 'Rain.'), ('author', ['A'])]
        """
        for field, path in self.pairs:
            if field == "chat":
                continue
            value = _at(record, path)
            if value is not None:
                yield _FIELDS[field], value


def _at(value: object, path: str) -> object:
    """Return what `path` leads to; of a list, what it leads to in each entry. None when it leads nowhere."""
    if not path:
        return value
    if isinstance(value, list):
        index, _, rest = path.partition(".")
        if index.isascii() and index.isdigit() and len(index) < 6:
            return _at(value[int(index)], rest) if int(index) < len(value) else None
        entries = (_at(entry, path) for entry in value[:_MOST_ENTRIES] if isinstance(entry, Mapping))
        return [entry for entry in entries if entry is not None] or None
    if not isinstance(value, Mapping):
        return None
    whole = _named(value, path)
    if whole is not None or "." not in path:
        return whole
    name, _, rest = path.partition(".")
    return _at(_named(value, name), rest)


def _named(record: Mapping[str, object], name: str) -> object:
    value = record.get(name)
    if value is not None:
        return value
    plain = plain_name(name)
    return next(
        (inner for other, inner in record.items() if isinstance(other, str) and plain_name(other) == plain), None
    )


NO_MAP: Final = FieldMap()
