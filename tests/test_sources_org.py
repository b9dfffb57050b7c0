"""Org files as articles: what the file states, all of its words, none of what is there for Emacs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import Article, Skipped
from index.sources import read

SENTENCE = "The bees come out when the lime trees flower."

NOTES = """\
:PROPERTIES:
:ID:       5e1f
:END:
#+TITLE: Notes on Bees
#+AUTHOR: Nora Brandt
#+DATE: <2023-05-02 Tue>
#+LANGUAGE: en
#+FILETAGS: :garden:bees:
# for myself

The /first/ swarm left on *Monday*; see [[https://bees.example][the club]], [[id:5e1f]]
and ~hive --open~ [fn:1].

* TODO [#A] Spring work [1/2]                                  :garden:work:
SCHEDULED: <2023-04-01 Sat>
:LOGBOOK:
CLOCK: [2023-04-01 Sat 10:00]--[2023-04-01 Sat 11:00] =>  1:00
:END:
To open a hive:
- [X] Light the smoker.
  It needs dry grass.
- Lift the /lid/:
  #+begin_src sh
  hive --open
      --slowly
  #+end_src
- frame :: the comb in its wood

** Prices
| Honey | Price    |
|-------+----------|
| Lime  | 6 crowns |
| Clover | 2 crowns |

#+begin_quote
No bees, no apples.
#+end_quote

#+BEGIN_VERSE
Slow they hum,
the old grey hives.
#+END_VERSE

#+begin_export html
<b>x</b>
#+end_export

: smoke | bees

[fn:1] The manual of 1902.
"""


def written(tmp_path: Path, text: str, name: str = "bees.org") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def one(tmp_path: Path, text: str, name: str = "bees.org") -> Article:
    (article,) = read([written(tmp_path, text, name)])
    assert isinstance(article, Article), article
    return article


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def test_a_file_becomes_one_article_with_what_it_states(tmp_path: Path) -> None:
    notes = one(tmp_path, NOTES)
    assert (notes.title, notes.author, notes.date, notes.language) == (
        "Notes on Bees",
        "Nora Brandt",
        "2023-05-02",
        "en",
    )
    assert texts(notes) == [
        "The first swarm left on Monday; see the club, 5e1f and hive --open.",
        "Spring work\nTo open a hive:\nLight the smoker. It needs dry grass.\nLift the lid:\nhive --open\n"
        "    --slowly\nframe: the comb in its wood",
        "Prices\nHoney | Price\nLime | 6 crowns\nClover | 2 crowns",
        "No bees, no apples.",
        "Slow they hum,\nthe old grey hives.",
        "smoke | bees",
        "The manual of 1902.",
    ]


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    dropped = {one.text: one.reason for one in one(tmp_path, NOTES).dropped}
    assert dropped["# for myself"] == "a comment"
    assert dropped["SCHEDULED: <2023-04-01 Sat>"] == "a line for the planner"
    assert dropped[":ID: 5e1f"] == "a drawer: PROPERTIES"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"#+title: Bees\n\n* One\n{SENTENCE}\n* Two\n{SENTENCE}\n", "Bees"),
        (f"* Bees\n{SENTENCE}\n** Hives\n{SENTENCE}\n", "Bees"),
        (f"* One\n{SENTENCE}\n* Two\n{SENTENCE}\n", "my bees"),
        (f"{SENTENCE}\n* Sources\n{SENTENCE}\n", "my bees"),
    ],
)
def test_the_title_is_the_one_the_file_states(tmp_path: Path, text: str, title: str) -> None:
    assert one(tmp_path, text, "my_bees.org").title == title


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("a/b/c and 2 * 3 * 4 and *open", "a/b/c and 2 * 3 * 4 and *open"),
        ("/*both*/ and =*kept*=", "both and *kept*"),
        ("[[file:hive.png]] [[file:hive.org::*Lid][the lid]]", "the lid"),
        ("honey@@html:<br>@@comb {{{kbd(C-c)}}}", "honeycomb C-c"),
        ("[[https://bees.example]] and <https://club.example>", "https://bees.example and https://club.example"),
        ("first\\\\\nsecond", "first\nsecond"),
        ("#hashtag first", "#hashtag first"),
        ("on <2023-05-02 Tue> at noon", "on <2023-05-02 Tue> at noon"),
    ],
)
def test_inline_marks_go_and_words_stay(tmp_path: Path, marked: str, plain: str) -> None:
    assert texts(one(tmp_path, f"#+title: Bees\n\n{marked}\n")) == [plain]


@pytest.mark.parametrize(
    ("lines", "paragraphs"),
    [
        ("A swarm[fn:: A young one.] left.", ["A swarm left.", "A young one."]),
        (":NOTES:\nThey sting.\n:END:", ["They sting."]),
        (":never closed:\nThey sting.", [":never closed: They sting."]),
        ("#+begin_src sh\nhive\n* Next\nThey sting.", ["hive", "Next\nThey sting."]),
        ("#+begin_example\n,* star\n#+begin_src\n#+end_src\n#+end_example", ["* star\n#+begin_src\n#+end_src"]),
        ("| a | b |\n| c | d |", ["a | b\nc | d"]),
        ("1. Open.\n2. Close.", ["1. Open.\n2. Close."]),
        ("#+CAPTION: The hive\n[[file:hive.png]]", ["The hive"]),
        ("* NEXT Wait\n#+TODO: LATER | DONE\n* LATER Smoke\nThey sting.", ["Wait\nSmoke\nThey sting."]),
        ("-----", []),
    ],
)
def test_each_kind_of_block_is_read_as_what_it_is(tmp_path: Path, lines: str, paragraphs: list[str]) -> None:
    assert texts(one(tmp_path, f"#+title: Bees\n\n{SENTENCE}\n\n{lines}\n")) == [SENTENCE, *paragraphs]


WORDS = st.lists(st.sampled_from("hive honey smoke lid 蜜蜂 نحلة".split()), min_size=1, max_size=6).map(" ".join)


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(["text", "bullet", "quote", "code", "term", "table"]), WORDS), min_size=1))
def test_every_word_of_a_file_stays_in_its_order(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[str, str]]
) -> None:
    shapes = {
        "text": "{}.",
        "bullet": "- {}.",
        "quote": "#+begin_quote\n{}.\n#+end_quote",
        "code": "#+begin_src\n{}.\n#+end_src",
        "term": "- term :: {}.",
        "table": "| {}. |",
    }
    text = "#+title: Bees\n\n" + "\n\n".join(shapes[kind].format(words) for kind, words in parts)
    found = one(tmp_path_factory.mktemp("org"), text)
    assert " ".join(texts(found)).replace("term:", "").split() == " ".join(f"{words}." for _, words in parts).split()


@given(st.text("ab *_=~|:.+-[]<>{}/\n\t#", max_size=200))
def test_whatever_stands_in_it_a_file_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    (found,) = read([written(tmp_path_factory.mktemp("org"), text)])
    assert isinstance(found, Skipped) or all(paragraph.text.strip() for paragraph in found.paragraphs)
