"""Aliases: names in a file, other forms found beside the one asked with, and a file that is wrong."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answerer, AskOptions
from bot.policy import Policy
from index.build.build import Options, build
from index.model import Article, Paragraph
from index.query.aliases import Alias, Aliases
from index.search.retriever import LocalRetriever
from index.store.store import Store

Run = Callable[..., subprocess.CompletedProcess[str]]

NAMES = Aliases({"US": ("United States", "U.S."), "New York City": ("NYC", "Big Apple"), "北京": ("Peking",)})
ARTICLES = (
    Article("Tariffs", (Paragraph("The United States raised its tariff on tin buttons in spring."),)),
    Article("Parade", (Paragraph("A parade of goats went through the Big Apple at dawn."),)),
    Article("Quarrel", (Paragraph("Tell us about the tariff on tin, said the states, united for once."),)),
    Article("Ferry", (Paragraph("The ferry carries lorries and bicycles across the river."),)),
)


@pytest.fixture
def answerers(tmp_path: Path) -> Iterator[tuple[Answerer, Answerer]]:
    """Return an answerer without aliases and one with them."""
    store = Store(tmp_path)
    build(store, ARTICLES, (), Options(force=True))
    plain, named = (Answerer(LocalRetriever(store, aliases=names), Policy()) for names in (Aliases(), NAMES))
    yield plain, named
    plain.close()
    named.close()


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Who leads the U.S. army?", [Alias(14, 18, ("United States",))]),
        ("the united  states", [Alias(4, 18, ("US",))]),
        ("tell us more", []),
        ("TELL US MORE", []),
        ("US", [Alias(0, 2, ("United States",))]),
        ("US ARMY?", [Alias(0, 2, ("United States",))]),
        ("how big is the us army", [Alias(15, 17, ("US", "United States"))]),
        ("The us and us", [Alias(4, 6, ("US", "United States"))]),
        ("is it theirs or the nyc mayor's", [Alias(20, 23, ("NYC", "New York City", "Big Apple"))]),
        ("Us army", []),
        ("bathe us", []),
        ("US and nyc", [Alias(0, 2, ("United States",))]),
        ("new york city and NYC", [Alias(0, 13, ("NYC", "Big Apple")), Alias(18, 21, ("New York City", "Big Apple"))]),
        ("北京在哪里", [Alias(0, 2, ("Peking",))]),
        ("new york", []),
        ("", []),
    ],
)
def test_a_form_of_a_name_is_found_and_one_in_capitals_only_in_capitals(question: str, found: list[Alias]) -> None:
    assert NAMES.find(question) == found


@given(st.text() | st.lists(st.sampled_from(["US", "U.S.", "new", "York", "city", "北京", "-"])).map(" ".join))
def test_any_question_can_be_looked_through_for_names(question: str) -> None:
    assert Aliases().find(question) == []
    ends = [0]
    for alias in NAMES.find(question):
        assert ends[-1] <= alias.start < alias.end <= len(question)
        ends.append(alias.end)


def test_another_form_is_searched_where_the_articles_use_it(answerers: tuple[Answerer, Answerer]) -> None:
    plain, named = answerers
    question = "Where did goats parade in NYC?"
    assert plain.answer(question).missing in ((), ("NYC",))
    answer = named.answer(question, options=AskOptions(explain=True))
    assert answer.state == "answered"
    assert answer.missing == ()
    assert answer.passages[0].article.title == "Parade"
    assert {share.term for share in answer.explanation.shares} >= {"big", "appl"}
    assert named.answer(question, options=AskOptions(exact=True)) == plain.answer(
        question, options=AskOptions(exact=True)
    )


def test_another_form_lifts_its_passage_and_takes_nothing_from_the_form_asked_with(
    answerers: tuple[Answerer, Answerer],
) -> None:
    plain, named = answerers
    tariff = "Which US tariff on tin was raised?"
    assert named.answer(tariff).passages[0].article.title == "Tariffs"
    assert named.answer(tariff).confidence >= plain.answer(tariff).confidence
    as_written = "Who raised the United States tariff on tin buttons?"
    assert named.answer(as_written).confidence >= plain.answer(as_written).confidence
    ferry = "What does the ferry carry across the river?"
    assert named.answer(ferry) == plain.answer(ferry)


AGENCIES = Aliases({"US": ("United States", "U.S."), "WHO": ("World Health Organization",)})
LETTERS = (
    ("Goats", "The US counted nine thousand goats in one winter night."),
    ("Lamp", "The U.S. paid for the lamp of Gull Rock and for its keeper."),
    ("Buttons", "The United States taxed buttons of tin until spring."),
    ("Bench", "Give us a bench of tin, wrote the walkers, for nobody counted us when it rained on us."),
    ("Mould", "The WHO warned of mould on the boats of the harbour."),
    ("Mayor", "Who warned the mayor of the flood, asked those who counted the boats."),
)


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    """Return an answerer for articles in which "us" and "who" are two words each."""
    store = Store(tmp_path_factory.mktemp("letters"))
    build(store, [Article(title, (Paragraph(text),), key=title) for title, text in LETTERS], (), Options(force=True))
    answerer = Answerer(LocalRetriever(store, aliases=AGENCIES), Policy())
    yield answerer
    answerer.close()


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What did the US tax?", "Buttons"),
        ("What did the U.S. tax until spring?", "Buttons"),
        ("Which buttons did the US tax?", "Buttons"),
        ("How many goats did the United States count?", "Goats"),
        ("how many goats did the united states count", "Goats"),
        ("how many goats did the us count", "Goats"),
        ("Which lamp was paid for by the United States?", "Lamp"),
        ("Which lamp was paid for by the US?", "Lamp"),
        ("What did the World Health Organization warn of?", "Mould"),
        ("World Health Organization warning", "Mould"),
        ("What did the WHO warn of?", "Mould"),
        ("Who gave us a bench?", "Bench"),
        ("who counted us when it rained", "Bench"),
        ("Who warned the mayor?", "Mayor"),
    ],
)
def test_a_name_in_capitals_is_found_by_its_other_forms_and_a_pronoun_by_itself(
    letters: Answerer, question: str, title: str
) -> None:
    answer = letters.answer(question)
    assert answer.passages[0].article.title == title
    assert answer.missing == ()


@pytest.mark.parametrize(
    ("name", "titles"),
    [("US", {"Goats", "Lamp", "Buttons"}), ("U.S.", {"Goats", "Lamp", "Buttons"}), ("WHO", {"Mould"})],
)
def test_a_name_in_capitals_alone_is_a_topic(letters: Answerer, name: str, titles: set[str]) -> None:
    answer = letters.answer(name)
    assert answer.state == "answered"
    assert answer.passages[0].article.title in titles
    assert letters.answer(name.replace(".", "").lower()).state == "nothing"


@pytest.mark.usefixtures("shelf")
def test_the_file_is_the_one_named_or_lies_beside_the_settings_or_in_the_data_folder(
    quoth: Run, tmp_path: Path
) -> None:
    def words(**variables: str) -> set[str]:
        answer = json.loads(quoth("ask", "Who lit the Elm Steps?", "--json", "--explain", **variables).stdout)
        return {share["term"] for share in answer["explanation"]["shares"]}

    assert "saltmer" not in words()
    (tmp_path / "data" / "aliases.toml").write_text('"Elm Steps" = "Saltmere"\n')
    assert "saltmer" in words()
    (tmp_path / "here" / "quoth.toml").write_text("passages = 2\n")
    (tmp_path / "here" / "aliases.toml").write_text('"Elm Steps" = ["tram"]\n')
    assert "tram" in words()
    (tmp_path / "named.toml").write_text('"Elm Steps" = ["harbour"]\n')
    assert "harbour" in words(QUOTH_ALIASES=str(tmp_path / "named.toml"))


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("US = [", "not TOML: "),
        ("US = 3", 'US: its other forms must be a list of words; write it like US = ["United States", "U.S."]'),
        ('US = ["?!"]', "US: '?!' contains no word; write it like"),
        ('US = "America"\nUSA = "america"', "'america' is listed under US and USA; keep it in one list"),
        (None, "No such file or directory; set aliases to a TOML file, or remove the setting"),
    ],
)
def test_a_wrong_file_is_an_error_of_the_settings(quoth: Run, tmp_path: Path, content: str | None, line: str) -> None:
    file = tmp_path / "names.toml"
    if content is not None:
        file.write_text(content)
    done = quoth("ask", "ferry", QUOTH_ALIASES=str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"quoth: {file}: {line}")
    assert done.stderr.count("\n") == 1
