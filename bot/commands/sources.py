"""Run `quoth sources`: what the index was built from, and building it without one of them."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import collection, indexing, parts, skips
from bot.printing import counted, out, out_json

if TYPE_CHECKING:
    from config.settings import Settings
    from index import Manifest, ReadingOptions, SourceState

_SHOWN_REASONS = 5


def listing(settings: "Settings", *, as_json: bool) -> int:
    """Print each source, what it gave, what was skipped, and whether it changed. Raises what `Store.open` raises."""
    from index import source_of

    with parts.store(settings).open() as generation:
        manifest, states = generation.manifest, generation.states
        counts: Counter[tuple[str | None, str]] = Counter()
        for path, articles, passages in generation.texts.files():
            source = source_of(path, manifest.sources)
            counts.update({(source, "articles"): articles, (source, "passages"): passages})
    records = [
        {"path": path, "articles": counts[path, "articles"], "passages": counts[path, "passages"]} | record
        for path, record in _states(manifest, states, settings).items()
    ]
    if as_json:
        out_json(json.dumps({"sources": records}, ensure_ascii=False, indent=2))
        return 0
    for path, record in zip(manifest.sources, records, strict=True):
        out(_text(record))
        for line in skips.lines(states[path].skipped, _SHOWN_REASONS) if record["skipped"] else ():
            out(f"  {line}")
    return 0


def remove(name: str, settings: "Settings") -> int:
    """Build the index without a source, given by its path or its last name.

    Raises SourcesError when it is not clear which one is meant, or when none would be left.
    """
    from bot.errors import SourcesError
    from index import address_of

    sources = collection.current(settings)
    found = _called(name, sources)
    if len(found) != 1:
        raise SourcesError(f"{name}: {len(found) or 'no'} sources are called so; `quoth sources` lists them")
    if len(sources) == 1:
        raise SourcesError(f"{found[0]} is the only source; name another with `quoth index PATH --force`")

    def kept() -> dict[str, "ReadingOptions"]:
        return {source: options for source, options in collection.current(settings).items() if source != found[0]}

    code = indexing.run(kept, settings, leaving=(found[0],))
    if (address := address_of(found[0], sources[found[0]])) is not None:
        from index import forget

        forget(settings.data_dir, address)
    return code


def _called(name: str, sources: "Mapping[str, ReadingOptions]") -> list[str]:
    """Return the sources that a name means: an address, a path, or the last part of one."""
    from index import address_of, is_address

    if is_address(name):
        return [source for source, options in sources.items() if address_of(source, options) == name]
    wanted = os.path.abspath(os.path.expanduser(name))  # noqa: PTH100, PTH111 - as sources are stored
    return [source for source in sources if source == wanted] or [one for one in sources if Path(one).name == name]


def _states(
    manifest: "Manifest", states: "Mapping[str, SourceState]", settings: "Settings"
) -> dict[str, dict[str, Any]]:
    from index import SourceState, address_of, survey

    now = survey(collection.of_manifest(manifest), collection.own(settings))
    records = {}
    for path in manifest.sources:
        state = states.get(path, SourceState())
        records[path] = {
            "skipped": sum(group.count for group in state.skipped),
            "reasons": skips.records(state.skipped),
            "state": _freshness(path, state, now[path]),
            "include": list(state.options.include),
            "exclude": list(state.options.exclude),
            "base_url": state.options.base_url,
            "address": address_of(path, state.options),
        }
    return records


def _freshness(path: str, state: "SourceState", now: "SourceState") -> str:
    if not os.path.lexists(path):
        return "gone"
    if not state.fingerprint:
        return "unknown"
    return "unchanged" if now.fingerprint == state.fingerprint else "changed"


def _text(record: dict[str, Any]) -> str:
    from bot.printing import shown

    since = {
        "gone": "it is not there any more",
        "unknown": "whether it changed is not known before the next build",
        "unchanged": "unchanged since the build",
        "changed": "changed since the build: `quoth index` reads it again",
    }[record["state"]]
    counts = f"{counted(record['articles'], 'article')}, {counted(record['passages'], 'passage')}"
    counts += f", {record['skipped']:,} skipped"
    lines = [shown(record["address"] or record["path"]), f"  {counts}; {since}"]
    if record["address"]:
        return "\n".join([*lines, f"  kept in {shown(record['path'])}"])
    lines += [f"  {name} {shown(', '.join(record[name]))}" for name in ("include", "exclude") if record[name]]
    lines += [f"  base URL {shown(record['base_url'])}"] if record["base_url"] else []
    return "\n".join(lines)
