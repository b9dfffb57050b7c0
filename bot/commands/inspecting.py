"""Run `quoth index --dry-run` and `quoth index --show`: read as a build does, and build nothing."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.commands import collection, skips
from bot.printing import counted, out, out_json

if TYPE_CHECKING:
    from config.settings import Settings
    from index import Article, ReadingOptions

_FIELDS = ("path", "key", "source", "url", "author", "date", "language")


def dry_run(sources: Mapping[str, "ReadingOptions"], settings: "Settings", *, as_json: bool) -> int:
    """Print what a build of the sources would find. Return 4 when that is no article."""
    from index import Article, grouped, passages

    counts = Counter(articles=0, paragraph=0, caption=0)
    reading = collection.reading(sources, settings)
    for found in reading:
        if isinstance(found, Article):
            counts["articles"] += 1
            counts.update(piece.kind for piece in passages(found))
    if as_json:
        record = {"articles": counts["articles"], "paragraphs": counts["paragraph"], "captions": counts["caption"]}
        groups = grouped(reading.skipped)
        out_json(_json(record | {"skipped": len(reading.skipped), "reasons": skips.records(groups)}))
    else:
        skips.report(reading.skipped)
        out(
            f"{counted(counts['articles'], 'article')}, {counted(counts['paragraph'], 'paragraph')}, "
            f"{counted(counts['caption'], 'caption')}, "
            f"{counted(len(reading.skipped), 'skipped file')}; nothing was built"
        )
    return 0 if counts["articles"] else 4


def show(sources: Mapping[str, "ReadingOptions"], settings: "Settings", *, as_json: bool) -> int:
    """Print every article of the sources as it was read, and what was left out. Return 4 when there is none."""
    from index import Article, grouped

    reading = collection.reading(sources, settings)
    if as_json:
        articles = [asdict(found) for found in reading if isinstance(found, Article)]
        out_json(_json({"articles": articles, "skipped": skips.records(grouped(reading.skipped))}))
        return 0 if articles else 4
    count = 0
    for found in reading:
        if isinstance(found, Article):
            out(("\n" if count else "") + _card(found))
            count += 1
    skips.report(reading.skipped)
    return 0 if count else 4


def _card(article: "Article") -> str:
    from bot.printing import shown

    lines = [shown(article.title)]
    lines += [f"  {name:<9} {shown(str(value))}" for name in _FIELDS if (value := getattr(article, name))]
    for number, piece in enumerate(article.paragraphs, 1):
        lines.append(f"  {number:>4}  {piece.kind}" + (f"  {shown(piece.fragment)}" if piece.fragment else ""))
        lines += [f"        {shown(line)}" for line in piece.text.split("\n")]
    lines += [f"  left out  {shown(one.text)} ({shown(one.reason)})" for one in article.dropped]
    return "\n".join(lines)


def _json(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2)
