"""What was fetched, as files in the folder of its source: each is there whole, or as it was before."""

import os
import re
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from index.model import ReadingOptions
from index.sources.files.served import Served, beside, served_of, to_json
from index.store.files import FRESH, replace_file, sync

_FOLDER: Final = "fetched"
_NO_LETTER = re.compile(r"[\W_]+")
_SLUG: Final = 48
_MANY: Final = 100


def folder_of(data_dir: Path, address: str) -> Path:
    """Return the folder of what an address holds, whether it is there or not.

    >>> folder_of(Path("data"), "https://coast.example/feed.xml").as_posix()
    'data/fetched/coast-example-feed-xml-96a7547a'
    """
    return data_dir / _FOLDER / f"{_slug(urlsplit(address).netloc + urlsplit(address).path)}-{_hash(address)}"


def folders(data_dir: Path) -> list[Path]:
    """Return the folders of all addresses that were fetched, in no order."""
    return [path for path in (data_dir / _FOLDER).glob("*") if path.is_dir()]


def is_address(source: str) -> bool:
    """Return whether a source is an address, to be fetched, and no path.

    >>> is_address("https://coast.example/feed.xml"), is_address("news/https")
    (True, False)
    """
    return source.strip().lower().startswith(("http://", "https://"))


def address_of(source: str, options: ReadingOptions) -> str | None:
    """Return the address whose folder a source is, None for any other source."""
    address = options.base_url
    return address if address and Path(source).name == folder_of(Path(), address).name else None


def name_of(address: str) -> str:
    """Return the name of the file of an address, without its ending.

    >>> name_of("https://coast.example/2024/the-slipway.html?page=2")
    '79b56a38-2024-the-slipway-html-page-2'
    """
    # A name that begins with a day would state the date of an article.
    return f"{_hash(address)}-{_slug(address.partition('://')[2].partition('/')[2] or address)}".rstrip("-")


def digest(body: bytes) -> str:
    """Return the hash of a body."""
    return blake2b(body, digest_size=16).hexdigest()


def write(path: Path, body: bytes, served: Served | None = None, *, durable: bool = True) -> None:
    """Put a file in its place, what a server said of it first, each in one step.

    Unless it is `durable` it may be lost with the power, until `sync_all` is called with it.
    """
    if served is not None and served_of(path) != served:
        replace_file(beside(path), to_json(served), durable=durable)
    replace_file(path, body, durable=durable)


def sync_all(paths: Sequence[Path]) -> None:
    """Have files that were written be on the disk, under their names."""
    if len(paths) > _MANY:
        # A thousand by themselves take five times as long.
        os.sync()
        return
    for path in (*paths, *filter(Path.exists, map(beside, paths)), *{path.parent for path in paths}):
        sync(path)


def remove(path: Path) -> None:
    """Remove a file, and what a server said of it."""
    path.unlink(missing_ok=True)
    beside(path).unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Remove what somebody left who was killed while writing."""
    for path in folder.glob(f"{FRESH}*"):
        path.unlink(missing_ok=True)


def scratch(folder: Path, ending: str) -> Path:
    """Return a path for a file that nobody reads, and which the next run removes."""
    return folder / f"{FRESH}body{ending}"


def _slug(text: str) -> str:
    return _NO_LETTER.sub("-", unquote(text)).strip("-").lower().encode()[-_SLUG:].decode(errors="ignore").strip("-")


def _hash(address: str) -> str:
    return blake2b(address.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
