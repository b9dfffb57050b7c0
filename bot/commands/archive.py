"""The archive of a backup: a zip file of members as they are, unpacked by any program, and a list of what they must be.

    index/*                   the files of the generation in use
    memory/*                  the bot's memory
    uploads/**, fetched/**    articles that lie in the data folder itself
    aliases.toml, quoth.toml  names in several forms; the settings, without secrets
    backup.json               size and SHA-256 of every member, what was backed up, and a checksum of all that

Nothing is packed, so nothing unpacked can be larger than the archive. Whatever is not as it is written here is refused.
"""

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, Self

from bot.errors import BackupError

LIST: Final = "backup.json"
VERSION: Final = 1
# What else is allowed on the first level, and how deep its members may lie.
FOLDERS: Final = {"index": 1, "memory": 1, "uploads": 8, "fetched": 2}
FILES: Final = ("aliases.toml", "quoth.toml")

_PIECE: Final = 1 << 20
_LONGEST_LIST: Final = 1 << 26
# A name in UTF-8, and sizes that stand behind the member: whatever else a flag says is another kind of archive.
_FLAGS: Final = 0x808
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\\]")

Moved = Callable[[int], None]
"""Told how many bytes were read."""


class Writing:
    """An archive that is being written, in a `with` block: members one by one, then `finish` with the list."""

    def __init__(self, file: IO[bytes], moved: Moved) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self._moved = moved
        self._members: dict[str, tuple[int, str]] = {}

    def add(self, name: str, source: IO[bytes]) -> str:
        """Append what is left to read of a file; return its SHA-256."""
        hashed, size = hashlib.sha256(), 0
        with self._zip.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
            while piece := source.read(_PIECE):
                member.write(piece)
                hashed.update(piece)
                size += len(piece)
                self._moved(len(piece))
        self._members[name] = (size, hashed.hexdigest())
        return hashed.hexdigest()

    def finish(self, about: Mapping[str, Any]) -> None:
        """Append the list, with what is to be said about the whole."""
        record = {"quoth_backup": VERSION, **about, "members": self._members}
        text = json.dumps({**record, "checksum": _checksum(record)}, indent=1)
        self._zip.writestr(zipfile.ZipInfo(LIST), text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()


class Archive:
    """A whole archive, open for reading; `about` is what its list says, `members` sizes and digests by name."""

    def __init__(self, place: Path, opened: zipfile.ZipFile, size: int) -> None:
        self.place = place
        self._zip = opened
        self._infos = self._checked(opened.infolist(), size)
        self.about = self._list()
        self.members: dict[str, tuple[int, str]] = {
            name: (int(one[0]), str(one[1])) for name, one in self.about["members"].items()
        }
        if set(self.members) != set(self._infos) - {LIST}:
            raise self._refusal("its list names other members than it has")

    @property
    def size(self) -> int:
        """Return how many bytes the members hold."""
        return sum(size for size, _ in self.members.values())

    def named(self, folder: str) -> list[str]:
        """Return the members in a folder."""
        return [name for name in self.members if name.startswith(f"{folder}/")]

    def read(self, name: str) -> bytes:
        """Return what a small member holds. Raises BackupError when it is not what was written."""
        return b"".join(self._pieces(name, lambda _: None))

    def verify(self, moved: Moved) -> None:
        """Compare every member with the list. Raises BackupError when one is not what was written."""
        for name in self.members:
            for _ in self._pieces(name, moved):
                pass

    def unpack(self, name: str, target: Path, moved: Moved) -> None:
        """Write a member into a new file, and have it on the disk. Raises BackupError, and what writing raises."""
        target.parent.mkdir(parents=True, exist_ok=True)
        private = 0o600 if not name.startswith("index/") else 0o666
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, private), "wb") as file:
            for piece in self._pieces(name, moved):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())

    def _pieces(self, name: str, moved: Moved) -> Iterator[bytes]:
        """Yield what a member holds, piece by piece. Raises BackupError at the end where it is not what was listed."""
        hashed, size = hashlib.sha256(), 0
        with self._reading(name), self._zip.open(self._infos[name]) as member:
            while piece := member.read(_PIECE):
                hashed.update(piece)
                size += len(piece)
                moved(len(piece))
                yield piece
        if (size, hashed.hexdigest()) != self.members.get(name, (size, hashed.hexdigest())):
            raise self._refusal(f"{name} is not what was backed up: its checksum does not fit")

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        try:
            yield
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise self._refusal(f"{name} is damaged ({error})") from None

    def _checked(self, infos: list[zipfile.ZipInfo], size: int) -> dict[str, zipfile.ZipInfo]:
        """Return the members by name. Raises BackupError for one that no backup has."""
        found: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            if info.filename != info.orig_filename or not is_ours(info.filename):
                raise self._refusal(f"no backup has a member named {info.orig_filename[:100]!r}")
            if info.filename in found:
                raise self._refusal(f"{info.filename} is in it twice")
            plain = info.compress_type == zipfile.ZIP_STORED and info.file_size == info.compress_size
            if not plain or info.flag_bits & ~_FLAGS:
                raise self._refusal(f"{info.filename} is packed or encrypted, which no backup is")
            found[info.filename] = info
        if sum(info.file_size for info in infos) > size:
            raise self._refusal("its members are larger than the file")
        return found

    def _list(self) -> dict[str, Any]:
        info = self._infos.get(LIST)
        if info is None or info.file_size > _LONGEST_LIST:
            raise self._refusal(f"it is no backup of Quoth: it has no {LIST}")
        self.members = {}
        with suppress(ValueError, RecursionError):
            record = json.loads(self.read(LIST))
            if isinstance(record, dict) and record.pop("checksum", None) == _checksum(record):
                if record.get("quoth_backup") != VERSION:
                    raise self._refusal(f"it is of version {record.get('quoth_backup')}, this program reads {VERSION}")
                if isinstance(record.get("members"), dict):
                    return record
        raise self._refusal(f"{LIST} is damaged")

    def _refusal(self, cause: str) -> BackupError:
        return BackupError(f"{self.place}: {cause}; nothing was changed")


@contextmanager
def opened(place: Path) -> Iterator[Archive]:
    """Give the archive in a file. Raises BackupError for what is none, is not whole or cannot be read."""
    with _readable(place) as file:
        size = os.fstat(file.fileno()).st_size
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OverflowError) as error:
            cause = str(error).removesuffix(".") or "unknown format"
            raise BackupError(f"{place}: no backup, or not whole ({cause}); nothing was changed") from None
        with archive:
            yield Archive(place, archive, size)


def _readable(place: Path) -> IO[bytes]:
    try:
        return place.open("rb")
    except OSError as error:
        raise BackupError(
            f"{place}: {error.strerror}; name a file that `quoth backup` wrote; nothing was changed"
        ) from None


def is_ours(name: str) -> bool:
    """Return whether a member may have this name, which is safe as a path below the data folder then."""
    first, *rest = name.split("/")
    if not rest:
        return name == LIST or name in FILES
    if _CONTROL.search(name) or len(rest) > FOLDERS.get(first, 0):
        return False
    return all(part not in ("", ".", "..") and len(part.encode("utf-8", "replace")) <= 255 for part in rest)


def _checksum(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()
