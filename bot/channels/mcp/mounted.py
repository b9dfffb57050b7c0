"""The protocol over HTTP, as a part of the HTTP channel: its tokens, names, limits and stops hold here too."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.channels.mcp.server import Assistants
from bot.channels.serve.api import Library
from bot.channels.serve.options import ServeOptions
from bot.channels.serve.problems import ProblemError

PATH: Final = "/mcp"
# Of the older protocol, which has sessions; a client that is refused one opens it again.
_SESSIONS: Final = 256
_SESSION_SECONDS: Final = 600.0


class Mounted:
    """What `serve` mounts: the routes, and their life."""

    def __init__(self, library: Library, options: ServeOptions) -> None:
        self._options = options
        self._assistants = Assistants(library, options.version.rpartition(" ")[2])
        self._manager = StreamableHTTPSessionManager(
            self._assistants.server,
            max_request_body_size=options.limits.body,
            max_sessions=_SESSIONS,
            session_idle_timeout=_SESSION_SECONDS,
        )
        self._app = StreamableHTTPASGIApp(self._manager)
        self.routes = [Route(PATH, self, methods=["GET", "POST", "DELETE"])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises ProblemError for a script of a strange web page."""
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        is_own = origin is not None and origin.partition("://")[2] == headers.get("host")
        if origin is not None and not is_own and not {origin, "*"} & self._options.origins:
            raise ProblemError(
                "wrong-host", "This server does not answer scripts of that site; name it in serve_origins.", 403
            )
        await self._app(scope, receive, send)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer within; at the end, calls in hand are ended, and connections that only listen are closed."""
        async with self._manager.run():
            yield
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._options.limits.grace):
                    await self._assistants.finished()
