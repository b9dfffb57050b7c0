"""Whether a cluster can answer and be published to: what `quoth doctor` says of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from index.analysis import analyzer
from index.cluster import state
from index.cluster.client import Cluster
from index.cluster.layout import names
from index.cluster.statistics import manifest_of
from index.errors import ClusterError, IndexLibraryError

Json = dict[str, Any]

_LEAST: Final = (3, 0)
TRIED: Final = "3.9.0"
_NEARLY_FULL: Final = 85


@dataclass(frozen=True, slots=True)
class Check:
    """What was found: `is_wrong` where nothing can be answered, `is_hint` where it can and something is to be done."""

    subject: str
    text: str
    is_wrong: bool = False
    is_hint: bool = False


def checks(cluster: Cluster) -> list[Check]:
    """Return what is to be said of a cluster; what could not be asked is the last of it."""
    found: list[Check] = []
    try:
        found.extend(_checks(cluster))
    except ClusterError as error:
        found.append(Check("cluster", str(error), is_wrong=True))
    return found


def _checks(cluster: Cluster) -> Iterator[Check]:
    cluster.begin()
    yield _version(cluster.ask("GET", "/"))
    health = cluster.ask("GET", "/_cluster/health")
    nodes = health["number_of_data_nodes"]
    said = f"{health['status']}, {nodes} data node{'s' if nodes != 1 else ''}"
    if nodes < 2:
        yield Check("cluster", f"{said}: without a second one, an answer needs this very node", is_hint=True)
    else:
        yield Check("cluster", said, is_wrong=health["status"] == "red", is_hint=health["status"] == "yellow")
    cluster.begin()
    yield from _generation(cluster)
    cluster.begin()
    yield from _disks(cluster)


def _version(about: Json) -> Check:
    version = about.get("version", {})
    number, kind = str(version.get("number", "")), version.get("distribution", "elasticsearch")
    if kind != "opensearch":
        return Check("cluster", f"is {kind} {number}, which was not tried; use OpenSearch 3.0 or newer", is_wrong=True)
    parts = tuple(int(part) for part in number.split("-", maxsplit=1)[0].split(".")[:2] if part.isdigit())
    if parts < _LEAST:
        return Check("cluster", f"is OpenSearch {number}; 3.0 or newer is needed", is_wrong=True)
    return Check("cluster", f"OpenSearch {number} answers ({TRIED} was tried)")


def _generation(cluster: Cluster) -> Iterator[Check]:
    try:
        number = state.current(cluster)
        manifest = manifest_of(cluster, names(cluster.prefix, number), analyzer.settings())
    except ClusterError:
        raise
    except IndexLibraryError as error:
        yield Check("published", str(error), is_wrong=True)
        return
    passages = manifest.counts["passages"]
    yield Check("published", f"generation {number} of {passages:,} passages answers as {cluster.prefix!r}")


def _disks(cluster: Cluster) -> Iterator[Check]:
    rows = cluster.ask("GET", "/_cat/allocation", format="json", h="node,disk.percent")["answer"]
    full = [f"{row['node']} {row['disk.percent']} %" for row in rows if int(row["disk.percent"] or 0) >= _NEARLY_FULL]
    if full:
        yield Check("disks", f"{', '.join(full)} full; OpenSearch takes nothing more at 95 %", is_hint=True)
    else:
        yield Check("disks", "have room")
