"""Zip and tar archives: their members are read as files are, and nothing in them leads out or takes all there is."""

import gzip
import io
import random
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.model import Article, ReadingOptions, Skipped
from index.sources import read
from index.sources.archives import members
from tests.damage import flipped

# A reader process for nearly every archive.
pytestmark = pytest.mark.slow

EEL = "The eel pots are lifted on the first frost, and the cook is told last."
LAMP = "The lamplighter sold the ladder and kept the lamp."
OUTCOME = tuple[dict[str, str], dict[str, str]]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of temporary files, in which nothing may be left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def outcome(path: Path) -> OUTCOME:
    """The articles by their way from `path`, each with its title, and what was skipped, with the reason."""
    titles, told = {}, {}
    for part in read(path):
        assert part.path.startswith(str(path))
        way = part.path.removeprefix(str(path)).removeprefix("/")
        if isinstance(part, Skipped):
            told[way] = part.reason
        else:
            titles[way] = part.title
    return titles, told


def zipped(
    path: Path | io.BytesIO, files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED
) -> Path | io.BytesIO:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def zip_bytes(files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    whole = io.BytesIO()
    zipped(whole, files, method)
    return whole.getvalue()


def tar_bytes(files: dict[str, str | bytes], mode: str = "w", kinds: dict[str, bytes] | None = None) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode=mode) as archive:  # type: ignore[call-overload]  # a mode for writing
        for name, content in files.items():
            raw = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))
        for name, kind in (kinds or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/hostname"
            archive.addfile(info)
    return whole.getvalue()


@pytest.mark.usefixtures("temporary")
def test_members_are_read_as_files_are(tmp_path: Path) -> None:
    inner = tar_bytes({"deep/2024-04-19-lamp.md": f"# Lamps\n\n{LAMP}\n"}, "w:xz")
    path = tmp_path / "news.zip"
    zipped(
        path,
        {
            "a/eel.txt": EEL,
            "a/index.html": f"<html><head><title>Frost</title></head><body><p>{EEL}</p></body></html>",
            "records.jsonl.gz": gzip.compress(f'{{"title": "Two", "text": "{EEL}"}}\n'.encode()),
            "page.pdf": f"<!doctype html><html><body><h1>Saved</h1><p>{LAMP}</p></body></html>",
            "more.bin.zip": zip_bytes({"x/inner": inner}),
            "logo": b"\x89PNG\r\n\x1a\n",
            "style.css": "p { }",
            ".DS_Store": "Bud1",
            "__MACOSX/a/._eel.txt": "Mac OS X",
            "site/node_modules/x/README.md": EEL,
            ".gitignore": "drafts/\n*.tmp.txt\n",
            "drafts/a.txt": EEL,
            "b/note.tmp.txt": EEL,
            "b/.gitignore": "!*.tmp.txt\n",
            "empty/": "",
        },
    )  # fmt: skip
    titles, told = outcome(path)
    assert titles == {
        "a/eel.txt": "eel",
        "a/index.html": "Frost",
        "records.jsonl.gz": "Two",
        "page.pdf": "Saved",
        "more.bin.zip/x/inner/deep/2024-04-19-lamp.md": "Lamps",
        "b/note.tmp.txt": "note.tmp",
    }
    assert told == {
        "logo": "binary: a PNG picture, not text",
        "style.css": "a style sheet, not an article",
        "__MACOSX": "a folder of a Mac's archive",
        "site/node_modules": "a folder of installed packages",
        "drafts": "named in a .gitignore file",
    }
    excluding = list(read(path, options=ReadingOptions(exclude=("a/",))))
    assert str(path / "a/eel.txt") not in [part.path for part in excluding]
    (lamp,) = [part for part in excluding if isinstance(part, Article) and part.title == "Lamps"]
    assert lamp.date == "2024-04-19"


def test_an_archive_is_known_whatever_it_is_called(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"eel.txt": EEL}
    kinds = (zip_bytes(files), tar_bytes(files), *(tar_bytes(files, f"w:{packing}") for packing in ("gz", "bz2", "xz")))
    for number, content in enumerate(kinds):
        for name in ("news.zip", "news.tar", "news.tgz", "news.tar.bz2", "news", "news.txt"):
            (tmp_path / f"{number}{name}").write_bytes(content)
    titles, told = outcome(tmp_path)
    assert told == {}
    assert len(titles) == 6 * len(kinds)
    assert set(titles.values()) == {"eel"}


@pytest.mark.parametrize(
    ("codec", "names"),
    [
        ("cp866", ["вести/ледоход.txt", "вести/весна на пристани.txt"]),
        ("cp1251", ["Рассказы/О приливе и соли.txt", "Рассказы/Маяк.txt"]),
        ("shift_jis", ["港のニュース/灯台の話.txt", "港のニュース/縄の話.txt"]),
        ("gbk", ["港口新闻/灯塔的故事.txt", "港口新闻/绳子的故事.txt"]),
        ("utf-8", ["Überfahrt/Möwe.txt", "Überfahrt/Größe.txt"]),
    ],
)
def test_names_that_do_not_say_their_encoding_are_read_in_it(tmp_path: Path, codec: str, names: list[str]) -> None:
    raw = zip_bytes({f"{number}" * len(name.encode(codec)): EEL for number, name in enumerate(names)})
    for number, name in enumerate(names):
        raw = raw.replace(f"{number}".encode() * len(name.encode(codec)), name.encode(codec))
    (tmp_path / "a.zip").write_bytes(raw)
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w", format=tarfile.GNU_FORMAT, encoding=codec) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(EEL)
            archive.addfile(info, io.BytesIO(EEL.encode()))
    (tmp_path / "b.tar").write_bytes(tarred.getvalue())
    titles, told = outcome(tmp_path)
    assert told == {}
    assert list(titles) == [f"{archive}/{name}" for archive in ("a.zip", "b.tar") for name in names]


@pytest.mark.parametrize(
    ("codec", "name", "text"),
    [
        ("gbk", "故乡的桥.md", "故乡的石桥建于明朝。"),
        ("cp949", "새 문서.md", "새로 쓴 문서입니다."),
        ("cp866", "Отчёт.md", "Годовой отчёт о приливе."),
        ("cp850", "Über uns.md", "Was über uns gesagt wird."),
        ("cp720", "الجسر.md", "بني الجسر القديم."),
    ],
)
def test_a_name_of_few_letters_is_read_in_those_of_its_text(tmp_path: Path, codec: str, name: str, text: str) -> None:
    stand_in = "0" * len(name.encode(codec))
    raw = zip_bytes({stand_in: f"# Eel\n\n{text}\n"}).replace(stand_in.encode(), name.encode(codec))
    (tmp_path / "a.zip").write_bytes(raw)
    titles, told = outcome(tmp_path)
    assert (list(titles), told) == ([f"a.zip/{name}"], {})


@pytest.mark.usefixtures("temporary")
def test_what_leads_out_or_is_no_file_is_told_and_written_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    out: dict[str, str | bytes] = {"../../outside.md": EEL, "/etc/quoth.md": EEL, "a/../../b.md": EEL}
    odd: dict[str, str | bytes] = {"C:/c.md": EEL, "x" * 300 + ".md": LAMP, "/".join("d" * 70): EEL, "good.md": EEL}
    link = zipfile.ZipInfo("link.md")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for name, content in (out | odd).items():
            archive.writestr(name, content)
        archive.writestr("back\\slash.md", EEL)
        archive.writestr(link, "/etc/hostname")
        archive.writestr("locked.md", EEL)
    raw = bytearray((folder / "a.zip").read_bytes())
    # The flag of encryption, before its name in front of the member and in the list.
    raw[raw.index(b"locked.md") - 24] |= 1
    raw[raw.rindex(b"locked.md") - 38] |= 1
    (folder / "a.zip").write_bytes(raw)
    kinds = {"soft.md": tarfile.SYMTYPE, "hard.md": tarfile.LNKTYPE, "null": tarfile.CHRTYPE, "pipe": tarfile.FIFOTYPE}
    (folder / "b.tar").write_bytes(tar_bytes(out | {"good.md": EEL}, kinds=kinds))
    leads_out = "its name leads out of the archive"
    titles, told = outcome(folder)
    assert set(titles) == {"a.zip/good.md", "a.zip/back/slash.md", f"a.zip/{'x' * 300}.md", "b.tar/good.md"}
    assert told == {
        **{f"{archive}/{name}": leads_out for archive in ("a.zip", "b.tar") for name in out},
        "a.zip/C:/c.md": leads_out,
        f"a.zip/{'/'.join('d' * 70)}": "it lies in more than 64 folders one in another",
        "a.zip/link.md": "a link, not a file",
        "a.zip/locked.md": "it needs a password; unpack it",
        "b.tar/soft.md": "a link, not a file",
        "b.tar/hard.md": "a link, not a file",
        "b.tar/null": "a device, not a file",
        "b.tar/pipe": "a named pipe, not a file",
    }
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["a.zip", "b.tar"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_members_of_one_name_the_last_one_counts(tmp_path: Path) -> None:
    first, second = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(first, "w") as archive, tarfile.open(fileobj=second, mode="w") as other:
        for text in (LAMP, EEL):
            archive.writestr("a.txt", text)
            info = tarfile.TarInfo("./a.txt" if text is LAMP else "a.txt")
            info.size = len(text)
            other.addfile(info, io.BytesIO(text.encode()))
    (tmp_path / "a.zip").write_bytes(first.getvalue())
    (tmp_path / "b.tar").write_bytes(second.getvalue())
    parts = [part for part in read(tmp_path) if isinstance(part, Article)]
    assert [part.paragraphs[0].text for part in parts] == [EEL, EEL]


def nested(depth: int, innermost: bytes, pack: Callable[[dict[str, str | bytes]], bytes]) -> bytes:
    for level in range(depth):
        innermost = pack({f"{level}.zip": innermost, f"{level}.txt": EEL})
    return innermost


@pytest.mark.usefixtures("temporary")
def test_bombs_are_given_up_with_the_number_that_they_exceed(tmp_path: Path) -> None:
    stored = zip_bytes({"a.txt": EEL})
    bomb, part = b"0" * (32 << 20), b"0" * (1 << 20)
    bombs = {
        "flat.zip": zip_bytes({"a.txt": EEL, "b.txt": bomb, "c.txt": EEL}),
        "flat.tgz": tar_bytes({"a.txt": EEL, "b.txt": bomb}, "w:gz"),
        "layers.zip": zip_bytes({"a.txt": EEL, "b.zip": zip_bytes({f"{one}.txt": part for one in range(40)})}),
        "nested.zip": nested(5, stored, zip_bytes),
    }  # fmt: skip
    for name, raw in bombs.items():
        (tmp_path / name).write_bytes(raw)
    titles, told = outcome(tmp_path)
    too_much = "it unpacks to more than 200 times its size, which no text would; unpack it if you trust it"
    given_up = {name: reason for name, reason in told.items() if reason == too_much}
    assert set(given_up) == {"flat.zip", "layers.zip", "flat.tgz", "flat.tgz/b.txt"}
    assert told["nested.zip/4.zip/3.zip/2.zip"] == "an archive that lies 3 deep in others; unpack it"
    assert [name for name in titles if not name.startswith(("flat.tgz", "layers.zip/b.zip"))] == [
        "flat.zip/a.txt",
        "layers.zip/a.txt",
        *("nested.zip/4.zip/3.zip/2.txt", "nested.zip/4.zip/3.txt", "nested.zip/4.txt"),
    ]


def test_too_many_members_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MOST_MEMBERS", 40)
    monkeypatch.setattr("index.sources.isolation.ReaderProcess._started", lambda _: False)
    files: dict[str, str | bytes] = {f"{number}.txt": EEL for number in range(30)}
    (tmp_path / "a.zip").write_bytes(zip_bytes(files | {"more.zip": zip_bytes(files)}))
    titles, told = outcome(tmp_path)
    assert len(titles) == 30 + 9
    assert told == {"a.zip": "it holds more than 40 files; unpack it and name the folder"}


def test_a_member_that_is_too_large_is_told_and_not_written(tmp_path: Path) -> None:
    raw = bytearray(tar_bytes({"a.txt": EEL, "b.txt": LAMP}))
    # Its size and the sum of its header, as they stand in it.
    raw[124:136] = f"{3 << 30:011o}\0".encode()
    raw[148:156] = b" " * 8
    raw[148:156] = f"{sum(raw[:512]):06o}\0 ".encode()
    (tmp_path / "b.tar").write_bytes(raw)
    told = outcome(tmp_path / "b.tar")[1]
    assert told["a.txt"] == "larger than 1,024 MiB; unpack the archive and name this file"
    assert "damaged tar archive" in told[""]


@pytest.mark.usefixtures("temporary")
def test_damaged_archives_stop_nothing(tmp_path: Path) -> None:
    chance = random.Random(16)  # noqa: S311 - no secret
    files: dict[str, str | bytes] = {f"{number}.txt": f"{EEL} {number}\n\n{LAMP * number}" for number in range(9)}
    for name, raw in (("z", zip_bytes(files)), ("t", tar_bytes(files)), ("g", tar_bytes(files, "w:gz"))):
        for tenth in range(1, 10):
            (tmp_path / f"{name}{tenth}-cut.zip").write_bytes(raw[: len(raw) * tenth // 10])
        for turn in range(20):
            (tmp_path / f"{name}{turn}-flipped.zip").write_bytes(flipped(raw, chance, 3))
    (tmp_path / "zz.txt").write_text(EEL)
    *parts, last = read(tmp_path)
    assert isinstance(last, Article)
    assert not [part for part in parts if isinstance(part, Skipped) and "fault of quoth" in part.reason]
    told = {Path(part.path.removeprefix(f"{tmp_path}/")).parts[0] for part in parts if isinstance(part, Skipped)}
    assert {f"{name}{tenth}-cut.zip" for name in "zg" for tenth in range(1, 10)} <= told


def test_a_reading_tells_how_far_it_has_come_in_an_archive(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - no secret
    words = [chance.randbytes(4).hex() for _ in range(4000)]
    files: dict[str, str | bytes] = {
        f"{number:03}.txt": " ".join(chance.choices(words, k=4000)) for number in range(60)
    }
    (tmp_path / "a.zip").write_bytes(zip_bytes(files))
    (tmp_path / "b.tar.gz").write_bytes(tar_bytes(files, "w:gz"))
    reading = read(tmp_path)
    seen = [reading.bytes_read for _ in reading]
    sizes = [path.stat().st_size for path in sorted(tmp_path.iterdir())]
    assert seen == sorted(seen)
    assert len({place for place in seen if 0 < place < sizes[0]}) > 3
    assert reading.bytes_read == sum(sizes)
