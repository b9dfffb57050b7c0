"""Tar archives, packed or not: their members, in their order. They have no list, so they are read twice."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Final, cast

from index.sources.archives.members import MOST_MEMBERS, Archive, Member, name_fault
from index.sources.archives.names import decoded_names
from index.sources.files.passed_over import IGNORE_FILE
from index.sources.files.streams import UnusableError, open_stream

_KINDS: Final = {
    tarfile.SYMTYPE: "a link, not a file",
    tarfile.LNKTYPE: "a link, not a file",
    tarfile.CHRTYPE: "a device, not a file",
    tarfile.BLKTYPE: "a device, not a file",
    tarfile.FIFOTYPE: "a named pipe, not a file",
}
_IGNORE_BYTES = 1 << 16


class _Header(tarfile.TarInfo):
    """A header; a damaged one is an error, not the end of the archive."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> "_Header":
        try:
            return super().fromtarfile(tarfile_)
        except (tarfile.EOFHeaderError, tarfile.EmptyHeaderError):  # type: ignore[attr-defined]  # of the stdlib's own
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error


@contextmanager
def tarred(path: Path) -> Iterator[Archive]:
    """Open a tar archive, whatever packed it."""
    raw: list[str] = []
    ignore_files: dict[str, bytes] = {}
    # What is damaged is told when its members are read.
    with suppress(UnusableError), _opened(path) as archive:
        for info in _headers(archive):
            raw.append(info.name)
            if info.isreg() and info.name.rpartition("/")[2] == IGNORE_FILE:
                stream = archive.extractfile(info)
                ignore_files[info.name] = stream.read(_IGNORE_BYTES) if stream is not None else b""
    names = _meant(raw)
    last = {name: place for place, name in enumerate(names)}
    kept = [name for name in last if not name_fault(name)]
    ignored = {_plain(name): content for name, content in ignore_files.items() if not name_fault(_plain(name))}
    with _opened(path) as archive:
        yield Archive(kept, ignored, _members(archive, names, last))


def _members(archive: tarfile.TarFile, names: list[str], last: dict[str, int]) -> Iterator[Member]:
    for place, info in enumerate(_headers(archive)):
        name = names[place] if place < len(names) else _plain(info.name)
        # Of two members of one name the last one counts, as for whoever unpacks them.
        if info.isdir() or last.get(name, place) != place:
            continue
        fault = name_fault(name)
        if not fault and not info.isreg():
            fault = _KINDS.get(info.type, "not a regular file")
        yield Member(name, info.size, fault, partial(_open, archive, info))


def _open(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    return cast(IO[bytes], archive.extractfile(info))


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        # As a stream: nothing in it can lead backwards.
        with (
            open_stream(path) as stream,
            tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header, errors="surrogateescape") as archive,
        ):
            yield archive
    except (tarfile.TarError, ValueError, OverflowError) as error:
        raise UnusableError(f"a damaged tar archive ({error})") from error


def _headers(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for _ in range(2 * MOST_MEMBERS):
        info = archive.next()
        if info is None:
            return
        # It keeps all that it has met.
        archive.members = []  # type: ignore[attr-defined]  # an attribute that its stubs do not name
        yield info


def _plain(name: str) -> str:
    return name.removeprefix("./").rstrip("/")


def _meant(names: list[str]) -> list[str]:
    """Return names as they were meant; those that are not UTF-8 came as raw bytes."""
    odd = [place for place, name in enumerate(names) if not name.isascii() and _is_raw(name)]
    decoded = decoded_names([names[place].encode("utf-8", "surrogateescape") for place in odd]) if odd else None
    meant = {**dict(enumerate(names)), **dict(zip(odd, decoded or [], strict=False))}
    return [_plain(meant[place]) for place in range(len(names))]


def _is_raw(name: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in name)
