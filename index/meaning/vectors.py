"""The vectors of the passages of one generation, beside it: they count only when all of them are there.

    DIR/meaning/000007-3a1f8d12cce4/    one generation and one model, never changed once there
    DIR/meaning/.making-3a1f8d12cce4/   what is being made for a model, or what a killed maker left to go on from
    DIR/meaning/making.lock             held by the one process that makes them

| array | dtype, shape | holds |
|---|---|---|
| keys | int64 [N] | the hash of the title and text that were encoded, 0 for boilerplate, which is not |
| values | int8 [N, d] | the vector of each passage, times 127 over its largest part |
| scales | float32 [N] | what its values are multiplied by; 0 where there is no vector |
| usual | float64 [2] | mean and standard deviation of the cosines of questions that nothing answers |
| null | float64 [S, 2, M] | what such questions reach, see `index.meaning.null` |
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from index.errors import BrokenIndexError
from index.machine import kernel_cache
from index.store.files import make_folder, sync
from index.store.generation import Generation
from index.store.staging import numbers
from index.store.texts import text_hash

FORMAT: Final = 2
FOLDER: Final = "meaning"
_STATED: Final = "meaning.json"
_DIGITS: Final = 12
# So many rows are multiplied at once: what they become in float32 stays in the cache.
_BLOCK: Final = 2048
# NumPy multiplies 20,000 vectors of 384 numbers in 3.5 ms.
_MANY: Final = 20_000

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Products = Callable[[npt.NDArray[np.int8], npt.NDArray[np.int8]], Floats]


class NoVectorsError(BrokenIndexError):
    """The vectors of a generation are not there, not complete, of another model, or damaged."""


@dataclass(frozen=True)
class Vectors:
    """The arrays above."""

    keys: Ints
    values: npt.NDArray[np.int8]
    scales: Floats
    usual: npt.NDArray[np.float64]
    null: npt.NDArray[np.float64]

    def cosines(self, question: Floats) -> Floats:
        """Return the cosine of every passage with a question of length 1, float32 [N]; 0 without a vector."""
        (whole,), (scale,) = quantized(question[None])
        made = _multiply(len(self.values))(self.values, whole)
        made *= self.scales * scale
        return made

    def spread(self, cosines: Floats) -> tuple[float, float]:
        """Return mean and standard deviation of the cosines of all passages that have a vector; 0 and 1 without any."""
        there = cosines[self.scales > 0].astype(np.float64)
        return (float(there.mean()), max(float(there.std()), 1e-6)) if len(there) else (0.0, 1.0)

    @classmethod
    def open(cls, data_dir: Path, generation: Generation, model: str) -> "Vectors":
        """Open what `save` wrote, every byte compared. Raises NoVectorsError, which says why there is none."""
        folder = place(data_dir, generation.number, model)
        try:
            stated = _stated(folder)
            if stated != _statement(generation, model) | {"sums": stated["sums"]}:
                raise NoVectorsError(f"{folder}: belongs to another index")
            arrays = {one.name: np.load(folder / f"{one.name}.npy", mmap_mode="r") for one in fields(cls)}
        except FileNotFoundError as error:
            raise NoVectorsError(f"{folder}: not made yet") from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
            raise NoVectorsError(f"{folder}: cannot be read ({error})") from error
        return cls(**arrays)

    def save(self, data_dir: Path, generation: Generation, model: str) -> None:
        """Write the arrays, and remove those of generations that are gone. Raises OSError."""
        folder = place(data_dir, generation.number, model)
        new = folder.with_name(f".new-{folder.name}")
        shutil.rmtree(new, ignore_errors=True)
        make_folder(new)
        for one in fields(self):
            np.save(new / f"{one.name}.npy", getattr(self, one.name))
        sums = {}
        for path in sorted(new.iterdir()):
            with path.open("rb") as file:
                sums[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
            sync(path)
        (new / _STATED).write_text(json.dumps(_statement(generation, model) | {"sums": sums}), encoding="ascii")
        sync(new / _STATED)
        sync(new)
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)
        sync(folder.parent)
        _remove_old(data_dir)


def products(values: npt.NDArray[np.int8], question: npt.NDArray[np.int8]) -> Floats:
    """Return the product of each vector [N, d] with that of a question [d], whole numbers: float32 [N].

    Up to 1,040 dimensions no float32 is too small for them.
    """
    made, wide = np.empty(len(values), np.float32), question.astype(np.float32)
    for first in range(0, len(made), _BLOCK):
        some = slice(first, first + _BLOCK)
        made[some] = values[some].astype(np.float32) @ wide
    return made


def _multiply(count: int) -> Products:
    """Return `products`, compiled where there are many vectors and kernels are in use anyway."""
    is_compiled = count >= _MANY and kernel_cache.is_settled() and kernel_cache.available()
    return _compiled() if is_compiled else products


@cache
def _compiled() -> Products:
    from index.meaning import vector_kernels

    kernel_cache.seal()
    return vector_kernels.products


def place(data_dir: Path, number: int, model: str) -> Path:
    """Return where the vectors of a generation by a model lie.

    >>> place(Path("d"), 7, "3a1f8d12cce453a6").as_posix()
    'd/meaning/000007-3a1f8d12cce4'
    """
    return data_dir / FOLDER / f"{number:06}-{model[:_DIGITS]}"


def key(title: str, text: str) -> int:
    """Return by what a passage's vector is found again; never 0."""
    return text_hash(encoded(title, text)) or 1


def encoded(title: str, text: str) -> str:
    """Return what is encoded of a passage.

    >>> encoded("The weir", "It burned."), encoded("", "It burned.")
    ('The weir. It burned.', 'It burned.')
    """
    return f"{title}. {text}" if title else text


def quantized(vectors: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return vectors [n, d] as int8, and what each is to be multiplied by, float32 [n]."""
    scales = np.abs(vectors).max(axis=1, initial=0.0) / 127
    values = np.rint(np.divide(vectors, scales[:, None], out=np.zeros_like(vectors), where=scales[:, None] > 0))
    return values.astype(np.int8), scales.astype(np.float32)


def known(data_dir: Path, model: str) -> "Known":
    """Return the vectors by a model that are there already, of passages of any generation."""
    parts = []
    for folder in sorted((data_dir / FOLDER).glob(f"[0-9]*-{model[:_DIGITS]}"), reverse=True)[:1]:
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, NoVectorsError):
            _stated(folder)
            parts.append(tuple(np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("keys", "values", "scales")))
    for path in sorted(making(data_dir, model).glob("*.npz")):
        # What a torn disk has left of one is made again.
        with suppress(OSError, ValueError, KeyError, EOFError, BadZipFile), np.load(path) as part:
            parts.append((part["keys"], part["values"], part["scales"]))
    return Known(parts)


class Known:
    """Vectors by the key of what they are of."""

    def __init__(self, parts: list[tuple[Any, ...]]) -> None:
        self._parts = parts
        self._where: dict[int, tuple[int, int]] = {}
        for number in range(len(parts)):
            self._note(number)

    def __contains__(self, one: int) -> bool:
        return one in self._where

    def add(self, keys: Ints, values: npt.NDArray[np.int8], scales: Floats) -> None:
        """Take more of them."""
        self._parts.append((keys, values, scales))
        self._note(len(self._parts) - 1)

    def of(self, keys: Ints) -> tuple[npt.NDArray[np.int8], Floats]:
        """Return the values [n, d] and scales [n] of passages; zeros for the key 0. KeyError for one not known."""
        size = next((values.shape[1] for _, values, _ in self._parts if len(values)), 0)
        made = np.zeros((len(keys), size), np.int8), np.zeros(len(keys), np.float32)
        for row, one in enumerate(keys.tolist()):
            if one:
                part, at = self._where[one]
                made[0][row], made[1][row] = self._parts[part][1][at], self._parts[part][2][at]
        return made

    def _note(self, number: int) -> None:
        for at, one in enumerate(self._parts[number][0].tolist()):
            if one:
                self._where[one] = number, at


def making(data_dir: Path, model: str) -> Path:
    """Return where vectors by a model are kept until all of them are there."""
    return data_dir / FOLDER / f".making-{model[:_DIGITS]}"


def keep(folder: Path, number: int, keys: Ints, values: npt.NDArray[np.int8], scales: Floats) -> None:
    """Write some vectors into a folder of `making`, whole or not at all."""
    new, path = folder / ".new", folder / f"{number:06}.npz"
    with new.open("wb") as file:
        np.savez(file, keys=keys, values=values, scales=scales)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)


def _stated(folder: Path) -> Mapping[str, Any]:
    """Return what vectors say of themselves, every byte compared. Raises NoVectorsError where one differs."""
    stated: Mapping[str, Any] = json.loads((folder / _STATED).read_bytes())
    for name, digest in stated["sums"].items():
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise NoVectorsError(f"{folder / name}: damaged (its checksum does not fit)")
    return stated


def _statement(generation: Generation, model: str) -> dict[str, Any]:
    manifest = generation.manifest
    return {
        "format": FORMAT,
        "model": model,
        "generation": manifest.generation,
        "built_at": manifest.built_at,
        "texts": manifest.files["articles.sqlite"].sha256,
    }


def _remove_old(data_dir: Path) -> None:
    """Remove the vectors of generations that are gone, and what was on its way to becoming them."""
    there = set(numbers(data_dir))
    for folder in (data_dir / FOLDER).iterdir():
        name = re.fullmatch(r"([0-9]{6,12})-[0-9a-f]+", folder.name)
        if (name and int(name[1]) not in there) or folder.name.startswith(".new-"):
            shutil.rmtree(folder, ignore_errors=True)
