"""What the name of a file states: a title, and the date of a post."""

import os
import re
from collections.abc import Container
from datetime import date
from pathlib import Path

from index.sources.files.endings import PACKING
from index.sources.files.walk import printable

# Only these go: the dots of "v1.2 release notes" and "St. Piran" are part of a name.
_ENDINGS = frozenset(
    (
        *(".txt", ".text", ".log", ".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdwn", ".mdx", ".qmd", ".rmd"),
        *(".rst", ".rest", ".adoc", ".asciidoc", ".asc", ".org", ".html", ".htm", ".xhtml", ".shtml", ".php"),
        *(".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".xml", ".rss", ".atom", ".pdf", ".epub", ".rtf", ".warc"),
        *(".doc", ".docx", ".docm", ".dotx", ".odt", ".ott", ".eml", ".mbox", ".ipynb", ".zip", ".tar"),
        *(".srt", ".vtt", ".sbv"),
    )
)
# A file that stands for its folder.
_INDEXES = frozenset(("index", "_index"))
# Jekyll, Zola, Pelican, Docusaurus and Eleventy take the date of a post from the front of its name, in this form alone.
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?!\d)(?:[-_](?=[^\W_]))?")
# Others keep posts in folders of years, and of months and days: "2011/02-27-pier.md", "2011/02/27/pier.md".
_DATED_FOLDERS = re.compile(r"(?:^|/)((?:19|20)\d{2})/(\d{2})(?:-(\d{2})(?:[-_ ][^/]*)?|/(\d{2})/[^/]*)")
# No other path is worth being taken apart.
_YEAR_FOLDER = re.compile(r"(?:^|[/\\])(?:19|20)\d\d[/\\]\d\d")

_MAY_BE_DATED = re.compile(r"\d\d[-/\\]\d\d")

_OF_NOTION = re.compile(r"(?<=.) [0-9a-f]{32}$")
_EARLIEST_YEAR = 1000


def title(path: Path) -> str:
    """Return a title made of the file's name: without its ending and the date of a post, with spaces between words.

    >>> title(Path("v1.2 release_notes.txt")), title(Path("_posts/2024-04-19-slipway-opens.md"))
    ('v1.2 release notes', 'slipway opens')
    >>> title(Path("berths/index.md")), title(Path("2024.04.19 Meeting with Dr. Moss.txt.gz"))
    ('berths', '2024.04.19 Meeting with Dr. Moss')
    """
    name = _OF_NOTION.sub("", _stem(path))
    dated = _DATED.match(name)
    if dated is not None and _day(dated[1]) and dated.end() > dated.end(1):
        name = name[dated.end() :].replace("-", " ")
    return " ".join(name.replace("_", " ").split()) or name


def is_of_notion(path: Path) -> bool:
    """Return whether a file's name ends in what Notion puts behind the title of each page that it exports."""
    return _OF_NOTION.search(_stem(path)) is not None


def stated_date(path: Path) -> str | None:
    """Return the ISO 8601 date that the file's name begins with, or its folder's where the file is its index.

    Folders of years and months state one as well.

    >>> stated_date(Path("2024-04-19-slipway-opens.md")), stated_date(Path("2024-04-19 Meeting.md"))
    ('2024-04-19', '2024-04-19')
    >>> stated_date(Path("2024/04-19-slipway-opens.md")), stated_date(Path("2024/04/19/slipway-opens/index.md"))
    ('2024-04-19', '2024-04-19')
    >>> stated_date(Path("20240419.txt")), stated_date(Path("2024/04/19-slipways.txt"))
    (None, None)
    """
    if _MAY_BE_DATED.search(os.fspath(path)) is None:
        return None
    name = _stem(path)
    dated = _DATED.match(name)
    if dated is not None and _day(dated[1]):
        return dated[1]
    if _YEAR_FOLDER.search(os.fspath(path)) is None:
        return None
    folders = path.parts[-4:-1]
    if folders and name == folders[-1]:
        folders = path.parts[-5:-2]
    below = _DATED_FOLDERS.search("/".join((*folders, name)))
    day = "-".join(filter(None, below.groups())) if below is not None and below.end() == len(below.string) else ""
    return day if day and _day(day) else None


def _stem(path: Path) -> str:
    """Return the name without a known ending, and without that of packing before it; never an empty one."""
    name = _without_ending(_without_ending(printable(path.name), PACKING), _ENDINGS)
    return (printable(path.parent.name) or name) if name.lower() in _INDEXES else name


def _without_ending(name: str, endings: Container[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    return stem if stem and f"{dot}{ending}".lower() in endings else name


def _day(written: str) -> bool:
    try:
        return date.fromisoformat(written).year >= _EARLIEST_YEAR
    except ValueError:
        return False
