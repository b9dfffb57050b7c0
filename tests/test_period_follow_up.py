"""A follow-up question that is only a period asks the question before of that period, at every door."""

from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.answer import Answerer, AskOptions
from bot.channels.console import run_console
from bot.conversation import follow_up
from bot.policy import Policy
from index.build.build import Options, build
from index.model import Article, Paragraph
from index.search.retriever import LocalRetriever
from index.store.store import Store
from tests.telegram_server.server import FakeTelegram
from tests.telegram_shelf import asked

ALICE = 7
TODAY = date(2026, 11, 24)
WON = "Who won the regatta of Corran?"
NEWS = tuple(
    Article(text.split()[-1], (Paragraph(text),), date=day, path=day)
    for day, text in (
        ("2026-11-17", "Team Stork won the regatta of Corran in the last gust."),
        ("2026-11-18", "A bakery opened on the quay and sells rolls."),
        ("2026-06-09", "Team Otter won the regatta of Corran by a nose."),
        ("2026-06-20", "The council forbade bells before six."),
        ("2026-05-12", "Team Heron won the regatta of Corran by two lengths."),
        ("2024-06-15", "Team Gannet won the regatta of Corran in fog."),
        ("2026-06-01", "El equipo Nutria ganó la regata de Corran por un palmo."),
        ("2026-05-01", "El equipo Garza ganó la regata de Corran con niebla."),
        ("2026-06-02", "Команда «Выдра» выиграла регату в Корране на волосок."),
        ("2026-05-02", "Команда «Цапля» выиграла регату в Корране в тумане."),
        ("2026-06-03", "فاز فريق القضاعة بسباق القوارب في كوران بفارق ضئيل."),
        ("2026-05-03", "فاز فريق البلشون بسباق القوارب في كوران وسط الضباب."),
        ("2026-06-04", "تیم سمور برنده مسابقه قایقرانی کوران شد."),
        ("2026-05-04", "تیم حواصیل برنده مسابقه قایقرانی کوران بود."),
    )
)


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    store = Store(tmp_path_factory.mktemp("regattas"))
    build(store, NEWS, (), Options(force=True))
    answerer = Answerer(LocalRetriever(store, today=lambda: TODAY), Policy())
    yield answerer
    answerer.close()


@pytest.mark.parametrize(
    ("question", "contains"),
    [
        ("last week?", "Stork"),
        ("And last week?", "Stork"),
        ("since October?", "Stork"),
        ("in June?", "Otter"),
        ("And in June 2026?", "Otter"),
        ("What about June?", "Otter"),
        ("June?", "Otter"),
        ("in May", "Heron"),
        ("and in 2024?", "Gannet"),
        ("2024?", "Gannet"),
        ("or before 2025?", "Gannet"),
    ],
)
def test_it_is_the_question_before_within_that_period(answerer: Answerer, question: str, contains: str) -> None:
    understood = follow_up(answerer, question, [WON])
    assert understood.added == ("won", "regatta", "Corran")
    assert understood.answer.state == "answered"
    assert contains in understood.answer.passages[0].passage.text
    assert [limit.is_guess for limit in understood.answer.filters] == [True]
    # Asked so again, as after a restart, it has the same answer.
    assert answerer.answer(question, options=AskOptions(added=understood.added)) == understood.answer


