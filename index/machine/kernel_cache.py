"""Keep compiled kernels between processes, and tell whether there can be any. Imports no numba.

What is kept is code that is run as it is read, so it lies in a folder that nobody else can write. A power cut or a bad
disk may tear it: a list with the digest of each file, written when all are on the disk, says what may be used.
"""

import ctypes
import json
import mmap
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

# The rooms that no kernel imports; their code changes often, and to compile takes most of a minute.
_WITHOUT_KERNELS: Final = frozenset(("build", "evaluate", "fetching", "query", "search", "sources"))
_LIST: Final = "digests.json"
_KERNELS: Final = (".nbi", ".nbc")
# A file that is being written goes by another name; after so many seconds nobody writes it any more.
_LEFT_BEHIND: Final = 3600
_DIGEST_BYTES: Final = 16

_Known = dict[str, tuple[int, int, str]]


@dataclass(slots=True)
class _Kept:
    """The folder that was settled on, None where kernels are kept in memory alone, and the files known to be whole."""

    folder: Path | None
    known: _Known = field(default_factory=dict)


_settled: Final[list[_Kept]] = []


@cache
def available() -> bool:
    """Return whether numba is installed; it is not imported for the answer."""
    return find_spec("numba") is not None


def keep_kernels_in(folder: Path | None = None) -> None:
    """Keep compiled kernels in a folder, so that only the first process compiles; before `jit` is imported.

    By default in the folder that was settled on before, or else in one of this account's own. For each state of the
    code that kernels can import there is a folder of its own, because numba knows a kernel by the file that it stands
    in, and would go on with one whose helpers in other files have changed. Files that are not as they were listed are
    removed.
    Where no folder can be written that is this account's alone, kernels are compiled anew in each process.
    """
    if folder is None:
        if _settled:
            return
        from platformdirs import user_cache_dir

        folder = Path(user_cache_dir("quoth", appauthor=False), "kernels")
    kept = _Kept(folder / _state() if _is_private(folder) and _is_private(folder / _state()) else None)
    if kept.folder is not None:
        kept.known = _checked(kept.folder)
    _settled[:] = [kept]


def is_settled() -> bool:
    """Return whether `keep_kernels_in` was called."""
    return bool(_settled)


def chosen_folder() -> Path | None:
    """Return the folder that `keep_kernels_in` settled on last; None where kernels are not kept. Read by `jit`."""
    return _settled[0].folder if _settled else None


def seal() -> None:
    """List what was compiled since it was last listed, once it is on the disk; for whoever has compiled."""
    _let_go_of_the_compiler()
    kept = _settled[0] if _settled else _Kept(None)
    if kept.folder is None or not available():
        return
    # A full disk, or a folder that somebody removes, costs the next process the compiling.
    with suppress(OSError):
        found = {name: (path.stat().st_size, path.stat().st_mtime_ns) for name, path in _files(kept.folder)}
        if found == {name: known[:2] for name, known in kept.known.items()}:
            return
        fresh = {name: (*state, _synced_digest(kept.folder / name)) for name, state in found.items()}
        for inside in {(kept.folder / name).parent for name in fresh}:
            _sync(inside)
        new = kept.folder / f"{_LIST}.{os.getpid()}"
        new.write_text(json.dumps({name: (size, digest) for name, (size, _, digest) in fresh.items()}))
        _sync(new)
        new.replace(kept.folder / _LIST)
        _sync(kept.folder)
        kept.known = fresh


def _let_go_of_the_compiler() -> None:
    """Take LLVM's code, 50 MB of it, out of this process: what more is compiled has it mapped again."""
    with suppress(OSError, AttributeError):
        advise = ctypes.CDLL(None).madvise
        for line in Path("/proc/self/maps").read_text(errors="replace").splitlines():
            # Code is never written to; what else is mapped of a library may have been, and would be lost.
            if " r-xp " in line and "llvmlite" in line:
                first, end = (int(place, 16) for place in line.partition(" ")[0].split("-"))
                advise(ctypes.c_void_p(first), ctypes.c_size_t(end - first), mmap.MADV_DONTNEED)


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other process compiles kernels of this state of the code, and keep others waiting."""
    import fcntl

    folder = chosen_folder()
    with (folder / "lock").open("w") if folder is not None else TemporaryFile() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_private(folder: Path) -> bool:
    """Make a folder that is this account's alone; return whether it is, and can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        state = folder.lstat()
        if not stat.S_ISDIR(state.st_mode) or (hasattr(os, "geteuid") and state.st_uid != os.geteuid()):
            return False
        if state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            # Whoever could write here may have left something.
            shutil.rmtree(folder)
            folder.mkdir(mode=0o700)
        elif state.st_mode & 0o077:
            folder.chmod(0o700)
        return os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


def _checked(folder: Path) -> _Known:
    """Return the files that are as they were listed; the others are removed."""
    listed, known = {}, {}
    with suppress(OSError, ValueError):
        listed = json.loads((folder / _LIST).read_bytes())
    with suppress(OSError):
        for name, path in _files(folder):
            state, content = path.stat(), path.read_bytes()
            if isinstance(listed, dict) and listed.get(name) == [len(content), _digest(content)]:
                known[name] = (state.st_size, state.st_mtime_ns, _digest(content))
            else:
                path.unlink()
        for path in folder.rglob("*.tmp.*"):
            if path.stat().st_mtime < time.time() - _LEFT_BEHIND:
                path.unlink()
    return known


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in _KERNELS:
            yield path.relative_to(folder).as_posix(), path


def _synced_digest(path: Path) -> str:
    _sync(path)
    return _digest(path.read_bytes())


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@cache
def _state() -> str:
    """Return 16 hex digits that tell one state of the code that kernels can import from another."""
    package = Path(__file__).parents[1]
    paths = [(path.relative_to(package), path) for path in package.rglob("*.py")]
    stats = sorted((name.as_posix(), path.stat()) for name, path in paths if name.parts[0] not in _WITHOUT_KERNELS)
    state = repr([(name, stat.st_mtime_ns, stat.st_size) for name, stat in stats])
    return blake2b(state.encode(errors="surrogatepass"), digest_size=8).hexdigest()
