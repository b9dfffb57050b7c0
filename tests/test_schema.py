"""The JSON form of an answer: what programs may rely on."""

import json
import re
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import Answer, AnswerPassage, Explanation, TermShare
from bot.schema import AnswerJson, json_schema, to_json
from index.model import ArticleCard, Parts, Passage
from index.query.periods import Period
from index.query.syntax import Filter, Problem
from index.search.copies import Copies

TEXT = "The council met. Der Steg schließt am 3. März. 桥关闭。"
ARTICLE = ArticleCard(
    0, "a1b2c3d4e5f6", "Weir Lane", "n.txt", "Courier", "https://example.org/", None, "2026-03-03", "de", 0, 2
)
ANSWER = Answer(
    "When?",
    "closest",
    0.8,
    (AnswerPassage(Passage(1, 0, 2, 2, "paragraph", TEXT), ARTICLE, 7.5, (17, 46), Copies(("Copy",), 30)),),
    ("zeppelin",),
    ("Ferry",),
    Explanation((TermShare("bridge", "bridg", 0.6),), ("the",), Parts(0.6, 0.3, 0.0, 0.1, 0.0)),
    (("brigde", "bridge"),),
    (Filter("date", "after:2026-03-01", "after:2026-03", period=Period(date(2026, 3, 1), None)),),
    (Problem("no_words"),),
)


def test_the_shape_of_version_1_is_kept() -> None:
    assert json.loads(to_json(ANSWER)) == {
        "version": 1,
        "question": "When?",
        "state": "closest",
        "confidence": 0.8,
        "passages": [
            {
                "title": "Weir Lane",
                "text": TEXT,
                "score": 7.5,
                "article_id": "a1b2c3d4e5f6",
                "path": "n.txt",
                "ordinal": 2,
                "count": 2,
                "place": 2,
                "highlight": [17, 46],
                "date": "2026-03-03",
                "url": "https://example.org/",
                "source": "Courier",
                "kind": "paragraph",
                "author": None,
                "language": "de",
                "copies": ["Copy"],
                "copied": 30,
                "line": None,
                "page": None,
                "seconds": None,
            }
        ],
        "missing": ["zeppelin"],
        "nearest": ["Ferry"],
        "corrected": [["brigde", "bridge"]],
        "narrowed": [{"key": "after:2026-03-01", "label": "articles from March 2026 on", "words": "after:2026-03"}],
        "problems": ["There is nothing to search for; add a word that is no filter."],
    }


def test_the_explanation_is_there_only_when_asked_for() -> None:
    assert "explanation" not in json.loads(to_json(ANSWER))
    assert json.loads(to_json(ANSWER, explain=True))["explanation"] == {
        "shares": [{"word": "bridge", "term": "bridg", "share": 0.6}],
        "ignored": ["the"],
        "parts": {"words": 0.6, "grams": 0.3, "pairs": 0.0, "stretch": 0.1, "around": 0.0},
    }


def test_letters_of_every_script_are_written_as_themselves() -> None:
    assert "schließt" in to_json(ANSWER)
    assert "桥关闭。" in to_json(ANSWER)
    assert to_json(ANSWER).startswith('{\n  "version": 1,\n')


def test_the_highlight_cuts_the_sentence_out_of_the_text() -> None:
    passage = json.loads(to_json(ANSWER))["passages"][0]
    start, end = passage["highlight"]
    assert passage["text"][start:end] == "Der Steg schließt am 3. März."


def test_the_published_schema_names_every_required_field() -> None:
    schema = json.loads(json_schema())
    passage = schema["$defs"]["PassageJson"]
    written = json.loads(to_json(ANSWER))
    assert set(written) <= set(schema["required"])
    assert set(written["passages"][0]) == set(passage["required"]) == set(passage["properties"])
    assert schema["properties"]["version"]["const"] == 1


@settings(deadline=None)
@given(st.text(st.characters() | st.sampled_from("\ud800\x1b\u2028")))
def test_any_text_survives_the_round_trip(text: str) -> None:
    first = ANSWER.passages[0]
    asked = replace(
        ANSWER, question=text, passages=(replace(first, passage=replace(first.passage, text=text), highlight=(0, 0)),)
    )
    read = AnswerJson.model_validate_json(to_json(asked).encode())
    assert len(read.passages[0].text) == len(text)
    assert read.passages[0].text == re.sub("[\ud800-\udfff]", "\ufffd", text)
