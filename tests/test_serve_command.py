"""`quoth serve` as a command: where it listens, who may ask, and how it stops."""

import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

TOKEN = "tok-9d1f_of.the-team"  # noqa: S105 (of the tests)


@pytest.mark.usefixtures("shelf")
def test_it_answers_until_it_is_stopped_and_the_log_holds_no_words(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / "token").chmod(0o600)
    variables = {"QUOTH_SERVE_TOKEN_FILE": str(tmp_path / "token"), "QUOTH_LOG_LEVEL": "INFO"}
    with start("serve", "--listen", "127.0.0.1:0", **variables) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = line.split()[2]
        request = urllib.request.Request(  # noqa: S310 (our own address)
            f"{address}v1/answer?q=Who+opened+the+footbridge+at+Saltmere%3F",
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        with urllib.request.urlopen(request) as reply:  # noqa: S310
            assert b"lamplighter" in reply.read()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (line, out, process.returncode) == (f"Answering at {address} (Ctrl-C stops)\n", "", 0)
    assert "GET /v1/answer status=200" in err
    assert err.count("asked state=answered") == 1
    assert not any(word in err for word in ("footbridge", "Saltmere", TOKEN, "127.0.0.1"))


def test_what_is_set_wrongly_is_told_with_what_to_do(
    together: Callable[..., list[subprocess.CompletedProcess[str]]], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wide, nowhere, busy = together(
            ["serve", "--listen", "0.0.0.0:0"],
            ["serve", "--listen", "8321"],
            ["serve", "--listen", f"127.0.0.1:{port}"],
        )
    (readable,) = together(["serve"], QUOTH_SERVE_TOKEN_FILE=str(tmp_path / "no token"))
    assert [one.returncode for one in (wide, nowhere, busy, readable)] == [2, 2, 5, 2]
    assert "--without-token" in wide.stderr
    assert "HOST:PORT" in nowhere.stderr
    assert "stop what listens there" in busy.stderr
    assert "serve_token_file" in readable.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HOSTS", "https://ask.example.org", "without https://"),
        ("ORIGINS", "www.example.org", "an origin is https://"),
        ("ORIGINS", "https://www.example.org/", "without a path"),
        ("PROXIES", "proxy.example.org", "a network"),
        ("RATE", "-1", "greater than or equal to 0"),
        ("LISTEN", "here", "HOST:PORT"),
    ],
)
def test_settings_that_are_none_are_refused(name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from config.errors import ConfigError
    from config.settings import load

    monkeypatch.setenv(f"QUOTH_SERVE_{name}", value)
    with pytest.raises(ConfigError, match=said):
        load()


def test_the_settings_become_the_options_of_the_channel(tmp_path: Path) -> None:
    from bot.commands.serving import channel_options as options
    from config.settings import load

    made = options(load(data_dir=tmp_path, serve_listen="[::1]:80", serve_hosts=("Ask.Example.org",), serve_rate=2.0))
    assert (made.host, made.port, made.hosts, made.token) == ("::1", 80, frozenset(["ask.example.org"]), None)
    assert made.limits.asked is not None
    assert (made.limits.asked.burst, made.limits.asked.every) == (8, 0.5)
    endless = options(load(data_dir=tmp_path, serve_rate=0, passages=5))
    assert endless.limits.asked is None
    assert endless.identity != made.identity
    (tmp_path / "aliases.toml").write_text('US = "United States"\n')
    assert options(load(data_dir=tmp_path, serve_rate=0, passages=5)).identity != endless.identity
