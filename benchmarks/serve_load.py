"""Many clients ask the real `quoth serve` at once, beside a bare handler of starlette: how many answers, how fast.

    python -m benchmarks.serve_load DIR [--passages 1000000] [--seconds 10] [--clients 1 8 64]
    python -m benchmarks.serve_load DIR --memory 200000
    python -m benchmarks.serve_load DIR --stops

DIR is a question set in BEIR layout; with `--passages` its sentences are drawn anew into so many passages. The server
is a process of its own, and this one is all clients: connections that are kept, each with one request after the other.
CPU is that of the server; "own" is what the thread that searches used of it: the answer itself, its JSON, its tag.

`--memory` watches private memory over so many requests. `--stops` builds the index three times under load, kills the
server three times and stops it three times; it ends with exit code 1 when an answer was wrong, or one was broken off
by a stop.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import quote

import numpy as np

from benchmarks.answering import questions_of
from bot.answer import Answerer, AskOptions
from bot.channels.serve.endpoints import answer_json
from index import Article, Options, Paragraph, Store, build_index, sentences
from index.evaluate.beir import load_corpus

ROOT: Final = Path(__file__).parents[1]
_QUESTIONS: Final = 500
_SEED: Final = 7
_WARM: Final = 200
_BARE: Final = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def bare(request):
    return Response(b'{"state":"answered"}', media_type="application/json")

print("Answering at http://127.0.0.1:" + sys.argv[1] + "/", flush=True)
app = Starlette(routes=[Route("/v1/answer", bare)])
uvicorn.run(app, port=int(sys.argv[1]), http="h11", ws="none", log_level="error")
"""


