"""Where a setting comes from, what is refused, and that a secret is never shown."""

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.aliases import aliases
from config.errors import ConfigError
from config.fields import host_and_port
from config.logs import redacted, set_up
from config.places import HARMLESS, PATHS
from config.secrets import telegram_token, webhook_secret
from config.settings import SETTINGS, Settings, effective, load, warnings
from index import tuning
from tests.telegram_server.server import fake_in_thread

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123"  # noqa: S105 - made up


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test an empty environment, home and working directory."""
    for name in list(os.environ):
        if name.upper().startswith("QUOTH_"):
            monkeypatch.delenv(name)
    for name, folder in (("HOME", "home"), ("XDG_CONFIG_HOME", "home/config"), ("XDG_DATA_HOME", "home/data")):
        (tmp_path / folder).mkdir(parents=True)
        monkeypatch.setenv(name, str(tmp_path / folder))
    (tmp_path / "here").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def origin(settings: Settings, name: str) -> tuple[str, str]:
    return {row[0]: row[1:] for row in effective(settings)}[name]


def test_nothing_given_means_the_defaults() -> None:
    settings = load()
    assert (settings.k1, settings.b, settings.passages, settings.engine) == (1.2, 0.75, 3, "auto")
    assert settings.telegram_access == "paired"
    assert settings.telegram_allowed == ()
    assert telegram_token(settings) is None
    assert settings.data_dir.name == "quoth"
    assert all(where == "default" for _, _, where in effective(settings))


def test_arguments_beat_the_environment_beats_the_file_beats_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("quoth.toml").write_text("k1 = 0.5\nb = 0.5\npassages = 5\n")
    monkeypatch.setenv("QUOTH_B", "0.6")
    monkeypatch.setenv("QUOTH_PASSAGES", "6")
    settings = load(passages=7, title_weight=None)
    assert origin(settings, "title_weight") == ("2", "default")
    assert origin(settings, "k1") == ("0.5", "quoth.toml")
    assert origin(settings, "b") == ("0.6", "QUOTH_B")
    assert origin(settings, "passages") == ("7", "argument")
    assert (settings.title_weight, settings.k1, settings.b, settings.passages) == (2, 0.5, 0.6, 7)


def test_the_file_is_looked_for_here_then_at_home_unless_it_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_home = home / "home" / "config" / "quoth" / "quoth.toml"
    at_home.parent.mkdir()
    at_home.write_text("k1 = 0.1")
    assert origin(load(), "k1") == ("0.1", str(at_home))
    Path("quoth.toml").write_text("k1 = 0.2")
    assert origin(load(), "k1") == ("0.2", "quoth.toml")
    (home / "third.toml").write_text("k1 = 0.3")
    monkeypatch.setenv("QUOTH_CONFIG", str(home / "third.toml"))
    assert origin(load(), "k1") == ("0.3", str(home / "third.toml"))
    monkeypatch.setenv("QUOTH_CONFIG", "gone.toml")
    with pytest.raises(ConfigError, match=r"^gone\.toml: No such file or directory; .*QUOTH_CONFIG"):
        load()


def test_a_file_in_the_working_directory_sets_what_is_harmless_alone_and_hides_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = home / "home" / "config" / "quoth" / "quoth.toml"
    own.parent.mkdir()
    own.write_text('passages = 4\nk1 = 0.9\ntelegram_base_url = "https://own.example"\ntelegram_allowed = "12"')
    Path("quoth.toml").write_text(
        'passages = 2\ntelegram_base_url = "http://evil.example"\ntelegram_access = "open"\n'
        'data_dir = "theirs"\nfetch_allowed = "127.0.0.1:22"\ntelegram_token_file = "/dev/stdin"'
    )
    settings = load()
    assert (settings.passages, settings.k1, settings.telegram_access) == (2, 0.9, "paired")
    assert (settings.telegram_base_url, settings.telegram_allowed) == ("https://own.example", (12,))
    assert (settings.data_dir.name, settings.fetch_allowed, settings.telegram_token_file) == ("quoth", (), None)
    assert origin(settings, "telegram_base_url") == ("https://own.example", str(own))
    (said,) = warnings(settings)
    refused = "data_dir, fetch_allowed, telegram_access, telegram_base_url, telegram_token_file"
    assert said.startswith(f"quoth.toml: {refused} are not taken from a file in the working directory")
    assert "--config quoth.toml" in said
    monkeypatch.setenv("QUOTH_CONFIG", "quoth.toml")
    assert (load().telegram_access, load().data_dir, warnings(load())) == ("open", Path("theirs"), [])
    monkeypatch.delenv("QUOTH_CONFIG")
    monkeypatch.chdir(own.parent)
    assert (load().telegram_allowed, warnings(load())) == ((12,), []), "one's own folder may be the working directory"


def test_every_setting_that_is_harmless_is_one() -> None:
    assert set(SETTINGS) > HARMLESS
    assert not [name for name in HARMLESS if name.startswith("telegram") or "token" in name or "dir" in name]


@pytest.mark.parametrize("place", ["QUOTH_DATA_DIR", "QUOTH_ALIASES", "QUOTH_TELEGRAM_TOKEN_FILE", "QUOTH_CONFIG"])
def test_the_home_of_nobody_is_told(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(place, "~nobody-of-this-name/x")
    with pytest.raises(ConfigError, match=rf"^{place}: ~nobody-of-this-name is the home of nobody here; write"):
        load()


@pytest.mark.parametrize("name", PATHS)
def test_a_path_with_a_nul_or_the_home_of_nobody_in_a_file_is_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_CONFIG", "quoth.toml")
    for value, said in ((r"a\u0000b", "the character NUL"), ("~nobody-of-this-name/x", "the home of nobody here")):
        Path("quoth.toml").write_text(f'{name} = "{value}"')
        with pytest.raises(ConfigError, match=rf"^quoth\.toml: {name}: .*{said}"):
            load()


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_TELEGRAM_TOKEN", "")
    monkeypatch.setenv("QUOTH_K1", "")
    settings = load()
    assert settings.telegram_token is None
    assert origin(settings, "k1") == ("1.2", "default")


def test_a_folder_named_in_the_file_lies_beside_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "etc").mkdir()
    (home / "etc" / "q.toml").write_text('data_dir = "index"\ntelegram_token_file = "~/token"')
    monkeypatch.setenv("QUOTH_CONFIG", str(home / "etc" / "q.toml"))
    settings = load()
    assert settings.data_dir == home / "etc" / "index"
    assert settings.telegram_token_file == home / "home" / "token"
    assert load(data_dir=Path("~/x")).data_dir == home / "home" / "x"


@pytest.mark.parametrize("given", ["12,-100345", " 12 , -100345 ,"])
def test_allowed_chats_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("QUOTH_TELEGRAM_ALLOWED", given)
    assert load().telegram_allowed == (12, -100345)
    assert origin(load(), "telegram_allowed") == ("12,-100345", "QUOTH_TELEGRAM_ALLOWED")


@pytest.mark.parametrize(("written", "read"), [("[12, -100345]", (12, -100345)), ('"12"', (12,)), ("12", (12,))])
def test_allowed_chats_in_the_file(written: str, read: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_CONFIG", "quoth.toml")
    Path("quoth.toml").write_text(f"telegram_allowed = {written}")
    assert load().telegram_allowed == read


def test_what_is_set_by_default_is_what_was_tuned() -> None:
    settings = load()
    assert (settings.k1, settings.b, settings.title_weight) == (tuning.BM25_K1, tuning.BM25_B, tuning.TITLE_WEIGHT)
    assert (settings.answered_at, settings.closest_at) == (tuning.ANSWERED_AT, tuning.CLOSEST_AT)
    assert settings.passages == tuning.ANSWER_PASSAGES


@pytest.mark.parametrize("place", ["file", "environment", "argument"])
def test_the_former_name_of_the_engine_is_still_accepted(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    if place == "file":
        Path("quoth.toml").write_text('engine = "embedded"')
    if place == "environment":
        monkeypatch.setenv("QUOTH_ENGINE", "embedded")
    settings = load(engine="embedded") if place == "argument" else load()
    assert settings.engine == "auto"
    assert origin(settings, "engine")[0] == "auto"


def test_a_log_level_and_an_address_are_tidied() -> None:
    settings = load(log_level="info", telegram_base_url="http://localhost:8081/")
    assert settings.log_level == "INFO"
    assert settings.telegram_base_url == "http://localhost:8081"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("passages", "0", "greater than or equal to 1, not '0'"),
        ("passages", "11", "less than or equal to 10, not '11'"),
        ("engine", "lucene", "'auto' or 'rank-bm25', not 'lucene'"),
        ("k1", "-0.1", "greater than or equal to 0"),
        ("k1", "inf", "finite number"),
        ("b", "1.1", "less than or equal to 1"),
        ("b", "much", "valid number"),
        ("answered_at", "nan", "less than or equal to 1|greater than or equal to 0|finite"),
        ("telegram_allowed", "12,me", "valid integer.*not 'me'"),
        ("telegram_access", "all", "'paired', 'listed' or 'open'"),
        ("telegram_base_url", "api.telegram.org", "starts with https://"),
        ("log_level", "loud", "'DEBUG'"),
    ],
)
def test_a_value_out_of_range_is_refused_with_its_place_and_meaning(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"QUOTH_{name.upper()}", value)
    with pytest.raises(ConfigError, match=said) as caught:
        load()
    assert str(caught.value).startswith(f"QUOTH_{name.upper()}: ")
    assert f"{name} is: {SETTINGS[name].metadata['description']}" in str(caught.value)
    monkeypatch.delenv(f"QUOTH_{name.upper()}")
    Path("quoth.toml").write_text(f'{name} = "{value}"')
    monkeypatch.setenv("QUOTH_CONFIG", "quoth.toml")
    with pytest.raises(ConfigError, match=rf"^quoth\.toml: {name}: .*(?:{said})"):
        load()


def test_every_wrong_place_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("quoth.toml").write_text("b = 7")
    monkeypatch.setenv("QUOTH_K1", "x")
    with pytest.raises(ConfigError) as caught:
        load(passages=99)
    lines = str(caught.value).splitlines()
    assert [line.split(": Input")[0] for line in lines] == ["argument: passages", "QUOTH_K1", "quoth.toml: b"]


def test_an_unknown_name_is_refused_and_the_nearest_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("quoth.toml").write_text("pasages = 3\n[xylophone]\ntitle = 1")
    with pytest.raises(ConfigError) as caught:
        load()
    assert str(caught.value).splitlines() == [
        "quoth.toml: pasages is not a setting; did you mean passages?",
        "quoth.toml: xylophone is not a setting; remove it; `quoth config` lists every setting",
    ]
    Path("quoth.toml").unlink()
    monkeypatch.setenv("QUOTH_DATADIR", "/x")
    with pytest.raises(ConfigError, match=r"QUOTH_DATADIR is not a setting; did you mean QUOTH_DATA_DIR\?"):
        load()
    monkeypatch.delenv("QUOTH_DATADIR")
    with pytest.raises(ConfigError, match=r"k2 is not a setting; did you mean k1\?"):
        load(k2=1)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"k1 = ]", "not TOML: .*line 1"), (b"\xff\xfe", "not UTF-8 text"), (b"k1 = 1\nk1 = 2", "not TOML")],
)
def test_a_file_that_is_no_toml_is_named(content: bytes, said: str) -> None:
    Path("quoth.toml").write_bytes(content)
    with pytest.raises(ConfigError, match=rf"^quoth\.toml: {said}"):
        load()


def test_settings_cannot_be_changed() -> None:
    settings = load()
    with pytest.raises(FrozenInstanceError):
        settings.k1 = 2.0  # type: ignore[misc]


def test_a_secret_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(telegram_token=TOKEN)
    assert telegram_token(settings) == TOKEN
    assert origin(settings, "telegram_token") == ("(hidden)", "argument")
    assert TOKEN not in repr(settings) + str(settings) + repr(effective(settings))
    # A token in the wrong place, or a place of the wrong type, must not be echoed either.
    attempts: list[dict[str, object]] = [
        {name: TOKEN}
        for name in SETTINGS
        if name not in {"data_dir", "aliases", "meaning", "serve_token", "telegram_proxy", "telegram_token"}
        and not name.endswith(("_file", "_ca", "_user", "_password", "_api_key"))
    ]
    attempts += [{"telegram_token": [TOKEN]}, {"telegram_token": {"a": TOKEN}}, {TOKEN: 1}]
    for attempt in attempts:
        with pytest.raises(ConfigError) as caught:
            load(**attempt)
        assert TOKEN[10:] not in f"{caught.value} {caught.value.__cause__}", attempt
    monkeypatch.setenv(f"QUOTH_{TOKEN}", "1")
    with pytest.raises(ConfigError) as caught:
        load()
    assert TOKEN[10:] not in str(caught.value)
    monkeypatch.delenv(f"QUOTH_{TOKEN}")
    for line in (
        f"telegram_token = {TOKEN}",
        f"telegram_token = [{TOKEN!r}]",
        f'telegram_token = "{TOKEN}',
        f'"{TOKEN}" = 1',
    ):
        monkeypatch.setenv("QUOTH_CONFIG", "quoth.toml")
        Path("quoth.toml").write_text(line)
        with pytest.raises(ConfigError) as caught:
            load()
        assert TOKEN[10:] not in str(caught.value), line
    Path("quoth.toml").unlink()
    monkeypatch.delenv("QUOTH_CONFIG")
    with pytest.raises(ConfigError) as caught:
        telegram_token(load(telegram_token_file=TOKEN))
    assert TOKEN[10:] not in str(caught.value)
    assert TOKEN[10:] not in repr(effective(load(telegram_token_file=TOKEN)))


def test_a_token_comes_from_its_file_without_the_line_end(home: Path) -> None:
    file = home / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o600)
    settings = load(telegram_token_file=file)
    assert telegram_token(settings) == TOKEN
    assert origin(settings, "telegram_token_file") == (str(file), "argument")
    assert telegram_token(load(telegram_token_file=file, telegram_token=SecretStr("1:other"))) == "1:other"


def test_a_token_file_that_everybody_can_read_is_refused(home: Path) -> None:
    file = home / "my token"
    file.write_text(TOKEN)
    file.chmod(0o644)
    with pytest.raises(ConfigError, match=rf"{file}: everybody can read the token; run `chmod 600 '{file}'`"):
        telegram_token(load(telegram_token_file=file))


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "contains 0 words"), (b"my token is 5", "contains 4 words"), (b"\xff\xfe\x00", "not a text file")],
)
def test_a_token_file_that_holds_something_else_is_refused(home: Path, content: bytes, said: str) -> None:
    file = home / "token"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(ConfigError, match=said):
        telegram_token(load(telegram_token_file=file))
    with pytest.raises(ConfigError, match="No such file or directory"):
        telegram_token(load(telegram_token_file=home / "gone"))


def test_a_webhook_needs_a_secret_that_telegram_takes(home: Path) -> None:
    with pytest.raises(ConfigError, match="a webhook needs a secret; set QUOTH_TELEGRAM_WEBHOOK_SECRET"):
        webhook_secret(load(telegram_webhook_url="https://example.org/hook"))
    good, wrong = "a-b_C", "no spaces"
    with pytest.raises(ConfigError, match=r"1 to 256 of A-Z a-z 0-9 _ and -; telegram_webhook_secret is"):
        load(telegram_webhook_secret=wrong)
    assert webhook_secret(load(telegram_webhook_secret=good)) == good
    file = home / "secret"
    file.write_text("ü\n")
    file.chmod(0o600)
    with pytest.raises(ConfigError, match=rf"{file}: Telegram does not accept this secret"):
        webhook_secret(load(telegram_webhook_secret_file=file))


def test_an_address_to_listen_at_is_a_host_and_a_port() -> None:
    assert host_and_port("127.0.0.1:8080") == ("127.0.0.1", 8080)
    assert host_and_port("[::1]:80") == ("::1", 80)
    for wrong in ("8080", "localhost", ":80", "localhost:99999", "localhost:http"):
        with pytest.raises(ConfigError, match=r"HOST:PORT, such as 127.0.0.1:8080"):
            load(telegram_metrics_listen=wrong)


def test_every_setting_is_described() -> None:
    assert SETTINGS.keys() == {name for name in Settings.__annotations__ if not name.startswith("_")}
    for name, setting in SETTINGS.items():
        assert setting.metadata["description"], name
        assert setting.metadata["description"].endswith("."), name


@pytest.mark.usefixtures("root_logger")
def test_a_record_is_one_line_without_a_token(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("WARNING")
    set_up("INFO")
    log = logging.getLogger("bot.channels.telegram")
    log.debug("not shown")
    log.info("POST https://api.telegram.org/bot%s/getMe\n\x1b[31mforged", TOKEN)
    try:
        raise OSError(f"https://api.telegram.org/bot{TOKEN.replace(':', '%3A')}/getMe")
    except OSError:
        log.exception("failed")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[0].endswith(
        r"INFO bot.channels.telegram: POST https://api.telegram.org/bot[token]/getMe\n\x1b[31mforged"
    )
    assert "Traceback" in lines[1]
    assert lines[1].endswith("/bot[token]/getMe")
    with pytest.raises(ValueError, match="LOUD"):
        set_up("LOUD")


def test_only_tokens_are_redacted() -> None:
    assert redacted(f"a {TOKEN} b") == "a [token] b"
    for text in ("at 12:30 in 127.0.0.1:8080/path", "000007: damaged", "1:abc"):
        assert redacted(text) == text


@pytest.mark.slow
def test_the_settings_start_without_the_bot_or_the_index() -> None:
    script = "import sys, config.settings; print(sorted({'telegram', 'numpy', 'index', 'bot'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout == b"[]\n"


def test_a_token_never_goes_to_an_address_that_came_with_a_folder(
    tmp_path: Path, environment: dict[str, str], quoth: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    assert environment
    own = tmp_path / "home" / ".config" / "quoth" / "quoth.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    with fake_in_thread() as fake, socket.create_server(("127.0.0.1", 0)) as theirs:
        address = f'telegram_base_url = "http://127.0.0.1:{theirs.getsockname()[1]}"\n'
        own.write_text(f'telegram_base_url = "{fake.base_url}"\n')
        (tmp_path / "here" / "quoth.toml").write_text(address)
        checked = quoth("doctor", "--telegram", QUOTH_TELEGRAM_TOKEN=fake.token)
        theirs.setblocking(False)
        with pytest.raises(BlockingIOError):
            theirs.accept()
    assert "telegram_base_url is not taken from a file in the working directory" in checked.stderr
    assert "ok   telegram" in checked.stdout or "ok   bot" in checked.stdout, checked.stdout
    (tmp_path / "here" / "quoth.toml").write_text("passages = 2\nk1 = 1.4\n")
    shown = quoth("--config", "quoth.toml", "config")
    assert (shown.stderr, "1.4  (" in shown.stdout) == ("", True)


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (0o644, "everybody can read the token"),
        (0o604, "everybody can read the token"),
        (0o640, "its group can read the token"),
        (0o620, "others can change the token"),
        (0o602, "others can change the token"),
        (0o666, "others can change the token"),
    ],
)
def test_a_secret_that_others_can_read_or_change_is_refused(home: Path, mode: int, said: str) -> None:
    file = home / "token"
    file.write_text(TOKEN)
    file.chmod(mode)
    with pytest.raises(ConfigError, match=rf"{file}: {said}; run `chmod 600 {file}`"):
        telegram_token(load(telegram_token_file=file))
    file.chmod(0o400)
    assert telegram_token(load(telegram_token_file=file)) == TOKEN


def test_a_secret_of_another_account_is_refused_unless_root_gives_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "token"
    file.write_text(TOKEN)
    file.chmod(0o640)
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1000)
    if own:
        with pytest.raises(ConfigError, match="another account owns"):
            telegram_token(load(telegram_token_file=file))
    else:
        assert telegram_token(load(telegram_token_file=file)) == TOKEN, "by way of its group"


PUT_INSTEAD: dict[str, Callable[[Path], None]] = {
    "a folder": Path.mkdir,
    "a named pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", PUT_INSTEAD)
def test_what_is_no_file_is_told_at_once_as_settings_aliases_or_secret(
    home: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = home / "odd"
    PUT_INSTEAD[kind](odd)
    said = rf"^{odd}: {kind}, not a file; "
    with pytest.raises(ConfigError, match=said):
        aliases(load(aliases=odd))
    with pytest.raises(ConfigError, match=said):
        telegram_token(load(telegram_token_file=odd))
    monkeypatch.setenv("QUOTH_CONFIG", str(odd))
    with pytest.raises(ConfigError, match=said):
        load()
    monkeypatch.delenv("QUOTH_CONFIG")
    PUT_INSTEAD[kind](Path("aliases.toml"))
    Path("quoth.toml").touch()
    with pytest.raises(ConfigError, match=rf"^aliases\.toml: {kind}"):
        aliases(load())
    Path("quoth.toml").unlink()
    PUT_INSTEAD[kind](Path("quoth.toml"))
    with pytest.raises(ConfigError, match=rf"^quoth\.toml: {kind}"):
        load()
