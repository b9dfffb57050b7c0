"""Fetch an address into a data folder, for tests that kill whoever does: ADDRESS FOLDER ALLOWED, when a line comes."""

import sys
from pathlib import Path

from index import FetchOptions, fetch


def main() -> None:
    """Fetch what the arguments say, at the hour at which every shelf of the tests begins."""
    address, folder, place = sys.argv[1:]
    sys.stdin.readline()
    fetch(address, Path(folder), FetchOptions((place,), apart=0, now=lambda: 1e9, jitter=0))


if __name__ == "__main__":
    main()
