"""Office documents and books that are damaged or meant to do harm: each is told or read, and stops no other."""

import random
import struct
import zipfile
from pathlib import Path

import pytest

from index.model import Article, Skipped
from tests.damage import flipped
from tests.office import NAMES, docx, epub, found, named, odt, packed, page, paragraph, rtf, told
from tests.read_here import read_here

TEXT = "The lock keeper opens the gates at the turn of the tide."
LOLS = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 12))
DEEP = 100_000
# So that the archive is not refused for what it unpacks to.
NOISE = {"noise": random.Random(1).randbytes(8000).hex()}  # noqa: S311  # no secret
WHOLE = {
    "docx": docx(paragraph(TEXT) * 20),
    "odt": odt(f"<text:p>{TEXT}</text:p>" * 20),
    "epub": epub({"a.xhtml": f"<h1>Locks</h1><p>{TEXT}</p>"}, contents='<li><a href="a.xhtml">Locks</a></li>'),
    "rtf": rtf("{\\stylesheet{\\s1 heading 1;}}\\pard\\s1 Locks\\par" + f"\\pard {{\\i {TEXT}}}\\par" * 5),
}  # fmt: skip


def quiet(parts: list[Article | Skipped]) -> None:
    """What comes out of a damaged file is an article or a reason in words, never a fault of ours."""
    assert parts
    for part in parts:
        if isinstance(part, Skipped):
            assert "fault" not in part.reason, part
            assert len(part.reason) < 300


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_cut_at_every_tenth_is_told_or_read(tmp_path: Path, kind: str) -> None:
    whole = WHOLE[kind]
    for tenth in range(1, 10):
        quiet(found(tmp_path / f"cut.{kind}", whole[: len(whole) * tenth // 10]))
    assert isinstance(found(tmp_path / f"whole.{kind}", whole)[0], Article)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_with_flipped_bits_is_told_or_read(tmp_path: Path, kind: str) -> None:
    chance = random.Random(16)  # noqa: S311  # no secret
    for _ in range(60):
        raw = flipped(WHOLE[kind], chance, chance.choice((1, 1, 3, 30)))
        quiet(found(tmp_path / f"flipped.{kind}", raw))


@pytest.mark.parametrize("kind", ["docx", "odt", "epub"])
def test_a_member_that_is_far_larger_than_its_archive_is_not_unpacked(tmp_path: Path, kind: str) -> None:
    filler = " " * (3 << 20)
    bombs = {
        "docx": lambda: docx(f"{paragraph(TEXT)}<w:p>{filler}</w:p>"),
        "odt": lambda: odt(f"<text:p>{TEXT}{filler}</text:p>"),
        "epub": lambda: epub({f"{at}.xhtml": f"<p>{TEXT}{filler[: 1 << 20]}</p>" for at in range(3)}),
    }
    assert any("more than 200 times its size" in str(part) for part in found(tmp_path / f"bomb.{kind}", bombs[kind]()))


def test_a_member_that_is_too_large_for_a_tree_is_told_with_its_limit(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_STORED) as package:
        package.writestr("word/document.xml", b" " * (33 << 20))
    (skipped,) = read_here(tmp_path)
    assert isinstance(skipped, Skipped)
    assert "larger than 32 MiB" in skipped.reason


def test_a_list_of_members_longer_than_any_document_has_is_not_read(tmp_path: Path) -> None:
    raw = bytearray(WHOLE["docx"] + b"\0" * (5 << 20))
    end = raw.rfind(b"PK\5\6")
    trailer = bytearray(raw[end : end + 22])
    struct.pack_into("<I", trailer, 12, 5 << 20)
    assert "larger than 4 MiB" in told(tmp_path / "a.docx", bytes(raw) + bytes(trailer))


@pytest.mark.parametrize("where", ["text", "attribute"])
def test_entities_are_refused_and_not_expanded(tmp_path: Path, where: str) -> None:
    used = "&l11;" if where == "text" else ""
    inside = f'<!DOCTYPE w:document [{LOLS}]><w:document {named(NAMES)} a="{"" if used else "&l11;"}"><w:body>'
    bomb = f"{inside}<w:p><w:r><w:t>{used}</w:t></w:r></w:p></w:body></w:document>"
    assert isinstance(found(tmp_path / "a.docx", packed({"word/document.xml": bomb}))[0], Skipped)
    outside = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><html><body><p>&x;</p></body></html>'
    skipped, *rest = found(
        tmp_path / "a.epub", epub({"a.xhtml": f"<?xml version='1.0'?>{outside}", "b.xhtml": f"<p>{TEXT}</p>"})
    )
    assert isinstance(skipped, Skipped)
    assert "declares entities" in skipped.reason
    assert len(rest) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", docx("<w:ins>" * DEEP + paragraph(TEXT) + "</w:ins>" * DEEP, parts=NOISE)),
        ("a.odt", odt("<text:a>" * DEEP + f"<text:p>{TEXT}</text:p>" + "</text:a>" * DEEP, members=NOISE)),
        ("a.rtf", rtf("{" * DEEP + TEXT + "}" * DEEP)),
    ],
    ids=["docx", "odt", "rtf"],
)
def test_a_hundred_thousand_nested_parts_are_told(tmp_path: Path, name: str, content: bytes) -> None:
    assert "nested" in told(tmp_path / name, content)


def test_a_page_of_a_hundred_thousand_nested_tags_costs_itself_alone(tmp_path: Path) -> None:
    deep = page("<div>" * DEEP + TEXT + "</div>" * DEEP)
    parts = found(tmp_path / "a.epub", epub({"deep.xhtml": deep, "b.xhtml": f"<h1>B</h1><p>{TEXT}</p>"}))
    quiet(parts)
    assert any(isinstance(part, Article) and part.paragraphs[0].text == TEXT for part in parts)


def test_a_page_that_states_its_encoding_twice_is_read(tmp_path: Path) -> None:
    twice = '<?xml version="1.0" encoding="utf-8"?>' * 2 + f"<html><body><p>{TEXT}</p></body></html>"
    quiet(found(tmp_path / "a.epub", epub({"a.xhtml": twice})))


@pytest.mark.parametrize(("at", "value"), [(0x06, b"\x94\x00"), (0x08, b"\x00\x08")])
def test_a_list_of_members_of_another_version_or_spelling_is_told(tmp_path: Path, at: int, value: bytes) -> None:
    raw = bytearray(WHOLE["docx"])
    first = raw.find(b"PK\1\2")
    raw[first + at : first + at + 2] = value
    raw[first + 46] = 0xE5
    quiet(found(tmp_path / "a.docx", bytes(raw)))


def test_styles_that_rest_on_each_other_end(tmp_path: Path) -> None:
    rests = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/><w:basedOn w:val="{above}"/></w:style>'
        for name, above in (("A", "B"), ("B", "A"))
    )
    assert isinstance(found(tmp_path / "a.docx", docx(paragraph(TEXT, "A"), styles=rests))[0], Article)


