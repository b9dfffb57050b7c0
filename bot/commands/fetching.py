"""Fetch the addresses among the sources before a build reads what they hold."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.commands import skips

if TYPE_CHECKING:
    from config.settings import Settings
    from index import FetchProgress, ReadingOptions


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


class _Lines:
    """Say every two seconds how many pages were asked for; what is quick says nothing."""

    def __init__(self) -> None:
        from bot.commands.progress import Pace

        self._pace = Pace()

    def __call__(self, progress: "FetchProgress") -> None:
        failed = f", {progress.failed:,} failed" if progress.failed else ""
        self._pace(
            lambda: f"fetching: {progress.done:,} of {progress.pages:,} pages{failed}", progress.done, progress.pages
        )
