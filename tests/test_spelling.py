"""Misspelt words of a question: what they are taken for, and when they are left alone."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Answerer, AskOptions
from bot.policy import Policy
from index.build.build import Options, build
from index.model import Article, Paragraph
from index.query import spelling
from index.query.dictionary import dictionary
from index.search.retriever import LocalRetriever
from index.store.store import Store

PIER = Article(
    "Lighthouse on the pier",
    (
        Paragraph("The lighthouse keeper polished the brass lamps before the storm reached Vardøbukta."),
        Paragraph("Opera singers operated the ferry while the elephant slept beside the government building."),
        Paragraph("Кондуктор продавал билеты на паром до маяка."),
        Paragraph("Der Fährmann grüßte die Matrosen."),
    ),
)
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    store = Store(tmp_path_factory.mktemp("spelling"))
    build(store, [PIER], (), Options(force=True))
    answerer = Answerer(LocalRetriever(store), Policy(answered_at=0, closest_at=0))
    yield answerer.answer
    answerer.close()


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("goverment", "government"),
        ("lighthuose", "lighthouse"),
        ("polishedd", "polished"),
        ("elephnats", "elephant"),
        ("kepeer", "keeper"),
        ("opero", "Opera"),
        ("билэты", "билеты"),
        ("vardøbukto", "Vardøbukta"),
    ],
)
def test_a_misspelt_word_is_searched_as_an_article_writes_it(ask: Ask, written: str, searched: str) -> None:
    answer = ask(f"{written} storm")
    assert answer.corrected == ((written, searched),)
    assert written not in answer.missing
    assert any(searched.casefold() in shown.passage.text.casefold() for shown in answer.passages)


def test_the_exact_word_can_be_insisted_on(ask: Ask) -> None:
    answer = ask("goverment", options=AskOptions(exact=True))
    assert (answer.corrected, answer.passages, answer.missing) == ((), (), ("goverment",))


@pytest.mark.parametrize(
    "word",
    [
        "Opero",  # with a capital it may be a name, and it is one edit from a form of "operated"
        "lamb",  # short words are one edit away from many
        "brass",
        "ferry",
        "government",
        "rhinoceros",
        "lamps2",
        "saxo",
        "灯塔守",
    ],
)
def test_other_words_are_left_alone(ask: Ask, word: str) -> None:
    assert ask(word).corrected == ()


def test_a_known_word_is_never_replaced_by_a_commoner_one(ask: Ask) -> None:
    assert [shown.passage.ordinal for shown in ask("grüßte").passages] == [4]


words = st.text(st.characters(categories=["Ll"], max_codepoint=0x17F), min_size=1, max_size=9)


@pytest.mark.slow
@given(words, st.lists(st.sampled_from("abcdeé"), max_size=4))
def test_every_edit_can_be_taken_back_and_none_is_the_word_itself(word: str, letters: list[str]) -> None:
    others = spelling.edits(word, letters)
    assert word not in others
    assert len(set(others)) == len(others)
    for other in others[:40]:
        assert word in spelling.edits(other, word)


@pytest.mark.slow
@given(st.lists(words, unique=True, max_size=30), words)
def test_the_dictionary_finds_its_terms_and_no_others(terms: list[str], stranger: str) -> None:
    encoded = [term.encode() for term in sorted(terms)]
    offsets = np.cumsum([0, *map(len, encoded)])
    known = dictionary(np.frombuffer(b"".join(encoded), np.uint8), offsets)
    assert known.find(sorted(terms)) == list(range(len(terms)))
    assert known.find(["", *sorted(terms), ""]) == [-1, *range(len(terms)), -1]
    assert (known.find([stranger])[0] >= 0) == (stranger in terms)
