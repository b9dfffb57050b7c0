"""Who comes in: the names that the server answers to, tokens, how often one may ask; and what every answer carries."""

import base64
import binascii
import hmac
import ipaddress
import logging
import time
from collections.abc import Callable, Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route, Router
from starlette.types import Message, Receive, Scope, Send

from bot.channels.faults import log_fault
from bot.channels.flood import Flood
from bot.channels.serve.metrics import Metrics
from bot.channels.serve.options import ServeOptions
from bot.channels.serve.problems import ProblemError
from bot.channels.serve.worker import ClientGoneError

LOG = logging.getLogger(__name__)

# A supervisor has no token.
OPEN: Final = frozenset(("/healthz", "/readyz"))
_CHALLENGE: Final = 'Basic realm="Quoth", charset="UTF-8", Bearer realm="Quoth"'
_COMMON: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# How a problem is told to a browser that asked for a page; None to any other client.
Told = Callable[[ProblemError, Headers, str, bytes], Response | None]


class Gate:
    """Stand before an app; `is_draining` tells clients to open new connections elsewhere."""

    def __init__(self, app: Router, options: ServeOptions, metrics: Metrics, told: Told) -> None:
        self._app = app
        self._options = options
        self._metrics = metrics
        self._told = told
        self._flood = Flood(time.monotonic, options.limits.asked) if options.limits.asked is not None else None
        self._token = options.token.encode() if options.token is not None else None
        self._hosts = {"localhost", options.host.lower(), *(host.lower() for host in options.hosts)}
        self.is_draining = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; no error leaves this."""
        began, status = time.perf_counter(), 0
        # So that the router raises what it does not know, and answers nothing itself.
        scope["app"] = self._app
        headers = Headers(scope=scope)

        async def finished(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._finish(MutableHeaders(scope=message), headers)
            await send(message)

        try:
            await self._enter(scope, receive, finished, headers)
        except ClientGoneError:
            status = 499
        except Exception as error:  # noqa: BLE001 (the last door: a client is told, the log knows where)
            problem = _problem(error)
            response = None
            if _is_of_the_page(scope["path"]):
                response = self._told(problem, headers, scope["path"], scope["query_string"])
            await (response or problem.response())(scope, receive, finished)
        seconds = time.perf_counter() - began
        path = getattr(scope.get("route"), "path", "other")
        self._metrics.count(path, status, seconds)
        LOG.info("%s %s status=%d seconds=%.4f", scope["method"], path, status, seconds)

    async def _enter(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        if not self._is_known(headers.get("host", "")):
            raise ProblemError("wrong-host")
        if scope["path"] in OPEN and scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        is_let_in = self._token is None or self._has_token(headers.get("authorization", ""))
        # A preflight of a browser never has a token.
        if scope["method"] == "OPTIONS":
            await self._preflight(headers, self._allowed(scope))(scope, receive, send)
            return
        if self._flood is not None:
            seconds = self._flood.wait("" if is_let_in and self._token is not None else _asker(scope))
            if seconds:
                raise ProblemError("rate", headers={"Retry-After": str(max(1, round(seconds + 0.5)))})
        if not is_let_in:
            raise ProblemError("unauthorized", headers={"WWW-Authenticate": _CHALLENGE})
        await self._app(scope, receive, send)

    def _is_known(self, host: str) -> bool:
        """Return whether a Host is ours; an address in numbers cannot be led here by somebody's name server."""
        name = host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]
        name = name.lower().rstrip(".")
        if name in self._hosts:
            return True
        try:
            ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
        except ValueError:
            return False
        return True

    def _has_token(self, stated: str) -> bool:
        kind, _, value = stated.partition(" ")
        given = value.strip().encode("latin-1", "replace")
        if kind.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).partition(b":")[2]
            except binascii.Error:
                given = b""
        elif kind.lower() != "bearer":
            given = b""
        return hmac.compare_digest(given, self._token or b"")

    def _allowed(self, scope: Scope) -> str:
        """Return the methods that a path takes. Raises ProblemError for one that is none."""
        for route in self._app.routes:
            match, _ = route.matches(scope)
            if match is not Match.NONE and isinstance(route, Route):
                return _listed(route.methods or ())
        raise ProblemError("not-found")

    def _preflight(self, headers: Headers, methods: str) -> Response:
        allowed = {"Allow": methods}
        if headers.get("origin") in self._options.origins or "*" in self._options.origins:
            allowed |= {
                "Access-Control-Allow-Methods": methods,
                "Access-Control-Allow-Headers": "Authorization, Content-Type, If-None-Match, Last-Event-ID, "
                "Mcp-Method, Mcp-Name, Mcp-Protocol-Version, Mcp-Session-Id",
                "Access-Control-Max-Age": "600",
            }
        return Response(status_code=204, headers=allowed)

    def _finish(self, written: MutableHeaders, headers: Headers) -> None:
        """Add what every answer carries."""
        for name, value in _COMMON.items():
            written[name] = value
        if self._options.origins:
            origin = headers.get("origin")
            written.add_vary_header("Origin")
            if "*" in self._options.origins or origin in self._options.origins:
                written["Access-Control-Allow-Origin"] = "*" if "*" in self._options.origins else str(origin)
                written["Access-Control-Expose-Headers"] = "ETag, Mcp-Session-Id, Retry-After"
                written["Cross-Origin-Resource-Policy"] = "cross-origin"
        if self.is_draining:
            written["Connection"] = "close"


def _problem(error: Exception) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, HTTPException):
        if error.status_code == 405:
            return ProblemError("method", headers={"Allow": _listed((error.headers or {})["Allow"].split(", "))})
        return ProblemError("not-found")
    reference = log_fault(error)
    return ProblemError("bug", f"Something went wrong here (ref {reference}).", reference=reference)


def _listed(methods: Iterable[str]) -> str:
    return ", ".join(sorted({*methods, "OPTIONS"}))


def _is_of_the_page(path: str) -> bool:
    return not path.startswith(("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/mcp"))


def _asker(scope: Scope) -> str:
    """Return who asks, by address: of IPv6 the network, for one machine has many addresses there."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
