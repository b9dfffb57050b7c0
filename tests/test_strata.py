"""One index for articles that differ: in language, and in how long their passages are."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build.build import Options, build
from index.model import Article, Paragraph
from index.postings.forward import Forward
from index.postings.strata import Strata, strata
from index.ranking.choose import EngineName
from index.search.index import Index
from index.search.retriever import LocalRetriever
from index.store.store import Store

pytestmark = pytest.mark.slow

Indexed = Callable[..., Index]
TERMS = 6

NOTES = [
    Article(f"Note {number}", (Paragraph(f"Ferry {number} left the pier at noon."),), path="notes/lines.jsonl")
    for number in range(40)
]
PAGE = (
    "The lighthouse on the rock was finished in the year of the great storm, and its keeper wrote every night what he "
    "saw: which ferry came late, who had lost a net, how the lamp burned, and what the gulls made of it all. His "
    "daughter kept the book for another thirty years."
)
BOOK = [
    Article(f"Page {number}", (Paragraph(f"{PAGE} So ends page {number}."),), path="book/pages.jsonl")
    for number in range(40)
]
GERMAN = [
    Article(
        f"Hafen {number}", (Paragraph(f"Der Kran Nummer {number} im Hafen steht seit Mai still."),), path="de.jsonl"
    )
    for number in range(12)
]


@pytest.fixture
def indexed(tmp_path: Path) -> Iterator[Indexed]:
    opened: list[LocalRetriever] = []

    def of(articles: Sequence[Article], engine: EngineName = "auto") -> Index:
        store = Store(tmp_path / str(len(opened)))
        build(store, articles, (), Options(cut=False, force=True))
        opened.append(LocalRetriever(store, engine))
        return opened[-1].index

    yield of
    for one in opened:
        one.close()


def test_a_long_passage_is_not_held_back_for_the_short_ones_of_another_file(indexed: Indexed) -> None:
    question = "Which ferry did the keeper of the lighthouse see?"
    alone, beside = indexed(BOOK).search(question), indexed([*NOTES, *BOOK]).search(question)
    assert alone.hits[0].passage.text == beside.hits[0].passage.text
    # Words that both hold are commoner now, and those of the book alone rarer.
    assert beside.hits[0].parts.words > 0.8 * alone.hits[0].parts.words


def test_a_passage_is_held_back_for_its_length_among_those_of_its_file(indexed: Indexed) -> None:
    rest = " ".join(f"Then came the {name} and went away again." for name in ("baker", "smith", "priest", "miller") * 4)
    longer = Article("Page", (Paragraph(f"{PAGE} {rest}"),), path="book/pages.jsonl")
    hits = indexed([longer, *BOOK, *NOTES]).search("great storm", k=50).hits
    assert [hit.passage.text for hit in hits].index(longer.paragraphs[0].text) == len(BOOK)


def test_both_engines_agree_where_lengths_differ_from_file_to_file(indexed: Indexed) -> None:
    articles = [*NOTES, *BOOK, *GERMAN]
    embedded, reference = indexed(articles), indexed(articles, "rank-bm25")
    for question in ("Which ferry left at noon?", "the keeper's daughter", "Wo steht der Kran Nummer 7?"):
        ours, theirs = embedded.search(question), reference.search(question)
        assert [hit.passage.row for hit in ours.hits] == [hit.passage.row for hit in theirs.hits]
        assert [hit.score for hit in ours.hits] == pytest.approx([hit.score for hit in theirs.hits])


def test_of_equal_passages_that_in_the_language_of_the_question_leads(indexed: Indexed) -> None:
    english = Article("Regatta", (Paragraph("Wilhelmine Krogh 1911 Rungholt"),), language="en", path="a.jsonl")
    german = Article("Regatta", (Paragraph("Wilhelmine Krogh 1911 Rungholt"),), language="de", path="a.jsonl")
    index = indexed([english, german, *NOTES, *GERMAN])
    for question, language in (("Was war mit Wilhelmine Krogh?", "de"), ("What was it with Wilhelmine Krogh?", "en")):
        first, second = index.search(question).hits[:2]
        assert first.score > second.score
        assert first.article.language == language


def test_a_question_in_the_smaller_language_is_as_sure_as_it_would_be_alone(indexed: Indexed) -> None:
    asked, idle = "Welcher Kran steht im Hafen seit Mai still?", "Wie viele Monde hat der Saturn?"
    index = indexed([*NOTES, *BOOK, *GERMAN])
    assert index.search(asked).confidence > 0.9
    assert index.search(idle).confidence < 0.5


def test_few_function_words_leave_the_language_to_the_words_that_articles_hold(indexed: Indexed) -> None:
    index = indexed([*NOTES, *BOOK, *GERMAN])
    assert index.search("Kran Nummer 3").language == "de"
    assert index.search("ferry at pier").language == "en"


@st.composite
def collections(draw: st.DrawFn) -> tuple[Forward, list[str], list[int]]:
    """A forward index, the language of each article, and its file."""
    articles = draw(
        st.lists(st.tuples(st.sampled_from(["en", "de", "und"]), st.integers(0, 2)), min_size=1, max_size=8)
    )
    texts = st.lists(st.integers(0, TERMS - 1), max_size=5)
    titles = [draw(texts) for _ in articles]
    passages = [(article, draw(texts)) for article in range(len(articles)) for _ in range(draw(st.integers(1, 3)))]
    forward = Forward(
        np.cumsum([0, *(len(text) for _, text in passages)]),
        np.array([term for _, text in passages for term in text], np.uint32),
        np.cumsum([0, *map(len, titles)]),
        np.array([term for title in titles for term in title], np.uint32),
        np.array([article for article, _ in passages], np.uint32),
        np.array([draw(st.booleans()) for _ in passages]),
    )
    return forward, [language for language, _ in articles], sorted(file for _, file in articles)


def _of(collection: tuple[Forward, list[str], list[int]]) -> Strata:
    forward, languages, files = collection
    return strata(forward, TERMS, languages, (files,), 2)


@given(collections())
def test_a_stratum_counts_its_own_passages(collection: tuple[Forward, list[str], list[int]]) -> None:
    forward = collection[0]
    told = _of(collection)
    of_row = told.of_article[forward.article]
    held = [set(forward.indexed(row, 2)) for row in range(len(forward.article))]
    assert told.passages.sum() == len(held)
    for term in range(TERMS):
        df = sum(term in terms for terms in held)
        for stratum in range(len(told)):
            own = sum(term in terms for terms, of in zip(held, of_row, strict=True) if of == stratum)
            assert told.df_in(stratum, term, df) == own


@given(collections())
def test_usual_lengths_lie_between_the_shortest_and_the_longest(
    collection: tuple[Forward, list[str], list[int]],
) -> None:
    forward = collection[0]
    told = _of(collection)
    seen = np.flatnonzero(~forward.hidden)
    lengths = [len(forward.indexed(row, 2)) for row in seen.tolist()]
    usual = told.usual[forward.article[seen]]
    if lengths:
        assert usual.min() >= max(min(lengths), 1) * 0.999
        assert usual.max() <= max(*lengths, 1) * 1.001


@given(collections())
def test_in_a_single_file_lengths_count_as_they_are(collection: tuple[Forward, list[str], list[int]]) -> None:
    forward, languages, _ = collection
    told = strata(forward, TERMS, ["en"] * len(languages), ([0] * len(languages),), 2)
    terms = np.array([len(forward.indexed(row, 2)) for row in range(len(forward.article))], np.uint32)
    lengths = told.lengths(terms, forward.article)
    assert ((lengths == 0) == (terms == 0)).all()
    if terms.any():
        assert lengths / lengths.max() == pytest.approx(terms / terms.max(), abs=1e-3)
