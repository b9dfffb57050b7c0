"""Web archives: the pages that a crawler was given, each an article."""

import gzip
import io
import random
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from unicodedata import normalize

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from index.model import Article, Skipped
from index.sources import read
from index.sources.html import html_file
from tests.damage import flipped
from tests.read_here import read_here
from tests.records import articles, found, texts

SALT = "The salt pans are flooded in May and raked in August, before the rain comes back."
HERON = "A heron stands in the third pan and does not pay for its fish, whatever the keeper says."
CRAWLED = "2026-03-01T00:00:00Z"


def html(title: str, *paragraphs: str, head: str = "") -> bytes:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    menu = "<nav><a href='/'>Start</a> <a href='/map'>Map</a></nav>"
    top = f"<!doctype html><html><head>{head}<title>{title}</title></head>"
    return f"{top}<body>{menu}<main><h1>{title}</h1>{body}</main></body></html>".encode()


def answer(body: bytes, *headers: tuple[str, str], status: str = "200 OK", kind: str = "text/html") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode() + body


def record(url: str, block: bytes, kind: str = "response", **headers: str) -> bytes:
    stated = {"WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": CRAWLED, "Content-Length": str(len(block))}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in {**stated, **headers}.items())
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def chunked(body: bytes, size: int = 50) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;a=b\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nTrailer: x\r\n\r\n"


def packed(records: Iterable[bytes]) -> bytes:
    return b"".join(map(gzip.compress, records))


def raw_deflate(body: bytes) -> bytes:
    deflating = zlib.compressobj(wbits=-15)
    return deflating.compress(body) + deflating.flush()


PAGE = html("Salt Pans", SALT, HERON)


@pytest.mark.parametrize("whole", [b"".join, packed], ids=["plain", "packed"])
def test_pages_are_articles_and_the_rest_is_counted(tmp_path: Path, whole: object) -> None:
    dated = html("Raking", SALT, head='<meta property="article:published_time" content="2025-08-04">')
    all_records = [
        record("", b"software: a crawler\r\n", "warcinfo"),
        record("https://pans.example/", b"GET / HTTP/1.1\r\n\r\n", "request"),
        record("https://pans.example/robots.txt", answer(b"User-agent: *\n", kind="text/plain")),
        record("https://pans.example/raking", answer(dated)),
        record("https://pans.example/style.css", answer(b"p {}", kind="text/css")),
        record("https://pans.example/heron.gif", answer(b"GIF89a", kind="image/gif")),
        record("https://pans.example/old", answer(b"", ("Location", "/"), status="301 Moved Permanently")),
        record("https://pans.example/gone", answer(html("Gone", HERON), status="404 Not Found")),
        record("https://pans.example/raking", answer(dated)),
        record("https://pans.example/raking", b"HTTP/1.1 200 OK\r\n\r\n", "revisit"),
        record("https://pans.example/api", answer(b'{"salt": 1}', kind="application/json")),
        record("dns:pans.example", b"20260301 127.0.0.1\n", Content_Type="text/dns"),
        record("https://pans.example/empty", answer(b"  ")),
        record("https://pans.example/notes/heron.txt", answer(HERON.encode(), kind="text/plain; charset=utf-8")),
    ]
    assert callable(whole)
    raking, heron, told = found(tmp_path / "pans.warc.gz", whole(all_records))
    assert isinstance(raking, Article)
    assert isinstance(heron, Article)
    assert (raking.title, raking.date, raking.url) == ("Raking", "2025-08-04", "https://pans.example/raking")
    assert texts(raking) == [SALT]
    assert (heron.title, heron.date, texts(heron)) == ("heron", None, [HERON])
    assert heron.url == heron.key == "https://pans.example/notes/heron.txt"
    assert told == Skipped(
        str(tmp_path / "pans.warc.gz"),
        "left out: 2 records of the crawl itself, 5 files of other kinds, 1 redirect, 1 error page, "
        "2 pages fetched again unchanged, 1 empty page",
    )


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([("Content-Encoding", "gzip")], gzip.compress(PAGE)),
        ([("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")], chunked(gzip.compress(PAGE))),
        ([("Content-Encoding", "br")], brotli.compress(PAGE)),
        ([("Content-Encoding", "deflate")], zlib.compress(PAGE)),
        ([("Content-Encoding", "deflate")], raw_deflate(PAGE)),
        ([("Content-Encoding", "gzip, br")], brotli.compress(gzip.compress(PAGE))),
        ([("transfer-encoding", "Chunked")], chunked(PAGE)),
        # Crawlers undo what servers did, and leave the header.
        ([("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")], PAGE),
        ([("Transfer-Encoding", "chunked")], PAGE),
        # Neither is whole.
        ([("Content-Encoding", "gzip")], gzip.compress(PAGE)[:-9]),
        ([("Transfer-Encoding", "chunked")], chunked(PAGE)[:-15]),
        ([("Content-Length", "7")], PAGE),
    ],
)
def test_a_page_is_unpacked_as_browsers_do(tmp_path: Path, headers: list[tuple[str, str]], body: bytes) -> None:
    (article,) = articles(tmp_path / "a.warc", record("https://pans.example/salt", answer(body, *headers)))
    assert (article.title, texts(article)) == ("Salt Pans", [SALT, HERON])


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        ("text/html; charset=windows-1251", "cp1251"),
        ("text/html;charset=KOI8-R", "koi8-r"),
        ('text/html; charset="utf-8"', "utf-8"),
        ("application/xhtml+xml", "utf-8"),
    ],
)
def test_the_charset_of_the_header_counts(tmp_path: Path, kind: str, encoding: str) -> None:
    words = "Соль сгребают в августе, пока не вернулись дожди и пока спит цапля."
    body = html("Соляные пруды", words).decode().encode(encoding)
    (article,) = articles(tmp_path / "a.warc", record("https://pans.example/sol", answer(body, kind=kind)))
    assert (article.title, texts(article)) == ("Соляные пруды", [words])


