"""Notebooks of Jupyter: their words are read, code and what it printed are told."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model import Article, Skipped
from index.sources import read
from tests.records import articles, found, texts

RAIN = "The rain gauge on the roof is emptied every morning at seven."
SNOW = "In winter the snow is melted on the stove before it is measured."


def markdown(source: object) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: object, *outputs: object) -> dict[str, object]:
    return {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": list(outputs), "source": source}


def notebook(*cells: object, **metadata: object) -> str:
    return json.dumps({"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def one(folder: Path, content: str, name: str = "gauge.ipynb") -> Article:
    (article,) = articles(folder / name, content)
    return article


def test_words_are_read_and_code_and_what_it_printed_are_told(tmp_path: Path) -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": ["17.2 litres\n", "done\n"]}
    picture = {"output_type": "display_data", "data": {"image/png": "aGVsbG8=", "text/html": "<table></table>"}}
    error = {"output_type": "error", "ename": "KeyError", "traceback": ["\x1b[0;31mKeyError\x1b[0m"]}
    article = one(
        tmp_path,
        notebook(
            code("import rain\nrain.load()"),
            markdown(["# Rain on the Roof\n", "\n", RAIN]),
            code(["for day in days:\n", "    print(day)"], stream, picture, error),
            markdown(f"## Winter\n\n{SNOW}\n\n![a stove](attachment:stove.png)"),
            {"cell_type": "raw", "source": ["slides: none"]},
        ),
    )
    assert article.title == "Rain on the Roof"
    assert texts(article) == [RAIN, f"Winter\n{SNOW}"]
    assert [(one.text, one.reason) for one in article.dropped] == [
        ("import rain rain.load()", "code"),
        ("for day in days: print(day)", "code"),
        ("17.2 litres done", "what code printed"),
        ("![a stove](attachment:stove.png)", "a picture"),
        ("slides: none", "a raw cell"),
    ]


def test_what_leads_to_code_that_is_left_out_does_not_lead_to_the_next_words(tmp_path: Path) -> None:
    cells = [
        markdown(f"# Gauge\n\n{RAIN}\n\nThe gauge is read like this:"),
        code("gauge.read()"),
        markdown("## Winter"),
        code(""),
        markdown("There are two stoves:"),
        markdown("* a small one\n* a large one"),
        markdown("And this melts the snow:"),
        code("stove.light()"),
        markdown("### Nobody"),
        code("1 / 0"),
        markdown(SNOW),
    ]
    assert texts(one(tmp_path, notebook(*cells))) == [
        RAIN,
        "The gauge is read like this:",
        "Winter\nThere are two stoves:\na small one\na large one",
        "And this melts the snow:",
        f"Nobody\n{SNOW}",
    ]


def test_pieces_of_a_cell_are_put_together_as_they_are_and_cells_are_not(tmp_path: Path) -> None:
    article = one(tmp_path, notebook(markdown(["# Ra", "in\n", "The ro", "of leaks."]), markdown("```\nnever closed")))
    assert article.title == "Rain"
    assert texts(article) == ["The roof leaks.", "never closed"]
    article = one(tmp_path, notebook(markdown("```\nnever closed"), markdown("# Rain\n\nThe roof leaks.")))
    assert (article.title, texts(article)[-1]) == ("Rain", "The roof leaks.")


@pytest.mark.parametrize(
    ("cells", "metadata", "title"),
    [
        ([markdown("## Regen\n\nEs regnet.")], {}, "Regen"),
        ([markdown("Es regnet auf das Dach.")], {}, "gauge"),
        ([markdown("## Regen\n\nEs regnet."), markdown("# Wetter")], {}, "Wetter"),
        ([markdown("# Regen\n\nEs regnet.")], {"title": "Das Dach"}, "Das Dach"),
        (
            [{"cell_type": "raw", "source": "---\ntitle: Ein Jahr Regen\n---"}, markdown("Es regnet.")],
            {},
            "Ein Jahr Regen",
        ),
    ],
)
def test_a_title_is_stated_or_a_heading_or_the_name_of_the_file(
    tmp_path: Path, cells: list[object], metadata: dict[str, object], title: str
) -> None:
    assert one(tmp_path, notebook(*cells, **metadata)).title == title


def test_front_matter_and_metadata_state_date_and_author(tmp_path: Path) -> None:
    front = {"cell_type": "raw", "source": ["---\n", "title: Rain\n", "date: 2024-04-19\n", "---\n"]}
    article = one(tmp_path, notebook(front, markdown(RAIN), authors=[{"name": "Ana Reyes"}]))
    assert (article.date, article.author) == ("2024-04-19", "Ana Reyes")
    assert (
        one(tmp_path, notebook(markdown(RAIN), kernelspec={"name": "python3", "language": "python"})).language is None
    )


def test_notebooks_of_version_3_keep_cells_in_worksheets(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "heading", "level": 1, "source": ["Rain"]},
        {"cell_type": "markdown", "source": [RAIN]},
        {"cell_type": "heading", "level": 3, "source": "Snow"},
        {"cell_type": "code", "input": ["x = 1"], "language": "python", "outputs": [{"output_type": "pyout"}]},
        {"cell_type": "markdown", "source": SNOW},
    ]
    old = {"metadata": {"name": "rain"}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}
    article = one(tmp_path, json.dumps(old))
    assert (article.title, texts(article)) == ("Rain", [RAIN, f"Snow\n{SNOW}"])


def test_a_notebook_is_known_by_its_cells_whatever_it_is_called(tmp_path: Path) -> None:
    assert one(tmp_path, notebook(markdown(f"# Rain\n\n{RAIN}")), "notes.json").title == "Rain"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (notebook(code("x = 1")), "no text in it, only code"),
        (notebook(), "no text in it"),
        (
            '{"cells": [{"cell_type": "markdown", "source": "The ro',
            "a damaged notebook (Unterminated string starting at",
        ),
        ("The roof leaks.", "a damaged notebook (Expecting value"),
        ('{"metadata": {}, "nbformat": 4}', "it is no notebook of Jupyter: it holds no cells"),
        ("[1, 2]", "it is no notebook of Jupyter: it holds no cells"),
        ("[" * 100_000, "nested too deep, or too large, to be read"),
        (notebook(markdown("rain " * 900_000)), "more than 4 MiB of text in its cells; split it"),
    ],
)
def test_what_holds_no_words_is_told(tmp_path: Path, content: str, reason: str) -> None:
    (skipped,) = found(tmp_path / "a.ipynb", content)
    assert isinstance(skipped, Skipped)
    assert skipped.reason.startswith(reason)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("cell_type", "source", "outputs", "level", "text", "cells")), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(max_examples=30)
@given(cells=VALUES, metadata=VALUES, kind=st.sampled_from(("markdown", "code", "heading", "raw")))
def test_whatever_stands_in_a_notebook_nothing_is_a_fault(
    tmp_path_factory: pytest.TempPathFactory, cells: object, metadata: object, kind: str
) -> None:
    cell = {"cell_type": kind, "source": cells, "outputs": cells, "level": metadata}
    path = tmp_path_factory.mktemp("odd") / "a.ipynb"
    path.write_text(json.dumps({"cells": [cell, cells], "metadata": metadata, "nbformat": 4}))
    assert not [part for part in read([path]) if isinstance(part, Skipped) and "fault" in part.reason]
