"""Meaning beside words: vectors of a generation, what they do to answers, and words alone where they cannot be used."""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from bot.answer import Answer, Answerer, AskOptions
from bot.policy import Policy
from bot.wording import problem_line
from index import (
    Article,
    Index,
    LocalRetriever,
    Making,
    Model,
    Options,
    Paragraph,
    Store,
    build_index,
    give_meaning,
    tuning,
)
from index.meaning import making
from index.meaning.encoder import FolderEncoder
from index.meaning.vectors import FOLDER, Vectors, place, products
from tests import meaning_model

TEXTS = {
    "Harbour": ("The boat sails at noon from the old quay.", "Its crew of nine slept ashore that night."),
    "Roads": ("The viaduct shuts for nine weeks in March.", "Drivers take the coast road meanwhile."),
    "Reading": ("The bookshop starts its readings at eight.", "Nobody has to buy a novel there."),
    "Pets": ("Three kittens were found behind the mill.", "They were given milk by the miller."),
    "Bread": ("The bakery sells rye and barley loaves.", "Flour comes from the mill upstream."),
}


def _articles(texts: Mapping[str, tuple[str, ...]]) -> list[Article]:
    return [Article(title, tuple(map(Paragraph, paragraphs)), key=title) for title, paragraphs in texts.items()]


