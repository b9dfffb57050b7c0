"""Inline mode and groups: the real channel over real HTTP, on a real index, in front of the fake Bot API server."""

from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.catalogue import Catalogue
from bot.channels.telegram.memory.memory import Memory
from index.model import Article, Paragraph
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.world import BOT_NAME
from tests.telegram_shelf import LIGHTHOUSE, SHELF, answering, asked, pressed, shelve

SAY = Catalogue("en").text
HOW = f"{SAY('help_group', name=f'@{BOT_NAME}')}\n{SAY('group_privacy')}"
ALICE, BOB = 7, 8
GROUP = -1001


@pytest.mark.usefixtures("telegram")
async def test_typing_the_bots_name_and_words_offers_passages(fake: FakeTelegram) -> None:
    offered = await fake.inline_and_wait(ALICE, "who designed the lighthouse")
    first = offered["results"][0]
    assert (first["title"], first["description"]) == (LIGHTHOUSE.title, "The tower was designed by Maren Voss.")
    assert first["text"].split("\n") == [
        LIGHTHOUSE.title, "2 Mar 2025 · Coast Gazette · par.\xa02\xa0of\xa05", LIGHTHOUSE.paragraphs[1].text
    ]  # fmt: skip
    assert {entity["type"] for entity in first["entities"]} >= {"bold", "blockquote"}
    (button,) = first["reply_markup"]["inline_keyboard"][0]
    assert button["url"].startswith(f"https://t.me/{BOT_NAME}?start=p_")
    assert (offered["cache_time"], offered["is_personal"], offered["button"]) == (300, False, None)
    fake.choose(offered, 0, ALICE, GROUP)
    read_on = await fake.say_and_wait(BOB, f"/start {button['url'].rpartition('=')[2]}")
    assert read_on.styled("bold")[1] == LIGHTHOUSE.paragraphs[1].text


@pytest.mark.usefixtures("telegram")
async def test_results_come_ten_at_a_time_without_doubles(fake: FakeTelegram) -> None:
    first = await fake.inline_and_wait(ALICE, "hedges along the lane in autumn")
    assert len(first["results"]) == 10
    assert first["next_offset"] == "g1:10"
    second = await fake.inline_and_wait(ALICE, "hedges along the lane in autumn", first["next_offset"])
    names = [result["id"] for result in first["results"] + second["results"]]
    assert len(names) == len(set(names)) == 15
    assert all(name.endswith("-g1") and len(name.encode()) <= 64 for name in names)
    assert (second["next_offset"], second["button"]) == ("", None)


@pytest.mark.usefixtures("telegram")
@pytest.mark.parametrize("offset", ["g7:10", "g1:999", "10", "☃"])
async def test_a_continuation_of_other_results_is_empty(fake: FakeTelegram, offset: str) -> None:
    offered = await fake.inline_and_wait(ALICE, "hedges along the lane", offset)
    assert (offered["results"], offered["next_offset"], offered["button"]) == ([], "", None)


@pytest.mark.usefixtures("telegram")
async def test_nothing_typed_offers_the_newest_and_nothing_found_a_way_to_ask(fake: FakeTelegram) -> None:
    newest = await fake.inline_and_wait(ALICE, "")
    assert [result["title"] for result in newest["results"]] == ["A Tower for the Stars", LIGHTHOUSE.title]
    assert (await fake.inline_and_wait(ALICE, "v"))["results"] == newest["results"]
    nothing = await fake.inline_and_wait(ALICE, "volcano eruption Iceland")
    assert nothing["results"] == []
    assert nothing["button"] == {"text": SAY("inline_nothing"), "start_parameter": "i"}


async def test_where_not_everyone_may_ask_inline_answers_are_personal(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path
) -> None:
    async with asked(fake, tmp_path, answerer, access="listed", allowed=frozenset({ALICE})):
        mine = await fake.inline_and_wait(ALICE, "lighthouse lamp")
        assert mine["results"]
        assert (mine["cache_time"], mine["is_personal"]) == (0, True)
        theirs = await fake.inline_and_wait(BOB, "lighthouse lamp")
        assert (theirs["results"], theirs["cache_time"], theirs["is_personal"]) == ([], 0, True)
        assert theirs["button"]["text"] == SAY("inline_private")


