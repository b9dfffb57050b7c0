"""Whatever Telegram does to a message: each answer is delivered once or the person is told, in order, in each place."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.options import Pace
from tests.telegram_bot import FAST, SENTENCE, running
from tests.telegram_server.rates import COUNTED
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import (
    JSON,
    CloseSocket,
    DeliverThen,
    DeliverThenHang,
    Fault,
    Hang,
    Sent,
    Status,
    refusal,
    too_many,
)

pytestmark = [pytest.mark.filterwarnings("ignore:.*retry_after"), pytest.mark.slow]

SAY = Catalogue("en").text
ALICE, BOB, GROUP, TOPIC = 7, 8, -1001, 5
LOOK = SAY("no_receipt")
TOWER = "What does a ticket for the tower cost visitors?"
# A second of Telegram's takes a millisecond; a reply may take its time.
QUICK = replace(FAST, second=0.001, read=30.0)
PAGE = "<html>Bad Gateway</html>"
WAYS = pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])


def bad(description: str) -> Status:
    return refusal(400, f"Bad Request: {description}")


# Nobody knows whether the message arrived. Here it did not, and here it did.
UNSURE: dict[str, Fault] = {
    "500": refusal(500, "Internal Server Error"),
    "502": Status(502, PAGE),
    "504": Status(504, PAGE),
    "closed socket": CloseSocket(),
    "no JSON": Status(200, PAGE),
}
ARRIVED: dict[str, Fault] = {
    f"{name}, arrived": DeliverThen(fault) for name, fault in UNSURE.items() if isinstance(fault, Status | CloseSocket)
}
HUNG: dict[str, Fault] = {"hung socket": Hang(), "hung socket, arrived": DeliverThenHang()}
# The message did not arrive, and may arrive later, or in another form.
REFUSED = (
    "message thread not found",
    "TOPIC_DELETED",
    "message to be replied not found",
    "QUOTE_TEXT_INVALID",
    "BUTTON_DATA_INVALID",
    "BUTTON_URL_INVALID",
    "reply markup is too long",
    'can\'t parse entities: Unsupported start tag "x" at byte offset 3',
    "message is too long",
    "SOMETHING_NEW",
)
CURABLE: dict[str, Fault] = {
    **{f"429 of {seconds} s": too_many(seconds) for seconds in (1, 35, 209)},
    **{description: bad(description) for description in REFUSED},
}
UNCHANGEABLE: dict[str, Fault] = {
    description: bad(description) for description in ("message to edit not found", "message can't be edited")
}


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@dataclass(frozen=True)
class Cell:
    """A fault that hits one call in a place; the messages that were asked there."""

    name: str
    fault: Fault
    chat: int
    thread: int | None
    asked: list[JSON]

    @property
    def arrived(self) -> bool:
        return isinstance(self.fault, DeliverThen | DeliverThenHang)

    def answers(self, fake: FakeTelegram) -> list[Sent]:
        return [sent for sent in fake.sent(self.chat) if SENTENCE in sent.text]

    def told(self, fake: FakeTelegram) -> list[int | None]:
        return [sent.reply_to for sent in fake.sent(self.chat) if sent.text == LOOK]


def cells(fake: FakeTelegram, faults: dict[str, Fault], method: str) -> list[Cell]:
    """A private chat, a group and a topic for each fault, which hits the first call of `method` there."""
    made = []
    for number, (name, fault) in enumerate(faults.items(), start=1):
        places = {"private": (number, None), "group": (-1000 - number, None), "topic": (-2000 - number, TOPIC)}
        for place, (chat, thread) in places.items():
            fake.fail(method, fault, chat=chat)
            made.append(Cell(f"{name}, {place}", fault, chat, thread, []))
    return made


def ask(fake: FakeTelegram, cell: Cell, question: str) -> None:
    text = question if cell.chat > 0 else f"/ask {question}"
    cell.asked.append(fake.say(cell.chat, text, thread=cell.thread))


def faulty_send(fake: FakeTelegram, cell: Cell, unsure: bool) -> str:
    """What is wrong with a place after the fault hit the answer to the first of its two questions; "" if nothing."""
    numbers = [message["message_id"] for message in cell.asked]
    answered = [sent.reply_to for sent in cell.answers(fake)]
    told = cell.told(fake)
    if unsure:
        right = told == numbers[:1] and answered == (numbers if cell.arrived else numbers[1:])
    else:
        # The first may have had to do without a reply.
        right = not told and answered in (numbers, [None, *numbers[1:]])
    order = [sent.reply_to for sent in fake.sent(cell.chat) if sent.reply_to is not None]
    right = right and order == sorted(order) and all(sent.thread == cell.thread for sent in cell.answers(fake)[1:])
    return "" if right else f"{cell.name}: asked {numbers}, answered {answered}, told {told}, order {order}"


async def send_through(
    fake: FakeTelegram, folder: Path, faults: dict[str, Fault], *, unsure: bool, pace: Pace, webhook: bool
) -> list[str]:
    """The cells in which an answer was lost, doubled or out of order."""
    async with running(fake, folder, pace=pace, webhook=webhook):
        made = cells(fake, faults, "sendMessage")
        for question in ("first", "second"):
            for cell in made:
                ask(fake, cell, question)
        expected = {cell.chat: 2 + (unsure and cell.arrived) for cell in made}
        await fake.until(lambda: all(len(fake.sent(chat)) >= count for chat, count in expected.items()), timeout=60)
    return [wrong for cell in made if (wrong := faulty_send(fake, cell, unsure))]


@WAYS
async def test_an_answer_without_a_receipt_is_not_repeated_and_the_person_is_told(
    fake: FakeTelegram, tmp_path: Path, webhook: bool
) -> None:
    assert not await send_through(fake, tmp_path, UNSURE | ARRIVED, unsure=True, pace=QUICK, webhook=webhook)


@WAYS
async def test_an_answer_that_hangs_is_not_repeated_and_the_person_is_told(
    fake: FakeTelegram, tmp_path: Path, webhook: bool
) -> None:
    pace = replace(QUICK, read=1.0)
    assert not await send_through(fake, tmp_path, HUNG, unsure=True, pace=pace, webhook=webhook)


@WAYS
async def test_an_answer_that_is_put_off_or_refused_in_part_arrives_all_the_same(
    fake: FakeTelegram, tmp_path: Path, webhook: bool
) -> None:
    assert not await send_through(fake, tmp_path, CURABLE, unsure=False, pace=QUICK, webhook=webhook)


async def edit_through(
    fake: FakeTelegram, folder: Path, faults: dict[str, Fault], *, pace: Pace, webhook: bool
) -> list[str]:
    """The cells in which an edited question was not answered exactly once."""

    def fresh(cell: Cell) -> list[Sent]:
        shown = [fake.now(sent) for sent in fake.sent(cell.chat)]
        return [sent for sent in shown if SAY("after_edit") in sent.text]

    async with running(fake, folder, pace=pace, webhook=webhook):
        made = cells(fake, faults, "editMessageText")
        for cell in made:
            ask(fake, cell, "first")
        await fake.wait_sent(len(made), timeout=60)
        for cell in made:
            before = cell.asked[0]
            fake.edit(before, before["text"].replace("first", "better"))
        await fake.until(lambda: all(fresh(cell) for cell in made), timeout=60)
    return [
        f"{cell.name}: {[sent.text for sent in fake.sent(cell.chat)]}"
        for cell in made
        if len(fresh(cell)) != 1 or cell.told(fake)
    ]


@WAYS
async def test_an_edit_is_repeated_until_it_is_there_and_else_comes_as_a_new_message(
    fake: FakeTelegram, tmp_path: Path, webhook: bool
) -> None:
    faults = UNSURE | ARRIVED | CURABLE | UNCHANGEABLE
    assert not await edit_through(fake, tmp_path, faults, pace=QUICK, webhook=webhook)


@WAYS
async def test_an_edit_that_hangs_is_repeated(fake: FakeTelegram, tmp_path: Path, webhook: bool) -> None:
    assert not await edit_through(fake, tmp_path, HUNG, pace=replace(QUICK, read=1.0), webhook=webhook)


def turned_away(fake: FakeTelegram) -> set[tuple[str, int]]:
    """The methods and chats of the calls that met a 429."""
    return {(call.method, call.arguments.number("chat_id")) for call in fake.calls if call.status == 429}


@WAYS
async def test_a_chat_that_must_wait_for_hours_holds_up_no_other_and_loses_nothing_by_a_restart(
    fake: FakeTelegram, tmp_path: Path, webhook: bool
) -> None:
    fake.world.chat(ALICE)
    fake.world.slow_down(ALICE, 10_072)
    async with running(fake, tmp_path, webhook=webhook, pace=replace(FAST, drain=0.0)) as bot:
        asked = [fake.say(ALICE, question)["message_id"] for question in ("first", "second")]
        await fake.until(lambda: any(call.status == 429 for call in fake.called("sendMessage")))
        for chat in (BOB, GROUP):
            assert SENTENCE in (await fake.say_and_wait(chat, "/ask And who?")).text
        assert not fake.sent(ALICE)
        assert bot.library.asked.count("first") == 1
    fake.world.slow_down(ALICE, 0)
    async with running(fake, tmp_path, webhook=webhook):
        await fake.wait_sent(2, ALICE)
    assert [sent.reply_to for sent in fake.sent(ALICE)] == asked
    assert all(SENTENCE in sent.text for sent in fake.sent(ALICE))


@WAYS
async def test_an_edit_that_waits_when_the_bot_stops_is_answered_once_after_the_start(
    fake: FakeTelegram, tmp_path: Path, webhook: bool
) -> None:
    lines = {ALICE: SENTENCE, BOB: SAY("too_long", n=500)}
    async with running(fake, tmp_path, webhook=webhook, pace=replace(FAST, drain=0.0)):
        asked = [fake.say(ALICE, "first"), fake.say(BOB, "please " * 90)]
        for chat, line in lines.items():
            assert line in (await fake.wait_sent(1, chat))[0].text
            fake.world.slow_down(chat, 10_072)
        for message in asked:
            fake.edit(message, "better")
        refused = {("editmessagetext", ALICE), ("sendmessage", BOB)}
        await fake.until(lambda: refused <= turned_away(fake))
    for chat in lines:
        fake.world.slow_down(chat, 0)
    async with running(fake, tmp_path, webhook=webhook) as bot:
        await fake.wait_edit(fake.sent(ALICE)[0])
        answer = (await fake.wait_sent(2, BOB))[1]
        await fake.say_and_wait(ALICE, "last")
        assert sorted(bot.library.asked) == ["better", "better", "last"]
        # And what Telegram tells again without another word is not.
        fake.edit(asked[0], "better")
        await fake.say_and_wait(ALICE, "the very last")
    assert len(fake.edits_of(fake.sent(ALICE)[0])) == 1
    assert SAY("after_edit") in fake.now(fake.sent(ALICE)[0]).text
    assert (answer.reply_to, SENTENCE in answer.text) == (asked[1]["message_id"], True)


@WAYS
async def test_a_thumb_that_is_not_shown_when_the_bot_stops_is_shown_after_the_start_and_counts_once(
    fake: FakeTelegram, tmp_path: Path, webhook: bool
) -> None:
    async with running(fake, tmp_path, webhook=webhook, pace=replace(FAST, drain=0.0)):
        for chat in (ALICE, BOB):
            sent = await fake.say_and_wait(chat, "Who?")
            await fake.press_and_wait(sent, "… More")
            await fake.wait_edit(sent)
        # Bob presses twice, and so takes his thumb back.
        for chat, thumbs in ((ALICE, ["Not it"]), (BOB, ["Helpful", "Helpful"])):
            fake.world.slow_down(chat, 10_072)
            for thumb in thumbs:
                await fake.press_and_wait(fake.sent(chat)[0], thumb)
        await fake.until(lambda: {("editmessagetext", ALICE), ("editmessagetext", BOB)} <= turned_away(fake))
    for chat in (ALICE, BOB):
        fake.world.slow_down(chat, 0)
    async with running(fake, tmp_path, webhook=webhook):
        shown = await fake.wait_edit(fake.sent(ALICE)[0], 2)
    assert "👎 Not it ✓" in [label for row in shown.rows for label in row]
    assert not [label for row in fake.now(fake.sent(BOB)[0]).rows for label in row if label.endswith("✓")]
    memory = Memory(tmp_path)
    assert [(each.up, each.down) for each in memory.answers.judgements()] == [(0, 1)]
    memory.close()


@WAYS
async def test_a_stop_does_not_wait_for_what_cannot_be_said_in_time(
    fake: FakeTelegram, tmp_path: Path, webhook: bool
) -> None:
    # It would have ten minutes.
    async with running(fake, tmp_path, webhook=webhook, pace=replace(FAST, drain=600.0)):
        shown = await fake.say_and_wait(BOB, "Who?")
        for chat in (ALICE, BOB):
            fake.world.chat(chat)
            fake.world.slow_down(chat, 10_072)
        asked = [fake.say(ALICE, question)["message_id"] for question in ("first", "second")]
        for _ in range(3):
            await fake.press_and_wait(shown, "… More")
        fake.edit(fake.say(BOB, "And who?"), "And who else?")
        refused = {("sendmessage", ALICE), ("editmessagetext", BOB)}
        await fake.until(lambda: refused <= turned_away(fake))
    for chat in (ALICE, BOB):
        fake.world.slow_down(chat, 0)
    async with running(fake, tmp_path, webhook=webhook):
        await fake.wait_sent(2, ALICE)
        await fake.wait_sent(2, BOB)
        await fake.wait_edit(shown)
    assert [sent.reply_to for sent in fake.sent(ALICE)] == asked
    assert [SENTENCE in sent.text for sent in fake.sent()] == [True] * 4


async def test_a_429_is_waited_out_however_often_it_is_said(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, pace=QUICK):
        fake.fail("sendMessage", too_many(40), times=5, chat=ALICE)
        assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?")).text
    # It kept to each: no call came before its time.
    moments = [call.at for call in fake.called("sendMessage")]
    assert all(later - earlier >= 0.04 for earlier, later in pairwise(moments))


async def test_the_person_is_told_as_soon_as_telegram_is_back_and_only_then_comes_the_next_answer(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    async with running(fake, tmp_path, pace=QUICK):
        fake.fail("sendMessage", Status(502, PAGE), times=12, chat=ALICE)
        asked = [fake.say(ALICE, question)["message_id"] for question in ("first", "second")]
        sent = await fake.wait_sent(2, ALICE)
    assert [(one.text == LOOK, one.reply_to) for one in sent] == [(True, asked[0]), (False, asked[1])]


async def test_who_was_not_told_before_the_stop_is_told_after_the_start(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, pace=replace(QUICK, second=1.0, drain=0.0)):
        fake.fail("sendMessage", CloseSocket(), times=2, chat=ALICE)
        asked = fake.say(ALICE, "Who?")["message_id"]
        await fake.until(lambda: len(fake.called("sendMessage")) == 2)
    async with running(fake, tmp_path, pace=QUICK):
        sent = await fake.wait_sent(1, ALICE)
    assert [(one.text, one.reply_to) for one in sent] == [(SAY("interrupted"), asked)]


@pytest.mark.usefixtures("telegram")
async def test_a_press_whose_message_got_no_receipt_is_told_too(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    fake.fail("sendMessage", Status(504, PAGE), chat=ALICE)
    await fake.press_and_wait(sent, "More like")
    assert (await fake.wait_sent(2, ALICE))[1].text == LOOK


def recipients(fake: FakeTelegram, text: str) -> list[int]:
    return [sent.chat for sent in fake.sent() if sent.text == text]


@pytest.mark.parametrize("thread", [None, TOPIC], ids=["group", "topic"])
async def test_what_a_group_does_not_take_is_told_in_private_where_that_is_allowed(
    fake: FakeTelegram, tmp_path: Path, thread: int | None
) -> None:
    async with running(fake, tmp_path, pace=QUICK):
        # Alice has spoken to the bot before, Bob has not.
        await fake.say_and_wait(ALICE, "Who?")
        if thread is None:
            fake.world.muted.add(GROUP)
        else:
            fake.world.closed.add((GROUP, thread))
        for person in (BOB, ALICE):
            fake.say(GROUP, "/ask Who?", user=person, thread=thread)
        await fake.wait_sent(2, ALICE)
        # And nobody else waits for it.
        assert SENTENCE in (await fake.say_and_wait(-1002, "/ask Who?")).text
    assert recipients(fake, SAY("may_not_write")) == [ALICE]
    assert not fake.sent(GROUP)
    refused = [call for call in fake.calls if call.method in COUNTED and call.status in (400, 403)]
    assert len(refused) == 3


async def test_an_administrator_without_a_name_is_told_nothing_in_private(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, pace=QUICK):
        fake.world.muted.add(GROUP)
        fake.say(GROUP, "/ask Who?", as_chat=GROUP)
        await fake.until(lambda: bool(fake.called("sendMessage")))
        await fake.say_and_wait(ALICE, "Who?")
    assert len(fake.called("sendMessage")) == 2


@pytest.mark.usefixtures("telegram")
async def test_buttons_that_are_refused_leave_those_that_only_the_bot_hears_of(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    fake.fail("editMessageText", bad("BUTTON_URL_INVALID"), chat=ALICE)
    await fake.press_and_wait(sent, "… More")
    sent = await fake.wait_edit(sent, 1)
    kept = [button for row in sent.raw["reply_markup"]["inline_keyboard"] for button in row]
    assert kept
    assert all("callback_data" in button for button in kept)
    await fake.press_and_wait(sent, "Helpful")


async def test_owners_see_what_was_not_delivered(fake: FakeTelegram, tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    assert await memory.add_owner(ALICE)
    memory.close()
    async with running(fake, tmp_path, pace=QUICK):
        fake.fail("sendMessage", Status(502, PAGE), chat=BOB)
        await fake.say_and_wait(BOB, "Who?")
        fake.world.muted.add(GROUP)
        fake.say(GROUP, "/ask Who?", user=BOB)
        await fake.wait_sent(2, BOB)
        status = await fake.say_and_wait(ALICE, "/status")
    assert SAY("status_delivery", unsure=1, refused=1) in status.text


@pytest.mark.parametrize(
    "fault",
    [bad("TOPIC_CLOSED"), bad("not enough rights to send text messages to the chat"), Status(502, PAGE), CloseSocket()],
    ids=["closed topic", "no rights", "502", "closed socket"],
)
async def test_a_group_is_left_whatever_becomes_of_the_greeting(
    fake: FakeTelegram, tmp_path: Path, fault: Fault
) -> None:
    async with running(fake, tmp_path, access="paired", pace=QUICK):
        fake.fail("sendMessage", fault, chat=GROUP)
        fake.fail("leaveChat", CloseSocket(), times=6, chat=GROUP)
        fake.add_bot(GROUP)
        await fake.until(lambda: GROUP in fake.world.shut)


async def test_a_group_is_left_in_time_though_it_must_be_spoken_to_slowly(
    fake: FakeTelegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.access.groups._LONGEST_GOODBYE", 0.05)
    fake.world.slow_down(GROUP, 10_072)
    async with running(fake, tmp_path, access="paired"):
        fake.add_bot(GROUP)
        await fake.until(lambda: GROUP in fake.world.shut)
