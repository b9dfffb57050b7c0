"""Kernels that take over: loaded beside the answering, in a process that has turned out to live.

Without them a small collection answers as exactly, and at once; numba takes a second to load, 100 MB, and compiles for
most of a minute where no process has yet. So a process that answers a few questions never imports it. Imports no numba.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from threading import Lock, Thread, main_thread
from time import thread_time
from typing import Any, Final

from index.machine import kernel_cache
from index.machine.processes import EndedError, Process

# Kernels halve what NumPy takes, and take 2 s of the processor to load, in the process that tries them and in this one:
# whoever has asked for so much is likely to ask for as much again, by which that is back.
SECONDS: Final = 4.0
MODULES: Final = ("index.ranking.impact_kernels", "index.rerank.compiled_features")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _State:
    seconds: float = 0.0
    loaded: bool = False
    begun: Lock = field(default_factory=Lock)


_state: Final = _State()


@contextmanager
def counted() -> Iterator[None]:
    """Count the CPU time that NumPy takes meanwhile; from `SECONDS` in all on, load kernels, where there can be any."""
    if _state.seconds >= SECONDS:
        yield
        return
    began = thread_time()
    yield
    _state.seconds += thread_time() - began
    if _state.seconds >= SECONDS and kernel_cache.available() and _state.begun.acquire(blocking=False):
        # Not to be killed in the middle of foreign code when the program ends: that waits for it.
        Thread(target=_load, name="kernels").start()


def is_done() -> bool:
    """Return whether `MODULES` are loaded, so that to import them costs nothing."""
    return _state.loaded


def load() -> None:
    """Load them now."""
    kernel_cache.keep_kernels_in()
    for module in MODULES:
        import_module(module)
    kernel_cache.seal()
    _state.loaded = True


def _load() -> None:
    # Another process first: to compile there takes no time from the answers, and where compiled code must not run
    # that process alone is killed.
    try:
        kernel_cache.keep_kernels_in()
        folder = kernel_cache.chosen_folder()
        process = Process(f"{__name__}:compile_kernels")
        try:
            process.send(folder and folder.parent)
            while not process.has_sent(1):
                if not main_thread().is_alive():
                    return
            error = process.receive()
        finally:
            process.end()
        if error:
            raise ImportError(error)
        load()
    except (OSError, EndedError, ImportError) as error:
        _log.warning("answering without compiled kernels: %s", error)


def compile_kernels(take: Callable[[], Any], give: Callable[[object], None]) -> None:
    """Compile the kernels, or load them, where they are kept; say "", or why not: all that such a process does."""
    try:
        kernel_cache.keep_kernels_in(take())
        with kernel_cache.alone():
            load()
        give("")
    except Exception as error:  # noqa: BLE001 (whoever started it goes on without)
        give(f"{type(error).__name__}: {error}")
