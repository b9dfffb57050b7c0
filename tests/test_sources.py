"""Files and folders -> articles: which files are read, in what encodings, and the formats made of records."""

import bz2
import csv
import gzip
import json
import lzma
import os
from pathlib import Path

import pytest

from index.errors import SourceError
from index.model import Article, Skipped
from index.sources import files, read

FERRY = "The ferry left the harbour at six with forty passengers."
DOCK = "It had been in the dock since a storm in March broke its rudder."


def one(path: Path) -> Article:
    (article,) = read([path])
    assert isinstance(article, Article), article
    return article


def written(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def test_a_folder_is_read_in_sorted_order_without_its_hidden_files(tmp_path: Path) -> None:
    for name in ("b/two.txt", "b/.hidden.txt", ".git/config.txt", "a.txt", "c/d/three.txt"):
        written(tmp_path / name, f"About {name}\n\n{FERRY}\n")
    found = [article.path for article in read([tmp_path]) if isinstance(article, Article)]
    assert found == [str(tmp_path / name) for name in ("a.txt", "b/two.txt", "c/d/three.txt")]


def test_a_hidden_folder_that_is_named_is_read(tmp_path: Path) -> None:
    written(tmp_path / ".notes" / "a.txt", FERRY)
    assert len(list(read([tmp_path / ".notes"]))) == 1


def test_a_path_that_is_not_there_is_told_before_anything_is_read(tmp_path: Path) -> None:
    written(tmp_path / "a.txt", FERRY)
    with pytest.raises(SourceError, match=r"nowhere\.txt: there is no such file or folder"):
        read([tmp_path / "a.txt", tmp_path / "nowhere.txt"])


def test_paths_are_absolute_however_they_were_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "a.txt", FERRY)
    (tmp_path / "b").mkdir()
    monkeypatch.chdir(tmp_path / "b")
    assert one(Path("../a.txt")).path == str(tmp_path / "a.txt")


def test_a_file_reached_twice_is_read_once(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", FERRY)
    os.link(path, tmp_path / "hard.txt")
    (tmp_path / "soft.txt").symlink_to(path)
    assert list(files([tmp_path, path, tmp_path])) == [path]


def test_a_reading_tells_how_many_bytes_it_has_read(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        written(tmp_path / name, FERRY)
    reading = read([tmp_path])
    assert reading.bytes_read == 0
    next(reading)
    next(reading)
    assert reading.bytes_read == len(FERRY)
    assert list(reading) == []
    assert reading.bytes_read == 2 * len(FERRY)


@pytest.mark.slow
def test_a_reading_tells_how_far_it_is_inside_a_long_file(tmp_path: Path) -> None:
    record = json.dumps({"title": "Ferry", "text": FERRY * 20}) + "\n"
    for name, raw in (
        ("a.jsonl", (record * 4000).encode()),
        ("b.jsonl.gz", gzip.compress((record * 4000).encode(), 0)),
    ):
        size = written(tmp_path / name, raw).stat().st_size
        reading = read(tmp_path / name)
        seen = [reading.bytes_read for _ in reading]
        assert seen == sorted(seen)
        assert 0 < seen[0] < seen[2000] < size
        assert (len(seen), reading.bytes_read) == (4000, size)


def test_a_text_file_without_a_headline_is_called_after_the_file(tmp_path: Path) -> None:
    article = one(written(tmp_path / "old_harbour.txt", f"{FERRY}\n\n{DOCK}\n"))
    assert (article.title, texts(article)) == ("old harbour", [FERRY, DOCK])
    assert (article.key, article.author, article.date, article.source, article.url) == ("", None, None, None, None)


def test_a_file_of_an_unknown_kind_is_read_when_it_is_text(tmp_path: Path) -> None:
    assert texts(one(written(tmp_path / "README", FERRY))) == [FERRY]
    assert texts(one(written(tmp_path / "notes.org", FERRY))) == [FERRY]


RUSSIAN = "Паром вышел из гавани в шесть утра. На борту было сорок пассажиров, и никто не опоздал.\n" * 3
ARABIC = "غادرت العبارة الميناء في السادسة صباحا وعلى متنها أربعون راكبا من أهل الجزر.\n" * 3
FRENCH = "Le bac a quitté le port à six heures; l'été a été très sec, et la forêt a brûlé près du château.\n" * 3
JAPANESE = "渡し船は朝六時に港を出た。乗客は四十人だった。三月の嵐で舵が壊れ、ドックに入っていた。\n" * 3


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "utf-8-sig"),
        (RUSSIAN, "utf-16"),
        (RUSSIAN, "utf-32"),
        (RUSSIAN, "cp1251"),
        (ARABIC, "cp1256"),
        (ARABIC, "utf-16"),
        (FRENCH, "cp1252"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
    ],
)
def test_a_text_is_read_in_the_encoding_it_was_saved_in(tmp_path: Path, text: str, encoding: str) -> None:
    article = one(written(tmp_path / "a.txt", text.encode(encoding)))
    assert texts(article)[0] == text.split("\n", maxsplit=1)[0]


