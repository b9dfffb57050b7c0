"""Order and limits, without a network: who waits for whom, and how fast the bot may speak."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Chat, Message, Update
from telegram.error import RetryAfter

from bot.channels.telegram.transport.per_chat import PerChatProcessor
from bot.channels.telegram.transport.rate_limits import ChatLimiter, Window

ALICE, GROUP = 7, -1001


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


class Telegram:
    """Takes calls and notes when; `refusals` are raised first."""

    def __init__(self, time: Time, refusals: list[int] | None = None) -> None:
        self.time, self.refusals = time, refusals or []
        self.at: list[float] = []

    async def __call__(self) -> bool:
        self.at.append(round(self.time.now, 3))
        if self.refusals:
            raise RetryAfter(self.refusals.pop(0))
        return True


async def call(limiter: ChatLimiter, telegram: Telegram, endpoint: str = "sendMessage", **to: Any) -> Any:
    return await limiter.process_request(telegram, (), {}, endpoint, to, None)


def limited(refusals: list[int] | None = None) -> tuple[ChatLimiter, Telegram, Time]:
    time = Time()
    return ChatLimiter(time.clock, time.sleep), Telegram(time, refusals), time


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
    limiter, telegram, _ = limited()
    for _ in range(5):
        await call(limiter, telegram, chat_id=ALICE)
    assert telegram.at == [0, 0, 0, 3, 3]


async def test_a_group_gets_twenty_a_minute() -> None:
    limiter, telegram, _ = limited()
    for _ in range(21):
        await call(limiter, telegram, chat_id=GROUP)
    assert telegram.at[19] < 1
    assert telegram.at[20] == 60


async def test_all_chats_together_get_less_than_thirty_a_second_evenly() -> None:
    limiter, telegram, _ = limited()
    for chat in range(1, 61):
        await call(limiter, telegram, chat_id=chat)
    assert telegram.at[:4] == [0, 0, 0, 0.11]
    assert all(later - earlier >= 1.0 for earlier, later in zip(telegram.at, telegram.at[30:], strict=False))


async def test_calls_without_a_chat_never_wait() -> None:
    limiter, telegram, _ = limited()
    for _ in range(100):
        await call(limiter, telegram, "answerCallbackQuery")
    assert telegram.at == [0.0] * 100


@pytest.mark.filterwarnings("ignore:.*retry_after")
async def test_a_429_is_waited_for_and_repeated_once() -> None:
    limiter, telegram, _ = limited([4])
    assert await call(limiter, telegram, chat_id=ALICE) is True
    assert telegram.at == [0, 4]
    limiter, telegram, _ = limited([4, 4])
    with pytest.raises(RetryAfter):
        await call(limiter, telegram, chat_id=ALICE)
    limiter, telegram, _ = limited([31])
    with pytest.raises(RetryAfter):
        await call(limiter, telegram, chat_id=ALICE)
    assert telegram.at == [0]


@pytest.mark.filterwarnings("ignore:.*retry_after")
async def test_a_429_shuts_the_gate_of_its_chat_only() -> None:
    limiter, telegram, time = limited([31])
    with pytest.raises(RetryAfter):
        await call(limiter, telegram, chat_id=ALICE)
    await call(limiter, telegram, chat_id=GROUP)
    assert time.now == 0
    await call(limiter, telegram, chat_id=ALICE)
    assert telegram.at == [0, 0, 31]


@pytest.mark.filterwarnings("ignore:.*retry_after")
async def test_typing_is_dropped_rather_than_waited_for() -> None:
    limiter, telegram, _ = limited()
    for _ in range(2):
        await call(limiter, telegram, chat_id=ALICE)
    assert await call(limiter, telegram, "sendChatAction", chat_id=ALICE) is True
    assert len(telegram.at) == 2
    limiter, telegram, _ = limited([5])
    assert await call(limiter, telegram, "sendChatAction", chat_id=ALICE) is True
    assert telegram.at == [0]


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
    assert (order.in_hand, order._locks) == (0, {})


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
    assert order._locks == {}


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
        assert (order.in_hand, order._locks) == (0, {})