def test_pages_that_no_server_sent_are_read_too(tmp_path: Path) -> None:
    kept = record("file:///pans.html", PAGE, "resource", Content_Type="text/html")
    text = record("https://pans.example/x", f"Herons\n\n{HERON}\n".encode(), "conversion", Content_Type="text/plain")
    found = articles(tmp_path / "a.warc", kept + text)
    assert [(article.title, texts(article)) for article in found] == [("Salt Pans", [SALT, HERON]), ("Herons", [HERON])]


@pytest.mark.parametrize(
    "address",
    [
        "metadata://gnu.org/software/wget/warc/wget.log",
        "urn:X-wpull:log",
        "urn:text:https://pans.example/",
        "URN:view:a",
    ],
)
def test_what_a_crawler_keeps_of_itself_is_no_page(tmp_path: Path, address: str) -> None:
    log = record(address, b"Fetched one page in 4 seconds.\n", "resource", Content_Type="text/plain")
    page, told = found(tmp_path / "a.warc", log + record("https://pans.example/", answer(PAGE)))
    assert isinstance(page, Article)
    assert told == Skipped(str(tmp_path / "a.warc"), "left out: 1 record of the crawl itself")


def test_a_page_that_changed_is_two_articles(tmp_path: Path) -> None:
    first, second = (record("https://pans.example/salt", answer(html("Salt", text))) for text in (SALT, HERON))
    assert [texts(article) for article in articles(tmp_path / "a.warc", first + second)] == [[SALT], [HERON]]


def test_without_brotli_what_it_packed_is_told_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    pages = record("https://pans.example/a", answer(brotli.compress(PAGE), ("Content-Encoding", "br")))
    (tmp_path / "a.warc").write_bytes(pages + record("https://pans.example/b", answer(PAGE)))
    told, article = read_here(tmp_path / "a.warc")
    assert isinstance(article, Article)
    assert isinstance(told, Skipped)
    assert told.path == f"{tmp_path / 'a.warc'}:https://pans.example/a"
    assert told.reason.startswith("packed by Brotli: to read it, run `")
    assert told.reason.endswith(" -m pip install brotli`")


@pytest.mark.parametrize(
    ("packed_body", "headers", "reason"),
    [
        (lambda: gzip.compress(b" " * (20 << 20)), [("Content-Encoding", "gzip")], "a page larger than 16 MiB"),
        (lambda: brotli.compress(b" " * (20 << 20)), [("Content-Encoding", "br")], "a page larger than 16 MiB"),
        (lambda: b"nothing", [("Content-Encoding", "br")], "damaged: what packed it cannot be undone"),
        (lambda: b"\x1f\x8bnothing", [("Content-Encoding", "gzip")], "damaged: what packed it cannot be undone"),
        (lambda: PAGE, [("Content-Encoding", "zstd")], 'packed in a way that is not read ("zstd")'),
        (lambda: b"<html><body><p></p></body></html>", [], "no text in it"),
    ],
)
def test_a_page_that_cannot_be_read_is_told_by_its_address(
    tmp_path: Path, packed_body: Callable[[], bytes], headers: list[tuple[str, str]], reason: str
) -> None:
    body = packed_body()
    pages = record("https://pans.example/a", answer(body, *headers)) + record("https://pans.example/b", answer(PAGE))
    told, article = found(tmp_path / "a.warc", pages)
    assert isinstance(article, Article)
    assert told == Skipped(f"{tmp_path / 'a.warc'}:https://pans.example/a", reason)


