"""Where the HTTP servers of the channels listen, and that signals stay the channel's own."""

import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from bot.errors import ChannelError


def listener(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address (port 0: the system chooses). Raises `ChannelError` when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise ChannelError(
            f"{host}:{port}: {error.strerror}; stop what listens there, or choose another address"
        ) from error
    return bound


class QuietServer(uvicorn.Server):
    """uvicorn's server without its handlers of signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield
