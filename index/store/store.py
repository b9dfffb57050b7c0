"""Keep generations on disk: written in a staging folder, checked, switched to in one step, rolled back.

    DIR/current                  the number of the generation that answers, e.g. "000007"
    DIR/build.lock               held by the one process that builds
    DIR/generations/000007/      manifest.json, articles.sqlite, *.npy; never changed once there, but for files.jsonl
    DIR/generations/.building-*  what a builder is writing, or what a killed one left
    DIR/generations/.removed-*   an old generation on its way out

A crash at any moment leaves the old generation or the new one in use, each of them whole.
"""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from shutil import rmtree
from typing import Final

from index.errors import BrokenIndexError, NoIndexError, NoOlderIndexError, UnreadableIndexError
from index.store import source_files
from index.store.files import make_folder, next_step
from index.store.generation import Generation, hold, open_generation, read_manifest
from index.store.lock import build_lock
from index.store.manifest import FORMAT, MANIFEST_NAME, FileStamp, Manifest, Scalar, ensure_analyzer
from index.store.staging import Staging, folder, numbers, remove_leftovers, storage_failures, switch

__all__ = ["FORMAT", "FileStamp", "Generation", "GenerationState", "Manifest", "Staging", "Store"]

# Bytes; a number and its line break are shorter.
_LONGEST: Final = 64
# Nanoseconds; a file that was changed less long ago may change again without its times telling.
_SETTLED: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class GenerationState:
    """One generation as `Store.listing` found it: `manifest` is there when it is healthy, `error` when it is not."""

    number: int
    current: bool
    manifest: Manifest | None
    error: BrokenIndexError | None = None

    @property
    def problem(self) -> str:
        """Return what is wrong with it; "" when it is healthy."""
        return str(self.error or "")


