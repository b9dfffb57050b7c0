"""Laws of the formats that are texts inside: what another library writes comes back, and no damage is a fault."""

import io
import json
import mailbox
import random
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from unicodedata import normalize
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model import Article, Skipped
from tests.damage import flipped
from tests.read_here import read_here
from tests.records import texts

NAMES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "wp": "http://wordpress.org/export/1.2/",
}
for prefix, address in NAMES.items():
    ElementTree.register_namespace(prefix, address)
Entries = Sequence[tuple[str, Sequence[str]]]


def html(paragraphs: Sequence[str]) -> str:
    around = ElementTree.Element("div")
    for paragraph in paragraphs:
        ElementTree.SubElement(around, "p").text = paragraph
    return "".join(ElementTree.tostring(one, encoding="unicode") for one in around)


def rss(entries: Entries, stated: Mapping[str, str], text: str = "description") -> bytes:
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    ElementTree.SubElement(channel, "title").text = "The Weir"
    for title, paragraphs in entries:
        item = ElementTree.SubElement(channel, "item")
        inside = {"title": html([title])[3:-4], text: html(paragraphs), **stated}
        for name, value in inside.items():
            prefix, colon, local = name.rpartition(":")
            ElementTree.SubElement(item, f"{{{NAMES[prefix]}}}{local}" if colon else name).text = value
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def wordpress(entries: Entries) -> bytes:
    stated = {"wp:post_type": "post", "wp:status": "publish", "wp:post_password": ""}
    return rss(entries, stated, "content:encoded")


def json_feed(entries: Entries) -> bytes:
    items = [
        {"id": str(number), "title": title, "content_html": html(paragraphs)}
        for number, (title, paragraphs) in enumerate(entries)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "W", "items": items}).encode()


def telegram(entries: Entries) -> bytes:
    messages = [
        {
            "id": number,
            "type": "message",
            "date": f"2026-03-{number + 1:02}T08:00:00",
            "text": [{"type": "bold", "text": title}, "\n\n" + "\n\n".join(paragraphs)],
        }
        for number, (title, paragraphs) in enumerate(entries)
    ]
    return json.dumps({"name": "Weir", "type": "public_channel", "id": 7, "messages": messages}, indent=1).encode()


def notebook(entries: Entries) -> bytes:
    [(title, paragraphs)] = entries
    cells = [{"cell_type": "markdown", "source": text} for text in (f"# {title}", *paragraphs)]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def box(entries: Entries, folder: Path) -> bytes:
    path = folder / "written"
    written = mailbox.mbox(path)
    for title, paragraphs in entries:
        message = EmailMessage()
        message["Subject"], message["From"] = title, "Oda <oda@weir.example>"
        message.set_content("\n\n".join(("From here on it is dry.", *paragraphs)) + "\n", cte="8bit")
        written.add(message)
    written.flush()
    written.close()
    return path.read_bytes()


def zipped(entries: Entries) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (title, paragraphs) in enumerate(entries):
            archive.writestr(f"{number}/{title}.md", "\n\n".join((f"# {title}", *paragraphs)))
    return out.getvalue()


def tarred(entries: Entries) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number, (title, paragraphs) in enumerate(entries):
            content = "\n\n".join((f"# {title}", *paragraphs)).encode()
            member = tarfile.TarInfo(f"{number}/{title}.md")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


WORD = st.text(st.characters(categories=["Ll", "Lo"], max_codepoint=0xFFFF), min_size=2, max_size=8)
LINE = st.lists(WORD, min_size=3, max_size=7).map(lambda words: normalize("NFC", " ".join(words)))
SENTENCE = LINE.map(lambda line: f"The {line} & <so> on.")
ENTRIES = st.lists(
    st.tuples(LINE.map(lambda line: f"Weir {line}"), st.lists(SENTENCE, min_size=1, max_size=3)), min_size=1, max_size=3
)
WRITERS: Mapping[str, Callable[[Entries], bytes]] = {
    "rss": partial(rss, stated={"dc:creator": "Oda"}),
    "wxr": wordpress,
    "jsonfeed": json_feed,
    "telegram": telegram,
    "ipynb": notebook,
    "zip": zipped,
    "tar": tarred,
}


