"""The program that builds: an index that another one built is built anew from its files."""

import hashlib
import os
import sys
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

from index.analysis import analyzer

# What reads and cuts texts beside the program itself.
_PACKAGES: Final = (
    "brotli", "lxml", "markdown-it-py", "numpy", "opencc", "pathspec", "pypdfium2", "PyStemmer", "PyYAML", "trafilatura"
)  # fmt: skip


def fingerprint(*, cut: bool) -> str:
    """Return what differs between two programs that may make different indexes of the same files."""
    return f"{_code()}{'' if cut else ' uncut'}"


@cache
def _code() -> str:
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{sys.version}\0{sorted(analyzer.settings().items())}".encode())
    for package in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            # Its version alone would have to be taken out of it, which takes four times as long.
            digest.update(f"{package} {metadata.distribution(package).read_text('METADATA')}\0".encode())
    folder = str(Path(__file__).parents[1])
    for file in sorted(f"{place}/{name}" for place, _, names in os.walk(folder) for name in names):
        if file.endswith(".py"):
            digest.update(f"{file.removeprefix(folder)}\0".encode())
            digest.update(Path(file).read_bytes())
    return digest.hexdigest()
