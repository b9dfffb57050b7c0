"""Building over real files: a rebuild equals a build from nothing, and no build takes away what it should not."""

import inspect
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from bot.answer import Answerer, AskOptions
from bot.errors import message_of
from bot.policy import Policy
from index import tuning
from index.build.build import Options, Progress, Report, build
from index.errors import BuildRefusedError
from index.model import Article, Hit, Paragraph
from index.query.mapped import MappedPassages
from index.ranking import calibration
from index.search.copies import Copies
from index.search.retriever import LocalRetriever
from index.sources import read
from index.store.store import Store

WORDS = {
    "en": "the miller opens a gate when water of the brook runs over its wooden wheel in early spring and nobody can "
    "sleep because stones turn grain to flour until Sunday bells ring across this narrow valley",
    "de": "der Müller öffnet die Schleuse wenn das Wasser des Baches im Frühling über sein hölzernes Rad läuft und "
    "niemand kann schlafen weil Steine das Korn bis Sonntag mahlen während Glocken im Tal läuten",
    "fa": "آسیابان دریچه را باز می‌کند وقتی آب جوی در آغاز بهار از روی چرخ چوبی می‌گذرد و هیچ‌کس نمی‌تواند بخوابد "
    "زیرا سنگ‌ها گندم را تا جمعه آرد می‌کنند",
}
QUESTIONS = [
    *("Who opens the gate?", "When do bells ring?", "miller", "What turns the wheel?", "grain grain flour"),
    *(
        "Why can nobody sleep?",
        "the of and",
        "zeppelin",
        "",
        "valley 7",
        "brook water spring",
        "Is it wooden or narrow?",
    ),
    *("Wer öffnet die Schleuse?", "Wann läuft das Wasser?", "Müller", "Glocken im Tal", "Korn mahlen", "hölzernes Rad"),
    *("آسیابان کیست؟", "سنگ‌ها گندم را آرد می‌کنند", "چرخ چوبی", "بهار", "دریچه آب", "جمعه"),
    *("chronicle 3", "note 11", "Sunday Sonntag جمعه", "stones", "early spring water over the wheel in the valley"),
    "Does the miller of chronicle 5 sleep until the bells ring?",
]


class Shelf:
    """A folder of small articles that is edited at random, and what a rebuild should say about the edits."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = random.Random(seed)  # noqa: S311 - texts to try, no secret
        self.number = 0
        self.texts: dict[str, tuple[str, str]] = {}
        folder.mkdir()
        for _ in range(12):
            self.add()

    def add(self) -> None:
        self.number += 1
        title = f"{self.random.choice(['Chronicle', 'Note'])} {self.number}"
        self._write(f"{self.random.choice('abc')}{self.number:03}.md", title)

    def change(self) -> None:
        name = self.random.choice(sorted(self.texts))
        self._write(name, self.texts[name][0])

    def retitle(self) -> None:
        name = self.random.choice(sorted(self.texts))
        self._write(name, f"{self.texts[name][0]} again")

    def remove(self) -> None:
        name = self.random.choice(sorted(self.texts))
        del self.texts[name]
        (self.folder / name).unlink()

    def edit(self) -> None:
        for _ in range(self.random.randrange(4)):
            self.random.choice([self.add, self.change, self.change, self.retitle, self.remove])()

    def told(self, before: dict[str, tuple[str, str]]) -> tuple[int, int, int, int]:
        """Added, changed, removed and unchanged articles; an article is known by its file and title."""
        old = {(name, title): text for name, (title, text) in before.items()}
        new = {(name, title): text for name, (title, text) in self.texts.items()}
        kept = old.keys() & new.keys()
        same = sum(old[key] == new[key] for key in kept)
        return len(new.keys() - old.keys()), len(kept) - same, len(old.keys() - new.keys()), same

    def _write(self, name: str, title: str) -> None:
        text = "\n\n".join(self._paragraph() for _ in range(self.random.randint(1, 5)))
        self.texts[name] = (title, text)
        (self.folder / name).write_text(f"# {title}\n\n{text}\n", encoding="utf-8")

    def _paragraph(self) -> str:
        words = WORDS[self.random.choice(["en", "en", "de", "fa"])].split()
        return " ".join(self.random.choices(words, k=self.random.randint(4, 40))) + f" {self.random.randrange(20)}."


def built(store: Store, *sources: Path, options: Options | None = None) -> Report:
    return build(store, read(sources), [str(source) for source in sources], options or Options())


def arrays(store: Store) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    with store.open() as generation:
        names = sorted(path.name for path in generation.path.glob("*.npy"))
        return {name: generation.array(name) for name in names}


def rows(store: Store) -> list[str]:
    with store.open() as generation, closing(sqlite3.connect(generation.path / "articles.sqlite")) as database:
        return list(database.iterdump())


def hits(store: Store, questions: Sequence[str]) -> list[tuple[Hit, ...]]:
    retriever = LocalRetriever(store)
    try:
        return [retriever.index.search(question).hits for question in questions]
    finally:
        retriever.close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of four articles about four towns."""
    place = tmp_path / "towns"
    place.mkdir()
    for town, trade in zip(("Alder", "Birch", "Cedar", "Doumal"), ("salt", "glass", "paper", "rope"), strict=True):
        text = f"The market at {town} sells {trade} every Thursday.\n\nIts mayor keeps {len(trade)} goats in the attic."
        (place / f"{town}.md").write_text(f"# News from {town}\n\n{text}\n")
    return place


