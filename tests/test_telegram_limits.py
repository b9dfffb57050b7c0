"""Order and limits, without a network: who waits for whom, and how fast the bot may speak."""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from httpx import ConnectError
from hypothesis import given
from hypothesis import strategies as st
from telegram import Chat, Message, Update
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.channels.telegram.memory.inbox import Inbox
from bot.channels.telegram.transport.delivery import Delivery
from bot.channels.telegram.transport.metrics import Metrics
from bot.channels.telegram.transport.per_chat import PerChatProcessor
from bot.channels.telegram.transport.rate_limits import RateLimits, Window

ALICE, GROUP = 7, -1001


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def limited() -> tuple[RateLimits, Time]:
    time = Time()
    return RateLimits(time.clock, time.sleep, lambda: None), time


async def turns(limits: RateLimits, time: Time, chats: Iterable[int]) -> list[float]:
    """When each of these messages may go."""
    moments = []
    for chat in chats:
        await limits.turn(chat)
        moments.append(round(time.now, 3))
    return moments


@pytest.mark.slow
@given(st.lists(st.floats(0, 5), min_size=1, max_size=40), st.integers(1, 5))
def test_a_window_never_holds_more_than_it_may(pauses: list[float], count: int) -> None:
    window, now, moments = Window(count, 2.0), 0.0, []
    for pause in pauses:
        now += pause
        moments.append(window.free(now))
        window.count(moments[-1])
        assert moments[-1] >= now
    assert moments == sorted(moments)
    assert all(later - earlier >= 1.999 for earlier, later in zip(moments, moments[count:], strict=False))


async def test_a_private_chat_gets_three_at_once_then_one_a_second() -> None:
    assert await turns(*limited(), [ALICE] * 5) == [0, 0, 0, 3, 3]


async def test_a_group_gets_twenty_a_minute() -> None:
    moments = await turns(*limited(), [GROUP] * 21)
    assert moments[19] < 1
    assert moments[20] == 60


async def test_edits_leave_half_of_a_groups_minute_to_answers() -> None:
    limits, time = limited()
    for _ in range(10):
        await limits.turn_to_edit(GROUP)
    assert (await turns(limits, time, [GROUP] * 10))[-1] < 1
    await limits.turn_to_edit(GROUP)
    assert time.now >= 60


async def test_all_chats_together_get_less_than_thirty_a_second_evenly() -> None:
    moments = await turns(*limited(), range(1, 61))
    assert moments[:4] == [0, 0, 0, 0.11]
    assert all(later - earlier >= 1.0 for earlier, later in zip(moments, moments[30:], strict=False))


async def test_a_chat_that_is_shut_is_the_only_one_that_waits() -> None:
    limits, time = limited()
    limits.shut(ALICE, 209)
    assert limits.busy(ALICE)
    assert await turns(limits, time, [GROUP, ALICE, ALICE, GROUP]) == [0, 209, 209, 209]


async def test_only_what_a_chat_waits_for_alone_makes_it_step_aside() -> None:
    aside: list[float] = []
    time = Time()
    limits = RateLimits(time.clock, time.sleep, lambda: aside.append(time.now))
    await turns(limits, time, range(1, 61))
    assert not aside
    limits.shut(ALICE, 35)
    await limits.turn(ALICE)
    assert len(aside) == 1


def test_chats_that_nobody_speaks_in_are_forgotten() -> None:
    limits, time = limited()
    limits.shut(-1, 10_000)
    for chat in range(1, 3000):
        limits.busy(chat)
    assert len(limits._chats) <= 1001
    assert limits.busy(-1)
    assert time.now == 0


class Delivering:
    """A `Delivery` in front of calls that end as they are told to; what went through, in order."""

    def __init__(self, folder: Path) -> None:
        self.inbox = Inbox(folder, 1)
        self._delivery = Delivery(self.inbox, Metrics(), second=1e-6)
        self.calls: list[str] = []

    async def __call__(self, endpoint: str, *errors: Exception, chat: int | None = None) -> Any:
        failing = list(errors)

        async def call() -> bool:
            self.calls.append(endpoint)
            if failing:
                raise failing.pop(0)
            return True

        data = {} if chat is None else {"chat_id": chat}
        return await self._delivery.process_request(call, (), {}, endpoint, data, None)


@pytest.fixture
def deliver(tmp_path: Path) -> Iterator[Delivering]:
    delivering = Delivering(tmp_path)
    yield delivering
    delivering.inbox.close()


