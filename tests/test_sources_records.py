"""Records as people have them: wrapped, nested, keyed, in columns, under names of their own."""

import json
from pathlib import Path

import pytest

from index import FieldMapError
from index.model import Skipped
from index.sources.fields.field_map import FieldMap
from tests.records import GLAZE, KILN, NOTE, SECOND, articles, found, read_record, texts


@pytest.mark.parametrize(
    "value",
    [
        [NOTE, SECOND],
        {"articles": [NOTE, SECOND]},
        {"whatever it is called": [NOTE, SECOND], "total": 2},
        {"response": {"status": "ok", "results": [NOTE, SECOND]}},
        {"articles": {"results": [NOTE, SECOND]}},
        {
            "db": [
                {
                    "meta": {"version": "5"},
                    "data": {"posts": [NOTE, SECOND], "tags": [{"name": "Clay", "description": "x"}]},
                }
            ]
        },
        {"title": "The Potters' Feed", "description": "All about clay.", "items": [NOTE, SECOND]},
        {"content": [NOTE, SECOND], "totalPages": 1},
        {"hits": {"hits": [{"_id": "1", "_source": NOTE}, {"_id": "2", "_source": SECOND}]}},
        {"edges": [{"node": NOTE}, {"node": SECOND}]},
        {"kiln": NOTE, "glaze": SECOND},
        {"days": [{"articles": [NOTE]}, {"articles": [SECOND]}]},
        {"spring": [NOTE], "summer": [SECOND], "comments": [{"text": "Lovely!"}]},
        {"title": ["The Kiln Is Lit", "A Green Glaze"], "text": [KILN, GLAZE]},
        {"title": {"0": "The Kiln Is Lit", "1": "A Green Glaze"}, "text": {"0": KILN, "1": GLAZE}},
        {"columns": ["title", "text"], "index": [0, 1], "data": [list(NOTE.values()), list(SECOND.values())]},
        [["title", "text"], list(NOTE.values()), list(SECOND.values())],
        [{"kind": "t3", "data": NOTE}, {"kind": "t3", "data": SECOND}],
    ],
)
def test_records_are_found_however_a_file_wraps_them(tmp_path: Path, value: object) -> None:
    read_them = articles(tmp_path / "a.json", json.dumps(value))
    assert [(article.title, texts(article)) for article in read_them] == [
        ("The Kiln Is Lit", [KILN]),
        ("A Green Glaze", [GLAZE]),
    ]


def test_records_under_ids_of_their_own_keep_them(tmp_path: Path) -> None:
    value = {"k1": NOTE, "k2": {**SECOND, "id": "own"}}
    assert [article.key for article in articles(tmp_path / "a.json", json.dumps(value))] == ["k1", "own"]


