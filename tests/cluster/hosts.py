"""A host on loopback that answers in the place of a node what a test wants."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from index.cluster.client import Cluster, ClusterOptions

Reply = tuple[int, Any]
SECRET = "brine-and-kelp"  # noqa: S105 - made up


@contextmanager
def host(
    reply: Callable[[str], Reply], context: ssl.SSLContext | None = None, heard: list[str] | None = None
) -> Iterator[str]:
    """A host on loopback that answers what `reply` says to the path of each request.

    What clients show to be let in is put into `heard`.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if heard is not None:
                heard.append(self.headers.get("Authorization", ""))
            status, body = reply(self.path)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the name that the library calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{'http' if context is None else 'https'}://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def cluster(*hosts: str, timeout: float = 5.0, **more: Any) -> Iterator[Cluster]:
    """A connection to hosts; `more` are further options."""
    opened = Cluster(ClusterOptions(hosts, timeout=timeout, **more))
    try:
        yield opened
    finally:
        opened.close()


def refused(kind: str, reason: str = "") -> Any:
    """What OpenSearch says where it refuses something."""
    return {"error": {"type": kind, "reason": reason, "root_cause": [{"type": kind, "reason": reason}]}, "status": 0}
