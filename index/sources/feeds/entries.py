"""The entries of a feed, in whichever format, as articles; what the feed keeps back is told."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from index.model import Article, Dropped, Skipped
from index.sources.blocks.blocks import Block, told
from index.sources.fields.records import article, language_tag
from index.sources.files.streams import UnusableError
from index.sources.files.walk import printable
from index.sources.text.titled import titled

_MORE: Final = (
    r"(?:continue reading|read more|read the rest|keep reading|weiterlesen|lire la suite|leer más|seguir leyendo"
    r"|leggi tutto|leia mais|читать далее|читать дальше|ادامه مطلب|اقرأ المزيد"
    r"|阅读更多|阅读全文|続きを読む)\b[^.!?\n]{0,80}"
)
_CLOSERS: Final = r"[\s\])»→>]*"
# What WordPress puts below each post of a feed.
_APPEARED: Final = re.compile(
    r"(?:The post|Der Beitrag|L[’']article|La entrada|L[’']articolo|O post|Het bericht|Inlägget|Indlægget|Wpis|Запись"
    r"|Сообщение) .{1,300} (?:(?:appeared first|first appeared) on|erschien zuerst auf|est apparu en premier sur"
    r"|(?:se publicó|aparece) primero en|proviene da|apareceu primeiro em|verscheen eerst op|dök först upp på"
    r"|blev først udgivet på|pojawił się poczatkowo w|впервые появилась|появились сначала на) .{1,200}"
)
# How a text ends that goes on elsewhere.
_CUT: Final = re.compile(rf"(?:…|\.\.\.|\[\+\d+ chars\]|\(more…?\)|{_MORE}){_CLOSERS}$", re.I)
_ONLY_MORE: Final = re.compile(_MORE + _CLOSERS, re.I)
_LOOKED_AT: Final = 300


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself, in whichever format; `base` is what addresses in it are relative to."""

    title: str | None = None
    author: str | None = None
    language: str | None = None
    base: str = ""


@dataclass(slots=True)
class Entry:
    """An entry of a feed. `given` is how much of its text the feed holds."""

    title: str
    blocks: list[Block]
    key: str = ""
    given: Literal["whole", "summary", "elsewhere"] = "whole"
    fields: dict[str, object] = field(default_factory=dict)


def is_cut(blocks: list[Block]) -> bool:
    """Return whether a text says at its end that it goes on elsewhere.

    >>> is_cut([Block("Salt rose by two pence, and …")]), is_cut([Block("Salt rose by two pence.")])
    (True, False)
    """
    return bool(blocks) and _CUT.search(blocks[-1].text[-_LOOKED_AT:]) is not None


def fields_of(
    *, source: str | None, url: str | None, author: str | None, date: str | None, language: object
) -> dict[str, object]:
    """Return the fields of an entry as an article has them."""
    return {
        "source": source,
        "url": url or None,
        "author": author,
        "date": date,
        "language": language_tag(language),
    }


def articles(path: Path, entries: Iterable[Callable[[], Entry]]) -> Iterator[Article | Skipped]:
    """Yield the entries of a feed as articles, then how many the feed does not give whole.

    An entry that raises UnusableError when it is called for is told, and costs no other.
    """
    file = printable(path)
    counts = {"whole": 0, "summary": 0, "elsewhere": 0}
    for number, made in enumerate(entries, 1):
        try:
            entry = made()
        except UnusableError as error:
            yield Skipped(f"{file}:entry {number}", str(error))
            continue
        last = entry.blocks[-1].text if entry.blocks else ""
        more = _ONLY_MORE.fullmatch(last[:_LOOKED_AT]) or (len(entry.blocks) > 1 and _APPEARED.fullmatch(last))
        found = titled(entry.title, entry.blocks[:-1] if more else entry.blocks)
        if more:
            found.dropped.append(Dropped(more[0], "a label of the page"))
        if not found.paragraphs:
            yield Skipped(f"{file}:entry {number}", "no text in it")
            continue
        counts[entry.given] += 1
        yield article(found.title, found.paragraphs, file, entry.key, entry.fields, told(found.dropped))
    count = sum(counts.values())
    if counts["summary"]:
        yield Skipped(file, f"it gives {counts['summary']} of its {count} articles as a summary only")
    if counts["elsewhere"]:
        yield Skipped(
            file, f"of {counts['elsewhere']} of its {count} articles the text is elsewhere, and is not fetched"
        )
