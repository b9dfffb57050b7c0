"""Run `quoth cluster`: publish to OpenSearch, and keep what is there."""

import json
import time
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from functools import partial
from os import getpid
from typing import TYPE_CHECKING, Final

from bot.commands import parts
from bot.commands.findings import Finding
from bot.commands.progress import Pace
from bot.printing import counted, err, out, out_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.answer import Answerer
    from config.settings import Settings
    from index import Publishing, Store

_STAGES: Final = {"settle": "waiting until the copies are whole", "verify": "comparing its ranking with that of here"}


def status(settings: "Settings", *, as_json: bool = False) -> int:
    """List the generations that the cluster holds. Return 0."""
    from index import NoIndexError, published

    with closing(parts.cluster(settings, patient=True)) as cluster:
        found = published(cluster)
    if as_json:
        out_json(json.dumps([asdict(one) for one in found], indent=2))
        return 0
    if not found:
        raise NoIndexError(f"{', '.join(settings.cluster)}: nothing is published as {settings.cluster_prefix!r}")
    for one in reversed(found):
        mark = "*" if one.role == "current" else " "
        role = {"current": "answers", "previous": "the one before"}.get(one.role, "unfinished or replaced; `prune`")
        out(
            f"{mark} {one.number:>6}  {role}, {one.health}, {counted(one.documents, 'passage')}, "
            f"{one.bytes / 1e6:,.1f} MB, {counted(one.shards, 'shard')}, {counted(one.replicas, 'replica')}"
        )
    return 0


def rollback(settings: "Settings") -> int:
    """Let the generation before answer again. Return 0."""
    from index import roll_back

    with closing(parts.cluster(settings, patient=True)) as cluster:
        out(f"generation {roll_back(cluster)} answers again")
    return 0


def prune(settings: "Settings") -> int:
    """Remove all generations but the one that answers and the one before. Return 0."""
    from index import prune as remove

    with closing(parts.cluster(settings, patient=True)) as cluster:
        removed = remove(cluster)
    out(f"removed: {', '.join(map(str, removed))}" if removed else "nothing to remove")
    return 0


def publish(
    settings: "Settings",
    shards: int | None = None,
    replicas: int | None = None,
    workers: int = 1,
    *,
    again: bool = True,
    quiet: bool = False,
) -> int:
    """Publish the index of the settings' data folder, and tell how far that is unless it is to be `quiet`.

    Unless it is to be done `again`, one that the cluster answers from already is left alone.

    Raises NoIndexError without an index, ClusterError, BuildBusyError while somebody else publishes.
    """
    from index import NoIndexError, PublishOptions, answers_already
    from index import publish as send

    store = parts.store(settings)
    number = store.current()
    if number is None:
        raise NoIndexError(f"no index in {settings.data_dir}")
    began, show = time.monotonic(), partial(_shown, Pace()) if not quiet else lambda _: None
    with closing(parts.cluster(settings, patient=True)) as cluster:
        if not again and answers_already(store.folder(number), cluster):
            return 0
        there = send(store.folder(number), cluster, PublishOptions(shards, replicas, workers), show)
    if not quiet:
        out(f"published generation {number} as {there} in {time.monotonic() - began:.1f} s; it answers now")
    return 0


@contextmanager
def trial(settings: "Settings", store: "Store") -> "Iterator[Answerer]":
    """Yield an answerer from the index of a store, which the cluster holds for it alone and only as long."""
    from bot.answer import Answerer
    from index import ClusterRetriever, PublishOptions, withdraw
    from index import publish as send

    prefix = f"{settings.cluster_prefix}-trial-{getpid()}"
    with closing(parts.cluster(replace(settings, cluster_prefix=prefix), patient=True)) as cluster:
        try:
            send(store.folder(store.current() or 0), cluster, PublishOptions())
            yield Answerer(ClusterRetriever(cluster, store.data_dir / "cluster"), parts.policy(settings))
        finally:
            withdraw(cluster)


def _shown(pace: Pace, progress: "Publishing") -> None:
    if progress.stage == "load":
        pace(lambda: f"publishing: {progress.done:,} of {progress.total:,} documents", progress.done, progress.total)
    else:
        err(f"publishing: {_STAGES[progress.stage]}")


def findings(settings: "Settings") -> list[Finding]:
    """Return what `quoth doctor` says of the cluster of the settings; nothing where none is set."""
    from bot.errors import MissingExtraError
    from config.errors import ConfigError
    from index import ClusterError, checks

    if not settings.cluster:
        return []
    try:
        with closing(parts.cluster(settings)) as cluster:
            found = checks(cluster)
    except (ConfigError, MissingExtraError) as error:
        return [Finding("cluster", str(error), 2)]
    except ClusterError as error:
        return [Finding("cluster", str(error), 5)]
    return [Finding(one.subject, one.text, 5 if one.is_wrong else 0, one.is_hint) for one in found]
