"""Run a program in a process of its own, forked from one that has imported `quoth`: start-up is most of what one costs.

The process is real: it has its own pid, environment, folder and streams, and ends with an exit code or by a signal.
"""

import atexit
import ctypes
import gc
import importlib
import inspect
import os
import pickle
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any, Final, Self

import bot
import config
import index
from bot import interrogatives
from bot.__main__ import main
from bot.catalogue import Catalogue
from bot.channels.telegram.transport.proxies import authorities
from index.analysis import analyzer
from index.build import program as building
from index.machine import processes
from index.query import date_words, valid_words
from index.ranking import calibration
from tests import calibrations

ROOT: Final = Path(__file__).parents[1]
QUOTH: Final = "bot"
# What the program under test starts by itself: how Python's own command line begins, and what then is run.
STARTED_BY_QUOTH: Final = {
    (sys.executable, "-P", "-m", "bot.commands.rebuilding"): "bot.commands.rebuilding",
    (sys.executable, "-P", "-c", processes.START): processes.__name__,
}
# A variable of a process whose builds are to take as long as anywhere.
ANEW: Final = "CALIBRATES_ANEW"
# Libraries that are imported when they are needed. None of them looks at the environment then, or at what tests set.
_LATE: Final = (
    "babel.dates",
    "babel.numbers",
    "ir_measures",
    "lxml.html",
    "markdown_it",
    "numpy.ma",
    "pathspec",
    "pytrec_eval",
    "rich.console",
    "Stemmer",
    "telegram.ext",
    "tests.telegram_server.server",
    "trafilatura",
    "uvicorn",
)
# Importing one of these chooses the folder of kernels, which is that of the data folder: each process does it itself.
_OF_A_FOLDER: Final = ("kernels", "compiled", "jit", "__main__")
_SET_CHILD_SUBREAPER: Final = 36


class ForkServer:
    """A process that has imported `quoth` and forks whenever it is asked to; on Linux alone.

    It is started by the first that asks. What it forks keeps its calibrations in a folder.
    """

    def __init__(self, calibrated: Path) -> None:
        self._calibrated = calibrated
        self._server: subprocess.Popen[bytes] | None = None

    def _start_server(self) -> None:
        # So that what it forks becomes a child of this process, whose exit code can be waited for.
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.fork_server", str(theirs.fileno()), str(self._calibrated)]
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
        if self._server is not None:
            self._requests.close()
            self._server.communicate()

    def fork(
        self, program: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], streams: list[int]
    ) -> int:
        """Return the pid of a process that runs a module, with `streams`, which are file descriptors, as its three.

        A fourth descriptor is what a process that works for `quoth` takes its messages from.
        """
        if self._server is None:
            self._start_server()
        request = pickle.dumps((program, list(arguments), str(folder), dict(environment)))
        socket.send_fds(self._requests, [request], streams)
        return int(self._requests.recv(32))

    def start(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        program: str = QUOTH,
        *,
        stdin: int | IO[str] = subprocess.PIPE,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
    ) -> "subprocess.Popen[str]":
        """Return a running `quoth`, or another module that is run as a program, its three streams pipes or as given."""
        server = self

        class Forked(subprocess.Popen[str]):
            def _execute_child(self, *given: Any) -> None:
                self.pid = server.fork(program, arguments, folder, environment, [given[10], given[13], given[15]])
                self._child_created = True
                self._close_pipe_fds(*given[10:16])  # type: ignore[attr-defined]

        return Forked(list(arguments), stdin=stdin, stdout=stdout, stderr=stderr, text=True, encoding="utf-8")

    @contextmanager
    def instead(self) -> Iterator[None]:
        """Fork, in the block, what this process would start as one of STARTED_BY_QUOTH."""
        server, execute = self, subprocess.Popen._execute_child  # type: ignore[attr-defined]

        def execute_child(self: Any, *given: Any) -> None:
            command = tuple(given[0]) if isinstance(given[0], list | tuple) else ()
            if (program := STARTED_BY_QUOTH.get(command[:4])) is None:
                execute(self, *given)
                return
            streams = [number if number >= 0 else own for own, number in enumerate((given[10], given[13], given[15]))]
            # The first argument of a process that works for `quoth` is the number of what is passed on.
            streams, arguments = streams + list(given[4]), command[5:6]
            self.pid = server.fork(program, arguments, Path(given[5] or "."), given[6] or os.environ, streams)
            self._child_created = True
            self._close_pipe_fds(*given[10:16])

        subprocess.Popen._execute_child = execute_child  # type: ignore[attr-defined]
        try:
            yield
        finally:
            subprocess.Popen._execute_child = execute  # type: ignore[attr-defined]


def serve(requests: socket.socket) -> tuple[str, list[int]]:
    """Fork for every request; exit when nobody can ask any more.

    Return, in the new process, the program's name and what it got beside its three streams.
    """
    while True:
        request, streams, _, _ = socket.recv_fds(requests, 1 << 20, 4)
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
    for number, stream in enumerate(streams[:3]):
        os.dup2(stream, number)
        os.close(stream)
    # Tests that run in the background of a script, or under nohup, inherit that these are ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if ANEW in environment:
        calibration.null_ratios = inspect.unwrap(calibration.null_ratios)
    sys.argv[1:] = arguments
    return str(program), streams[3:]


def import_all() -> None:
    """Import whatever `quoth` imports, now or later."""
    for package in (bot, config, index):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in module.name for part in _OF_A_FOLDER):
                importlib.import_module(module.name)
    for name in _LATE:
        importlib.import_module(name)


def work_out() -> None:
    """Work out what every process that builds or answers does once: half of the time of a first build or answer."""
    date_words.listed("What's new?", date.today())
    for question, language in (("Who rang the bell?", "en"), ("چه کسی زنگ را نواخت؟", "fa")):
        analyzer.question_spans(question, language)
        interrogatives.asked(question, language)
    valid_words.is_listed("bell", "en")
    building.fingerprint(cut=True)
    Catalogue("en").number(1)
    authorities()


def end(left: SystemExit | None) -> None:
    """End this process as Python does, but without taking all modules apart, which costs more than most commands.

    Returns for Python to do it where that has something to say.
    """
    code = left.code if left else 0
    if not isinstance(code, int | None):
        return
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    os._exit((code or 0) & 0xFF)


if __name__ == "__main__":
    # What is imported stays: to look for garbage among it takes a sixth of the time.
    gc.disable()
    import_all()
    work_out()
    calibration.null_ratios = calibrations.kept_in(Path(sys.argv[2]))
    gc.freeze()
    gc.enable()
    program, passed = serve(socket.socket(fileno=int(sys.argv[1])))
    try:
        if passed:
            os.setpgid(0, 0)
            processes.main(passed[0], sys.argv[1])
        elif program == QUOTH:
            main()
        else:
            runpy.run_module(program, run_name="__main__")
    except SystemExit as left:
        end(left)
        raise
    end(None)
