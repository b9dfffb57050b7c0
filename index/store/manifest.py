"""The manifest of a generation: one JSON file, `manifest.json`, with a checksum of its own.

    text = manifest.to_json()
    Manifest.from_json(text, place="…/manifest.json") == manifest

The checksum matters as much as those of the files: a flipped bit in `k1` or in the analyzer's settings would
otherwise change answers without a word.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from index.errors import BrokenIndexError, NewerIndexError, OutdatedIndexError
from index.model import ReadingOptions, Skipped, SkippedGroup, SourceState

FORMAT = 4
"""Version of everything in a generation folder. A change of any table, array or key raises it."""

MANIFEST_NAME = "manifest.json"

Scalar = str | int | float | bool | None
"""What JSON can hold without nesting; the type of an analyzer's or a build's single setting."""


@dataclass(frozen=True, slots=True)
class FileStamp:
    """One file as it was published: `size` in bytes, `sha256` as 64 hex digits, `mtime_ns` since the epoch."""

    size: int
    sha256: str
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was built, from what, how and when.

    `generation` counts from 1 (0 while the builder fills it in); `built_at` is ISO 8601 in UTC; `built_by` the
    program's version; `counts` e.g. {"articles": 2, "passages": 31, "terms": 402}; `languages` articles per
    language; `sources` the absolute paths it was built from; `states` how each of these was read and what was found,
    as far as that is known; `settings` what went into the scores (k1, b, …); `files` is filled in by
    `Staging.publish`.
    """

    built_at: str
    built_by: str
    analyzer: Mapping[str, Scalar]
    counts: Mapping[str, int]
    languages: Mapping[str, int] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    settings: Mapping[str, Scalar] = field(default_factory=dict)
    files: Mapping[str, FileStamp] = field(default_factory=dict)
    generation: int = 0
    format: int = FORMAT
    states: Mapping[str, SourceState] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return readable JSON, ASCII only, ending with the checksum of everything before it."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        record = {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}
        record["files"] = {name: asdict(stamp) for name, stamp in self.files.items()}
        record["states"] = {path: asdict(state) for path, state in self.states.items()}
        return json.dumps({**record, "checksum": _checksum(record)}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes, place: str) -> "Manifest":
        """Read what `to_json` wrote.

        Raises BrokenIndexError, naming `place`, for another format, a damaged text or a wrong checksum.
        """
        try:
            record = json.loads(text)
        except ValueError as error:
            raise BrokenIndexError(f"{place}: not readable as JSON ({error})") from error
        if not isinstance(record, dict):
            raise BrokenIndexError(f"{place}: holds no manifest")
        # Before the checksum: a later format may well compute another one.
        stated = record.get("format")
        if stated != FORMAT:
            text = f"{place}: format {stated!r}, and this program reads format {FORMAT}"
            if isinstance(stated, int) and stated > FORMAT:
                raise NewerIndexError(f"{text}: it was built by a later version")
            raise OutdatedIndexError(text)
        if record.pop("checksum", None) != _checksum(record):
            raise BrokenIndexError(f"{place}: damaged (its checksum does not fit)")
        try:
            return cls(
                **{
                    **record,
                    "sources": tuple(record["sources"]),
                    "files": {name: FileStamp(**stamp) for name, stamp in record["files"].items()},
                    "states": {path: state_of(state) for path, state in record.get("states", {}).items()},
                }
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise BrokenIndexError(f"{place}: holds no manifest ({error})") from error


def state_of(record: Mapping[str, Any]) -> SourceState:
    """Return the state of a source from a record of it, as JSON holds it."""
    stated: Mapping[str, Any] = record["options"]
    options = ReadingOptions(**{**stated, "include": tuple(stated["include"]), "exclude": tuple(stated["exclude"])})
    groups = [SkippedGroup(group["count"], Skipped(**group["example"])) for group in record["skipped"]]
    return SourceState(**{**record, "options": options, "skipped": tuple(groups)})


def ensure_analyzer(manifest: Manifest, analyzer: Mapping[str, Scalar], place: str) -> None:
    """Raise where an index was built with another analyzer than this: NewerIndexError, or else OutdatedIndexError."""
    difference = differing_setting(manifest.analyzer, analyzer)
    if difference is None:
        return
    built, now = manifest.analyzer.get("version"), analyzer.get("version")
    if isinstance(built, int) and isinstance(now, int) and built > now:
        raise NewerIndexError(f"{place}: built by the analyzer of a later version ({built}, and this one has {now})")
    raise OutdatedIndexError(f"{place}: built by another analyzer: {difference}")


def differing_setting(built: Mapping[str, Scalar], now: Mapping[str, Scalar]) -> str | None:
    """Return the first setting in which two analyzers differ, in words, or None when they are the same.

    >>> differing_setting({"stemmer": "porter"}, {"stemmer": "none"})
    "stemmer was 'porter' and is 'none' now"
    """
    for name in sorted({*built, *now}):
        if name not in now:
            return f"{name} was {built[name]!r} and is unknown now"
        if name not in built:
            return f"{name} was not set and is {now[name]!r} now"
        if built[name] != now[name]:
            return f"{name} was {built[name]!r} and is {now[name]!r} now"
    return None


def _checksum(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()
