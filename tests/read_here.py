"""Read as `index.read` does, but in this process: one of their own for each of hundreds of files takes too long."""

from dataclasses import replace
from pathlib import Path

from index.model import Article, ReadingOptions, Skipped
from index.sources import _READERS
from index.sources.reading import Reading

_HERE = {ending: replace(reader, limits=None) for ending, reader in _READERS.items()}


def read_here(path: Path) -> list[Article | Skipped]:
    """What a file or the files of a folder hold; tests of limits and crashes use `index.read`."""
    return list(Reading([(path, ReadingOptions())], _HERE))
