"""What may happen to a cluster while it is asked and published to; see `benchmarks.cluster`."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from benchmarks.cluster_bench import Bench
from bot.answer import Answerer
from index import ClusterError
from index.cluster.client import Cluster
from index.cluster.publishing import PublishOptions, publish
from index.cluster.state import listing
from tests.cluster.conformance import differs
from tests.cluster.nodes import Nodes, ask


@dataclass
class Asked:
    """What askers saw: how many answers were right and wrong, the errors, and the longest wait in seconds."""

    right: int = 0
    wrong: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def line(self) -> str:
        """Return it as cells of a table."""
        return f"{self.right:,} | {self.wrong} | {dict(self.errors) or 0} | {self.longest:.2f}"


class Askers:
    """So many threads that ask and compare, until they are stopped; each has a host of its own."""

    def __init__(self, bench: Bench, questions: Sequence[str], count: int, timeout: float) -> None:
        self._stop, self.seen = Event(), Asked()
        here = bench.here()
        self._expected = {question: here.answer(question) for question in questions}
        self._answerers = [bench.there(bench.cluster(1, timeout)) for _ in range(count)]
        for answerer in self._answerers:
            answerer.summary()
        self._threads = [Thread(target=self._ask, args=(answerer,)) for answerer in self._answerers]
        for thread in self._threads:
            thread.start()

    def _ask(self, answerer: Answerer) -> None:
        questions = list(self._expected)
        while not self._stop.is_set():
            question = random.choice(questions)  # noqa: S311 - no secret
            began, error, is_right = time.monotonic(), "", False
            try:
                is_right = answerer.answer(question) == self._expected[question]
            except ClusterError as caught:
                error = str(caught).split(": ", 1)[-1][:60]
            taken = time.monotonic() - began
            with self.seen.lock:
                self.seen.longest = max(self.seen.longest, taken)
                if error:
                    self.seen.errors[error] += 1
                elif is_right:
                    self.seen.right += 1
                else:
                    self.seen.wrong += 1

    def since(self) -> Asked:
        """Return what was seen since this was called before."""
        with self.seen.lock:
            seen = Asked(self.seen.right, self.seen.wrong, self.seen.errors, self.seen.longest)
            self.seen.right = self.seen.wrong = 0
            self.seen.errors, self.seen.longest = Counter(), 0.0
        return seen

    def turn(self, name: str) -> int:
        """Print what was seen since the last turn; return how many answers were wrong."""
        seen = self.since()
        print(f"| {name} | {seen.line()} |", flush=True)
        return seen.wrong

    def stop(self) -> None:
        """Stop asking."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        for answerer in self._answerers:
            answerer.close()


def faults(bench: Bench, questions: Sequence[str], askers: int, pause: float, only: Sequence[str]) -> int:
    """Do to three nodes what may happen to them, or `only` some of it; return how many answers were wrong."""
    cluster = bench.cluster(1, timeout=60.0)
    publish(bench.generation, cluster, PublishOptions(replicas=1))
    print("| what happens | right | wrong | errors | longest, s |\n|---|---|---|---|---|")
    asking = Askers(bench, questions, askers, timeout=10.0)
    parts: dict[str, Callable[[], Iterator[str]]] = {
        "kill": lambda: _killed(bench.nodes),
        "hang": lambda: _hung(bench.nodes, pause),
        "publish": lambda: _published(bench, cluster),
        "down": lambda: _down(bench.nodes),
    }
    wrong = 0
    try:
        time.sleep(10)
        wrong += asking.turn("nothing")
        for name in only or parts:
            for what in parts[name]():
                wrong += asking.turn(what)
        publish(bench.generation, cluster, PublishOptions(replicas=1))
        print(f"then published once more; held: {[(one.number, one.role) for one in listing(cluster)]}")
    finally:
        asking.stop()
        cluster.close()
    return wrong


def _killed(nodes: Nodes) -> Iterator[str]:
    for number in (*range(nodes.count), nodes.manager()):
        nodes.kill(number)
        time.sleep(15)
        yield f"kill -9 of node {number}"
        nodes.start(number)
        nodes.wait(300)
        _green(nodes)
        yield "and it comes back"


def _hung(nodes: Nodes, pause: float) -> Iterator[str]:
    manager = nodes.manager()
    nodes.signal(manager, signal.SIGSTOP)
    time.sleep(pause)
    nodes.signal(manager, signal.SIGCONT)
    yield f"the manager hangs for {pause:g} s"
    nodes.wait(300)
    _green(nodes)
    yield "and it comes back"


def _published(bench: Bench, cluster: Cluster) -> Iterator[str]:
    for number in range(5):
        publish(bench.generation, cluster, PublishOptions(replicas=1))
        yield f"publication {number + 2}"


def _down(nodes: Nodes) -> Iterator[str]:
    for number in range(nodes.count):
        nodes.kill(number)
    time.sleep(3)
    for number in range(nodes.count):
        nodes.start(number)
    nodes.wait(300)
    _green(nodes)
    yield "all nodes down and up again"
    time.sleep(10)
    yield "afterwards"


def _green(nodes: Nodes, seconds: float = 300.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for host in nodes.hosts:
            try:
                if ask(f"{host}/_cluster/health")["status"] == "green":
                    return
            except (OSError, ValueError):
                continue
        time.sleep(0.5)


_PUBLISHER = """
import sys
from pathlib import Path
from index.cluster.client import Cluster, ClusterOptions
from index.cluster.client import Cluster
from index.cluster.publishing import PublishOptions, publish
cluster = Cluster(ClusterOptions(tuple(sys.argv[2].split(",")), timeout=60.0, prefix=sys.argv[3]))
publish(Path(sys.argv[1]), cluster, PublishOptions(beat=0.3))
"""


def kills(bench: Bench, questions: Sequence[str], times: int) -> int:
    """Kill a publisher at so many moments of its work; return how often something was wrong afterwards."""
    cluster, quick = bench.cluster(1), PublishOptions(beat=0.3)
    publish(bench.generation, cluster, quick)
    here, there = bench.here(), bench.there(cluster)
    command = [sys.executable, "-c", _PUBLISHER, str(bench.generation), ",".join(bench.nodes.hosts), cluster.prefix]
    began = time.monotonic()
    subprocess.run(command, check=True, timeout=600)
    whole, wrong, left, over = time.monotonic() - began, 0, Counter[str](), 0
    for number in range(times):
        publisher = subprocess.Popen(command)
        try:
            over += publisher.wait(whole * (number + 1) / times) == 0
        except subprocess.TimeoutExpired:
            publisher.kill()
            publisher.wait()
        left[",".join(one.role or "unfinished" for one in listing(cluster))] += 1
        wrong += any(differs(here, there, question) for question in questions[number::times][:5])
    publish(bench.generation, cluster, quick)
    orphans = [one.number for one in listing(cluster) if not one.role]
    print(f"{times} publishers, each killed within {whole:.1f} s ({over} were done): {wrong} wrong answers,")
    print(f"left in the cluster, how often: {dict(left)}; after the next publication without a role: {len(orphans)}")
    print("(what that one replaced less than a minute ago has none either)")
    there.close()
    return wrong
