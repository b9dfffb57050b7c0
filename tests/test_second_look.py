"""The second look at what the engine found: grams, pairs and stretches of words, and the order they make."""

from collections.abc import Callable, Iterator
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import grams
from index.build import Options, build
from index.model import Article, Hit, Paragraph
from index.retriever import DEPTH, LocalRetriever
from index.second_look import Kernels, compiled
from index.store import Store

TERMS = st.integers(0, 1 << 15)

Find = Callable[[str, list[str]], tuple[Hit, ...]]


@pytest.fixture
def find(tmp_path: Path) -> Iterator[Find]:
    opened: list[LocalRetriever] = []

    def search(question: str, paragraphs: list[str]) -> tuple[Hit, ...]:
        store = Store(tmp_path)
        articles = [Article(f"Note {number}", (Paragraph(text),)) for number, text in enumerate(paragraphs)]
        build(store, articles, (), Options(cut=False, force=True))
        opened.append(LocalRetriever(store))
        return opened[-1].index.find(question, DEPTH).hits

    yield search
    for one in opened:
        one.close()


def test_words_that_follow_each_other_as_in_the_question_lead(find: Find) -> None:
    hits = find("harbour master", ["The master painted a harbour.", "The harbour master painted.", "Rain fell."])
    assert [hit.passage.row for hit in hits] == [1, 0]
    assert hits[0].parts.pairs > 0 == hits[1].parts.pairs
    assert hits[0].parts.words == hits[1].parts.words


def test_words_that_stand_close_together_lead(find: Find) -> None:
    between = "while every gull along that long grey wall cried out and nobody could see through such thick mist today"
    hits = find(
        "lantern quay", [f"A lantern burned {between} by some quay.", f"A lantern on some quay burned {between}."]
    )
    assert [hit.passage.row for hit in hits] == [1, 0]
    assert hits[0].parts.stretch > hits[1].parts.stretch > 0


def test_a_short_passage_among_others_on_the_matter_leads(tmp_path: Path) -> None:
    said = Paragraph("The mayor opened the bridge.")
    near = Article("Monday", (said, Paragraph("Lanterns hung from its arches.")))
    far = Article("Tuesday", (said, Paragraph("Nobody came.")))
    store = Store(tmp_path)
    build(store, [far, near], (), Options(cut=False, force=True))
    retriever = LocalRetriever(store)
    hits = retriever.index.find("Did the mayor open a bridge with lanterns?").hits
    assert hits[0].article.title == "Monday"
    assert [hit.article.title for hit in hits if hit.passage.text == said.text] == ["Monday", "Tuesday"]
    assert all(hit.parts.around > 0 for hit in hits)
    retriever.close()


def test_another_spelling_of_a_name_leads_over_none(find: Find) -> None:
    hits = find("bridge of Vasilyevich", ["A bridge was painted by Anna.", "A bridge was painted by Vasiljevich."])
    assert [hit.passage.row for hit in hits] == [1, 0]
    assert hits[0].parts.grams > hits[1].parts.grams


def test_a_title_counts_in_every_part(tmp_path: Path) -> None:
    store = Store(tmp_path)
    both = Paragraph("It opens at nine.")
    build(store, [Article("Salt market", (both,)), Article("Town hall", (both,))], (), Options(force=True))
    retriever = LocalRetriever(store)
    (hit,) = retriever.index.find("salt market").hits
    assert min(astuple(hit.parts)) > 0
    assert sum(astuple(hit.parts)) == pytest.approx(hit.score)
    retriever.close()


def test_equal_passages_are_ordered_by_row(find: Find) -> None:
    hits = find("tin kettle", ["A tin kettle sang."] * 60)
    assert [hit.passage.row for hit in hits] == list(range(DEPTH))


def test_grams_do_not_reach_from_one_text_into_the_next() -> None:
    apart = grams.hashed(["sea", "gull"])
    together = grams.hashed(["sea gull"])
    between = set(together.hashes.tolist()) - set(apart.hashes.tolist())
    assert len(between) == len(["ea g", "a gu"])
    assert apart.text_of(np.arange(len(apart.hashes))).tolist() == sorted(apart.text_of(np.arange(len(apart.hashes))))


