"""The sources of an index, each with how it is read: those of the last build, and those that a command names."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

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


def options(
    paths: Sequence[str],
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    base_url: str | None,
    names: str,
) -> "ReadingOptions":
    """Return how the named sources are read. Raises BadParameter for an address that is none, or without sources."""
    from index import ReadingOptions, is_address

    if not paths and (include or exclude or base_url or names):
        raise click.BadParameter("--include, --exclude, --base-url and --map need a PATH; --add keeps the rest")
    if base_url is not None and not is_address(base_url):
        raise click.BadParameter(f"--base-url {base_url}: an address begins with https:// or http://")
    return ReadingOptions(include, exclude, base_url and base_url.strip(), names)


def named(
    paths: Sequence[str], options: "ReadingOptions", settings: "Settings", *, add: bool, force: bool
) -> dict[str, "ReadingOptions"]:
    """Return the sources to build from: `paths`, with `add` those of the last build too, or without any just these.

    Paths are absolute, so that a rebuild from another working directory finds them again; of an address it is the
    folder that what it holds is fetched into. Raises SourceError for what is not there, RefusedAddressError for an
    address that is none, and SourcesError where sources of the last build would leave, unless that is forced.
    """
    from index import SourceError, is_address, read

    # Not Path's own methods: `resolve` would store what a link leads to today, `expanduser` fails for "~nobody".
    absolute = {
        path: os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111
        for path in paths
        if not is_address(path)
    }
    # Before anything is read, what is not there, or is no pattern, is told.
    read(absolute.values(), options=options)
    wanted = dict.fromkeys(absolute.values(), options)
    for address in filter(is_address, paths):
        wanted |= _fetched(address, options, settings)
    if add or not wanted:
        wanted = current(settings) | wanted
    elif not force:
        _refuse_to_drop(wanted, settings)
    if not wanted:
        raise SourceError("the index has no sources; run `quoth index PATH`")
    return wanted


def _fetched(address: str, options: "ReadingOptions", settings: "Settings") -> "dict[str, ReadingOptions]":
    from bot.errors import SourcesError
    from index import fetched_folder, fetched_reading

    if options.include or options.exclude or options.base_url:
        raise SourcesError(f"{address}: --include, --exclude and --base-url are for files; name these by themselves")
    folder = fetched_folder(settings.data_dir, address)
    return {os.path.abspath(folder): fetched_reading(address, options.names)}  # noqa: PTH100


def reading(
    sources: Mapping[str, "ReadingOptions"], settings: "Settings", settled: Mapping[str, str] | None = None
) -> "Reading":
    """Return what reads the sources, but neither the index itself nor settings; one that is away is told.

    Of what changed only the files that are `settled` are read, where that is given.
    """
    from index import read

    return read(list(sources), leaving_out=own(settings), options=sources, away=True, settled=settled)


def own(settings: "Settings") -> list[Path]:
    """Return what is no article wherever it lies: the folder of the index, and the files of the settings."""
    from config.settings import files

    return [settings.data_dir, *files(settings)]


def shown_as(source: str, options: "ReadingOptions") -> str:
    """Return a source as its owner named it: the address, where it was fetched."""
    from index import address_of

    return address_of(source, options) or source


def _refuse_to_drop(wanted: Mapping[str, "ReadingOptions"], settings: "Settings") -> None:
    from bot.errors import SourcesError
    from index import BrokenIndexError, source_of

    manifest = None
    with suppress(BrokenIndexError):
        manifest = parts.store(settings).manifest()
    before = manifest.sources if manifest is not None else ()
    dropped = [source for source in before if source_of(source, wanted) is None]
    if manifest is not None:
        options = of_manifest(manifest)
        dropped = [shown_as(source, options[source]) for source in dropped]
    if dropped:
        more = f" and {len(dropped) - _NAMED_SOURCES} more" if len(dropped) > _NAMED_SOURCES else ""
        raise SourcesError(
            f"{', '.join(dropped[:_NAMED_SOURCES])}{more} would leave the index; nothing was changed. "
            "To keep what it holds, add --add; to give it up, add --force"
        )
