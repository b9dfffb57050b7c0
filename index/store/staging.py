"""The folder a new generation is written in before it counts, and the steps that make it count."""

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import StorageError
from index.store import generation, pages, source_files
from index.store.files import FILE_MODE, make_folder, next_step, replace_file, sync
from index.store.generation import TEXTS_NAME, open_generation
from index.store.manifest import FORMAT, MANIFEST_NAME, FileStamp, Manifest

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEPT_NEWEST = 2
"""So many generations stay in any case; the one that was in use before the newest does, too."""

KEPT_AGES = (3600, 24 * 3600)
"""Seconds. For each age the newest generation that is older stays, and the oldest that is younger, which comes next."""

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# What only writing or locking can fail with, so never a source that could not be read.
_OURS = _NO_SPACE | {errno.EROFS, errno.ENOLCK}


class Staging:
    """An empty folder to build in, given by `Store.building`; it holds the lock.

    `path` is where `articles.sqlite` and the arrays go, `number` the generation it will become, `published`
    whether it has. Files lie flat: a subfolder is a ValueError.
    """

    def __init__(self, data_dir: Path, number: int) -> None:
        self.number = number
        self.published = False
        self._data_dir = data_dir
        self._generations = data_dir / "generations"
        self.path = self._generations / f".building-{os.getpid()}-{secrets.token_hex(4)}"
        make_folder(self.path)

    def save(self, name: str, array: "NDArray[Any]") -> None:
        """Write an array as `name`.npy, for `Generation.array(name)` to find."""
        import numpy as np

        np.save(self.path / f"{name}.npy", array, allow_pickle=False)

    def publish(
        self,
        manifest: Manifest,
        check: Callable[[Path], None] | None = None,
        before_switch: Callable[[], None] | None = None,
    ) -> int:
        """Make the folder's files a generation, switch to it, prune the old ones; return its number.

        `manifest.files`, `manifest.generation` and `manifest.format` are filled in here. Every file is synced
        to the disk and read back before anything points to it; then `check` gets the finished folder, and may
        raise. So may `before_switch`, called when the generation has its number and only the switch is to come.
        Raises StorageError when the disk refuses, and BrokenIndexError when what was written cannot be read; the
        generation in use stays the old one then.
        """
        if self.published:
            raise ValueError(f"{self.path}: already published as generation {self.number}")
        place, before = folder(self._data_dir, self.number), _current_number(self._data_dir)
        try:
            self._seal(manifest)
            if check is not None:
                check(self.path)
            self.path.rename(place)
            sync(self._generations)
            if before_switch is not None:
                before_switch()
            switch(self._data_dir, self.number)
        except BaseException as error:
            # Also for an interrupt: a generation nobody switched to would lie about for ever.
            if _current_number(self._data_dir) != self.number:
                remove(place)
            if isinstance(error, OSError):
                raise storage_error(self._data_dir, error) from error
            raise
        self.published = True
        for number in set(numbers(self._data_dir)) - self._kept() - {before}:
            remove(folder(self._data_dir, number))
        return self.number

    def _kept(self) -> set[int]:
        """Return the generations that stay: the newest, and some by their age."""
        ages = {number: _age(folder(self._data_dir, number)) for number in numbers(self._data_dir)}
        kept = {*list(ages)[-KEPT_NEWEST:]}
        for limit in KEPT_AGES:
            kept.update([number for number, age in ages.items() if age is not None and age >= limit][-1:])
            kept.update([number for number, age in ages.items() if age is not None and age < limit][:1])
        return kept

    def _seal(self, manifest: Manifest) -> None:
        """Sync and stamp every file, write the manifest, and open the result as a reader would."""
        if sum(path.stat().st_size for path in self.path.iterdir()) > generation.ALWAYS_HASHED:
            pages.write(
                self.path, [path.name for path in self.path.iterdir() if path.name != source_files.NAME], TEXTS_NAME
            )
        stamps = {path.name: _stamp(path) for path in sorted(self.path.iterdir()) if path.name != source_files.NAME}
        manifest = replace(manifest, generation=self.number, format=FORMAT, files=stamps)
        with (self.path / MANIFEST_NAME).open("x", encoding="ascii") as file:
            os.fchmod(file.fileno(), FILE_MODE)
            file.write(manifest.to_json())
            file.flush()
            os.fsync(file.fileno())
        sync(self.path)
        with open_generation(self.path, everything=True) as opened:
            for name in stamps:
                if name.endswith(".npy"):
                    opened.array(name)


