"""Keep compiled kernels between processes, and tell whether there can be any. Imports no numba."""

import atexit
import os
import shutil
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

# The rooms that no kernel imports; their code changes often, and to compile takes most of a minute.
_WITHOUT_KERNELS: Final = frozenset(("build", "evaluate", "fetching", "query", "search", "sources"))
_chosen: Final[list[Path]] = []


@cache
def available() -> bool:
    """Return whether numba is installed; it is not imported for the answer."""
    return find_spec("numba") is not None


def folder(generation: Path) -> Path:
    """Return the folder of compiled kernels that all generations of a data folder share."""
    return generation.parent.parent / "kernels"


def keep_kernels_in(folder: Path) -> None:
    """Keep compiled kernels in a folder, so that only the first process compiles; before `jit` is imported.

    For each state of the code that kernels can import in a folder of its own, because numba knows a kernel by the file
    that it stands in, and would go on with one whose helpers in other files have changed. Beside the index rather than
    beside the code, because an installed program may be read-only. Where that cannot be written either, they are
    compiled anew in each process, into a folder that nobody else can write.
    """
    folder /= _state()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        temporary = mkdtemp(prefix="quoth-kernels-")
        atexit.register(shutil.rmtree, temporary, ignore_errors=True)
        folder = Path(temporary)
    _chosen[:] = [folder]


def chosen_folder() -> Path | None:
    """Return the folder that `keep_kernels_in` settled on last; None when it was not called. Read by `jit`."""
    return _chosen[0] if _chosen else None


@cache
def _state() -> str:
    """Return 16 hex digits that tell one state of the code that kernels can import from another."""
    package = Path(__file__).parents[1]
    paths = [(path.relative_to(package), path) for path in package.rglob("*.py")]
    stats = sorted((name.as_posix(), path.stat()) for name, path in paths if name.parts[0] not in _WITHOUT_KERNELS)
    state = repr([(name, stat.st_mtime_ns, stat.st_size) for name, stat in stats])
    return blake2b(state.encode(errors="surrogatepass"), digest_size=8).hexdigest()