def test_columns_of_different_lengths_lose_no_text(tmp_path: Path) -> None:
    value = {"title": ["The Kiln Is Lit"], "text": [KILN, GLAZE]}
    assert [texts(article) for article in articles(tmp_path / "a.json", json.dumps(value))] == [[KILN], [GLAZE]]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            {
                "id": 9,
                "title": {"rendered": "A &#038; B"},
                "content": {"rendered": f"<p>{KILN}</p>"},
                "date": "2023-11-07",
            },
            ("A & B", [KILN], "2023-11-07", None, None, None, "9"),
        ),
        (
            {"webTitle": "Kiln", "webUrl": "https://k.example/1", "fields": {"bodyText": KILN, "byline": "Mei Tan"}},
            ("Kiln", [KILN], None, "https://k.example/1", None, "Mei Tan", ""),
        ),
        (
            {"headline": {"main": "Kiln"}, "abstract": KILN, "snippet": KILN[:20], "lead_paragraph": GLAZE},
            ("Kiln", [KILN, GLAZE], None, None, None, None, ""),
        ),
        (
            {
                "_id": {"$oid": "a1"},
                "name": "Kiln",
                "body": KILN,
                "created": {"$date": {"$numberLong": "1699344300000"}},
            },
            ("Kiln", [KILN], "2023-11-07T08:05:00+00:00", None, None, None, "a1"),
        ),
        (
            {"title": "Kiln", "text": KILN, "source": "https://k.example/1", "source-hostname": "The Potter"},
            ("Kiln", [KILN], None, "https://k.example/1", "The Potter", None, ""),
        ),
        (
            {"headline": "Kiln", "short_description": KILN, "authors": "Mei Tan", "link": "https://k.example/1"},
            ("Kiln", [KILN], None, "https://k.example/1", None, "Mei Tan", ""),
        ),
        (
            {
                "article_title": "Kiln",
                "article_text": KILN,
                "article_date": "7 Nov 2023",
                "article_url": "https://k.example/1",
            },
            ("Kiln", [KILN], "2023-11-07", "https://k.example/1", None, None, ""),
        ),
        (
            {
                "ID": 3,
                "post_author": "1",
                "post_date": "2023-11-07 08:05:00",
                "post_title": "Kiln",
                "post_content": KILN,
            },
            ("Kiln", [KILN], "2023-11-07T08:05:00", None, None, None, "3"),
        ),
        (
            {
                "título": "Kiln",
                "texto": KILN,
                "fecha": "7 de noviembre de 2023",
                "autora": "Mei Tan",
                "fuente": "El Barro",
            },
            ("Kiln", [KILN], "2023-11-07", None, "El Barro", "Mei Tan", ""),
        ),
        ({"عنوان": "Kiln", "متن": KILN, "تاریخ": "۱۶ آبان ۱۴۰۲"}, ("Kiln", [KILN], "2023-11-07", None, None, None, "")),
        (
            {"заголовок": "Kiln", "текст": KILN, "дата": "7 ноября 2023"},
            ("Kiln", [KILN], "2023-11-07", None, None, None, ""),
        ),
        ({"标题": "Kiln", "正文": KILN, "日期": "2023年11月7日"}, ("Kiln", [KILN], "2023-11-07", None, None, None, "")),
    ],
)
def test_the_names_of_newspapers_and_programs_are_known(
    tmp_path: Path, record: object, expected: tuple[object, ...]
) -> None:
    got = read_record(tmp_path, record)
    assert (got.title, texts(got), got.date, got.url, got.source, got.author, got.key) == expected


@pytest.mark.parametrize(("asked", "answered"), [("Question", "Answer"), ("вопрос", "ответ"), ("السؤال", "الجواب")])
def test_an_answer_is_an_article_with_its_question_as_title(tmp_path: Path, asked: str, answered: str) -> None:
    got = read_record(tmp_path, {asked: "Is it hot?", answered: KILN})
    assert (got.title, texts(got)) == ("Is it hot?", [KILN])
    passage = read_record(tmp_path, {asked: "Is it hot?", "context": KILN, answered: "Yes."})
    assert texts(passage) == [KILN]


