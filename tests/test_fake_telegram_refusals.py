"""Where the fake Bot API server takes no message, or takes it and does not say so, as the real one does."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.telegram_server.server import TOKEN, FakeTelegram
from tests.telegram_server.wire import CloseSocket, DeliverThen, Status
from tests.telegram_server.world import BOT_ID

ALICE, GROUP, TOPIC = 7, -1001, 5
Ask = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
async def send(fake: FakeTelegram) -> AsyncIterator[Ask]:
    """`await send(chat, ...)` -> the status, and what is said about it."""
    async with aiohttp.ClientSession() as session:

        async def call(chat: int, method: str = "sendMessage", **arguments: Any) -> tuple[int, Any]:
            arguments |= {"chat_id": chat, "text": arguments.get("text", "x")}
            async with session.post(f"{fake.base_url}/bot{TOKEN}/{method}", json=arguments) as got:
                body = await got.json(content_type=None)
                return got.status, body.get("description", body.get("result")) if body else None

        yield call


async def test_a_reply_stays_in_the_topic_of_what_it_replies_to(fake: FakeTelegram, send: Ask) -> None:
    asked = fake.say(GROUP, "/ask", thread=TOPIC)["message_id"]
    assert (await send(GROUP, reply_parameters={"message_id": asked}))[0] == 200
    assert fake.sent()[0].thread == TOPIC
    fake.world.topics[GROUP].discard(TOPIC)
    assert (await send(GROUP, message_thread_id=TOPIC))[1] == "Bad Request: message thread not found"
    assert (await send(GROUP, reply_parameters={"message_id": asked}))[0] == 200
    assert fake.sent()[1].thread is None


async def test_only_administrators_write_in_closed_topics_and_muted_groups(fake: FakeTelegram, send: Ask) -> None:
    asked = fake.say(GROUP, "/ask", thread=TOPIC)["message_id"]
    fake.world.closed.add((GROUP, TOPIC))
    for place in ({"message_thread_id": TOPIC}, {"reply_parameters": {"message_id": asked}}):
        assert await send(GROUP, **place) == (400, "Bad Request: TOPIC_CLOSED")
    assert (await send(GROUP))[0] == 200
    fake.world.muted.add(GROUP)
    assert (await send(GROUP))[1] == "Bad Request: not enough rights to send text messages to the chat"
    fake.promote(GROUP, BOT_ID)
    assert (await send(GROUP, message_thread_id=TOPIC))[0] == 200


async def test_who_was_seen_in_a_group_only_cannot_be_written_to(fake: FakeTelegram, send: Ask) -> None:
    assert (await send(ALICE))[1] == "Bad Request: chat not found"
    fake.say(GROUP, "/ask", user=ALICE)
    assert await send(ALICE) == (403, "Forbidden: bot can't initiate conversation with a user")
    fake.say(ALICE, "hello")
    assert (await send(ALICE))[0] == 200


async def test_a_chat_that_is_slowed_down_refuses_until_its_time_and_tells_the_rest(
    fake: FakeTelegram, send: Ask
) -> None:
    fake.say(ALICE, "hello")
    await send(ALICE)
    fake.world.slow_down(ALICE, 10_072)
    for method in ("sendMessage", "editMessageText"):
        code, told = await send(ALICE, method, message_id=fake.sent()[0].id, text="y")
        assert (code, told) == (429, "Too Many Requests: retry after 10072")
    fake.world.slow_down(ALICE, 209, second=1e-9)
    assert (await send(ALICE))[0] == 200


@pytest.mark.parametrize("fault", [Status(502, "{}"), CloseSocket()], ids=["502", "closed"])
async def test_a_message_may_arrive_though_its_receipt_does_not(
    fake: FakeTelegram, send: Ask, fault: Status | CloseSocket
) -> None:
    fake.say(ALICE, "hello")
    fake.fail("sendMessage", DeliverThen(fault))
    if isinstance(fault, CloseSocket):
        with pytest.raises(aiohttp.ClientError):
            await send(ALICE)
    else:
        assert (await send(ALICE))[0] == 502
    assert len(fake.sent(ALICE)) == 1
