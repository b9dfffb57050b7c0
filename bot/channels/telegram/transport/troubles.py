"""What an error of the wire means, in words for whoever runs the bot. Never the error's own words: PTB's may hold the
token, and a proxy's page anything."""

import socket
import ssl
from collections.abc import Iterator
from typing import Final

import httpx
from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.transport.proxies import SETTING, Way
from bot.errors import ChannelError

_BLOCKED: Final = f"; where Telegram is blocked, set {SETTING}"


def cause_of(error: TelegramError, way: Way) -> str:
    """Return the cause and the next step of an error, for the place that says "Telegram cannot be reached".

    >>> cause_of(TelegramError("Logged out"), Way("https://api.telegram.org"))[:29]
    'the bot was logged out from h'
    """
    if is_logged_out(error):
        return (
            f"the bot was logged out from {way.root} (logOut); set telegram_base_url to the server that it was moved "
            "to, or wait ten minutes"
        )
    if isinstance(error, RetryAfter):
        return "Telegram asks to wait"
    chain = list(_chain(error))
    for kind, sentence in (
        (httpx.ProxyError, "the proxy {proxy} refuses to connect; check its address, name and password"),
        (ssl.SSLCertVerificationError, "its certificate is not trusted; behind a firewall that opens TLS, let "
                                       "SSL_CERT_FILE name the firewall's certificate"),
        (ssl.SSLError, "the TLS connection fails; check the address and the network"),
        (socket.gaierror, "the name {host} is not known; check the network, its DNS and the address"),
    ):  # fmt: skip
        if any(isinstance(link, kind) for link in chain):
            return sentence.format(proxy=_named(way), host=_host(way))
    return _unreached(chain, error, way)


def unreachable(error: TelegramError, way: Way) -> ChannelError:
    """Return the error that ends a channel whose server cannot be reached."""
    return ChannelError(f"Telegram: {way.root} cannot be reached: {cause_of(error, way)}")


def is_logged_out(error: TelegramError) -> bool:
    """Return whether the server says that the bot moved to another server."""
    return error.message.lower().endswith(("logged out", "api server closed"))


def _unreached(chain: list[BaseException], error: TelegramError, way: Way) -> str:
    first = next((link for link in chain if isinstance(link, httpx.TransportError)), None)
    if isinstance(first, httpx.ConnectError) and way.proxy is not None:
        return f"the proxy {_named(way)} does not listen; start it, or correct its address"
    if isinstance(first, httpx.ConnectTimeout | httpx.ReadTimeout) and way.proxy is not None:
        return f"no reply through the proxy {_named(way)}; check whether it reaches Telegram"
    if isinstance(first, httpx.ConnectTimeout | httpx.ConnectError):
        return f"no connection ({type(first).__name__}); check the network and the address{_BLOCKED}"
    if first is None:
        return f"the server answers with an error ({type(error).__name__}); check the address"
    return f"{type(first).__name__}; check the network and the address"


def _named(way: Way) -> str:
    return "" if way.proxy is None else f"{way.proxy.place} ({way.proxy.named_by})"


def _host(way: Way) -> str:
    address = way.root if way.proxy is None else f"//{way.proxy.place}"
    return httpx.URL(address).host


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__