def test_a_file_that_is_cut_off_is_told_and_what_was_whole_is_read(tmp_path: Path) -> None:
    pages = [
        record(f"https://pans.example/{at}", answer(html(f"Pan {at}", SALT, f"It is pan {at}."))) for at in range(3)
    ]
    plain = b"".join(pages)
    *read_, told = found(tmp_path / "a.warc", plain[:-200])
    assert [part.title for part in read_ if isinstance(part, Article)] == ["Pan 0", "Pan 1"]
    assert told == Skipped(str(tmp_path / "a.warc"), "cut off: its last record is not whole")
    *read_, told = found(tmp_path / "a.warc.gz", packed(pages)[:-200])
    assert [part.title for part in read_ if isinstance(part, Article)] == ["Pan 0", "Pan 1"]
    assert isinstance(told, Skipped)
    assert told.reason.startswith("a damaged gzip archive")


def test_a_record_whose_length_is_a_lie_costs_no_other(tmp_path: Path) -> None:
    liar = record("https://pans.example/a", answer(PAGE)).replace(b"Content-Length: ", b"Content-Length: -")
    short = record("https://pans.example/b", answer(html("Pan B", SALT, HERON)), "request")
    short = short.replace(b"Content-Length: ", b"Content-Length: 1\r\nX-Was: ")
    last = record("https://pans.example/c", answer(html("Pan C", SALT)))
    titles = [part.title for part in found(tmp_path / "a.warc", liar + short + last) if isinstance(part, Article)]
    assert titles == ["Pan C"]


def test_nothing_in_an_archive_is_a_fault(tmp_path: Path) -> None:
    """Cut at every tenth, and with bits turned over."""
    pages = [
        record(f"https://pans.example/{at}", answer(chunked(gzip.compress(PAGE)), ("Content-Encoding", "gzip")))
        for at in range(5)
    ]
    chance = random.Random(7)  # noqa: S311 - no secret
    for name, whole in (("a.warc", b"".join(pages)), ("a.warc.gz", packed(pages))):
        for at in range(1, 10):
            (tmp_path / f"cut{at}{name}").write_bytes(whole[: len(whole) * at // 10])
            (tmp_path / f"flipped{at}{name}").write_bytes(flipped(whole, chance, 20))
    assert not [part for part in read([tmp_path]) if isinstance(part, Skipped) and "fault" in part.reason]


SENTENCE = st.lists(
    st.text(st.characters(categories=["Ll"], max_codepoint=0x4FF), min_size=2, max_size=9), min_size=6, max_size=12
)


class Writer(WARCWriter):  # type: ignore[misc]  # warcio ships no types
    """A writer that leaves no file open."""

    def _create_temp_file(self) -> io.BytesIO:
        return io.BytesIO()


@pytest.mark.slow
@settings(max_examples=25)
@given(
    pages=st.lists(st.lists(SENTENCE.map(" ".join), min_size=1, max_size=3), min_size=1, max_size=4),
    is_packed=st.booleans(),
)
def test_what_warcio_writes_comes_back(
    tmp_path_factory: pytest.TempPathFactory, pages: list[list[str]], is_packed: bool
) -> None:
    """Each page in a record of its own, whatever letters, the address kept."""
    out = io.BytesIO()
    writer = Writer(out, gzip=is_packed)
    for number, sentences in enumerate(pages):
        body = html(f"Page {number}", *(f"{sentence}." for sentence in sentences))
        stated = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        url = f"https://pans.example/{number}"
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=stated))
    path = tmp_path_factory.mktemp("law") / "a.warc"
    path.write_bytes(out.getvalue())
    came = [part for part in read_here(path) if isinstance(part, Article)]
    assert [article.url for article in came] == [f"https://pans.example/{number}" for number in range(len(pages))]
    for article, sentences in zip(came, pages, strict=True):
        assert texts(article) == [f"{normalize('NFC', sentence)}." for sentence in sentences]


def test_a_page_that_its_reader_fails_at_costs_that_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_page = html_file.page

    def page(raw: bytes, *more: Any) -> Iterator[Article | Skipped]:
        if b"Heron" in raw:
            raise KeyError("feathers")
        return read_page(raw, *more)

    monkeypatch.setattr(html_file, "page", page)
    titles = ("Salt Pans", "Heron", "Raking")
    pages = [record(f"https://pans.example/{title[0]}", answer(html(title, SALT))) for title in titles]
    (tmp_path / "a.warc").write_bytes(b"".join(pages))
    first, told, last = read_here(tmp_path / "a.warc")
    assert [one.title for one in (first, last) if isinstance(one, Article)] == ["Salt Pans", "Raking"]
    assert told == Skipped(
        f"{tmp_path / 'a.warc'}:https://pans.example/H",
        "a fault of quoth's reader (KeyError: 'feathers'); please report it",
    )


def test_pages_of_an_archive_are_not_compared_with_files_that_lie_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = tmp_path / "pans.example"
    beside.mkdir()
    for name in "ab":
        (beside / f"{name}.html").write_bytes(PAGE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.warc").write_bytes(record("https://pans.example/c.html", answer(PAGE)))
    (article,) = read_here(tmp_path / "a.warc")
    assert isinstance(article, Article)
    assert [one.reason for one in article.dropped] == ["the headline again", "a menu"]
