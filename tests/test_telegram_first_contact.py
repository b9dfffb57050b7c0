"""Before the first question and beside all questions: descriptions, menus, the welcome, greetings and thumbs."""

from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.catalogue import LANGUAGES, Catalogue
from bot.channels.telegram import FloodLimits
from bot.channels.telegram.memory.memory import Memory
from index.errors import NoIndexError
from tests.telegram_bot import SENTENCE, running
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import JSON, refusal
from tests.telegram_shelf import LIGHTHOUSE, asked

ALICE, BOB, CAROL = 7, 8, 9
GROUP = -1001
US = "@quoth_test_bot"


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_a_newcomer_is_told_what_the_bot_knows(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path, webhook: bool
) -> None:
    fake.world.people[BOB] = {"language_code": "es"}
    async with asked(fake, tmp_path, answerer, webhook=webhook):
        told = (await fake.say_and_wait(ALICE, "/start")).text.split("\n")
        assert {"I know 18 articles.", "Dates: 2 Mar 2025 to 20 Jun 2025", "From: Coast Gazette"} <= set(told)
        spanish = await fake.say_and_wait(BOB, "/start")
        assert "Conozco 18 artículos." in spanish.text
        # There are no articles in Spanish; what others answer is better than nothing.
        assert len(spanish.rows) == 3
        for ((question,),) in zip(spanish.rows, strict=True):
            sent = len(fake.sent(BOB))
            await fake.press_and_wait(spanish, question)
            answer = (await fake.wait_sent(sent + 1, BOB))[sent]
            assert answer.styled("bold")
            assert not answer.text.startswith((Catalogue("es").text("not_sure"), Catalogue("es").text("not_found")))


@pytest.mark.usefixtures("introduced")
async def test_the_bot_introduces_itself_in_every_language(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path):
        await fake.until(lambda: len(fake.profile) == len(fake.commands) == 2 * len(LANGUAGES))
        for language in LANGUAGES:
            say, code = Catalogue(language).text, "" if language == "en" else language
            assert fake.profile["description", code] == say("description")
            assert fake.profile["short_description", code] == say("short_description")
            menu = {one["command"]: one["description"] for one in fake.commands["all_group_chats", 0, code]}
            assert menu["ask"] == say("menu_ask")


