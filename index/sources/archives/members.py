"""The members of an archive: which of them may hold articles, what they are called, how much is unpacked."""

import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Final

from index.sources.files.passed_over import IGNORE_FILE, IgnoreFiles, Patterns, apparatus
from index.sources.files.streams import INFLATION, UnusableError, allowance, brief

MOST_MEMBERS: Final = 100_000
DEEPEST: Final = 3
"""Archives in archives: so many one in another are unpacked."""
_LARGEST = 1 << 30
_MEBIBYTE = 1 << 20
_NAME = 1000
_COMPONENT = 200
_FOLDERS = 64
_BLOCK = 1 << 18
_DAMAGES = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError,
    struct.error, ValueError,
)  # fmt: skip


class BudgetError(UnusableError):
    """Nothing more of this file may be unpacked."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an archive: its name with "/" between folders, its size in bytes as stated, its bytes.

    `fault` says why it is not read, "" where it may be; `at` is where in the archive it begins, 0 where that is not
    known beforehand.
    """

    name: str
    size: int
    fault: str
    open: Callable[[], IO[bytes]] = field(repr=False)
    at: int = 0


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive: the names of its members that may lie in it, its .gitignore files, and its members in order."""

    names: Sequence[str]
    ignore_files: Mapping[str, bytes]
    members: Iterator[Member]


@dataclass(slots=True)
class Budget:
    """What may still be unpacked of one file, archives inside it included: bytes and members."""

    bytes: int
    members: int

    @classmethod
    def of(cls, path: Path) -> "Budget":
        """Return what may be unpacked of a file of this size."""
        return cls(allowance(path.stat().st_size), MOST_MEMBERS)

    def take(self, count: int) -> None:
        """Take so many bytes. BudgetError when there are no more."""
        self.bytes -= count
        if self.bytes < 0:
            raise BudgetError(
                f"it unpacks to more than {INFLATION} times its size, which no text would; unpack it if you trust it"
            )

    def take_member(self) -> None:
        """Take a member. BudgetError when there are no more."""
        self.members -= 1
        if self.members < 0:
            raise BudgetError(f"it holds more than {MOST_MEMBERS:,} files; unpack it and name the folder")


def extract(member: Member, into: Path, budget: Budget) -> Path:
    """Write a member into a folder, below which it gets its own name, and return where it lies.

    UnusableError when it is larger than any that is read, or when the archive unpacks to more than any text would.
    """
    too_large = f"larger than {_LARGEST // _MEBIBYTE:,} MiB; unpack the archive and name this file"
    if member.size > _LARGEST:
        raise UnusableError(too_large)
    path = _place(into, member.name)
    left = _LARGEST
    try:
        with member.open() as source, path.open("xb") as target:
            while block := source.read(_BLOCK):
                left -= len(block)
                budget.take(len(block))
                if left < 0:
                    raise UnusableError(too_large)
                target.write(block)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, _DAMAGES):
            raise UnusableError(f"damaged in its archive ({brief(str(error))})") from error
        raise
    return path


def name_fault(name: str) -> str:
    """Return what is wrong with a member's name, "" for nothing.

    >>> name_fault("../../outside.md"), name_fault("/etc/passwd"), name_fault("a/b.md")
    ('its name leads out of the archive', 'its name leads out of the archive', '')
    """
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or (len(parts[0]) == 2 and parts[0][1] == ":"):
        return "its name leads out of the archive"
    if not name.strip("/. ") or "\0" in name:
        return "it has no name"
    if len(parts) > _FOLDERS:
        return f"it lies in more than {_FOLDERS} folders one in another"
    return f"its name is longer than {_NAME:,} letters" if len(name) > _NAME else ""


class PassingOver:
    """Which members are passed over as they would be in a folder: see `index.sources.files.walk`.

    `ignore_files` are the .gitignore files among them with their bytes, which are read from `scratch`, where they are
    written; `place` is that of the archive inside the source.
    """

    def __init__(
        self, names: Iterable[str], ignore_files: Mapping[str, bytes], scratch: Path, place: str, patterns: Patterns
    ) -> None:
        self._beside: dict[str, set[str]] = {}
        for name in names:
            parts = name.split("/")
            for depth, part in enumerate(parts):
                self._beside.setdefault("/".join(parts[:depth]), set()).add(part)
        self._scratch, self._place, self._patterns = scratch, place, patterns
        for name, raw in ignore_files.items():
            with suppress(OSError):
                file = scratch / name
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                file.write_bytes(raw)
        # Of each folder what is passed over, itself or one that holds it, and the .gitignore files that reach into it.
        self._folders: dict[str, tuple[_PassedOver | None, IgnoreFiles]] = {"": (None, self._below("", IgnoreFiles()))}

    def reason(self, name: str) -> "_PassedOver | None":
        """Return what is passed over, a member or a folder that holds it, and why; None for a member that is read."""
        parts = name.split("/")
        passed, ignored = self._folders[""]
        for depth in range(1, len(parts)):
            place = "/".join(parts[:depth])
            if place not in self._folders:
                passed = passed or self._judged(place, ignored, is_folder=True)
                ignored = ignored if passed else self._below(place, ignored)
                self._folders[place] = passed, ignored
            passed, ignored = self._folders[place]
        return passed or self._judged(name, ignored, is_folder=False)

    def _judged(self, place: str, ignored: IgnoreFiles, *, is_folder: bool) -> "_PassedOver | None":
        above, _, own = place.rpartition("/")
        if own.startswith("."):
            return place, ""
        reason = apparatus(own, self._beside[above]) if is_folder else ""
        if not reason and ignored.names(str(self._scratch / place), is_folder=is_folder):
            reason = "named in a .gitignore file"
        reason = reason or self._patterns.excludes(f"{self._place}/{place}", is_folder=is_folder)
        return (place, reason) if reason else None

    def _below(self, folder: str, ignored: IgnoreFiles) -> IgnoreFiles:
        return ignored.below(self._scratch / folder) if IGNORE_FILE in self._beside.get(folder, ()) else ignored


_PassedOver = tuple[str, str]


def _place(folder: Path, name: str) -> Path:
    """Return where a member is written; elsewhere if a folder of the archive, or a file that is left, is in its way."""
    path = folder / _safe(name)
    with suppress(FileExistsError, NotADirectoryError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.path.lexists(path):
            return path
    return Path(mkdtemp(dir=folder.parent)) / path.name


def _safe(name: str) -> Path:
    """Return a member's name as that of a file: no part of it leads elsewhere or is too long for a file system."""
    return Path(*[_shortened(part) for part in name.split("/") if part not in ("", ".")])


def _shortened(part: str) -> str:
    stem, ending = os.path.splitext(part)  # noqa: PTH122 (a part of a name, not a path)
    while len(os.fsencode(stem + ending)) > _COMPONENT and (stem or ending):
        stem, ending = (stem[:-1], ending) if stem else (stem, ending[:-1])
    return stem + ending
