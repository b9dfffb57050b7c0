"""Floors: what a question set must reach, pinned together with a digest of its files.

    [news]
    digest = "sha256:..."
    "hit@1" = 0.91
    "silence.accuracy" = 0.88
    "kinds.plain.hit@1" = 0.97

A table is a question set, by its folder's name; a measure is named by its way through the JSON object of its figures.
Only measures where more is better can be pinned.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from index.errors import QuestionSetError
from index.evaluate.beir import files
from index.evaluate.measures import MEASURES

PINNED: Final = (
    *MEASURES,
    "sentence.accuracy",
    "silence.auroc",
    "silence.accuracy",
    "silence.right_refusals",
)


@dataclass(frozen=True, slots=True)
class Floors:
    """What one set must reach: `least[measure]` in 0..1, and the digest of the files that this was measured on."""

    digest: str
    least: Mapping[str, float]


def digest(folder: Path) -> str:
    """Return `sha256:` and 64 hex digits over the names, sizes and bytes of a set's files."""
    total = hashlib.sha256()
    for path in files(folder):
        content = path.read_bytes()
        total.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
        total.update(content)
    return f"sha256:{total.hexdigest()}"


def load(path: Path) -> dict[str, Floors]:
    """Read the floors of every set in a file. Raises QuestionSetError for a file that pins nothing, or nonsense."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or error
        message = f"{path}: {cause}; floors are a TOML file, a table for each question set"
        raise QuestionSetError(message) from error
    return {name: _floors(f"{path}: {name}", table) for name, table in tables.items()}


def verify(path: Path, floors: Mapping[str, Floors], folders: Mapping[str, Path]) -> None:
    """Check before anything is asked that every set is pinned, and to the files at hand. Raises QuestionSetError."""
    for name, folder in folders.items():
        actual = digest(folder)
        if name not in floors:
            message = f'{path}: no floors for {name}; add a table [{name}] with digest = "{actual}" and its measures'
            raise QuestionSetError(message)
        if floors[name].digest != actual:
            message = (
                f"{path}: {name}: the floors were pinned on other files than those in {folder}, whose digest is "
                f"{actual}; restore the files, or measure anew and pin both"
            )
            raise QuestionSetError(message)


def missed(floors: Floors, figures: Mapping[str, Any]) -> list[tuple[str, float | None, float]]:
    """Return each measure below its floor with its value and the floor; `figures` as in the JSON object of a set.

    A measure that the set has no figure for is below every floor.

    >>> missed(Floors("", {"hit@1": 0.9, "mrr@10": 0.8}), {"hit@1": 0.85, "mrr@10": 0.8})
    [('hit@1', 0.85, 0.9)]
    """
    values = [(measure, _value(figures, measure), least) for measure, least in floors.least.items()]
    return [(measure, value, least) for measure, value, least in values if value is None or value < least]


def _floors(place: str, table: object) -> Floors:
    if not isinstance(table, dict) or not isinstance(table.get("digest"), str) or len(table) < 2:
        message = f'{place}: wanted a table with digest = "sha256:..." and at least one measure'
        raise QuestionSetError(message)
    least = {measure: value for measure, value in table.items() if measure != "digest"}
    for measure, value in least.items():
        if not _pinnable(measure) or not isinstance(value, int | float) or not 0 <= value <= 1:
            known = ", ".join((*PINNED, "kinds.NAME.hit@1"))
            message = f"{place}: {measure} = {value!r}; a floor is a number in 0..1 for one of {known}"
            raise QuestionSetError(message)
    return Floors(table["digest"], least)


def _pinnable(measure: str) -> bool:
    keys = measure.split(".")
    return measure in PINNED or (len(keys) == 3 and keys[0] in ("kinds", "languages") and keys[2] in MEASURES)


def _value(figures: Mapping[str, Any], measure: str) -> float | None:
    value: Any = figures
    for key in measure.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return None if value is None else float(value)
