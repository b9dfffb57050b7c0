"""A web site on loopback for tests of fetching: what it answers, and what it was asked for."""

import gzip
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from types import TracebackType
from typing import BinaryIO, Self

Send = Callable[[BinaryIO], object]


@dataclass
class Reply:
    """What is answered: a body with its headers, or whatever `send` writes in its place after the headers.

    With `length` off the body goes as far as the connection; `raw` writes everything, the status line too.
    """

    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    packed: bool = False
    send: Send | None = None
    raw: Send | None = None


def page(title: str, *sentences: str, head: str = "", **headers: str) -> Reply:
    """Return a page with an article of some paragraphs."""
    text = "".join(f"<p>{one}</p>" for one in sentences)
    body = f"<!doctype html><html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{text}"
    return Reply(f"{body}</article></body></html>", headers={"Content-Type": "text/html; charset=utf-8"} | headers)


def xml(body: str, **headers: str) -> Reply:
    """Return a document of XML."""
    stated = {"Content-Type": "application/xml"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(body, headers=stated)


def sends_to(location: str, status: int = 302) -> Reply:
    """Return a redirect."""
    return Reply(status=status, headers={"Location": location})


class Site:
    """`with Site() as site:` answers `site.replies[path]`, and with 404 for any other path.

    `{here}` in bodies and headers stands for its origin. `asked` are the paths so far, `headers` those of each request.
    """

    def __init__(self, trusted: SSLContext | None = None) -> None:
        site = self
        self.replies: dict[str, Reply] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.headers.append({name.lower(): value for name, value in self.headers.items()})
                self.close_connection = True
                with suppress(OSError):
                    site._answer(self, site.replies.get(self.path, Reply(status=404)))

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if trusted is not None:
            self._server.socket = trusted.wrap_socket(self._server.socket, server_side=True)
        self.place = f"127.0.0.1:{self._server.server_port}"
        self.port = self._server.server_port
        self.origin = f"http{'s' if trusted else ''}://{self.place}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def at(self, path: str) -> str:
        """Return the address of a path."""
        return self.origin + path

    def _answer(self, http: BaseHTTPRequestHandler, reply: Reply) -> None:
        out = http.wfile
        if reply.raw is not None:
            reply.raw(out)  # type: ignore[arg-type]  # a file that is written to
            return
        body = reply.body.replace("{here}", self.origin).encode() if isinstance(reply.body, str) else reply.body
        body = gzip.compress(body) if reply.packed else body
        headers = {"Connection": "close"} | ({"Content-Encoding": "gzip"} if reply.packed else {}) | reply.headers
        if reply.send is None:
            headers.setdefault("Content-Length", str(len(body)))
        lines = [f"{name}: {value.replace('{here}', self.origin)}" for name, value in headers.items()]
        out.write("\r\n".join([f"HTTP/1.1 {reply.status} x", *lines, "", ""]).encode() + body)
        if reply.send is not None:
            reply.send(out)  # type: ignore[arg-type]  # the same


class Untouched:
    """A port where nobody may connect: `connections` counts those that do."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()
