"""Pages read ahead of their turn by processes beside this one: to take one apart costs a hundredth of a second.

What comes of a page is the same as if it had been read in its turn. It is read again then where it is not as it was
when it was met.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final

from index.machine.processes import EndedError, Process, pass_on
from index.sources.contents import ARCHIVES, File, Part, Reader, format_or_fault, told_articles
from index.sources.files.walk import Found, stamp
from index.sources.isolation import packed_part, unpacked_part

PAGES: Final = frozenset((".html", ".htm", ".xhtml"))
_ENDINGS: Final = tuple(PAGES)
# Fewer are read sooner than a process has started.
_BEFORE_PROCESSES: Final = 16
# So many files are met before the first of them is read, and so many pages wait for each process.
_AHEAD: Final = 32
_WAITING: Final = 4
_LARGEST: Final = 1 << 20
_MOST_PROCESSES: Final = 3


class PagesAhead:
    """Read pages ahead in `processes`, this one among them."""

    def __init__(self, readers: Mapping[str, Reader], processes: int) -> None:
        self._readers = dict(readers)
        self._most = min(processes - 1, _MOST_PROCESSES)
        self._met = 0
        self._processes: list[_PageProcess] = []
        self._given: dict[str, tuple[_PageProcess, File, str]] = {}

    def met(self, walked: Iterable[Found | Any], wanted: Callable[[Found], File | None]) -> Iterator[Found | Any]:
        """Yield what a walk meets, in its order, and have those of the next ones read that are `wanted`."""
        waiting: deque[Found | Any] = deque()
        for found in walked:
            waiting.append(found)
            if self._most > 0 and isinstance(found, Found) and _is_page(found):
                file = wanted(found)
                if file is not None:
                    self._give(file, stamp(found.state))
            if len(waiting) > (_AHEAD if self._processes else 0):
                yield waiting.popleft()
        yield from waiting

    def taken(self, file: File, ending: str, before: str) -> list[Part] | None:
        """Return what a page of that stamp holds; None where it was not read ahead, or was another one."""
        path = str(file.path)
        if path not in self._given:
            return None
        process, given, was = self._given.pop(path)
        try:
            read_as, parts = process.result(path)
        except EndedError:
            self._lose(process)
            return None
        # Two sources may hold one file, and read it in two ways.
        same = given.names is file.names and given.patterns is file.patterns
        return list(map(unpacked_part, parts)) if same and (read_as, was) == (ending, before) else None

    def end(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.end()
        self._processes.clear()

    def _give(self, file: File, was: str) -> None:
        """Give a page to a process that has little to do, if one has."""
        self._met += 1
        if self._met == _BEFORE_PROCESSES:
            self._start()
        if str(file.path) in self._given:
            return
        for process in self._processes.copy():
            try:
                if process.waiting() < _WAITING:
                    process.give(file)
                    self._given[str(file.path)] = process, file, was
                    return
            except EndedError:
                self._lose(process)

    def _lose(self, process: "_PageProcess") -> None:
        """Go on without a process: whatever ended it, the pages it had are read in their turn."""
        process.end()
        self._processes.remove(process)
        self._given = {path: given for path, given in self._given.items() if given[0] is not process}

    def _start(self) -> None:
        try:
            while len(self._processes) < self._most:
                self._processes.append(_PageProcess(self._readers))
        except (OSError, EndedError):
            self._most = 0


class _PageProcess:
    """A process that reads pages."""

    def __init__(self, readers: Mapping[str, Reader]) -> None:
        self._waiting = 1
        self._results: dict[str, tuple[str, list[object]]] = {}
        self._process = Process(f"{__name__}:serve")
        self._process.send(readers)

    def waiting(self) -> int:
        """Return how many pages it has yet to read; one that has not begun says that it has many."""
        while self._waiting and self._process.has_sent():
            self._receive()
        return self._waiting if "" in self._results else _WAITING

    def give(self, file: File) -> None:
        self._process.send(file)
        self._waiting += 1

    def result(self, path: str) -> tuple[str, list[object]]:
        """Wait for what a page holds: the ending of its format, and its parts packed."""
        while path not in self._results:
            self._receive()
        return self._results.pop(path)

    def end(self) -> None:
        self._process.end()

    def _receive(self) -> None:
        path, *result = self._process.receive()
        self._results[path] = tuple(result)
        self._waiting -= 1


def _is_page(found: Found) -> bool:
    # Asked of each file: a Path would take ten times as long.
    return found.text.lower().endswith(_ENDINGS) and found.state.st_size <= _LARGEST


def serve(take: Callable[[], Any], give: Callable[[object], None]) -> None:
    """Read page after page: all that such a process does."""
    results: SimpleQueue[object] = SimpleQueue()
    Thread(target=pass_on, args=(results.get, give), daemon=True).start()
    readers = take()
    known = ARCHIVES.union(readers)
    results.put(("", "", []))
    while True:
        file = take()
        ending, fault = format_or_fault(file, known)
        is_page = not fault and ending in PAGES and readers[ending].limits is None
        parts = told_articles(file, ending, readers) if is_page else iter(())
        results.put((str(file.path), ending if is_page else "", list(map(packed_part, parts))))
