"""What a file is by its bytes: the kinds that say so themselves, whatever they are called.

A format is named by its ending (".pdf"), also where files of it are mostly called otherwise: ".wxr" is an export of
WordPress, ".mediawiki" one of a wiki, ".telegram" one of Telegram, ".jsonfeed" a feed in JSON.
"""

import os
import re
import struct
from pathlib import Path
from typing import Final

# Readers of PDF look so far for the beginning, as there may be a printer's words before it; a text that only tells of
# such files has no objects.
_PDF_WITHIN = 1024
_PDF_BEHIND = re.compile(rb".{0,%d}?%%PDF-\d\.\d.{0,%d}?\d obj\b" % (_PDF_WITHIN, _PDF_WITHIN), re.S)
_BINARY: Final = {
    b"{\\rtf": ".rtf",
    b"SQLite format 3\0": ".sqlite",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ".doc",
}
_BEGINNINGS: Final = tuple(_BINARY)
_TAR_AT = 257
_ZIP_BEGINS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")
_ZIP_END = b"PK\x05\x06"
# The end of an archive, with the longest comment; and the longest list of members that is looked through.
_ZIP_TAIL, _ZIP_NAMES = (1 << 16) + 22, 4 << 20
_MIMETYPES: Final = {
    b"application/epub+zip": ".epub",
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.text-template": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
    b"application/vnd.oasis.opendocument.presentation": ".odp",
}
_MIMETYPE = re.compile(
    rb"PK\x03\x04.{26}mimetype(?:.{0,64}?)(application/[a-z0-9.+-]{1,60}?)(?=PK|[^a-z0-9.+-]|$)", re.S
)
_ZIPPED: Final = frozenset((".docx", ".docm", ".odt", ".ott", ".epub", ".xlsx", ".pptx", ".ods", ".odp", ".pages"))
_PARTS: Final = {"word": ".docx", "xl": ".xlsx", "ppt": ".pptx"}
# By these a damaged one is still known.
_INSIDE: Final = ("word/", "content.xml", "META-INF/")
# What the streams of the old office programs' files are called.
_OLD_OFFICE: Final = {"EncryptedPackage": ".encrypted", "WordDocument": ".doc", "Workbook": ".xls", "Book": ".xls"}


def format_of_bytes(head: bytes, path: Path | None = None, own: str = "") -> str:
    """Return the ending of the format that a file's first bytes name; "" where they name none.

    `path` is the file itself, whose end is looked at too unless it is packed. `own` is its name's ending, which
    counts for a damaged file of a format that lies in a zip archive.

    >>> format_of_bytes(b"%PDF-1.7 ..."), format_of_bytes(b"It rained.")
    ('.pdf', '')
    """
    if head.startswith(_ZIP_BEGINS):
        return _zip(head, path, own)
    if b"%PDF-" in head[: _PDF_WITHIN + 5] and (head.startswith(b"%PDF-") or _PDF_BEHIND.match(head)):
        return ".pdf"
    if head[_TAR_AT : _TAR_AT + 5] == b"ustar":
        return ".tar"
    if not head.startswith(_BEGINNINGS):
        return ""
    found = next(ending for magic, ending in _BINARY.items() if head.startswith(magic))
    return _old_office(head, path) if found == ".doc" else found


def _zip(head: bytes, path: Path | None, own: str) -> str:
    """Return what a zip archive is: an office document, a book, a program, or an archive."""
    stated = _MIMETYPE.match(head)
    if stated is not None and stated[1] in _MIMETYPES:
        return _MIMETYPES[stated[1]]
    listed = _listed(head, path)
    # What is cut off has no list, but its first members stand at its front.
    names = listed or _names(head, b"PK\x03\x04", 26, 30)
    found = _by_members(names)
    damaged = found in (".zip", ".jar") and any(name.startswith(_INSIDE) for name in names)
    return own if own in _ZIPPED and (not listed or damaged) else found


def _by_members(names: list[str]) -> str:
    if "[Content_Types].xml" in names:
        folders = {name.partition("/")[0] for name in names}
        return next((ending for folder, ending in _PARTS.items() if folder in folders), ".zip")
    if "META-INF/container.xml" in names:
        return ".epub"
    if "META-INF/manifest.xml" in names and "content.xml" in names:
        return ".odt"
    if "Index/Document.iwa" in names:
        return ".pages"
    return ".jar" if {"META-INF/MANIFEST.MF", "AndroidManifest.xml"} & set(names) else ".zip"


def _listed(head: bytes, path: Path | None) -> list[str]:
    """Return the names in an archive's list of members, none where it is not there."""
    if path is None:
        return []
    with path.open("rb") as stream:
        if stream.read(len(_ZIP_END)) != head[: len(_ZIP_END)]:
            # It is packed once more.
            return []
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _ZIP_TAIL))
        tail = stream.read(_ZIP_TAIL)
        end = tail.rfind(_ZIP_END)
        if end < 0 or len(tail) < end + 22:
            return []
        length = struct.unpack_from("<I", tail, end + 12)[0]
        # Counted from the end: something may stand before the archive.
        stream.seek(max(0, size - len(tail) + end - length))
        return _names(stream.read(min(length, _ZIP_NAMES)), b"PK\x01\x02", 28, 46)


def _names(raw: bytes, mark: bytes, length_at: int, name_at: int) -> list[str]:
    names, at = [], raw.find(mark)
    while 0 <= at <= len(raw) - name_at:
        length = int.from_bytes(raw[at + length_at : at + length_at + 2], "little")
        names.append(raw[at + name_at : at + name_at + length].decode("latin-1"))
        at = raw.find(mark, at + name_at + length)
    return names


def _old_office(head: bytes, path: Path | None) -> str:
    """Return what a compound file is, by the names in its directory."""
    if path is None or len(head) < 512:
        return ".doc"
    sector = 1 << min(int.from_bytes(head[30:32], "little"), 16)
    first = int.from_bytes(head[48:52], "little")
    with path.open("rb") as stream:
        stream.seek((first + 1) * sector)
        directory = stream.read(1 << 14)
    names = {
        entry[: max(0, int.from_bytes(entry[64:66], "little") - 2)].decode("utf-16-le", "replace")
        for entry in (directory[at : at + 128] for at in range(0, len(directory), 128))
    }
    if any(name.startswith("__substg1.0_") for name in names):
        return ".msg"
    return next((ending for name, ending in _OLD_OFFICE.items() if name in names), ".doc")
