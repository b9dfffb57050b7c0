"""What is known of the files that a generation was read from: `files.jsonl` in its folder.

The one file there that may be replaced, and so is not in the manifest: where files are touched and still hold the same
articles, nothing is built, and yet the next build shall know them. Each line has a checksum before it; whatever does
not fit makes the whole unknown, and then every file is read.

    <checksum> {"program": "…", "states": {…}}
    <checksum> [["/news/rain.md", 0, "<stamp>", null, 0, 1, []], …]
    <checksum> 1          how many lines of files there were
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from index.model import Skipped, SourceFile, SourceState
from index.store.files import FILE_MODE, open_regular
from index.store.manifest import state_of

NAME: Final = "files.jsonl"
_FILES_IN_A_LINE: Final = 500


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """The files in the order of their articles, the states of their sources, and by which program they were read."""

    program: str
    states: Mapping[str, SourceState]
    files: tuple[SourceFile, ...]


def save(folder: Path, known: SourceFiles) -> None:
    """Write it into the folder of a generation, in the place of what was there."""
    fresh = folder / f".{NAME}.new"
    with fresh.open("wb") as file:
        os.fchmod(file.fileno(), FILE_MODE)
        file.writelines(map(_line, _records(known)))
    fresh.replace(folder / NAME)


def load(folder: Path) -> SourceFiles | None:
    """Return what is known of the files of the generation in that folder; None when that is not certain."""
    with suppress(OSError, ValueError, TypeError, KeyError), os.fdopen(open_regular(folder / NAME), "rb") as file:
        head, files, batches, count = _checked(file.readline()), list[SourceFile](), 0, None
        sources = list(head["states"])
        for batch in map(_checked, file):
            if isinstance(batch, int):
                count = batch
            else:
                files += [_file(record, sources) for record in batch]
                batches += 1
        if count == batches:
            return SourceFiles(head["program"], _states(head), tuple(files))
    return None


def load_states(folder: Path) -> dict[str, SourceState]:
    """Return the states of the sources alone; none when they are not known."""
    with suppress(OSError, ValueError, TypeError, KeyError), os.fdopen(open_regular(folder / NAME), "rb") as file:
        return _states(_checked(file.readline()))
    return {}


def _records(known: SourceFiles) -> Iterator[object]:
    states = {source: asdict(state) for source, state in known.states.items()}
    yield {"program": known.program, "states": states}
    numbers = {source: number for number, source in enumerate(known.states)}
    records = [_record(file, numbers) for file in known.files if _is_plain(file.path)]
    batches = [records[first : first + _FILES_IN_A_LINE] for first in range(0, len(records), _FILES_IN_A_LINE)]
    yield from batches
    yield len(batches)


def _is_plain(path: str) -> bool:
    """Return whether a path is text: two of other bytes may look the same in the articles of their files."""
    if path.isascii():
        return True
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return "\ufffd" not in path


def _record(file: SourceFile, numbers: Mapping[str, int]) -> list[Any]:
    skipped = [(one.path, one.reason) for one in file.skipped] if file.skipped else []
    return [file.path, numbers[file.source], file.stamp, file.beside, file.first, file.articles, skipped]


def _file(record: list[Any], sources: list[str]) -> SourceFile:
    path, source, stamp, beside, first, articles, skipped = record
    told = tuple([Skipped(*one) for one in skipped]) if skipped else ()
    return SourceFile(path, sources[source], stamp, beside, told, first, articles)


def _states(head: Mapping[str, Any]) -> dict[str, SourceState]:
    return {source: state_of(state) for source, state in head["states"].items()}


def _line(record: object) -> bytes:
    text = json.dumps(record, separators=(",", ":")).encode("ascii")
    return f"{_checksum(text)} ".encode("ascii") + text + b"\n"


def _checked(line: bytes) -> Any:
    """Return what a line holds; raises ValueError when it is not what was written."""
    checksum, _, text = line.rstrip(b"\n").partition(b" ")
    if checksum.decode("ascii") != _checksum(text):
        raise ValueError("a checksum does not fit")
    return json.loads(text)


def _checksum(text: bytes) -> str:
    return blake2b(text, digest_size=8).hexdigest()
