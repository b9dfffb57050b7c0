"""`quoth doctor --telegram`: what Telegram says about the bot, and what to tell BotFather."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.telegram_server.server import FakeInThread, FakeTelegram, fake_in_thread
from tests.telegram_server.wire import Arguments, CloseSocket

Quoth = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ask(quoth: Quoth, shelf: Path) -> Callable[..., tuple[int, list[str]]]:
    assert shelf.is_dir()

    def run(fake: FakeInThread, **variables: str) -> tuple[int, list[str]]:
        variables = {"QUOTH_TELEGRAM_TOKEN": fake.token} | variables
        ended = quoth("doctor", "--telegram", QUOTH_TELEGRAM_BASE_URL=fake.base_url, **variables)
        assert fake.token not in ended.stdout + ended.stderr
        return ended.returncode, [line for line in ended.stdout.splitlines() if " telegram: " in line]

    return run


def test_a_bot_that_is_set_up_well_is_told_so(ask: Callable[..., tuple[int, list[str]]]) -> None:
    with fake_in_thread() as fake:
        code, lines = ask(fake)
        assert fake.run(lambda server: {call.method for call in server.calls}) == {"getme", "getwebhookinfo"}
    assert code == 0
    assert lines == [
        "ok   telegram: the token is that of @quoth_test_bot",
        "ok   telegram: inline mode is on: @quoth_test_bot words",
        "ok   telegram: privacy mode is on: in groups it sees commands, mentions and replies to it",
        "ok   telegram: no webhook is set",
    ]


def test_switches_that_stand_otherwise_come_with_the_command_that_changes_them(
    ask: Callable[..., tuple[int, list[str]]],
) -> None:
    def other(server: FakeTelegram) -> None:
        server.world.bot |= {"supports_inline_queries": False, "can_read_all_group_messages": True}
        server.say(7, "waiting")

    with fake_in_thread() as fake:
        fake.run(other)
        code, lines = ask(fake, QUOTH_TELEGRAM_WEBHOOK_URL="https://a.org/hook", QUOTH_TELEGRAM_WEBHOOK_SECRET="s")  # noqa: S106
        fake.run(lambda server: server.world.bot.update(can_join_groups=False))
        _, without_groups = ask(fake)
    assert code == 0
    hints = "\n".join(line for line in lines if line.startswith("hint"))
    for words in ("/setinline", "/setprivacy", "not set to https://a.org/hook yet", "1 update waits; the next"):
        assert words in hints
    assert "/setjoingroups" in "\n".join(without_groups)


def test_a_webhook_while_polling_and_one_that_fails_are_named(ask: Callable[..., tuple[int, list[str]]]) -> None:
    async def hooked(server: FakeTelegram) -> None:
        await server.setWebhook(Arguments({"url": "http://127.0.0.1:9/hook"}))
        server.say(7, "nobody takes this")
        await server.until(lambda: server.webhook is not None and bool(server.webhook.last_error))

    with fake_in_thread() as fake:
        fake.do(hooked)
        code, lines = ask(fake)
    assert code == 5
    assert "hint telegram: a webhook is set, so another program may be taking the questions" in "\n".join(lines)
    assert "FAIL telegram: Telegram could not reach the webhook: Connection refused" in lines


def test_a_rejected_token_and_a_server_that_is_away_are_trouble(ask: Callable[..., tuple[int, list[str]]]) -> None:
    with fake_in_thread() as fake:
        code, lines = ask(fake, QUOTH_TELEGRAM_TOKEN=f"{fake.token[:-4]}AAAA")
        assert (code, len(lines)) == (5, 1)
        assert "the token is rejected; copy the current one" in lines[0]
        fake.run(lambda server: server.fail("getMe", CloseSocket(), times=9))
        code, lines = ask(fake)
        assert (code, len(lines)) == (5, 1)
        assert "cannot be reached" in lines[0]
        code, lines = ask(fake, QUOTH_TELEGRAM_TOKEN="")
        assert (code, len(lines)) == (2, 1)
