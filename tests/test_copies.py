"""A paragraph that stands in several articles: where else, and in how many."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.model import ArticleCard
from index.ranking.engine import Rows
from index.search.copies import MOST, NO_COPIES, Articles, Copies, copies, nearly_equal
from index.store.texts import Texts
from index.store.texts_writer import PassageRecord, TextsWriter

SAME = 7

ArticlesOf = Callable[[Rows], Articles]


def opened(path: Path, articles: list[list[tuple[str, int]]], titles: list[str]) -> tuple[Texts, ArticlesOf]:
    """Articles of paragraphs, each with the hash under which it is stored."""
    cards, passages = [], list[PassageRecord]()
    for row, (paragraphs, title) in enumerate(zip(articles, titles, strict=True)):
        first, count = len(passages), len(paragraphs)
        cards.append((ArticleCard(row, f"{row:012x}", title, "", None, None, None, None, "en", first, count), "h"))
        passages += [(first + n, row, 1, 1, "paragraph", text, held) for n, (text, held) in enumerate(paragraphs)]
    with TextsWriter(path / "articles.sqlite") as writer:
        writer.extend(cards, passages)
    of = np.array([passage[1] for passage in passages], np.uint32)
    return Texts(path / "articles.sqlite"), of.__getitem__


def test_the_other_articles_of_a_paragraph_are_named_once_and_its_own_never(tmp_path: Path) -> None:
    line = ("Sign up.", SAME)
    articles = [[line, ("Tides turn.", 1), line], [line], [("Sand.", 2), line, line], [line]]
    texts, articles_of = opened(tmp_path, articles, ["Tides", "Dunes", "Reef", "Dunes"])
    assert copies(texts, articles_of, [0, 1, 5]) == [
        Copies(("Dunes", "Reef"), 3), NO_COPIES, Copies(("Tides", "Dunes"), 3)
    ]  # fmt: skip
    texts.close()


def test_a_paragraph_that_only_one_article_repeats_has_no_copies(tmp_path: Path) -> None:
    texts, articles_of = opened(
        tmp_path, [[("Sign up.", SAME), ("Sign up.", SAME)], [("Sand.", 1)]], ["Tides", "Dunes"]
    )
    assert copies(texts, articles_of, [0, 2]) == [NO_COPIES, NO_COPIES]
    texts.close()


def test_another_text_of_the_same_hash_is_no_copy(tmp_path: Path) -> None:
    articles = [[("Sign up.", SAME)], [("Log in.", SAME)], [("Sign up.", SAME)]]
    texts, articles_of = opened(tmp_path, articles, ["Tides", "Dunes", "Reef"])
    assert copies(texts, articles_of, [0, 1]) == [Copies(("Reef",), 1), NO_COPIES]
    texts.close()


@pytest.mark.parametrize("others", [MOST - 1, MOST, MOST + 1, 300])
def test_of_many_copies_the_first_titles_are_told_and_how_many_there_are(tmp_path: Path, others: int) -> None:
    titles = [f"Note {number}" for number in range(others + 1)]
    texts, articles_of = opened(tmp_path, [[("Sign up.", SAME)]] * (others + 1), titles)
    assert copies(texts, articles_of, [0]) == [Copies(tuple(titles[1 : MOST + 1]), others)]
    texts.close()


STORY = "The harbour commission said on Monday that the ferry to Lorne will sail again after the repair of its gearbox."
BERICHT = "Die Hafenbehörde teilte am Montag mit, dass die Fähre nach der Reparatur ihres Getriebes wieder fahren wird."
ARABIC = "أعلنت هيئة الميناء يوم الاثنين أن العبّارة ستعود إلى الإبحار نحو الجزيرة بعد إصلاح محركها القديم في الحوض"


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (STORY, STORY, True),
        (STORY, f"LORNE, Tuesday - {STORY}", True),
        (STORY, STORY.replace("said on Monday that", "said, on Monday, that"), True),
        (STORY, STORY.replace("Monday", "yesterday"), True),
        (STORY, STORY.upper(), True),
        (BERICHT, BERICHT.replace("Hafenbehörde", "Behörde"), True),
        (ARABIC, ARABIC.replace("أعلنت", "اعلنت").replace("الإبحار", "الابحار").replace("ّ", ""), True),
        (f"{STORY} 5 were hurt.", f"{STORY} 7 were hurt.", False),
        (f"{STORY} It cost 4.5 crowns.", f"{STORY} It cost 4.6 crowns.", False),
        (f"{STORY} 5 were hurt.", f"{STORY} Seven were hurt.", False),
        (STORY, f"LORNE, 3 May - {STORY}", True),
        (STORY, f"{STORY} Crews must now paint the whole hull before anybody boards.", False),
        (STORY, " ".join(STORY.split()[:9]), False),
        ("The ferry sails at dawn.", "The ferry sails at dusk.", False),
        ("Sign up for our letter.", "Sign up for our letter!", False),
        ("", "", False),
        (STORY, BERICHT, False),
    ],
)
def test_a_reprint_is_nearly_equal_and_a_story_with_another_number_is_not(one: str, other: str, near: bool) -> None:
    assert nearly_equal(one, other) is near
    assert nearly_equal(other, one) is near
