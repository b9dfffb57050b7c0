"""Fetch the addresses among the sources before a build reads what they hold."""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.commands import skips

if TYPE_CHECKING:
    from config.settings import Settings
    from index import FetchProgress, ReadingOptions

_LINE_EVERY = 2.0


def fetch_all(
    paths: Sequence[str], named: Callable[[], Mapping[str, "ReadingOptions"]], settings: "Settings", *, due: bool
) -> None:
    """Fetch those of `paths` that are addresses, and with `due` all other addresses among the sources that are due.

    `named` gives the sources, or refuses them before anything is asked for; it is not called where nothing is.
    Says what came of it on standard error. Raises FetchError where nothing came of a new address.
    """
    from index import address_of, is_address

    addresses = list(dict.fromkeys(filter(is_address, paths)))
    if not addresses and not due:
        return
    sources = named()
    for address in addresses:
        _fetch(address, settings, due_only=False)
    if not due:
        return
    known = [address_of(source, options) for source, options in sources.items()]
    # As they are kept, which is not always how they were spelt.
    spelt = {_spelt(address) for address in addresses}
    for other in known:
        if other is not None and other not in spelt:
            _fetch(other, settings, due_only=True)


def _spelt(address: str) -> str | None:
    from index import fetched_reading

    return fetched_reading(address).base_url


def _fetch(address: str, settings: "Settings", *, due_only: bool) -> None:
    from bot.render import shown
    from index import FetchOptions, fetch

    options = FetchOptions(allowed=settings.fetch_allowed)
    try:
        fetched = fetch(address, settings.data_dir, options, _Lines(), due_only=due_only)
    except KeyboardInterrupt:
        print("stopped: what was fetched is kept, and the same command goes on from there", file=sys.stderr)
        raise
    skips.report(fetched.skipped)
    what = "1 file is" if fetched.changed == 1 else f"{fetched.changed:,} files are"
    print(f"fetched {shown(fetched.address)}: {what} new or changed", file=sys.stderr)


def fetch_due(addresses: Sequence[str], settings: "Settings") -> None:
    """Ask those of these addresses that are due; what fails is told by `index.health`."""
    from index import FetchOptions, IndexLibraryError, fetch

    for address in addresses:
        with suppress(IndexLibraryError, OSError):
            fetch(address, settings.data_dir, FetchOptions(allowed=settings.fetch_allowed), due_only=True)


def fetch_named(
    address: str, settings: "Settings", progress: "Callable[[FetchProgress], None]"
) -> "dict[str, ReadingOptions]":
    """Fetch an address that somebody named, and return it as a source. Raises FetchError where nothing came of it."""
    from index import FetchOptions, fetch

    fetched = fetch(address, settings.data_dir, FetchOptions(allowed=settings.fetch_allowed), progress)
    return {os.path.abspath(fetched.folder): fetched.reading}  # noqa: PTH100 - as sources are stored


class _Lines:
    """Say every two seconds how many pages were asked for; what is quick says nothing."""

    def __init__(self) -> None:
        self._begun = self._next = time.monotonic()
        self._next += _LINE_EVERY
        self._first = -1

    def __call__(self, progress: "FetchProgress") -> None:
        from bot.commands.progress import duration

        now = time.monotonic()
        if self._first < 0:
            # What was fetched before costs no time now.
            self._first, self._begun = progress.done, now
        if now < self._next:
            return
        self._next = now + _LINE_EVERY
        done, left = progress.done - self._first, progress.pages - progress.done
        text = f"fetching: {progress.done:,} of {progress.pages:,} pages"
        text += f", {progress.failed:,} failed" if progress.failed else ""
        text += f", {duration((now - self._begun) * left / done)} left" if done and left else ""
        print(text, file=sys.stderr, flush=True)
