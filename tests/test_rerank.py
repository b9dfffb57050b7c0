"""Reranking of what the engine found: grams, pairs and stretches of words, and the order they make."""

from collections.abc import Callable, Iterator
from dataclasses import astuple
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import bm25, tuning
from index.build.build import Options, build
from index.model import Article, Hit, Paragraph
from index.postings.forward import Forward, united
from index.postings.impacts import LARGE
from index.rerank import features, grams
from index.rerank.features import GramQuery, OrderQuery, Words
from index.rerank.reranker import features_for
from index.search.retriever import LocalRetriever
from index.store.store import Store

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
        return opened[-1].index.search(question, tuning.RERANK_DEPTH).hits

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
    hits = retriever.index.search("Did the mayor open a bridge with lanterns?").hits
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
    (hit,) = retriever.index.search("salt market").hits
    assert min(astuple(hit.parts)[:-1]) > 0 == hit.parts.meaning
    assert sum(astuple(hit.parts)) == pytest.approx(hit.score)
    retriever.close()


def test_equal_passages_are_ordered_by_row(find: Find) -> None:
    hits = find("tin kettle", ["A tin kettle sang."] * 60)
    assert [hit.passage.row for hit in hits] == list(range(tuning.RERANK_DEPTH))


def test_grams_do_not_reach_from_one_text_into_the_next() -> None:
    apart = grams.hashed(["sea", "gull"])
    together = grams.hashed(["sea gull"])
    between = set(together.hashes.tolist()) - set(apart.hashes.tolist())
    assert len(between) == len(["ea g", "a gu"])
    assert apart.firsts().tolist() == [0, len(" sea \0"), len(apart.hashes)]


LETTERS = st.characters() | st.sampled_from("salt \u0301\u200b\n")
AVERAGES = st.floats(0, 300)


@pytest.mark.usefixtures("kernels")
@given(st.text(LETTERS), st.lists(st.text(LETTERS | st.just("\0")), min_size=1, max_size=5), AVERAGES, st.booleans())
@settings(deadline=None)  # The first time they are compiled.
def test_the_compiled_features_count_grams_to_the_same_score(
    question: str, texts: list[str], average: float, counted: bool
) -> None:
    question, texts = question.replace("\0", ""), [*texts, question + texts[0]]
    statistics = grams.statistics(len(texts) if counted else 0, lambda rows: [texts[row] for row in rows])
    compiled, counted_in_numpy = (
        kind.grams(
            GramQuery(question, kind.of_each(texts), statistics, np.full(len(texts), average), bm25.Parameters())
        )
        for kind in (features_for(LARGE), features)
    )
    assert compiled.tolist() == counted_in_numpy.tolist()


@pytest.mark.usefixtures("kernels")
def test_a_question_as_long_as_a_book_is_counted_in_full() -> None:
    letters = np.random.default_rng(1).integers(0x4E00, 0x9FFF, 100_000)
    book = "".join(map(chr, letters.tolist()))
    texts = [book[start : start + 500] for start in range(0, len(book), 20_000)]
    statistics = grams.statistics(len(texts), lambda rows: [texts[row] for row in rows])
    scores, in_numpy = (
        kind.grams(GramQuery(book, kind.of_each(texts), statistics, np.full(len(texts), 500.0), bm25.Parameters()))
        for kind in (features_for(LARGE), features)
    )
    assert scores.tolist() == in_numpy.tolist()
    assert scores.min() > 0


@pytest.mark.usefixtures("kernels")
@given(
    st.lists(
        st.tuples(st.lists(TERMS, max_size=5), st.lists(st.lists(TERMS, max_size=20), min_size=1, max_size=4)),
        min_size=1,
        max_size=4,
    ),
    st.lists(TERMS, max_size=12),
    AVERAGES,
    AVERAGES | st.just(0.0),
    st.data(),
)
@settings(deadline=None)
def test_the_compiled_features_see_the_same_order_of_words(
    articles: list[tuple[list[int], list[list[int]]]],
    unknown: list[int],
    average: float,
    around: float,
    data: st.DataObject,
) -> None:
    passages = [passage for _, those in articles for passage in those]
    article = [number for number, (_, those) in enumerate(articles) for _ in those]
    forward = Forward(*_flat(passages), *_flat([title for title, _ in articles]), np.array(article, np.uint32),
                      np.zeros(len(passages), bool))  # fmt: skip
    held = [*forward.terms.tolist(), *forward.title_terms.tolist()]
    terms = data.draw(st.lists(st.sampled_from([*held, *unknown, 7]), max_size=80))
    words = Words.of(terms, [0.1 + term % 7 for term in terms])
    rows = np.array(data.draw(st.permutations(range(len(passages)))))
    query = OrderQuery(words, rows, forward, np.full(len(rows), average), around, bm25.Parameters())
    assert features_for(LARGE).word_order(query).tolist() == features.word_order(query).tolist()


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 9), max_size=4), st.lists(st.lists(st.integers(0, 9), max_size=9), min_size=1)
        ),
        min_size=1,
        max_size=4,
    ),
    st.dictionaries(st.integers(6, 9), st.integers(0, 5), min_size=1),
    st.data(),
)
def test_terms_of_one_word_are_one_term_in_every_feature(
    articles: list[tuple[list[int], list[list[int]]]], same: dict[int, int], data: st.DataObject
) -> None:
    def forward_of(one: Callable[[int], int]) -> Forward:
        passages = [[one(term) for term in passage] for _, those in articles for passage in those]
        titles = [[one(term) for term in title] for title, _ in articles]
        article = [number for number, (_, those) in enumerate(articles) for _ in those]
        return Forward(*_flat(passages), *_flat(titles), np.array(article, np.uint32), np.zeros(len(passages), bool))

    written, meant = forward_of(lambda term: term), forward_of(lambda term: same.get(term, term))
    rows = np.array(data.draw(st.lists(st.sampled_from(range(len(written.article))), min_size=1, unique=True)))
    words = Words.of(range(6), [1.0 + term for term in range(6)])
    places, small = united(written, rows, same)
    wanted, got = (
        features.word_order(OrderQuery(words, some, forward, np.full(len(rows), 5.0), 9.0, bm25.Parameters()))
        for some, forward in ((rows, meant), (places, small))
    )
    assert got.tolist() == wanted.tolist()


def _flat(texts: list[list[int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    ends = np.cumsum([0, *map(len, texts)]).astype(np.int64)
    return ends, np.array([term for text in texts for term in text], np.uint32)


@pytest.mark.slow
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
    assert len(set(asked)) == tuning.GRAM_SAMPLE
    assert statistics.looked_at[0] == tuning.GRAM_SAMPLE
    assert max(asked) > 9_990_000


def test_a_word_is_as_rare_as_it_is_among_articles_of_its_language(tmp_path: Path) -> None:
    german = [Article(f"Hafen {name}", (Paragraph(f"Der Kran in {name} steht still."),)) for name in ("Wedel", "Brake")]
    english = [Article(f"Note {number}", (Paragraph("The crane was painted."),)) for number in range(18)]
    store = Store(tmp_path)
    build(store, [*german, *english], (), Options(cut=False, force=True))
    retriever = LocalRetriever(store)
    terms = {term.term: term.weight * term.idf for term in retriever.index.search("Wo steht der Kran in Wedel?").terms}
    assert terms["wedel"] == pytest.approx(np.log(3 / 1))
    assert terms["kran"] == pytest.approx(np.log(3 / 2))
    retriever.close()