LOST, UNSENT = NetworkError("Bad Gateway"), NetworkError("no route")
UNSENT.__cause__ = ConnectError("no route")


async def test_what_may_happen_twice_is_repeated_and_a_message_is_not(deliver: Delivering) -> None:
    for endpoint in ("editMessageText", "editMessageReplyMarkup", "leaveChat"):
        assert await deliver(endpoint, *[LOST] * 12, chat=ALICE) is True
    for endpoint in ("sendMessage", "sendDocument"):
        with pytest.raises(NetworkError):
            await deliver(endpoint, LOST, chat=ALICE)
        # But what certainly did not arrive is.
        assert await deliver(endpoint, *[UNSENT, InvalidToken("passing")] * 6, chat=ALICE) is True
    assert [deliver.calls.count(endpoint) for endpoint in ("editMessageText", "sendMessage")] == [13, 14]


async def test_what_nobody_waits_for_is_given_up_after_a_while(deliver: Delivering) -> None:
    for endpoint in ("answerCallbackQuery", "setMyCommands", "getChatMember"):
        assert await deliver(endpoint, *[LOST] * 3) is True
        with pytest.raises(NetworkError):
            await deliver(endpoint, *[LOST] * 4)
    # Whoever starts the channel repeats these.
    with pytest.raises(NetworkError):
        await deliver("getMe", LOST)


@pytest.mark.filterwarnings("ignore:.*retry_after")
async def test_typing_is_dropped_rather_than_waited_for(deliver: Delivering) -> None:
    assert await deliver("sendChatAction", RetryAfter(10**9), chat=ALICE) is True
    assert await deliver("sendChatAction", chat=ALICE) is True
    assert deliver.calls == ["sendChatAction"]


async def test_a_refusal_is_told_at_once(deliver: Delivering) -> None:
    for endpoint in ("sendMessage", "editMessageText", "leaveChat", "answerCallbackQuery"):
        for refused in (BadRequest("no"), Forbidden("blocked")):
            with pytest.raises(type(refused)):
                await deliver(endpoint, refused, chat=ALICE)
    assert len(deliver.calls) == 8


def message(chat: int) -> Update:
    kind = Chat.PRIVATE if chat > 0 else Chat.SUPERGROUP
    return Update(1, Message(1, datetime.now(UTC), Chat(chat, kind), text="x"))


async def test_updates_of_a_chat_run_one_after_another_in_their_order() -> None:
    order = PerChatProcessor()
    began: list[str] = []
    running: set[int] = set()

    async def work(chat: int, number: int) -> None:
        assert chat not in running
        running.add(chat)
        began.append(f"{chat}:{number}")
        await asyncio.sleep(0.001 * (number % 3))
        running.discard(chat)

    todo = [order.process_update(message(chat), work(chat, number)) for number in range(30) for chat in (1, 2, -3)]
    await asyncio.gather(*todo)
    for chat in (1, 2, -3):
        assert [name for name in began if name.startswith(f"{chat}:")] == [f"{chat}:{n}" for n in range(30)]
    assert (order.in_hand, order._lanes._locks) == (0, {})


async def test_a_failure_or_a_cancelled_wait_does_not_block_the_chat() -> None:
    order = PerChatProcessor()
    gate = asyncio.Event()

    async def fail() -> None:
        await gate.wait()
        raise ValueError("on purpose")

    async def fine() -> None:
        pass

    first = asyncio.create_task(_run(order, fail()))
    waiting = asyncio.create_task(_run(order, fine()))
    await asyncio.sleep(0)
    waiting.cancel()
    last = asyncio.create_task(_run(order, fine()))
    await asyncio.sleep(0)
    gate.set()
    outcomes = await asyncio.gather(first, waiting, last, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ValueError, asyncio.CancelledError, type(None)]
    assert order._lanes._locks == {}


async def _run(order: PerChatProcessor, work: Awaitable[None]) -> None:
    await order.process_update(message(ALICE), work)


async def test_what_hangs_is_cancelled_at_the_deadline_or_in_a_hurry() -> None:
    for seconds, hurried in ((0.05, False), (60.0, True)):
        order, hurry = PerChatProcessor(), asyncio.Event()
        tasks = [asyncio.create_task(_run(order, asyncio.Event().wait())) for _ in range(3)]  # type: ignore[arg-type]
        await asyncio.sleep(0)
        if hurried:
            hurry.set()
        assert await order.drain(seconds, hurry) == 3
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (order.in_hand, order._lanes._locks) == (0, {})
