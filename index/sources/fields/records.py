"""The known fields of a record, by their meaning: an object of JSON, a row of a table, the front matter of Markdown."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from operator import itemgetter
from typing import cast

from index.model import Article, Dropped, Paragraph
from index.sources.blocks.layout import normal_line, one_line
from index.sources.fields.dates import iso_date
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.field_names import CREATED, WRAPPERS, slot_of

Record = Mapping[str, object]

# Where others put the one string of a short field.
_INNER_NAMES = (
    *(
        "name",
        "rendered",
        "main",
        "title",
        "full_name",
        "fullname",
        "fullName",
        "plain_text",
        "display_name",
        "displayName",
        "original",
        "raw",
    ),
    *("value", "text", "#text", "$t", "_", "username", "$oid", "$numberLong"),
)
_ANY_TAG = re.compile(r"<[^<>]*>|&nbsp;")
# No name of a field has this form but "id".
_LANGUAGE = re.compile(r"(?!id$)[a-z]{2}(?:[-_][A-Z][A-Za-z]{1,3})?")
_BY = re.compile(r"(?:By|BY|by) (?=[^\W\d_a-z])")
_HEAD_CHARACTERS = 2000
_DEEPEST_WRAPPER = 3
_NAMES_TOLD = 8
_MOST_SUMMARIES = 20
# How other programs write that a cell is empty.
_NO_CELL = ("\\N", "NULL", "null", "nan", "NaN", "None", "undefined")
_NOTHING = frozenset(("", *map(str.casefold, _NO_CELL), "n/a", "#n/a"))


# Not frozen: there is one for each record, and to make it would take three times as long.
@dataclass(slots=True)
class KnownFields:
    """The fields of a record that are known and can be used, and whether it has a text of its own, not a summary."""

    fields: dict[str, object]
    whole: bool


# The values for each slot with their ranks: the depth of the object that holds them, and the rank of the name.
_Candidate = tuple[tuple[int, float], object]
_Candidates = dict[str, list[_Candidate]]


def fields_of(record: Record, field_map: FieldMap = NO_MAP) -> dict[str, object]:
    """Return the fields of a record that are known and can be used, by slot; see `known_fields`.

    >>> fields_of({"Headline": "Rain", "date": "soon", "published": "2024-04-19", "metadata": {"lang": "en"}})
    {'title': 'Rain', 'date': '2024-04-19', 'language': 'en'}
    """
    return known_fields(record, field_map).fields


def known_fields(record: Record, field_map: FieldMap = NO_MAP) -> KnownFields:
    """Return the known fields of a record: of several for one slot, the first whose value can be used.

    All but the text are strings as an article holds them. What `field_map` names comes first, then the record's own
    fields by the rank of their names, then those of objects in it such as `metadata`. Without a text, the summaries
    are the text, each once.
    """
    candidates: _Candidates = {}
    _collect(record, 0, candidates)
    summaries = candidates.pop("summary", ())
    for found in candidates.values():
        if len(found) > 1:
            found.sort(key=itemgetter(0))
    if field_map.pairs:
        fields = _mapped(record, field_map)
        fields |= _taken({slot: found for slot, found in candidates.items() if slot not in fields})
    else:
        fields = _taken(candidates)
    if "url" not in fields and "source" in candidates:
        address = next(filter(None, [_address(value) for _, value in candidates["source"]]), None)
        if address:
            fields["url"] = address
    whole = "text" in fields
    if not whole and summaries and (texts := _distinct(value for _, value in summaries)):
        fields["text"] = texts
    return KnownFields(fields, whole)


def _mapped(record: Record, field_map: FieldMap) -> dict[str, object]:
    stated: dict[str, list[_Candidate]] = {}
    for slot, value in field_map.values(record):
        stated.setdefault(slot, []).append(((0, 0), value))
    fields: dict[str, object] = {}
    texts = [value for _, value in stated.pop("text", ()) if _usable_text(value)]
    if texts:
        fields["text"] = texts if len(texts) > 1 else texts[0]
    return fields | _taken(stated)


def _taken(candidates: _Candidates) -> dict[str, object]:
    """Return the first value of each slot that can be used."""
    fields: dict[str, object] = {}
    for slot, found in candidates.items():
        use = _USABLE.get(slot, field_text)
        for _, value in found:
            if taken := use(value):
                fields[slot] = taken
                break
    return fields


def names_in(record: Record) -> str:
    """Return the names that a record has, in quotation marks, those of objects in it with a dot between."""
    names: list[str] = []
    for name, value in islice(record.items(), _NAMES_TOLD):
        inner = islice(value, _NAMES_TOLD) if isinstance(value, dict) else ()
        names += [f"{name}.{below}" for below in inner] or [str(name)]
    told = ", ".join(f'"{one_line(name)[:40]}"' for name in names[:_NAMES_TOLD])
    return told + (", …" if len(names) > _NAMES_TOLD or len(record) > _NAMES_TOLD else "")


def article(
    title: str, paragraphs: Iterable[Paragraph], path: str, key: str, fields: Record, dropped: Iterable[Dropped] = ()
) -> Article:
    """Return an article of paragraphs, and of the source, address, author, date and language in `fields`."""
    # `known_fields` gives strings for these.
    of = cast(Mapping[str, str], fields).get
    stated = (of("source"), of("url"), of("author"), of("date"), of("language"))
    return Article(title, tuple(paragraphs), path, key, *stated, tuple(dropped))


def field_text(value: object) -> str | None:
    """Return a short field on one line, without HTML: a name, several names joined by ", ", or an object's own name."""
    if isinstance(value, str):
        return normal_line(_plain(value) if "<" in value or "&" in value else value) or None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 1 << 63 else None
    if isinstance(value, dict):
        inner = (value[name] for name in _INNER_NAMES if isinstance(value.get(name), str | list))
        return next(filter(None, map(field_text, inner)), None)
    if isinstance(value, list):
        names = [field_text(part) for part in value[:20] if isinstance(part, str | dict)]
        return ", ".join(name for name in names if name) or None
    return None