def test_a_long_text_is_decoded_by_a_sample_of_it(tmp_path: Path) -> None:
    article = one(written(tmp_path / "a.txt", (RUSSIAN * 700).encode("cp1251")))
    assert texts(article) == [RUSSIAN.split("\n", maxsplit=1)[0]] * 2100


def test_a_broken_byte_does_not_turn_utf8_into_another_encoding(tmp_path: Path) -> None:
    raw = ARABIC.encode()
    article = one(written(tmp_path / "a.txt", raw[:40] + b"\xff" + raw[40:]))
    assert texts(article)[1] == ARABIC.split("\n", maxsplit=1)[0]
    assert "\ufffd" in texts(article)[0]


RECORD = {
    "id": 17,
    "Headline": "Ferry Runs Again",
    "articleBody": f"{FERRY}\n{DOCK}",
    "publishedAt": "2024-04-19T10:30:00Z",
    "link": "https://coast.example/ferry",
    "byline": ["Ana Reyes", {"name": "Jo Hill"}],
    "publisher": {"name": "Coast Post"},
    "metadata": {"Lang": "en-GB", "link": "https://other.example/"},
}
READ = {
    "title": "Ferry Runs Again",
    "key": "17",
    "date": "2024-04-19T10:30:00+00:00",
    "url": "https://coast.example/ferry",
    "author": "Ana Reyes, Jo Hill",
    "source": "Coast Post",
    "language": "en",
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", json.dumps(RECORD)),
        ("a.json", json.dumps([RECORD])),
        ("a.json", json.dumps({"status": "ok", "articles": [RECORD]})),
        ("a.json", "\ufeff" + json.dumps(RECORD)),
        ("a.json", json.dumps(RECORD) + "\n" + '{"title": "no text"}'),
        ("a.JSONL", "\n" + json.dumps(RECORD) + "\n\n"),
        ("a.ndjson", json.dumps(RECORD)),
    ],
)
def test_a_record_is_known_by_the_names_of_its_fields(tmp_path: Path, name: str, text: str) -> None:
    article = next(read([written(tmp_path / name, text)]))
    assert isinstance(article, Article), article
    assert {field: getattr(article, field) for field in READ} == READ
    assert texts(article) == [FERRY, DOCK]


@pytest.mark.parametrize("name", ["a.json.gz", "a.jsonl.gz"])
def test_packed_records_are_read(tmp_path: Path, name: str) -> None:
    assert one(written(tmp_path / name, gzip.compress(json.dumps(RECORD).encode()))).title == "Ferry Runs Again"


@pytest.mark.parametrize(
    "name", ["a.txt.gz", "a.md.gz", "a.html.gz", "a.gz", "a.txt.bz2", "a.md.xz", "a.xz", "a", "a.txt"]
)
def test_packed_texts_are_read_whatever_they_are_called(tmp_path: Path, name: str) -> None:
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        article = one(written(tmp_path / name, pack(FERRY.encode())))
        assert (article.title, texts(article)) == ("a", [FERRY])


def test_a_file_packed_in_parts_is_read_whole(tmp_path: Path) -> None:
    for pack, behind in ((gzip.compress, b""), (bz2.compress, b""), (lzma.compress, b"\0" * 8)):
        article = one(written(tmp_path / "a.txt", pack(FERRY.encode()) + pack(f"\n\n{DOCK}".encode()) + behind))
        assert texts(article) == [FERRY, DOCK]


def test_a_table_is_read_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        table = csv.writer(stream, delimiter=";")
        table.writerow(["ID", "Title", "Content", "Published_At", "Language"])
        table.writerow(["x1", "Ferry Runs Again", f"{FERRY}\n\n{DOCK}", "2024/04/19", "EN"])
        table.writerow(["x2", "No Ferry Today", DOCK, "soon", "English"])
    first, second = read([path])
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, first.key, first.date, first.language) == ("Ferry Runs Again", "x1", "2024-04-19", "en")
    assert texts(first) == [FERRY, DOCK]
    assert (second.date, second.language) == (None, None)


def test_a_tab_separated_table_may_hold_commas(tmp_path: Path) -> None:
    article = one(written(tmp_path / "a.tsv", f"title\ttext\nRain, at last\tIt rained, {FERRY}\n"))
    assert (article.title, texts(article)) == ("Rain, at last", [f"It rained, {FERRY}"])


def test_rows_of_one_article_id_are_the_paragraphs_of_one_article(tmp_path: Path) -> None:
    rows = [
        {"_id": f"{name}#{row}", "title": f"Title {name}", "text": text, "metadata": {"article_id": name}}
        for name in ("a1", "a2")
        for row, text in enumerate([FERRY, "20", f"{DOCK}\n{DOCK}"], 1)
    ]
    first, second = read([written(tmp_path / "corpus.jsonl", "\n".join(map(json.dumps, rows)))])
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.key, first.title, second.key) == ("a1", "Title a1", "a2")
    assert texts(first) == [FERRY, "20", f"{DOCK} {DOCK}"]