@pytest.mark.parametrize(
    ("before", "question", "contains"),
    [
        ("¿Quién ganó la regata de Corran?", "¿Y en junio?", "Nutria"),
        ("¿Quién ganó la regata de Corran?", "¿en mayo?", "Garza"),
        ("¿Quién ganó la regata de Corran?", "¿Y qué hay de mayo de 2026?", "Garza"),
        ("Кто выиграл регату в Корране?", "А в июне?", "Выдра"),
        ("Кто выиграл регату в Корране?", "в мае 2026?", "Цапля"),
        ("Кто выиграл регату в Корране?", "А как насчёт мая?", "Цапля"),
        ("من فاز بسباق القوارب في كوران؟", "وفي يونيو؟", "القضاعة"),
        ("من فاز بسباق القوارب في كوران؟", "في مايو؟", "البلشون"),
        ("من فاز بسباق القوارب في كوران؟", "وماذا عن مايو؟", "البلشون"),
        ("چه کسی برنده مسابقه قایقرانی کوران شد؟", "و در ژوئن؟", "سمور"),
        ("چه کسی برنده مسابقه قایقرانی کوران شد؟", "در اردیبهشت ۱۴۰۵؟", "حواصیل"),
        ("چه کسی برنده مسابقه قایقرانی کوران شد؟", "در ژوئن چطور؟", "سمور"),
    ],
)
def test_it_goes_on_in_every_language_of_the_interface(
    answerer: Answerer, before: str, question: str, contains: str
) -> None:
    assert contains in follow_up(answerer, question, [before]).answer.passages[0].passage.text


def test_the_period_takes_the_place_of_the_one_before(answerer: Answerer) -> None:
    for earlier in (
        ["Who won the regatta of Corran in May?"],
        ["Who won the 2024 regatta of Corran?"],
        ["in May? won regatta Corran", WON],
        ["2024?", "And last week?", WON],
    ):
        understood = follow_up(answerer, "And in June 2026?", earlier)
        assert "Otter" in understood.answer.passages[0].passage.text
        assert understood.added == ("won", "regatta", "Corran")


def test_where_the_period_holds_nothing_of_it_nothing_else_is_shown(answerer: Answerer) -> None:
    understood = follow_up(answerer, "last week?", ["Who forbade bells before six?"])
    assert (understood.answer.state, understood.answer.passages) == ("nothing", ())
    (limit,) = understood.answer.filters
    everywhere = AskOptions(added=understood.added, without=frozenset({limit.key}))
    assert "council" in answerer.answer("last week?", options=everywhere).passages[0].passage.text


def test_without_a_topic_before_it_lists_the_articles_of_the_period(answerer: Answerer) -> None:
    listing = answerer.answer("last week")
    assert [found.article.title for found in listing.passages] == ["rolls.", "gust."]
    for question in ("last week?", "And last week?", "What about last week?"):
        for earlier in ([], ["What happened in May?"], ["Zyzzyva?"], ["in June?"]):
            understood = follow_up(answerer, question, earlier)
            assert (understood.added, understood.answer.passages) == ((), listing.passages)


def test_a_question_that_asks_for_news_is_about_no_question_before(answerer: Answerer) -> None:
    for question in ("What happened last week?", "news from last week"):
        understood = follow_up(answerer, question, [WON])
        assert understood.added == ()
        assert understood.answer.passages[0].article.title == "rolls."


async def test_the_console_goes_on_within_the_period(answerer: Answerer) -> None:
    console = Console(file=StringIO(), width=200, _environ={})
    lines = f"{WON}\n+ in June 2026?\n+ and in May 2026?\n"
    assert await run_console(answerer, k=1, console=console, stdin=StringIO(lines)) == 0
    assert isinstance(console.file, StringIO)
    june, may = console.file.getvalue().split("Q: + ")[1:]
    assert "\nUnderstood as: in June 2026? won regatta Corran\nOnly articles from June 2026" in june
    assert "Team Otter" in june
    assert "\nOnly articles from May 2026" in may
    assert "Team Heron" in may


async def test_telegram_goes_on_within_the_period_where_an_answer_is_replied_to(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path
) -> None:
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, WON)
        june = await fake.say_and_wait(ALICE, "and in June 2026?", reply_to=sent)
        assert "Team Otter" in june.text
        may = await fake.say_and_wait(ALICE, "in May 2026?", reply_to=june)
        assert "Team Heron" in may.text
        assert "June" not in may.text
        listing = await fake.say_and_wait(ALICE, "in June 2026?")
        assert "The council forbade bells" in listing.text