@pytest.fixture
def answerer(store: Store) -> Iterator[Answerer]:
    answerer = Answerer(LocalRetriever(store), Policy())
    yield answerer
    answerer.close()


@pytest.mark.slow
def test_a_rebuild_equals_a_build_from_nothing(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    # Each draw of a calibration is as good as the next: nearly all of a small build would go into them.
    monkeypatch.setattr(tuning, "NULL_DRAWS", 3)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    shelf = Shelf(tmp_path / "shelf", 1)
    built(store, shelf.folder)
    reused = 0
    for step in range(10):
        before = dict(shelf.texts)
        shelf.edit()
        report = built(store, shelf.folder, options=Options(force=True))
        assert (report.added, report.changed, report.removed, report.reused) == shelf.told(before)
        assert report.articles == len(shelf.texts) == report.added + report.changed + report.reused
        reused += report.reused
        fresh = Store(tmp_path / f"fresh-{step}")
        built(fresh, shelf.folder)
        found = hits(store, QUESTIONS)
        assert sum(map(bool, found)) > 20
        assert found == hits(fresh, QUESTIONS), "rows, texts, ids and scores, to the last bit"
        assert rows(store) == rows(fresh)
        one, other = arrays(store), arrays(fresh)
        assert one.keys() == other.keys() > {"postings_rows.npy", "forward_terms.npy", "null_ratios.npy"}
        for name in one:
            assert one[name].dtype == other[name].dtype, name
            assert np.array_equal(one[name], other[name]), name
        with store.open() as incremental, fresh.open() as from_nothing:
            assert incremental.manifest.counts == from_nothing.manifest.counts
            assert incremental.manifest.languages == from_nothing.manifest.languages
    assert reused > 60


@pytest.mark.slow
def test_a_collection_that_is_calibrated_again_has_the_same_distributions(tmp_path: Path, store: Store) -> None:
    built(store, Shelf(tmp_path / "shelf", 3).folder)
    # The tests remember what was computed once.
    compute = inspect.unwrap(calibration.null_ratios)
    with store.open() as generation:
        of = MappedPassages(generation, "auto")
        again = compute(of.postings, of.forward, of.engine, of.parameters, of.strata)
        assert again.tobytes() == generation.array("null_ratios.npy").tobytes()
        assert again.shape[0] == len(of.strata) > 1


def test_the_report_and_the_manifest_count_what_was_read(store: Store, folder: Path) -> None:
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    seen: list[Progress] = []
    report = build(store, read([folder]), [str(folder)], Options(built_by="a test"), seen.append)
    assert (report.generation, report.articles, report.paragraphs, report.captions) == (1, 4, 8, 0)
    assert (report.added, report.changed, report.removed, report.reused, report.duplicates) == (4, 0, 0, 0, 0)
    assert [Path(one.path).name for one in report.skipped] == ["logo.png"]
    assert [one.stage for one in seen[-3:]] == ["sorting", "calibrating", "publishing"]
    assert {one.stage for one in seen[:-3]} == {"reading"}
    assert [one.articles for one in seen] == sorted(one.articles for one in seen)
    assert (seen[-1].articles, seen[-1].passages) == (4, 8)
    with store.open() as generation:
        counts = generation.manifest.counts
        assert generation.manifest.built_by == "a test"
        assert generation.manifest.sources == (str(folder),)
        assert generation.manifest.languages == {"en": 4}
    expected = {"articles": 4, "paragraphs": 8, "captions": 0, "boilerplate": 0, "passages": 8, "skipped": 1}
    assert {name: counts[name] for name in expected} == expected


def test_losing_more_than_half_is_refused_unless_it_is_meant(store: Store, folder: Path, answerer: Answerer) -> None:
    built(store, folder)
    for town in ("Alder", "Birch", "Cedar"):
        (folder / f"{town}.md").unlink()
    with pytest.raises(BuildRefusedError, match=r"3 of 4 articles would leave the index") as caught:
        built(store, folder)
    assert message_of(caught.value).endswith("more than half; nothing was changed. If this is intended, add --force")
    assert store.current() == 1
    assert "salt" in answerer.answer("What does the market at Alder sell?").passages[0].passage.text
    report = built(store, folder, options=Options(force=True))
    assert (report.generation, report.articles, report.removed, report.reused) == (2, 1, 3, 1)
    assert "Alder" not in str(answerer.answer("What does the market at Alder sell?").passages)


def test_losing_half_is_no_reason_to_refuse(store: Store, folder: Path) -> None:
    built(store, folder)
    for town in ("Alder", "Birch"):
        (folder / f"{town}.md").unlink()
    assert built(store, folder).removed == 2


def test_a_part_of_the_folder_is_the_same_source(store: Store, folder: Path) -> None:
    built(store, folder)
    with pytest.raises(BuildRefusedError, match="more than half"):
        built(store, folder / "Alder.md")
    assert store.current() == 1


def test_other_sources_replace_the_collection(tmp_path: Path, store: Store, folder: Path, answerer: Answerer) -> None:
    built(store, folder)
    # Beside the first folder, and its name begins with that folder's name.
    other = tmp_path / "towns-abroad"
    other.mkdir()
    (other / "e.md").write_text("# News from Elm\n\nThe ferry at Elm is painted green this year.\n")
    report = built(store, other)
    assert (report.articles, report.added, report.removed) == (1, 1, 4)
    assert answerer.titles() == ["News from Elm"]


def test_nothing_found_is_refused_and_changes_nothing(tmp_path: Path, store: Store, folder: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(BuildRefusedError, match="no article found"):
        built(store, empty)
    assert store.current() is None
    built(store, folder)
    with pytest.raises(BuildRefusedError, match="no article found"):
        built(store, empty)
    assert store.current() == 1
    assert sorted(path.name for path in (store.data_dir / "generations").iterdir()) == ["000001"]
    assert built(store, empty, options=Options(force=True)).articles == 0


def test_an_error_while_reading_leaves_no_trace(store: Store, folder: Path) -> None:
    def failing() -> Iterator[object]:
        yield from read([folder])
        raise KeyboardInterrupt

    built(store, folder)
    with pytest.raises(KeyboardInterrupt):
        build(store, failing(), [str(folder)], Options())  # type: ignore[arg-type]
    assert store.current() == 1
    assert sorted(path.name for path in (store.data_dir / "generations").iterdir()) == ["000001"]


def test_terms_are_reused_only_of_articles_that_were_cut_the_same_way(tmp_path: Path, store: Store) -> None:
    place = tmp_path / "long.md"
    paragraphs = [f"Mooring {number} of the quay was painted blue by hand last winter." * 40 for number in range(3)]
    place.write_text("# Quay\n\n" + "\n\n".join([*paragraphs, "So be it."]) + "\n")
    built(store, place, options=Options(cut=False))
    report = built(store, place)
    assert (report.changed, report.reused) == (1, 0)
    fresh = Store(tmp_path / "fresh")
    built(fresh, place)
    questions = ["Which mooring was painted by hand?", "So be it", "mooring 2 last winter"]
    assert all(hits(store, questions))
    assert hits(store, questions) == hits(fresh, questions)


def test_a_line_that_many_places_share_is_hidden_but_read_around(
    tmp_path: Path, store: Store, answerer: Answerer
) -> None:
    place = tmp_path / "letters"
    place.mkdir()
    line = "Subscribe to our zebra newsletter for more stories like this."
    for number, what in enumerate(("a kite", "a lantern", "an anvil")):
        text = f"The {number + 1} prize of the fair was {what} from the old workshop.\n\n{line}"
        (place / f"{number}.md").write_text(f"# Fair {number}\n\n{text}\n\nThe day ended {number} hours late.\n")
    (place / "zoo.md").write_text(
        "# Zoo\n\nA newsletter says that the zebra has a foal.\n\nThe keeper is glad of it today.\n"
    )
    report = built(store, place)
    assert (report.boilerplate, report.paragraphs) == (3, 11)
    answer = answerer.answer("zebra newsletter stories", 10)
    assert [found.passage.text for found in answer.passages] == ["A newsletter says that the zebra has a foal."]
    around = answerer.passages_of(0)
    assert [passage.kind for passage in around] == ["paragraph", "boilerplate", "paragraph"]
    assert around[1].text == line
    assert [(passage.ordinal, passage.count) for passage in around] == [(1, 3), (2, 3), (3, 3)]


def test_a_line_that_only_two_places_share_is_still_found(tmp_path: Path, store: Store, answerer: Answerer) -> None:
    place = tmp_path / "letters"
    place.mkdir()
    for number in range(2):
        text = f"Story {number} is about rain.\n\nSubscribe to our zebra newsletter now."
        (place / f"{number}.md").write_text(f"# Letter {number}\n\n{text}\n")
    assert built(store, place).boilerplate == 0
    (found,) = answerer.answer("zebra newsletter").passages
    assert (found.article.title, found.copies) == ("Letter 0", Copies(("Letter 1",), 1))


@pytest.mark.parametrize(
    "text",
    [
        "渡轮早上六点离开港口，船上有四十名乘客，三月的风暴打坏了船舵，所以它一直停在船坞里。",
        "渡し船は朝六時に港を出て、四十人の乗客を島に運んだが、三月の嵐で舵が壊れていた。",
        "เรือข้ามฟากออกจากท่าเรือตอนหกโมงเช้าพร้อมผู้โดยสารสี่สิบคนและกลับมาตอนเย็น",
    ],
)
def test_a_paragraph_without_spaces_is_no_short_line(tmp_path: Path, store: Store, text: str) -> None:
    place = tmp_path / "letters"
    place.mkdir()
    for number in range(4):
        (place / f"{number}.md").write_text(f"# Letter {number}\n\nStory {number} is about rain.\n\n{text}\n")
    assert built(store, place).boilerplate == 0


def test_furniture_of_one_source_is_not_furniture_of_another(tmp_path: Path, store: Store) -> None:
    for name in "abc":
        (tmp_path / "letters" / name).mkdir(parents=True)
        text = f"Paper {name} has a page on rain.\n\nPrinted on the hill by the river."
        (tmp_path / "letters" / name / "one.md").write_text(f"# Paper {name}\n\n{text}\n")
    assert built(store, tmp_path / "letters").boilerplate == 0


def test_duplicates_are_counted_and_kept(store: Store, folder: Path, answerer: Answerer) -> None:
    (folder / "copy.md").write_text((folder / "Alder.md").read_text())
    report = built(store, folder)
    assert (report.articles, report.duplicates, report.paragraphs) == (5, 1, 10)
    with store.open() as generation:
        assert generation.manifest.counts["duplicates"] == 1
    answer = answerer.answer("What does the market at Alder sell?", 10)
    texts = [found.passage.text for found in answer.passages]
    assert texts[0] == "The market at Alder sells salt every Thursday."
    assert max(Counter(texts).values()) == 1


def test_a_caption_is_found_but_leads_only_where_no_paragraph_matches(
    tmp_path: Path, store: Store, answerer: Answerer
) -> None:
    place = tmp_path / "harbour.txt"
    place.write_text(CAPTIONED)
    report = built(store, place)
    assert (report.articles, report.paragraphs, report.captions) == (1, 3, 1)
    question = "the lighthouse keeper polishing brass lamps before a storm"
    answer = answerer.answer(question, options=AskOptions(explain=True))
    kinds = [found.passage.kind for found in answer.passages]
    assert kinds[0] == "paragraph"
    assert "caption" in kinds
    lamps = answerer.answer("polishing brass lamps", options=AskOptions(explain=True))
    assert [found.passage.kind for found in lamps.passages] == ["caption"]
    assert (lamps.passages[0].passage.ordinal, lamps.passages[0].passage.count) == (1, 1)
    for shown in (answer, lamps):
        assert shown.passages
        given = sum(share.share for share in shown.explanation.shares)
        assert shown.explanation.parts is not None
        assert given == pytest.approx(shown.explanation.parts.words), "the shares are those of the first passage"
        assert shown.passages[0].score == pytest.approx(sum(astuple(shown.explanation.parts)))


CAPTIONED = """\
Harbour Wakes Early
The keeper polishing brass lamps before a storm. (Harbour Photo Club)
The keeper polishing brass lamps before a storm. (Harbour Photo Club)
The lighthouse at the end of the harbour has been lit every night since the great fire in the cannery.
Fishing boats leave two hours before dawn, and the ice house gives them their boxes on credit until Friday.
A new pier for the ferry to the islands is to be finished next summer if the money lasts.
"""


def test_a_passage_knows_its_place_in_its_article(store: Store, folder: Path, answerer: Answerer) -> None:
    built(store, folder)
    answer = answerer.answer("How many goats does the mayor keep in the attic at Cedar?")
    first = answer.passages[0]
    assert first.article.title == "News from Cedar"
    assert (first.passage.ordinal, first.passage.count) == (2, 2)
    assert answerer.passages_of(first.article.row)[1] == first.passage


def test_a_check_sees_the_finished_generation_and_what_it_raises_keeps_the_old_one(tmp_path: Path) -> None:
    store, seen = Store(tmp_path / "data"), []

    def build_checked(title: str, check: Callable[[Path], None]) -> None:
        article = Article(title, (Paragraph(f"{title} is what this article is about."),))
        build(store, [article], [], Options(force=True, check=check))

    def look(folder: Path) -> None:
        retriever = LocalRetriever(store, pinned=folder)
        seen.append((retriever.index.search("article").hits[0].article.title, retriever.index.number))
        retriever.close()

    def refuse(folder: Path) -> None:
        look(folder)
        raise BuildRefusedError("worse than before")

    build_checked("Amber", look)
    with pytest.raises(BuildRefusedError, match="worse than before"):
        build_checked("Basalt", refuse)
    assert seen == [("Amber", 1), ("Basalt", 2)]
    assert store.current() == 1
    assert [path.name for path in (tmp_path / "data" / "generations").iterdir()] == ["000001"]
