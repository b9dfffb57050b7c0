"""The sources of an index, each with how it is read: those of the last build, and those that a command names."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands import parts

if TYPE_CHECKING:
    from config.settings import Settings
    from index import Manifest, Reading, ReadingOptions

_NAMED_SOURCES = 3


def current(settings: "Settings") -> dict[str, "ReadingOptions"]:
    """Return the sources of the current generation. Raises NoIndexError or BrokenIndexError."""
    with parts.store(settings).open() as generation:
        return of_manifest(generation.manifest)


def of_manifest(manifest: "Manifest") -> dict[str, "ReadingOptions"]:
    """Return the sources that a generation was built from."""
    from index import SourceState

    return {source: manifest.states.get(source, SourceState()).options for source in manifest.sources}


def named(
    paths: Sequence[Path], options: "ReadingOptions", settings: "Settings", *, add: bool, force: bool
) -> dict[str, "ReadingOptions"]:
    """Return the sources to build from: `paths`, with `add` those of the last build too, or without any just these.

    Paths are absolute, so that a rebuild from another working directory finds them again. Raises SourceError for what
    is not there, and SourcesError where sources of the last build would leave, unless that is forced.
    """
    from index import SourceError, read

    # Not Path's own methods: `resolve` would store what a link leads to today, `expanduser` fails for "~nobody".
    absolute = [os.path.abspath(os.path.expanduser(path)) for path in paths]  # noqa: PTH100, PTH111
    # Before anything is read, what is not there, or is no pattern, is told.
    read(absolute, options=options)
    wanted = dict.fromkeys(absolute, options)
    if add or not wanted:
        wanted = current(settings) | wanted
    elif not force:
        _refuse_to_drop(wanted, settings)
    if not wanted:
        raise SourceError("the index has no sources; run `quoth index PATH`")
    return wanted


def reading(sources: Mapping[str, "ReadingOptions"], settings: "Settings") -> "Reading":
    """Return what reads the sources, but not the index itself; one that is away is told."""
    from index import read

    return read(list(sources), leaving_out=settings.data_dir, options=sources, away=True)


def _refuse_to_drop(wanted: Mapping[str, "ReadingOptions"], settings: "Settings") -> None:
    from bot.errors import SourcesError
    from index import BrokenIndexError, source_of

    manifest = None
    with suppress(BrokenIndexError):
        manifest = parts.store(settings).manifest()
    before = manifest.sources if manifest is not None else ()
    dropped = [source for source in before if source_of(source, wanted) is None]
    if dropped:
        more = f" and {len(dropped) - _NAMED_SOURCES} more" if len(dropped) > _NAMED_SOURCES else ""
        raise SourcesError(
            f"{', '.join(dropped[:_NAMED_SOURCES])}{more} would leave the index; nothing was changed. "
            "To keep what it holds, add --add; to give it up, add --force"
        )