def _plain(markup: str) -> str:
    # Not before: a text that is none of a record needs no reader of HTML.
    from index.sources.blocks.markup import plain, without_cdata

    return plain(without_cdata(markup))


def language_tag(value: object) -> str | None:
    """Return the primary language tag, None for what is no tag.

    >>> language_tag("en-US"), language_tag("English")
    ('en', None)
    """
    tag = value.strip().replace("_", "-").split("-")[0].lower() if isinstance(value, str) else ""
    return tag if len(tag) in (2, 3) and tag.isascii() and tag.isalpha() else None


def _collect(record: Record, depth: int, candidates: _Candidates) -> None:
    for name, value in record.items():
        if value is None or value == "":
            continue
        slot, rank = slot_of(name)
        if isinstance(value, dict) and name.lower() in WRAPPERS:
            if depth < _DEEPEST_WRAPPER:
                _collect(value, depth + 1, candidates)
        elif slot:
            one = (localised(value) if isinstance(value, dict) else None) or value
            far = depth + (slot == "date" and rank >= CREATED) * _DEEPEST_WRAPPER
            candidates.setdefault(slot, []).append(((far, rank), one))


def localised(value: Mapping[str, object]) -> object:
    """Return the first text of an object that keeps one for each language: {"en-US": "Rain", "de": "Regen"}."""
    if not all(isinstance(name, str) and _LANGUAGE.fullmatch(name) for name in value):
        return None
    return next((text for text in value.values() if text), None)


def _usable_text(value: object) -> object:
    if isinstance(value, str):
        # Tags without a word between them are no text.
        bare = value.lstrip()[:1]
        if not bare or value in _NO_CELL or (bare in "<&" and not _has_words(value)):
            return None
        return value if bare != "\0" or value.strip("\0 \n\r\t") else None
    if not isinstance(value, list | dict):
        return None
    from index.sources.blocks.rich_text import blocks_of_text

    return value if blocks_of_text(value) else None


def _has_words(markup: str) -> bool:
    head = _ANY_TAG.sub("", markup[:_HEAD_CHARACTERS])
    return bool(head.strip()) or bool(_plain(markup).strip())


def _name(value: object) -> str | None:
    """Return the name of a person or a newspaper; an address and the number of a row in some table are none."""
    text = field_text(value)
    if text is None or text.casefold() in _NOTHING or "://" in text or not any(map(str.isalpha, text)):
        return None
    return text


def _author(value: object) -> str | None:
    """Return the name of a person, or of several, without the "By" of a byline."""
    name = _name(value)
    return _BY.sub("", name, count=1) if name else None


def _address(value: object) -> str | None:
    text = value.strip() if isinstance(value, str) else ""
    return text if "://" in text[:20] and " " not in text else None


def _url(value: object) -> str | None:
    text = field_text(value)
    return text if text is not None and " " not in text and text.casefold() not in _NOTHING else None


def _distinct(values: Iterable[object]) -> list[str]:
    """Return texts without those that another one holds."""
    texts = [value.strip() for value in values if isinstance(value, str) and _usable_text(value)]
    del texts[_MOST_SUMMARIES:]
    return [
        text
        for at, text in enumerate(texts)
        if not any(text in other and (text != other or at > place) for place, other in enumerate(texts))
    ]


def _title(value: object) -> str | None:
    text = field_text(value)
    return None if text is None or text.casefold() in _NOTHING else text


_USABLE: dict[str, Callable[[object], object]] = {
    "title": _title,
    "text": _usable_text,
    "date": iso_date,
    "url": _url,
    "author": _author,
    "source": _name,
    "language": language_tag,
}
