"""The conversation: the real channel over real HTTP, in front of the fake Bot API server."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import LANGUAGES, Catalogue
from bot.channels.telegram.access import menus
from index.errors import NoIndexError
from tests.telegram_bot import AFTER, BEFORE, FAST, SENTENCE, TITLE, Running, running
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import Sent
from tests.telegram_server.world import BOT_NAME

SAY = Catalogue("en").text
UNKNOWN = f"{SAY('unknown_command')} {SAY('help_private')}"
HELP = "\n\n".join(map(SAY, ("help_private", "help_follow_up", "help_filters", "help_commands")))
ALICE = 7
GROUP = -1001
TOPIC = 44


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture(params=["polling", "webhook"])
async def bot(request: pytest.FixtureRequest, fake: FakeTelegram, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(fake, tmp_path, webhook=request.param == "webhook") as channel:
        yield channel


def styled(sent: Sent, kind: str) -> list[str]:
    """The parts of a message in one style."""
    raw = sent.text.encode("utf-16-le")
    return [
        raw[2 * part["offset"] : 2 * (part["offset"] + part["length"])].decode("utf-16-le")
        for part in sent.entities
        if part["type"] == kind
    ]


async def test_a_private_text_is_a_question_and_its_answer_replies_to_it(fake: FakeTelegram, bot: Running) -> None:
    sent = await fake.say_and_wait(ALICE, "Who lit the lamp?")
    assert (bot.library.asked, bot.library.passages) == (["Who lit the lamp?"], [2])
    assert sent.reply_to is not None
    assert fake.world.messages[ALICE, sent.reply_to]["text"] == "Who lit the lamp?"
    assert any(TITLE in part for part in styled(sent, "bold"))
    assert any(SENTENCE in part for part in styled(sent, "bold"))
    (quote,) = styled(sent, "blockquote")
    assert all(part in quote for part in (BEFORE, SENTENCE, AFTER))
    assert sent.arguments.json("link_preview_options", "link preview options") == {"is_disabled": True}


@pytest.mark.parametrize(
    "text", ["/ask Who lit\nthe lamp?", f"/ask@{BOT_NAME} Who lit\nthe lamp?", "/ASK   Who lit\nthe lamp? "]
)
async def test_ask_takes_everything_after_the_command(fake: FakeTelegram, bot: Running, text: str) -> None:
    await fake.say_and_wait(ALICE, text)
    assert bot.library.asked == ["Who lit\nthe lamp?"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/ask", SAY("what_to_know")),
        ("/help", HELP),
        ("/dance now", UNKNOWN),
        ("/ask@another_bot x", UNKNOWN),
        ("/pair ABCD2345", SAY("pair_wrong")),
        ("x" * 501, SAY("too_long", n=500)),
    ],
)
async def test_what_is_no_question_gets_one_line(fake: FakeTelegram, bot: Running, text: str, line: str) -> None:
    sent = await fake.say_and_wait(ALICE, text)
    assert (sent.text, bot.library.asked) == (line, [])


async def test_a_question_of_500_characters_is_searched(fake: FakeTelegram, bot: Running) -> None:
    await fake.say_and_wait(ALICE, "x" * 500)
    assert bot.library.asked == ["x" * 500]


async def test_start_welcomes_with_questions_that_the_articles_answer(fake: FakeTelegram, bot: Running) -> None:
    sent = await fake.say_and_wait(ALICE, "/start")
    assert sent.text.startswith("Hello!")
    assert sent.rows == [["Who lit the lamp?"]]
    bot.library.error = NoIndexError("nothing here")
    assert (await fake.say_and_wait(ALICE, "/start xyz")).text == f"{SAY('hello')} {SAY('help_private')}"


@pytest.mark.parametrize(
    "media",
    [
        {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3}},
        {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]},
        {"sticker": {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1, "type": "regular",
                     "is_animated": False, "is_video": False}},
    ],
    ids=["voice", "photo", "sticker"],
)  # fmt: skip
async def test_media_gets_a_friendly_line(fake: FakeTelegram, bot: Running, media: dict[str, Any]) -> None:
    assert (await fake.say_and_wait(ALICE, **media)).text == SAY("only_text")
    assert not bot.library.asked


@pytest.mark.parametrize(
    "text",
    [
        "/ask Who lit it?",
        f"/ask@{BOT_NAME} Who lit it?",
        f"@{BOT_NAME} Who lit it?",
        f"@{BOT_NAME.upper()}: Who lit it?",
        f"Who lit it @{BOT_NAME}?",
    ],
)
async def test_a_group_asks_by_command_or_mention(fake: FakeTelegram, bot: Running, text: str) -> None:
    sent = await fake.say_and_wait(GROUP, text)
    assert (sent.chat, bot.library.asked) == (GROUP, ["Who lit it?"])


async def test_a_group_asks_by_replying_to_an_answer(fake: FakeTelegram, bot: Running) -> None:
    sent = await fake.say_and_wait(GROUP, "/ask first")
    await fake.say_and_wait(GROUP, "second", reply_to=sent)
    assert bot.library.asked[:2] == ["first", "second"]


async def test_a_bare_mention_is_told_how_to_ask(fake: FakeTelegram, bot: Running) -> None:
    sent = await fake.say_and_wait(GROUP, f"@{BOT_NAME}")
    assert (sent.text, bot.library.asked) == (SAY("help_group", name=f"@{BOT_NAME}"), [])


async def test_in_a_group_everything_else_is_left_alone(tmp_path: Path) -> None:
    async with FakeTelegram(privacy=False) as fake, running(fake, tmp_path) as bot:
        human = fake.say(GROUP, "Who lit it?")
        fake.say(GROUP, "nobody knows", user=8, reply_to=human["message_id"])
        for text in ("/dance", "/start", "/ask@another_bot x", "I asked @another_bot yesterday, to no avail"):
            fake.say(GROUP, text)
        fake.say(GROUP, None, voice={"file_id": "f", "file_unique_id": "u", "duration": 3})
        robot: dict[str, Any] = {"from": {"id": 99, "is_bot": True, "first_name": "Other"}}
        fake.say(GROUP, "/ask from a bot", **robot)
        fake.say(GROUP, "/ask a copied post", is_automatic_forward=True, sender_chat={"id": -5, "type": "channel"})
        # Messages of one chat keep their order: when this is answered, those were passed over.
        await fake.say_and_wait(GROUP, "/ask last")
        assert (bot.library.asked, len(fake.sent())) == (["last"], 1)


async def test_an_answer_stays_in_its_topic(fake: FakeTelegram, bot: Running) -> None:
    sent = await fake.say_and_wait(GROUP, "/ask Who?", thread=TOPIC)
    assert sent.thread == TOPIC
    bot.library.error = NoIndexError("nothing here")
    assert (await fake.say_and_wait(GROUP, "/ask Who?", thread=TOPIC)).thread == TOPIC


async def test_a_question_deleted_meanwhile_is_still_answered(fake: FakeTelegram, bot: Running) -> None:
    asked = fake.say(ALICE, "slow question")
    await asyncio.wait_for(bot.library.at_gate.wait(), 30)
    del fake.world.messages[ALICE, asked["message_id"]]
    bot.library.gate.set()
    assert (await fake.wait_sent(1))[0].reply_to is None


async def test_edited_messages_and_channel_posts_pass_without_a_trace(
    fake: FakeTelegram, bot: Running, caplog: pytest.LogCaptureFixture
) -> None:
    for text in ("Who?", "/ask Who?", "/start"):
        for kind, chat in (("edited_message", ALICE), ("channel_post", -1002), ("edited_channel_post", -1002)):
            fake.say(chat, text, kind=kind, always=True)
    await fake.say_and_wait(ALICE, "a real one")
    assert (bot.library.asked, len(fake.sent())) == (["a real one"], 1)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_before_the_first_build_people_are_asked_to_wait(fake: FakeTelegram, bot: Running) -> None:
    bot.library.error = NoIndexError("nothing was built in /some/folder")
    assert (await fake.say_and_wait(ALICE, "Who?")).text == SAY("preparing")


async def test_a_failed_search_gives_a_reference_and_the_log_no_words(
    fake: FakeTelegram, bot: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bot.library.error = ValueError("cannot search 'my secret illness'")
    sent = await fake.say_and_wait(ALICE, "my secret illness")
    found = re.fullmatch(r"Something went wrong on my side \(ref ([0-9A-F]{4})\)\. Please try again\.", sent.text)
    assert found is not None
    assert f"ref {found[1]}: ValueError at " in caplog.text
    assert "illness" not in caplog.text
    bot.library.error = None
    assert SENTENCE in (await fake.say_and_wait(ALICE, "and now?")).text


async def test_messages_of_a_chat_keep_their_order_and_other_chats_do_not_wait(
    fake: FakeTelegram, bot: Running
) -> None:
    asked = [fake.say(ALICE, "slow first")] + [fake.say(ALICE, f"question {number}") for number in range(2)]
    await asyncio.wait_for(bot.library.at_gate.wait(), 30)
    await fake.say_and_wait(8, "from another chat")
    assert not fake.sent(ALICE)
    bot.library.gate.set()
    sent = await fake.wait_sent(3, ALICE)
    assert [message.reply_to for message in sent] == [message["message_id"] for message in asked]


@pytest.mark.usefixtures("introduced")
async def test_the_menu_of_commands_is_set(fake: FakeTelegram, bot: Running) -> None:
    assert bot.told.startswith(f"Telegram: @{BOT_NAME} is listening.\n")
    await fake.until(lambda: len(fake.commands) == 2 * len(LANGUAGES))
    shown = {
        (scope, code): [command["command"] for command in menu] for (scope, _, code), menu in fake.commands.items()
    }
    assert shown["all_private_chats", ""] == shown["all_private_chats", "fa"] == list(menus.PRIVATE)
    assert shown["all_group_chats", "ru"] == list(menus.GROUP)


async def test_a_long_search_shows_typing_in_private_only(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, pace=replace(FAST, typing=0.0)) as bot:
        fake.say(GROUP, "/ask slow in the group")
        await asyncio.wait_for(bot.library.at_gate.wait(), 30)
        fake.say(ALICE, "slow in private")
        await fake.until(lambda: bool(fake.called("sendChatAction")))
        assert [call.arguments.number("chat_id") for call in fake.called("sendChatAction")] == [ALICE]
