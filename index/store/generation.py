"""One immutable generation, verified and open for reading: its manifest, its arrays, its texts.

Every file is opened before the first question, so a reader goes on undisturbed after a newer generation has
been switched to and this one's folder is gone.
"""

import hashlib
import mmap
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from index.errors import BrokenIndexError, UnreadableIndexError
from index.model import SourceState
from index.store import source_files
from index.store.files import OddFileError, next_step, open_regular
from index.store.manifest import MANIFEST_NAME, Manifest, Scalar, ensure_analyzer
from index.store.pages import NAMES, SUMS, Pages, TextPages
from index.store.texts import Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEXTS_NAME = "articles.sqlite"

ALWAYS_HASHED = 64 * 1024 * 1024
"""Up to this many bytes in all, every opening compares every checksum (about 0.1 s)."""

IN_PIECES = frozenset(("forward_terms.npy", "compact_levels.npy", "compact_low.npy", "compact_rare.npy"))
"""Most of the bytes of a large index, of which a question reads a few: whoever reads them calls `Generation.ensure`."""

# Nanoseconds.
_JUST_NOW: Final = 100_000


class MappedArrays:
    """The arrays in a folder with a manifest, mapped into memory. Those already taken stay usable after `close`."""

    def __init__(self, path: Path, manifest: Manifest, maps: dict[str, mmap.mmap], pages: Pages | None = None) -> None:
        self.path = path
        self.manifest = manifest
        self.pages = pages
        self._maps = maps
        self._seen_there = 0
        self._layouts: dict[str, tuple[int, int]] = {}

    def array(self, name: str) -> "NDArray[Any]":
        """Return the array saved as `name`.npy, mapped copy-on-write: pages are shared until written to.

        A plain ndarray, as `np.load(mmap_mode="c")` would map it, yet from a file that is already open. Raises
        BrokenIndexError when this generation has no such array or it is not a plain .npy file.
        """
        file = f"{name.removesuffix('.npy')}.npy"
        if file not in self._maps:
            raise BrokenIndexError(f"{self.path / file}: missing")
        if self.pages is not None:
            self.pages.between(file, 0, 1 if file in IN_PIECES else len(self._maps[file]))
        try:
            array = _mapped_array(self._maps[file])
        except (ValueError, TypeError) as error:
            raise BrokenIndexError(f"{self.path / file}: not a readable array ({error})") from error
        self._layouts[file] = len(self._maps[file]) - array.nbytes, array.itemsize
        return array

    def ensure(self, name: str, ranges: Iterable[tuple[int, int]]) -> None:
        """Check parts of an array of `IN_PIECES` before they are read, as ranges of its elements.

        Raises BrokenIndexError where they are not as they were written.
        """
        if self.pages is not None:
            begin, size = self._layouts[f"{name}.npy"]
            for first, end in ranges:
                self.pages.between(f"{name}.npy", begin + first * size, begin + end * size)

    def ensure_all(self) -> None:
        """Check every page of every file that was not yet, for whoever reads all of it."""
        if self.pages is not None:
            for name in self._maps:
                self.pages.whole(name)

    def ensure_there(self) -> None:
        """Raise BrokenIndexError where a file was cut off since it was opened: to look at what is gone would kill."""
        # Whoever hands out the index looks, and the search right behind it.
        if time.monotonic_ns() - self._seen_there < _JUST_NOW:
            return
        for name, mapped in self._maps.items():
            if mapped.size() < len(mapped):
                raise BrokenIndexError(f"{self.path / name}: was cut off while it was in use")
        self._seen_there = time.monotonic_ns()

    def close(self) -> None:
        """Let go of the arrays. A second call does nothing."""
        self.pages = None
        # Not closed by force: an array somebody still holds keeps its own mapping alive.
        self._maps.clear()


class Generation(MappedArrays):
    """A generation open for reading; close it, or use it in a `with` block.

    with store.open() as generation:
        days = generation.array("article_days")   # article_days.npy, mapped, dtype and shape as saved
        text = generation.texts.passage(4).text
    """

    def __init__(
        self, path: Path, manifest: Manifest, texts: Texts, maps: dict[str, mmap.mmap], pages: Pages | None = None
    ) -> None:
        super().__init__(path, manifest, maps, pages)
        self.texts = texts

    @property
    def number(self) -> int:
        """Return the generation's number, from 1."""
        return self.manifest.generation

    @property
    def states(self) -> dict[str, SourceState]:
        """Return what its sources looked like when they were last found to hold these articles."""
        return {**self.manifest.states, **source_files.load_states(self.path)}

    def close(self) -> None:
        """Close the texts and let go of the arrays. A second call does nothing."""
        self.texts.close()
        super().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_generation(
    path: Path, analyzer: Mapping[str, Scalar] | None = None, everything: bool = False, number: int | None = None
) -> Generation:
    """Verify the generation in the folder `path` and open it; see `verified` and `Store.open`.

    One with another number than that of its folder is refused.
    """
    manifest = read_manifest(path, number)
    if analyzer is not None:
        ensure_analyzer(manifest, analyzer, str(path / MANIFEST_NAME))
    maps, pages, rows = verified(path, manifest, everything)
    text_pages = None if pages is None else TextPages(pages, TEXTS_NAME, rows)
    return Generation(path, manifest, Texts(path / TEXTS_NAME, pages=text_pages), maps, pages)


