"""The one door to a cluster: requests with a deadline, sent to another node when one is slow.

All traffic runs on one event loop in a thread of its own. So a request that nobody waits for any more is cancelled,
and a node that hangs holds up no thread.
"""

import asyncio
import logging
import ssl
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread, local
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from index.cluster.faults import GoneError, fault, may_pass
from index.errors import ClusterError

T = TypeVar("T")
Json = dict[str, Any]

# A request goes to another node after twice the time that nearly all take, but neither at once nor late.
_PATIENCE: Final = (0.05, 1.0)
_REMEMBERED: Final = 200
_PASSED_OVER: Final = 10.0
_TURNS: Final = 3
_PAUSE: Final = 0.1
# Between the requests of one question lies less, in seconds.
_LONG_BEHIND: Final = 1.0


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """Where a cluster is, and how long it may take.

    `hosts` are addresses ("https://search-1.example:9200"), any of which answers for all. `timeout` in seconds is how
    long one question may wait for the cluster, all its requests together. `prefix` begins the names of all indices.
    """

    hosts: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout: float = 5.0
    prefix: str = "quoth"


@dataclass(eq=False)
class _Node:
    """One host: its client, and until when it is passed over (in the time of `time.monotonic`)."""

    client: Any
    avoided: float = 0.0


