"""Processes of this program that work for it: started anew, given messages, and ended with it.

A process is this program without the command line: it takes messages from a socket and sends others back. Nothing is
inherited by forking, which is unsafe beside threads, and nothing is shared. It is deaf to Ctrl-C, which is the
business of whoever started it, and it ends at once when the socket closes, however that one has ended.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, TypeVar

from index.errors import WorkerError
from index.model import Article, Paragraph

T = TypeVar("T")
START: Final = (
    "import sys; sys.path[:] = sys.argv[3:]; "
    "from index.machine.processes import main; main(int(sys.argv[1]), sys.argv[2])"
)
# What its reader left out stays in its process.
_NAMES = tuple(one.name for one in fields(Article) if one.name not in {"paragraphs", "dropped"})
_VALUES = attrgetter(*_NAMES)


class EndedError(Exception):
    """A process ended before its time; `code` is its exit code, or below 0 the signal that killed it."""

    def __init__(self, code: int) -> None:
        super().__init__(f"was killed by signal {-code} ({_signal(-code)})" if code < 0 else f"ended with code {code}")
        self.code = code


class Process:
    """A process that runs a function, named as "module:function", with what it is sent and a way to send back.

    `function(take, give)`: `take` waits for the next message, `give` sends one. Raises OSError where no process may
    be started; every method raises EndedError when the process has ended.
    """

    def __init__(self, function: str) -> None:
        import subprocess
        from multiprocessing import Pipe

        self._connection, theirs = Pipe()
        path = [entry or str(Path.cwd()) for entry in sys.path]
        with theirs:
            # A group of its own: Ctrl-C on the terminal reaches whoever started it alone.
            self._process = subprocess.Popen(  # noqa: S603 (this very program)
                [sys.executable, "-P", "-c", START, str(theirs.fileno()), function, *path],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                process_group=0,
            )
        self.pid = self._process.pid

    def send(self, message: object) -> None:
        """Send it a message."""
        try:
            self._connection.send(message)
        except OSError as error:
            raise self._ended() from error

    def has_sent(self, within: float = 0) -> bool:
        """Return whether `receive` would return, or raise, at once; wait for that so many seconds."""
        return self._connection.poll(within)

    def receive(self) -> Any:
        """Wait for its next message."""
        try:
            return self._connection.recv()
        except (EOFError, OSError) as error:
            raise self._ended() from error

    def end(self) -> None:
        """End it."""
        self._connection.close()
        # It holds nothing that could be lost.
        self._process.kill()
        self._process.wait()

    def _ended(self) -> EndedError:
        return EndedError(self._process.wait())


class Worker(Process):
    """A process that does a part of some work, told as "which analyses articles"; `after` says what its end leaves.

    As `Process`, but for WorkerError in the place of EndedError.
    """

    def __init__(self, function: str, task: str, after: str = "") -> None:
        super().__init__(function)
        self._task, self._after = task, after

    def send(self, message: object) -> None:
        """Send it a message."""
        try:
            super().send(message)
        except EndedError as error:
            raise self._lost(error) from error

    def receive(self) -> Any:
        """Wait for its next message."""
        try:
            return super().receive()
        except EndedError as error:
            raise self._lost(error) from error

    def failure(self, cause: str) -> WorkerError:
        """Return the error that says what happened to it."""
        return WorkerError(f"process {self.pid}, which {self._task}, {cause}{self._after}")

    def _lost(self, error: EndedError) -> WorkerError:
        step = "; with signal 9 the memory is often what is short" if error.code == -signal.SIGKILL else ""
        return self.failure(f"{error}{step}")


def _signal(number: int) -> str:
    with suppress(ValueError):
        return signal.Signals(number).name
    return "unknown"


def main(descriptor: int, function: str) -> None:
    """Run a function with the messages that come through a socket, until it closes: all that a process does."""
    from multiprocessing.connection import Connection

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = Connection(descriptor)
    module, _, name = function.partition(":")
    # Before messages are read: what they are made of may be imported for them, and not in two threads at once.
    work = getattr(import_module(module), name)
    messages: SimpleQueue[Any] = SimpleQueue()
    # Reads ahead, and so sees the end at once.
    Thread(target=pass_on, args=(connection.recv, messages.put), daemon=True).start()
    with suppress(EOFError, OSError):
        work(messages.get, connection.send)
    os._exit(0)


def pass_on(take: Callable[[], T], give: Callable[[T], object]) -> None:
    """Pass on one thing after another; end the process when the one is gone for whom all of it is."""
    try:
        while True:
            give(take())
    except (EOFError, OSError):
        os._exit(0)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def packed(article: Article) -> tuple[Any, ...]:
    """Return an article as a tuple: tuples cross to another process at a quarter of the price of records."""
    pieces = [(piece.text, piece.kind, piece.fragment) for piece in article.paragraphs]
    return *_VALUES(article), tuple(pieces)


def unpacked(values: tuple[Any, ...]) -> Article:
    """Return the article that was packed.

    >>> article = Article("Rain", (Paragraph("It rained."),), "rain.md", is_cut=True)
    >>> unpacked(packed(article)) == article
    True
    """
    *known, pieces = values
    return Article(paragraphs=tuple([Paragraph(*piece) for piece in pieces]), **dict(zip(_NAMES, known, strict=True)))
