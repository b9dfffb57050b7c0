"""What the wire does to the Telegram channel, and how it lives on or ends: the real channel over real HTTP."""

import asyncio
import logging
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import aiohttp
import httpx
import pytest

from bot.catalogue import Catalogue
from bot.channels.telegram import TelegramOptions, serve
from bot.channels.telegram.transport.health import CONFLICTS
from bot.channels.telegram.transport.log_filter import redact_logs
from bot.errors import ChannelError, TokenError
from tests.telegram_bot import FAST, SENTENCE, Library, free_port, options, running
from tests.telegram_server.server import TOKEN, FakeTelegram, fake_in_thread
from tests.telegram_server.wire import CloseSocket, DeliverThenHang, Fault, Hang, Late, Status, refusal, too_many

ALICE, BOB, GROUP = 7, 8, -1001
LOOK = Catalogue("en").text("no_receipt")
UNAUTHORIZED = refusal(401, "Unauthorized")
CONFLICT = refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one ...")
PAGE = Status(502, "<html>Bad Gateway</html>")


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.mark.parametrize(
    "fault",
    [UNAUTHORIZED, CONFLICT, refusal(502, "Bad Gateway"), PAGE, Status(200, "no json"), CloseSocket(), Hang()],
    ids=["401", "409", "502", "page", "no json", "closed", "hung"],
)
async def test_two_failed_polls_do_not_stop_the_answers(
    fake: FakeTelegram, tmp_path: Path, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    # A read timeout counts on top of the long poll's own length.
    async with running(fake, tmp_path, pace=replace(FAST, poll=0, read=0.5)):
        fake.fail("getUpdates", fault, times=2)
        fake.say(ALICE, "is anybody there?")
        await fake.wait_sent(1)
        assert not fake._planned("getupdates", fake.calls[-1].arguments)
    assert caplog.text or isinstance(fault, Hang)
    # What a broken proxy sends may be anything, people's words too.
    assert not [words for words in ("anybody", "Gateway</html>", "no json") if words in caplog.text]


async def test_an_update_nobody_can_read_is_passed_over(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(fake, tmp_path) as bot:
        poison = fake.push(message={"text": "a secret", "chat": 5})
        fake.push(message={"message_id": "seven"}, novelty={})
        await fake.say_and_wait(ALICE, "still there?")
        assert bot.library.asked == ["still there?"]
        await fake.until(lambda: not fake.pending())
    told = [record.getMessage() for record in caplog.records if "could not be read" in record.getMessage()]
    assert len(told) == 2
    assert f"id {poison}, ['message', 'update_id']" in told[0]
    assert "secret" not in caplog.text


@pytest.mark.parametrize("method", ["getMe", "getUpdates"])
async def test_a_token_rejected_three_times_ends_the_channel(fake: FakeTelegram, tmp_path: Path, method: str) -> None:
    fake.fail(method, UNAUTHORIZED, times=99)
    with pytest.raises(TokenError, match="rejected three times; ask @BotFather") as caught:
        async with running(fake, tmp_path) as bot:
            await asyncio.wait_for(bot.task, 30)
    assert TOKEN not in repr(caught.value) + repr(caught.value.__context__) + repr(caught.value.__cause__)
    assert len(fake.called(method)) >= 3


async def test_two_rejections_at_the_start_are_forgiven(fake: FakeTelegram, tmp_path: Path) -> None:
    fake.fail("getMe", UNAUTHORIZED, times=2)
    async with running(fake, tmp_path):
        assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?")).text


@pytest.mark.parametrize(("token", "cause"), [("", "missing"), ("hunter2", "malformed")])
async def test_a_missing_or_malformed_token_is_told_before_anything_is_sent(
    fake: FakeTelegram, tmp_path: Path, token: str, cause: str
) -> None:
    with pytest.raises(TokenError, match=cause) as caught:
        await serve(options(fake, tmp_path, token=token), Library(), stop=asyncio.Event())
    assert "hunter2" not in str(caught.value)
    assert not fake.calls


async def test_another_program_with_the_same_token_ends_the_channel(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ChannelError, match="another program polls with the same token; stop it"):
        async with running(fake, tmp_path) as bot:
            fake.fail("getUpdates", CONFLICT, times=99)
            await asyncio.wait_for(bot.task, 30)
    assert caplog.text.count("another program polls") == 1
    assert len(fake.called("getUpdates")) >= CONFLICTS


async def test_a_server_away_at_the_start_is_waited_for_and_then_given_up(fake: FakeTelegram, tmp_path: Path) -> None:
    fake.fail("getMe", PAGE, times=3)
    fake.fail("deleteWebhook", CloseSocket(), times=2)
    async with running(fake, tmp_path):
        assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?")).text
    fake.fail("getMe", PAGE, times=99)
    with pytest.raises(
        ChannelError,
        match=r"http://127.0.0.1:\d+ cannot be reached: the server answers with an error .*; check the address",
    ):
        async with running(fake, tmp_path, pace=replace(FAST, dead=0.2)):
            pass


async def test_polling_that_stays_dead_ends_the_channel(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # Far enough apart that a busy machine looks at the polling between the two.
    pace = replace(FAST, poll=0, unhealthy=0.1, dead=3.0)
    with pytest.raises(ChannelError, match=r"no poll went well for \d+ s: .*check the network"):
        async with running(fake, tmp_path, pace=pace) as bot:
            fake.fail("getUpdates", Hang(), times=99)
            await asyncio.wait_for(bot.task, 30)
    assert caplog.text.count("no poll went well for") == 1


@pytest.mark.filterwarnings("ignore:.*retry_after")
async def test_telegram_that_asks_to_poll_later_is_not_dead(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # Asked to wait for longer than it takes to be given up.
    async with running(fake, tmp_path, pace=replace(FAST, poll=0, unhealthy=2.0, dead=0.9)):
        fake.fail("getUpdates", too_many(1))
        await fake.until(lambda: any(call.status == 429 for call in fake.called("getUpdates")))
        fake.say(ALICE, "Who?")
        assert SENTENCE in (await fake.wait_sent(1, ALICE))[0].text
    assert "Telegram asks to wait 1 s before the next poll" in caplog.text


async def test_a_stop_is_heard_while_the_server_is_away(fake: FakeTelegram, tmp_path: Path) -> None:
    fake.fail("getMe", Hang(), times=99)
    stop = asyncio.Event()
    task = asyncio.create_task(serve(options(fake, tmp_path), Library(), stop=stop, pace=replace(FAST, read=60)))
    await fake.until(lambda: bool(fake.called("getMe")))
    stop.set()
    assert await asyncio.wait_for(task, 30) == 0


async def test_a_message_without_a_receipt_is_not_sent_twice(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, pace=replace(FAST, read=0.5)):
        fake.fail("sendMessage", DeliverThenHang(), chat=ALICE)
        await fake.say_and_wait(ALICE, "first")
        fake.say(ALICE, "second")
        sent = await fake.wait_sent(3, ALICE)
        assert [one.text == LOOK for one in sent] == [False, True, False]


@pytest.mark.parametrize("fault", [CloseSocket(), PAGE, refusal(403, "Forbidden: bot was blocked by the user")])
async def test_a_reply_that_fails_harms_no_other(
    fake: FakeTelegram, tmp_path: Path, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(fake, tmp_path):
        fake.fail("sendMessage", fault)
        fake.say(ALICE, "my secret question")
        await fake.until(lambda: len(fake.called("sendMessage")) == 1)
        assert SENTENCE in (await fake.say_and_wait(BOB, "Who?")).text
    blocked = isinstance(fault, Status) and fault.code == 403
    assert [sent.text for sent in fake.sent(ALICE)] == [] if blocked else [LOOK]
    assert "secret" not in caplog.text


async def test_html_that_telegram_refuses_is_sent_as_plain_text(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path):
        fake.fail("sendMessage", refusal(400, 'Bad Request: can\'t parse entities: Unsupported start tag "x"'))
        sent = await fake.say_and_wait(ALICE, "Who?")
        assert SENTENCE in sent.text
        assert "parse_mode" not in sent.arguments
        assert len(fake.called("sendMessage")) == 2


@pytest.mark.filterwarnings("ignore:.*retry_after")
async def test_a_429_delays_only_its_chat_and_loses_nothing(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path):
        fake.fail("sendMessage", too_many(1), chat=ALICE)
        fake.say(ALICE, "Who?")
        await fake.until(lambda: bool(fake.called("sendMessage")))
        await fake.say_and_wait(BOB, "And who?")
        assert not fake.sent(ALICE)
        assert len(await fake.wait_sent(1, ALICE)) == 1


@pytest.mark.filterwarnings("ignore:.*retry_after")
async def test_a_429_in_a_group_delays_only_that_group(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, webhook=True) as bot:
        fake.fail("sendMessage", too_many(1), chat=GROUP)
        asked = [fake.say(GROUP, f"/ask {question}") for question in ("first", "second")]
        await fake.until(lambda: bool(fake.called("sendMessage")))
        assert SENTENCE in (await fake.say_and_wait(BOB, "And who?")).text
        assert not fake.sent(GROUP)
        sent = await fake.wait_sent(2, GROUP)
        assert [message.reply_to for message in sent] == [message["message_id"] for message in asked]
        assert bot.library.asked == ["first", "And who?", "second"]


async def test_a_second_poller_that_comes_and_goes_costs_no_answer(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(fake, tmp_path), aiohttp.ClientSession() as session:
        url = f"{fake.base_url}/bot{TOKEN}/getUpdates"
        for _ in range(2):
            await fake.polled()
            async with session.post(url, json={"timeout": 0}) as got:
                assert got.status == 200
        assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?")).text
    assert caplog.text.count("another program polls with the same token") == 1


async def test_a_second_poller_that_stays_ends_the_channel(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path) as bot, aiohttp.ClientSession() as session:
        url = f"{fake.base_url}/bot{TOKEN}/getUpdates"

        async def rival() -> None:
            while True:
                async with session.post(url, json={"timeout": 50}) as got:
                    await got.read()

        polling = asyncio.create_task(rival())
        with pytest.raises(ChannelError, match="another program polls with the same token; stop it"):
            await asyncio.wait_for(bot.task, 30)
        polling.cancel()


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_a_long_burst_of_502_ends_by_itself(fake: FakeTelegram, tmp_path: Path, webhook: bool) -> None:
    async with running(fake, tmp_path, webhook=webhook, pace=replace(FAST, check=0.02)):
        method = "getWebhookInfo" if webhook else "getUpdates"
        before = len(fake.called(method))
        fake.fail(method, PAGE, times=4)
        fake.say(ALICE, "is anybody there?")
        await fake.wait_sent(1)
        await fake.until(lambda: len(fake.called(method)) >= before + 5)


async def test_a_jump_of_the_clock_turns_nobody_away(fake: FakeTelegram, tmp_path: Path) -> None:
    now = int(time.time())
    async with running(fake, tmp_path):
        # Ours is behind by a day: every message comes from the future.
        assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?", date=now + 86400)).text
        # Ours is ahead by a day: every message looks as if it had waited.
        assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?", date=now - 86400)).text


async def test_more_slow_sends_than_connections_lose_no_answer(
    fake: FakeTelegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.app.CONNECTIONS", httpx.Limits(max_connections=2))
    async with running(fake, tmp_path):
        fake.fail("sendMessage", Late(0.2), times=99)
        for chat in range(1, 13):
            fake.say(chat, "Who?")
        assert len({sent.chat for sent in await fake.wait_sent(12)}) == 12


async def test_a_webhook_survives_a_receipt_that_never_comes(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, webhook=True, pace=replace(FAST, read=0.5)):
        fake.fail("sendMessage", DeliverThenHang(), chat=ALICE)
        for question in ("first", "second"):
            fake.say(ALICE, question)
        sent = await fake.wait_sent(3, ALICE)
        assert [one.text == LOOK for one in sent] == [False, True, False]


async def test_a_reply_follows_its_group_when_that_moves(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path) as bot:
        fake.world.chat(-5, kind="group")
        fake.say(-5, "/ask slow question")
        await asyncio.wait_for(bot.library.at_gate.wait(), 30)
        fake.world.chat(-1005)
        fake.world.moved[-5] = -1005
        bot.library.gate.set()
        assert SENTENCE in (await fake.wait_sent(1, -1005))[0].text


async def test_an_answer_that_never_left_is_sent_when_telegram_is_back(tmp_path: Path) -> None:
    port, library = free_port(), Library()
    async with FakeTelegram(port=port) as before, AsyncExitStack() as stack:
        await stack.enter_async_context(running(before, tmp_path, library=library, pace=replace(FAST, second=0.05)))
        for question in ("slow question", "another"):
            before.say(ALICE, question)
        await asyncio.wait_for(library.at_gate.wait(), 30)
        await before.until(lambda: not before.pending())
        await before.__aexit__()
        library.gate.set()
        await asyncio.sleep(0.05)
        async with FakeTelegram(port=port) as after:
            after.world.chat(ALICE)
            sent = await after.wait_sent(2, ALICE)
            await stack.aclose()
    assert all(SENTENCE in one.text for one in sent)
    assert library.asked == ["slow question", "another"]
    assert len(after.called("sendMessage")) == 2


async def test_questions_in_hand_are_answered_at_the_stop(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path) as bot:
        for chat in range(1, 6):
            fake.say(chat, "slow question")
        await fake.until(lambda: not fake.pending() and len(bot.library.asked) == 5)
        bot.stop.set()
        await asyncio.sleep(0.05)
        bot.library.gate.set()
        assert await bot.task == 0
        assert len(fake.sent()) == 5


async def test_the_stop_does_not_wait_for_ever(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(fake, tmp_path, pace=replace(FAST, drain=0.1)) as bot:
        fake.say(ALICE, "slow question")
        await asyncio.wait_for(bot.library.at_gate.wait(), 30)
        bot.stop.set()
        assert await asyncio.wait_for(bot.task, 30) == 0
    assert "stopped with 1 updates in hand" in caplog.text


async def test_a_search_that_never_ends_is_given_up(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, pace=replace(FAST, answer=0.1)):
        assert "Something went wrong" in (await fake.say_and_wait(ALICE, "slow question")).text


async def test_the_token_and_the_questions_are_in_no_log(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(fake, tmp_path):
        fake.fail("getUpdates", UNAUTHORIZED)
        fake.fail("sendMessage", CloseSocket())
        fake.say(ALICE, "a secret question")
        await fake.until(lambda: bool(fake.called("sendMessage")))
        await fake.say_and_wait(ALICE, "another")
    assert len(caplog.records) > 10
    assert TOKEN not in caplog.text
    assert not [r for r in caplog.records if r.levelno >= logging.INFO and "secret" in r.getMessage()]


def test_the_token_is_blotted_out_of_messages_and_tracebacks(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    own = "123456:short"
    chosen = TelegramOptions(own, "http://localhost", "open", frozenset(), tmp_path)
    assert own not in repr(chosen)
    with redact_logs(own):
        logging.getLogger("httpx").info("POST /bot%s/getMe", own)
        try:
            raise ValueError(f"refused: {own}")
        except ValueError:
            logging.getLogger("x").exception("calling %s and %s", own, TOKEN)
    assert caplog.text.count("<token>") >= 3
    assert own not in caplog.text
    assert TOKEN not in caplog.text
    assert "POST" not in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_cleanly_after_the_questions_in_hand(
    tmp_path: Path, start_bot: Callable[..., subprocess.Popen[str]], number: signal.Signals
) -> None:
    with fake_in_thread() as fake:
        with start_bot(fake.base_url, fake.token, tmp_path, "0.3") as process:
            assert process.stdout is not None
            assert "is listening" in process.stdout.readline()
            for chat in range(1, 4):
                fake.say(chat, "Who?")
            fake.wait(lambda server: not server.pending())
            process.send_signal(number)
            out, log = process.communicate(timeout=20)
        assert (process.returncode, len(fake.sent())) == (0, 3)
        assert TOKEN not in out + log
        assert "Traceback" not in log
