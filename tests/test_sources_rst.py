"""reStructuredText as an article: what the document states, all of its words, none of its marks."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import Article, Skipped
from index.sources import read

SENTENCE = "The mill turns twice a day, with the tide."

GUIDE = """\
.. _mill:
.. title is below

============
The Tide Mill
============

:Author: Nora Brandt <nora@mill.example>
:Date: 2023-05-02
:Status: draft

.. |pond| replace:: mill pond
.. contents:: On this page
.. comment of the editor

The *tide* fills the |pond| **twice** a day; see :ref:`the gate <gate>`, :doc:`visits`,
`the club <https://club.example>`_ and ``grind --fine`` [1]_.

Opening hours
=============

The mill is open:

* on Saturdays from ten to four,
* on Sundays from noon.

  Bring a coat.

Prices
------

=========  ======
Visitor    Price
=========  ======
Adult      6 crowns
Child      2 crowns
=========  ======

.. note:: Groups write
   a week before.

.. versionadded:: 2.1
   The lift.

.. code-block:: sh
   :linenos:

   book --date saturday
       --seats 4

Run it like this::

    grind --fine

sluice
    A gate that holds the water back.

| Slow it turns,
| the old grey stone.

.. toctree::
   :maxdepth: 2

   history

.. image:: mill.png