class Cluster:
    """A cluster of OpenSearch, safe to share between threads; close it.

    Raises ClusterError, which says what happened and what to do, where it does not do what it is asked.
    """

    def __init__(self, options: ClusterOptions) -> None:
        self.options = options
        self.prefix = options.prefix
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="quoth-cluster", daemon=True)
        self._thread.start()
        self._taken: deque[float] = deque(maxlen=_REMEMBERED)
        self._turn = 0
        self._until = local()
        self._nodes: list[_Node] = []
        try:
            self._nodes = [_Node(client) for client in self._run(self._clients())]
        except BaseException:
            self.close()
            raise

    def begin(self, share: float = 1.0) -> None:
        """Begin a question, or a share of one: what this thread asks from now on has its time together."""
        self._until.at = time.monotonic() + share * self.options.timeout

    def ask(self, method: str, path: str, body: Json | None = None, **params: Any) -> Json:
        """Return the answer to a request that may be sent twice; within the time that the question has left."""
        now, mine = time.monotonic(), self._until
        # What is asked long behind a question, or behind one that failed, has a time of its own.
        if getattr(mine, "at", 0.0) <= now and now - getattr(mine, "last", 0.0) > _LONG_BEHIND:
            self.begin()
        mine.last = 0.0
        answer = self._run(self._hedged(_request(method, path, body, params), max(mine.at - now, 0.0)))
        mine.last = time.monotonic()
        return answer

    def change(
        self, method: str, path: str, body: Json | str | None = None, within: float = 60.0, **params: Any
    ) -> Json:
        """Return the answer to a request that is sent once, to a node that takes the connection."""
        return self._run(self._once(_request(method, path, body, params), within))

    def submit(self, method: str, path: str, body: Json | str, within: float = 60.0, **params: Any) -> Future[Json]:
        """Begin what `change` does, and return at once."""
        work = self._once(_request(method, path, body, params), within)
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        """Close all connections. A second call does nothing."""
        if self._loop.is_closed():
            return
        for node in self._nodes:
            self._run(node.client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop.is_closed():
            work.close()
            raise ClusterError("the connection to the cluster was closed")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _clients(self) -> list[Any]:
        """Return a client for each host, with the context of TLS that it needs; made in the loop."""
        from opensearchpy import AsyncOpenSearch

        # Its lines hold what people asked.
        logging.getLogger("opensearch").setLevel(logging.CRITICAL)
        options = self.options
        auth: Json = {"http_auth": (options.user, options.password)} if options.user else {}
        if options.api_key:
            auth = {"headers": {"Authorization": f"ApiKey {options.api_key}"}}
        clients = []
        for host in options.hosts:
            parts = urlsplit(host)
            where: Json = {"host": parts.hostname or "", "port": parts.port or 9200}
            if parts.scheme == "https":
                where |= {"use_ssl": True, "ssl_context": _trust(options.ca_file)}
            if parts.path.strip("/"):
                where["url_prefix"] = parts.path.strip("/")
            clients.append(AsyncOpenSearch([where], max_retries=0, pool_maxsize=64, **auth))
        return clients

    async def _once(self, send: "_Send", within: float) -> Json:
        error: ClusterError | None = None
        for node in self._order():
            try:
                async with asyncio.timeout(within):
                    return await send(node, within)
            except Exception as caught:  # noqa: BLE001 - each of its errors is told in our words
                error = self._fault(caught)
                if not error.__cause__ or not _was_not_taken(caught):
                    break
        raise error or ClusterError("no host is named")

    async def _hedged(self, send: "_Send", within: float) -> Json:
        """Return the first answer of the nodes, each asked when those before it failed or take too long."""
        begun, waiting, error = time.monotonic(), dict[asyncio.Task[Json], _Node](), None
        order = self._order()
        nodes = iter(order * _TURNS)
        try:
            while True:
                left = begun + within - time.monotonic()
                node = next(nodes, None) if left > 0 else None
                if node is not None:
                    task = asyncio.create_task(send(node, left))
                    task.add_done_callback(_heard)
                    waiting[task] = node
                if not waiting or left <= 0:
                    raise error or self._fault(TimeoutError())
                # With one host there is nobody else to ask.
                patience = self._patience() if node is not None and len(self._nodes) > 1 else left
                done, _ = await asyncio.wait(waiting, timeout=min(patience, left), return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    asked = waiting.pop(task)
                    if (failure := task.exception()) is None:
                        self._taken.append(time.monotonic() - begun)
                        self._pass_over(waiting.values())
                        return task.result()
                    error = self._fault(failure)
                    if not may_pass(failure):
                        raise error
                    self._pass_over([asked])
                    if not waiting and asked is order[-1]:
                        await asyncio.sleep(_PAUSE)
        finally:
            for task in waiting:
                task.cancel()

    def _order(self) -> list[_Node]:
        """Return the nodes in turn, those that are passed over behind the others."""
        self._turn += 1
        now, turn = time.monotonic(), self._turn % len(self._nodes)
        nodes = [*self._nodes[turn:], *self._nodes[:turn]]
        return sorted(nodes, key=lambda node: node.avoided > now)

    def _fault(self, error: BaseException) -> ClusterError:
        return fault(error, ", ".join(self.options.hosts), self.options.timeout)

    def _pass_over(self, nodes: Iterable[_Node]) -> None:
        for node in nodes:
            node.avoided = time.monotonic() + _PASSED_OVER

    def _patience(self) -> float:
        least, most = _PATIENCE
        if len(self._taken) < _REMEMBERED // 4:
            return most
        return min(max(2 * sorted(self._taken)[int(len(self._taken) * 0.99)], least), most)


def _heard(task: "asyncio.Task[Json]") -> None:
    """Take note of how a request ended that nobody waits for any more; else it would be reported."""
    if not task.cancelled():
        task.exception()


_Send = Callable[[_Node, float], Coroutine[Any, Any, Json]]


def _request(method: str, path: str, body: Json | str | None, params: Mapping[str, Any]) -> _Send:
    async def send(node: _Node, within: float) -> Json:
        headers = {"content-type": "application/x-ndjson"} if isinstance(body, str) else None
        answer = await node.client.transport.perform_request(
            method, path, params={**params}, body=body, headers=headers, timeout=within
        )
        if isinstance(answer, dict) and (answer.get("timed_out") or answer.get("_shards", {}).get("failed")):
            raise GoneError("only a part of the shards answered")
        return answer if isinstance(answer, dict) else {"answer": answer}

    return send


def _was_not_taken(error: BaseException) -> bool:
    from opensearchpy.exceptions import ConnectionError as Refused
    from opensearchpy.exceptions import ConnectionTimeout

    return isinstance(error, Refused) and not isinstance(error, ConnectionTimeout)


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise ClusterError(f"{ca_file}: holds no certificates that could be trusted ({error})") from error
