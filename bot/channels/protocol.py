"""HTTP/1.1 on a connection: uvicorn's, by h11, with deadlines that no client can stretch, and stricter.

What two servers in a row could understand in two ways is refused, and the connection closed: both lengths of a body, a
length twice, folded headers, lines that end without a carriage return.
"""

import asyncio
import logging
import re
import select
from collections.abc import Callable
from typing import Any, Final, Literal

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from bot.channels.connections import ConnectionLimits, Connections

Refusal = Literal["malformed", "too-large", "slow", "busy"]
"""Why a connection is closed before anything of it is answered."""

_END: Final = b"\r\n\r\n"
_BARE: Final = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)")
_FOLDED: Final = re.compile(rb"\r\n[ \t]")
_LENGTHS: Final = re.compile(rb"\r\n(content-length|transfer-encoding)[ \t]*:", re.IGNORECASE)
# h11 takes several equal lengths for one.
_NO_LENGTH: Final = re.compile(rb"\r\ncontent-length:(?![ \t]*[0-9]+[ \t]*\r\n)", re.IGNORECASE)
# So long what a refused client still sends is read and forgotten: closed at once, it would miss the reason.
_LINGERING: Final = 1.0
# What uvicorn says of requests that it cannot read: no client may fill the log.
_QUIET: Final = logging.getLogger(__name__)
_QUIET.addFilter(lambda record: record.levelno >= logging.ERROR)


class _StrictConnection(h11.Connection):
    """h11's state of a connection, which looks at every head before it is read.

    `refused` is what is wrong with it, and the status that says so, 0 for the usual one.
    """

    def __init__(self, limits: ConnectionLimits) -> None:
        super().__init__(h11.SERVER, limits.head)
        self._limits = limits
        self.refused: tuple[Refusal, int] = ("malformed", 0)

    def next_event(self) -> Any:
        if self.their_state is h11.IDLE:
            self._check(self.trailing_data[0])
        event = super().next_event()
        # Another form of address would name another host than the header does.
        if isinstance(event, h11.Request) and not event.target.startswith(b"/"):
            self._refuse("malformed")
        return event

    def _check(self, data: bytes) -> None:
        end = data.find(_END)
        head = data if end < 0 else data[: end + len(_END)]
        if len(head) > self._limits.head:
            is_address = b"\r\n" not in head[: self._limits.head]
            self._refuse("too-large", 414 if is_address else 431)
        if head.count(b"\r\n") > self._limits.headers + 2:
            self._refuse("too-large", 431)
        if (
            _BARE.search(head)
            or _FOLDED.search(head)
            or len(_LENGTHS.findall(head)) > 1
            or (end > 0 and _NO_LENGTH.search(head))
        ):
            self._refuse("malformed")

    def _refuse(self, kind: Refusal, status: int = 0) -> None:
        self.refused = (kind, status)
        raise h11.RemoteProtocolError(kind)


class GuardedProtocol(H11Protocol):
    """A connection with deadlines: for each head and each body, for what is kept, for what is not read.

    `written(refusal, status)` returns the whole answer, head and body, that a refused client gets.
    """

    conn: _StrictConnection

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        *,
        limits: ConnectionLimits,
        connections: Connections,
        written: Callable[[Refusal, int], bytes],
    ) -> None:
        super().__init__(config, server_state, {**app_state, "connection": self})
        self.conn = _StrictConnection(limits)
        self.logger = _QUIET
        self._limits = limits
        self._connections = connections
        self._written = written
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._receiving: Literal["head", "body", ""] = ""
        self._is_refused = False

    @property
    def client_address(self) -> str:
        """Return where the client is, "" where that is not known."""
        return self.client[0] if self.client else ""

    @property
    def is_answering(self) -> bool:
        """Return whether a request is in hand that came whole."""
        return self._receiving == "" and self.cycle is not None and not self.cycle.response_complete

    @property
    def is_gone(self) -> bool:
        """Return whether the client has left, so that nobody waits for an answer."""
        return self.transport.is_closing() or (self.cycle is not None and self.cycle.disconnected)

    def drop(self) -> None:
        """End the connection at once."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        if self._connections.admit(self):
            self._await("head")
        else:
            transport.write(self._written("busy", 0))
            self._is_refused = True
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of a connection."""
        self._connections.leave(self)
        self._await("")
        if self._unread is not None:
            self._unread.cancel()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sends; after a refusal, forget it."""
        if self._is_refused:
            return
        if self._receiving == "" and self.conn.their_state is h11.IDLE:
            self._await("head")
        super().data_received(data)
        self._follow()

    def on_response_complete(self) -> None:
        """Go on to the next request, and do not keep an answer for ever that nobody reads."""
        super().on_response_complete()
        if not self._is_refused:
            self._follow()
        if self.transport.get_write_buffer_size() and self._unread is None:
            self._unread = self.loop.call_later(self._limits.sending, self._stalled)

    def shutdown(self) -> None:
        """End the connection with the server, unless a request has come that is not read yet: it is answered first."""
        if self._is_refused:
            # h11 has nothing more to say there.
            self.transport.abort()
        elif not self._is_unread():
            super().shutdown()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's words)
        """Refuse what cannot be read."""
        self._refuse(*self.conn.refused)

    def _is_unread(self) -> bool:
        """Return whether the system holds something of the client that is not taken yet."""
        looked = select.poll()
        looked.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(looked.poll(0))

    def _follow(self) -> None:
        """Set the deadline of what is to come next."""
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            if self._receiving != "body":
                self._await("body")
        elif state is not h11.IDLE or not self.conn.trailing_data[0]:
            self._await("")
        elif self._receiving != "head":
            self._await("head")

    def _await(self, what: Literal["head", "body", ""]) -> None:
        self._receiving = what
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(self._limits.receiving, self._late) if what else None

    def _late(self) -> None:
        if self._receiving == "head" and not self.conn.trailing_data[0]:
            self.transport.close()
        else:
            self._refuse("slow")

    def _stalled(self) -> None:
        self._unread = None
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def _refuse(self, refusal: Refusal, status: int = 0) -> None:
        """Say why nothing is answered, and close; an answer that has begun is broken off."""
        if self._is_refused or self.transport.is_closing():
            return
        self._is_refused = True
        self._await("")
        self._unset_keepalive_if_required()
        is_in_hand = self.cycle is not None and not self.cycle.response_complete
        if is_in_hand:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if is_in_hand and self.cycle.response_started:
            self.transport.abort()
            return
        self.flow.resume_reading()
        self.transport.write(self._written(refusal, status))
        self.transport.write_eof()
        self._timer = self.loop.call_later(_LINGERING, self.transport.abort)
