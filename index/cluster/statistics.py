"""The statistics of a generation: what a host needs of it beside postings and texts, as files of its own.

They are published in pieces, each file with its SHA-256 in their manifest. A host fetches them once into its cache,
checks them, and maps them.
"""

import base64
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Final

import numpy as np
import numpy.typing as npt

from index import bm25
from index.cluster.client import Cluster
from index.cluster.layout import Names, bulk, written
from index.cluster.passages import DFS, FIRSTS, NUMBERS
from index.errors import BrokenIndexError, ClusterError, StorageError
from index.postings import layout
from index.postings.compact import CompactPostings
from index.postings.forward import Forward
from index.postings.strata import Strata
from index.rerank.reranker import Surroundings
from index.store.files import make_folder
from index.store.generation import TEXTS_NAME, Generation, MappedArrays, verified
from index.store.manifest import MANIFEST_NAME, FileStamp, Manifest, Scalar, ensure_analyzer
from index.store.pages import NAMES as PAGES

_SOURCES: Final = "sources.json"
_GROWING: Final = ("postings_", "compact_", "forward_")
_PIECE: Final = 1 << 21
_PIECES_AT_ONCE: Final = 4
_KEPT: Final = 2
_FETCHING: Final = ".fetching-"
# No process takes so many seconds to fetch statistics.
_LEFT: Final = 3600.0


def lengths_of(generation: Generation, forward: Forward, strata: Strata) -> tuple[npt.NDArray[np.uint32], float]:
    """Return the lengths that an engine scores with, uint32 [N], and what they are on average."""
    weight = bm25.Parameters.stored(generation.manifest.settings).title_weight
    own, titles = np.diff(forward.indptr), np.diff(forward.title_indptr)[forward.article]
    terms = np.where(forward.hidden, 0, own + weight * titles).astype(np.uint32)
    postings = layout.load(generation.manifest.files, generation)
    lengths = strata.lengths(terms, forward.article)
    stated = float(postings.average[0]) if isinstance(postings, CompactPostings) else bm25.average(lengths)
    return lengths, stated


def write(generation: Generation, number: int, folder: Path) -> Manifest:
    """Write the statistics of a generation into a folder, as those of published generation `number`."""
    generation.ensure_all()
    forward, strata = Forward.open(generation), Strata.open(generation)
    postings = layout.load(generation.manifest.files, generation)
    around = Surroundings.of(forward)
    dfs = np.diff(postings.indptr).astype(np.uint32)
    articles = len(forward.title_indptr) - 1
    np.save(folder / f"{DFS}.npy", dfs)
    np.save(folder / f"{FIRSTS}.npy", np.searchsorted(forward.article, np.arange(articles)).astype(np.int64))
    average = lengths_of(generation, forward, strata)[1]
    np.save(folder / f"{NUMBERS}.npy", np.array([average, around.shortness, around.average]))
    (folder / _SOURCES).write_text(json.dumps(generation.texts.sources()))
    for name in generation.manifest.files:
        if name not in {TEXTS_NAME, *PAGES} and not name.startswith(_GROWING):
            (folder / name).write_bytes((generation.path / name).read_bytes())
    stamps = {path.name: _stamp(path) for path in sorted(folder.iterdir())}
    manifest = replace(generation.manifest, files=stamps, generation=number, states={})
    (folder / MANIFEST_NAME).write_text(manifest.to_json())
    return manifest


