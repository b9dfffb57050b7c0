"""Read what stands above a text about it: YAML, TOML or JSON front matter, or headers."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from index.model import Skipped
from index.sources.blocks.layout import one_line
from index.sources.fields.dates import iso_date
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.headers import headers
from index.sources.fields.records import fields_of

# What stands above a text is short; a parser asked for more would only be kept busy.
_MOST_CHARACTERS = 256 << 10
_BLANK = re.compile(r"(?:[ \t\ufeff]*\r?\n)*\ufeff?")
# What checks the form of texts is told so above all else.
_COMMENT = re.compile(r"(?:<!--(?:[^-]|-(?!->)){0,500}-->\s*)+(?=---|\+\+\+)")
_FENCED = re.compile(r"(---|\+\+\+|;;;)(-*|json|toml|yaml)[ \t]*\r?\n")
_ENDS = {
    "---": re.compile(r"^(?:-{3,}|\.\.\.)[ \t]*\r?$\n?", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*\r?$\n?", re.MULTILINE),
    ";;;": re.compile(r"^;;;[ \t]*\r?$\n?", re.MULTILINE),
}
_ENTRY = re.compile(r"^([A-Za-z_][\w.-]*(?: [\w.-]+){0,2})[ \t]*:(?=\s|$)[ \t]*(.*)", re.DOTALL)
# Pandoc's lines of title, authors and date.
_PANDOC = re.compile(r"%[ \t]+(\S.*(?:\n[ \t]+\S.*){0,9})\n(?:%[ \t]*(.*)\n(?:%[ \t]*(.*)(?:\n|\Z))?)?")
# What Nikola keeps in a comment.
_IN_COMMENT = re.compile(r"<!--\s*((?:\.\. [a-z_]{2,30}:[^\n]*\n){1,40})\s*-->")
# Entries above a line of signs that no other opens, as Hexo allows.
_UNOPENED = re.compile(
    r"(?:title|layout|date|tags|categories|permalink)[ \t]*:(?=\s)[^\n]*\n"
    r"(?:(?:[\w-]+[ \t]*:(?=\s)|[ \t]+\S|- )[^\n]*\n){1,40}(?=---[ \t]*(?:\n|\Z))"
)
# A tab before a name is no indentation.
_TAB_BEFORE_NAME = re.compile(r"^\t+(?=[A-Za-z_][\w-]*:\s)", re.MULTILINE)
# Where generators keep what has no name at the top.
_INNER = ("extra", "taxonomies", "params")
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|`r [^`]*`")
_WIKILINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]")
# "*Rain* at last": YAML takes the star for the name of a value.
_MARKED_WORD = 2
_DAY_OF_ADDRESS = re.compile(r"(?:^|/)(\d{4})/(\d{2})/(\d{2})(?:/|$)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a text says about itself, the `text` below it, and what of it could not be read ("" when nothing).

    The values are strings as written (dates too), lists and objects; only true, false and null are read as such, and
    the numbers of TOML and JSON.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    fault: str = ""


def split(text: str) -> FrontMatter:
    r"""Return the front matter of `text` and what stands below it; nothing is taken for it that reads as prose.

    >>> split("+++\ntitle = 'Rain'\ndate = 2024-04-19\n+++\nIt rained.\n")
    FrontMatter(text='It rained.\n', values={'title': 'Rain', 'date': '2024-04-19'}, fault='')
    >>> split("---\nIt rained.\n---\n").values
    {}
    """
    start = _BLANK.match(text)
    at = start.end() if start is not None else 0
    if text.startswith("<!--", at):
        if stating := _IN_COMMENT.match(text, at):
            return _yaml(text, stating[1].replace(".. ", ""), text[stating.end() :])
        comment = _COMMENT.match(text, at)
        at = comment.end() if comment else at
    fence = _FENCED.match(text, at)
    if fence is not None:
        return _between(text, fence)
    if text.startswith("{", at):
        return _json(text, at)
    if text.startswith("%", at) and (found := _PANDOC.match(text, at)):
        values = {"title": found[1], "author": found[2], "date": found[3]}
        return FrontMatter(text[found.end() :], {name: value for name, value in values.items() if value})
    if unopened := _UNOPENED.match(text, at):
        return _yaml(text, unopened[0], text[unopened.end() :].partition("\n")[2])
    headed = headers(text, at)
    return FrontMatter(text) if headed is None else FrontMatter(text[headed.end :], headed.values)


def _between(text: str, fence: re.Match[str]) -> FrontMatter:
    """Return what stands between the fence that was found and the one that ends it."""
    end = _ENDS[fence[1]].search(text, fence.end(), fence.end() + _MOST_CHARACTERS)
    if end is None:
        # Who forgot to close it left a blank line.
        headed = headers(text, fence.end()) if fence[1] == "---" else None
        return FrontMatter(text) if headed is None else FrontMatter(text[headed.end :], headed.values)
    inside, below = text[fence.end() : end.start()].replace("\r\n", "\n"), text[end.end() :]
    if fence[1] == ";;;":
        found = _json(f"{{{inside}}}\n{below}", 0)
        return found if found.values else FrontMatter(text)
    if fence[2] == "json":
        found = _json(f"{inside}\n{below}", len(inside) - len(inside.lstrip()))
        return found if found.values else FrontMatter(text)
    return _toml(text, inside, below) if "+++" in fence[1] or fence[2] == "toml" else _yaml(text, inside, below)


def fenced(text: str) -> FrontMatter | None:
    r"""Return front matter between fences, which stands above any markup; None when a text begins with none.

    >>> fenced("---\ntitle: Rain\n---\n<p>It rained.</p>").text, fenced("Title: Rain\n\nIt rained.")
    ('<p>It rained.</p>', None)
    """
    start = _BLANK.match(text)
    if not text.startswith(("---", "+++"), start.end() if start is not None else 0):
        return None
    front = split(text)
    return None if front.text is text else front


def told_fault(place: str, fault: str) -> Skipped:
    """Return what is told of front matter that cannot be read."""
    return Skipped(f"{place}:1", f"front matter that cannot be read ({fault}); the text below it was read")


def fields_of_front_matter(values: Mapping[str, object], field_map: FieldMap = NO_MAP) -> dict[str, object]:
    """Return the known fields of front matter, those of its inner tables where the outer one has none.

    The address of a clipped page is no source, and the day in a page's own address is its date.

    >>> fields_of_front_matter({"title": "Rain", "path": "2024/04/19/rain", "extra": {"author": "Ana Reyes"}})
    {'author': 'Ana Reyes', 'title': 'Rain', 'date': '2024-04-19'}
    """
    found: dict[str, object] = {}
    for name in reversed(("", *_INNER)):
        inner = values.get(name) if name else values
        if isinstance(inner, Mapping):
            usable = {str(key): _usable(value) for key, value in inner.items()}
            found |= fields_of(usable, NO_MAP if name else field_map)
    if "date" not in found and (day := _day_of_address(values)):
        found["date"] = day
    return found


def _usable(value: object) -> object:
    """Return a value without templates and wikilinks; a switch ("published: true") states no field."""
    if isinstance(value, str):
        return _WIKILINK.sub(r"\1", _TEMPLATE.sub("", value) if "{" in value or "`" in value else value).strip()
    if isinstance(value, list):
        return [_usable(part) if isinstance(part, str) else part for part in value[:20]]
    return None if isinstance(value, bool) else value


def _day_of_address(values: Mapping[str, object]) -> str | None:
    """Return the day in a page's own address, as in "2024/04/19/slipway"."""
    for name in ("permalink", "url", "path", "slug"):
        address = values.get(name)
        found = _DAY_OF_ADDRESS.search(address) if isinstance(address, str) else None
        if found is not None and (day := iso_date("-".join(found.groups()))):
            return day
    return None