class Store:
    """The generations in one data folder. Reading never writes; building and rolling back take the lock.

    store = Store(Path("~/.local/share/quoth").expanduser())
    with store.building() as staging:
        ...                                     # write articles.sqlite and *.npy into staging.path
        number = staging.publish(manifest)
    with store.open() as generation:
        ...
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._generations = data_dir / "generations"
        self._current = data_dir / "current"
        self._alone = False
        self._seen: tuple[tuple[int, ...], int] = (), 0

    def current(self) -> int | None:
        """Return the number of the generation in use, or None when nothing was built here.

        Costs one read of a small file, or one look at it. Raises BrokenIndexError when that file is not a number.
        """
        try:
            looked = self._current.stat()
            seen = looked.st_ino, looked.st_mtime_ns, looked.st_ctime_ns
            if seen == self._seen[0]:
                return self._seen[1]
            text = _beginning(self._current)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            step = next_step(error, "give this user the right to read it")
            raise UnreadableIndexError(f"{self._current}: cannot be read ({error.strerror}); {step}") from error
        if not re.fullmatch(rb"[0-9]{6,12}\n", text) or not int(text):
            raise BrokenIndexError(f"{self._current}: names no generation ({text[:20]!r})")
        if time.time_ns() - looked.st_ctime_ns > _SETTLED:
            self._seen = seen, int(text)
        return int(text)

    def open(self, *, analyzer: Mapping[str, Scalar] | None = None, generation: int | None = None) -> Generation:
        """Verify and open the generation in use, or the one asked for.

        `analyzer`: this program's analyzer settings, refused when the index was built with others; None skips
        that check. What is verified is said at `index.store.generation.verified`. Raises NoIndexError when nothing
        was built, BrokenIndexError naming the file when something is missing or damaged.
        """
        while True:
            number = self.current() if generation is None else generation
            if number is None:
                raise NoIndexError(f"no index in {self.data_dir}")
            try:
                return open_generation(folder(self.data_dir, number), analyzer, number=number)
            except BrokenIndexError:
                # Builders may have switched and pruned since `current` was read.
                if generation is not None or self.current() == number:
                    raise

    def folder(self, number: int) -> Path:
        """Return where generation `number` lies."""
        return folder(self.data_dir, number)

    def manifest(self, analyzer: Mapping[str, Scalar] | None = None) -> Manifest | None:
        """Return what the generation in use says about itself, or None when nothing was built; no file is verified.

        One that was built with another `analyzer` is refused, as `open` does.
        """
        number = self.current()
        if number is None:
            return None
        manifest = read_manifest(folder(self.data_dir, number), number)
        if analyzer is not None:
            ensure_analyzer(manifest, analyzer, str(folder(self.data_dir, number) / MANIFEST_NAME))
        return manifest

    def listing(self) -> list[GenerationState]:
        """Return every generation, oldest first, the current one marked; a damaged one tells its problem."""
        current = self._current_or_none()
        found = {*numbers(self.data_dir)} | ({current} if current is not None else set())
        return [self._state(number, number == current) for number in sorted(found)]

    def verify(self, generation: int | None = None) -> Manifest:
        """Read every byte of a generation (the current one by default) and return its manifest.

        Raises NoIndexError or BrokenIndexError as `open` does.
        """
        number = self.current() if generation is None else generation
        if number is None:
            raise NoIndexError(f"no index in {self.data_dir}")
        with open_generation(folder(self.data_dir, number), everything=True, number=number) as whole:
            return whole.manifest

    @contextmanager
    def held(self) -> Iterator[tuple[Manifest, dict[str, BufferedReader]]]:
        """Give the manifest of the generation in use and all its files, open, by name: to copy them.

        They stay whole whatever is built and removed meanwhile; that they are what was written is for the caller to
        compare. Raises NoIndexError or BrokenIndexError as `open` does.
        """
        with ExitStack() as files:
            while True:
                number = self.current()
                if number is None:
                    raise NoIndexError(f"no index in {self.data_dir}")
                try:
                    held = hold(folder(self.data_dir, number), files)
                    break
                except BrokenIndexError:
                    # Builders may have switched and pruned since `current` was read.
                    if self.current() == number:
                        raise
            yield held

    def rollback(self) -> int:
        """Switch to the newest healthy generation older than the current one and return its number.

        With a damaged `current` file, to the newest healthy one of all. A full disk does not stop it. Raises
        NoIndexError when nothing was built, BrokenIndexError when none is left to go back to, BuildBusyError while
        somebody builds.
        """
        if not numbers(self.data_dir) and not self._current.exists():
            raise NoIndexError(f"no index in {self.data_dir}")
        with self._locked():
            current = self._current_or_none()
            for number in sorted(numbers(self.data_dir), reverse=True):
                if current is None or number < current:
                    with suppress(BrokenIndexError):
                        self.verify(number)
                        switch(self.data_dir, number, in_place=True)
                        return number
        raise NoOlderIndexError(f"{self._generations}: no healthy generation before {current}")

    def catch_up(self, number: int) -> None:
        """Switch to generation `number`, which was published but for that, unless a later one is in use already.

        Raises BrokenIndexError when it is not there or not whole, BuildBusyError while somebody builds.
        """
        with self._locked():
            if (self._current_or_none() or 0) < number:
                self.verify(number)
                switch(self.data_dir, number, in_place=True)

    @contextmanager
    def alone(self, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
        """Hold the lock for the block, so that what is read before a build in it still holds then.

        While somebody else builds, that is waited for, and `waiting` is told who it is; without it, BuildBusyError is
        raised. Raises StorageError as `building`.
        """
        with storage_failures(self.data_dir):
            make_folder(self._generations)
            with build_lock(self.data_dir / "build.lock", waiting):
                self._alone = True
                try:
                    yield
                finally:
                    self._alone = False

    @contextmanager
    def building(self) -> Iterator[Staging]:
        """Take the lock and give an empty folder to build in; without a publish it is removed at the end.

        Raises BuildBusyError when another process is building, StorageError when the disk is full or the
        folder cannot be written, also for such an error raised inside the block.
        """
        with storage_failures(self.data_dir):
            make_folder(self._generations)
        with self._locked():
            remove_leftovers(self.data_dir)
            # Never a number that was ever in use, or a reader could take a new one for an old one.
            staging = Staging(self.data_dir, max([0, self._current_or_none() or 0, *numbers(self.data_dir)]) + 1)
            try:
                yield staging
            finally:
                if not staging.published:
                    rmtree(staging.path, ignore_errors=True)

    def adopt(
        self,
        staging: Staging,
        analyzer: Mapping[str, Scalar],
        moved: Callable[[str], str] = str,
        before_switch: Callable[[], None] | None = None,
    ) -> None:
        """Publish the files that `held` gave and that were copied into a staging folder.

        `moved` gives the place of a source, which may be another now; `before_switch` is what `Staging.publish` takes.
        Raises BrokenIndexError when a file is not what was written or no file of the index, OutdatedIndexError when
        this program cannot search it.
        """
        with open_generation(staging.path, analyzer, everything=True) as generation:
            manifest = generation.manifest
        names = {path.name for path in staging.path.iterdir()} - {MANIFEST_NAME, source_files.NAME}
        if names != set(manifest.files):
            raise BrokenIndexError(f"{staging.path}: {min(names ^ set(manifest.files))} is no file of this index")
        sources = tuple(map(moved, manifest.sources))
        if sources != manifest.sources:
            # It names files where they were.
            (staging.path / source_files.NAME).unlink(missing_ok=True)
        (staging.path / MANIFEST_NAME).unlink()
        states = {moved(source): state for source, state in manifest.states.items()}
        manifest = replace(manifest, sources=sources, states=states)
        staging.publish(manifest, before_switch=before_switch)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock, which `alone` may hold already."""
        with (
            storage_failures(self.data_dir),
            nullcontext() if self._alone else build_lock(self.data_dir / "build.lock"),
        ):
            yield

    def _current_or_none(self) -> int | None:
        try:
            return self.current()
        except BrokenIndexError:
            return None

    def _state(self, number: int, current: bool) -> GenerationState:
        try:
            with open_generation(folder(self.data_dir, number), number=number) as generation:
                return GenerationState(number, current, generation.manifest)
        except BrokenIndexError as error:
            return GenerationState(number, current, None, error)


def _beginning(path: Path) -> bytes:
    """Return what a small file holds, for a third of what a file object costs: every question asks for it."""
    # A pipe in its place must not make every question wait for ever.
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        return os.read(file, _LONGEST)
    finally:
        os.close(file)