def test_a_chapter_that_the_order_of_reading_names_many_times_is_read_once(tmp_path: Path) -> None:
    spine = '<itemref idref="i0"/>'
    raw = epub({"a.xhtml": f"<p>{TEXT}</p>"})
    assert spine.encode() not in raw
    again = {f"OPS/{name}": f"<p>{TEXT}</p>" for name in ("a.xhtml",)}
    opf = '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest><item id="i0" href="a.xhtml" '
    opf += f'media-type="application/xhtml+xml"/></manifest><spine>{spine * 5_000}</spine></package>'
    assert (
        len(found(tmp_path / "a.epub", epub({"a.xhtml": f"<p>{TEXT}</p>"}, members={"OPS/book.opf": opf, **again})))
        == 1
    )


@pytest.mark.parametrize(
    "address", ["../../../../etc/passwd", "/etc/passwd", "http://lock.example/a.xhtml", "%2e%2e/x", ""]
)
def test_addresses_out_of_the_book_lead_nowhere(tmp_path: Path, address: str) -> None:
    opf = '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>'
    opf += f'<item id="i0" href="{address}" media-type="application/xhtml+xml"/></manifest>'
    opf += '<spine><itemref idref="i0"/></spine></package>'
    assert isinstance(found(tmp_path / "a.epub", epub({}, members={"OPS/book.opf": opf}))[0], Skipped)


@pytest.mark.parametrize(
    ("name", "stream", "reason"),
    [
        ("a.docx", "EncryptedPackage", "password"),
        ("a.doc", "WordDocument", "office"),
        ("a.odt", "WordDocument", "office"),
    ],
)
def test_files_of_old_office_programs_are_told_and_so_is_a_password(
    tmp_path: Path, name: str, stream: str, reason: str
) -> None:
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<I", head, 48, 0)
    entry = bytearray(512)
    entry[: 2 * len(stream)] = stream.encode("utf-16-le")
    struct.pack_into("<H", entry, 64, 2 * len(stream) + 2)
    assert reason in told(tmp_path / name, bytes(head + entry))


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.epub", "a.rtf", "a.txt", "a"])
def test_a_document_is_read_by_what_it_is_whatever_it_is_called(tmp_path: Path, kind: str, name: str) -> None:
    (part, *_) = found(tmp_path / name, WHOLE[kind])
    assert isinstance(part, Article)
    assert part.paragraphs[-1].text == TEXT


@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.epub", "a.rtf"])
def test_a_picture_under_the_name_of_a_document_is_told_as_a_picture(tmp_path: Path, name: str) -> None:
    assert "PNG picture" in told(tmp_path / name, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")


@pytest.mark.parametrize("name", ["a.docx", "a.rtf", "a.epub"])
def test_a_text_under_the_name_of_a_document_is_a_text(tmp_path: Path, name: str) -> None:
    (part,) = found(tmp_path / name, TEXT.encode())
    assert isinstance(part, Article)
    assert part.paragraphs[0].text == TEXT


def test_one_bad_document_costs_itself_alone(tmp_path: Path) -> None:
    for kind, whole in WHOLE.items():
        (tmp_path / f"a.{kind}").write_bytes(whole)
        (tmp_path / f"b.{kind}").write_bytes(whole[: len(whole) // 3])
    names = {Path(part.path).name for part in read_here(tmp_path) if isinstance(part, Article)}
    assert {f"a.{kind}" for kind in WHOLE} <= names
