"""Filters, phrases and dates in words over a real index: what is left, what is said, what is taken back."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.answer import Answer, Answerer, AskOptions
from bot.policy import Policy
from bot.wording import filter_label, problem_line
from index.build.build import Options, build
from index.model import Article, Paragraph
from index.query.syntax import LONGEST_SEARCHED, parse
from index.search.index import Index
from index.search.retriever import LocalRetriever
from index.store.store import Store

TODAY = date(2026, 6, 3)  # a Wednesday

Ask = Callable[..., Answer]


def article(title: str, *paragraphs: str, **stated: Any) -> Article:
    return Article(title, tuple(map(Paragraph, paragraphs)), **stated)


ARTICLES = (
    article(
        "Weir bridge to close",
        "The old weir bridge closes to lorries for nine weeks, said engineer Marta Díaz-Canel.",
        "Bridges like the weir bridge need new piers every century.",
        date="2026-02-20",
        source="Brackwater Courier",
    ),
    article(
        "Ferry returns",
        "The ferry crosses the river again. A bridge, old as it may be, is faster.",
        "The council decided to pay the ferryman in April.",
        date="2026-05-27T07:30:00+01:00",
        source="Harbour Gazette",
    ),
    article("Lorries and roads", "Lorries may use the bridge road at night.", date="2024-06-30"),
    article("Undated notes", "The bridge toll is two buttons."),
    article("قنات کهن‌رود", "آب قنات در هر ثانیه هفت لیتر است و بریج ندارد.", date="2026-04-30", language="fa"),
    article("夜间公交", "N7路每四十分钟一班，从夜里十一点开到清晨。", date="2026-04-08", language="zh"),
)


@pytest.fixture(scope="module", params=["auto", "rank-bm25"])
def ask(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    folder = tmp_path_factory.mktemp("index")
    build(Store(folder), ARTICLES, (), Options(force=True))
    answerer = Answerer(
        LocalRetriever(Store(folder), request.param, today=lambda: TODAY), Policy(answered_at=0, closest_at=0)
    )
    yield answerer.answer
    answerer.close()


def titles(answer: Answer) -> set[str]:
    return {found.article.title for found in answer.passages}


def labels(answer: Answer) -> list[str]:
    return [filter_label(limit) for limit in answer.filters]


def lines(answer: Answer) -> tuple[str, ...]:
    return tuple(map(problem_line, answer.problems))


@pytest.mark.parametrize(
    "phrase",
    ['"old weir bridge"', '"OLD WEIR BRIDGE"', "“old  weir-bridge”", '"öld weir\u200b bridge"', '"weir bridge"'],
)
def test_a_phrase_must_stand_in_the_passage_or_title_word_by_word(ask: Ask, phrase: str) -> None:
    answer = ask(f"lorries {phrase}", 9)
    assert titles(answer) == {"Weir bridge to close"}
    assert labels(answer) == [f"passages with {phrase.replace('“', chr(34)).replace('”', chr(34))}"]


@pytest.mark.parametrize("phrase", ['"weir old bridge"', '"old bridge"', '"weir bridg"', '"bridge closed"'])
def test_other_words_other_forms_and_another_order_are_another_phrase(ask: Ask, phrase: str) -> None:
    insisting = ask(f"lorries {phrase}", options=AskOptions(exact=True))
    assert (insisting.state, insisting.passages) == ("nothing", ())
    assert lines(insisting) == (f"{phrase}: no passage is left by this; without it there are some.",)
    answer = ask(f"lorries {phrase}")
    assert answer.passages == ask(f"lorries {phrase[1:-1]}", options=AskOptions(exact=True)).passages
    assert answer.filters == ()
    assert lines(answer) == (f"{phrase}: not word for word in a passage that answers; searched for the words alone.",)


@pytest.mark.parametrize(
    ("phrase", "title"),
    [
        ('"Marta Diaz Canel"', "Weir bridge to close"),
        ('"Canel"', "Weir bridge to close"),
        ('"هفت ليتر"', "قنات کهن‌رود"),
        ('"N7路每四十分钟"', "夜间公交"),
        ('"ferry returns"', "Ferry returns"),
        ('"for nine"', "Weir bridge to close"),
    ],
)
def test_phrases_are_found_in_every_script_and_in_titles(ask: Ask, phrase: str, title: str) -> None:
    answer = ask(f"{phrase} council lorries", 9)
    assert titles(answer) == {title}


def test_in_a_sentence_quotation_marks_may_be_mere_punctuation(ask: Ask) -> None:
    bent = 'Which engineer closes the "old weir bridges" to lorries?'
    answer = ask(bent)
    assert answer.passages[0].article.title == "Weir bridge to close"
    assert labels(answer) == []
    (problem,) = lines(answer)
    assert problem.startswith('"old weir bridges": not word for word')
    assert ask(bent, options=AskOptions(exact=True)).state == "nothing"
    assert labels(ask('Who closes the "old weir bridge"?')) == ['passages with "old weir bridge"']


HEADLINES = (
    ("«البرج» يفتح أبوابه لزوار المرفأ مساء الجمعة", "يفتح برج المرفأ أبوابه للزوار كل مساء جمعة.",
     "البرج لعبة من خشب."),
    ("«جسر الوادي» يغلق تسعة أسابيع للصيانة", "يغلق الجسر بالوادي تسعة أسابيع للصيانة.", "جسر الوادي من حجر."),
    ("«Речной вокзал» закроют на ремонт до осени", "Ремонт речного вокзала: его закроют до осени.",
     "Речной вокзал стоит у моста."),
    ("“Salt Ferries” stop sailing after the autumn storm", "The salt ferry stops sailing after the storm of autumn.",
     "Salt Ferries is a song."),
    ("«Los Faroles» cierran su taller del puerto en marzo", "El taller del farol en el puerto cierra en marzo.",
     "Los Faroles es un bar."),
)  # fmt: skip


@pytest.mark.parametrize(("headline", "told", "named"), HEADLINES)
def test_a_pasted_headline_finds_what_it_tells_however_the_marked_name_is_written(
    tmp_path: Path, headline: str, told: str, named: str
) -> None:
    articles = [Article("", (Paragraph(text),), key=text) for text in (told, named)]
    with Index.build(tmp_path / "headlines", articles) as index:
        assert index.search(headline, 2).hits[0].passage.text == told
        assert [hit.passage.text for hit in index.search(headline, 2, exact=True).hits] == [named]


def test_a_word_left_out_leaves_out_its_forms_and_its_title(ask: Ask) -> None:
    assert titles(ask("bridge", 9)) == {article.title for article in ARTICLES[:4]}
    assert titles(ask("bridge -ferry", 9)) == {"Weir bridge to close", "Lorries and roads", "Undated notes"}
    assert titles(ask("bridge -lorry", 9)) == {"Weir bridge to close", "Ferry returns", "Undated notes"}
    assert len(ask("bridge -century in:weir", 9).passages) == 1
    assert titles(ask('bridge -"weir bridge"', 9)) == {"Ferry returns", "Lorries and roads", "Undated notes"}


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ("after:2026", {"Weir bridge to close", "Ferry returns"}),
        ("after:2026-05-27", {"Ferry returns"}),
        ("after:2026-05-28", set()),
        ("before:2024-06-30", {"Lorries and roads"}),
        ("before:2024-06-29", set()),
        ("after:2024-06 before:2026-02", {"Weir bridge to close", "Lorries and roads"}),
        ("after:1405", {"Ferry returns"}),
        ("in:weir", {"Weir bridge to close"}),
        ('in:"roads lorry"', {"Lorries and roads"}),
        ("in:ferry in:roads", set()),
        ("source:courier", {"Weir bridge to close"}),
        ('source:"harbour gazette" source:courier', {"Weir bridge to close", "Ferry returns"}),
        ("source:cour", set()),
    ],
)
def test_filters_limit_the_articles(ask: Ask, filters: str, left: set[str]) -> None:
    answer = ask(f"bridge {filters}", 9)
    assert titles(answer) == left
    assert len(answer.filters) == len(filters.replace('"harbour gazette"', "x").replace("roads lorry", "x").split())
    if not left:
        assert answer.state == "nothing"
        assert lines(answer)[0].startswith(filters.split(maxsplit=1)[0])


def test_the_filter_that_leaves_nothing_is_named_and_no_other(ask: Ask) -> None:
    assert lines(ask("bridge after:2026 source:nobody")) == (
        "source:nobody: no passage is left by this; without it there are some.",
    )
    assert lines(ask("bridge in:weir after:2026-03")) == (
        "in:weir and after:2026-03: no passage is left by these together; without one of them there are some.",
    )
    assert lines(ask("zeppelin after:2026")) == ()
    assert lines(ask("after:2026 -xyz")) == ("There is nothing to search for; add a word that is no filter.",)


def test_a_wrong_filter_is_explained_and_the_search_runs_without_it(ask: Ask) -> None:
    answer = ask("bridge toll after:soon source:")
    assert answer.passages == ask("bridge toll").passages
    assert [problem.split(" ")[0] for problem in lines(answer)] == ["after:soon", "source:"]


@pytest.mark.parametrize(
    "conditions",
    [
        " ".join(f'"bridge {number}"' for number in range(40)),
        " ".join(f"-weir{number}" for number in range(40)),
        " ".join(f"in:weir{number}" for number in range(40)),
        " ".join(f"source:courier{number}" for number in range(40)),
        " ".join(f"after:{year}" for year in range(1900, 1940)),
        " ".join(f'-"weir {number}" in:x{number} "old {number}" before:20{number}' for number in range(10, 20)),
    ],
)
def test_of_a_question_that_is_all_conditions_the_first_eight_count_and_that_is_said(ask: Ask, conditions: str) -> None:
    parsed = parse(f"who crosses the river {conditions}")
    assert len(parsed.filters) == 8
    assert [problem.kind for problem in parsed.problems] == ["too_many"]
    assert "Only the first 8 conditions count" in " ".join(
        map(problem_line, ask(f"who crosses the river {conditions}").problems)
    )
    # Eight may be stated.
    assert not parse(" ".join(f"in:weir{number}" for number in range(8))).problems


@pytest.mark.parametrize("word", ["ferry", " ", "渡船", '"old ', "in:weir ", "- "])
def test_of_a_question_of_a_hundred_thousand_letters_the_beginning_is_searched_and_that_is_said(
    ask: Ask, word: str
) -> None:
    question = ("who crosses the river by ferry? " + word * 100_000)[:100_000]
    parsed = parse(question)
    assert parsed.text == question
    assert len(parsed.searched) <= LONGEST_SEARCHED
    assert "Only the first 4000 letters are searched." in map(problem_line, ask(question).problems)
    assert not parse("a ferry " * 400).problems


def test_a_narrowing_is_taken_back_by_its_key(ask: Ask) -> None:
    text = 'bridge "old weir bridge" after:2026 -lorries'
    answer = ask(text, 9)
    assert [limit.words for limit in answer.filters] == ['"old weir bridge"', "after:2026", "-lorries"]
    assert answer.state == "nothing"
    keys = {limit.key for limit in answer.filters}
    assert titles(ask(text, 9, options=AskOptions(without=frozenset(keys)))) == titles(ask("bridge", 9))
    (last,) = ask(text, 9, options=AskOptions(without=frozenset(keys) - {"after:2026-01-01"})).filters
    assert last.key == "after:2026-01-01"


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("What did the council decide last week?", "articles from 25 to 31 May 2026"),
        ("Which council decided to pay the ferryman in May 2026?", "articles from May 2026"),
        ("Who closes the weir bridge since February 2026?", "articles from February 2026 on"),
        ("هفت لیتر آب در فروردین", None),
        ("آب قنات ماه گذشته هر ثانیه", "articles from 21 April 2026 to 21 May 2026"),
    ],
)
def test_a_date_in_words_narrows_where_the_period_answers(ask: Ask, question: str, label: str | None) -> None:
    answer = ask(question)
    assert labels(answer) == ([label] if label else [])
    if label:
        (limit,) = answer.filters
        assert limit.words in question
        assert limit.key.startswith("dates:2026-")
        assert ask(question, options=AskOptions(without=frozenset({limit.key}))).filters == ()


@pytest.mark.parametrize(
    "question",
    [
        "Which lorries may use the bridge road at night in May?",  # the answer is of 2024
        "What did the council decide in 1912?",  # before the first article
        "Who closes the weir bridge since 1990?",  # every dated article is later
        "What did the ferryman get yesterday?",  # nothing is so new
        'What is "the council decided in May 2026"?',  # part of a phrase
        "bridge in May after:2024",  # a date was written
    ],
)
def test_a_date_in_words_is_dropped_where_it_would_hurt(ask: Ask, question: str) -> None:
    answer = ask(question)
    assert answer.passages != ()
    assert not any(limit.key.startswith("dates:") for limit in answer.filters)


@pytest.mark.parametrize(
    ("question", "label", "first"),
    [
        ("latest news", None, "Ferry returns"),
        ("What's new?", None, "Ferry returns"),
        ("What happened last week?", "articles from 25 to 31 May 2026", "Ferry returns"),
        ("What happened on 27.5.2026?", "articles from 27 May 2026", "Ferry returns"),
        ("news from February 2026", "articles from February 2026", "Weir bridge to close"),
        ("What was reported before 2025?", "articles up to 31 December 2024", "Lorries and roads"),
        ("¿Qué pasó en febrero?", "articles from February 2026", "Weir bridge to close"),
        ("что нового за последние 10 дней?", "articles from 24 May 2026 to 3 June 2026", "Ferry returns"),
        ("ماذا حدث الأسبوع الماضي؟", "articles from 23 to 29 May 2026", "Ferry returns"),
        ("در اردیبهشت چه شد؟", "articles from 21 April 2026 to 21 May 2026", "قنات کهن‌رود"),
        ("latest news source:courier", 'articles of "courier"', "Weir bridge to close"),
    ],
)
def test_a_question_about_no_topic_lists_the_newest_articles(
    ask: Ask, question: str, label: str | None, first: str
) -> None:
    answer = ask(question)
    assert (answer.state, answer.missing, answer.problems) == ("answered", (), ())
    assert labels(answer) == ([label] if label else [])
    assert (answer.passages[0].article.title, answer.passages[0].position) == (first, 0)
    dates = [found.article.date or "" for found in answer.passages]
    assert dates == sorted(dates, reverse=True)
    assert len({found.article.row for found in answer.passages}) == len(dates)
    assert {found.highlight for found in answer.passages} == {(0, 0)}


def test_a_period_without_articles_is_named_with_the_nearest_ones(ask: Ask) -> None:
    answer = ask("What happened yesterday?")
    assert (answer.state, answer.passages, labels(answer)) == ("nothing", (), ["articles from 2 June 2026"])
    assert lines(answer) == ("yesterday: no article is of that time.",)
    assert answer.nearest == ("Ferry returns", "قنات کهن‌رود", "夜间公交")
    (limit,) = answer.filters
    assert ask("What happened yesterday?", options=AskOptions(without=frozenset({limit.key}))).state == "answered"


def test_a_year_of_no_article_is_searched_as_a_number(ask: Ask) -> None:
    answer = ask("What happened in 1912?")
    assert (answer.missing, answer.filters) == (("1912",), ())
    assert labels(ask("What happened in 2024?")) == ["articles from 2024"]


def test_who_insists_on_words_or_leaves_some_out_has_them_searched(ask: Ask) -> None:
    assert ask("latest news", options=AskOptions(exact=True)).passages == ()
    assert ask('"latest news"').passages == ()
    assert ask("latest news -ferry").passages == ()


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("Who closes the weir bridge two days ago?", "two days ago: articles from 1 June 2026 hold no better answer;"),
        ("Which ferry returned last Friday?", "last Friday: articles from 29 May 2026 hold no better answer;"),
        ("Lorries on the bridge road in January 2026", "in January 2026: articles from January 2026 hold no better"),
        ("Which ferry returned in April?", None),  # the passage names April
        ("Which lorries used the road in 2025?", None),  # a number may be anything
        ("Who closes the weir bridge since 1990?", None),  # and this leaves nothing out
    ],
)
def test_a_date_that_is_dropped_is_told_of_unless_the_passage_names_it(
    ask: Ask, question: str, line: str | None
) -> None:
    answer = ask(question)
    assert answer.passages != ()
    assert answer.filters == ()
    assert [told for told in lines(answer) if not told.startswith(line or "-")] == []
    assert len(answer.problems) == (1 if line else 0)


def test_without_dates_in_the_collection_words_are_words(tmp_path: Path) -> None:
    build(Store(tmp_path), [article("Ferry", "The ferry of June is green."), ARTICLES[3]], (), Options(force=True))
    answerer = Answerer(LocalRetriever(Store(tmp_path), today=lambda: TODAY), Policy())
    assert answerer.answer("Which ferry is green in June?").filters == ()
    assert answerer.answer("latest news").passages == ()
    assert lines(answerer.answer("ferry after:2024")) == (
        "after:2024: no passage is left by this; without it there are some.",
    )
    answerer.close()