@pytest.mark.usefixtures("introduced")
async def test_no_refusal_keeps_the_other_menus_and_descriptions_back(fake: FakeTelegram, tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    for owner in (ALICE, BOB, CAROL):
        assert await memory.add_owner(owner)
        fake.world.chat(owner)
    memory.close()
    # Bob's account is gone, and Telegram has trouble of its own with others.
    del fake.world.chats[BOB]
    fake.fail("setMyDescription", refusal(400, "Bad Request: BOT_INVALID"))
    fake.fail("setMyCommands", refusal(400, "Bad Request: BOT_COMMANDS_BUSY"))
    async with running(fake, tmp_path, access="paired"):
        await fake.until(lambda: all(("chat", owner, "ru") in fake.commands for owner in (ALICE, CAROL)))
        shown = {(scope, chat) for scope, chat, _ in fake.commands}
        assert shown == {("all_private_chats", 0), ("all_group_chats", 0), ("chat", ALICE), ("chat", CAROL)}
        assert sum(field == "description" for field, _ in fake.profile) == len(LANGUAGES) - 1


TALK = {
    "greeting": ("Hi", "hellooo!", "Good morning 👋", "سلام", "Привет!", "¡Buenas!", "Guten Tag", "👋"),
    "you_are_welcome": (
        "Thank you!",
        "ok, thanks a lot 🙏",
        "ممنون",
        "شكراً",
        "Спасибо!",
        "Gracias",
        "Merci",
        "👍",
        "👍🏿❤️",
    ),
    "goodbye": ("Bye", "до свидания"),
    "regret": ("👎", "😡"),
    "no_words": ("🤔", "🇫🇷", "?!", "..."),
}


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_greetings_thanks_and_thumbs_get_a_kind_line_and_are_no_misses(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path, webhook: bool
) -> None:
    memory = Memory(tmp_path)
    assert await memory.add_owner(ALICE)
    memory.close()
    async with asked(fake, tmp_path, answerer, webhook=webhook):
        said = [(key, text) for key, texts in TALK.items() for text in texts]
        for person, (key, text) in enumerate(said, 100):
            sent = await fake.say_and_wait(person, text)
            assert (text, sent.text, sent.rows) == (text, Catalogue("en").text(key), [])
        for text in ("/ask 👍", f"{US} 👍", f"{US} thanks"):
            assert (await fake.say_and_wait(GROUP, text)).rows == []
        misses = await fake.say_and_wait(ALICE, "/misses")
        assert misses.text == Catalogue("en").text("misses_none")


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_a_guest_answers_once_where_it_is_called(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path, webhook: bool
) -> None:
    say = Catalogue("en").text
    async with asked(fake, tmp_path, answerer, webhook=webhook):
        answer = await fake.summon_and_wait(ALICE, f"{US} what did the lamp of the lighthouse burn until 1902?")
        assert LIGHTHOUSE.paragraphs[2].text in answer["text"]
        (button,) = answer["reply_markup"]["inline_keyboard"][0]
        assert button["url"].startswith("https://t.me/quoth_test_bot?start=p_")
        said = {
            "message_id": 3,
            "date": 0,
            "chat": {"id": -5, "type": "supergroup", "title": "E"},
            "text": "Who designed the tower of the lighthouse?",
        }
        answer = await fake.summon_and_wait(
            BOB, f"hey {US}", reply_to_message=said | {"from": fake.world.person(CAROL)}
        )
        # "hey" is not the question; somebody greeted.
        assert answer["text"] == say("greeting")
        answer = await fake.summon_and_wait(BOB, US, reply_to_message=said | {"from": fake.world.person(CAROL)})
        assert "Maren Voss" in answer["text"]
        assert (await fake.summon_and_wait(CAROL, US))["text"] == say("inline_hint")
        nothing = await fake.summon_and_wait(CAROL, f"{US} which volcano erupted in Iceland?")
        assert nothing["text"].startswith(say("not_found"))
        assert (await fake.summon_and_wait(CAROL, f"{US} {'please ' * 90}"))["text"] == say("too_long", n=500)
        assert fake.sent() == []


async def test_a_guest_is_as_private_and_as_patient_as_everywhere(fake: FakeTelegram, tmp_path: Path) -> None:
    say = Catalogue("en").text
    async with running(fake, tmp_path, access="listed", allowed=frozenset({ALICE})) as bot:
        # The chat it is called in may have the number of one that was let in.
        elsewhere: JSON = {"chat": {"id": ALICE, "type": "private", "first_name": "Somebody"}}
        assert (await fake.summon_and_wait(BOB, f"{US} who?", **elsewhere))["text"] == say("inline_private")
        assert SENTENCE in (await fake.summon_and_wait(ALICE, f"{US} who?"))["text"]
        bot.library.error = NoIndexError("nothing here")
        assert (await fake.summon_and_wait(ALICE, f"{US} who?"))["text"] == say("preparing")
        bot.library.error = None
        late = fake.summon(ALICE, f"{US} slow who?")
        await bot.library.at_gate.wait()
        fake.expire(late)
        bot.library.gate.set()
        assert SENTENCE in (await fake.summon_and_wait(ALICE, f"{US} and now?"))["text"]
        assert late not in fake.guest_answers


async def test_a_guest_does_not_wait_for_a_chat_of_the_same_number(fake: FakeTelegram, tmp_path: Path) -> None:
    elsewhere: JSON = {"chat": {"id": GROUP, "type": "supergroup", "title": "Elsewhere"}}
    async with running(fake, tmp_path) as bot:
        fake.say(GROUP, "/ask slow who?")
        await bot.library.at_gate.wait()
        assert SENTENCE in (await fake.summon_and_wait(ALICE, f"{US} who?", **elsewhere))["text"]
        assert not fake.sent(GROUP)


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_reactions_count_like_the_thumbs_of_the_buttons(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path, webhook: bool
) -> None:
    async with asked(fake, tmp_path, answerer, webhook=webhook):
        private = await fake.say_and_wait(ALICE, "Who designed the tower of the lighthouse?")
        fake.react(private, "👍")
        fake.react(private, "👍", "🔥")
        fake.world.chat(GROUP)
        fake.promote(GROUP, 123456789)
        shared = await fake.say_and_wait(GROUP, "/ask Who designed the tower of the lighthouse?")
        for person, emoji in ((ALICE, "👍"), (BOB, "👎"), (CAROL, "❤")):
            fake.react(shared, emoji, user=person)
        fake.react(shared, "👎", user=ALICE)
        fake.react(shared, user=BOB)
        await fake.until(lambda: not fake.pending())
        # The button knows of the reaction: once more takes it back.
        await fake.press_and_wait(private, "… More")
        await fake.wait_edit(private, 1)
        told = await fake.press_and_wait(private, "Helpful")
        assert told["text"] == Catalogue("en").text("vote_taken_back")
    memory = Memory(tmp_path)
    (judged,) = memory.answers.judgements()
    assert (judged.up, judged.down) == (0, 1)
    memory.close()


async def test_a_guest_that_floods_is_told_once(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, flood=FloodLimits(burst=1, every=3600.0, hourly=9)) as bot:
        await fake.summon_and_wait(ALICE, f"{US} who?")
        assert (await fake.summon_and_wait(ALICE, f"{US} who?"))["text"].startswith("Too many questions")
        silent = fake.summon(ALICE, f"{US} who?")
        await fake.summon_and_wait(BOB, f"{US} and who?")
        assert (bot.library.asked, silent in fake.guest_answers) == (["who?", "and who?"], False)


async def test_what_deletes_or_insists_is_marked_as_such(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path):
        await fake.say_and_wait(ALICE, "Who lit the lamp?")
        asking = await fake.say_and_wait(ALICE, "/forget")
        styles = [asking.button(label).get("style") for label in ("Yes", "No")]
        assert styles == ["danger", None]
