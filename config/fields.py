"""The kinds of values that settings have beside plain ones: lists, addresses, places in the file system."""

import ipaddress
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from config import places


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
