"""Fetch the addresses among the sources before a build reads what they hold."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from bot.commands import skips
from bot.printing import counted, err

if TYPE_CHECKING:
    from config.settings import Settings
    from index import Fetched, FetchOptions, FetchProgress, ReadingOptions


def fetch_all(
    paths: Sequence[str], named: Callable[[], Mapping[str, "ReadingOptions"]], settings: "Settings", *, due: bool
) -> None:
    """Fetch those of `paths` that are addresses, and with `due` all other addresses among the sources that are due.

    `named` gives the sources, or refuses them before anything is asked for; it is not called where nothing is.
    Says what came of it on standard error. Raises FetchError where nothing came of a new address.
    """
    from index import is_address

    addresses = list(dict.fromkeys(filter(is_address, paths)))
    if not addresses and not due:
        return
    # Not before: what fetches takes longer to import than many a folder to read.
    from index import address_of, fetch, fetch_due

    sources = named()
    options = _options(settings)
    with _telling_interrupts():
        for address in addresses:
            _report(fetch(address, settings.data_dir, options, _Lines()))
        if not due:
            return
        known = [address_of(source, reading) for source, reading in sources.items()]
        # As they are kept, which is not always how they were spelt.
        spelt = {_spelt(address) for address in addresses}
        others = [other for other in known if other is not None and other not in spelt]
        for fetched in fetch_due(others, settings.data_dir, options, _Lines()):
            _report(fetched)


def _options(settings: "Settings") -> "FetchOptions":
    from index import FetchOptions

    return FetchOptions(allowed=settings.fetch_allowed)


def _spelt(address: str) -> str | None:
    from index import fetched_reading

    return fetched_reading(address).base_url


@contextmanager
def _telling_interrupts() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        err("stopped: what was fetched is kept, and the same command goes on from there")
        raise


def _report(fetched: "Fetched") -> None:
    skips.report(fetched.skipped)
    are = "is" if fetched.changed == 1 else "are"
    err(f"fetched {fetched.address}: {counted(fetched.changed, 'file')} {are} new or changed")


def fetch_due(addresses: Sequence[str], settings: "Settings") -> None:
    """Ask those of these addresses that are due; what fails is told by `index.health`."""
    from index import IndexLibraryError, fetch_due

    with suppress(IndexLibraryError, OSError):
        fetch_due(addresses, settings.data_dir, _options(settings))


def fetch_named(
    address: str, settings: "Settings", progress: "Callable[[FetchProgress], None]"
) -> "dict[str, ReadingOptions]":
    """Fetch an address that somebody named, and return it as a source. Raises FetchError where nothing came of it."""
    from index import fetch

    fetched = fetch(address, settings.data_dir, _options(settings), progress)
    return {os.path.abspath(fetched.folder): fetched.reading}  # noqa: PTH100 - as sources are stored


class _Lines:
    """Say every two seconds how many pages were asked for; what is quick says nothing."""

    def __init__(self) -> None:
        from bot.commands.progress import Pace

        self._pace = Pace()

    def __call__(self, progress: "FetchProgress") -> None:
        failed = f", {progress.failed:,} failed" if progress.failed else ""
        said = f"fetching: {progress.done:,} of {counted(progress.pages, 'page')}{failed}"
        self._pace(lambda: said, progress.done, progress.pages)
