"""Fetch what lies at an address into a folder of its own, from which it is then read like any other source.

fetched = fetch("https://coast.example/feed.xml", data_dir)
read([fetched.folder], options=fetched.reading)
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from types import TracebackType
from typing import Final, Self

from index.errors import FetchError, RefusedAddressError
from index.fetching import bodies
from index.fetching.asking import Asking
from index.fetching.client import Client, FetchOptions, parsed
from index.fetching.pace import Pace
from index.fetching.schedule import HOUR
from index.fetching.source import Source
from index.fetching.state import GONE, LASTING, WAITING, Page, State
from index.model import ReadingOptions, Skipped
from index.store.files import make_folder
from index.store.lock import build_lock
from index.store.staging import storage_failures

_LOCK: Final = ".lock"
# What may go by alone is told after so many times and so many seconds.
_PASSING_TIMES, _PASSING_FOR = 3, 6 * HOUR


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """Of the pages of an address so many were asked for by now, and so many of these failed."""

    address: str
    done: int
    pages: int
    failed: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an address could not be fetched the last `times` times, since when (in seconds since 1970).

    `lasting`: somebody should hear of it, for it does not go by alone, or has not for three times and six hours.
    `ended`: the server says that there is nothing any more, for good.
    """

    cause: str
    since: float
    times: int
    lasting: bool
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of fetching an address: `folder` holds it, `reading` says how that is read.

    `changed` counts the files that are new, other than before or gone, `requests` what was asked for; `skipped` tells
    what could not be fetched. `fault` is why the address itself could not be when it was asked last.
    """

    address: str
    folder: Path
    reading: ReadingOptions
    changed: int
    requests: int
    skipped: tuple[Skipped, ...]
    fault: Fault | None = None


def fault_of(page: Page | None, now: float) -> Fault | None:
    """Return what is wrong with an address by what is known of it; None where it answered."""
    if page is None or not page.failures:
        return None
    passed = page.failures >= _PASSING_TIMES and now - page.failing >= _PASSING_FOR
    return Fault(page.cause, page.failing, page.failures, page.fault == LASTING or passed, page.status == GONE)


def fetched_folder(data_dir: Path, address: str) -> Path:
    """Return the folder of an address, however it is spelt. Raises RefusedAddressError for what is none."""
    return bodies.folder_of(data_dir, _named(address))


def fetched_reading(address: str, names: str = "") -> ReadingOptions:
    """Return how the folder of an address is read."""
    # What a server calls its files says little of what they are.
    return ReadingOptions(include=("*",), base_url=str(parsed(address)), names=names)


def fetch(
    address: str,
    data_dir: Path,
    options: FetchOptions | None = None,
    progress: Callable[[FetchProgress], None] = lambda _: None,
    *,
    due_only: bool = False,
) -> Fetched:
    """Bring the folder of an address up to date: of a page, or of a feed or a sitemap and the pages it leads to.

    Whatever was fetched before is kept, and asked for again only where it is due; the address itself is asked for in
    any case, unless with `due_only`. Whoever is interrupted goes on the next time. Raises FetchError where nothing
    could be fetched of it yet (with `due_only` that is told like any other failure), BuildBusyError while another
    process fetches it, StorageError when the disk does not take it.
    """
    with Fetcher(data_dir, options or FetchOptions()) as fetcher:
        return fetcher.fetch(address, progress, due_only=due_only)


class Fetcher:
    """Fetches addresses one after another, and asks hosts at their pace whichever of them leads there."""

    def __init__(self, data_dir: Path, options: FetchOptions) -> None:
        self._data_dir, self._options = data_dir, options
        self._client, self._pace = Client(options), Pace(options.apart, options.sleep)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def fetch(self, address: str, progress: Callable[[FetchProgress], None], *, due_only: bool) -> Fetched:
        """Bring the folder of an address up to date; see `fetch`."""
        url = _named(address)
        folder = bodies.folder_of(self._data_dir, url)
        with storage_failures(self._data_dir), nullcontext() if due_only else _removed_if_empty(folder):
            make_folder(folder)
            with build_lock(folder / _LOCK), closing(State(folder)) as state:
                bodies.remove_leftovers(folder)
                asking = Asking(self._client, state, self._pace, self._options)
                source = Source(url, folder, state, asking)
                try:
                    source.update(lambda *counts: progress(FetchProgress(url, *counts)), due_only=due_only)
                except FetchError as error:
                    if not state.kind() and not due_only:
                        raise type(error)(f"{url}: {error}", status=error.status, passing=error.passing) from error
                    source.told.insert(0, Skipped(url, str(error)))
                fault = fault_of(state.named(), self._options.now())
        told = tuple(source.told)
        return Fetched(url, folder, fetched_reading(url), source.changed, asking.requests, told, fault)


def _named(address: str) -> str:
    """Return an address in its one form; what is raised for one that is none says which."""
    try:
        return str(parsed(address))
    except RefusedAddressError as error:
        # Whatever stands before an "@" may be a password.
        host = address.rpartition("@")[2] if "@" in address else address
        raise RefusedAddressError(f"{host[:100]}: {error}") from None


@contextmanager
def _removed_if_empty(folder: Path) -> Iterator[None]:
    """Remove the folder of an address that gave nothing, unless its server asked to be left alone for a while."""
    try:
        yield
    except FetchError as error:
        if error.status not in WAITING:
            rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def nothing_fetched(data_dir: Path) -> Iterator[None]:
    """Have nobody fetch into the folders that are there, for the block. Raises BuildBusyError while somebody does."""
    with ExitStack() as locks:
        for folder in sorted(bodies.folders(data_dir)):
            locks.enter_context(build_lock(folder / _LOCK))
        yield


def forget(data_dir: Path, address: str) -> None:
    """Remove all that was fetched of an address."""
    rmtree(fetched_folder(data_dir, address), ignore_errors=True)
