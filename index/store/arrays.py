"""Arrays in files: records of them, each field in a file of its own `<prefix>_<field>.npy`, and ones that grow."""

import mmap
import os
from collections.abc import Callable, Collection
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Record = TypeVar("Record", bound=DataclassInstance)
else:
    Record = TypeVar("Record")

T = TypeVar("T", bound=np.generic)
# An array of two dimensions; `npt.NDArray` in a record stands for a flat one.
Matrix = np.ndarray[tuple[int, int], np.dtype[T]]

_PIECE_BYTES: Final = 1 << 24


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


def distinct(ordered: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Each value of an ascending array once; `np.unique` takes ten times as long."""
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def mapped(path: Path) -> npt.NDArray[Any]:
    """A stored array, its pages read when they are looked at, copied when they are written to."""
    with path.open("rb") as file:
        (size,), dtype = _begun(file)
        # Nothing cannot be mapped.
        return np.memmap(path, dtype, "c", file.tell(), (size,)).view(np.ndarray) if size else np.empty(0, dtype)


def let_go(array: npt.NDArray[Any]) -> None:
    """Takes what was read of a mapped array out of memory; it is read anew when it is looked at again."""
    base: Any = array
    while base is not None and not isinstance(base, mmap.mmap):
        base = getattr(base, "base", None)
    if base is not None and hasattr(base, "madvise"):
        base.madvise(mmap.MADV_DONTNEED)


def rewrite(path: Path, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> None:
    """Replaces a flat stored array by what `change` makes of it, piece by piece: as many values of the same dtype."""
    with path.open("r+b") as file:
        _, dtype = _begun(file)
        while piece := file.read(_PIECE_BYTES):
            file.seek(-len(piece), os.SEEK_CUR)
            file.write(np.ascontiguousarray(change(np.frombuffer(piece, dtype)), dtype).data)


def _begun(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and dtype of a stored array; the file stands at its first value then."""
    np.lib.format.read_magic(file)
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    return shape, dtype


class Growing:
    """A flat array in a .npy file that is written from the front, however long it will be.

    with Growing(folder / "rows.npy", np.uint32) as rows:
        rows.extend(numbers)          # an array of that dtype
    np.load(folder / "rows.npy")
    """

    def __init__(self, path: Path, dtype: npt.DTypeLike) -> None:
        self.path = path
        self.dtype = np.dtype(dtype)
        self._size = 0
        self._file = path.open("wb")
        self._header()

    def __len__(self) -> int:
        return self._size

    def extend(self, values: npt.NDArray[Any]) -> None:
        if values.dtype != self.dtype:
            raise TypeError(f"{self.path}: holds {self.dtype}, not {values.dtype}")
        self._file.write(np.ascontiguousarray(values).data)
        self._size += len(values)

    def close(self) -> None:
        """Completes the file."""
        if not self._file.closed:
            self._file.seek(0)
            self._header()
            self._file.close()

    def _header(self) -> None:
        # NumPy leaves room in it, so that it may be written again for a longer array.
        about = {"descr": np.lib.format.dtype_to_descr(self.dtype), "fortran_order": False, "shape": (self._size,)}
        np.lib.format.write_array_header_1_0(self._file, about)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
