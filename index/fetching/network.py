"""Connections to what was checked: a name is resolved once, and the connection goes to one of those very answers.

The name stays what it was for TLS and for the server, so that certificates are checked against it.
"""

import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from ssl import SSLContext
from threading import Thread
from time import monotonic
from typing import Any, Final

import httpcore

from index.errors import FetchError, UnreachableError
from index.fetching.hosts import Hosts

_CONNECT_SECONDS: Final = 10.0
_TOO_SLOW: Final = "too slow: not all of it came within {seconds:.0f} seconds"

Resolve = Callable[[str, int], Sequence[str]]
"""Returns every address of a host, as numbers; raises OSError where there is none."""


def resolved(host: str, port: int) -> list[str]:
    """Return every answer of the system's resolver for a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Deadline:
    """The moment until which a request and its redirects may take."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = monotonic() + seconds

    def left(self, most: float | None = None) -> float:
        """Return the seconds that are left, at most so many. Raises FetchError when there are none."""
        left = self._end - monotonic()
        if left <= 0:
            raise self.error()
        return left if most is None else min(left, most)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Have the time that the block takes not count."""
        begun = monotonic()
        yield
        self._end += monotonic() - begun

    def error(self) -> FetchError:
        """Return what is told when it has passed."""
        return FetchError(_TOO_SLOW.format(seconds=self._seconds), passing=True)


class Network(httpcore.NetworkBackend):
    """Opens connections for one request at a time, whose `deadline` holds for whatever is read or written."""

    def __init__(self, hosts: Hosts, resolve: Resolve = resolved) -> None:
        self.deadline = Deadline(0)
        self._hosts = hosts
        self._resolve = resolve
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline holds
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first answer for a host that takes the connection; all of them must be allowed."""
        answers = self._answers(host, port)
        self._hosts.check(host, port, answers)
        fault: Exception | None = None
        for answer in answers:
            try:
                stream = self._plain.connect_tcp(
                    answer, port, self.deadline.left(_CONNECT_SECONDS), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
            else:
                return _Stream(stream, self)
        raise UnreachableError(f"{host} takes no connection ({_cause(fault)})", passing=True)

    def _answers(self, host: str, port: int) -> list[str]:
        """Return the answers for a host. The system's resolver knows no limit on time."""
        found: SimpleQueue[list[str] | OSError | UnicodeError] = SimpleQueue()

        def ask() -> None:
            try:
                found.put(list(self._resolve(host, port)))
            except (OSError, UnicodeError) as error:
                found.put(error)

        Thread(target=ask, daemon=True).start()
        try:
            answers = found.get(timeout=self.deadline.left())
        except Empty:
            raise self.deadline.error() from None
        if isinstance(answers, Exception) or not answers:
            raise UnreachableError(f"{host} is not known to DNS; check the spelling", passing=True)
        return answers


def _cause(error: Exception | None) -> str:
    return str(error) or "no answer"


class _Stream(httpcore.NetworkStream):
    """A connection on which nothing takes longer than the deadline, however little comes at a time."""

    def __init__(self, stream: httpcore.NetworkStream, network: Network) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._network.deadline.left(timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
