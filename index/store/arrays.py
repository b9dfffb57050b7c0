"""Arrays in files: records of them, each field in a file of its own `<prefix>_<field>.npy`, and ones that grow."""

import mmap
import os
from collections.abc import Callable, Collection
from dataclasses import Field, fields
from pathlib import Path
from typing import IO, Any, ClassVar, Final, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T", bound=np.generic)
# An array of two dimensions; `npt.NDArray` in a record stands for a flat one.
Matrix = np.ndarray[tuple[int, int], np.dtype[T]]

_PIECE_BYTES: Final = 1 << 20


class Arrays(Protocol):
    """Where stored arrays come from: an open generation."""

    def array(self, name: str) -> npt.NDArray[Any]: ...


class Stored:
    """The base of a dataclass of arrays, each in a file of its own: `<PREFIX>_<field>.npy`.

    With a number where a generation holds several such records: `<PREFIX>_<number>_<field>.npy`.
    """

    __slots__ = ()
    PREFIX: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def save(self, folder: Path, number: int | None = None, already: Collection[str] = ()) -> None:
        """Write every array into `folder` but those of the fields that are `already` there."""
        for field in fields(self):
            if field.name not in already:
                np.save(folder / f"{self._file(field.name, number)}.npy", getattr(self, field.name))

    @classmethod
    def open(cls, arrays: Arrays, number: int | None = None) -> Self:
        """Return the record whose arrays `save` wrote."""
        return cls(**{field.name: arrays.array(cls._file(field.name, number)) for field in fields(cls)})

    @classmethod
    def _file(cls, field: str, number: int | None) -> str:
        return f"{cls.PREFIX}_{field}" if number is None else f"{cls.PREFIX}_{number}_{field}"


def distinct(ordered: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return each value of an ascending array once; `np.unique` takes ten times as long."""
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def map_array(path: Path) -> npt.NDArray[Any]:
    """Return a stored array, its pages read when they are looked at, copied when they are written to."""
    with path.open("rb") as file:
        (size,), dtype = _read_header(file)
        # Nothing cannot be mapped.
        return np.memmap(path, dtype, "c", file.tell(), (size,)).view(np.ndarray) if size else np.empty(0, dtype)


def release(array: npt.NDArray[Any]) -> None:
    """Take what was read of a mapped array out of memory; it is read anew when it is looked at again."""
    base: Any = array
    while base is not None and not isinstance(base, mmap.mmap):
        base = getattr(base, "base", None)
    if base is not None and hasattr(base, "madvise"):
        base.madvise(mmap.MADV_DONTNEED)


def rewrite(path: Path, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> None:
    """Replace a flat stored array by what `change` makes of it, piece by piece: as many values of the same dtype."""
    with path.open("r+b") as file:
        _, dtype = _read_header(file)
        while piece := file.read(_PIECE_BYTES):
            file.seek(-len(piece), os.SEEK_CUR)
            file.write(np.ascontiguousarray(change(np.frombuffer(piece, dtype)), dtype).data)


def _read_header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and dtype of a stored array and leave the file at its first value."""
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
        """Complete the file."""
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

    def __exit__(self, *_: object) -> None:
        self.close()
