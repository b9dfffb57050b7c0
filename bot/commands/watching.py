"""Run `quoth watch`, and make the watcher that the bot and the console run beside their answers."""

import signal
from datetime import datetime
from typing import TYPE_CHECKING

from bot.commands import collection, parts
from bot.printing import out

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.console import Beside
    from bot.watching import Said, Watcher
    from config.settings import Settings


def watcher(settings: "Settings", *, posts_only: bool = False) -> "Watcher":
    """Return what watches the sources of the index of the settings, or the posts of channels alone."""
    from bot.commands.library import ProcessLibrary
    from bot.watching import Addresses, Clock, Told, Watcher

    store, library, told = parts.store(settings), ProcessLibrary(settings), Told(settings.data_dir)
    addresses = None if posts_only else Addresses(store, library.fetch, told)
    posts, clock = parts.posts(settings), Clock(settings.data_dir)
    own = collection.own(settings)
    return Watcher(store, library, told, clock, addresses, posts=posts, posts_only=posts_only, leaving_out=own)


def beside(settings: "Settings") -> "Beside | None":
    """Return the watching beside a prompt, None where the settings want none."""
    if not settings.watch:
        return None
    from bot.catalogue import Catalogue

    async def watch(show: "Callable[[str], None]") -> None:
        async def tell(said: "Said") -> bool:
            show(said.text(Catalogue("en")))
            return True

        await watcher(settings).run(tell)

    return watch


def run(settings: "Settings") -> int:
    """Watch until stopped. Raises NoIndexError without an index, WatchingError where another process watches."""
    import asyncio

    from bot.catalogue import Catalogue
    from bot.channels.notifying import READY, beating, notify
    from index import NoIndexError, address_of

    store = parts.store(settings)
    manifest = store.manifest()
    if manifest is None:
        raise NoIndexError(f"no index in {settings.data_dir}")
    say, watching = Catalogue("en"), watcher(settings)

    async def tell(said: "Said") -> bool:
        _print(said.text(say))
        return True

    watching.live = lambda live: _print(
        say.text("rebuild_live", generation=live.generation, articles=live.articles, paragraphs=live.paragraphs)
        + " "
        + say.text("rebuild_changes", added=live.added, changed=live.changed, removed=live.removed, reused=live.reused)
    )

    async def watch() -> None:
        task = asyncio.current_task()
        if task is not None:
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        notify(READY)
        async with beating():
            await watching.run(tell, patient=False)

    shown = [address_of(one, state.options) or one for one, state in manifest.states.items()]
    _print(f"watching {', '.join(shown)} (Ctrl-C ends it)")
    try:
        asyncio.run(watch())
    except asyncio.CancelledError:
        return 0
    return 0


def _print(text: str) -> None:
    for line in text.split("\n"):
        out(f"{datetime.now().astimezone():%H:%M:%S} {line}", flush=True)
