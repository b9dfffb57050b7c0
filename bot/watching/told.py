"""What owners are told of their sources, and what they were told before, kept over restarts."""

import json
import time
import traceback
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bot.catalogue import Catalogue, Inserted
from index import replace_file

FILE: Final = "watching.json"
DAY: Final = 24 * 3600.0
_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Said:
    """Something that owners are told: a text of the catalogue, with what is put into its places.

    `more` are lines below it; with `insistable` a build that owners insist on does what was not done.
    """

    key: str
    inserted: Mapping[str, Inserted] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    insistable: bool = False

    def text(self, say: Catalogue) -> str:
        """Return it in the language of a catalogue."""
        return "\n".join(
            [say.text(self.key, n=None, **self.inserted), *(f"• {say.isolated(one)}" for one in self.more)]
        )


Tell = Callable[[Said], Awaitable[bool]]
"""Tells owners; returns whether one of them has it."""


class Told:
    """What was told, in `FOLDER/watching.json`: of a source at most one pair a day, that it fails and is well again.

    `clock` gives seconds since 1970. A file that cannot be read or written only makes that things are told again.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = folder / FILE, clock
        # Of each source that fails, whether that was told; when that of a source was last told; what was said once.
        self._away: dict[str, bool] = {}
        self._last: dict[str, float] = {}
        self._once: dict[str, float] = {}
        self.load()

    def load(self) -> None:
        """Read what was told, by whoever watched before."""
        held = _loaded(self._path)
        self._away = {name: bool(told) for name, told in held["away"].items()}
        self._last, self._once = held["last"], held["once"]

    def news(
        self, away: Mapping[str, str], well: Iterable[str], ended: Container[str] = ()
    ) -> tuple[list[str], list[str]]:
        """Return the sources whose trouble is to be told now, and those of which it is to be told that they are well.

        `away` are the sources in trouble, `well` those that are not; of others nothing is known. That one `ended` is
        told even after another trouble of that day. It counts as told when `tell` says so.
        """
        fresh = [name for name in away if name not in self._away]
        quiet = [name for name in fresh if self._was_told_today(_ending(name) if name in ended else name)]
        self._away |= dict.fromkeys(quiet, False)
        back = [name for name in well if name in self._away]
        silent = [name for name in back if not self._away[name]]
        for name in silent:
            del self._away[name]
        if quiet or silent:
            self._save()
        return [name for name in fresh if name not in quiet], [name for name in back if name not in silent]

    async def pass_on(
        self,
        away: Mapping[str, str],
        well: Iterable[str],
        tell: Tell,
        called: Callable[[str], str] = str,
        ended: Container[str] = (),
    ) -> None:
        """Tell the news of sources, each by what it is `called`."""
        fresh, back = self.news(away, well, ended)
        for name in fresh:
            if await tell(Said("watch_away", {"source": called(name), "cause": away[name]})):
                self._told_away(name, *([_ending(name)] if name in ended else ()))
        for name in back:
            if await tell(Said("watch_back", {"source": called(name)})):
                self._told_well(name)

    def _told_away(self, name: str, *more: str) -> None:
        """Note that owners know of the trouble of a source."""
        self._away[name] = True
        self._last |= dict.fromkeys((name, *more), self._clock())
        self._last = {one: at for one, at in self._last.items() if self._was_told_today(one)}
        self._save()

    def _was_told_today(self, name: str) -> bool:
        # A clock that was set back would make it today for years.
        return 0 <= self._clock() - self._last.get(name, -DAY) < DAY

    def _told_well(self, name: str) -> None:
        """Note that owners know that a source is well again."""
        self._away.pop(name, None)
        self._save()

    def is_new(self, key: str) -> bool:
        """Return whether something that is said once was not said yet."""
        return key not in self._once

    def told(self, key: str) -> None:
        """Note that it was said."""
        self._once[key] = self._clock()
        for oldest in sorted(self._once, key=self._once.__getitem__)[:-_MOST]:
            del self._once[oldest]
        self._save()

    def may_tell_again(self, key: str) -> None:
        """Note that what was said is over, so that it is news when it comes again."""
        if self._once.pop(key, None) is not None:
            self._save()

    def _save(self) -> None:
        record = {"away": self._away, "last": self._last, "once": self._once}
        with suppress(OSError):
            replace_file(self._path, json.dumps(record).encode(), durable=False)


def _ending(name: str) -> str:
    """Return what the end of a source is known by."""
    return f"{name}\0end"


def _loaded(path: Path) -> dict[str, dict[str, Any]]:
    empty: dict[str, dict[str, Any]] = {"away": {}, "last": {}, "once": {}}
    with suppress(OSError, ValueError):
        record = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(record, dict) and all(isinstance(record.get(name), dict) for name in empty):
            moments = [at for name in ("last", "once") for at in record[name].values()]
            if all(isinstance(at, int | float) for at in moments):
                return {name: record[name] for name in empty}
    return empty


def describe(error: Exception) -> str:
    """Return what went wrong and where, without anybody's words."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {frame.filename}:{frame.lineno}"
