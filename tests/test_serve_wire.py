"""Connections: what is refused before it is understood, deadlines that nobody can stretch, and how a stop goes."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from bot.answer import Answer, Answerer
from bot.channels.listening import listener
from bot.channels.serve import ServeOptions
from bot.errors import ChannelError, TokenError
from tests.web_wire import PLAIN, Reply, Web, read, serving

ASK = f"/v1/answer?q={quote('Who designed the tower of the lighthouse?')}"
GET = f"GET {ASK} HTTP/1.1\r\nHost: localhost\r\n".encode()
POST = b"POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
BODY = b'{"questions": ["Who?"]}'


@pytest.fixture
async def web(answerer: Answerer) -> AsyncIterator[Web]:
    async with serving(answerer) as running:
        yield running


@pytest.fixture
async def hasty(answerer: Answerer) -> AsyncIterator[Web]:
    async with serving(answerer, receiving=0.3, idle=0.3, sending=0.3) as running:
        yield running


def refused(reply: Reply, status: int, kind: str) -> None:
    """Check that a connection was refused, and is closed."""
    assert (reply.status, reply.json["type"]) == (status, f"urn:quoth:problem:{kind}")
    assert reply.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("sent", "status", "kind"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400, "malformed"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400, "malformed"),
        (POST + b"Content-Length: 23\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "malformed"),
        (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 23\r\n\r\n0\r\n\r\n", 400, "malformed"),
        (POST + b"Content-Length: 23\r\ncontent-length: 23\r\n\r\n" + BODY, 400, "malformed"),
        (POST + b"Content-Length: 23, 23\r\n\r\n" + BODY, 400, "malformed"),
        (POST + b"Content-Length: +23\r\n\r\n" + BODY, 400, "malformed"),
        (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400, "malformed"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, "malformed"),
        (GET + b"X-Folded: a\r\n b\r\n\r\n", 400, "malformed"),
        (GET + b"X-Bare: a\nX-More: b\r\n\r\n", 400, "malformed"),
        (GET.replace(b"\r\n", b"\n") + b"\n", 400, "malformed"),
        (GET + b"X-Return: a\rb\r\n\r\n", 400, "malformed"),
        (GET + b"X-Nothing: a\x00b\r\n\r\n", 400, "malformed"),
        (GET + b"No colon\r\n\r\n", 400, "malformed"),
        (GET + b"Spaced : a\r\n\r\n", 400, "malformed"),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "malformed"),
        (b"GET /\xd9\x81 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "malformed"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300) + b"\n", 400, "malformed"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "malformed"),
        (GET + b"".join(b"X-%d: a\r\n" % number for number in range(101)) + b"\r\n", 431, "too-large"),
        (GET + b"".join(b"X-%d: a\r\n" % number for number in range(10_000)) + b"\r\n", 431, "too-large"),
        (GET + b"X-Long: " + b"a" * 20_000 + b"\r\n\r\n", 431, "too-large"),
        (b"GET /v1/answer?q=" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, "too-large"),
    ],
)
async def test_what_two_servers_could_read_in_two_ways_or_is_too_much_is_refused(
    web: Web, sent: bytes, status: int, kind: str
) -> None:
    # What stands behind is never read as a request.
    reader, writer = await web.connect()
    writer.write(sent + b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    refused(await read(reader), status, kind)
    assert (await read(reader)).status == 0
    writer.close()
    assert (await web.get(ASK)).status == 200


async def test_a_host_is_asked_for_in_old_http_too(web: Web) -> None:
    assert (await web.raw(b"GET / HTTP/1.0\r\n\r\n")).status == 421
    reply = await web.raw(f"GET {ASK} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    assert (reply.status, reply.json["state"]) == (200, "answered")


async def test_requests_in_a_row_are_answered_in_order(web: Web) -> None:
    reader, writer = await web.connect()
    writer.write(
        (GET + b"\r\n") + b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n" + POST + b"Content-Length: 23\r\n\r\n"
    )
    writer.write(BODY + GET + b"X: y\n\r\n")
    assert [(await read(reader)).status for _ in range(4)] == [200, 404, 200, 400]
    assert (await read(reader)).status == 0
    writer.close()


@pytest.mark.parametrize(
    ("begun", "more", "status"),
    [
        (b"", b"", 0),
        (b"GET", b"", 408),
        (GET, b"", 408),
        (GET, b"X", 408),
        (POST + b"Content-Length: 23\r\n\r\n", b"", 408),
        (POST + b"Content-Length: 230000\r\n\r\n", b" ", 408),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1", b"", 408),
        # The answer is there at once; its body may not drip on.
        (b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 230000\r\n\r\n", b" ", 404),
    ],
)
async def test_a_client_that_is_silent_or_drips_is_let_go(hasty: Web, begun: bytes, more: bytes, status: int) -> None:
    reader, writer = await hasty.connect()
    writer.write(begun)
    dripping = True

    async def drip() -> None:
        while dripping and more:
            writer.write(more)
            await asyncio.sleep(0.01)

    task = asyncio.create_task(drip())
    reply = await read(reader)
    assert reply.status == status
    # It ends, whatever comes.
    while await reader.read(1000):
        pass
    dripping = False
    await task
    writer.close()


async def test_a_kept_connection_is_closed_when_nothing_comes(hasty: Web) -> None:
    reader, writer = await hasty.connect()
    for _ in range(2):
        writer.write(GET + b"\r\n")
        assert (await read(reader)).status == 200
    assert await reader.read() == b""
    writer.close()


@pytest.mark.slow
async def test_half_open_connections_by_the_hundred_keep_nobody_out(web: Web) -> None:
    half = []
    for _ in range(300):
        half.append(await web.connect())
        half[-1][1].write(b"GET / HT")
    assert [(await web.get(ASK)).status for _ in range(20)] == [200] * 20
    for _, writer in half:
        writer.close()


async def test_a_client_with_all_its_requests_in_hand_gets_no_more_connections(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go_on = threading.Event(), threading.Event()
    answer = Answerer.answer

    def waiting(own: Answerer, *given: object) -> Answer:
        began.set()
        go_on.wait(30)
        return answer(own, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Answerer, "answer", waiting)
    async with serving(answerer, of_one_client=4, waiting=3) as web:
        asked = [asyncio.create_task(web.get(ASK)) for _ in range(3)]
        await asyncio.to_thread(began.wait, 30)
        # The thread's queue is full before the connections are.
        while True:
            busy = await web.get(ASK)
            if busy.status == 503:
                break
        refused_now = busy.json["type"]
        go_on.set()
        assert [(await one).status for one in asked] == [200] * 3
        assert (refused_now, int(busy.headers["retry-after"])) == ("urn:quoth:problem:busy", 1)


async def test_nothing_is_searched_for_a_client_that_has_gone(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go_on = threading.Event(), threading.Event()
    asked: list[str] = []
    answer = Answerer.answer

    def waiting(own: Answerer, question: str, *given: object) -> Answer:
        asked.append(question)
        began.set()
        go_on.wait(30)
        return answer(own, question, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Answerer, "answer", waiting)
    async with serving(answerer) as web:
        first = asyncio.create_task(web.get(ASK))
        await asyncio.to_thread(began.wait, 30)
        _, writer = await web.connect()
        writer.write(b"GET /v1/answer?q=gone HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await writer.drain()
        # An answer to another one tells that it was received before the client left.
        assert (await web.get("/healthz")).status == 200
        writer.close()
        await writer.wait_closed()
        assert (await web.get("/healthz")).status == 200
        go_on.set()
        assert (await first).status == 200
        assert (await web.get("/v1/answer?q=there")).status == 200
    assert [question for question in asked if question != "gone"] == asked


async def test_the_loop_never_waits_for_a_search(answerer: Answerer, monkeypatch: pytest.MonkeyPatch) -> None:
    began, go_on = threading.Event(), threading.Event()
    answer = Answerer.answer

    def waiting(own: Answerer, *given: object) -> Answer:
        began.set()
        go_on.wait(30)
        return answer(own, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Answerer, "answer", waiting)
    async with serving(answerer) as web:
        slow = asyncio.create_task(web.get(ASK))
        await asyncio.to_thread(began.wait, 30)
        paths = ("/healthz", "/openapi.json", "/nowhere", "/metrics")
        assert [(await web.get(path)).status for path in paths] == [200, 200, 404, 200]
        assert not slow.done()
        go_on.set()
        assert (await slow).status == 200


async def test_a_search_that_takes_too_long_is_given_up(answerer: Answerer, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def waiting(*_: object) -> None:
        go_on.wait(30)

    monkeypatch.setattr(Answerer, "answer", waiting)
    async with serving(answerer, answering=0.1) as web:
        reply = await web.get(ASK)
        go_on.set()
    assert (reply.status, reply.json["type"]) == (503, "urn:quoth:problem:busy")


async def test_an_answer_that_nobody_reads_is_not_kept_for_ever(hasty: Web) -> None:
    listener = socket.create_connection(("127.0.0.1", hasty.port))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listener.setblocking(False)
    loop = asyncio.get_running_loop()
    # So many answers that they fit into no buffer of the system.
    with pytest.raises(ConnectionError):
        while True:
            await loop.sock_sendall(listener, b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
    listener.close()


async def test_a_stop_is_announced_and_breaks_no_answer_off(answerer: Answerer) -> None:
    async with serving(answerer, drain=1.5) as web:
        kept = [await web.connect() for _ in range(8)]

        async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[Reply]:
            replies: list[Reply] = []
            while not replies or replies[-1].headers.get("connection") != "close":
                writer.write(GET + b"\r\n")
                replies.append(await read(reader))
            assert await reader.read() == b""
            writer.close()
            return replies

        asking = [asyncio.create_task(ask(*one)) for one in kept]
        reader, writer = await web.connect()
        writer.write(GET + b"\r\n")
        assert (await read(reader)).status == 200
        web.stop.set()
        # It still takes connections, and says that it will not for long.
        ready = await web.get("/readyz")
        assert (ready.status, ready.json) == (503, {"ok": False})
        replies = [reply for one in asking for reply in await one]
        assert {reply.status for reply in replies} == {200}
        assert await web.task == 0
        assert await reader.read() == b""
        writer.close()
        with pytest.raises(OSError, match=r".+"):
            await web.connect()


async def test_a_connection_that_was_just_refused_does_not_disturb_a_stop(answerer: Answerer) -> None:
    async with serving(answerer) as web:
        reader, writer = await web.connect()
        writer.write(b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        refused(await read(reader), 400, "malformed")
        web.stop.set()
        assert await web.task == 0
        writer.close()


async def test_an_address_that_is_taken_and_one_that_strangers_reach_are_told(answerer: Answerer) -> None:
    from dataclasses import replace

    from bot.channels.serve import serve

    async with serving(answerer) as web:
        with pytest.raises(ChannelError, match=f"127.0.0.1:{web.port}: .*choose another address"):
            await serve(replace(PLAIN, port=web.port), answerer)
    wide = ServeOptions("0.0.0.0", 0, "quoth", "tests")  # noqa: S104 (it is refused)
    with pytest.raises(TokenError, match=r"QUOTH_SERVE_TOKEN_FILE .* --without-token"):
        await serve(wide, answerer)
    replace(wide, token="x").check()  # noqa: S106 (of the tests)
    replace(wide, open_to_all=True).check()
    assert "x" not in repr(replace(wide, token="x")).split("(")[1].split(",")  # noqa: S106


@pytest.mark.parametrize(
    "path", [ASK, "/", f"/?q={quote('Who?')}", "/v1/articles", "/openapi.json", "/healthz", "/nowhere"]
)
async def test_a_client_that_shuts_its_sending_half_gets_a_whole_reply_or_none(web: Web, path: str) -> None:
    # Whether it still reads cannot be told from one that has gone, for which nothing is searched.
    reader, writer = await web.connect()
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    writer.write_eof()
    assert (await read(reader)).status in (0, 200, 404)
    assert await reader.read() == b""
    writer.close()
    assert (await web.get(ASK)).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/articles",
        "/article/a1b2c3d4e5f6",
        "/v1/answer",
        "/v1/answers",
        "/v1/search",
        "/v1/articles",
        "/v1/articles/a1b2c3d4e5f6",
        "/v1/status",
        "/openapi.json",
        "/metrics",
        "/healthz",
        "/readyz",
    ],
)
async def test_no_path_breaks_on_strange_requests(web: Web, path: str) -> None:
    for query in (
        "?%00",
        "?q=%00",
        "?q=%ED%A0%80",
        "?=",
        "?&&",
        f"?q={'a' * 2000}",
        "?q=a&q=b",
        "?%FF=%FF",
        f"?{'a=b&' * 300}",
    ):
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            reply = await web.get(path + query, method=method)
            assert 200 <= reply.status < 500, (method, path + query)
    for sent in (b"\x00", b"%00", b"%ED%A0%80", b"%2e%2e/", b"//", b"\\"):
        reply = await web.raw(
            b"GET " + path.encode() + sent + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        assert reply.status in (200, 308, 400, 404, 422), sent


async def test_what_is_sent_waits_for_no_confirmation_of_what_was_sent_before() -> None:
    at_once: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def met(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at_once.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    bound = listener("127.0.0.1", 0)
    async with await asyncio.start_server(met, sock=bound):
        _, writer = await asyncio.open_connection(*bound.getsockname())
        assert await at_once == 1
        writer.close()