@pytest.mark.usefixtures("telegram")
async def test_an_inline_answer_that_comes_too_late_harms_nothing(
    fake: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    fake.expire(fake.inline(ALICE, "lighthouse"))
    assert (await fake.inline_and_wait(ALICE, "lighthouse lamp"))["results"]
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


@pytest.mark.usefixtures("telegram")
async def test_what_telegram_caches_for_everyone_is_in_the_articles_language(fake: FakeTelegram) -> None:
    fake.world.people[ALICE] = {"language_code": "fa"}
    offered = await fake.inline_and_wait(ALICE, "who designed the lighthouse")
    assert "par.\xa02\xa0of\xa05" in offered["results"][0]["text"]
    assert not offered["is_personal"]
    nothing = await fake.inline_and_wait(ALICE, "volcano eruption Iceland")
    assert nothing["button"]["text"] == Catalogue("fa").text("inline_nothing")
    assert nothing["is_personal"]


async def test_without_a_date_anywhere_the_first_articles_are_offered_and_latest_says_so(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    shelve(tmp_path / "shelf", SHELF[2:4])
    answerer = answering(tmp_path / "shelf")
    async with asked(fake, tmp_path, answerer):
        assert len((await fake.inline_and_wait(ALICE, ""))["results"]) == 2
        assert (await fake.say_and_wait(ALICE, "/latest")).text == SAY("latest_none")
    answerer.close()


async def test_where_inline_mode_is_off_a_link_is_shared(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path
) -> None:
    fake.world.bot["supports_inline_queries"] = False
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, "Who designed the lighthouse?")
        sent = await pressed(fake, sent, "… More")
    url = sent.button("Share")["url"]
    assert url.startswith("https://t.me/share/url?url=https%3A%2F%2Ft.me%2F")
    assert "text=The+Lighthouse+of+Corran+Point" in url


@pytest.mark.usefixtures("telegram")
async def test_a_group_is_greeted_once_with_how_to_ask(fake: FakeTelegram) -> None:
    fake.add_bot(GROUP)
    (greeting,) = await fake.wait_sent(1, GROUP)
    assert greeting.text == f"{SAY('group_welcome')} {HOW}"
    fake.promote(GROUP, fake.world.bot["id"])
    answer = await fake.say_and_wait(GROUP, "/ask Who designed the lighthouse?")
    assert answer.styled("bold")[0] == LIGHTHOUSE.title
    assert not fake.called("leaveChat")


async def test_a_group_that_may_not_ask_is_told_so_and_left(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path
) -> None:
    async with asked(fake, tmp_path, answerer, access="listed", allowed=frozenset({ALICE})):
        fake.add_bot(GROUP, user=BOB)
        await fake.until(lambda: bool(fake.called("leaveChat")))
        assert [sent.text for sent in fake.sent(GROUP)] == [SAY("group_private")]


async def test_a_group_stays_if_leaving_is_off_or_an_owner_added_the_bot(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path
) -> None:
    async with asked(fake, tmp_path / "one", answerer, access="listed", leave_groups=False):
        fake.add_bot(GROUP, user=BOB)
        assert (await fake.wait_sent(1, GROUP))[0].text == SAY("group_private")
    memory = Memory(tmp_path / "two")
    await memory.add_owner(ALICE)
    memory.close()
    async with asked(fake, tmp_path / "two", answerer, access="paired"):
        fake.add_bot(-1002, user=ALICE)
        assert (await fake.wait_sent(1, -1002))[0].text == f"{HOW}\n{SAY('group_to_open')}"
    assert not fake.called("leaveChat")


async def test_a_collection_of_one_short_article_is_walked_along_too(fake: FakeTelegram, tmp_path: Path) -> None:
    shelve(tmp_path / "shelf", [Article("", (Paragraph("Only one <sentence> & no title."),))])
    answerer = answering(tmp_path / "shelf")
    async with asked(fake, tmp_path, answerer):
        listed = await fake.say_and_wait(ALICE, "/titles")
        await fake.press_and_wait(listed, "1")
        article = (await fake.wait_sent(2))[1]
        assert "Only one <sentence> & no title." in article.text
        assert [label for row in article.rows for label in row] == ["Share"]
    answerer.close()
