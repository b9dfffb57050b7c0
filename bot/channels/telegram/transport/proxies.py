"""The way to Telegram: straight, or through the proxy that the settings or the environment name.

httpx reads the environment too, but ends with an exception at forms that people write (`NO_PROXY=[::1]`,
`ALL_PROXY=socks://…`), and cannot say which variable it followed.
"""

import ipaddress
import os
import re
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import httpx

from bot.errors import MissingExtraError, NetworkSettingsError
from index import install_command

SCHEMES: Final = ("http", "https", "socks5", "socks5h")
SETTING: Final = "telegram_proxy"
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy. `url` may hold a password and is never shown; `place` is its host and port, `named_by` what names it."""

    url: str
    place: str
    named_by: str

    def __repr__(self) -> str:
        return f"Proxy({self.place!r}, named by {self.named_by})"


@dataclass(frozen=True, slots=True)
class Way:
    """How a Bot API server is reached: its root, such as `https://api.telegram.org`, and the proxy, if any."""

    root: str
    proxy: Proxy | None = None

    @property
    def httpx(self) -> dict[str, Any]:
        """The settings for httpx. Raises `NetworkSettingsError` for certificates that cannot be read."""
        trusted = _certificates() if self.root.startswith("https:") else authorities()
        return {"trust_env": False, "proxy": self.proxy.url if self.proxy else None, "verify": trusted}


def proxy_to(address: str, setting: str | None, environment: Mapping[str, str] = os.environ) -> Proxy | None:
    """Return the proxy that leads to `address`, None for the straight way.

    The setting counts for every address. The environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, in capitals or
    not, less what `NO_PROXY` names) does not count for a server on this machine. Raises `NetworkSettingsError` for what
    is no proxy's address, `MissingExtraError` for a SOCKS proxy without the extra.

    >>> proxy_to("https://api.telegram.org", "socks5h://me:word@10.0.0.2:1080") is None
    False
    >>> proxy_to("https://api.telegram.org", None, {"all_proxy": "proxy.lan:3128", "no_proxy": "*.telegram.org"})
    >>> proxy_to("https://api.telegram.org", None, {"all_proxy": "proxy.lan:3128"})
    Proxy('proxy.lan:3128', named by all_proxy)
    """
    if setting is not None:
        return _parsed(setting, SETTING)
    target = urlsplit(address)
    if target.hostname in _LOOPBACK or _excepted(target, _variable(environment, "no_proxy")[1]):
        return None
    for variable in (f"{target.scheme}_proxy", "all_proxy"):
        name, value = _variable(environment, variable)
        if value:
            return _parsed(value, name)
    return _of_the_system(target) if environment is os.environ else None


def _parsed(value: str, named_by: str) -> Proxy:
    """Return the proxy of an address as people write it: `host:port` is HTTP, `socks:` is SOCKS 5."""
    url = value.strip() if "://" in value else f"http://{value.strip()}"
    url = re.sub(r"^socks(?=://)", "socks5", url, flags=re.IGNORECASE)
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in SCHEMES or not host or re.search(r"\s", url):
        raise NetworkSettingsError(f"{named_by}: not the address of a proxy; write one such as socks5://127.0.0.1:1080 "
                           f"({', '.join(SCHEMES)})")  # fmt: skip
    port = port or _PORTS.get(scheme, 1080)
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if scheme.startswith("socks") and find_spec("socksio") is None:
        raise MissingExtraError(
            f"{named_by}: a SOCKS proxy ({place}) needs the extra socks; run `{install_command('httpx[socks]')}`"
        )
    user = parts.netloc.rpartition("@")[0]
    return Proxy(f"{scheme}://{user + '@' if user else ''}{place}", place, named_by)


def _variable(environment: Mapping[str, str], name: str) -> tuple[str, str]:
    """Return the name and value of a variable in small letters, which come first as everywhere, or in capitals."""
    return next(((spelt, environment[spelt]) for spelt in (name, name.upper()) if environment.get(spelt)), (name, ""))


def _of_the_system(target: SplitResult) -> Proxy | None:
    """Return the proxy of the desktop's own settings, which macOS and Windows have."""
    value = urllib.request.getproxies().get(target.scheme)
    if not value or urllib.request.proxy_bypass(target.hostname or ""):
        return None
    return _parsed(value, "the system's settings")


def _excepted(target: SplitResult, exceptions: str) -> bool:
    """Return whether a list of exceptions names the host, in any of the forms that people write."""
    host = (target.hostname or "").lower().rstrip(".")
    port = target.port or _PORTS.get(target.scheme)
    return any(_names(entry.lower(), host, port) for entry in re.split(r"[\s,;]+", exceptions) if entry)


def _names(entry: str, host: str, port: int | None) -> bool:
    if entry == "*":
        return True
    entry = entry.partition("://")[2] or entry
    with_port = re.fullmatch(r"(\[.*\]|[^:]*):(\d+)", entry)
    if with_port and int(with_port[2]) != port:
        return False
    name = (with_port[1] if with_port else entry).replace("[", "").replace("]", "")
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(name, strict=False)
    except ValueError:
        pass
    name = name.removeprefix("*").strip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


@cache
def authorities() -> ssl.SSLContext:
    """Return the certificates that browsers trust: one for all clients, because it takes 50 ms and 1 MB."""
    return httpx.create_ssl_context(trust_env=False)


def _certificates() -> ssl.SSLContext:
    """Return the certificates that `SSL_CERT_FILE` or `SSL_CERT_DIR` names, or those of the authorities."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not file:
        return ssl.create_default_context(capath=folder) if folder else authorities()
    try:
        return ssl.create_default_context(cafile=file)
    except OSError as error:
        cause = "no certificate in it" if isinstance(error, ssl.SSLError) else error.strerror
        raise NetworkSettingsError(
            f"SSL_CERT_FILE ({file}): {cause}; name a file of certificates in PEM form, or unset it"
        ) from None
