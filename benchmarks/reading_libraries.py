"""What `benchmarks.reading` compares with: the libraries that only take files of a format apart.

Each is what a program would take that reads this one format, used as its documentation shows it. None knows titles,
dates, headings or what is no text. odfpy, striprtf and pysubs2 are nowhere among our own dependencies; where
one is not installed, its rows are left out.
"""

import json
import zipfile
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final


def _imported(name: str) -> Any:
    """Return a module; most of these ship no types."""
    return import_module(name)


def _by_python_docx(path: Path) -> None:
    for paragraph in _imported("docx").Document(str(path)).paragraphs:
        _ = paragraph.text


def _by_odfpy(path: Path) -> None:
    load, text, extract = (_imported(f"odf.{name}") for name in ("opendocument", "text", "teletype"))
    for paragraph in load.load(str(path)).getElementsByType(text.P):
        extract.extractText(paragraph)


def _by_striprtf(path: Path) -> None:
    _imported("striprtf.striprtf").rtf_to_text(path.read_text(encoding="latin-1"))


def _by_zipfile(path: Path) -> None:
    html = _imported("lxml.html")
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith("html"):
                html.fromstring(archive.read(name)).text_content()


def _by_feedparser(path: Path) -> None:
    _imported("feedparser").parse(path.read_bytes())


def _by_lxml(path: Path) -> None:
    for _, element in _imported("lxml.etree").iterparse(str(path), tag="item"):
        "".join(element.itertext())
        element.clear()


def _by_mwparserfromhell(path: Path) -> None:
    parse = _imported("mwparserfromhell").parse
    for _, element in _imported("lxml.etree").iterparse(str(path), tag="{*}text"):
        parse(element.text or "").strip_code()
        element.clear()


def _by_mailbox(path: Path) -> None:
    import mailbox

    for message in mailbox.mbox(path):
        for part in message.walk():
            part.get_payload(decode=True)


def _by_warcio(path: Path) -> None:
    with path.open("rb") as stream:
        for record in _imported("warcio.archiveiterator").ArchiveIterator(stream):
            record.content_stream().read()


def _by_json(path: Path) -> None:
    json.loads(path.read_text(encoding="utf-8"))


def _by_pysubs2(path: Path) -> None:
    for event in _imported("pysubs2").load(str(path)):
        _ = event.plaintext


LIBRARIES: Final[Mapping[str, tuple[str, Callable[[Path], None]]]] = {
    "DOCX": ("python-docx", _by_python_docx),
    "ODT": ("odfpy", _by_odfpy),
    "RTF": ("striprtf", _by_striprtf),
    "EPUB": ("zipfile and lxml", _by_zipfile),
    "RSS": ("feedparser", _by_feedparser),
    "Atom": ("feedparser", _by_feedparser),
    "JSON Feed": ("json", _by_json),
    "WordPress": ("lxml", _by_lxml),
    "Telegram": ("json", _by_json),
    "MediaWiki": ("lxml and mwparserfromhell", _by_mwparserfromhell),
    "mbox": ("mailbox and email", _by_mailbox),
    "WARC": ("warcio", _by_warcio),
    "notebook": ("json", _by_json),
    "subtitles": ("pysubs2", _by_pysubs2),
}
"""By the beginning of a format's name: what the library is called, and a function that reads a file by it."""
