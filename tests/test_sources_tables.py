"""JSON, JSON Lines and CSV as programs write them: dialects, line ends, encodings, broken files."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.model import Article, Skipped
from index.sources import read
from index.sources.encodings.json_values import JsonReader, values
from index.sources.files.streams import UnusableError
from tests.records import KILN, NOTE, SECOND, articles, found, texts

CSV_ROWS = f'"The Kiln Is Lit","{KILN}",2023-11-07\n'


@pytest.mark.parametrize(
    "table",
    [
        f"title,text,date\n{CSV_ROWS}",
        f"title,text,date\r{CSV_ROWS}".replace("\n", "\r"),
        f"title,text,date\r\n{CSV_ROWS}".replace("\n", "\r\n"),
        f'sep=;\ntitle;text;date\n"The Kiln Is Lit";"{KILN}";2023-11-07\n',
        f'"sep=|"\ntitle|text|date\nThe Kiln Is Lit|{KILN}|2023-11-07\n',
        f"title\ttext\tdate\nThe Kiln Is Lit\t{KILN}\t2023-11-07\n",
        f'title, text, date\n"The Kiln Is Lit", "{KILN}", 2023-11-07\n',
        f'title;text;date\nThe Kiln Is Lit;"{KILN}";7. November 2023\n',
        f'\n\n"Title";"Subtitle, of a kind";"Text";"Date"\nThe Kiln Is Lit;;"{KILN}";2023-11-07\n',
        f"\ufefftitle,text,date\n{CSV_ROWS}",
        f"title,text,date\n{CSV_ROWS}".encode("utf-16"),
        f"title,text,date\n{CSV_ROWS}".encode("utf-32"),
    ],
)
def test_a_table_is_read_in_the_dialect_it_was_written_in(tmp_path: Path, table: str | bytes) -> None:
    (article,) = articles(tmp_path / "a.csv", table)
    assert (article.title, texts(article), article.date) == ("The Kiln Is Lit", [KILN], "2023-11-07")


def test_quotation_marks_behind_backslashes_are_part_of_the_text(tmp_path: Path) -> None:
    said = 'A,"The potter said \\"not yet\\", and sat down."'
    kept = 'B,"In C:\\pots\\\\ she keeps \\"ash\\" and clay."'
    table = f"title,text\n{said}\n{kept}\n"
    assert [texts(article)[0] for article in articles(tmp_path / "a.csv", table)] == [
        'The potter said "not yet", and sat down.',
        'In C:\\pots\\ she keeps "ash" and clay.',
    ]


def test_a_backslash_at_the_end_of_a_field_ends_it(tmp_path: Path) -> None:
    table = f'title,text,url\nA,"Kept in C:\\pots\\",x\nB,"{KILN}",y\n'
    assert [texts(article)[0] for article in articles(tmp_path / "a.csv", table)] == ["Kept in C:\\pots\\", KILN]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json"])
def test_a_line_separator_of_unicode_ends_no_record(tmp_path: Path, name: str) -> None:
    text = "It was hot,\u2028and the cups were done."
    content = (
        f'title,text\nA,"{text}"\n' if name == "a.csv" else json.dumps({"title": "A", "text": text}, ensure_ascii=False)
    )
    for encoding in ("utf-8", "utf-16"):
        (article,) = articles(tmp_path / name, content.encode(encoding))
        assert texts(article) == text.split("\u2028")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", f"{json.dumps(NOTE)}\n{json.dumps(SECOND)}\n"),
        ("a.json", f"{json.dumps(NOTE, indent=1)}\n{json.dumps(SECOND, indent=1)}"),
        ("a.jsonl", json.dumps([NOTE, SECOND], indent=1)),
        ("a.jsonl", f"[{json.dumps(NOTE)},\n{json.dumps(SECOND)}]"),
        ("a.jsonl", f"\x1e{json.dumps(NOTE)}\n\x1e{json.dumps(SECOND)}\n"),
        ("a.ndjson", f'{{"index":{{"_id":"1"}}}}\n{json.dumps(NOTE)}\n{{"index":{{}}}}\n{json.dumps(SECOND)}\n'),
        ("a.jsonl", f"{json.dumps({'_index': 'pots', '_source': NOTE})}\n{json.dumps({'_source': SECOND})}"),
    ],
)
def test_json_is_read_as_what_it_is_whatever_its_ending(tmp_path: Path, name: str, content: str) -> None:
    assert [article.title for article in articles(tmp_path / name, content)] == ["The Kiln Is Lit", "A Green Glaze"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"title": "a", // the title\n"text": "b"}', "line 1"),
        ('{"title": "a",\n "text": "b",\n}', "line 3"),
        ("{'title': 'a'}", "not JSON"),
        ('["a", "b"]', "not a record with named fields"),
        ('{"title": "a", "text": NaN}', "no text in it"),
        ("text", "not JSON"),
    ],
)
def test_what_is_no_json_is_told_with_its_line(tmp_path: Path, content: str, told: str) -> None:
    skipped = found(tmp_path / "a.json", content)[0]
    assert isinstance(skipped, Skipped)
    assert told in skipped.reason


def test_what_is_too_large_to_be_held_is_walked_into() -> None:
    value = {"status": "ok", "db": [{"meta": {"version": 5}, "posts": [NOTE, SECOND] * 3, "tags": ["clay"]}]}
    read_whole = list(values(JsonReader(io.StringIO(json.dumps(value)))))
    assert read_whole == [value]
    assert list(values(JsonReader(io.StringIO(json.dumps(value, indent=2))), limit=150)) == [
        *("ok", {"version": 5}, *[NOTE, SECOND] * 3, "clay"),
    ]


def test_a_text_too_large_to_be_held_is_told() -> None:
    reader = JsonReader(io.StringIO(json.dumps({"title": "A", "text": "hot " * 1000})))
    with pytest.raises(UnusableError, match="a value in it is larger than"):
        list(values(reader, limit=500))


def test_of_a_list_that_is_cut_off_the_records_before_the_cut_are_read(tmp_path: Path) -> None:
    before, cut = found(tmp_path / "a.json", json.dumps([NOTE, SECOND], indent=1)[:-30])
    assert isinstance(before, Article)
    assert isinstance(cut, Skipped)
    assert "not JSON" in cut.reason
    assert "line 8" in cut.reason


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=40)
FIELDS = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4)


def shown(text: str) -> str:
    return "".join(text.split())


@pytest.mark.slow
@given(rows=FIELDS, indent=st.sampled_from([None, 1]), escaped=st.booleans(), wrapped=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_json_writes_comes_back(
    tmp_path: Path, rows: list[tuple[str, str]], indent: int | None, escaped: bool, wrapped: bool
) -> None:
    records = [{"title": f"T{title}", "text": f"{KILN} {text}."} for title, text in rows]
    value: object = {"response": {"docs": records}} if wrapped else records
    content = json.dumps(value, indent=indent, ensure_ascii=escaped)
    got = articles(tmp_path / "a.json", content)
    assert [len(article.paragraphs) for article in got] == [1] * len(rows)
    lines = "\n".join(json.dumps(record, ensure_ascii=escaped) for record in records)
    again = articles(tmp_path / "a.jsonl", lines)
    assert [(article.title, article.paragraphs) for article in again] == [
        (article.title, article.paragraphs) for article in got
    ]


@pytest.mark.slow
@given(
    rows=FIELDS,
    separator=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_csv_module_writes_in_any_dialect_comes_back(
    tmp_path: Path, rows: list[tuple[str, str]], separator: str, end: str, quoting: Any, encoding: str
) -> None:
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerow(["title", "text"])
    records = [(f"T{title}", f"{KILN} {text}.") for title, text in rows]
    writer.writerows(records)
    got = articles(tmp_path / "a.csv", table.getvalue().encode(encoding))
    content = json.dumps([{"title": title, "text": text} for title, text in records])
    expected = articles(tmp_path / "b.json", content)
    assert [(article.title, article.paragraphs) for article in got] == [
        (article.title, article.paragraphs) for article in expected
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["title", "text", "content", "type", "children", "data", "date", "x", "id"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@pytest.mark.slow
@given(JSON)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_json_breaks_the_reading(tmp_path: Path, value: object) -> None:
    for name in ("a.json", "a.jsonl"):
        for part in found(tmp_path / name, json.dumps(value)):
            assert isinstance(part, Article | Skipped)
            assert not isinstance(part, Article) or part.paragraphs


@pytest.mark.parametrize(
    "above", ["", "\n\n", "# made by a program\n", "Export of 3 March 2031\n\n", "# a, b\n# title and text of all\n\n"]
)
def test_remarks_may_stand_above_the_names_of_columns(tmp_path: Path, above: str) -> None:
    (tmp_path / "a.csv").write_text(f'{above}title,text\nMill,"It grinds, again."\n', encoding="utf-8")
    (one,) = read(tmp_path / "a.csv")
    assert isinstance(one, Article)
    assert (one.title, one.paragraphs[0].text) == ("Mill", "It grinds, again.")


def test_single_quotation_marks_may_stand_around_cells(tmp_path: Path) -> None:
    rows = "title,text\n'Mill','It grinds, again.'\n'Wheel','It''s at the smithy, still.'\n"
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    found = [one for one in read(tmp_path / "a.csv") if isinstance(one, Article)]
    assert [one.paragraphs[0].text for one in found] == ["It grinds, again.", "It's at the smithy, still."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_table_that_a_spreadsheet_saved_as_text_is_a_table(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes("Title\tText\r\nMill\tIt grinds again.\r\nWheel\tIt is away.\r\n".encode(encoding))
    found = [one for one in read(tmp_path / "a.txt") if isinstance(one, Article)]
    assert [(one.title, one.paragraphs[0].text) for one in found] == [
        ("Mill", "It grinds again."), ("Wheel", "It is away."),
    ]  # fmt: skip


ONE_OF_MANY = [
    {"title": {"en-US": "Mill", "de": "Mühle"}, "body": {"en-US": "It grinds again.", "de": "Sie mahlt wieder."}},
    {"title": "Mill", "body": json.dumps({"blocks": [{"text": "It grinds again.", "type": "unstyled"}]})},
    {"title": "Mill", "body": json.dumps([{"type": "paragraph", "children": [{"text": "It grinds again."}]}])},
    {"data": [{"title": "Mill", "paragraphs": [{"context": "It grinds again.", "qas": [{"question": "Does it?"}]}]}]},
]


@pytest.mark.parametrize("record", ONE_OF_MANY)
def test_texts_by_language_or_kept_as_trees_in_strings_are_read(tmp_path: Path, record: object) -> None:
    (tmp_path / "a.json").write_text(json.dumps(record), encoding="utf-8")
    (one,) = read(tmp_path / "a.json")
    assert isinstance(one, Article)
    assert (one.title, [paragraph.text for paragraph in one.paragraphs]) == ("Mill", ["It grinds again."])


def test_a_text_that_is_json_and_no_editors_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"title": "A", "text": '{"colour": "blue"}'}), encoding="utf-8")
    (one,) = read(tmp_path / "a.json")
    assert isinstance(one, Article)
    assert one.paragraphs[0].text == '{"colour": "blue"}'


def test_the_by_of_a_byline_is_no_name(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"title": "A", "text": "It.", "byline": "By Ana Reyes"}), "utf-8")
    (one,) = read(tmp_path / "a.json")
    assert isinstance(one, Article)
    assert one.author == "Ana Reyes"
