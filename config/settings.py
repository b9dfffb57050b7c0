"""Define every setting and load its value.

A value comes from the first of: the arguments of `load`, the environment (`QUOTH_K1`), a file of settings, the default.
Files are the `quoth.toml` in the working directory, for what is harmless, and the one in the user's configuration
folder; or the one that `QUOTH_CONFIG` names, alone (see `config.places`). What is no setting is an error.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from platformdirs import user_data_dir
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo

from config import places
from config.errors import ConfigError
from config.fields import Address, Addresses, Hosts, Networks, Origins, Place
from config.logs import redacted
from config.places import CONFIG_VARIABLE

# To look for plugins, pydantic would read the metadata of every installed package.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

PREFIX = "QUOTH_"
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Settings(BaseModel):
    """All settings; frozen. Made by `load`, which turns errors of pydantic into `ConfigError`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=True)

    data_dir: Place = Field(
        default_factory=lambda: Path(user_data_dir("quoth", appauthor=False)),
        description="Folder of the index.",
    )
    passages: int = Field(default=3, ge=1, le=10, description="Most passages in an answer, 1 to 10.")
    engine: Literal["auto", "rank-bm25"] = Field(
        default="auto", description="Engine that ranks the passages: the fastest for this index, or rank-bm25 (slow)."
    )
    k1: float = Field(default=1.2, ge=0, allow_inf_nan=False, description="BM25: how much a repeated word still adds.")
    b: float = Field(default=0.75, ge=0, le=1, description="BM25: how much a long passage loses, 0 to 1.")
    title_weight: int = Field(default=2, ge=0, le=10, description="How many times a title word counts, 0 to 10.")
    answered_at: float = Field(
        default=0.80, ge=0, le=1, description="Confidence from which a question counts as answered, 0 to 1."
    )
    closest_at: float = Field(
        default=0.50, ge=0, le=1, description="Confidence from which the closest passages are shown, 0 to 1."
    )
    aliases: Place | None = Field(
        default=None,
        description="TOML file of names and their other forms; default: aliases.toml beside quoth.toml or in data_dir.",
    )
    fetch_allowed: Addresses = Field(
        default=(), description="Private hosts that addresses may lead to, each with its port, e.g. 192.168.1.7:8080."
    )
    serve_listen: Address = Field(default="127.0.0.1:8321", description="Host and port of the page and the API.")
    serve_token: SecretStr | None = Field(default=None, description="Token that whoever asks over HTTP has to send.")
    serve_token_file: Place | None = Field(
        default=None, description="File that contains only that token, not readable by everybody."
    )
    serve_hosts: Hosts = Field(default=(), description="Names that the server is reached by, e.g. ask.example.org.")
    serve_origins: Origins = Field(
        default=(),
        description="Origins of web pages whose scripts may read answers: https://example.org; or *.",
    )
    serve_proxies: Networks = Field(
        default=(), description="Addresses or networks of proxies that are believed who asks, e.g. 127.0.0.1."
    )
    serve_rate: float = Field(
        default=10, ge=0, le=100_000, description="Requests a second of one token or address; 0 for any number."
    )
    watch: bool = Field(
        default=False, description="Whether the bot and the console take in what changes in the sources."
    )
    telegram_token: SecretStr | None = Field(default=None, description="Token of the bot, from BotFather.")
    telegram_token_file: Place | None = Field(
        default=None, description="File that contains only the token, not readable by everybody."
    )
    telegram_base_url: str = Field(
        default="https://api.telegram.org", description="Address of the Bot API server, if you run your own."
    )
    telegram_proxy: SecretStr | None = Field(
        default=None,
        description="Proxy on the way to Telegram, e.g. socks5://127.0.0.1:1080; default: that of the environment.",
    )
    telegram_access: Literal["paired", "listed", "open"] = Field(
        default="paired", description="Who may ask: chats paired by a code, listed chats, or everybody."
    )
    telegram_allowed: tuple[int, ...] = Field(
        default=(), description="Ids of users and chats that may ask, e.g. 12,-100345."
    )
    telegram_leave_groups: bool = Field(default=True, description="Leave groups that may not ask, after a polite line.")
    telegram_hourly: int = Field(
        default=60, ge=1, description="Questions that one person, or group, may ask in an hour; owners have no limit."
    )
    telegram_webhook_url: str | None = Field(
        default=None, description="Public https address that Telegram calls; without it the bot polls."
    )
    telegram_webhook_secret: SecretStr | None = Field(
        default=None, description="Secret that Telegram sends with each call: 1 to 256 of A-Z a-z 0-9 _ and -."
    )
    telegram_webhook_secret_file: Place | None = Field(
        default=None, description="File that contains only that secret, not readable by everybody."
    )
    telegram_webhook_listen: Address = Field(
        default="127.0.0.1:8080", description="Host and port where the bot receives the calls, behind your proxy."
    )
    telegram_metrics_listen: Address | None = Field(
        default=None, description="Host and port of /metrics, /healthz and /readyz, e.g. 127.0.0.1:9464."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="WARNING", description="Lowest level of log records shown on stderr."
    )

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)
    _warnings: list[str] = PrivateAttr(default_factory=list)

    @field_validator("telegram_allowed", mode="before")
    @classmethod
    def _numbers(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return [value] if isinstance(value, int) else value

    @field_validator("engine", mode="before")
    @classmethod
    def _renamed(cls, value: Any) -> Any:
        # The former name, which stands in files and scripts.
        return "auto" if value == "embedded" else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("telegram_base_url", "telegram_webhook_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("an address starts with https:// or http://")
        return value and value.rstrip("/")

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("1 to 256 of A-Z a-z 0-9 _ and -")
        return value


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
    try:
        settings = Settings(**(in_files.values | in_environment | values))
    except ValidationError as error:
        raise ConfigError(_explained(error, origins)) from None
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
    secrets = {PREFIX + name.upper() for name, field in Settings.model_fields.items() if _is_secret(field)}
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
    return [
        (name, _shown(getattr(settings, name)), settings._origins.get(name, "default"))
        for name in Settings.model_fields
    ]


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
        if name not in Settings.model_fields:
            import difflib

            near = difflib.get_close_matches(name, Settings.model_fields, n=1, cutoff=0.5)
            step = f"did you mean {spelt(near[0])}?" if near else "remove it; `quoth config` lists every setting"
            lines.append(f"{place}: {redacted(spelt(name))} is not a setting; {step}")
    if lines:
        raise ConfigError("\n".join(lines))


def _explained(error: ValidationError, origins: Mapping[str, str]) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_context=False):
        name = str(problem["loc"][0])
        field = Settings.model_fields[name]
        origin = origins.get(name, "default")
        place = origin if origin.upper().startswith(PREFIX) else f"{origin}: {name}"
        value = "" if _is_secret(field) else f", not {redacted(repr(problem['input']))[:60]}"
        cause = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{place}: {cause}{value}; {name} is: {field.description} Default: {_default(field)}.")
    return "\n".join(lines)


def _is_secret(field: FieldInfo) -> bool:
    return "SecretStr" in str(field.annotation)


def _default(field: FieldInfo) -> str:
    return _shown(field.get_default(call_default_factory=True, validated_data={})) or "none"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "(hidden)" if isinstance(value, SecretStr) else redacted(str(value))
