"""Run a program in a process of its own, forked from one that has imported `quoth`: start-up is most of what one costs.

The process is real: it has its own pid, environment, folder and streams, and ends with an exit code or by a signal.
"""

import ctypes
import gc
import importlib
import os
import pickle
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

import bot
import index
from bot.__main__ import main

ROOT: Final = Path(__file__).parents[1]
QUOTH: Final = "bot"
# Importing one of these chooses the folder of kernels, which is that of the data folder: each process does it itself.
_OF_A_FOLDER: Final = ("kernels", "compiled", "jit", "__main__")
_SET_CHILD_SUBREAPER: Final = 36


class ForkServer:
    """A process that has imported `quoth` and forks whenever it is asked to; on Linux alone."""

    def __init__(self) -> None:
        # So that what it forks becomes a child of this process, whose exit code can be waited for.
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.fork_server", str(theirs.fileno())]
        environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
        pipe = subprocess.PIPE
        # Streams to pipes, as they are of all that it forks: whether a stream can seek is asked once.
        self._server = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, pass_fds=[theirs.fileno()], cwd=ROOT, env=environment
        )
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._requests.close()
        self._server.communicate()

    def fork(
        self, program: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], streams: list[int]
    ) -> int:
        """Return the pid of a process that runs a module with the file descriptors `streams` as its three streams."""
        request = pickle.dumps((program, list(arguments), str(folder), dict(environment)))
        socket.send_fds(self._requests, [request], streams)
        return int(self._requests.recv(32))

    def start(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], program: str = QUOTH
    ) -> "subprocess.Popen[str]":
        """Return a running `quoth`, or another module that is run as a program, its three streams as pipes."""
        server = self

        class Forked(subprocess.Popen[str]):
            def _execute_child(self, *given: Any) -> None:
                self.pid = server.fork(program, arguments, folder, environment, [given[10], given[13], given[15]])
                self._child_created = True
                self._close_pipe_fds(*given[10:16])  # type: ignore[attr-defined]

        pipe = subprocess.PIPE
        return Forked(list(arguments), stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8")


def serve(requests: socket.socket) -> str:
    """Fork for every request, and return the program's name in the new process; exit when nobody can ask any more."""
    while True:
        request, streams, _, _ = socket.recv_fds(requests, 1 << 20, 3)
        if not request:
            sys.exit()
        told, tell = os.pipe()
        if between := os.fork():
            # Only now is the new process a child of the one that asked.
            os.waitpid(between, 0)
            requests.send(os.read(told, 32))
            for number in (told, tell, *streams):
                os.close(number)
        elif pid := os.fork():
            os.write(tell, str(pid).encode())
            os._exit(0)
        else:
            break
    os.close(told)
    os.close(tell)
    requests.close()
    program, arguments, folder, environment = pickle.loads(request)  # noqa: S301 - from the test that started this
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    # Tests that run in the background of a script inherit that Ctrl-C is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    return str(program)


def import_all() -> None:
    """Import whatever `quoth` imports, now or later."""
    for package in (bot, index):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in module.name for part in _OF_A_FOLDER):
                importlib.import_module(module.name)
    for name in ("trafilatura", "telegram.ext", "lxml.html", "rich.console", "uvicorn", "tests.telegram_server.server"):
        importlib.import_module(name)


if __name__ == "__main__":
    import_all()
    gc.freeze()
    if (program := serve(socket.socket(fileno=int(sys.argv[1])))) == QUOTH:
        main()
    else:
        runpy.run_module(program, run_name="__main__")