@pytest.mark.slow
@pytest.mark.parametrize("ending", WRITERS)
@settings(max_examples=8, deadline=None)
@given(entries=ENTRIES)
def test_what_another_library_writes_comes_back(
    tmp_path_factory: pytest.TempPathFactory, ending: str, entries: Entries
) -> None:
    if ending in ("ipynb", "zip", "tar"):
        # Markdown gives "<" and "&" a meaning of their own.
        entries = [(title, [text.replace("& <so> ", "") for text in texts]) for title, texts in entries]
    if ending == "ipynb":
        entries = entries[:1]
    path = tmp_path_factory.mktemp("law") / "a"
    path.write_bytes(WRITERS[ending](entries))
    came = read_here(path)
    assert [isinstance(part, Article) for part in came] == [True] * len(entries), came
    for part, (title, paragraphs) in zip(came, entries, strict=True):
        assert isinstance(part, Article)
        assert (part.title, texts(part)) == (title, list(paragraphs))


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(entries=ENTRIES)
def test_what_the_library_puts_into_a_mailbox_comes_back(
    tmp_path_factory: pytest.TempPathFactory, entries: Entries
) -> None:
    """A line that begins with "From " is marked there, and its mark goes."""
    folder = tmp_path_factory.mktemp("law")
    (folder / "a").write_bytes(box(entries, folder))
    came = [(part.title, texts(part)) for part in read_here(folder / "a") if isinstance(part, Article)]
    assert came == [(title, ["From here on it is dry.", *paragraphs]) for title, paragraphs in entries]


SOME: Entries = [
    (f"Gate {at}", ["The upper gate sticks, and the keeper oils it.", "Butter does as well."]) for at in range(4)
]
SUBTITLES = "1\n00:00:01,000 --> 00:00:04,000\n<i>The gate</i> sticks.\n\n2\n00:00:05,000 --> 00:00:09,000\nOil it.\n\n"
WHOLE: Mapping[str, bytes] = {
    **{ending: write(SOME[:1] if ending == "ipynb" else SOME) for ending, write in WRITERS.items()},
    "atom": b'<feed xmlns="http://www.w3.org/2005/Atom">'
    + b"<entry><title>Gate</title><content type='html'>&lt;p&gt;The gate sticks.&lt;/p&gt;</content></entry>" * 4
    + b"</feed>",
    "mediawiki": b"<mediawiki><siteinfo><sitename>W</sitename></siteinfo>"
    + b"<page><title>Gate</title><ns>0</ns><revision><text>The '''gate''' {{cn}} sticks.</text></revision></page>" * 4
    + b"</mediawiki>",
    "srt": SUBTITLES.encode() * 4,
    "vtt": b"WEBVTT - Gates\n\n" + SUBTITLES.replace(",", ".").encode() * 4,
    "sbv": b"0:00:01.000,0:00:04.000\nThe gate sticks.\n\n" * 8,
}


@pytest.mark.parametrize("ending", WHOLE)
def test_a_file_that_is_cut_or_damaged_is_told_or_read(tmp_path: Path, ending: str) -> None:
    whole, chance = WHOLE[ending], random.Random(31)  # noqa: S311 - no secret
    for tenth in range(1, 10):
        (tmp_path / f"cut{tenth}.{ending}").write_bytes(whole[: len(whole) * tenth // 10])
        (tmp_path / f"flipped{tenth}.{ending}").write_bytes(flipped(whole, chance, 1 + 3 * tenth))
    parts = read_here(tmp_path)
    assert not [part for part in parts if isinstance(part, Skipped) and "fault" in part.reason]
    # Every file says something of itself.
    said = {Path(part.path[len(str(tmp_path)) + 1 :].partition("/")[0].partition(":")[0]).name for part in parts}
    assert said == {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.txt", "a"])
@pytest.mark.parametrize("ending", [ending for ending in WHOLE if ending not in ("zip", "tar")])
def test_a_file_is_read_as_what_it_is_under_another_name(tmp_path: Path, ending: str, name: str) -> None:
    (tmp_path / name).write_bytes(WHOLE[ending])
    (tmp_path / f"as.{ending}").write_bytes(WHOLE[ending])
    here, own = (
        [texts(part) for part in read_here(tmp_path / one) if isinstance(part, Article)]
        for one in (name, f"as.{ending}")
    )
    assert here
    assert here == own


@pytest.mark.parametrize("ending", ["rss", "atom", "wxr", "mediawiki"])
def test_a_document_that_declares_entities_is_refused(tmp_path: Path, ending: str) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    (tmp_path / f"a.{ending}").write_bytes(bomb + WHOLE[ending].rpartition(b"?>")[2])
    assert [part.reason for part in read_here(tmp_path) if isinstance(part, Skipped)] == [
        "it declares entities, as documents do that mean harm"
    ]
