"""The open connections: so many at once, and so many of one client; whoever asks nothing makes room."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from bot.channels.serve.options import ServeOptions, in_networks


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
    """All connections of a server, in the order in which they were opened."""

    def __init__(self, options: ServeOptions) -> None:
        self._options = options
        self._of: dict[str, dict[Connection, None]] = {}
        self.count = 0

    def admit(self, connection: Connection) -> bool:
        """Return whether one more may stay; the oldest that is not being answered makes room, of the same client first.

        Proxies have as many connections as there are in all, for these are those of other people.
        """
        client, limits = connection.client_address, self._options.limits
        own = self._of.get(client, {})
        is_proxy = in_networks(client, self._options.proxies)
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
