"""The way to Telegram through proxies, and what is told when it is closed: over real proxies on this machine."""

import asyncio
import logging
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from telegram.error import NetworkError

from bot.channels.telegram.transport.checkup import examined
from bot.channels.telegram.transport.proxies import Way, proxy_to
from bot.channels.telegram.transport.troubles import cause_of
from bot.errors import ChannelError, MissingExtraError, NetworkSettingsError
from tests.proxy_servers import proxy
from tests.telegram_bot import FAST, SENTENCE, free_port, options, running
from tests.telegram_server.server import TOKEN, FakeTelegram
from tests.telegram_server.wire import Status, refusal

Quoth = Callable[..., subprocess.CompletedProcess[str]]

ALICE = 7
TELEGRAM = "https://api.telegram.org"
SHORT = replace(FAST, dead=0.2)


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.mark.parametrize(
    ("scheme", "login"),
    [("socks5", None), ("socks5h", "me:w%3Ard"), ("socks", None), ("http", "me:w%3Ard"), ("HTTP", None)],
)
async def test_a_question_is_answered_through_the_proxy(
    fake: FakeTelegram, tmp_path: Path, scheme: str, login: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kind = "socks" if scheme.startswith("socks") else "http"
    async with proxy(kind, login and "me:w:rd") as between:  # type: ignore[arg-type]
        address = f"{scheme}://{login + '@' if login else ''}127.0.0.1:{between.port}"
        async with running(fake, tmp_path, proxy=address):
            assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?")).text
    assert set(between.asked) == {fake.base_url.removeprefix("http://")}
    assert "w:rd" not in caplog.text
    assert "w%3Ard" not in caplog.text + repr(options(fake, tmp_path, proxy=address))


@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_a_proxy_that_refuses_is_named_as_the_cause(quoth: Quoth, shelf: Path, scheme: str) -> None:
    # In a process of its own: httpcore leaves the connection to a SOCKS proxy that refuses open.
    assert shelf.is_dir()
    async with proxy("socks" if scheme == "socks5" else "http", "me:word") as between:
        place = f"127.0.0.1:{between.port}"
        variables = {"QUOTH_TELEGRAM_TOKEN": TOKEN, "QUOTH_TELEGRAM_BASE_URL": "https://telegram.example"}
        variables["QUOTH_TELEGRAM_PROXY"] = f"{scheme}://me:wrong@{place}"
        ended = await asyncio.to_thread(quoth, "doctor", "--telegram", **variables)
    assert ended.returncode == 5
    assert f"ok   telegram: through the proxy {place}, from telegram_proxy\n" in ended.stdout
    assert (
        f"FAIL telegram: https://telegram.example cannot be reached: the proxy {place} (telegram_proxy) refuses to "
        "connect; check its address, name and password\n"
    ) in ended.stdout
    assert "wrong" not in ended.stdout + ended.stderr


async def test_a_proxy_that_does_not_listen_is_named_as_the_cause(fake: FakeTelegram, tmp_path: Path) -> None:
    port = free_port()
    with pytest.raises(ChannelError, match=rf"the proxy 127.0.0.1:{port} \(telegram_proxy\) does not listen"):
        async with running(fake, tmp_path, proxy=f"socks5://127.0.0.1:{port}", pace=SHORT):
            pass


@pytest.mark.parametrize(
    ("environment", "place"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://one:81"}, "one:81"),
        ({"https_proxy": "http://two", "HTTPS_PROXY": "http://one:81"}, "two:80"),
        ({"HTTP_PROXY": "http://one:81"}, None),
        ({"ALL_PROXY": "one:3128"}, "one:3128"),
        ({"all_proxy": "socks://one/"}, "one:1080"),
        ({"all_proxy": "socks5h://[fd00::1]:9050"}, "[fd00::1]:9050"),
        ({"all_proxy": "", "HTTPS_PROXY": " http://one:81 "}, "one:81"),
        ({"ALL_PROXY": "one:1", "NO_PROXY": "localhost,127.0.0.1,[::1]"}, "one:1"),
        ({"ALL_PROXY": "one:1", "NO_PROXY": "localhost,fd07:b51a:cc66:f0::/64"}, "one:1"),
        ({"ALL_PROXY": "one:1", "NO_PROXY": "*"}, None),
        ({"ALL_PROXY": "one:1", "NO_PROXY": "telegram.org"}, None),
        ({"ALL_PROXY": "one:1", "no_proxy": "a.org; .Telegram.ORG"}, None),
        ({"ALL_PROXY": "one:1", "no_proxy": "a.org *.telegram.org"}, None),
        ({"ALL_PROXY": "one:1", "no_proxy": "https://api.telegram.org"}, None),
        ({"ALL_PROXY": "one:1", "no_proxy": "api.telegram.org:443"}, None),
        ({"ALL_PROXY": "one:1", "no_proxy": "api.telegram.org:80"}, "one:1"),
        ({"ALL_PROXY": "one:1", "no_proxy": "gram.org,,"}, "one:1"),
    ],
)
def test_the_environment_names_proxies_as_people_write_them(environment: dict[str, str], place: str | None) -> None:
    found = proxy_to(TELEGRAM, None, environment)
    assert (found and found.place) == place


@pytest.mark.parametrize(
    ("server", "exception"),
    [
        ("http://10.1.2.3:8081", "10.0.0.0/8"),
        ("http://10.1.2.3:8081", "10.1.2.3"),
        ("http://10.1.2.3:8081", "10.1.2.3:8081"),
        ("http://[fd07::9]:8081", "[fd07::9]"),
        ("http://[fd07::9]:8081", "fd07::9"),
        ("http://[fd07::9]:8081", "[fd07::9]:8081"),
        ("http://[fd07::9]:8081", "fd07::/64"),
        ("http://bot-api:8081", "bot-api"),
    ],
)
def test_exceptions_name_servers_in_every_form(server: str, exception: str) -> None:
    assert proxy_to(server, None, {"all_proxy": "one:1"}) is not None
    assert proxy_to(server, None, {"all_proxy": "one:1", "no_proxy": f"x.org,{exception}"}) is None


def test_a_server_on_this_machine_needs_no_proxy_of_the_environment() -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        assert proxy_to(f"http://{host}:8081", None, {"all_proxy": "socks5://127.0.0.1:9050"}) is None


@pytest.mark.parametrize("address", ["socks4://one:1", "ftp://one", "://", "http://", "http://one:port", "one two:1"])
def test_what_is_no_proxy_is_told_with_the_place_that_names_it(address: str) -> None:
    with pytest.raises(NetworkSettingsError, match="telegram_proxy: not the address of a proxy; write one such as"):
        proxy_to(TELEGRAM, address)
    with pytest.raises(NetworkSettingsError, match="ALL_PROXY: not the address of a proxy"):
        proxy_to(TELEGRAM, None, {"ALL_PROXY": address})


def test_a_socks_proxy_without_the_extra_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    with pytest.raises(MissingExtraError, match=r"ALL_PROXY: a SOCKS proxy .*run `.+ install .*'httpx\[socks\]'`"):
        proxy_to(TELEGRAM, None, {"ALL_PROXY": "socks5://me:word@one:1"})


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_certificates_that_cannot_be_read_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "own.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(NetworkSettingsError, match=r"SSL_CERT_FILE \(.*own.pem\): .*; name a file of certificates"):
        await examined(options(FakeTelegram(token="1:x"), tmp_path, base_url=TELEGRAM))  # noqa: S106 - no token


async def test_a_server_without_tls_is_told(fake: FakeTelegram, tmp_path: Path) -> None:
    ((verdict, said),) = await examined(options(fake, tmp_path, base_url=fake.base_url.replace("http:", "https:")))
    assert verdict == "fail"
    assert "the TLS connection fails; check the address" in said


@pytest.mark.parametrize(
    ("deepest", "cause"),
    [
        (socket.gaierror(-2, "Name or service not known"), "the name api.telegram.org is not known"),
        (ssl.SSLCertVerificationError("self-signed"), "its certificate is not trusted"),
        (OSError(101, "Network is unreachable"), "no connection (ConnectError); check the network"),
    ],
)
def test_the_cause_is_found_below_the_errors_that_wrap_it(deepest: Exception, cause: str) -> None:
    wire, error = httpx.ConnectError("all attempts failed"), NetworkError("httpx.ConnectError: https://1:token")
    wire.__cause__, error.__cause__ = deepest, wire
    assert cause_of(error, Way(TELEGRAM)).startswith(cause)


@pytest.mark.parametrize("webhook", [False, True])
async def test_a_bot_that_was_moved_to_another_server_ends_with_that_reason(
    fake: FakeTelegram, tmp_path: Path, webhook: bool
) -> None:
    logged_out = refusal(400, "Logged out")
    fake.fail("getMe", logged_out)
    with pytest.raises(ChannelError, match="the bot was logged out from http://127"):
        async with running(fake, tmp_path, webhook=webhook):
            pass
    with pytest.raises(ChannelError, match="the bot was logged out from http://127"):
        async with running(fake, tmp_path, webhook=webhook, pace=replace(FAST, check=0.02)) as bot:
            fake.fail("getUpdates", logged_out, times=99)
            fake.fail("getWebhookInfo", logged_out, times=99)
            await asyncio.wait_for(bot.task, 30)


async def test_errors_of_the_server_are_not_taken_for_the_network(fake: FakeTelegram, tmp_path: Path) -> None:
    fake.fail("getMe", Status(502, "<html>"))
    ((_, said),) = await examined(options(fake, tmp_path))
    assert "the server answers with an error" in said
