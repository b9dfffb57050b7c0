"""Fetch what lies at an address into a folder of its own, from which it is then read like any other source.

fetched = fetch("https://coast.example/feed.xml", data_dir)
read([fetched.folder], options=fetched.reading)
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Final

from index.errors import FetchError, RefusedAddressError
from index.fetching import bodies
from index.fetching.asking import WAITING, Asking
from index.fetching.client import Client, FetchOptions, parsed
from index.fetching.source import Source
from index.fetching.state import State
from index.model import ReadingOptions, Skipped
from index.store.lock import build_lock
from index.store.staging import storage_failures

_LOCK: Final = ".lock"


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """Of the pages of an address so many were asked for by now, and so many of these failed."""

    address: str
    done: int
    pages: int
    failed: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of fetching an address: `folder` holds it, `reading` says how that is read.

    `changed` counts the files that are new, other than before or gone, `requests` what was asked for; `skipped` tells
    what could not be fetched.
    """

    address: str
    folder: Path
    reading: ReadingOptions
    changed: int
    requests: int
    skipped: tuple[Skipped, ...]


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
    could be fetched of it yet, BuildBusyError while another process fetches it, StorageError when the disk does not
    take it.
    """
    options = options or FetchOptions()
    url = _named(address)
    folder = bodies.folder_of(data_dir, url)
    with storage_failures(data_dir), _removed_if_empty(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with (
            build_lock(folder / _LOCK),
            closing(State(folder)) as state,
            Client(options) as client,
        ):
            bodies.remove_leftovers(folder)
            asking = Asking(client, state, options)
            source = Source(url, folder, state, asking)
            try:
                source.update(lambda *counts: progress(FetchProgress(url, *counts)), due_only=due_only)
            except FetchError as error:
                if not state.kind():
                    raise type(error)(f"{url}: {error}", status=error.status, passing=error.passing) from error
                source.told.insert(0, Skipped(url, str(error)))
    return Fetched(url, folder, fetched_reading(url), source.changed, asking.requests, tuple(source.told))


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
