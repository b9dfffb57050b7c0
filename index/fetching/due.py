"""Addresses on their schedule: how they are doing, when they are to be asked again, and all that are due at once.

for fetched in fetch_due(["https://coast.example/feed.xml"], data_dir):
    print(fetched.address, fetched.changed, fetched.fault)
wait = health("https://coast.example/feed.xml", data_dir).due - time.time()
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from index.errors import BuildBusyError
from index.fetching.client import FetchOptions
from index.fetching.fetch import Fault, Fetched, Fetcher, FetchProgress, fault_of, fetched_folder
from index.fetching.schedule import MINUTE
from index.fetching.state import NAME, UNREACHABLE, State

_AGAIN: Final = 15 * MINUTE


@dataclass(frozen=True, slots=True)
class Health:
    """When something of an address is to be asked for again, in seconds since 1970, and why it failed last.

    `due` is 0.0 where nothing was fetched of it yet, and infinity where nothing is asked for any more.
    """

    due: float = 0.0
    fault: Fault | None = None

    @property
    def is_well(self) -> bool:
        """Return whether it was fetched, and answered the last time."""
        return self.fault is None and self.due > 0


def health(address: str, data_dir: Path, now: float | None = None) -> Health:
    """Return how an address is doing, without asking for anything."""
    if not (fetched_folder(data_dir, address) / NAME).exists():
        return Health()
    now = time.time() if now is None else now
    with _state(address, data_dir) as state:
        return Health(state.next_due(now), fault_of(state.named(), now))


def fetch_due(
    addresses: Iterable[str],
    data_dir: Path,
    options: FetchOptions | None = None,
    progress: Callable[[FetchProgress], None] = lambda _: None,
) -> list[Fetched]:
    """Bring those addresses up to date of which something is due; return what came of each of these.

    What could not be fetched is told there, and not raised. One that another process fetches is left to that. Where
    none of several hosts can be reached, it is this machine that is cut off: then their failures begin anew, and all
    are asked again after 15 minutes. Raises StorageError when the disk does not take it.
    """
    options, fetched = options or FetchOptions(), list[Fetched]()
    every = list(dict.fromkeys(addresses))
    with Fetcher(data_dir, options) as fetcher:
        for address in every:
            if health(address, data_dir, options.now()).due <= options.now():
                with suppress(BuildBusyError):
                    fetched.append(fetcher.fetch(address, progress, due_only=True))
    if any(one.fault for one in fetched) and _is_cut_off(every, data_dir):
        now, faults = options.now(), {}
        for address in every:
            with _state(address, data_dir) as state:
                state.forgive(now, now + _AGAIN)
                faults[fetched_folder(data_dir, address)] = fault_of(state.named(), now)
        return [replace(one, fault=faults[one.folder]) for one in fetched]
    return fetched


def _is_cut_off(addresses: Sequence[str], data_dir: Path) -> bool:
    """Return whether none of several hosts could be reached when they were asked last."""
    pages = []
    for address in addresses:
        with _state(address, data_dir) as state:
            pages.append(state.named())
    unreached = [page for page in pages if page is not None and page.fault == UNREACHABLE]
    return len(unreached) == len(pages) and len({page.host for page in unreached}) > 1


def _state(address: str, data_dir: Path) -> closing[State]:
    return closing(State(fetched_folder(data_dir, address)))
