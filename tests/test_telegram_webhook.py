"""Telegram calls us: what the webhook takes, what it refuses, and that nothing is lost or said twice on its way."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.channels.telegram import serve
from bot.channels.telegram.memory.inbox import JSON, Inbox
from bot.channels.telegram.transport import server
from bot.channels.telegram.transport.webhook import LARGEST_BODY, SECRET_HEADER
from bot.errors import ChannelError
from tests.telegram_bot import FAST, SENTENCE, SHARED, Library, Running, hook_options, options, running
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.world import BOT_ID

ALICE, BOB = 7, 8


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(hook_delay=0.02) as server:
        yield server


@pytest.fixture
async def bot(fake: FakeTelegram, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(fake, tmp_path, webhook=True) as channel:
        yield channel


async def call(url: str, body: Any = b"{}", secret: str | None = SHARED, method: str = "POST") -> int:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    async with aiohttp.ClientSession() as session, session.request(method, url, data=body, headers=headers) as got:
        return got.status


def hook(fake: FakeTelegram) -> str:
    """Where the bot asked Telegram to call."""
    assert fake.webhook is not None
    return fake.webhook.url


async def test_a_stranger_without_the_secret_is_turned_away_and_leaves_no_words(
    fake: FakeTelegram, bot: Running, caplog: pytest.LogCaptureFixture
) -> None:
    body = b'{"update_id": 1, "message": {"text": "a forged question"}}'
    statuses = [await call(hook(fake), body, secret) for secret in (None, "", "wrong", SHARED + "x", "é")]
    assert statuses == [403] * 5
    assert caplog.text.count("without its secret") == 1
    assert "forged" not in caplog.text
    assert SHARED not in caplog.text
    assert not bot.library.asked


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"no json", 400),
        (b'{"update_id": 5, "x": ' + b"[" * 100_000, 400),
        (b'{"update_id": 5, "x": ' + b'{"x":' * 100_000, 400),
        (b'{"update_id": 9' + b"9" * 30 + b', "message": {}}', 400),
        (b'{"update_id": -1, "message": {}}', 400),
        (b"[]", 400),
        (b'{"message": {}}', 400),
        (b'{"update_id": 5, "x": "' + b"x" * LARGEST_BODY + b'"}', 413),
        (b'{"update_id": 6, "message": {"message_id": "seven"}}', 200),
    ],
    ids=[
        "no json",
        "lists in lists",
        "objects in objects",
        "no such number",
        "below nothing",
        "no object",
        "no number",
        "too large",
        "unreadable",
    ],
)
@pytest.mark.usefixtures("bot")
async def test_a_body_that_is_no_update_harms_nothing(fake: FakeTelegram, body: bytes, status: int) -> None:
    assert await call(hook(fake), io.BytesIO(body)) == status
    assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?")).text


@pytest.mark.usefixtures("bot")
async def test_only_posts_to_the_hook_are_taken(fake: FakeTelegram) -> None:
    root = hook(fake).removesuffix("/hook")
    assert [await call(hook(fake), method="GET"), await call(root + "/other")] == [405, 404]


@pytest.mark.usefixtures("bot")
async def test_health_is_told_to_whoever_asks(fake: FakeTelegram) -> None:
    root = hook(fake).removesuffix("/hook")
    assert [await call(f"{root}/{path}", None, None, "GET") for path in ("healthz", "readyz")] == [200, 200]


async def test_an_update_that_comes_twice_is_answered_once(fake: FakeTelegram, bot: Running) -> None:
    asked = fake.say(ALICE, "Who?", always=True)
    await fake.wait_sent(1)
    assert fake.webhook is not None
    number, _ = fake.webhook.deliveries[0]
    fake._updates.append({"update_id": number, "message": asked})
    fake._notify()
    await fake.until(lambda: not fake.pending())
    assert SENTENCE in (await fake.say_and_wait(ALICE, "And now?")).text
    assert bot.library.asked == ["Who?", "And now?"]


async def test_calls_that_come_together_are_written_down_together_or_all_put_off_and_each_is_answered_once(
    fake: FakeTelegram, bot: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    plain = Inbox.take

    def take(inbox: Inbox, updates: list[JSON]) -> list[JSON]:
        written.append(len(updates))
        if len(written) == 1:
            raise OSError("no disk")
        return plain(inbox, updates)

    asked = fake.say(ALICE, "Who?", always=True)
    await fake.wait_sent(1)
    assert fake.webhook is not None
    number, _ = fake.webhook.deliveries[0]
    monkeypatch.setattr(Inbox, "take", take)
    people = range(101, 111)
    messages = [asked | {"chat": fake.world.chat(who), "text": f"Who is {who}?"} for who in people]
    updates = [{"update_id": number + place, "message": one} for place, one in enumerate(messages, 1)]
    bodies = [json.dumps(update).encode() for update in updates for _ in range(2)]
    statuses = await asyncio.gather(*(call(hook(fake), body) for body in bodies))
    assert statuses.count(500) >= written[0] > 1
    assert await asyncio.gather(*(call(hook(fake), body) for body in bodies)) == [200] * 20
    await fake.wait_sent(11)
    assert sorted(bot.library.asked[1:]) == [message["text"] for message in messages]


async def test_an_update_that_comes_again_while_it_is_in_hand_stays_written_down(
    fake: FakeTelegram, bot: Running, tmp_path: Path
) -> None:
    asked = fake.say(ALICE, "slow question")
    await asyncio.wait_for(bot.library.at_gate.wait(), 30)
    assert fake.webhook is not None
    number, _ = fake.webhook.deliveries[0]
    fake._updates.append({"update_id": number, "message": asked})
    fake._notify()
    await fake.until(lambda: not fake.pending())
    assert SENTENCE in (await fake.say_and_wait(BOB, "And now?")).text
    inbox = Inbox(tmp_path, BOT_ID)
    assert [update["update_id"] for update in inbox.recover()[0]] == [number]
    inbox.close()


async def test_when_the_queue_is_full_questions_are_put_off_and_buttons_pass(
    fake: FakeTelegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.transport.polling.BACKLOG", 1)
    monkeypatch.setattr("bot.channels.telegram.transport.webhook.RETRY_AFTER_FULL", 1)
    async with running(fake, tmp_path, webhook=True) as bot:
        sent = await fake.say_and_wait(9, "before")
        for chat in (1, 2):
            fake.say(chat, "slow question")
        await fake.until(lambda: not fake.pending())
        fake.say(ALICE, "too much now")
        assert fake.webhook is not None
        await fake.until(lambda: fake.webhook is not None and 503 in dict(fake.webhook.deliveries).values())
        fake.press_data(sent, "whatever")
        await fake.until(lambda: fake.pending() == 1)
        assert bot.library.asked == ["before", "slow question", "slow question"]
        root = hook(fake).removesuffix("/hook")
        assert await call(f"{root}/readyz", None, None, "GET") == 503
        assert await call(f"{root}/healthz", None, None, "GET") == 200
        bot.library.gate.set()
        assert len(await fake.wait_sent(1, ALICE)) == 1


async def test_what_comes_during_the_stop_is_answered_after_the_next_start(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, webhook=True) as bot:
        fake.say(ALICE, "slow question")
        await asyncio.wait_for(bot.library.at_gate.wait(), 30)
        bot.stop.set()
        await asyncio.sleep(0.05)
        fake.say(BOB, "just too late")
        await fake.until(lambda: fake.webhook is not None and fake.webhook.last_error != "")
        bot.library.gate.set()
        assert await asyncio.wait_for(bot.task, 30) == 0
    assert len(fake.sent(ALICE)) == 1
    async with running(fake, tmp_path, webhook=True) as bot:
        assert len(await fake.wait_sent(1, BOB)) == 1
        assert bot.library.asked == ["just too late"]


async def test_polling_ends_a_webhook_and_a_webhook_ends_polling(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, webhook=True):
        assert fake.webhook is not None
    async with running(fake, tmp_path):
        assert fake.webhook is None
        await fake.say_and_wait(ALICE, "Who?")
        with pytest.raises(ChannelError, match="another `quoth telegram` answers with this folder"):
            await serve(options(fake, tmp_path), Library())
    async with running(fake, tmp_path, webhook=True):
        assert SENTENCE in (await fake.say_and_wait(ALICE, "And now?")).text


async def test_a_webhook_that_somebody_removed_is_set_again(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(fake, tmp_path, webhook=True, pace=replace(FAST, check=0.05)):
        assert fake.webhook is not None
        old, fake.webhook = fake.webhook, None
        await old.close()
        assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?")).text
    assert "another program sets or removes the webhook" in caplog.text


async def test_the_owner_hears_that_telegram_cannot_reach_the_webhook(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(fake, tmp_path, webhook=True, pace=replace(FAST, check=0.05)):
        assert fake.webhook is not None
        fake.webhook.last_error = "Connection timed out"
        await fake.until(lambda: len(fake.called("getWebhookInfo")) >= 3)
    assert caplog.text.count("Telegram could not reach the webhook: Connection timed out") == 1


async def test_a_webhook_that_telegram_refuses_or_a_taken_address_ends_the_start(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    chosen = options(fake, tmp_path, webhook=replace(hook_options(), url="http://:80/hook"))
    with pytest.raises(ChannelError, match=r"refuses the webhook: .*invalid webhook url.*; mend telegram_webhook_url"):
        await serve(chosen, Library(), stop=asyncio.Event(), pace=FAST)
    port = int(fake.base_url.rpartition(":")[2])
    with pytest.raises(ChannelError, match=rf"127.0.0.1:{port}: .* in use; stop what listens there"):
        await serve(
            options(fake, tmp_path, webhook=replace(hook_options(), port=port)), Library(), stop=asyncio.Event()
        )


async def test_the_secret_is_in_no_log_and_no_repr(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert SHARED not in repr(options(fake, tmp_path, webhook=hook_options()))
    async with running(fake, tmp_path, webhook=True):
        await fake.say_and_wait(ALICE, "a secret question")
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]
    assert told
    assert not [line for line in told if "secret question" in line]
    assert SHARED not in "\n".join(record.getMessage() for record in caplog.records if record.levelno >= logging.INFO)


async def test_half_open_connections_are_closed_and_make_room(
    fake: FakeTelegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "LIMITS", replace(server.LIMITS, receiving=1.0, connections=10, of_one_client=10))
    async with running(fake, tmp_path, webhook=True):
        port = urlsplit(hook(fake)).port
        head = f"POST /hook HTTP/1.1\r\nHost: localhost\r\n{SECRET_HEADER}: {SHARED}\r\n"
        body = f"{head}Content-Length: 30\r\n\r\n"
        begun = ("", "POST /hook HT", head, body, f'{body}{{"upd')
        opened = []
        for number in range(40):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(begun[number % len(begun)].encode())
            opened.append((reader, writer))
        # They take the place of nobody who asks.
        assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?", timeout=10)).text
        # And none is kept, whatever drips in.
        opened[-1][1].write(b"a")
        for reader, writer in opened:
            with suppress(ConnectionResetError):
                assert (await asyncio.wait_for(reader.read(), 20))[:12] in (b"", b"HTTP/1.1 408", b"HTTP/1.1 503")
            writer.close()
