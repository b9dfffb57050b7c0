"""What a file is by its bytes, whatever its name says."""

import gzip
import io
import json
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from index.sources.files.streams import UnusableError
from index.sources.formats import format_of

KNOWN = frozenset(
    ".txt .md .html .json .jsonl .csv .pdf .docx .odt .rtf .epub .rss .atom .jsonfeed .wxr .telegram .mediawiki .eml"
    " .mbox .warc .ipynb .srt .vtt .sbv .zip .tar".split()
)
CONTENTS = "[Content_Types].xml"
UNREAD = "that is not read"
SCHEMA = "a schema of JSON, not an article"
KEY = "a key, certificate or signature, not an article"
WORDS = "The ropewalk burned on a Tuesday, and nobody rang the bell."


def zipped(*names: str, first: tuple[str, str] | None = None) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        if first is not None:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name in names:
            # The same bytes in each process: their examples are named by them.
            archive.writestr(zipfile.ZipInfo(name), WORDS)
    return whole.getvalue()


def tarred() -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        info = tarfile.TarInfo("bell.txt")
        info.size = len(WORDS)
        archive.addfile(info, io.BytesIO(WORDS.encode()))
    return whole.getvalue()


def compound(*names: str) -> bytes:
    """A file of old office programs, as far as its directory."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + struct.pack("<H", 9) + bytes(16) + struct.pack("<I", 0)
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + bytes(62) for name in names
    )
    return head.ljust(512, b"\0") + entries


MAIL = f"From: Ode <ode@rope.example>\nTo: all@rope.example\nSubject: Hemp\nMessage-ID: <1@rope.example>\n\n{WORDS}\n"
FEED = f"<rss version='2.0'><channel><item><title>{WORDS}</title></item></channel></rss>"
NOTEBOOK = {"cells": [{"cell_type": "markdown", "source": [WORDS]}] * 400, "metadata": {}, "nbformat": 4}
CHANNEL = {"name": "Rope", "type": "private_channel", "id": 7, "messages": [{"id": 1, "text": WORDS}]}
ACCOUNT = {"about": "Here is the data you requested. Remember", "chats": {"about": "", "list": [CHANNEL]}}
SIGNED = {
    "pdf": (b"%PDF-1.7\n\x01", ".pdf"),
    "pdf behind a printer's words": (b"@PJL SET\r\n%PDF-1.4\n1 0 obj\n<<>>", ".pdf"),
    "word": (zipped("docProps/app.xml", "word/document.xml", "[Content_Types].xml"), ".docx"),
    "text of open document": (
        zipped("content.xml", first=("mimetype", "application/vnd.oasis.opendocument.text")), ".odt",
    ),
    "text of open document without its type": (zipped("content.xml", "META-INF/manifest.xml"), ".odt"),
    "book": (zipped("OEBPS/a.xhtml", first=("mimetype", "application/epub+zip")), ".epub"),
    "book without its type": (zipped("OEBPS/a.xhtml", "META-INF/container.xml"), ".epub"),
    "archive": (zipped("a/hemp.txt", "b/tar.txt"), ".zip"),
    "archive of a document": (zipped(first=("plan.zip", zipped("word/document.xml").decode("latin-1"))), ".zip"),
    "tar": (tarred(), ".tar"),
    "packed tar": (gzip.compress(tarred()), ".tar"),
    "rtf": (b"{\\rtf1\\ansi Hemp.\\par}", ".rtf"),
    "warc": (b"WARC/1.1\r\nWARC-Type: warcinfo\r\n\r\n", ".warc"),
    "packed warc": (gzip.compress(b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n"), ".warc"),
    "mail": (MAIL.encode(), ".eml"),
    "mails": (f"From ode@rope.example Tue Feb 10 00:00:00 2026\n{MAIL}".encode(), ".mbox"),
    "rss": (FEED.encode(), ".rss"),
    "rss in utf-16": (FEED.encode("utf-16"), ".rss"),
    "rss 1.0": (
        b'<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        b' xmlns="http://purl.org/rss/1.0/"><item/></rdf:RDF>', ".rss",
    ),
    "atom": (b"<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry/></a:feed>", ".atom"),
    "wordpress": (
        b"<?xml version='1.0'?><!-- made by WordPress --><rss xmlns:wp='http://wordpress.org/export/1.2/'/>", ".wxr",
    ),
    "wiki": (b"<mediawiki xml:lang='en'><page/></mediawiki>", ".mediawiki"),
    "json feed": (json.dumps({"version": "https://jsonfeed.org/version/1", "items": []}).encode(), ".jsonfeed"),
    "json feed, escaped": (b'{"items": [], "version": "https:\\/\\/jsonfeed.org\\/version\\/1.1"}', ".jsonfeed"),
    "notebook": (json.dumps(NOTEBOOK).encode(), ".ipynb"),
    "telegram": (json.dumps(CHANNEL).encode(), ".telegram"),
    "telegram, an account": (json.dumps(ACCOUNT).encode(), ".telegram"),
    "webvtt": (f"\ufeffWEBVTT\n\n00:01.000 --> 00:02.000\n{WORDS}\n".encode(), ".vtt"),
    "subviewer": (f"0:00:01.000,0:00:02.000\n{WORDS}\n".encode(), ".sbv"),
    "subrip": (f"1\n00:00:01,000 --> 00:00:02,000\n{WORDS}\n".encode(), ".srt"),
}  # fmt: skip


def detected(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return format_of(path, KNOWN, named=False)


@pytest.mark.parametrize("name", ["a", "a.txt", "a.doc", "a.pdf", "a.zip", "a.odt"])
@pytest.mark.parametrize("kind", SIGNED)
def test_a_file_is_what_its_bytes_say(tmp_path: Path, kind: str, name: str) -> None:
    content, wanted = SIGNED[kind]
    assert detected(tmp_path, name, content) == wanted


@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
@pytest.mark.parametrize("kind", ["json feed", "notebook", "telegram"])
def test_json_is_what_its_fields_say(tmp_path: Path, kind: str, name: str) -> None:
    content, wanted = SIGNED[kind]
    assert detected(tmp_path, name, gzip.compress(content) if name.endswith(".gz") else content) == wanted


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("a.pdf", WORDS, ".txt"),
        ("a.docx", f"<!doctype html><html><body><p>{WORDS}</p></body></html>", ".html"),
        ("a.doc", json.dumps([{"title": "Hemp", "text": WORDS}]), ".json"),
        ("a.json", '{"version": "2", "items": [{"name": "rope"}]}', ".json"),
        ("a.md", f"1\n00:00:01,000 --> 00:00:02,000\n{WORDS}", ".md"),
        ("a.txt", "A file of that kind begins with %PDF-1.7, and an archive with PK.", ".txt"),
        ("a.txt", "WEBVTTs are subtitles.", ".txt"),
        ("a.txt", "BZh is what it begins with.", ".txt"),
        ("a.txt", "From Ode came no letter.\nHemp: none.\nTar: none.\n", ".txt"),
        ("a.pdf", "", ".txt"),
        ("a.txt", f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{WORDS}\n", ".txt"),
        ("a.txt", f"-----BEGIN HERE----- {WORDS}", ".txt"),
        ("a.json", '{"schema": {"$schema": "https://json-schema.org/schema"}, "text": "Hemp."}', ".json"),
        ("a.json", '{"title": "Hemp", "text": "\\"$schema\\": \\"https://json-schema.org/schema\\""}', ".json"),
        ("a.docx", b"PK\x03\x04", ".docx"),
        ("a.docx", zipped("word/document.xml", "[Content_Types].xml")[:90], ".docx"),
    ],
)
def test_a_name_counts_where_the_bytes_say_nothing(
    tmp_path: Path, name: str, content: str | bytes, wanted: str
) -> None:
    assert detected(tmp_path, name, content if isinstance(content, bytes) else content.encode()) == wanted


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.docx", b"\x89PNG\r\n\x1a\n", "binary: a PNG picture, not text"),
        ("a.pdf", b"\x01\x02\x03\xfe" * 9, 'it does not begin as a file named ".pdf" does'),
        ("a.docx", compound("Root", "WordDocument"), "an office document: not read yet; save it as text or HTML"),
        ("a.pdf", compound("Root"), 'an office document (named ".pdf"): not read yet; save it as text or HTML'),
        ("a.docx", compound("Root", "EncryptedPackage"), "an office document with a password; save it without"),
        ("a.doc", compound("Root", "Workbook"), 'a spreadsheet (named ".doc"): not read yet; save it as CSV'),
        ("a.odt", zipped("xl/a.xml", CONTENTS), 'a spreadsheet (named ".odt"): not read yet; save it as CSV'),
        ("a.txt", zipped("META-INF/MANIFEST.MF", "Rope.class"), "a program, not an article"),
        ("a.json", '{"$id": "rope", "$schema": "https://json-schema.org/draft/2020-12/schema", "a": {}}', SCHEMA),
        ("a", '{"$schema": "http:\\/\\/json-schema.org\\/schema", "description": "Hemp."}', SCHEMA),
        ("a.txt", f"-----BEGIN CERTIFICATE-----\n{'QUJD' * 12}\n-----END CERTIFICATE-----\n", KEY),
        ("a.md", "-----BEGIN OPENSSH PRIVATE KEY-----\r\nQUJD\r\n", KEY),
        ("a", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nQUJD\n", KEY),
        ("a.txt", "Certificate:\n    Data:\n        Version: 3 (0x2)\n", KEY),
        ("a.xml", "<r:RDF xmlns:r='r'><Rope/></r:RDF>", f"XML of a kind {UNREAD} (<r:RDF>); save it as text or HTML"),
    ],
)  # fmt: skip
def test_what_nothing_reads_is_told_by_what_it_is(tmp_path: Path, name: str, content: str | bytes, reason: str) -> None:
    with pytest.raises(UnusableError) as told:
        detected(tmp_path, name, content if isinstance(content, bytes) else content.encode())
    assert str(told.value) == reason
