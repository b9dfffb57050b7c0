"""Define every setting and load its value.

A value comes from the first of: the arguments of `load`, the environment (`QUOTH_K1`), `quoth.toml`, the default.
`quoth.toml` is looked for in the working directory, then in the user's configuration folder; `QUOTH_CONFIG`
names another file. A key or variable that is not a setting is an error.
"""

import difflib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_config_dir, user_data_dir
from pydantic import Field, PrivateAttr, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from config import toml_file
from config.errors import ConfigError
from config.logs import redacted

PREFIX = "QUOTH_"
CONFIG_VARIABLE = "QUOTH_CONFIG"
# What Telegram takes.
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PROXY = re.compile(r"(https?|socks|socks5h?)://\S+|[\w.-]+:\d+", re.IGNORECASE)


class Settings(BaseSettings):
    """All settings; frozen. Made by `load`, which turns errors of pydantic into `ConfigError`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    data_dir: Path = Field(
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
    aliases: Path | None = Field(
        default=None,
        description="TOML file of names and their other forms; default: aliases.toml beside quoth.toml or in data_dir.",
    )
    fetch_allowed: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Private hosts that addresses may lead to, each with its port, e.g. 192.168.1.7:8080."
    )
    watch: bool = Field(
        default=False, description="Whether the bot and the console take in what changes in the sources."
    )
    telegram_token: SecretStr | None = Field(default=None, description="Token of the bot, from BotFather.")
    telegram_token_file: Path | None = Field(
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
    telegram_allowed: Annotated[tuple[int, ...], NoDecode] = Field(
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
    telegram_webhook_secret_file: Path | None = Field(
        default=None, description="File that contains only that secret, not readable by everybody."
    )
    telegram_webhook_listen: str = Field(
        default="127.0.0.1:8080", description="Host and port where the bot receives the calls, behind your proxy."
    )
    telegram_metrics_listen: str | None = Field(
        default=None, description="Host and port of /metrics, /healthz and /readyz, e.g. 127.0.0.1:9464."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="WARNING", description="Lowest level of log records shown on stderr."
    )

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    @field_validator("telegram_allowed", mode="before")
    @classmethod
    def _numbers(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return [value] if isinstance(value, int) else value

    @field_validator("fetch_allowed", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("fetch_allowed")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            host_and_port(one)
        return value

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

    @field_validator("telegram_proxy")
    @classmethod
    def _proxy(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _PROXY.fullmatch(value.get_secret_value().strip()):
            raise ValueError("an address is one such as socks5://127.0.0.1:1080 (or http, https, socks5h)")
        return value

    @field_validator("telegram_webhook_listen", "telegram_metrics_listen")
    @classmethod
    def _listens(cls, value: str | None) -> str | None:
        if value is not None:
            host_and_port(value)
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("1 to 256 of A-Z a-z 0-9 _ and -")
        return value

    @field_validator("data_dir", "aliases", "telegram_token_file", "telegram_webhook_secret_file")
    @classmethod
    def _at_home(cls, value: Path | None) -> Path | None:
        return value and value.expanduser()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings' signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings' signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources in order of precedence: arguments, environment, quoth.toml."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, _in_file(config_file()))


def load(**arguments: Any) -> Settings:
    """Return the settings in force; an argument that is None counts as not given.

    `load(k1=1.5).k1` -> 1.5, whatever the environment says. Raises ConfigError naming every wrong place.
    """
    values = {name: value for name, value in arguments.items() if value is not None}
    _refuse_unknown("arguments", values)
    file = config_file()
    origins = dict.fromkeys(_in_file(file), str(file)) | _origins_in_environment() | dict.fromkeys(values, "argument")
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise ConfigError(_explained(error, origins)) from None
    settings._origins.update(origins)
    return settings


def effective(settings: Settings) -> list[tuple[str, str, str]]:
    """Return every setting as (name, value, where it came from), in the order of `Settings`, secrets hidden.

    `effective(load(k1=1.5))` holds ("k1", "1.5", "argument") and ("b", "0.75", "default").
    """
    return [
        (name, _shown(getattr(settings, name)), settings._origins.get(name, "default"))
        for name in Settings.model_fields
    ]


def host_and_port(address: str) -> tuple[str, int]:
    """Return the host and port of an address such as one to listen at. Raises ValueError for anything else.

    >>> host_and_port("127.0.0.1:8080"), host_and_port("[::1]:80")
    (('127.0.0.1', 8080), ('::1', 80))
    """
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError("an address is HOST:PORT, such as 127.0.0.1:8080")
    return host, int(port)


def config_file() -> Path | None:
    """Return the quoth.toml in force, or None; the one that QUOTH_CONFIG names need not exist."""
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named).expanduser()
    places = (Path("quoth.toml"), Path(user_config_dir("quoth", appauthor=False), "quoth.toml"))
    return next((place for place in places if place.is_file()), None)


def _in_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    table = toml_file.table(file, f"correct the file, or {CONFIG_VARIABLE} if that names it")
    _refuse_unknown(redacted(str(file)), table)
    for name in ("data_dir", "aliases", "telegram_token_file", "telegram_webhook_secret_file"):
        # Relative to the file they stand in: a working directory means nothing to a file in the user's folder.
        if isinstance(table.get(name), str):
            table[name] = file.parent / Path(table[name]).expanduser()
    return table


def _origins_in_environment() -> dict[str, str]:
    # Upper and lower case mean the same, to pydantic-settings too.
    origins = {name[len(PREFIX) :].lower(): name for name in os.environ if name.upper().startswith(PREFIX)}
    origins.pop(CONFIG_VARIABLE.removeprefix(PREFIX).lower(), None)
    _refuse_unknown("the environment", origins, lambda name: PREFIX + name.upper())
    return {name: variable for name, variable in origins.items() if os.environ[variable]}


def _refuse_unknown(place: str, names: Iterable[str], spelt: Callable[[str], str] = str) -> None:
    lines = []
    for name in names:
        if name not in Settings.model_fields:
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
        secret = "SecretStr" in str(field.annotation)
        value = "" if secret else f", not {redacted(repr(problem['input']))[:60]}"
        cause = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{place}: {cause}{value}; {name} is: {field.description} Default: {_default(field)}.")
    return "\n".join(lines)


def _default(field: FieldInfo) -> str:
    return _shown(field.get_default(call_default_factory=True, validated_data={})) or "none"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "(hidden)" if isinstance(value, SecretStr) else redacted(str(value))
