"""What the channel is given: where it listens, who may ask, and how much of anything is allowed."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.channels.connections import ConnectionLimits
from bot.channels.flood import FloodLimits
from bot.errors import TokenError

LONGEST_QUESTION: Final = 1000
"""Code points of a question: 500 cost 7 to 46 ms, 2,000 41 to 193 ms, 100,000 20 seconds."""

# Where it stands behind a proxy that keeps connections: longer than proxies do, which otherwise send a request into a
# connection that is being closed.
_IDLE_BEHIND_A_PROXY: Final = 75.0


@dataclass(frozen=True, slots=True)
class Limits(ConnectionLimits):
    """How much one client, and all of them, may ask of the server; times are in seconds, sizes in bytes.

    `body` is that of a request; `idle` how long a kept connection waits for the next one. `waiting` requests wait for
    the thread that searches, each for `answering` at most. A stop is announced for `drain`, and what is in hand then
    has `grace` to end. `asked` is how often a token, or an address, may ask.
    """

    body: int = 256 * 1024
    idle: float = 5.0
    waiting: int = 64
    answering: float = 10.0
    drain: float = 1.0
    grace: float = 10.0
    asked: FloodLimits | None = field(default_factory=lambda: FloodLimits(burst=40, every=0.1, hourly=None))


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """The settings of the channel.

    `identity` stands for all that answers depend on beside the index: version, settings, aliases. Without a `token`
    everybody who reaches the address may ask; it has to be one of this machine then, or `open_to_all` said as well.
    `hosts` are names that the server is reached by, beside those of this machine and addresses in numbers; `origins`
    those of web pages whose scripts may read answers; `proxies` the networks of proxies that are believed who asks.
    """

    host: str
    port: int
    version: str
    identity: str
    token: str | None = field(default=None, repr=False)
    open_to_all: bool = False
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    proxies: Sequence[str] = ()
    limits: Limits = field(default_factory=Limits)

    def check(self) -> None:
        """Raise `TokenError` where strangers could ask without anybody having said so twice."""
        if self.token is None and not self.open_to_all and not is_of_this_machine(self.host):
            raise TokenError(
                f"{self.host}:{self.port} can be reached from other machines, and there is no token; set "
                "QUOTH_SERVE_TOKEN_FILE to a file with one, or add --without-token to answer everybody"
            )

    @property
    def idle(self) -> float:
        """Return how many seconds a kept connection waits for its next request."""
        return max(self.limits.idle, _IDLE_BEHIND_A_PROXY) if self.proxies else self.limits.idle


def is_of_this_machine(host: str) -> bool:
    """Return whether only this machine reaches what listens at `host`.

    >>> is_of_this_machine("127.0.0.1"), is_of_this_machine("::1"), is_of_this_machine("0.0.0.0")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
