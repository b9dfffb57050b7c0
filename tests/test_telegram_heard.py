"""People are heard as they ask: in captions, by mentions anywhere, replies, edits and albums; and nothing else is."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import Catalogue
from tests.telegram_bot import SENTENCE, TITLE, Running, running
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import JSON, refusal
from tests.telegram_server.world import BOT_NAME

SAY = Catalogue("en").text
ALICE, BOB = 7, 8
GROUP, CHANNEL = -1001, -1002
US = f"@{BOT_NAME}"
ASKED = "Who lit the lamp?"
PICTURE: JSON = {"photo": [{"file_id": "p", "file_unique_id": "u", "width": 9, "height": 9}]}
FILES: dict[str, JSON] = {
    "photo": PICTURE,
    "video": {"video": {"file_id": "v", "file_unique_id": "u", "width": 9, "height": 9, "duration": 3}},
    "voice": {"voice": {"file_id": "o", "file_unique_id": "u", "duration": 3}},
    "document": {"document": {"file_id": "d", "file_unique_id": "u", "file_name": "map.pdf"}},
    "animation": {"animation": {"file_id": "a", "file_unique_id": "u", "width": 9, "height": 9, "duration": 3}},
}
FORWARDED: JSON = {"forward_origin": {"type": "hidden_user", "date": 1_700_000_000, "sender_user_name": "Somebody"}}
OURSELVES: JSON = {"id": 123456789, "is_bot": True, "first_name": "Quoth", "username": BOT_NAME}


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(privacy=False) as server:
        yield server


@pytest.fixture(params=["polling", "webhook"])
async def bot(request: pytest.FixtureRequest, fake: FakeTelegram, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(fake, tmp_path, webhook=request.param == "webhook") as channel:
        yield channel


def named(text: str, name: str) -> dict[str, Any]:
    """A text in which a link under `name` leads to the bot, which apps make of people without a user name."""
    start = len(text[: text.index(name)].encode("utf-16-le")) // 2
    length = len(name.encode("utf-16-le")) // 2
    return {"entities": [{"type": "text_mention", "offset": start, "length": length, "user": OURSELVES}]}


async def only(fake: FakeTelegram, bot: Running, chat: int, question: str = "the last one") -> int:
    """Asks a question that is answered once all before it are done with; returns how many messages came before it."""
    command = question if chat > 0 else f"/ask {question}"
    before = len(fake.sent(chat))
    fake.say(chat, command)
    await fake.until(lambda: question in bot.library.asked)
    await fake.until(lambda: len(fake.sent(chat)) > before)
    return len(fake.sent(chat)) - 1


async def test_a_caption_is_a_question(fake: FakeTelegram, bot: Running) -> None:
    for person, (kind, file) in enumerate(FILES.items(), 100):
        assert SENTENCE in (await fake.say_and_wait(person, None, caption=f"{kind}?", **file)).text
        await fake.say_and_wait(GROUP, None, caption=f"{US} who lit this {kind}?", **file)
        await fake.say_and_wait(GROUP, None, caption=f"/ask@{BOT_NAME} {ASKED}", **file)
        fake.say(GROUP, None, caption="a caption for people", **file)
    assert await only(fake, bot, GROUP) == 2 * len(FILES)
    asked = [question for kind in FILES for question in (f"{kind}?", f"who lit this {kind}?", ASKED)]
    assert bot.library.asked == [*asked, "the last one"]


MENTIONS = {
    f"Can you tell us, {US}, who lit the lamp?": "Can you tell us, who lit the lamp?",
    f"Кто, {US.upper()}, зажёг лампу?": "Кто, зажёг лампу?",
    f"🕯 Who lit it {US} ?": "🕯 Who lit it?",
    f"{US}\nWho lit it?": "Who lit it?",
    f"{US} /ask Who lit it?": "Who lit it?",
    f"چه کسی {US} چراغ را روشن کرد؟": "چه کسی چراغ را روشن کرد؟",
    f"{US} and {US}: who?": "and: who?",
    f"I asked {US} yesterday, to no avail": "I asked yesterday, to no avail",
}
NAMED = {
    ("Quoth who lit it?", "Quoth"): "who lit it?",
    ("😀 دوست من، قصه‌گو، چه کسی آن را روشن کرد؟", "قصه‌گو"): "😀 دوست من، چه کسی آن را روشن کرد؟",
    ("Скажи, Ворон: кто зажёг?", "Ворон"): "Скажи, кто зажёг?",
}


async def test_a_mention_is_heard_wherever_it_stands_also_by_another_name(fake: FakeTelegram, bot: Running) -> None:
    for text in MENTIONS:
        fake.say(GROUP, text)
    for text, name in NAMED:
        fake.say(GROUP, text, **named(text, name))
    await fake.wait_sent(len(MENTIONS) + len(NAMED), GROUP)
    assert bot.library.asked == [*MENTIONS.values(), *NAMED.values()]


async def test_others_names_and_bare_letters_are_no_mention(fake: FakeTelegram, bot: Running) -> None:
    for text in (f"@{BOT_NAME}s who?", f"mail me at a{US}", "@somebody_else who?", f"t.me/{BOT_NAME} is good"):
        fake.say(GROUP, text)
    fake.say(GROUP, "Maren who?", entities=[
        {"type": "text_mention", "offset": 0, "length": 5, "user": {"id": 55, "is_bot": False, "first_name": "M"}}
    ])  # fmt: skip
    assert await only(fake, bot, GROUP) == 0


async def test_a_bare_call_asks_what_it_replies_to(fake: FakeTelegram, bot: Running) -> None:
    said = fake.say(GROUP, ASKED, user=BOB)
    picture = fake.say(GROUP, None, user=BOB, caption="Who painted this?", **PICTURE)
    command = fake.say(GROUP, "/dance when was it lit?", user=BOB)
    poll = fake.say(GROUP, None, user=BOB, poll=poll_of("Was it lit in 1871?"))
    # No more than a group may be told in a minute.
    calls = ("/ask", f"/ask@{BOT_NAME} ؟", US, f"{US} ?")
    for call in calls:
        for message in (said, picture, command, poll):
            await fake.say_and_wait(GROUP, call, user=ALICE, reply_to=message)
    assert bot.library.asked == [ASKED, "Who painted this?", "when was it lit?", "Was it lit in 1871?"] * len(calls)
    other = fake.say(GROUP - 1, ASKED, user=BOB)
    for call in (f"/ask@{BOT_NAME}", f"{US} !", f"? {US}", "/ask ..."):
        await fake.say_and_wait(GROUP - 1, call, user=ALICE, reply_to=other)
    assert bot.library.asked[-4:] == [ASKED] * 4


async def test_a_poll_in_private_asks_what_it_asks(fake: FakeTelegram, bot: Running) -> None:
    await fake.say_and_wait(ALICE, None, poll=poll_of(ASKED))
    assert bot.library.asked == [ASKED]


async def test_half_a_character_costs_no_answer(fake: FakeTelegram, bot: Running) -> None:
    await fake.say_and_wait(ALICE, "\ud83d who lit the lamp? \udd25")
    await fake.say_and_wait(ALICE, "🔥 who lit the lamp?")
    assert bot.library.asked == ["\ufffd who lit the lamp? \ufffd", "🔥 who lit the lamp?"]


def poll_of(question: str) -> JSON:
    """A poll as people send one."""
    options = [{"persistent_id": name, "text": name, "voter_count": 0} for name in ("Yes", "No")]
    named = ("is_closed", "is_anonymous", "allows_multiple_answers", "allows_revoting", "members_only")
    flags = dict.fromkeys(named, False)
    return {"id": "1", "question": question, "options": options, "total_voter_count": 0, "type": "regular"} | flags


async def test_of_a_message_that_is_quoted_only_the_quote_is_asked(fake: FakeTelegram, bot: Running) -> None:
    said = fake.say(GROUP, f"Good morning all. {ASKED} I wonder.", user=BOB)
    quote = {"text": ASKED, "position": 18, "is_manual": True}
    await fake.say_and_wait(GROUP, US, reply_to=said, quote=quote)
    elsewhere = {"origin": {"type": "hidden_user", "date": 1_700_000_000, "sender_user_name": "Somebody"}}
    await fake.say_and_wait(GROUP, "/ask", external_reply=elsewhere, quote={"text": "Who came back?", "position": 0})
    assert bot.library.asked == [ASKED, "Who came back?"]


async def test_a_reply_with_words_of_its_own_asks_these(fake: FakeTelegram, bot: Running) -> None:
    said = fake.say(GROUP, "The keeper of the lamp lived alone.", user=BOB)
    await fake.say_and_wait(GROUP, f"{US} when did ships come?", reply_to=said)
    assert bot.library.asked[0] == "when did ships come?"


async def test_a_bare_call_as_the_reply_to_nothing_that_asks_is_told_how(fake: FakeTelegram, bot: Running) -> None:
    sticker = fake.say(GROUP, None, user=BOB, **PICTURE)
    assert (await fake.say_and_wait(GROUP, US, reply_to=sticker)).text == SAY("help_group", name=US)
    assert (await fake.say_and_wait(GROUP, "/ask", reply_to=sticker)).text == SAY("what_to_know")
    opened = fake.say(GROUP, None, thread=3, forum_topic_created={"name": "Lamps", "icon_color": 1})
    assert (await fake.say_and_wait(GROUP, US, thread=3, reply_to=opened)).text == SAY("help_group", name=US)
    assert bot.library.asked == []


async def test_in_private_the_name_of_the_bot_is_left_out(fake: FakeTelegram, bot: Running) -> None:
    await fake.say_and_wait(ALICE, f"{US} {ASKED}")
    await fake.say_and_wait(ALICE, f"Tell me, {US}, who lit it?")
    assert bot.library.asked == [ASKED, "Tell me, who lit it?"]
    assert (await fake.say_and_wait(ALICE, US)).text == SAY("help_private")


async def test_an_edit_is_answered_when_there_was_no_answer(fake: FakeTelegram, bot: Running) -> None:
    first = (
        (fake.say(101, "please " * 90), SAY("too_long", n=500), ASKED),
        (fake.say(102, "Thanks!"), SAY("you_are_welcome"), "Thanks, and who came back?"),
        (fake.say(103, f"/aks {ASKED}"), f"{SAY('unknown_command')} {SAY('help_private')}", "/ask Who lit it?"),
        (fake.say(104, None, **PICTURE), SAY("only_text"), "Who is in this picture?"),
    )
    for message, line, edited in first:
        chat = message["chat"]["id"]
        assert (await fake.wait_sent(1, chat))[0].text == line
        fake.edit(message, edited)
        answer = (await fake.wait_sent(2, chat))[1]
        assert (answer.reply_to, SENTENCE in answer.text) == (message["message_id"], True)
    assert bot.library.asked == [ASKED, "Thanks, and who came back?", "Who lit it?", "Who is in this picture?"]
    plain = fake.say(GROUP, "Who lit it, does anybody know?")
    fake.edit(plain, f"Who lit it, does {US} know?")
    assert (await fake.wait_sent(1, GROUP))[0].reply_to == plain["message_id"]


async def test_an_edit_that_changes_no_word_or_comes_late_is_not_answered_again(
    fake: FakeTelegram, bot: Running
) -> None:
    long = fake.say(ALICE, "please " * 90)
    await fake.wait_sent(1, ALICE)
    fake.edit(long, "please " * 90)
    fake.edit(fake.say(GROUP, "Who?", date=1_700_000_000), f"{US} who?")
    fake.edit(fake.say(GROUP, "Who is here?"), "Who was here?")
    fake.edit(fake.say(GROUP, "/dance"), "/help")
    assert await only(fake, bot, GROUP) == 0
    assert await only(fake, bot, ALICE, "another one") == 1


async def test_an_edit_to_what_cannot_be_asked_is_told_so(fake: FakeTelegram, bot: Running) -> None:
    asked = fake.say(ALICE, ASKED)
    (answer,) = await fake.wait_sent(1, ALICE)
    fake.edit(asked, "please " * 90)
    assert (await fake.wait_sent(2, ALICE))[1].text == SAY("too_long", n=500)
    assert (fake.edits_of(answer), bot.library.asked) == ([], [ASKED])


async def test_an_album_gets_one_line(fake: FakeTelegram, bot: Running) -> None:
    for _ in range(10):
        fake.say(ALICE, None, media_group_id="holiday", **PICTURE)
    assert (await fake.wait_sent(1, ALICE))[0].text == SAY("only_text")
    assert await only(fake, bot, ALICE) == 1


@pytest.mark.parametrize("place", [0, 1, 3])
async def test_of_an_album_the_caption_is_the_question(fake: FakeTelegram, bot: Running, place: int) -> None:
    for chat in (ALICE, GROUP):
        for number in range(4):
            caption: JSON = {"caption": ASKED if chat > 0 else f"{US} {ASKED}"} if number == place else {}
            fake.say(chat, None, media_group_id=f"album {chat}", **caption, **PICTURE)
        assert SENTENCE in (await fake.wait_sent(1, chat))[0].text
    # Longer than the channel waits for the other pictures of an album.
    fake.say(ALICE, None, media_group_id="another", **PICTURE)
    assert [sent.text for sent in await fake.wait_sent(2, ALICE)][1] == SAY("only_text")
    assert (len(fake.sent(GROUP)), bot.library.asked) == (1, [ASKED, ASKED])


async def test_what_was_forwarded_commands_nothing(fake: FakeTelegram, bot: Running) -> None:
    await fake.say_and_wait(ALICE, f"/ask {ASKED}", **FORWARDED)
    assert bot.library.asked == [ASKED]
    await fake.say_and_wait(ALICE, f"/titles {TITLE}", **FORWARDED)
    assert bot.library.asked[1] == TITLE
    for person, command in enumerate(("/forget", "/start", "/pair"), 101):
        assert (await fake.say_and_wait(person, command, **FORWARDED)).text == SAY("help_private")
    fake.say(GROUP, f"/ask {ASKED}", **FORWARDED)
    fake.say(GROUP, f"{US} {ASKED}", **FORWARDED)
    assert await only(fake, bot, GROUP) == 0
    forwarded = fake.say(GROUP, "Who came back?", **FORWARDED)
    await fake.say_and_wait(GROUP, US, reply_to=forwarded)
    assert bot.library.asked[-1] == "Who came back?"


async def test_what_was_sent_through_the_bot_is_no_question(fake: FakeTelegram, bot: Running) -> None:
    for chat in (ALICE, GROUP):
        fake.say(chat, f"{US} {SENTENCE}", via_bot=OURSELVES)
        assert await only(fake, bot, chat, f"a question in {chat}") == 0
    # What another bot found is the person's own.
    await fake.say_and_wait(ALICE, "Who is this?", via_bot=OURSELVES | {"id": 99, "username": "other_bot"})
    assert bot.library.asked[-1] == "Who is this?"


SERVICE: dict[str, JSON] = {
    "pinned": {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}}},
    "photo": {"new_chat_photo": PICTURE["photo"]},
    "video chat": {"video_chat_started": {}},
    "boost": {"boost_added": {"boost_count": 1}},
    "timer": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}},
    "of tomorrow": {"a_service_that_nobody_knows_yet": {"of": "Telegram"}},
    "nothing": {},
}


async def test_service_messages_are_passed_over(fake: FakeTelegram, bot: Running) -> None:
    for chat in (ALICE, GROUP):
        for fields in SERVICE.values():
            fake.say(chat, None, **fields)
        assert await only(fake, bot, chat, f"a question in {chat}") == 0


async def test_administrators_and_channels_are_heard_under_their_chats_name(fake: FakeTelegram, bot: Running) -> None:
    for speaker in (GROUP, CHANNEL):
        await fake.say_and_wait(GROUP, f"Who, {US}, lit the lamp?", as_chat=speaker)
    assert bot.library.asked == ["Who, lit the lamp?"] * 2


async def test_under_a_post_of_a_channel_comments_ask_and_the_post_does_not(fake: FakeTelegram, bot: Running) -> None:
    post = fake.say(GROUP, f"{US} /ask Who lit the lamp?", as_chat=CHANNEL, is_automatic_forward=True)
    assert await only(fake, bot, GROUP) == 0
    comment = await fake.say_and_wait(
        GROUP, f"{US} who came back?", reply_to=post, message_thread_id=post["message_id"]
    )
    assert (bot.library.asked[-1], comment.thread) == ("who came back?", None)
    fake.say(GROUP, "a comment for people", reply_to=post, message_thread_id=post["message_id"])
    assert await only(fake, bot, GROUP, "still the last one") == 2


async def test_direct_messages_of_a_channel_are_answered_in_their_topic(fake: FakeTelegram, bot: Running) -> None:
    fake.open_direct_messages(CHANNEL)
    topic: JSON = {"direct_messages_topic": {"topic_id": 55, "user": {"id": 55, "is_bot": False, "first_name": "A"}}}
    for text in (ASKED, f"/ask {ASKED}", "Thanks!"):
        sent = await fake.say_and_wait(CHANNEL, text, user=55, **topic)
        assert sent.raw["direct_messages_topic"] == {"topic_id": 55}
    # What the channel answers, offers for a post, or sends without words is not for the bot.
    fake.say(CHANNEL, "We open at nine.", as_chat=CHANNEL, **topic)
    fake.say(CHANNEL, "A poem of mine", user=55, suggested_post_info={"state": "pending"}, **topic)
    fake.say(CHANNEL, None, user=55, **PICTURE, **topic)
    before = len(fake.sent(CHANNEL))
    await fake.say_and_wait(CHANNEL, "Who came back?", user=55, **topic)
    assert (len(fake.sent(CHANNEL)) - before, bot.library.asked) == (1, [ASKED, ASKED, "Who came back?"])


async def test_what_replaces_an_answer_in_direct_messages_of_a_channel_stays_in_its_topic(
    fake: FakeTelegram, bot: Running
) -> None:
    fake.open_direct_messages(CHANNEL)
    topic: JSON = {"direct_messages_topic": {"topic_id": 55, "user": {"id": 55, "is_bot": False, "first_name": "A"}}}
    asked = fake.say(CHANNEL, ASKED, user=55, **topic)
    (answer,) = await fake.wait_sent(1, CHANNEL)
    fake.fail("editMessageText", refusal(400, "Bad Request: message can't be edited"), chat=CHANNEL)
    fake.edit(asked, "Who came back?")
    again = (await fake.wait_sent(2, CHANNEL))[1]
    assert SAY("after_edit") in again.text
    # Of a message that is too old, Telegram tells the chat, and not the topic.
    await fake.press_and_wait(again, "… More", user=55, inaccessible=True)
    third = (await fake.wait_sent(3, CHANNEL))[2]
    assert [sent.raw["direct_messages_topic"] for sent in (answer, again, third)] == [{"topic_id": 55}] * 3
    assert bot.library.asked[:2] == [ASKED, "Who came back?"]


async def test_messages_of_a_chat_keep_their_order_whatever_they_hold(fake: FakeTelegram, bot: Running) -> None:
    fake.say(ALICE, "slow one")
    await asyncio.wait_for(bot.library.at_gate.wait(), 30)
    fake.say(ALICE, None, caption="a caption", **PICTURE)
    fake.say(ALICE, "a text")
    bot.library.gate.set()
    await fake.wait_sent(3, ALICE)
    assert bot.library.asked == ["slow one", "a caption", "a text"]
