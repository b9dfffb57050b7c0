"""The kinds of values that settings have beside plain ones: lists, addresses, places in the file system."""

import ipaddress
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_type_hints
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, TypeAdapter

from config import places

WEBHOOK_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")


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


def _listed(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _address(value: str) -> str:
    host_and_port(value)
    return value


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError("an address or a network, such as 127.0.0.1 or 10.0.0.0/8") from None
    return value


def _host(value: str) -> str:
    if "/" in value or ":" in value:
        raise ValueError("the name of a host, such as ask.example.org, without https:// and port")
    return value.lower()


def _origin(value: str) -> str:
    if value != "*" and (not value.startswith(("https://", "http://")) or value.count("/") != 2):
        raise ValueError("an origin is https:// and a host, such as https://www.example.org, without a path; or *")
    return value.lower()


def _server(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("a host is https:// or http://, its name and its port, such as https://search-1.example:9200")
    return value.rstrip("/")


def _numbers(value: Any) -> Any:
    return _listed(value) if isinstance(value, str) else [value] if isinstance(value, int) else value


def _web_address(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("an address starts with https:// or http://")
    return value.rstrip("/")


def _webhook_secret(value: SecretStr) -> SecretStr:
    if not WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
        raise ValueError("1 to 256 of A-Z a-z 0-9 _ and -")
    return value


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _renamed(value: Any) -> Any:
    # The former name, which stands in files and scripts.
    return "auto" if value == "embedded" else value


Address = Annotated[str, AfterValidator(_address)]
"""A host and a port."""

Place = Annotated[Path, AfterValidator(places.at_home)]
"""A file or folder, also in somebody's home."""

Listed = BeforeValidator(_listed)
"""Several values, in the environment with commas between them."""

Addresses = Annotated[tuple[Address, ...], Listed]
Hosts = Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], Listed]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], Listed]
Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], Listed]
Servers = Annotated[tuple[Annotated[str, AfterValidator(_server)], ...], Listed]
Numbers = Annotated[tuple[int, ...], BeforeValidator(_numbers)]
"""Several values, in the environment with commas between them."""

Engine = Annotated[Literal["auto", "rank-bm25"], BeforeValidator(_renamed)]
Prefix = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)]
Share = Annotated[float, Field(ge=0, le=1)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]


def checked(settings: type, name: str, value: Any) -> Any:
    """Return a value as the type of that name in a class whose types are those of here. Raises ValidationError."""
    return TypeAdapter(_types(settings)[name]).validate_python(value)


@cache
def _types(settings: type) -> dict[str, Any]:
    return get_type_hints(settings, globals(), include_extras=True)