@dataclass(slots=True)
class Server:
    """A running server: its process and port."""

    process: subprocess.Popen[str]
    port: int

    def cpu(self) -> tuple[float, float]:
        """Return the seconds of CPU of all threads, and of all but the one with the event loop."""
        used = {}
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            used[int(task.name)] = int((task / "schedstat").read_text().split()[0]) / 1e9
        return sum(used.values()), sum(used.values()) - used[self.process.pid]

    def private(self) -> float:
        """Return the private memory in MB."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1000


@dataclass(slots=True)
class Client:
    """A client with one connection at a time.

    `seconds` are those of each answer. Of requests without one, `lost` are those on a connection that was kept,
    `broken` those whose answer had begun, `refused` those on a connection that was new.
    """

    port: int
    paths: Iterator[str]
    seconds: list[float] = field(default_factory=list)
    bodies: dict[str, set[bytes]] | None = None
    lost: int = 0
    broken: int = 0
    refused: int = 0

    async def run(self, until: float, most: int = 1 << 62) -> None:
        """Ask until a moment of the clock, or so many times; a connection that was closed is opened again."""
        writer: asyncio.StreamWriter | None = None
        is_kept = False
        while time.perf_counter() < until and len(self.seconds) < most:
            if writer is None:
                try:
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
                except OSError:
                    self.refused += 1
                    await asyncio.sleep(0.01)
                    continue
                is_kept = False
            path, begun = next(self.paths), time.perf_counter()
            head = b""
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
                body = await reader.readexactly(length)
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                is_begun = bool(head or getattr(error, "partial", b""))
                self.broken += is_begun
                self.lost += is_kept and not is_begun
                self.refused += not is_kept and not is_begun
                writer.close()
                writer = None
                continue
            is_kept = True
            self.seconds.append(time.perf_counter() - begun)
            if self.bodies is not None and head.startswith(b"HTTP/1.1 200"):
                self.bodies.setdefault(path, set()).add(body)
            if b"connection: close" in head.lower():
                writer.close()
                writer = None
        if writer is not None:
            writer.close()


def main() -> int:
    """Run what is asked for, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--memory", type=int, default=0)
    parser.add_argument("--stops", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quoth-serve-") as temporary:
        data = Path(temporary)
        articles = articles_of(options.folder, options.passages)
        build_index(Store(data), articles, [], Options(cut=False, force=True))
        questions = questions_of(options.folder, _QUESTIONS)
        print(f"{options.folder.name}: {Store(data).open().manifest.counts['passages']:,} passages", flush=True)
        if options.stops:
            return _stops(data, articles, questions)
        if options.memory:
            return _memory(data, questions, options.memory)
        return _speeds(data, questions, options.clients, options.seconds)


def articles_of(folder: Path, passages: int) -> Sequence[Article]:
    """Return the articles of a question set; with `passages`, ten each of so many, of its sentences drawn anew."""
    corpus = load_corpus(folder)
    if not passages:
        return list(corpus.articles)
    random = Random(_SEED)  # noqa: S311 (no secret)
    texts = [paragraph.text for article in corpus.articles for paragraph in article.paragraphs]
    pool = [text[start:end] for text in texts for start, end in sentences(text)]
    drawn = [Paragraph(" ".join(random.choices(pool, k=4))) for _ in range(passages)]
    return [
        Article(" ".join(random.choice(pool).split()[:8]), tuple(drawn[at : at + 10]), f"{at}.txt", language="en")
        for at in range(0, passages, 10)
    ]


def _start(data: Path, *, bare: bool = False) -> Server:
    port = 20_000 + os.getpid() % 10_000 + bare
    environment = os.environ | {"QUOTH_DATA_DIR": str(data), "QUOTH_SERVE_RATE": "0", "PYTHONPATH": str(ROOT)}
    program = ["-c", _BARE, str(port)] if bare else ["-m", "bot", "serve", "--listen", f"127.0.0.1:{port}"]
    process = subprocess.Popen([sys.executable, *program], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None  # noqa: S101 (it is a pipe)
    process.stdout.readline()
    return Server(process, port)


def _speeds(data: Path, questions: Sequence[str], clients: Sequence[int], seconds: float) -> int:
    print("| handler | clients | a second | p50 ms | p99 ms | CPU ms | own CPU ms | CPU / own |\n" + "| --- " * 8 + "|")
    for bare in (True, False):
        server = _start(data, bare=bare)
        paths = [f"/v1/answer?q={quote(question)}" for question in questions]
        try:
            asyncio.run(_load(server.port, paths, 1, 60.0, _WARM))
            for count in clients:
                before, begun = server.cpu(), time.perf_counter()
                found = asyncio.run(_load(server.port, paths, count, seconds))
                passed, after = time.perf_counter() - begun, server.cpu()
                times = np.array([one for client in found for one in client.seconds]) * 1000
                cpu, own = ((now - then) * 1000 / len(times) for now, then in zip(after, before, strict=True))
                ratio = "" if bare else f"{cpu / own:.2f}"
                p50, p99 = np.percentile(times, (50, 99))
                figures = f"{len(times) / passed:,.0f} | {p50:.1f} | {p99:.1f} | {cpu:.2f} | {own:.2f} | {ratio}"
                print(f"| {'bare' if bare else 'quoth'} | {count} | {figures} |", flush=True)
        finally:
            server.process.terminate()
            server.process.wait()
    return 0


async def _load(port: int, paths: Sequence[str], count: int, seconds: float, most: int = 1 << 62) -> list[Client]:
    until = time.perf_counter() + seconds
    # Each begins elsewhere among the questions.
    starts = [[*paths[number * 37 % len(paths) :], *paths] for number in range(count)]
    clients = [Client(port, cycle(start)) for start in starts]
    await asyncio.gather(*(client.run(until, most) for client in clients))
    return clients


def _memory(data: Path, questions: Sequence[str], requests: int) -> int:
    server = _start(data)
    paths = [f"/v1/answer?q={quote(question)}" for question in questions]
    paths += [f"/?q={quote(question)}" for question in questions[:50]]
    try:
        step = max(requests // 10, 1)
        asyncio.run(_load(server.port, paths, 8, 1e9, 2000 // 8))
        print(f"after 2,000 requests: {server.private():.1f} MB private", flush=True)
        for done in range(step, requests + 1, step):
            asyncio.run(_load(server.port, paths, 8, 1e9, step // 8))
            print(f"after {done:,} more: {server.private():.1f} MB", flush=True)
    finally:
        server.process.terminate()
        server.process.wait()
    return 0


def _stops(data: Path, articles: Sequence[Article], questions: Sequence[str]) -> int:
    """Build, kill and stop three times each under load; every answer has to be that of one of the generations."""
    questions = questions[:100]
    paths = {f"/v1/answer?q={quote(question)}": question for question in questions}
    known: dict[str, set[bytes]] = {path: set() for path in paths}
    seen: dict[str, set[bytes]] = {}

    def learn() -> None:
        with Answerer.open(data) as answerer:
            for path, question in paths.items():
                known[path].add(answer_json(answerer, question, None, AskOptions()))

    learn()
    server = _start(data)
    lost = broken = asked = 0

    async def under_load(seconds: float, act: Callable[[], None] | None = None) -> None:
        nonlocal lost, broken, asked
        until = time.perf_counter() + seconds
        clients = [Client(server.port, cycle(list(paths)[number:] + list(paths)), bodies=seen) for number in range(16)]
        running = [asyncio.create_task(client.run(until)) for client in clients]
        if act is not None:
            await asyncio.to_thread(act)
            for client in running:
                client.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        lost += sum(client.lost for client in clients)
        broken += sum(client.broken for client in clients)
        asked += sum(len(client.seconds) for client in clients)

    def rebuild() -> None:
        for number in range(3):
            less = [replace(one, title=f"{one.title} ({number})") for one in articles[: len(articles) - 1 - number]]
            build_index(Store(data), less, [], Options(cut=False, force=True))
            learn()

    asyncio.run(under_load(1e9, rebuild))
    wrong = sum(bool(found - known[path]) for path, found in seen.items())
    counted = f"{wrong} questions with a wrong one, {lost} lost, {broken} broken off"
    print(f"three builds under load: {asked:,} answers, {counted}", flush=True)

    async def end(how: signal.Signals) -> None:
        nonlocal server
        task = asyncio.create_task(under_load(4.0))
        await asyncio.sleep(1.0)
        server.process.send_signal(how)
        await asyncio.to_thread(server.process.wait)
        server = _start(data)
        await task

    counts: dict[str, dict[str, int]] = {}
    for how in (signal.SIGKILL, signal.SIGTERM):
        lost = broken = asked = 0
        for _ in range(3):
            asyncio.run(end(how))
        counts[how.name] = {"times": 3, "answers": asked, "unanswered": lost, "broken off": broken}
    server.process.terminate()
    server.process.wait()
    wrong += sum(bool(found - known[path]) for path, found in seen.items())
    print(json.dumps(counts | {"wrong": wrong}))
    # Whoever is killed cannot keep a promise; whoever is asked to stop can.
    return 1 if wrong or broken or lost > asked / 1000 else 0


if __name__ == "__main__":
    sys.exit(main())