@given(st.lists(st.text(st.characters() | st.sampled_from("salt \0\u0301\n")), min_size=1, max_size=5))
@settings(deadline=None)  # The first time they are compiled.
def test_the_compiled_kernels_count_the_same_grams(texts: list[str]) -> None:
    plain, fast = Kernels(), compiled()
    assert fast.hashes(texts).tolist() == plain.hashes(texts).tolist()
    wanted = np.unique(plain.hashes(texts[:2]))
    for counts, others in zip(plain.gram_counts(texts, wanted), fast.gram_counts(texts, wanted), strict=True):
        assert counts.tolist() == others.tolist()


@given(st.lists(st.lists(TERMS, max_size=20), max_size=5), st.sets(TERMS), st.data())
@settings(deadline=None)
def test_the_compiled_kernels_find_the_same_words(texts: list[list[int]], known: set[int], data: st.DataObject) -> None:
    stored = np.array([term for text in texts for term in text], np.uint32)
    known |= set(data.draw(st.lists(st.sampled_from(stored.tolist() or [0]))))
    ends = np.array([len(text) for text in texts], np.int64).cumsum()
    starts = np.append(0, ends)[:-1].astype(np.int64)
    asked = (stored, starts, ends, np.array(sorted(known), np.uint32))
    found, others = Kernels().occurrences(*asked), compiled().occurrences(*asked)
    assert [one.tolist() for one in found] == [one.tolist() for one in others]
    bits = np.uint64(1) << (found[1] % 64).astype(np.uint64)
    near = [kernels.reached(found[0], bits, 3).tolist() for kernels in (Kernels(), compiled())]
    assert near[0] == near[1]


@given(st.text(), st.sampled_from(["", "\u200b", "\u00ad", "\u0301"]))
def test_case_width_accents_and_unseen_marks_do_not_change_grams(text: str, mark: str) -> None:
    plain = grams.hashed([f"Cafe {text}"]).hashes.tolist()
    for other in (f"CAFE {text}", f"cafe{mark} {text}", f"ｃａｆé {text}", f"cafe… {text}"):
        assert grams.hashed([other]).hashes.tolist() == plain


def test_how_rare_a_gram_is_counts_each_passage_once() -> None:
    texts = ["salt salt salt", "salt and tin", "rain"]
    statistics = grams.statistics(len(texts), lambda rows: [texts[row] for row in rows])
    salt, rain, none = (grams.hashed([word]).hashes[1:2] for word in ("salt", "rain", "fog!"))
    assert statistics.idf(salt) == pytest.approx(np.log(4 / 2))
    assert statistics.idf(rain) == statistics.idf(none) == pytest.approx(np.log(4))


def test_a_large_collection_is_known_from_a_sample() -> None:
    asked: list[int] = []

    def read(rows: object) -> list[str]:
        assert isinstance(rows, list)
        asked.extend(rows)
        return ["salt" if row % 2 else "rain" for row in rows]

    statistics = grams.statistics(10_000_000, read)
    assert len(set(asked)) == grams.SAMPLE
    assert statistics.looked_at[0] == grams.SAMPLE
    assert max(asked) > 9_990_000


def test_a_word_is_as_rare_as_it_is_among_articles_of_its_language(tmp_path: Path) -> None:
    german = [Article(f"Hafen {name}", (Paragraph(f"Der Kran in {name} steht still."),)) for name in ("Wedel", "Brake")]
    english = [Article(f"Note {number}", (Paragraph("The crane was painted."),)) for number in range(18)]
    store = Store(tmp_path)
    build(store, [*german, *english], (), Options(cut=False, force=True))
    retriever = LocalRetriever(store)
    terms = {term.term: term.weight * term.idf for term in retriever.index.find("Wo steht der Kran in Wedel?").terms}
    assert terms["wedel"] == pytest.approx(np.log(3 / 1))
    assert terms["kran"] == pytest.approx(np.log(3 / 2))
    retriever.close()