def test_records_with_an_article_id_of_their_own_stay_apart(tmp_path: Path) -> None:
    rows = [{"article_id": at, "title": "T", "text": f"{FERRY}\n{DOCK}"} for at in (1, 2)]
    found = list(read([written(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))]))
    assert [(article.key, len(article.paragraphs)) for article in found if isinstance(article, Article)] == [
        ("1", 2),
        ("2", 2),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"<p>{FERRY}</p><p>{DOCK} A &amp; B</p><script>x()</script>", [FERRY, f"{DOCK} A & B"]),
        (f"{FERRY}<br>{DOCK}", [FERRY, DOCK]),
        (f"<ul><li>{FERRY}</li><li>{DOCK}</li></ul>", [f"{FERRY}\n{DOCK}"]),
        ("The sea is 1 < 2 and &c; AT&amp;T fell.", ["The sea is 1 < 2 and &c; AT&T fell."]),
        ([FERRY, {"text": DOCK}], [FERRY, DOCK]),
        (f"Ferry\n\n{FERRY}\n\nShare\n\n{DOCK}", [FERRY, DOCK]),
        (f"{FERRY}\n\nUSA\nUK\nPeru\n\nPoints\n12\n9", [FERRY, "USA\nUK\nPeru", "Points\n12\n9"]),
        (f"{FERRY}\n\nFares\n\n{DOCK}", [FERRY, f"Fares\n{DOCK}"]),
    ],
)
def test_the_text_of_a_record_becomes_paragraphs(tmp_path: Path, text: object, expected: list[str]) -> None:
    article = one(written(tmp_path / "a.json", json.dumps({"title": "Ferry", "text": text})))
    assert texts(article) == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Ferry Runs Again\n\n{FERRY}", "Ferry Runs Again"),
        (f"{FERRY}\n{DOCK}", "The ferry left the harbour at six with…"),
        ("It rained.", "It rained."),
    ],
)
def test_a_record_without_a_title_gets_one_from_its_text(tmp_path: Path, text: str, title: str) -> None:
    assert one(written(tmp_path / "a.json", json.dumps({"text": text}))).title == title


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        ("2024-04-19", "2024-04-19"),
        ("2024/04/19", "2024-04-19"),
        ("20240419", "2024-04-19"),
        ("2024-04-19 10:30:00+03:00", "2024-04-19T10:30:00+03:00"),
        ("Fri, 19 Apr 2024 10:30:00 GMT", "2024-04-19T10:30:00+00:00"),
        (1713522600, "2024-04-19T10:30:00+00:00"),
        (1713522600000, "2024-04-19T10:30:00+00:00"),
        ("1713522600", None),
        ("1611120112", None),
        ("2024-02-31", None),
        ("0001-01-01", None),
        ("last Friday", None),
        (20240419.5, None),
        (True, None),
        (7, None),
    ],
)
def test_a_date_is_kept_when_it_is_one(tmp_path: Path, stated: object, date: str | None) -> None:
    assert one(written(tmp_path / "a.json", json.dumps({"text": FERRY, "date": stated}))).date == date


def test_a_malformed_line_is_told_by_its_number_and_the_rest_is_read(tmp_path: Path) -> None:
    good = json.dumps({"title": "Good", "text": FERRY})
    path = written(tmp_path / "a.jsonl", f'{good}\n{{"title": "cut\n[1]\n"x"\n{{"title": "empty"}}\n{good}\n')
    found = list(read([path]))
    assert [type(part) for part in found] == [Article, Skipped, Skipped, Skipped, Skipped, Article]
    assert [part.path for part in found if isinstance(part, Skipped)] == [f"{path}:{line}" for line in (2, 3, 4, 5)]


def test_a_malformed_row_is_told_by_its_line_and_the_rest_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", f"title,text\nA,{FERRY}\nB,one,two,three\nC,{DOCK},\n")
    found = list(read([path]))
    assert [getattr(part, "title", None) for part in found] == ["A", None, "C"]
    assert found[1] == Skipped(f"{path}:3", "4 fields where the header names 2; quote fields that hold separators")


def test_of_very_many_broken_records_only_the_first_hundred_are_told(tmp_path: Path) -> None:
    found = list(read([written(tmp_path / "a.jsonl", "[]\n" * 250)]))
    assert len(found) == 101
    assert found[-1] == Skipped(str(tmp_path / "a.jsonl"), "150 more parts of it could not be read")


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", "{", "not JSON"),
        ("a.json", "[]", "no article in it"),
        ("a.json", "3", "no article in it"),
        ("a.json", '{"name": "settings"}', "no text in it"),
        ("a.csv", "1,2\n3,4\n", "no column is called text"),
        ("a.csv", "\n", "no column is called text"),
        ("a.txt", "", "empty"),
        ("a.md", " \n", "empty"),
        ("a.jsonl", "", "empty"),
    ],
)
def test_a_file_without_articles_says_why(tmp_path: Path, name: str, text: str, reason: str) -> None:
    (found,) = read([written(tmp_path / name, text)])
    assert isinstance(found, Skipped)
    assert reason in found.reason
