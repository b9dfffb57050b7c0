"""Find the records in a value of JSON, however it wraps them.

They may be entries of a list under any names, values under ids of their own, columns, or one object by itself.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, zip_longest

from index.sources.fields.field_map import FieldMap
from index.sources.fields.field_names import slot_of
from index.sources.fields.records import Record, field_text, known_fields, localised
from index.sources.files.streams import UnusableError

# Of a list so many entries tell what the others are.
_LOOKED_AT = 5
# What an object is worth as a record.
_ARTICLE, _TEXT, _SUMMARY, _NOTHING = 3, 2, 1, 0
_ROWS = ("data", "rows", "values")
_BULK_ACTIONS = frozenset(("index", "create", "update", "delete"))


class RecordFinder:
    """Finds the records in the values of one file; what the first values prove to be is not asked of the others."""

    def __init__(self, field_map: FieldMap) -> None:
        self._field_map = field_map
        # Whether the objects of the file prove to be records themselves.
        self.is_plain = False
        self._header: list[str] | None = None

    def found(self, value: object) -> Iterator[object]:
        """Yield the records in a value, or the value when none is found, so that it can be told."""
        if isinstance(value, list):
            yield from self._row(value)
        elif not isinstance(value, dict) or self.is_plain:
            if not (isinstance(value, dict) and _is_bulk_action(value)):
                yield value
        elif not _is_bulk_action(value):
            found = records_in(value, self._field_map)
            self.is_plain = found == [value] and worth(value, self._field_map) > _NOTHING
            yield from found

    def _row(self, cells: list[object]) -> Iterator[object]:
        """Take a row of a table written as a list of lists, the names of its columns first."""
        if self._header is None and _is_header(cells):
            self._header = [str(cell) for cell in cells]
        elif self._header is not None:
            yield dict(zip(self._header, cells, strict=False))
        else:
            yield cells


def worth(value: object, field_map: FieldMap) -> int:
    """Return what a value is worth as a record: 3 with a title and a text, 2 with a text, 1 with a summary, else 0."""
    if not isinstance(value, dict):
        return _NOTHING
    try:
        known = known_fields(value, field_map)
    except UnusableError:
        return _NOTHING
    if "text" not in known.fields:
        return _NOTHING
    if not known.whole:
        return _SUMMARY
    return _ARTICLE if "title" in known.fields else _TEXT


def records_in(value: Record, field_map: FieldMap) -> list[object]:
    """Return the records in `value`: those with a title and a text, or else the best there are.

    >>> records_in({"status": "ok", "response": {"results": [{"title": "Rain", "body": "It rained."}]}}, FieldMap())
    [{'title': 'Rain', 'body': 'It rained.'}]
    """
    if not any(isinstance(inner, list | dict) for inner in value.values()):
        return [value]
    table = _table(value)
    if table is not None:
        return table
    own = worth(value, field_map)
    if own == _ARTICLE:
        return [value]
    found = list(_collections(value, field_map))
    best = max((worth for worth, _ in found), default=_NOTHING)
    if best <= own:
        return [value]
    return [record for worth, records in found if worth == best for record in records]


def _collections(value: Record, field_map: FieldMap) -> Iterator[tuple[int, list[object]]]:
    """Yield lists of objects, and objects of objects, with what they are worth; their own entries are not searched."""
    waiting: deque[Record] = deque([value])
    while waiting:
        here = waiting.popleft()
        named = {str(name): inner for name, inner in here.items() if isinstance(inner, dict)}
        groups: list[tuple[list[Record], list[Record]]] = [(list(named.values()), _with_ids(named))]
        for inner in here.values():
            if isinstance(inner, list):
                entries: list[Record] = [entry for entry in inner if isinstance(entry, dict)]
                groups.append((entries, entries))
        for objects, records in groups:
            best = max((worth(entry, field_map) for entry in islice(objects, _LOOKED_AT)), default=_NOTHING)
            if best:
                yield best, [*records]
            if best < _TEXT:
                waiting.extend(objects)


def _with_ids(named: Mapping[str, Record]) -> list[Record]:
    """Return records with the names under which they stand as their ids, unless they have others."""
    if len(named) < 2:
        return list(named.values())
    return [
        record if any(slot_of(str(name))[0] == "key" for name in record) else {"id": name, **record}
        for name, record in named.items()
    ]


def _table(value: Record) -> list[object] | None:
    """Return the rows of a table that is kept as its columns, or as names and rows; None for anything else."""
    names = next((inner for inner in value.values() if isinstance(inner, list) and _is_header(inner)), None)
    rows = next((inner for name in _ROWS if isinstance(inner := value.get(name), list)), None)
    if names is not None and rows and all(isinstance(row, list) for row in rows[:_LOOKED_AT]):
        return [dict(zip(map(str, names), row, strict=False)) for row in rows if isinstance(row, list)]
    slots = {slot_of(name)[0]: inner for name, inner in value.items()}
    if "title" not in slots or not ("text" in slots or "summary" in slots):
        return None
    columns = {name: inner for name, inner in value.items() if isinstance(inner, list | dict)}
    if isinstance(slots["title"], list) and all(isinstance(inner, list) for slot, inner in slots.items() if slot):
        lists = {name: inner for name, inner in columns.items() if isinstance(inner, list)}
        return [dict(zip(lists, row, strict=True)) for row in zip_longest(*lists.values())]
    title = slots["title"]
    if isinstance(title, dict) and title and field_text(title) is None and not localised(title):
        inside = {name: inner for name, inner in columns.items() if isinstance(inner, dict)}
        if all(isinstance(inner, dict) and any(key in inner for key in title) for slot, inner in slots.items() if slot):
            return [{name: inner.get(key) for name, inner in inside.items()} for key in title]
    return None


def _is_header(cells: Iterable[object]) -> bool:
    slots = {slot_of(cell)[0] for cell in cells if isinstance(cell, str) and len(cell) < 100}
    return "text" in slots and "title" in slots


def _is_bulk_action(value: Record) -> bool:
    """Return whether a line only tells Elasticsearch what to do with the next one."""
    return len(value) == 1 and (name := next(iter(value))) in _BULK_ACTIONS and isinstance(value[name], dict)
