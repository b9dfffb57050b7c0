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
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import quote

import numpy as np

from benchmarks.answering import questions_of
from benchmarks.serve_clients import Client, start
from bot.answer import Answerer, AskOptions
from bot.channels.serve.endpoints import answer_json
from index import Article, Options, Paragraph, Store, build_index, sentences
from index.evaluate.beir import load_corpus

ROOT: Final = Path(__file__).parents[1]
_QUESTIONS: Final = 500
_SEED: Final = 7
_WARM: Final = 200


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


def _speeds(data: Path, questions: Sequence[str], clients: Sequence[int], seconds: float) -> int:
    print("| handler | clients | a second | p50 ms | p99 ms | CPU ms | own CPU ms | CPU / own |\n" + "| --- " * 8 + "|")
    for bare in (True, False):
        server = start(data, bare=bare)
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
    server = start(data)
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
    load = _Load(data, questions[:100])
    asyncio.run(load.run(1e9, lambda: load.rebuild(articles)))
    print(f"three builds under load: {load.told()}", flush=True)
    for how in (signal.SIGKILL, signal.SIGTERM):
        for _ in range(3):
            asyncio.run(load.end(how))
        # Whoever is killed cannot keep a promise; whoever is asked to stop can.
        failed = load.wrong() or load.broken or load.lost > load.asked / 1000
        print(f"three times {how.name} under load: {load.told()}", flush=True)
    load.server.process.terminate()
    load.server.process.wait()
    return 1 if failed else 0


class _Load:
    """Sixteen clients of a server, the bodies that they see, and those of every generation so far."""

    def __init__(self, data: Path, questions: Sequence[str]) -> None:
        self._data = data
        self._paths = {f"/v1/answer?q={quote(question)}": question for question in questions}
        self._known: dict[str, set[bytes]] = {path: set() for path in self._paths}
        self._seen: dict[str, set[bytes]] = {}
        self._learn()
        self.server = start(data)
        self.lost = self.broken = self.asked = 0

    def _learn(self) -> None:
        with Answerer.open(self._data) as answerer:
            for path, question in self._paths.items():
                self._known[path].add(answer_json(answerer, question, None, AskOptions()))

    def wrong(self) -> int:
        """Return of how many questions a body was seen that no generation gives."""
        return sum(bool(found - self._known[path]) for path, found in self._seen.items())

    def told(self) -> str:
        """Return in words what was counted, and begin anew."""
        counts, wrong = f"{self.lost} lost, {self.broken} broken off", f"{self.wrong()} questions with a wrong one"
        asked, self.lost, self.broken, self.asked = self.asked, 0, 0, 0
        return f"{asked:,} answers, {wrong}, {counts}"

    async def run(self, seconds: float, act: Callable[[], None] | None = None) -> None:
        """Ask for so many seconds, or while `act` runs."""
        until, paths, port = time.perf_counter() + seconds, list(self._paths), self.server.port
        clients = [Client(port, cycle(paths[number:] + paths), bodies=self._seen) for number in range(16)]
        running = [asyncio.create_task(client.run(until)) for client in clients]
        if act is not None:
            await asyncio.to_thread(act)
            for client in running:
                client.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self.lost += sum(client.lost for client in clients)
        self.broken += sum(client.broken for client in clients)
        self.asked += sum(len(client.seconds) for client in clients)

    def rebuild(self, articles: Sequence[Article]) -> None:
        """Build three generations."""
        for number in range(3):
            less = [replace(one, title=f"{one.title} ({number})") for one in articles[: len(articles) - 1 - number]]
            build_index(Store(self._data), less, [], Options(cut=False, force=True))
            self._learn()

    async def end(self, how: signal.Signals) -> None:
        """Send the server a signal while it is asked, and start it again when it has ended."""
        task = asyncio.create_task(self.run(4.0))
        await asyncio.sleep(1.0)
        self.server.process.send_signal(how)
        await asyncio.to_thread(self.server.process.wait)
        self.server = start(self._data)
        await task


if __name__ == "__main__":
    sys.exit(main())
