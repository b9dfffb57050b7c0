"""Read headers above a text: lines of `Name: value`, as Pelican, MultiMarkdown, Logseq and people write them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from index.sources.blocks.layout import one_line
from index.sources.fields.dates import iso_date
from index.sources.fields.field_names import slot_of

_HEADER = re.compile(r"([^\W\d_][\w-]*(?: [\w-]+)?)(?:::?[ \t]+|[ \t]?：[ \t]*)(.*)|([^\W\d_][\w-]*):[ \t]*$")
# Names that a person writes above an article; others alone ("Note: closed on Monday") are its first words.
_NAMES = frozenset(
    (
        *("title", "date", "author", "authors", "category", "categories", "tags", "slug", "summary", "status", "lang"),
        *("language", "modified", "keywords", "subtitle", "url", "save_as", "template", "description", "published"),
    )
)
_TELLING_NAMES = frozenset(("title", "date"))
_FIELDS = frozenset(("title", "date", "author", "source", "url", "language"))
# Of a form or a letter as well, and no title of what stands below.
_OF_FORMS = frozenset(("name", "subject", "heading"))
_VALUE_CHARACTERS = 1000
_MOST_CHARACTERS = 256 << 10
# A line that may begin headers within a text, below a blank one.
_AFTER_BLANK = re.compile(r"\n[ \t]*\r?\n(?=[^\W\d_][\w-]{0,30}[ \t]?[:：])")


@dataclass(frozen=True, slots=True)
class Headers:
    """The values of headers by their names in small letters, and where the text below them begins."""

    values: Mapping[str, object]
    end: int


def headers(text: str, at: int) -> Headers | None:
    """Return the headers at `at` of a text that is markup, up to a blank line; None when there are none.

    Any name may stand among them once one that people write above articles is the first.

    >>> headers("Title: Rain\\nMood: low\\n\\nIt rained.", 0)
    Headers(values={'title': 'Rain', 'mood': 'low'}, end=22)
    """
    first = _HEADER.match(text, at, at + 200)
    if first is None or (first[1] or first[3]).casefold() not in _NAMES:
        return None
    found = header_lines(text, at)
    if found is None:
        return None
    stated = found.values.keys() & _NAMES
    return found if stated & _TELLING_NAMES or len(stated) > 1 else None


def headed_parts(text: str) -> Iterator[tuple[Mapping[str, object], str]]:
    """Yield the parts of a plain text that each stand below headers, and those headers; none unless all do.

    Nothing in plain text says what is a header: each must have the name of a field, and one be a title, or a date
    beside another field. Text without headers of its own goes on with the part before it.

    >>> list(headed_parts("Title: Rain\\nDate: 2024-04-19\\n\\nIt rained."))
    [({'title': 'Rain', 'date': '2024-04-19'}, '\\nIt rained.')]
    >>> list(headed_parts("Note: closed.\\n\\nIt rained."))
    []
    """
    begin = len(text) - len(text.lstrip("\ufeff \t\r\n"))
    line = text[begin : text.find("\n", begin) + 1 or len(text)]
    first = _stated(text, begin) if ":" in line or "：" in line else None
    if first is None:
        return
    tops = [(begin, first)]
    for gap in _AFTER_BLANK.finditer(text, first.end - 1):
        found = _stated(text, gap.end()) if gap.end() >= tops[-1][1].end else None
        if found is not None and found.values.keys() >= {"title"} & first.values.keys():
            tops.append((gap.end(), found))
    ends = [start for start, _ in tops[1:]] + [len(text)]
    parts = [(top.values, text[top.end : end]) for (_, top), end in zip(tops, ends, strict=True)]
    # A list of titles has no texts below them.
    if all(below.strip() for _, below in parts):
        yield from parts


def _stated(text: str, at: int) -> Headers | None:
    found = header_lines(text, at)
    if found is None or found.end >= len(text):
        return None
    slots = {name: slot_of(name)[0] for name in found.values}
    if any(slot not in _FIELDS and name not in _NAMES for name, slot in slots.items()):
        return None
    titled = any(slot == "title" and name not in _OF_FORMS and found.values[name] for name, slot in slots.items())
    dated = any(slot == "date" and iso_date(found.values[name]) for name, slot in slots.items())
    return found if titled or (dated and len(slots) > 1) else None


def header_lines(text: str, at: int) -> Headers | None:
    """Return lines of headers up to a blank line, with the indented lines of each; None with others among them."""
    values: dict[str, object] = {}
    name = ""
    end = at
    while end < len(text) and end - at < _MOST_CHARACTERS:
        stop = text.find("\n", end) + 1 or len(text)
        line = text[end:stop].rstrip()
        header = _HEADER.match(line)
        if not line:
            break
        if header is not None:
            name = (header[1] or header[3]).casefold().replace(" ", "_")
            values.setdefault(name, header[2] or "")
        elif line[0] not in " \t" or not name:
            return None
        elif len(str(values[name])) < _VALUE_CHARACTERS:
            values[name] = one_line(f"{values[name]} {line}")
        end = stop
    return Headers(values, end) if values else None
