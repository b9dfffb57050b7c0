"""Where the HTTP servers of the channels listen, how their connections are guarded, and that signals stay their own."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn

from bot.channels.connections import ConnectionLimits, Connections
from bot.channels.protocol import GuardedProtocol, Refusal
from bot.errors import ChannelError


def listener(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address (port 0: the system chooses). Raises `ChannelError` when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once, without waiting 40 ms for the client to confirm, only where the protocol is named.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise ChannelError(
            f"{host}:{port}: {error.strerror}; stop what listens there, or choose another address"
        ) from error
    return bound


def guarded(limits: ConnectionLimits, connections: Connections, written: Callable[[Refusal, int], bytes]) -> Any:
    """Return a maker of guarded connections, as uvicorn takes one for its setting `http`."""

    def made(config: Any, server_state: Any, app_state: Any, _loop: Any = None) -> GuardedProtocol:
        return GuardedProtocol(config, server_state, app_state, limits=limits, connections=connections, written=written)

    return made


class QuietServer(uvicorn.Server):
    """uvicorn's server without its handlers of signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield
