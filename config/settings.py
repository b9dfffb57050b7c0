"""Define every setting and load its value.

A value comes from the first of: the arguments of `load`, the environment (`QUOTH_K1`), a file of settings, the default.
Files are the `quoth.toml` in the working directory, for what is harmless, and the one in the user's configuration
folder; or the one that `QUOTH_CONFIG` names, alone (see `config.places`). What is no setting is an error.

pydantic checks what is set, by the types that stand here; `config.fields` says what they mean. It takes longer to
import than a question to answer, so where no more than folders and files are named it is left alone.
"""

from __future__ import annotations

import os
from dataclasses import Field as Setting
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

from platformdirs import user_data_dir

from config import places
from config.errors import ConfigError
from config.logs import redacted
from config.places import CONFIG_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydantic import Field, SecretStr

    from config.fields import (
        Address,
        Addresses,
        Engine,
        Hosts,
        LogLevel,
        Networks,
        Numbers,
        Origins,
        Place,
        Prefix,
        Servers,
        Share,
        WebAddress,
        WebhookSecret,
    )

PREFIX: Final = "QUOTH_"


def _data_dir() -> Path:
    return Path(user_data_dir("quoth", appauthor=False))


def _is(default: Any, description: str) -> Any:
    return field(default=default, metadata={"description": description})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings. Made by `load`, which turns what is wrong with a value into `ConfigError`."""

    data_dir: Place = field(default_factory=_data_dir, metadata={"description": "Folder of the index."})
    passages: Annotated[int, Field(ge=1, le=10)] = _is(3, "Most passages in an answer, 1 to 10.")
    engine: Engine = _is("auto", "Engine that ranks the passages: the fastest for this index, or rank-bm25 (slow).")
    k1: Annotated[float, Field(ge=0, allow_inf_nan=False)] = _is(1.2, "BM25: how much a repeated word still adds.")
    b: Share = _is(0.75, "BM25: how much a long passage loses, 0 to 1.")
    title_weight: Annotated[int, Field(ge=0, le=10)] = _is(2, "How many times a title word counts, 0 to 10.")
    answered_at: Share = _is(0.80, "Confidence from which a question counts as answered, 0 to 1.")
    closest_at: Share = _is(0.50, "Confidence from which the closest passages are shown, 0 to 1.")
    aliases: Place | None = _is(
        None, "TOML file of names and their other forms; default: aliases.toml beside quoth.toml or in data_dir."
    )
    cluster: Servers = _is((), "Hosts of an OpenSearch cluster that answers, e.g. https://search-1.example:9200.")
    cluster_user: str | None = _is(None, "Name of this program's user in the cluster.")
    cluster_password: SecretStr | None = _is(None, "Password of that user.")
    cluster_password_file: Place | None = _is(None, "File that contains only that password, not readable by everybody.")
    cluster_api_key: SecretStr | None = _is(None, "API key instead of user and password.")
    cluster_api_key_file: Place | None = _is(None, "File that contains only that key, not readable by everybody.")
    cluster_ca: Place | None = _is(
        None, "File of the authority that signed the cluster's certificates, if it is your own."
    )
    cluster_timeout: Annotated[float, Field(ge=0.1, le=600)] = _is(
        5.0, "Seconds that one question may wait for the cluster."
    )
    cluster_prefix: Prefix = _is("quoth", "What the names of its indices begin with.")
    meaning: Place | None = _is(
        None, "Folder of a model of meaning, for other words and other languages, see docs/meaning.md."
    )
    fetch_allowed: Addresses = _is(
        (), "Private hosts that addresses may lead to, each with its port, e.g. 192.168.1.7:8080."
    )
    serve_listen: Address = _is("127.0.0.1:8321", "Host and port of the page and the API.")
    serve_token: SecretStr | None = _is(None, "Token that whoever asks over HTTP has to send.")
    serve_token_file: Place | None = _is(None, "File that contains only that token, not readable by everybody.")
    serve_hosts: Hosts = _is((), "Names that the server is reached by, e.g. ask.example.org.")
    serve_origins: Origins = _is((), "Origins of web pages whose scripts may read answers: https://example.org; or *.")
    serve_proxies: Networks = _is((), "Addresses or networks of proxies that are believed who asks, e.g. 127.0.0.1.")
    serve_rate: Annotated[float, Field(ge=0, le=100_000)] = _is(
        10, "Requests a second of one token or address; 0 for any number."
    )
    watch: bool = _is(False, "Whether the bot and the console take in what changes in the sources.")
    telegram_token: SecretStr | None = _is(None, "Token of the bot, from BotFather.")
    telegram_token_file: Place | None = _is(None, "File that contains only the token, not readable by everybody.")
    telegram_base_url: WebAddress = _is(
        "https://api.telegram.org", "Address of the Bot API server, if you run your own."
    )
    telegram_proxy: SecretStr | None = _is(
        None, "Proxy on the way to Telegram, e.g. socks5://127.0.0.1:1080; default: that of the environment."
    )
    telegram_access: Literal["paired", "listed", "open"] = _is(
        "paired", "Who may ask: chats paired by a code, listed chats, or everybody."
    )
    telegram_allowed: Numbers = _is((), "Ids of users and chats that may ask, e.g. 12,-100345.")
    telegram_leave_groups: bool = _is(True, "Leave groups that may not ask, after a polite line.")
    telegram_hourly: Annotated[int, Field(ge=1)] = _is(
        60, "Questions that one person, or group, may ask in an hour; owners have no limit."
    )
    telegram_webhook_url: WebAddress | None = _is(
        None, "Public https address that Telegram calls; without it the bot polls."
    )
    telegram_webhook_secret: WebhookSecret | None = _is(
        None, "Secret that Telegram sends with each call: 1 to 256 of A-Z a-z 0-9 _ and -."
    )
    telegram_webhook_secret_file: Place | None = _is(
        None, "File that contains only that secret, not readable by everybody."
    )
    telegram_webhook_listen: Address = _is(
        "127.0.0.1:8080", "Host and port where the bot receives the calls, behind your proxy."
    )
    telegram_metrics_listen: Address | None = _is(
        None, "Host and port of /metrics, /healthz and /readyz, e.g. 127.0.0.1:9464."
    )
    log_level: LogLevel = _is("WARNING", "Lowest level of log records shown on stderr.")

    _origins: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _warnings: list[str] = field(default_factory=list, init=False, repr=False, compare=False)


SETTINGS: Final[dict[str, Setting[Any]]] = {one.name: one for one in fields(Settings) if one.metadata}
"""The settings by name, each with its "description" in `metadata`."""


def load(**arguments: Any) -> Settings:
    """Return the settings in force; an argument that is None counts as not given.

    `load(k1=1.5).k1` -> 1.5, whatever the environment says. Raises ConfigError naming every wrong place.
    """
    values = {name: value for name, value in arguments.items() if value is not None}
    _refuse_unknown("arguments", values)
    in_files = _in_files()
    variables = _variables()
    origins = in_files.origins | variables | dict.fromkeys(values, "argument")
    in_environment = {name: os.environ[variable] for name, variable in variables.items()}
    given = {"data_dir": _data_dir()} | in_files.values | in_environment | values
    checked, lines = dict[str, Any](), list[str]()
    for name in filter(given.__contains__, SETTINGS):
        try:
            checked[name] = _checked(name, given[name])
        except ValueError as error:
            lines += _explained(name, origins.get(name, "default"), given[name], error)
    if lines:
        raise ConfigError("\n".join(lines))
    settings = Settings(**checked)
    settings._origins.update(origins)
    settings._warnings.extend(in_files.warnings)
    return settings


def warnings(settings: Settings) -> list[str]:
    """Return a line for each file that names settings which are not taken from it."""
    return settings._warnings


def keep_secrets_from_processes() -> None:
    """Take the secrets out of the environment, so that no process which this one starts is given them.

    Whoever needs them has them in the settings by then.
    """
    secrets = {PREFIX + name.upper() for name in SETTINGS if _is_secret(name)}
    for variable in [name for name in os.environ if name.upper() in secrets]:
        del os.environ[variable]


def files(settings: Settings) -> list[Path]:
    """Return the files that the settings come from or name, which may hold secrets and are no articles."""
    named = [getattr(settings, name) for name in places.PATHS if name != "data_dir"]
    return list(filter(None, (*(file.path for file in places.config_files()), places.own_file(), *named)))


def effective(settings: Settings) -> list[tuple[str, str, str]]:
    """Return every setting as (name, value, where it came from), in the order of `Settings`, secrets hidden.

    `effective(load(k1=1.5))` holds ("k1", "1.5", "argument") and ("b", "0.75", "default").
    """
    values = {name: getattr(settings, name) for name in SETTINGS}
    return [
        (name, "(hidden)" if _is_secret(name) and value is not None else _shown(value),
         settings._origins.get(name, "default"))
        for name, value in values.items()
    ]  # fmt: skip


class _Found(NamedTuple):
    values: dict[str, Any]
    origins: dict[str, str]
    warnings: list[str]


def _in_files() -> _Found:
    """Return what the files set, and which of them; of several the first counts."""
    found = _Found({}, {}, [])
    for file in places.config_files():
        table = places.table_of(file)
        _refuse_unknown(redacted(str(file.path)), table)
        if names := places.refused(file, table):
            found.warnings.append(places.warning(file, names))
        for name in table.keys() - found.values.keys() - set(names):
            found.values[name], found.origins[name] = table[name], str(file.path)
    return found


def _variables() -> dict[str, str]:
    """Return the variable of each setting that the environment gives, "" being none; case makes no difference."""
    origins = {name[len(PREFIX) :].lower(): name for name in os.environ if name.upper().startswith(PREFIX)}
    origins.pop(CONFIG_VARIABLE.removeprefix(PREFIX).lower(), None)
    _refuse_unknown("the environment", origins, lambda name: PREFIX + name.upper())
    return {name: variable for name, variable in origins.items() if os.environ[variable]}


def _refuse_unknown(place: str, names: Iterable[str], spelt: Callable[[str], str] = str) -> None:
    lines = []
    for name in names:
        if name not in SETTINGS:
            import difflib

            near = difflib.get_close_matches(name, SETTINGS, n=1, cutoff=0.5)
            step = f"did you mean {spelt(near[0])}?" if near else "remove it; `quoth config` lists every setting"
            lines.append(f"{place}: {redacted(spelt(name))} is not a setting; {step}")
    if lines:
        raise ConfigError("\n".join(lines))


def _checked(name: str, value: Any) -> Any:
    """Return the value of a setting as its type. Raises ValueError, pydantic's among them."""
    if name in places.PATHS and isinstance(value, str | Path):
        return places.at_home(Path(value))
    from config.fields import checked

    return checked(Settings, name, value)


def _explained(name: str, origin: str, given: Any, error: ValueError) -> list[str]:
    """Return a line for each thing that is wrong with a value."""
    from pydantic import ValidationError

    place = origin if origin.upper().startswith(PREFIX) else f"{origin}: {name}"
    meaning = f"{name} is: {SETTINGS[name].metadata['description']} Default: {_default(SETTINGS[name])}."
    causes = [(str(error), given)]
    if isinstance(error, ValidationError):
        problems = error.errors(include_url=False, include_context=False)
        causes = [(problem["msg"].removeprefix("Value error, "), problem["input"]) for problem in problems]
    return [
        f"{place}: {cause}{'' if _is_secret(name) else f', not {redacted(repr(value))[:60]}'}; {meaning}"
        for cause, value in causes
    ]


def _is_secret(name: str) -> bool:
    return "Secret" in str(SETTINGS[name].type)


def _default(setting: Setting[Any]) -> str:
    return _shown(_data_dir() if setting.name == "data_dir" else setting.default) or "none"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return ",".join(map(str, value)) if isinstance(value, tuple) else redacted(str(value))