def switch(data_dir: Path, number: int, *, in_place: bool = False) -> None:
    """Let `current` name a generation that is already there, in one step that survives a power cut.

    On a full disk that step may be to write over the number that is there, `in_place`, which takes no room.
    """
    text = f"{number:06}\n".encode("ascii")
    try:
        replace_file(data_dir / "current", text)
    except OSError as error:
        if not in_place or error.errno not in _NO_SPACE:
            raise
        _write_over(data_dir / "current", text)


def _write_over(path: Path, text: bytes) -> None:
    """Replace what a file of the same length holds, in its own place on the disk."""
    with path.open("r+b", buffering=0) as file:
        if len(file.read()) != len(text):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.pwrite(file.fileno(), text, 0)
        os.fsync(file.fileno())


def _current_number(data_dir: Path) -> int | None:
    # The switch may have happened although the sync after it failed.
    with suppress(OSError, ValueError):
        return int((data_dir / "current").read_text("ascii"))
    return None


def folder(data_dir: Path, number: int) -> Path:
    """Return where generation `number` lies.

    >>> folder(Path("d"), 7).as_posix()
    'd/generations/000007'
    """
    return data_dir / "generations" / f"{number:06}"


def _age(path: Path) -> float | None:
    """Return how many seconds ago a generation was built; None for one that is damaged."""
    with suppress(OSError):
        return time.time() - (path / MANIFEST_NAME).stat().st_mtime
    return None


def numbers(data_dir: Path) -> list[int]:
    """Return the numbers of the generations that are there, ascending, whole or not."""
    try:
        names = [entry.name for entry in (data_dir / "generations").iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(int(name) for name in names if re.fullmatch("[0-9]{6,12}", name))


def remove(path: Path) -> None:
    """Remove a generation: out of sight in one step, then file by file; what resists waits for the next builder."""
    gone = path.with_name(f".removed-{path.name}-{secrets.token_hex(4)}")
    with suppress(OSError):
        path.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def remove_leftovers(data_dir: Path) -> None:
    """Remove what killed builders left, and earlier versions of this program. Only for the holder of the lock."""
    # Compiled kernels, which whoever could write here would have had run as whoever asks.
    shutil.rmtree(data_dir / "kernels", ignore_errors=True)
    for pattern in (".building-*", ".removed-*"):
        for path in (data_dir / "generations").glob(pattern):
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def storage_failures(data_dir: Path) -> Iterator[None]:
    """Raise StorageError for an OSError of the block that concerns the data folder or says the disk is full.

    Any other OSError (a source that cannot be read) passes unchanged.
    """
    try:
        yield
    except OSError as error:
        # numpy tells a short write in words, without an error number.
        short_write = error.errno is None and str(error).endswith("written")
        concerned = isinstance(error.filename, str | bytes) and _concerns(data_dir, Path(os.fsdecode(error.filename)))
        if concerned or short_write or error.errno in _OURS:
            raise storage_error(data_dir, error) from error
        raise


def storage_error(data_dir: Path, error: OSError) -> StorageError:
    """Return the StorageError that says where `error` happened, what it is and what to do."""
    step = "make it writable for this user, or choose another `data_dir`"
    if error.errno is None or error.errno in _NO_SPACE:
        step = "free some space, or choose another `data_dir`"
    step = next_step(error, step)
    place = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else data_dir
    return StorageError(f"{place}: {error.strerror or error}; {step}")


def _concerns(data_dir: Path, path: Path) -> bool:
    # A parent counts: creating the data folder fails at the first missing one.
    return path.is_relative_to(data_dir) or data_dir.is_relative_to(path)


def _stamp(path: Path) -> FileStamp:
    if not path.is_file() or path.name.endswith(("-journal", "-wal", "-shm")):
        raise ValueError(f"{path}: only closed files can be published")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fchmod(file.fileno(), FILE_MODE)
        os.fsync(file.fileno())
        found = os.fstat(file.fileno())
    return FileStamp(found.st_size, digest, found.st_mtime_ns)
