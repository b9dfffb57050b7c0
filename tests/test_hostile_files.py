"""Files that nobody meant to be articles, or meant to do harm: each is told, and the rest is read."""

import bz2
import gzip
import io
import json
import lzma
import os
import random
import re
import socket
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.analysis.passages import passages
from index.model import Article, Skipped
from index.sources import files, read

pytestmark = pytest.mark.slow

GOOD = "The ferry left the harbour at six with forty passengers."
RECORD = json.dumps({"title": "Good", "text": GOOD})
TWO_GIB = 2 << 30
DOCUMENTS = ("txt", "md", "rst", "adoc", "org", "html")
RECORDS = ("json", "jsonl", "csv")
TOO_MUCH = "it unpacks to more than 200 times its size, which no text would; unpack it if you trust it"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a good file first and last: whatever stands between, both must be read."""
    for name in ("a_good.txt", "z_good.txt"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    yield tmp_path
    for path in tmp_path.iterdir():
        if not path.is_symlink():
            path.chmod(0o700)


def between(folder: Path) -> list[Article | Skipped]:
    """What is found between the two good files, once they have proved to be read."""
    first, *found, last = read([folder])
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert [Path(first.path).name, Path(last.path).name] == ["a_good.txt", "z_good.txt"]
    return found


def told(folder: Path) -> Skipped:
    (found,) = between(folder)
    assert isinstance(found, Skipped), found
    return found


def sparse(path: Path, size: int) -> Path:
    with path.open("wb") as stream:
        stream.truncate(size)
    return path


@pytest.mark.parametrize("name", [f"line.{ending}" for ending in (*DOCUMENTS, "unknown")])
def test_two_gigabytes_without_a_line_break_are_not_read_into_memory(folder: Path, name: str) -> None:
    sparse(folder / name, TWO_GIB)
    assert "larger than" in told(folder).reason


@pytest.mark.parametrize("name", ["line.json", "line.jsonl", "line.csv"])
def test_two_gigabytes_of_nothing_are_no_records(folder: Path, name: str) -> None:
    sparse(folder / name, TWO_GIB)
    assert "binary" in told(folder).reason


def test_a_line_too_long_is_told_by_its_number_and_the_lines_around_it_are_read(folder: Path) -> None:
    path = folder / "long.jsonl"
    with path.open("wb") as stream:
        stream.write(f"{RECORD}\n".encode())
        stream.seek(300 << 20, os.SEEK_CUR)
        stream.write(f"\n{RECORD}".encode())
    before, skipped, after = between(folder)
    assert isinstance(before, Article)
    assert isinstance(after, Article)
    assert skipped == Skipped(f"{path}:2", "a line longer than 16 MiB; split it into records")


@pytest.mark.parametrize(
    "name",
    [f"bomb.{ending}" for ending in (*DOCUMENTS, *RECORDS)],
)
def test_a_packed_file_under_another_name_is_unpacked_within_the_same_limits(folder: Path, name: str) -> None:
    (folder / name).write_bytes(gzip.compress(b"<p>" + b"0" * (8 << 20)))
    assert told(folder).reason == TOO_MUCH


def test_a_zip_archive_is_no_text(folder: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", GOOD)
    (folder / "news.txt").write_bytes(packed.getvalue())
    assert told(folder).reason == "an archive: unpack it"


@pytest.mark.parametrize("name", ["bomb.txt.gz", "bomb.json.gz", "bomb.jsonl.gz", "bomb.csv.gz"])
def test_a_packed_file_that_grows_beyond_all_text_is_given_up(folder: Path, name: str) -> None:
    (folder / name).write_bytes(gzip.compress(b"text\n" + b" " * (100 << 20)))
    assert isinstance(between(folder)[-1], Skipped)
    assert TOO_MUCH in str(between(folder))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("cut", [12, 40])
def test_a_damaged_archive_is_told(folder: Path, cut: int, pack: Callable[[bytes], bytes]) -> None:
    (folder / "cut.jsonl").write_bytes(pack(RECORD.encode())[:cut])
    assert re.match("a damaged (gzip|bzip2|xz) archive", told(folder).reason)


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_a_packed_file_with_broken_bytes_is_told(folder: Path, pack: Callable[[bytes], bytes]) -> None:
    raw = bytearray(pack(RECORD.encode() * 9))
    raw[len(raw) // 2 :] = bytes(byte ^ 255 for byte in raw[len(raw) // 2 :])
    (folder / "m.jsonl").write_bytes(raw)
    assert re.match("a damaged (bzip2|xz) archive", told(folder).reason)


def test_an_archive_that_takes_much_memory_is_told(folder: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 512 << 20, "preset": 0}]
    (folder / "m.txt.xz").write_bytes(lzma.compress(GOOD.encode(), filters=filters))
    assert told(folder).reason == "it takes more than 128 MiB of memory to unpack; unpack it first"


@pytest.mark.parametrize("name", [*(f"a.{ending}" for ending in (*DOCUMENTS, *RECORDS)), "a.exe", "noname"])
def test_random_bytes_are_binary(folder: Path, name: str) -> None:
    (folder / f"m{name}").write_bytes(b"\xfe" + random.Random(7).randbytes(4000))  # noqa: S311  # no secret
    found = between(folder)
    assert found
    assert all(isinstance(part, Skipped) for part in found), found


@pytest.mark.parametrize("name", [f"a.{ending}" for ending in (*DOCUMENTS, *RECORDS)])
def test_a_nul_byte_is_told(folder: Path, name: str) -> None:
    (folder / f"m{name}").write_bytes(f"{GOOD}\0{GOOD}".encode())
    assert "binary" in told(folder).reason


@pytest.mark.parametrize("name", [f"m.{ending}" for ending in (*DOCUMENTS, *RECORDS, "txt.gz")])
def test_an_empty_file_is_told(folder: Path, name: str) -> None:
    (folder / name).touch()
    assert told(folder) == Skipped(str(folder / name), "empty")


def test_a_folder_may_be_called_like_a_file(folder: Path) -> None:
    (folder / "m.txt").mkdir()
    (folder / "m.txt" / "inner.txt").write_text(GOOD, encoding="utf-8")
    (found,) = between(folder)
    assert found.path == str(folder / "m.txt" / "inner.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_never_opened(folder: Path) -> None:
    os.mkfifo(folder / "m.txt")
    assert told(folder).reason == "a named pipe, not a file"


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no sockets in files")
def test_a_socket_is_never_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("m.txt")
        assert told(folder).reason == "a socket, not a file"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_a_device_is_never_opened(folder: Path) -> None:
    (folder / "m.txt").symlink_to("/dev/zero")
    assert told(folder).reason == "a device, not a file"


def test_a_link_back_to_a_folder_above_is_told_and_not_followed(folder: Path) -> None:
    (folder / "m").mkdir()
    (folder / "m" / "loop").symlink_to(folder)
    assert told(folder) == Skipped(str(folder / "m" / "loop"), "a link back to a folder that holds it")


def test_a_link_to_itself_and_a_link_to_nothing_are_told(folder: Path) -> None:
    (folder / "m_self.txt").symlink_to(folder / "m_self.txt")
    (folder / "n_gone.txt").symlink_to(folder / "nothing")
    itself, nothing = between(folder)
    assert isinstance(itself, Skipped)
    assert nothing == Skipped(str(folder / "n_gone.txt"), "a link to a file that is not there")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
@pytest.mark.parametrize("name", ["m.txt", "m.jsonl", "m.csv"])
def test_a_file_one_may_not_read_is_told(folder: Path, name: str) -> None:
    (folder / name).write_text(RECORD, encoding="utf-8")
    (folder / name).chmod(0)
    assert told(folder).reason == "permission denied"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_one_may_not_list_is_told(folder: Path) -> None:
    (folder / "m").mkdir(mode=0)
    assert told(folder) == Skipped(str(folder / "m"), "permission denied")


@pytest.mark.skipif(os.name != "posix", reason="names of files are text on this system")
def test_a_name_that_is_no_text_can_still_be_stored(folder: Path) -> None:
    (folder / os.fsdecode(b"m\xff.txt")).write_text(GOOD, encoding="utf-8")
    (found,) = between(folder)
    assert isinstance(found, Article)
    assert found.path.encode() == f"{folder}/m\ufffd.txt".encode()
    assert found.title == "m\ufffd"


def test_a_file_that_disappears_while_others_are_read_is_told(folder: Path) -> None:
    (folder / "m.txt").write_text(GOOD, encoding="utf-8")
    reading = read([folder])
    next(reading)
    (folder / "m.txt").unlink()
    gone, last = reading
    assert isinstance(gone, Skipped)
    assert isinstance(last, Article)


@pytest.mark.parametrize("opening", ["[", '{"text":'])
@pytest.mark.parametrize("name", ["m.json", "m.jsonl"])
def test_lists_nested_without_end_are_told(folder: Path, name: str, opening: str) -> None:
    (folder / name).write_text(opening * 200_000, encoding="utf-8")
    assert "nested too deep" in told(folder).reason


def test_a_number_of_a_million_digits_is_told(folder: Path) -> None:
    (folder / "m.jsonl").write_text('{"id": ' + "9" * 1_000_000 + "}", encoding="utf-8")
    assert "not JSON that can be read" in told(folder).reason


@pytest.mark.parametrize("value", [[], {}, 3, [[["x"]]], [None, 2], {"text": {"text": {"text": 1}}}, "\u0000", " "])
def test_a_text_that_is_no_text_is_told(folder: Path, value: object) -> None:
    (folder / "m.json").write_text(json.dumps({"title": "T", "text": value}), encoding="utf-8")
    assert "no text in it" in told(folder).reason


def test_fields_of_the_wrong_kind_are_left_out(folder: Path) -> None:
    record = {"text": GOOD, "title": ["a"], "author": {"x": 1}, "date": {"y": 2}, "url": 1.5, "id": [1], "lang": 7}
    (folder / "m.json").write_text(json.dumps(record | {"metadata": {"metadata": {}}}), encoding="utf-8")
    (found,) = between(folder)
    assert isinstance(found, Article)
    assert (found.author, found.date, found.url, found.key, found.language) == (None, None, None, "", None)


def test_half_a_surrogate_pair_can_still_be_stored(folder: Path) -> None:
    (folder / "m.json").write_text('{"title": "A \\ud83d boat", "text": "It \\udc00 sank."}', encoding="utf-8")
    (found,) = between(folder)
    assert isinstance(found, Article)
    assert (found.title.encode(), found.paragraphs[0].text.encode()) == (
        "A \ufffd boat".encode(),
        "It \ufffd sank.".encode(),
    )


def test_a_title_as_long_as_an_article_becomes_text(folder: Path) -> None:
    (folder / "m.json").write_text(json.dumps({"title": "long " * 50_000, "text": GOOD}), encoding="utf-8")
    (found,) = between(folder)
    assert isinstance(found, Article)
    assert len(found.title) < 300
    assert len(found.paragraphs) == 2


def test_a_field_longer_than_the_csv_reader_allows_by_itself_is_read(folder: Path) -> None:
    (folder / "m.csv").write_text(f'title,text\nLong,"{"boat " * 200_000}"\n', encoding="utf-8")
    (found,) = between(folder)
    assert isinstance(found, Article)
    assert len(passages(found)) == 667


def test_a_quotation_mark_that_never_closes_does_not_take_the_rest_unseen(folder: Path) -> None:
    (folder / "m.csv").write_text(f'title,text\nA,{GOOD}\nB,"open\n' + f"C,{'x' * 1000}\n" * 18_000, encoding="utf-8")
    found = between(folder)
    assert isinstance(found[0], Article)
    assert any(isinstance(part, Skipped) and part.path.endswith("m.csv:3") for part in found)


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + GOOD,
        "<!--" * 100_000 + GOOD,
        "<" * 100_000,
        "<a " * 100_000,
        "<?xml version='1.0' encoding='utf-99'?><!DOCTYPE a [<!ENTITY a 'b'>]>&a;",
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><html><body>&b;</body></html>',
        "<table><tr><td>" * 50_000,
        "&" * 100_000,
        "<p " + 'a="b" ' * 50_000 + f">{GOOD}</p>",
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        '<script type="application/ld+json">' * 5_000,
    ],
)
def test_a_page_made_to_break_parsers_does_not_break_the_reading(folder: Path, page: str) -> None:
    (folder / "m.html").write_text(page, encoding="utf-8")
    assert len(between(folder)) == 1


@pytest.mark.parametrize(
    "text", ["> " * 20_000 + GOOD, "[" * 50_000, "*a_" * 20_000, "- " * 5_000, "`" * 50_000, "![" * 20_000]
)
def test_a_document_made_to_break_parsers_does_not_break_the_reading(folder: Path, text: str) -> None:
    (folder / "m.md").write_text(text, encoding="utf-8")
    assert len(between(folder)) == 1


@pytest.mark.parametrize("ending", ["rst", "adoc", "org"])
@pytest.mark.parametrize(
    "text",
    [
        "*" * 500_000,
        "====\n" * 50_000,
        "*a _b `c " * 20_000,
        "".join(" " * at + "a\n\n" for at in range(500)),
        "- " * 50_000 + "a",
        "== ==\n" + "a  b\n" * 20_000,
        "+-" * 20_000 + "+\n" + "|a\n" * 20_000,
        "|===\n" + "|" * 50_000,
        "----\n" + "<1> " * 50_000 + "a",
        ":a:\n" * 20_000,
        "footnote:[a" * 20_000 + "[fn::a" * 20_000,
        "".join("   " * at + ".. note::\n\n" for at in range(300)),
        "* " + ":a" * 50_000,
        "#+begin_src\n" * 20_000,
    ],
)
def test_marked_up_text_made_to_break_readers_does_not_break_the_reading(
    folder: Path, ending: str, text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / f"m.{ending}").write_text(f"{GOOD}\n\n{text}", encoding="utf-8")
    (found,) = between(folder)
    assert isinstance(found, Article)
    assert "The ferry left the harbour" in found.paragraphs[0].text
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("ending", ["rst", "adoc", "org"])
@pytest.mark.parametrize(
    "text",
    [
        ".. |a| replace:: |b||b||b|\n.. |b| replace:: |a||a||a|\n\n" + "|a| |b| " * 50_000,
        "".join(f":a{at}: {{a{at - 1}}}{{a{at - 1}}}b\n" for at in range(200)) + "\n" + "{a199} " * 50_000,
    ],
)
def test_names_that_stand_for_one_another_are_not_written_out(folder: Path, ending: str, text: str) -> None:
    (folder / f"m.{ending}").write_text(text, encoding="utf-8")
    (found,) = between(folder)
    assert isinstance(found, Article)
    assert sum(len(paragraph.text) for paragraph in found.paragraphs) < 4_000_000


@pytest.mark.parametrize(
    "text",
    [
        "Share\n" * 20_000 + "3 hours ago\n",
        "Share\nTweet\n3 hours ago\nBy Ana Reyes\n\n" + "Comments (3)\nIt rained in Ayr.\n" * 6_000,
        "- It rained in Ayr.\n\n" * 10_000,
        "e" + "\u0301\u0323" * 60_000,
        "\xad" * 100_000 + "\r",
    ],
    ids=["buttons above a date", "labels of comments", "a list with blank lines", "marks on a letter", "soft hyphens"],
)
@pytest.mark.parametrize("ending", ["txt", "json"])
def test_a_text_that_repeats_one_thing_for_ever_is_read_to_its_end(folder: Path, ending: str, text: str) -> None:
    whole = f"{GOOD}\n\n{text}"
    written = json.dumps({"title": "Good", "text": whole}) if ending == "json" else whole
    (folder / f"m.{ending}").write_text(written, encoding="utf-8")
    (found,) = between(folder)
    assert isinstance(found, Article)
    assert "The ferry left the harbour" in found.paragraphs[0].text


def test_a_header_row_longer_than_the_table_below_it_is_not_written_above_each_row(folder: Path) -> None:
    table = f"<table><tr>{'<th>berth</th>' * 5_000}</tr>{'<tr><td>240</td><td>30</td></tr>' * 1_000}</table>"
    (folder / "m.json").write_text(json.dumps({"title": "Good", "text": f"<p>{GOOD}</p>{table}"}), encoding="utf-8")
    (found,) = between(folder)
    assert isinstance(found, Article)
    assert sum(len(paragraph.text) for paragraph in found.paragraphs) < 2 * len(table)


def test_front_matter_that_multiplies_itself_is_not_written_out(folder: Path) -> None:
    levels = [f"l{at}: &l{at} [{', '.join([f'*l{at - 1}'] * 9)}]" for at in range(1, 12)]
    front = "\n".join(["l0: &l0 [boom]", *levels, "author: *l11"])
    (folder / "m.md").write_text(f"---\n{front}\n---\n{GOOD}\n", encoding="utf-8")
    (found,) = between(folder)
    assert isinstance(found, Article)
    assert found.author is None


def test_a_folder_nested_very_deep_is_walked(folder: Path) -> None:
    deep = folder.joinpath("m", *["d"] * 700)
    deep.mkdir(parents=True)
    assert len(list(files([folder]))) == 2
