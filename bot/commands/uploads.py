"""What somebody sent, put among the articles for good or not at all, whoever is killed and whatever the power does.

While an upload is neither, a file beside it says how to go back: `.replaced-7-news.txt` is what `news.txt` was when
generation 7 answered, and empty where there was nothing. A later generation has read what stands there now. All this
happens under the lock of the builders.
"""

import filecmp
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.commands import parts

if TYPE_CHECKING:
    from config.settings import Settings

_BEFORE: Final = re.compile(r"\.replaced-(\d+)-(.+)", re.DOTALL)


class UnusableError(Exception):
    """The upload holds no article; the message says why."""


def folder(settings: "Settings") -> Path:
    """Return where uploads lie."""
    return settings.data_dir / "uploads"


@contextmanager
def in_place(upload: dict[str, str] | None, settings: "Settings") -> Iterator[tuple[int, bool]]:
    """Give an upload its place for good, or, when the block fails before a generation with it answers, for the block.

    It is then where it was before, and so is what it replaced. Yield the number of its articles, and whether it
    replaces another file. Raises UnusableError for one without an article, OSError where the disk refuses.
    """
    from index import make_folder, sync

    put_right(settings)
    if upload is None:
        yield 0, False
        return
    file, place = Path(upload["file"]), folder(settings) / upload["place"]
    if not file.exists() and place.exists():
        # It was put there before, by a process that had nobody left to tell.
        yield _articles_in(place), False
        return
    count = _articles_in(file)
    generation = _current(settings)
    make_folder(place.parent, always=False)
    before = place.with_name(f".replaced-{generation}-{place.name}")
    replaced = place.exists() and not filecmp.cmp(file, place, shallow=False)
    try:
        if place.exists():
            link(place, before)
        else:
            before.touch(mode=0o600)
        # In this order also for a disk that loses power.
        sync(place.parent)
        file.replace(place)
        sync(place.parent)
        yield count, replaced
    except BaseException:
        if _current(settings) <= generation and not file.exists():
            link(place, file)
        put_right(settings)
        raise
    before.unlink()


def put_right(settings: "Settings") -> bool:
    """Finish or undo what a process that was killed had begun; return whether an upload was finished.

    Only for the holder of the builders' lock.
    """
    from index import sync

    finished = False
    for before in left_over(folder(settings)):
        number, name = before.name.split("-", maxsplit=2)[1:]
        place = before.with_name(name)
        if _current(settings) > int(number):
            finished = True
        elif before.stat().st_size:
            before.replace(place)
        else:
            place.unlink(missing_ok=True)
        # To put a file in the place of itself, under its other name, does nothing.
        before.unlink(missing_ok=True)
        sync(before.parent)
        if before.parent != folder(settings):
            # Of a name that was new; it stays while something lies in it.
            with suppress(OSError):
                before.parent.rmdir()
    return finished


def left_over(uploads: Path) -> list[Path]:
    """Return what says how to go back, where somebody was killed."""
    found: list[Path] = []
    # Not a glob: names hold what they like.
    for one in (uploads, *_entries(uploads)):
        found += [path for path in _entries(one) if _BEFORE.fullmatch(path.name)]
    return found


def _entries(path: Path) -> list[Path]:
    """Return what lies in a folder; nothing for a file, or a folder that is not there or cannot be entered."""
    with suppress(OSError):
        return list(path.iterdir())
    return []


def _current(settings: "Settings") -> int:
    """Return the number of the generation that answers, 0 where none does."""
    return parts.current(parts.store(settings)) or 0


def link(file: Path, other: Path) -> None:
    """Give a file a second name, or a copy where the file system has no links."""
    from bot.library import INCOMING
    from index import sync

    try:
        other.hardlink_to(file)
    except OSError:
        copy = other.with_name(f"{INCOMING}{other.name}")
        shutil.copy2(file, copy)
        sync(copy)
        copy.replace(other)


def _articles_in(file: Path) -> int:
    from index import Article, read

    items = list(read([file]))
    reasons = [item.reason for item in items if not isinstance(item, Article)]
    if len(reasons) == len(items):
        raise UnusableError(reasons[0] if reasons else "no article in it")
    return len(items) - len(reasons)
