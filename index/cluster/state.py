"""Which generations a cluster holds, which of them answers, and how that is changed in one step."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from os import getpid
from platform import node
from typing import Any, Final

from index.cluster.client import Cluster
from index.cluster.layout import KINDS, names, number_of
from index.errors import BuildBusyError, ClusterError, NoIndexError, NoOlderIndexError

Json = dict[str, Any]

_LEASE: Final = "publisher"
# Whoever publishes shows that it lives, more often than this; another takes over after so many times without.
BEAT: Final = 5.0
_SILENT: Final = 3
# Hosts look so often for another generation, and one that was replaced only now may still be asked.
GRACE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Published:
    """One generation in a cluster: `bytes` with all replicas, `health` "green", "yellow" or "red".

    `role` is "current", "previous", or "" for one that was never finished or is no longer needed.
    """

    number: int
    role: str
    health: str
    documents: int
    bytes: int
    shards: int
    replicas: int


def previous_alias(prefix: str) -> str:
    """Return the alias of the generation before the one that answers."""
    return f"{prefix}-previous"


def roles(cluster: Cluster) -> dict[str, int]:
    """Return the numbers of the generations that have a role: "current", "previous"."""
    found, previous = dict[str, int](), previous_alias(cluster.prefix)
    for name, known in cluster.ask("GET", f"/_alias/{cluster.prefix},{previous}", ignore=[404]).items():
        number = number_of(cluster.prefix, name)
        # A missing alias comes as an error beside those that are there.
        if number is not None:
            for alias in known.get("aliases", {}):
                found["current" if alias == cluster.prefix else "previous"] = number
    return found


def current(cluster: Cluster) -> int:
    """Return the number of the generation that answers; raises NoIndexError where none was published."""
    number = roles(cluster).get("current")
    if number is None:
        raise NoIndexError(f"{', '.join(cluster.options.hosts)}: no generation is published as {cluster.prefix!r}")
    return number


def listing(cluster: Cluster) -> list[Published]:
    """Return the generations that a cluster holds, oldest first, unfinished ones too."""
    columns = "index,health,docs.count,store.size,pri,rep"
    path = f"/_cat/indices/{cluster.prefix}-*"
    rows = cluster.ask("GET", path, format="json", bytes="b", expand_wildcards="all", h=columns)["answer"]
    known = {number: role for role, number in roles(cluster).items()}
    found: dict[int, list[Json]] = {}
    for row in rows:
        if (number := number_of(cluster.prefix, row["index"])) is not None:
            found.setdefault(number, []).append(row)
    return [_published(number, known.get(number, ""), found[number]) for number in sorted(found)]


def switch(cluster: Cluster, number: int, previous: int | None) -> None:
    """Let a generation answer, and the one before be known as such, in one step."""
    actions: list[Json] = []
    for alias, wanted in ((cluster.prefix, number), (previous_alias(cluster.prefix), previous)):
        for other in {*roles(cluster).values()} - {wanted}:
            actions += [_action("remove", other, kind, alias, cluster.prefix) for kind in range(len(KINDS))]
        if wanted is not None:
            actions += [_action("add", wanted, kind, alias, cluster.prefix) for kind in range(len(KINDS))]
    cluster.change("POST", "/_aliases", {"actions": actions})


def rollback(cluster: Cluster) -> int:
    """Let the generation before answer again, and return its number; the one that answered is then the one before."""
    now = roles(cluster)
    if "current" not in now:
        raise NoIndexError(f"{', '.join(cluster.options.hosts)}: no generation is published as {cluster.prefix!r}")
    if "previous" not in now:
        raise NoOlderIndexError(f"{cluster.prefix}: the cluster holds no generation before {now['current']}")
    switch(cluster, now["previous"], now["current"])
    return now["previous"]


def remove(cluster: Cluster, numbers: Sequence[int]) -> None:
    """Delete generations."""
    for number in numbers:
        path = ",".join(names(cluster.prefix, number))
        cluster.change("DELETE", f"/{path}", ignore_unavailable="true")


def withdraw(cluster: Cluster) -> None:
    """Delete all generations, and what else goes by the prefix of the cluster."""
    remove(cluster, [one.number for one in listing(cluster)])
    cluster.change("DELETE", f"/{cluster.prefix}-publishing", ignore_unavailable="true")


def orphans(cluster: Cluster) -> list[int]:
    """Return the generations that have no role."""
    return [one.number for one in listing(cluster) if not one.role]


class Lease:
    """The right to change the generations of a cluster, of one process at a time.

    No clock is compared: whoever finds it taken waits for its holder to show that it lives, and takes it over where it
    does not. Raises BuildBusyError where it does.
    """

    def __init__(self, cluster: Cluster, beat: float = BEAT) -> None:
        self._cluster = cluster
        self._every = beat
        self._path = f"/{cluster.prefix}-publishing/_doc/{_LEASE}"
        self._beaten = 0.0
        self.switched = 0.0
        self._version: tuple[int, int] | None = None
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        # It may be there already.
        cluster.change("PUT", f"/{cluster.prefix}-publishing", {"settings": settings}, ignore=[400])
        self._take()

    def _take(self) -> None:
        found = self._read()
        for _ in range(_SILENT):
            if found is None or not found["_source"].get("holder"):
                break
            time.sleep(self._every)
            again = self._read()
            if again is not None and again["_seq_no"] != found["_seq_no"]:
                holder = again["_source"].get("holder")
                if holder:
                    raise BuildBusyError(f"{self._cluster.prefix}: {holder} is publishing there")
            found = again
        if found is not None:
            self.switched = float(found["_source"].get("switched", 0.0))
            self._version = found["_seq_no"], found["_primary_term"]
        self._write(f"process {getpid()} of {node()}")

    def _read(self) -> Json | None:
        found = self._cluster.change("GET", self._path, ignore=[404])
        return found if found.get("found") else None

    def _write(self, holder: str) -> None:
        body = {"holder": holder, "switched": self.switched}
        extra: Json = {"op_type": "create"} if self._version is None else {}
        if self._version is not None:
            extra = {"if_seq_no": self._version[0], "if_primary_term": self._version[1]}
        try:
            stored = self._cluster.change("PUT", self._path, body, **extra)
        except ClusterError as error:
            if getattr(error.__cause__, "status_code", None) == 409:
                raise BuildBusyError(f"{self._cluster.prefix}: another process is publishing there") from error
            raise
        self._version, self._beaten = (stored["_seq_no"], stored["_primary_term"]), time.monotonic()
        self._holder = holder

    def beat(self, *, now: bool = False) -> None:
        """Show that the holder lives, if that was not done just now; raises BuildBusyError where it lost the right."""
        if now or time.monotonic() - self._beaten > self._every / 3:
            self._write(self._holder)

    def end(self) -> None:
        """Give the right back."""
        with suppress(ClusterError, BuildBusyError):
            self._write("")


def _published(number: int, role: str, rows: Sequence[Json]) -> Published:
    healths = [row["health"] or "red" for row in rows]
    health = next((one for one in ("red", "yellow") if one in healths), "green")
    if len(rows) < len(KINDS):
        health = "red"
    of_passages = [row for row in rows if row["index"].endswith(KINDS[0])]
    documents = sum(int(row["docs.count"] or 0) for row in of_passages)
    shards, replicas = (int(of_passages[0][name]) if of_passages else 0 for name in ("pri", "rep"))
    return Published(
        number, role, health, documents, sum(int(row["store.size"] or 0) for row in rows), shards, replicas
    )


def _action(kind: str, number: int, which: int, alias: str, prefix: str) -> Json:
    action: Json = {"index": names(prefix, number)[which], "alias": alias}
    return {kind: {**action, "must_exist": False} if kind == "remove" else action}