def _build(store: Store, texts: Mapping[str, tuple[str, ...]] = TEXTS) -> None:
    build_index(store, _articles(texts), (), Options(cut=False, force=True, processes=1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return meaning_model.write(tmp_path_factory.mktemp("model") / "words")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Store:
    made = Store(tmp_path_factory.mktemp("index"))
    _build(made)
    give_meaning(made, folder)
    return made


@pytest.fixture
def index(store: Store, folder: Path) -> Iterator[Index]:
    retriever = LocalRetriever(store, model=Model(folder, store.data_dir))
    yield retriever.index
    retriever.close()


def _titles(index: Index, question: str, *, exact: bool = False) -> list[str]:
    return [hit.article.title for hit in index.search(question, exact=exact).hits]


@pytest.mark.slow
def test_a_passage_is_found_that_says_it_in_other_words(index: Index, store: Store) -> None:
    assert _titles(index, "When does the ferry leave?")[0] == "Harbour"
    with Index.open(store.data_dir) as words:
        assert _titles(words, "When does the ferry leave?") == []


def test_the_part_of_meaning_is_a_part_of_the_score(index: Index) -> None:
    best = index.search("which bridge closes, the viaduct?").hits[0]
    parts = best.parts
    assert best.article.title == "Roads"
    assert parts.meaning > 0 < parts.words
    every = parts.words + parts.grams + parts.pairs + parts.stretch + parts.around + parts.meaning
    assert best.score == pytest.approx(every)


@pytest.mark.parametrize("question", ['"the boat sails" ferry', '"a ferry"'])
def test_what_is_quoted_is_meant_to_the_letter(index: Index, question: str) -> None:
    assert all(hit.parts.meaning == 0 for hit in index.search(question).hits)


def test_exact_words_are_searched_by_words_alone(index: Index) -> None:
    assert _titles(index, "ferry", exact=True) == []


def test_filters_limit_what_is_near(index: Index) -> None:
    assert _titles(index, "ferry in:roads") != ["Harbour"]
    assert "Harbour" not in _titles(index, "the ferry -quay -crew")


@pytest.mark.slow
def test_without_a_model_every_answer_is_as_it_was(store: Store) -> None:
    """No package of the extra is imported either."""
    program = (
        "import sys; from pathlib import Path; from bot import Answerer\n"
        f"with Answerer.open(Path({str(store.data_dir)!r})) as one:\n"
        "    print(one.answer('When does the boat sail?').state)\n"
        "print({'onnxruntime', 'tokenizers', 'index.search.meaning', 'index.meaning'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "answered\nset()\n"


def _vectors(store: Store, folder: Path) -> Vectors:
    with store.open() as generation:
        return Vectors.open(store.data_dir, generation, FolderEncoder(folder).digest)


def _made(store: Store, folder: Path) -> list[Making]:
    steps: list[Making] = []
    give_meaning(store, folder, steps.append)
    return steps


@pytest.mark.slow
def test_a_rebuild_makes_the_vectors_of_what_changed_and_equals_one_from_nothing(tmp_path: Path, folder: Path) -> None:
    store = Store(tmp_path / "rebuilt")
    _build(store)
    assert _made(store, folder)[-1].done == 10
    _build(store, TEXTS | {"Ferries": ("A second ferry was bought.", "The boat sails at noon from the old quay.")})
    assert _made(store, folder)[-1].done == 2
    anew = Store(tmp_path / "anew")
    _build(anew, TEXTS | {"Ferries": ("A second ferry was bought.", "The boat sails at noon from the old quay.")})
    give_meaning(anew, folder)
    one, other = _vectors(store, folder), _vectors(anew, folder)
    assert all((getattr(one, name) == getattr(other, name)).all() for name in ("keys", "values", "scales", "null"))
    assert not give_meaning(store, folder)


def test_another_model_has_vectors_of_its_own(tmp_path: Path, folder: Path) -> None:
    store = Store(tmp_path / "index")
    _build(store)
    give_meaning(store, folder)
    other = meaning_model.write(tmp_path / "other", groups=(*meaning_model.GROUPS[1:], meaning_model.GROUPS[0]))
    with LocalRetriever(store, model=Model(other, store.data_dir)).index as words:
        assert _titles(words, "When does the ferry leave?") == []
    assert _made(store, other)[-1].done == 10
    with LocalRetriever(store, model=Model(other, store.data_dir)).index as found:
        assert _titles(found, "When does the ferry leave?")[0] == "Harbour"


def test_vectors_count_only_when_all_of_them_are_there(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever makes them is stopped behind each piece, and the next one goes on from there."""
    store = Store(tmp_path)
    _build(store)
    monkeypatch.setattr(making, "_PIECE", 3)
    stops = 0
    for _ in range(10):

        def stop(step: Making) -> None:
            if step.done:
                raise KeyboardInterrupt

        try:
            give_meaning(store, folder, stop)
        except KeyboardInterrupt:
            stops += 1
            with LocalRetriever(store, model=Model(folder, tmp_path)).index as words:
                assert _titles(words, "When does the ferry leave?") == []
        else:
            break
    assert stops == 4
    with LocalRetriever(store, model=Model(folder, tmp_path)).index as found:
        assert _titles(found, "When does the ferry leave?")[0] == "Harbour"
    assert {path.name for path in (tmp_path / FOLDER).iterdir()} == {
        place(tmp_path, 1, FolderEncoder(folder).digest).name,
        "making.lock",
    }


@pytest.mark.parametrize("harm", ["meaning.json", "values.npy", "null.npy"])
def test_damaged_vectors_are_told_once_and_words_answer(
    tmp_path: Path, folder: Path, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(tmp_path)
    _build(store)
    give_meaning(store, folder)
    path, whole = place(tmp_path, 1, FolderEncoder(folder).digest) / harm, np.array(_vectors(store, folder).values)
    path.write_bytes(path.read_bytes()[:-9] + b"123456789")
    with caplog.at_level(logging.WARNING), LocalRetriever(store, model=Model(folder, tmp_path)).index as words:
        assert _titles(words, "ferry") == _titles(words, "ferry") == []
    (record,) = caplog.records
    assert "answering by words alone" in record.message
    assert str(path.parent) in record.message
    # None of what was damaged is taken over.
    assert give_meaning(store, folder)
    assert (_vectors(store, folder).values == whole).all()


def test_a_model_that_is_gone_leaves_words(store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        index = LocalRetriever(store, model=Model(tmp_path / "gone", store.data_dir)).index
        assert _titles(index, "When does the boat sail?")[0] == "Harbour"
    assert [str(tmp_path / "gone") in record.message for record in caplog.records] == [True]


def test_who_lives_long_answers_by_words_until_model_and_vectors_are_there(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.meaning._LOOK_EVERY", 0.0)
    store = Store(tmp_path)
    _build(store)
    with LocalRetriever(store, model=Model(folder, tmp_path, aside=True)).index as index:
        assert _titles(index, "When does the boat sail?")[0] == "Harbour"
        while not _titles(index, "When does the ferry leave?"):
            time.sleep(0.05)
        assert _titles(index, "When does the ferry leave?")[0] == "Harbour"


def _answer(store: Store, folder: Path, question: str) -> Answer:
    retriever = LocalRetriever(store, model=Model(folder, store.data_dir))
    with Answerer(retriever, Policy()) as answerer:
        return answerer.answer(question, options=AskOptions(explain=True))


FOREIGN = {
    "ميناء": ("تبحر العبارة ظهرا من الرصيف القديم كل يوم.", "نام الطاقم على الشاطئ."),
    "طرق": ("يغلق الجسر في شهر مارس تسعة أسابيع.", "يسلك السائقون طريق الساحل."),
    "قراءة": ("تبدأ المكتبة القراءة في الثامنة مساء.", "لا يضطر أحد إلى شراء كتاب."),
}


def test_a_question_in_another_language_than_the_articles_finds_by_meaning_and_that_is_said(
    tmp_path: Path, folder: Path
) -> None:
    store = Store(tmp_path)
    _build(store, FOREIGN)
    give_meaning(store, folder)
    answer = _answer(store, folder, "When does the ferry leave for the island?")
    assert answer.state != "nothing"
    assert answer.passages[0].article.title == "ميناء"
    assert [problem_line(one) for one in answer.problems] == ["Found by meaning, in Arabic."]
    assert answer.explanation.parts is not None
    assert answer.explanation.parts.meaning > 0


def test_a_language_of_the_same_script_is_told_by_its_small_words(tmp_path: Path) -> None:
    texts = {
        "Hafen": ("Die Fähre legt jeden Mittag am alten Kai ab.", "Die Mannschaft schlief in der Nacht an Land."),
        "Straßen": ("Der Viadukt ist im März für neun Wochen gesperrt.", "Man nimmt so lange die Straße an der Küste."),
        "Lesen": ("Die Buchhandlung liest um acht am Abend vor.", "Niemand muss dort einen Roman kaufen."),
    }
    ferry, bridge, *others = meaning_model.GROUPS
    groups = (f"{ferry} fähre", f"{bridge} viadukt", *others, "buchhandlung")
    store, folder = Store(tmp_path / "index"), meaning_model.write(tmp_path / "model", groups=groups)
    _build(store, texts)
    give_meaning(store, folder)
    answer = _answer(store, folder, "When does the ferry leave for the island?")
    assert answer.state != "nothing"
    assert answer.passages[0].article.title == "Hafen"
    assert [problem_line(one) for one in answer.problems] == ["Found by meaning, in German."]
    assert answer.corrected == ()
    assert _answer(store, folder, "Wann legt die Fähre am Kai ab?").problems == ()
    # What is quoted is searched by words, and a word may be misspelt.
    quoted = _answer(store, folder, 'When does the "alten" Viadkt close for the weeks?')
    assert ("Viadkt", "Viadukt") in quoted.corrected


def test_the_sentence_that_is_nearest_in_meaning_is_marked_where_no_word_can_tell(tmp_path: Path, folder: Path) -> None:
    store = Store(tmp_path)
    sentence = "تبحر العبارة ظهرا من الرصيف القديم كل يوم."
    _build(store, FOREIGN | {"ميناء": (f"نام الطاقم على الشاطئ. {sentence} يعود الجميع مساء.",)})
    give_meaning(store, folder)
    (first, *_) = _answer(store, folder, "When does the ferry leave for the island?").passages
    assert first.passage.text[slice(*first.highlight)] == sentence


def test_nothing_names_the_titles_nearest_in_meaning(store: Store, folder: Path) -> None:
    answer = _answer(store, folder, "Who moored a zeppelin beside some ferry, a bridge, a library and two cats?")
    assert (answer.state, answer.passages) == ("nothing", ())
    assert len(answer.nearest) == 3
    assert problem_line(answer.problems[-1]).startswith("The articles named are nearest in meaning")


def test_meaning_adds_to_the_confidence_of_words_or_takes_away(index: Index, store: Store) -> None:
    words = LocalRetriever(store).index
    near, far = "which ferry ships at noon", "who painted the mill"
    for question in (near, far):
        results, without = index.search(question), words.search(question)
        assert results.meaning is not None
        assert results.ratio == without.ratio
        assert results.confidence == pytest.approx(min(1, max(0, without.confidence + results.meaning.added)))
    added = [results.meaning.added for results in map(index.search, (near, far)) if results.meaning is not None]
    assert added[0] > 0 > added[1]


def _added(tmp_path: Path, folder: Path, texts: Mapping[str, tuple[str, ...]]) -> float:
    store = Store(tmp_path)
    _build(store, {**TEXTS, **texts})
    give_meaning(store, folder)
    with LocalRetriever(store, model=Model(folder, store.data_dir)).index as opened:
        meaning = opened.search("Which bridge opens at dawn?").meaning
    assert meaning is not None
    return meaning.added


def test_a_sentence_that_says_it_is_surer_than_a_passage_that_holds_its_words(tmp_path: Path, folder: Path) -> None:
    said = "Tired people wait. The bridge opens at dawn. Drivers know it."
    held = "Tired people wait. The bridge. Opens at dawn drivers know it."
    assert _added(tmp_path / "said", folder, {"Dawn": (said,)}) > _added(tmp_path / "held", folder, {"Dawn": (held,)})


def test_an_article_that_says_it_twice_is_surer_than_two_that_do(tmp_path: Path, folder: Path) -> None:
    one, other = "The bridge opens at dawn.", "At dawn the bridge opens."
    twice = _added(tmp_path / "twice", folder, {"Dawn": (one, other)})
    assert twice > _added(tmp_path / "two", folder, {"Dawn": (one,), "Dusk": (other,)})


def test_an_article_that_is_printed_again_is_surer_than_two_that_say_it(tmp_path: Path, folder: Path) -> None:
    text = "The bridge opens at dawn, when the first of many tired drivers have waited there for hours."
    other = "Nobody knows when the bridge opens: a dawn may pass, the keeper asleep."
    reprinted = _added(tmp_path / "again", folder, {"Dawn": (text,), "Dusk": (text.replace("tired", "weary"),)})
    assert reprinted > _added(tmp_path / "other", folder, {"Dawn": (text,), "Dusk": (other,)})


def test_a_headline_speaks_for_the_table_below_it(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"The bridge opens at dawn": ("Net 5 cts vs 10. Sales 3 mln vs 4.",)}
    added = []
    for apart in (9.0, 1.0, 0.0):
        monkeypatch.setattr(tuning, "SURE_APART", apart)
        added.append(_added(tmp_path / f"{apart}", folder, texts))
    assert added[0] < added[1] < added[2]


@pytest.mark.slow
@given(values=arrays(np.int8, (7, 33)), question=arrays(np.int8, 33))
def test_compiled_products_are_those_of_numpy(values: Any, question: Any) -> None:
    kernels = pytest.importorskip("index.meaning.vector_kernels")
    values.setflags(write=False)
    assert (kernels.products(values, question) == products(values, question)).all()


@pytest.mark.slow
def test_boilerplate_has_no_vector(tmp_path: Path, folder: Path) -> None:
    store = Store(tmp_path)
    line = "Take the ferry to our shop."
    texts = {title: (*some, line) for title, some in TEXTS.items()}
    build_index(store, _articles(texts), (), Options(force=True, processes=1))
    give_meaning(store, folder)
    vectors = _vectors(store, folder)
    with LocalRetriever(store, model=Model(folder, tmp_path)).index as index:
        assert index.counts["boilerplate"] == 5
        assert np.count_nonzero(vectors.keys) == index.counts["passages"] - 5
        assert line not in [hit.passage.text for hit in index.search("ferry", 10).hits]
