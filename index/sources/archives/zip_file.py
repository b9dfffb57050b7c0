"""Zip archives: their members, in the order of their list."""

import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Final

from index.sources.archives.members import Archive, Member, name_fault
from index.sources.archives.names import decoded_names
from index.sources.files.passed_over import IGNORE_FILE
from index.sources.files.streams import UnusableError

_UTF8: Final = 0x800
_LOCKED: Final = 0x1
_IGNORE_BYTES = 1 << 16
# Of so many texts so many bytes tell in which letters their names are.
_MEMBERS_AHEAD, _READ_AHEAD = 20, 1 << 13


@contextmanager
def zipped(path: Path) -> Iterator[Archive]:
    """Open a zip archive; UnusableError when its list of members cannot be read."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise UnusableError(f"a damaged zip archive ({error})") from error
    with archive:
        # Of two members of one name the last one counts, as for whoever unpacks them.
        by_name = {name: info for name, info in _named(archive) if not name.endswith("/")}
        names = [name for name in by_name if not name_fault(name)]
        ignoring = [name for name in names if name.rpartition("/")[2] == IGNORE_FILE]
        yield Archive(
            names,
            {name: _beginning(archive, by_name[name], _IGNORE_BYTES) for name in ignoring},
            (_member(name, info, partial(archive.open, info)) for name, info in by_name.items()),
        )


def _named(archive: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Yield each member with its name; one that does not say that it is UTF-8 was read as code page 437."""
    infos = archive.infolist()
    unstated = [info for info in infos if not info.flag_bits & _UTF8 and not info.filename.isascii()]
    beginnings = (_beginning(archive, info, _READ_AHEAD) for info in unstated[:_MEMBERS_AHEAD])
    names = decoded_names([info.filename.encode("cp437") for info in unstated], beginnings) if unstated else []
    meant = {id(info): name for info, name in zip(unstated, names or [], strict=False)}
    for info in infos:
        yield meant.get(id(info), info.filename).replace("\\", "/"), info


def _member(name: str, info: zipfile.ZipInfo, opening: "Callable[[], IO[bytes]]") -> Member:
    fault = name_fault(name)
    if not fault and info.flag_bits & _LOCKED:
        fault = "it needs a password; unpack it"
    if not fault and stat.S_ISLNK(info.external_attr >> 16):
        fault = "a link, not a file"
    return Member(name, info.file_size, fault, opening, info.header_offset)


def _beginning(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int) -> bytes:
    try:
        with archive.open(info) as stream:
            return stream.read(size)
    except Exception:  # noqa: BLE001 - whatever is wrong with it is told when it is read
        return b""
