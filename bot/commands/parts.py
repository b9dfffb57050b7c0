"""Make what several commands share from the settings."""

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.printing import err

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.answer import Answerer
    from bot.policy import Policy
    from bot.posts import Posts
    from config.settings import Settings
    from index import Cluster, LocalRetriever, Parameters, Store


# Seconds for one request to a cluster by whoever publishes there.
_PATIENT: Final = 60.0

RESTORING: Final = ".restoring"
"""Where a restore unpacks, in the data folder."""


def take_settings_from(file: Path) -> None:
    """Take settings from one file alone, here and in what this process starts, wherever that runs."""
    os.environ["QUOTH_CONFIG"] = os.path.abspath(file)  # noqa: PTH100 - a link stays one


def settings(**arguments: Any) -> "Settings":
    """Return the settings in force, and set up logging to match; say which ones a file names in vain.

    A restore into the data folder that was killed is finished first. From then on no process that is started finds
    secrets in its environment.
    """
    from config.logs import set_up
    from config.settings import keep_secrets_from_processes, load, warnings

    loaded = load(**arguments)
    keep_secrets_from_processes()
    set_up(loaded.log_level)
    for line in warnings(loaded):
        err(f"quoth: {line}")
    if (loaded.data_dir / RESTORING).exists():
        from bot.commands import journal

        journal.finish(loaded.data_dir)
    return loaded


def store(loaded: "Settings") -> "Store":
    """Return the store of the settings' data folder."""
    from index import Store

    return Store(loaded.data_dir)


def posts(loaded: "Settings") -> "Posts":
    """Return the posts of channels beside the index of the settings."""
    from bot.posts import Posts

    return Posts(loaded.data_dir / "posts")


def parameters(loaded: "Settings") -> "Parameters":
    """Return the parameters of BM25."""
    from index import Parameters

    return Parameters(loaded.k1, loaded.b, loaded.title_weight)


def current(of: "Store") -> int | None:
    """Return the number of the generation that answers; None where none does, or where it cannot be told."""
    from index import BrokenIndexError

    with suppress(BrokenIndexError):
        return of.current()
    return None


def tell_waiting(busy: str) -> None:
    """Say that another process is waited for, which `busy` names."""
    err(f"{busy}; waiting until it ends (Ctrl-C stops waiting)")


def retriever(
    loaded: "Settings", data_dir: Path | None = None, pinned: Path | None = None, *, lives_long: bool = False
) -> "LocalRetriever":
    """Return a retriever for the index of the settings, for another data folder, or for one finished generation.

    Where it `lives_long`, words answer until the model of meaning is loaded.
    """
    from config.aliases import aliases
    from index import Aliases, LocalRetriever, Store

    folder, model = data_dir or loaded.data_dir, None
    if loaded.meaning is not None and pinned is None:
        from index import Model

        model = Model(loaded.meaning, folder, aside=lives_long)
    return LocalRetriever(Store(folder), loaded.engine, pinned, aliases=Aliases(aliases(loaded)), model=model)


def policy(loaded: "Settings") -> "Policy":
    """Return the thresholds and sizes of an answer."""
    from bot.policy import Policy

    return Policy(loaded.passages, loaded.answered_at, loaded.closest_at)


def answerer(loaded: "Settings", data_dir: Path | None = None, *, lives_long: bool = False) -> "Answerer":
    """Return an answerer from the index or the cluster of the settings, or from another data folder.

    See `retriever`.
    """
    from bot.answer import Answerer

    if not loaded.cluster or data_dir is not None:
        return Answerer(retriever(loaded, data_dir, lives_long=lives_long), policy(loaded))
    from config.aliases import aliases
    from index import Aliases, ClusterRetriever

    published = ClusterRetriever(cluster(loaded), loaded.data_dir / "cluster", aliases=Aliases(aliases(loaded)))
    return Answerer(published, policy(loaded))


@contextmanager
def ready(loaded: "Settings", *, lives_long: bool = False) -> "Iterator[Answerer]":
    """Yield an answerer whose index is open; one that an earlier version built is built anew first.

    See `answerer`. Raises what opening the index does.
    """
    from index import OutdatedIndexError

    with answerer(loaded, lives_long=lives_long) as opened:
        try:
            opened.summary()
        except OutdatedIndexError:
            from bot.commands import renewal

            renewal.renew(loaded)
        yield opened


def cluster(loaded: "Settings", *, patient: bool = False) -> "Cluster":
    """Return the cluster of the settings; it must be closed. `patient` where nobody waits for an answer.

    Raises ConfigError where none is set or its secrets cannot be read, MissingExtraError without its client.
    """
    from importlib.util import find_spec

    from bot.errors import MissingExtraError
    from config.errors import ConfigError
    from config.secrets import cluster_secrets
    from index import Cluster, ClusterOptions, install_command

    if not loaded.cluster:
        raise ConfigError("cluster: not set; name its hosts, e.g. QUOTH_CLUSTER=https://search-1.example:9200")
    password, key = cluster_secrets(loaded)
    if not find_spec("opensearchpy") or not find_spec("aiohttp"):
        command = install_command("opensearch-py[async]")
        raise MissingExtraError(f"a cluster needs the extra opensearch: run `{command}`")
    user, ca_file = loaded.cluster_user or "", loaded.cluster_ca
    seconds = max(loaded.cluster_timeout, _PATIENT) if patient else loaded.cluster_timeout
    options = ClusterOptions(loaded.cluster, user, password, key, ca_file, seconds, loaded.cluster_prefix)
    return Cluster(options)


def version() -> str:
    """Return the name and version of the program."""
    from importlib.metadata import version as installed

    return f"quoth {installed('quoth')}"
