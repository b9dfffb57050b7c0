"""The open connections of a server: so many at once, and so many of one client; whoever asks nothing makes room."""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How much a client may take of a server; times are in seconds, sizes in bytes.

    `head` (request line and headers) and `headers` (how many) are those of a request. `receiving` is the time for a
    head, and again for a body, however slowly they drip in; `sending` how long an answer may lie unread. `connections`
    are open at once, `of_one_client` of them from one address.
    """

    head: int = 16 * 1024
    headers: int = 100
    receiving: float = 5.0
    sending: float = 30.0
    connections: int = 512
    of_one_client: int = 32


def in_networks(address: str, networks: Sequence[str]) -> bool:
    """Return whether an address lies in one of the networks.

    >>> in_networks("10.1.2.3", ["10.0.0.0/8"]), in_networks("nobody", ["10.0.0.0/8"])
    (True, False)
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network, strict=False) for network in networks)


class Connection(Protocol):
    """A connection of a client."""

    @property
    def client_address(self) -> str:
        """Return where it comes from."""

    @property
    def is_answering(self) -> bool:
        """Return whether a request of it is in hand."""

    def drop(self) -> None:
        """End it at once."""


class Connections:
    """All connections of a server, in the order in which they were opened.

    Those from the networks of `proxies` may be as many as there are in all, for they are those of other people.
    """

    def __init__(self, limits: ConnectionLimits, proxies: Sequence[str] = ()) -> None:
        self._limits = limits
        self._proxies = proxies
        self._of: dict[str, dict[Connection, None]] = {}
        self.count = 0

    def admit(self, connection: Connection) -> bool:
        """Return whether one more may stay; the oldest that is not being answered makes room, of this client first."""
        client, limits = connection.client_address, self._limits
        own = self._of.get(client, {})
        is_proxy = in_networks(client, self._proxies)
        if not is_proxy and len(own) >= limits.of_one_client and not self._make_room(own):
            return False
        if self.count >= limits.connections and not self._make_room(self._all()):
            return False
        self._of.setdefault(client, {})[connection] = None
        self.count += 1
        return True

    def leave(self, connection: Connection) -> None:
        """Note that a connection is over; one that was never admitted changes nothing."""
        own: Mapping[Connection, None] = self._of.get(connection.client_address, {})
        if connection in own:
            del self._of[connection.client_address][connection]
            self.count -= 1
            if not own:
                del self._of[connection.client_address]

    def _all(self) -> Iterable[Connection]:
        # Those of whoever has most come first.
        for own in sorted(self._of.values(), key=len, reverse=True):
            yield from own

    def _make_room(self, some: Iterable[Connection]) -> bool:
        waiting = next((one for one in some if not one.is_answering), None)
        if waiting is None:
            return False
        self.leave(waiting)
        waiting.drop()
        return True