def pieces(folder: Path) -> Iterator[str]:
    """Yield the bodies of requests that store the statistics in a folder."""
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        for at in range(0, len(content), _PIECE):
            document = {"data": base64.b64encode(content[at : at + _PIECE]).decode()}
            yield bulk([(_id(path.name, at // _PIECE), written(document))])


def manifest_of(cluster: Cluster, names: Names, analyzer: Mapping[str, Scalar]) -> Manifest:
    """Return the manifest of the statistics of a published generation.

    Raises BrokenIndexError where it is damaged or of another version of this program.
    """
    return _checked(_read(cluster, names, MANIFEST_NAME, 1), names, analyzer)


def _checked(text: bytes, names: Names, analyzer: Mapping[str, Scalar]) -> Manifest:
    place = f"{names.statistics}/{MANIFEST_NAME}"
    manifest = Manifest.from_json(text, place)
    ensure_analyzer(manifest, analyzer, place)
    return manifest


def fetched(cluster: Cluster, names: Names, cache: Path, analyzer: Mapping[str, Scalar]) -> MappedArrays:
    """Return the statistics of a published generation, from the cache where they are there and whole.

    Raises BrokenIndexError where they are not what was published or are of another version of this program.
    """
    text = _read(cluster, names, MANIFEST_NAME, 1)
    manifest = _checked(text, names, analyzer)
    folder = cache / hashlib.sha256(text).hexdigest()[:24]
    with suppress(BrokenIndexError, OSError):
        return _mapped(folder, manifest, text)
    try:
        make_folder(cache)
        staging = Path(mkdtemp(prefix=_FETCHING, dir=cache))
        try:
            _fetch(cluster, names, manifest, staging)
            (staging / MANIFEST_NAME).write_bytes(text)
            # Another process may have been quicker, and reads what is there.
            with suppress(BrokenIndexError, OSError):
                return _mapped(folder, manifest, text)
            rmtree(folder, ignore_errors=True)
            with suppress(OSError):
                staging.rename(folder)
            found = _mapped(folder, manifest, text)
        finally:
            rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise StorageError(
            f"{cache}: cannot be written ({error.strerror}); free some space, or mend its rights"
        ) from error
    _forget_others(cache)
    return found


def mapped(folder: Path) -> MappedArrays:
    """Return the statistics in a folder that `write` filled."""
    text = (folder / MANIFEST_NAME).read_bytes()
    return _mapped(folder, Manifest.from_json(text, str(folder / MANIFEST_NAME)), text)


def sources_of(arrays: MappedArrays) -> dict[str, int]:
    """Return the sources that articles state, with how many articles state each, in the order of their numbers."""
    found: dict[str, int] = json.loads((arrays.path / _SOURCES).read_text())
    return found


def _mapped(folder: Path, manifest: Manifest, text: bytes) -> MappedArrays:
    if (folder / MANIFEST_NAME).read_bytes() != text:
        raise BrokenIndexError(f"{folder}: holds other statistics")
    return MappedArrays(folder, manifest, verified(folder, manifest)[0])


def _fetch(cluster: Cluster, names: Names, manifest: Manifest, folder: Path) -> None:
    for name, stamp in manifest.files.items():
        if Path(name).name != name:
            raise BrokenIndexError(f"{names.statistics}: {name!r} is no name of a file")
        content = _read(cluster, names, name, -(-stamp.size // _PIECE))
        if hashlib.sha256(content).hexdigest() != stamp.sha256:
            raise BrokenIndexError(f"{names.statistics}: {name} is not what was published (its checksum does not fit)")
        (folder / name).write_bytes(content)
        os.utime(folder / name, ns=(stamp.mtime_ns, stamp.mtime_ns))


def _read(cluster: Cluster, names: Names, name: str, count: int) -> bytes:
    content: list[bytes] = []
    for first in range(0, count, _PIECES_AT_ONCE):
        ids = [_id(name, at) for at in range(first, min(first + _PIECES_AT_ONCE, count))]
        # Each request has a time of its own: a large vocabulary takes longer than a question may.
        cluster.begin()
        found = cluster.ask("POST", f"/{names.statistics}/_mget", {"ids": ids}, realtime="false")["docs"]
        if not all(one.get("found") for one in found):
            raise BrokenIndexError(f"{names.statistics}: {name} is not there whole; publish again")
        content += [base64.b64decode(one["_source"]["data"]) for one in found]
    return b"".join(content)


def _id(name: str, piece: int) -> str:
    return f"{name}:{piece}"


def _stamp(path: Path) -> FileStamp:
    content = path.read_bytes()
    return FileStamp(len(content), hashlib.sha256(content).hexdigest(), path.stat().st_mtime_ns)


def _forget_others(cache: Path) -> None:
    """Remove the statistics of generations before the last few; what is mapped stays readable.

    What other processes are fetching stays, until it must have been left by one that was killed.
    """
    with suppress(OSError):
        changed = {path: path.stat().st_mtime for path in cache.iterdir() if path.is_dir()}
        fetching = [path for path in changed if path.name.startswith(_FETCHING)]
        whole = sorted(changed.keys() - set(fetching), key=changed.__getitem__)
        for path in (*whole[:-_KEPT], *(path for path in fetching if time.time() - changed[path] > _LEFT)):
            rmtree(path, ignore_errors=True)


def checked(cluster: Cluster, names: Names, folder: Path) -> None:
    """Raise ClusterError where published statistics are not those in a folder."""
    for path in sorted(folder.iterdir()):
        if _read(cluster, names, path.name, -(-path.stat().st_size // _PIECE)) != path.read_bytes():
            raise ClusterError(f"{names.statistics}: {path.name} did not arrive as it was sent; publish again")
