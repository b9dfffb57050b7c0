"""Posts that came to the bot one by one and lie in the data folder: an export of the channel leaves them out.

What an export owes to them is a text such as "posts 1488209417:57 9c1e...": of each channel in it the newest post, and
a hash of those up to that one which lie in the data folder. Posts that come later change nothing.
"""

import json
import re
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

from index.sources.files.walk import printable

EXPORT: Final = ".telegram"
_FOLDER: Final = "posts"
_MARK: Final = "posts "
_FILE: Final = re.compile(r"(?:\.removed-)?(\d{1,18})(?:\.telegram)?")
_IN_ALBUM: Final = re.compile(r"album-\w+\.telegram")

_folder: list[Path] = []
_known: dict[str, frozenset[int]] = {}
# Of each channel of the file that is being read, its newest post.
_newest: dict[str, int] = {}


def look_in(data_dir: Path | None) -> None:
    """Forget what was known; the posts lie in this data folder from now on."""
    _folder[:] = [data_dir / _FOLDER] if data_dir is not None else []
    _known.clear()
    _newest.clear()


def is_one(file: str) -> bool:
    """Return whether a file, called so, holds such a post itself."""
    return any(file.startswith(f"{printable(folder.absolute())}/") for folder in _folder)


def numbers(channel: str) -> frozenset[int]:
    """Return the posts of a channel that came, or were taken out for good."""
    if channel not in _known:
        _known[channel] = frozenset(_listed(channel)) if channel.isdecimal() else frozenset()
    return _known[channel]


def met(channel: str, number: int) -> None:
    """Note that the file that is being read has this post."""
    _newest[channel] = max(number, _newest.get(channel, 0))


def beside(file: str) -> str | None:
    """Return what the file that was read owes to posts that came, None where it holds such posts itself."""
    newest = dict(sorted(_newest.items()))
    _newest.clear()
    return None if is_one(file) else _told(newest)


def is_beside(known: str) -> bool:
    """Return whether that is what a file owes to posts that came."""
    return known.startswith(_MARK)


def beside_now(known: str) -> str:
    """Return what a file owes to posts that came by now, of which this is what it owed before."""
    pairs = re.findall(r"(\S*):(\d+)", known)
    return _told({channel: int(number) for channel, number in pairs})


def _told(newest: dict[str, int]) -> str:
    digest = blake2b(digest_size=8)
    for channel, last in newest.items():
        digest.update(f"{channel}:{sorted(one for one in numbers(channel) if one <= last)}".encode())
    return f"{_MARK}{' '.join(f'{channel}:{last}' for channel, last in newest.items())} {digest.hexdigest()}"


def _listed(channel: str) -> list[int]:
    found: list[int] = []
    for folder in _folder:
        with suppress(OSError):
            for path in (folder / channel).iterdir():
                if named := _FILE.fullmatch(path.name):
                    found.append(int(named[1]))
                elif _IN_ALBUM.fullmatch(path.name):
                    with suppress(OSError, ValueError, KeyError, TypeError):
                        found += [int(one["id"]) for one in json.loads(path.read_text("utf-8"))["messages"]]
    return found