.. [1] The manual of 1902.
"""


def written(tmp_path: Path, text: str, name: str = "mill.rst") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def one(tmp_path: Path, text: str, name: str = "mill.rst") -> Article:
    (article,) = read([written(tmp_path, text, name)])
    assert isinstance(article, Article), article
    return article


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def test_a_document_becomes_one_article_with_what_it_states(tmp_path: Path) -> None:
    guide = one(tmp_path, GUIDE)
    assert (guide.title, guide.author, guide.date) == ("The Tide Mill", "Nora Brandt", "2023-05-02")
    assert texts(guide) == [
        "The tide fills the mill pond twice a day; see the gate, visits, the club and grind --fine.",
        "Opening hours\nThe mill is open:\non Saturdays from ten to four,\non Sundays from noon.\nBring a coat.",
        "Prices\nVisitor | Price\nAdult | 6 crowns\nChild | 2 crowns",
        "Groups write a week before.",
        "Added in version 2.1: The lift.",
        "book --date saturday\n    --seats 4",
        "Run it like this:\ngrind --fine",
        "sluice\nA gate that holds the water back.",
        "Slow it turns,\nthe old grey stone.",
        "The manual of 1902.",
    ]


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    dropped = {one.text: one.reason for one in one(tmp_path, GUIDE).dropped}
    assert dropped["comment of the editor"] == "a comment"
    assert dropped["Status: draft"] == "a field of the document"
    assert dropped[".. toctree:: history"] == "a directive without text of its own: toctree"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Mills\n=====\n\n{SENTENCE}\n\nPonds\n=====\n\n{SENTENCE}\n", "Mills"),
        (f"{SENTENCE}\n\nMills\n=====\n\n{SENTENCE}\n\nOld\n---\n\n{SENTENCE}\n", "Mills"),
        (f"{SENTENCE}\n\nSources\n=======\n\n{SENTENCE}\n", "tide mill"),
        (f"{SENTENCE}\n\nMills\n=====\n\n{SENTENCE}\n\nPonds\n=====\n\n{SENTENCE}\n", "tide mill"),
        (f".. title: Tides\n.. slug: tides\n\nMills\n=====\n\n{SENTENCE}\n", "Tides"),
        (f"PEP: 12\nTitle: Tides ``now``\nAuthor: N. Brandt\n\nMills\n=====\n\n{SENTENCE}\n", "Tides now"),
        (f"===\n水车\n===\n\n{SENTENCE}\n", "水车"),
    ],
)
def test_the_title_is_the_one_the_document_states(tmp_path: Path, text: str, title: str) -> None:
    assert one(tmp_path, text, "tide_mill.rst").title == title


@pytest.mark.parametrize(
    "head",
    [
        "Mills\n#####\n\n:date: 2021-03-04\n:author: Ivo Kask\n:tags: water, stone\n:slug: mills\n",
        ".. title: Mills\n.. date: 2021-03-04\n.. author: Ivo Kask\n.. tags: water\n",
        ".. post:: 2021-03-04\n   :author: Ivo Kask\n   :tags: water\n\nMills\n=====\n",
        "Mills\n=====\n\n.. meta::\n   :date: 2021-03-04\n   :author: Ivo Kask\n",
    ],
)
def test_the_metadata_of_site_generators_are_the_articles(tmp_path: Path, head: str) -> None:
    found = one(tmp_path, f"{head}\n{SENTENCE}\n")
    assert (found.title, found.date, found.author) == ("Mills", "2021-03-04", "Ivo Kask")
    assert texts(found) == [SENTENCE]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        (":func:`~mill.stone.turn` of :py:mod:`!mill`", "turn of mill"),
        ("a `phrase`_, `two <two_>`__ and word_", "a phrase, two and word"),
        (r"2\*3 and \*not\* and file_name, __init__", "2*3 and *not* and file_name, __init__"),
        ("5 * 3 * 2 and *open", "5 * 3 * 2 and *open"),
        ("see [KASK02]_ and :pep:`8`", "see [KASK02] and PEP 8"),
        (":doc:`/visits/opening-hours` or :doc:`the gate <gate>`", "opening hours or the gate"),
        ("*nested* **marks**, ``*kept*``", "nested marks, *kept*"),
        ("|unknown| stays", "unknown stays"),
        ("https://mill.example/a_b_ stays", "https://mill.example/a_b_ stays"),
    ],
)
def test_inline_marks_go_and_words_stay(tmp_path: Path, marked: str, plain: str) -> None:
    assert texts(one(tmp_path, f"Mills\n=====\n\n{marked}\n")) == [plain]


@pytest.mark.parametrize(
    ("lines", "paragraphs"),
    [
        (".. function:: turn(stone)\n\n   Turns it.", ["turn(stone)\nTurns it."]),
        (".. mydomain:thing:: Gate\n\n   Holds water.", ["Gate\nHolds water."]),
        (".. admonition:: Mind the gap\n\n   It is wide.", ["Mind the gap\nIt is wide."]),
        (".. only:: html\n\n   It turns.", ["It turns."]),
        (".. automodule:: mill\n   :members:", []),
        (".. raw:: html\n\n   <b>x</b>", []),
        (".. include:: other.rst", []),
        (".. math:: a + b", ["a + b"]),
        (
            '.. csv-table:: Prices\n   :header: "Who", "Price"\n\n   "Adult", "6, or 5"\n   Child, 2',
            ["Prices\nWho | Price\nAdult | 6, or 5\nChild | 2"],
        ),
        (
            ".. list-table::\n   :header-rows: 1\n\n   * - Who\n     - Price\n   * - Adult\n     - 6",
            ["Who | Price\nAdult | 6"],
        ),
        (
            "+-----+-------+\n| Who | Price |\n+=====+=======+\n|大人 | 6     |\n|     | 5     |\n+-----+-------+",
            ["Who | Price\n大人 | 6 5"],
        ),
        (
            "-f, --fine  Grind it fine.\n--stone=N   Choose a stone.",
            ["-f, --fine Grind it fine.\n--stone=N Choose a stone."],
        ),
        (">>> turn(1)\n'round'", [">>> turn(1)\n'round'"]),
        (":param stone: which one\n:returns: a sound", ["param stone: which one\nreturns: a sound"]),
        ("3. Open it.\n4. Close it.", ["3. Open it.\n4. Close it."]),
        ("ill. turns\nnever.", ["ill. turns never."]),
        ("J. Moss came.\nHe left.", ["J. Moss came. He left."]),
        (".. figure:: mill.png\n   :alt: A mill\n\n   The mill in winter.", ["The mill in winter."]),
    ],
)
def test_each_kind_of_block_is_read_as_what_it_is(tmp_path: Path, lines: str, paragraphs: list[str]) -> None:
    found = one(tmp_path, f"Mills\n=====\n\n{SENTENCE}\n\n{lines}\n")
    assert texts(found) == [SENTENCE, *paragraphs]


def test_a_document_of_links_alone_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "Mills\n=====\n\n.. toctree::\n\n   one\n   two\n")
    assert list(read([path])) == [Skipped(str(path), "a title, but no text below it")]


WORDS = st.lists(st.sampled_from("mill pond stone gate water 水车 طاحونة".split()), min_size=1, max_size=6).map(
    " ".join
)


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(st.sampled_from(["text", "bullet", "note", "quote", "code", "term", "table"]), WORDS), min_size=1
    )
)
def test_every_word_of_a_document_stays_in_its_order(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[str, str]]
) -> None:
    shapes = {
        "text": "{}.",
        "bullet": "- {}.",
        "note": ".. note::\n\n   {}.",
        "quote": "    {}.",
        "code": "::\n\n    {}.",
        "term": "term\n   {}.",
        "table": "== ==\na  {}.\n== ==",
    }
    text = "Mills\n=====\n\n" + "\n\n..\n\n".join(shapes[kind].format(words) for kind, words in parts)
    found = one(tmp_path_factory.mktemp("rst"), text)
    kept = [word for word in " ".join(texts(found)).replace("term", "").replace("a |", "").split() if word]
    assert kept == " ".join(f"{words}." for _, words in parts).split()


@pytest.mark.slow
@given(st.text("ab *_`|:.=-+[]<>\\\n\t#", max_size=200))
def test_whatever_stands_in_it_a_file_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = written(tmp_path_factory.mktemp("rst"), text)
    (found,) = read([path])
    assert isinstance(found, Skipped) or all(paragraph.text.strip() for paragraph in found.paragraphs)
