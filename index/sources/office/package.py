"""The zip archives that documents and books are kept in, opened so that no member can do harm."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from unicodedata import normalize
from urllib.parse import unquote

from index.sources.files.streams import INFLATION, UnusableError, allowance, open_stream

# XML is read as a tree, of about ten times its size.
MEMBER_BYTES = 32 << 20
_MEBIBYTE = 1 << 20
# The list of members, which is read as a whole: some ten thousand of them.
_LIST_BYTES = 4 << 20
_END, _END_BYTES = b"PK\x05\x06", 22
_PACKED_BYTES = 256 << 20
_SAYS_UTF8 = 0x800
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError)


class Package:
    """The members of a zip archive by name; all that is read of them stays within 200 times the archive's size."""

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        self._archive = archive
        self._members = {_key(name): (name, info) for name, info in map(_named, reversed(archive.infolist()))}
        self._left = allowance(size)

    def find(self, name: str) -> str | None:
        """Return the member's name as the archive spells it, None when it has none such; addresses may be escaped."""
        for way in (name, unquote(name)):
            found = self._members.get(_key(posixpath.normpath(way.lstrip("/"))))
            if found is not None:
                return found[0]
        return None

    def ending(self, ending: str) -> Iterator[str]:
        """Yield the names of the members with an ending."""
        return (name for name, _ in self._members.values() if name.casefold().endswith(ending))

    def read(self, name: str, limit: int = MEMBER_BYTES) -> bytes:
        """Return a member's bytes; UnusableError when it is missing, damaged, locked or larger than `limit`."""
        found = self.find(name)
        if found is None:
            raise UnusableError(f'damaged: it has no "{name[:80]}"')
        info = self._members[_key(found)][1]
        if info.flag_bits & 1:
            raise UnusableError("locked with a password: save it without one")
        # No more than this is ever unpacked.
        if info.file_size > limit:
            raise UnusableError(f'"{found[:80]}" in it is larger than {limit // _MEBIBYTE} MiB; split it')
        self._left -= info.file_size
        if self._left < 0:
            raise UnusableError(f"it unpacks to more than {INFLATION} times its size, as no document does")
        try:
            return self._archive.read(info)
        except _DAMAGED as error:
            raise UnusableError(f'damaged: "{found[:80]}" in it cannot be unpacked') from error

    def tree(self, name: str) -> Any:
        """Return the root of a member that is XML; see `tree`."""
        return tree(self.read(name))

    def tree_if_any(self, name: str | None) -> Any:
        """Return the root of a member that is XML, None where there is none that can be read."""
        if name is None or self.find(name) is None:
            return None
        try:
            return self.tree(name)
        except UnusableError:
            return None


def _named(info: zipfile.ZipInfo) -> tuple[str, zipfile.ZipInfo]:
    """Return a member with its name: many programs write UTF-8 and do not say so."""
    name = info.filename
    if not info.flag_bits & _SAYS_UTF8 and not name.isascii():
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name, info


def _key(name: str) -> str:
    """Return a name as it is compared: some systems take letters and their accents apart."""
    return normalize("NFC", name).casefold()


@contextmanager
def package(path: Path) -> Iterator[Package]:
    """Open the archive that a document lies in; UnusableError when it is none, cut off, or lists too many members."""
    with open_stream(path) as packed:
        stream = packed if packed.seekable() else io.BytesIO(_all(packed))
        size = stream.seek(0, io.SEEK_END)
        _refuse_long_list(stream, size)
        try:
            archive = zipfile.ZipFile(stream)
        except _DAMAGED as error:
            raise UnusableError("damaged or cut off: its list of parts cannot be read") from error
        with archive:
            yield Package(archive, size)


def _all(stream: IO[bytes]) -> bytes:
    raw = stream.read(_PACKED_BYTES + 1)
    if len(raw) > _PACKED_BYTES:
        raise UnusableError(f"larger than {_PACKED_BYTES // _MEBIBYTE} MiB; unpack it")
    return raw


def _refuse_long_list(stream: IO[bytes], size: int) -> None:
    tail = min(size, _END_BYTES + (1 << 16))
    stream.seek(size - tail)
    raw = stream.read(tail)
    end = raw.rfind(_END)
    listed = int.from_bytes(raw[end + 12 : end + 16], "little") if end >= 0 else 0
    if listed > _LIST_BYTES:
        raise UnusableError(f"its list of parts is larger than {_LIST_BYTES // _MEBIBYTE} MiB, as no document's is")


def tree(raw: bytes | str) -> Any:
    """Return the root of an XML document; nothing outside it is looked at.

    UnusableError when it is no XML, nested more than 256 deep, or declares entities, with which a few bytes can become
    any number.
    """
    from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        deep = "depth" in str(error)
        raise UnusableError("nested too deep" if deep else "damaged: a part of it is no XML") from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise UnusableError("it declares entities, as documents do that mean harm")
    return root
