"""Records whose fields are arrays, each stored in a file of its own: `<prefix>_<field>.npy`."""

from collections.abc import Collection
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Record = TypeVar("Record", bound=DataclassInstance)
else:
    Record = TypeVar("Record")


class Arrays(Protocol):
    """Where stored arrays come from: an open generation."""

    def array(self, name: str) -> npt.NDArray[Any]: ...


def save(record: Record, prefix: str, folder: Path, already: Collection[str] = ()) -> None:
    """Writes every array of a record but those that are `already` there."""
    for field in fields(record):
        if field.name not in already:
            np.save(folder / f"{prefix}_{field.name}.npy", getattr(record, field.name))


def opened(kind: type[Record], prefix: str, arrays: Arrays) -> Record:
    """The record whose arrays were saved under `prefix`."""
    return kind(**{field.name: arrays.array(f"{prefix}_{field.name}") for field in fields(kind)})