def hold(path: Path, files: ExitStack) -> tuple[Manifest, dict[str, BufferedReader]]:
    """Open every file of the generation folder `path`, to be closed by `files`; return its manifest and them by name.

    What is open stays readable when the generation is removed. Raises BrokenIndexError when one is missing.
    """
    manifest = read_manifest(path)
    with _reading(path):
        held = {name: files.enter_context((path / name).open("rb")) for name in (MANIFEST_NAME, *manifest.files)}
        with suppress(FileNotFoundError):
            held[source_files.NAME] = files.enter_context((path / source_files.NAME).open("rb"))
    return manifest, held


def read_manifest(path: Path, number: int | None = None) -> Manifest:
    """Read the manifest of the generation folder `path`, that of generation `number`.

    Raises BrokenIndexError when it is missing, damaged, or of another generation.
    """
    place = path / MANIFEST_NAME
    with _reading(place), os.fdopen(open_regular(place), "rb") as file:
        manifest = Manifest.from_json(file.read(), str(place))
    if number not in (None, manifest.generation):
        raise BrokenIndexError(
            f"{place}: is that of generation {manifest.generation}; the folders of generations were mixed up"
        )
    if TEXTS_NAME not in manifest.files:
        raise BrokenIndexError(f"{place}: lists no {TEXTS_NAME}")
    return manifest


def verified(
    path: Path, manifest: Manifest, everything: bool = False
) -> tuple[dict[str, mmap.mmap], Pages | None, bytes]:
    """Compare every file with the manifest; return the mappings by file name, and the pages yet to be checked.

    With these, which of them hold which rows of the texts.

    Presence and size are compared always. Checksums are compared when `everything` is asked for, when the
    files together hold at most `ALWAYS_HASHED` bytes, or when any file's modification time is not the one it
    was published with (a copy, a restore, a change); otherwise size and time are trusted at first, so that a large
    index opens at once, and each page is compared when it is looked at (see `index.store.pages`). Raises
    BrokenIndexError naming the first file that differs.
    """
    hashing = everything or sum(stamp.size for stamp in manifest.files.values()) <= ALWAYS_HASHED
    with _reading(path), ExitStack() as files:
        streams: dict[str, BufferedReader] = {}
        for name, stamp in manifest.files.items():
            streams[name] = files.enter_context(os.fdopen(open_regular(path / name), "rb"))
            state = os.fstat(streams[name].fileno())
            if state.st_size != stamp.size:
                raise BrokenIndexError(f"{path / name}: {state.st_size} bytes instead of the {stamp.size} written")
            hashing = hashing or state.st_mtime_ns != stamp.mtime_ns
        if hashing:
            for name, stamp in manifest.files.items():
                if hashlib.file_digest(streams[name], "sha256").hexdigest() != stamp.sha256:
                    raise BrokenIndexError(f"{path / name}: damaged (its checksum does not fit)")
        mapped = {name: file for name, file in streams.items() if manifest.files[name].size and name not in NAMES}
        maps = {name: mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) for name, file in mapped.items()}
        if hashing or not streams.keys() >= {*NAMES}:
            return maps, None, b""
        sums, rows = (streams[name].read() for name in NAMES)
        for name, content in zip(NAMES, (sums, rows), strict=True):
            if hashlib.sha256(content).hexdigest() != manifest.files[name].sha256:
                raise BrokenIndexError(f"{path / name}: damaged (its checksum does not fit)")
        sizes = {name: stamp.size for name, stamp in manifest.files.items() if name != SUMS}
        return maps, Pages(path, sizes, {name: memoryview(one) for name, one in maps.items()}, sums), rows


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Raise BrokenIndexError for a file that is missing, UnreadableIndexError for one that cannot be read."""
    try:
        yield
    except FileNotFoundError as error:
        raise BrokenIndexError(f"{error.filename or path}: missing") from error
    except OddFileError as error:
        raise BrokenIndexError(f"{error.filename}: {error.strerror}") from error
    except OSError as error:
        step = next_step(error, "give this user the right to read it, or choose another `data_dir`")
        raise UnreadableIndexError(
            f"{error.filename or path}: cannot be read ({error.strerror or error}); {step}"
        ) from error


def _mapped_array(mapped: mmap.mmap) -> "NDArray[Any]":
    # Imported here: a command that only looks at texts starts 0.1 s sooner.
    import numpy as np

    mapped.seek(0)
    version = np.lib.format.read_magic(mapped)
    if version == (1, 0):
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(mapped)
    else:
        shape, fortran, dtype = np.lib.format.read_array_header_2_0(mapped)
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    if 0 in shape:
        return np.empty(shape, dtype=dtype)
    return np.ndarray(shape, dtype=dtype, buffer=mapped, offset=mapped.tell(), order="F" if fortran else "C")
