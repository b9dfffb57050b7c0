"""The line of its file on which a passage begins: right for the file as it is now, or not told."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lines import line_of
from index import Article, ArticleCard, Passage
from tests.read_here import read_here

PAGE = """\
---
title: The tide mill
date: 2024-05-02
---

# The tide mill

The **miller** of [Saltmere](https://saltmere.example/the-mill) grinds
oats on Mondays, and nobody minds.

- Oats cost <b>two</b> buttons a sack at the door.
- Barley costs three buttons a sack at the door.

The ferry waits for nobody.

## Later

The ferry waits for nobody.
"""


def card(path: Path) -> ArticleCard:
    return ArticleCard(0, "0" * 12, "T", str(path), None, None, None, None, "en", 0, 1)


def passage(text: str) -> Passage:
    return Passage(0, 0, 1, 1, "paragraph", text)


def lines_in(path: Path) -> list[int | None]:
    (article,) = read_here(path)
    assert isinstance(article, Article)
    return [line_of(card(path), passage(paragraph.text)) for paragraph in article.paragraphs]


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("mill.md", PAGE, [8, 11, None, 16]),
        ("mill.txt", "Night school\n\nForty bakers fold the dough\nat night.\n\nThe tram leaves.\n", [3, 4, 6]),
        ("mill.rst", "Night school\n============\n\nForty *bakers* fold the dough.\r\n\r\nThe tram leaves.\n", [4, 6]),
        ("mill.org", "#+TITLE: Night school\n\nForty /bakers/ fold the dough.\n\nThe tram leaves.\n", [3, 5]),
        ("mill.adoc", "= Night school\n\nForty _bakers_ fold the dough.\n\nThe tram leaves.\n", [3, 5]),
    ],
)
def test_a_passage_knows_the_line_it_begins_on_where_it_stands_once(
    tmp_path: Path, name: str, text: str, lines: list[int | None]
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    assert lines_in(tmp_path / name) == lines


def test_a_file_that_changed_since_is_told_as_it_is_now(tmp_path: Path) -> None:
    file = tmp_path / "mill.md"
    file.write_text("# Mill\n\nThe miller grinds oats.\n")
    one = passage("The miller grinds oats.")
    assert line_of(card(file), one) == 3
    file.write_text("# Mill\n\nA new first line.\n\nThe miller grinds oats.\n")
    assert line_of(card(file), one) == 5
    file.write_text("# Mill\n\nThe miller is away.\n")
    assert line_of(card(file), one) is None
    file.unlink()
    assert line_of(card(file), one) is None


@pytest.mark.parametrize("name", ["mill.html", "mill.jsonl", "mill.csv", "mill.pdf", "mill"])
def test_where_lines_mean_nothing_none_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("The miller grinds oats.\n")
    assert line_of(card(tmp_path / name), passage("The miller grinds oats.")) is None


def test_what_is_no_text_or_too_large_is_passed_over(tmp_path: Path) -> None:
    one = passage("The miller grinds oats.")
    for name, content in (("old.txt", b"\xe9t\xe9 The miller grinds oats."), ("large.txt", bytes(1 << 21))):
        (tmp_path / name).write_bytes(content)
        assert line_of(card(tmp_path / name), one) is None
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (tmp_path / "pipe.txt", tmp_path, Path("a\0.txt"), tmp_path / "a.zip" / "b.md"):
        assert line_of(replace(card(path), path=f"{path}"), one) is None
    assert line_of(card(tmp_path / "old.txt"), passage("* * *")) is None


@pytest.mark.slow
@given(st.lists(st.text(alphabet="ab .*\n", max_size=12), max_size=8), st.data())
@settings(max_examples=200)
def test_a_line_that_is_told_is_the_only_one_that_begins_so(
    tmp_path_factory: pytest.TempPathFactory, paragraphs: list[str], data: st.DataObject
) -> None:
    file = tmp_path_factory.getbasetemp() / "law.txt"
    text = "\n".join(paragraphs)
    file.write_text(text)
    wanted = data.draw(st.sampled_from([*paragraphs, "a b"]))
    line = line_of(card(file), passage(wanted))
    if line is not None:
        words = wanted.replace("*", " ").replace(".", " ").split()
        rest = " ".join(text.split("\n")[line - 1 :]).replace("*", " ").replace(".", " ").split()
        assert words[0] in rest
        assert any(rest[at : at + len(words)] == words for at in range(len(rest)))
