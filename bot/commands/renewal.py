"""Build an index anew that an earlier version built, so that an upgraded program answers without a further step."""

from functools import partial
from typing import TYPE_CHECKING

from bot.commands import collection, indexing, parts
from bot.printing import err

if TYPE_CHECKING:
    from config.settings import Settings


def renew(settings: "Settings") -> None:
    """Build it from its own sources where that is so; what does not work is told, and again by whoever opens it.

    The articles of sources that are gone are analysed anew as they are stored.
    """
    from bot.channels.notifying import starting
    from bot.errors import message_of
    from index import BrokenIndexError, IndexLibraryError, NewerIndexError, OutdatedIndexError, analyzer_settings

    if settings.cluster:
        # What answers lies there, and was built elsewhere.
        return
    try:
        parts.store(settings).manifest(analyzer=analyzer_settings())
        return
    except NewerIndexError:
        return
    except OutdatedIndexError as error:
        outdated = error
    except BrokenIndexError:
        return
    try:
        collection.current(settings)
    except IndexLibraryError:
        # What an index of another format was built from, nobody knows.
        return
    err(f"quoth: {outdated}; building it anew from its sources")
    try:
        with starting():
            indexing.run(partial(collection.current, settings), settings)
    except IndexLibraryError as error:
        err(f"quoth: {message_of(error)}")