@pytest.mark.parametrize(
    ("record", "title", "text"),
    [
        ({"title": "Kiln", "text": 5, "body": KILN}, "Kiln", KILN),
        ({"title": "Kiln", "text": " ", "content": {"x": 1}, "body": KILN}, "Kiln", KILN),
        ({"title": "Kiln", "content": "<p> </p>", "body": KILN}, "Kiln", KILN),
        ({"title": "Kiln", "text": None, "article": KILN}, "Kiln", KILN),
        ({"title": {}, "headline": "Kiln", "text": KILN}, "Kiln", KILN),
        ({"title": False, "name": "Kiln", "text": "NULL", "body": KILN}, "Kiln", KILN),
        ({"title": 1984, "text": KILN}, "1984", KILN),
    ],
)
def test_the_first_value_that_can_be_used_wins(tmp_path: Path, record: object, title: str, text: str) -> None:
    got = read_record(tmp_path, record)
    assert (got.title, texts(got)) == (title, [text])


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv"])
def test_a_record_whose_names_are_unknown_tells_them_and_the_way_out(tmp_path: Path, name: str) -> None:
    record = {"caption_line": "Kiln", "prose": KILN}
    content = f'caption_line,prose\nKiln,"{KILN}"\n' if name == "a.csv" else json.dumps(record)
    (skipped,) = found(tmp_path / name, content)
    assert isinstance(skipped, Skipped)
    for told in ('"caption_line"', '"prose"', "--map text=NAME"):
        assert told in skipped.reason
    (article,) = articles(tmp_path / name, content, names="title=caption_line,text=prose")
    assert (article.title, texts(article)) == ("Kiln", [KILN])


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("text=body.parts", [KILN, GLAZE]),
        ("text=body.parts.1", [GLAZE]),
        ("text=notes.said", ["Hot.", "Green."]),
        ("text=lead, text=body.parts.0", ["Hot.", KILN]),
        ("text=Body.Parts.0", [KILN]),
        ("text=dotted.name", ["Cold."]),
        ("text=nowhere", [GLAZE]),
    ],
)
def test_a_map_leads_into_objects_and_lists(tmp_path: Path, stated: str, expected: list[str]) -> None:
    record = {
        "title": "Kiln",
        "content": GLAZE,
        "lead": "Hot.",
        "body": {"parts": [KILN, GLAZE]},
        "notes": [{"said": "Hot."}, {"said": "Green."}],
        "dotted.name": "Cold.",
    }
    (article,) = articles(tmp_path / "a.json", json.dumps(record), names=stated)
    assert texts(article) == expected


def test_a_map_holds_for_front_matter_too(tmp_path: Path) -> None:
    page = f"---\nkop_van_de_pagina: Kiln\nmeta2:\n  day: 7 Nov 2023\n---\n{KILN}\n"
    names = "title=kop_van_de_pagina,date=meta2.day"
    (article,) = articles(tmp_path / "a.md", page, names=names)
    assert (article.title, article.date) == ("Kiln", "2023-11-07")


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("", "the map is empty"),
        ("headline", "'headline' maps nothing; write FIELD=NAME"),
        ("title=", "'title=' maps nothing"),
        ("colour=x", "'colour' is no field of an article; the fields are title, text, date"),
    ],
)
def test_a_map_that_says_nothing_is_refused(stated: str, told: str) -> None:
    with pytest.raises(FieldMapError, match=told):
        FieldMap.parse(stated)


def test_a_map_written_out_reads_the_same_again() -> None:
    field_map = FieldMap.parse(" title = headline,text=body.html , id=meta.0.key")
    assert FieldMap.parse(str(field_map)) == field_map


@pytest.mark.parametrize(
    ("record", "title", "date"),
    [
        (
            {"createdTime": "2019-01-01", "fields": {"Title": "Kiln", "Text": KILN, "Date": "2024-04-19"}},
            "Kiln",
            "2024-04-19",
        ),
        ({"title_t": "Kiln", "body_txt_en": KILN, "date_dt": "2024-04-19"}, "Kiln", "2024-04-19"),
        ({"@context": "https://schema.example", "headline": "Kiln", "text": KILN}, "Kiln", None),
        ({"title": "N/A", "headline": "Kiln", "text": "nan", "body": KILN, "date": "null"}, "Kiln", None),
        ({"title": "<![CDATA[Kiln]]>", "text": f"<![CDATA[<p>{KILN}</p>]]>"}, "Kiln", None),
        ({"title": {"title": [{"plain_text": "Kiln"}]}, "text": KILN, "date": "19 เมษายน 2567"}, "Kiln", "2024-04-19"),
    ],
)
def test_programs_state_fields_in_ways_of_their_own(
    tmp_path: Path, record: dict[str, object], title: str, date: str | None
) -> None:
    only = read_record(tmp_path, record)
    assert (only.title, only.date, texts(only)) == (title, date, [KILN])


def test_line_breaks_that_were_escaped_twice_part_paragraphs(tmp_path: Path) -> None:
    only = read_record(tmp_path, {"title": "Kiln", "text": f"{KILN}\\n\\n{GLAZE}"})
    assert texts(only) == [KILN, GLAZE]