def _toml(text: str, inside: str, below: str) -> FrontMatter:
    import tomllib

    try:
        found = tomllib.loads(inside)
        fault = ""
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        if "=" not in inside:
            return FrontMatter(text)
        found, fault = _toml_entries(inside), _cause(error)
        fault = "" if found else fault
    return FrontMatter(below, {name: _written(value) for name, value in found.items()}, fault)


def _toml_entries(inside: str) -> dict[str, object]:
    """Return the entries of broken TOML that stand on a line each, above its first table."""
    import tomllib

    found: dict[str, object] = {}
    for line in inside.partition("\n[")[0].split("\n"):
        name, mark, value = line.partition("=")
        try:
            found |= tomllib.loads(line)
        except (tomllib.TOMLDecodeError, ValueError, RecursionError):
            if mark and name.strip().isidentifier() and value.strip()[:1] not in "[{":
                found[name.strip()] = _unquoted(value.strip())
    return found


def _written(value: object) -> object:
    """Return a value of TOML with its dates as strings; objects keep theirs, one level deep."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: inner.isoformat() if isinstance(inner, date) else inner for name, inner in value.items()}
    return value


def _json(text: str, at: int) -> FrontMatter:
    try:
        values, end = json.JSONDecoder(strict=False).raw_decode(text[at : at + _MOST_CHARACTERS])
    except (ValueError, RecursionError):
        return FrontMatter(text)
    return FrontMatter(text[at + end :], values) if values and text[at + end :].strip() else FrontMatter(text)


def _yaml(text: str, inside: str, below: str) -> FrontMatter:
    """Return YAML read as a whole, or entry by entry where that fails: an entry that fails alone is told."""
    import yaml

    # YAML allows no tabs before a name; people's editors write them.
    inside = _TAB_BEFORE_NAME.sub("", inside).expandtabs(4) if "\t" in inside else inside
    try:
        found = _loaded(inside)
        fault = ""
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        found, fault = _entries(inside)
        fault = fault or ("" if found else _cause(error))
        if not found and (not inside.strip() or inside.startswith("\n")):
            return FrontMatter(text)
    if not isinstance(found, dict):
        # The "---" were rules, and what stands between them is text; unless nothing does.
        return FrontMatter(text if inside.strip() else below)
    if any(len(str(name).split()) > 3 for name in found):
        return FrontMatter(text)
    return FrontMatter(below, {str(name): _value(value) for name, value in found.items()}, fault)


def _value(written: object) -> object:
    """Return what a scalar of YAML stands for, where that is a truth or nothing at all."""
    word = written.lower() if isinstance(written, str) and len(written) < 6 else ""
    return {"true": True, "false": False, "null": None, "~": None}.get(word, written)


def _loaded(text: str) -> object:
    """Return YAML as strings, lists and objects, whatever its tags say: "no" is a language, "12:30" no number.

    Nothing is merged (`<<`), which could grow without end, and no value can be of a wrong kind.
    """
    import yaml

    return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506  # it makes no other objects


def _entries(inside: str) -> tuple[dict[str, object], str]:
    """Return the entries of broken YAML that can be read, each by itself, and why others could not."""
    import yaml

    found: dict[str, object] = {}
    fault = ""
    for entry in _top_entries(inside):
        shape = _ENTRY.match(entry)
        if shape is None:
            continue
        name, value = shape[1], shape[2].rstrip()
        try:
            loaded = _loaded(entry)
            found[name] = loaded.get(name) if isinstance(loaded, dict) else value
        except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
            if value.startswith(("{{", "{%")):
                # A template, to be filled in before there is an article.
                continue
            if value[:1] == "*" and value.count("*") == _MARKED_WORD and "\n" not in value:
                found[name] = value.replace("*", "")
            elif "\n" in value or value.startswith(("[", "{", "|", ">", "*", "&")):
                fault = fault or _cause(error)
            else:
                found[name] = _unquoted(value)
    return found, fault


def _unquoted(value: str) -> str:
    """Return a value without the quotation marks around it; those of its first word are its own.

    >>> _unquoted('"He said "no""'), _unquoted('"No": he said "no"')
    ('He said "no"', '"No": he said "no"')
    """
    mark, inner = value[:1], value[1:-1]
    if len(value) < 2 or mark not in "\"'" or value[-1] != mark:
        return value
    first = inner.find(mark)
    closes = first > 0 and not inner[first - 1].isspace() and not inner[first + 1 : first + 2].isalnum()
    return value if closes and inner.count(mark) % 2 == 0 else inner


def _top_entries(inside: str) -> Iterator[str]:
    """Yield the lines of each entry that is not indented, with the indented lines and list items below it."""
    entry: list[str] = []
    for line in inside.split("\n"):
        if entry and line and not line.startswith((" ", "-", "#")):
            yield "\n".join(entry)
            entry = []
        entry.append(line)
    yield "\n".join(entry)


def _cause(error: Exception) -> str:
    return one_line(str(getattr(error, "problem", None) or error or type(error).__name__))[:200]
