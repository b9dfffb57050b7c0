"""Look at the sources, and have what changed and came to rest taken in: the loop, and when it may build."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from bot.alone import alone
from bot.catalogue import Inserted
from bot.errors import WatchingError
from bot.library import Live, NotLive, Step
from bot.posts import Posts
from bot.selfcheck import JudgedQuestion
from bot.watching.told import Said, Tell, Told, describe
from index import IndexLibraryError, Skipped, Store

if TYPE_CHECKING:
    from index import Findings

LOG = logging.getLogger(__name__)

SHORTEST: Final = 5.0
"""Seconds between two looks without a bell, and between two builds; each at least."""

LONGEST: Final = 600.0
_WALKS, _RUNG_WALKS, _BUILDS = 100, 10, 4
_RUNG: Final = 1.0
# What has come to rest waits so long for what is about to.
_TOGETHER: Final = 3.0
# After a build that failed, doubled as often as it fails again, up to an hour.
_AFTER_FAILURE: Final = 60.0
_HOUR: Final = 3600.0
# Between two tries to be the one who watches.
_PATIENCE: Final = 60.0
_MOST_LOST: Final = 5
_LOCK, _POSTS_LOCK = "watching.lock", "posts.lock"
_TAKEN: Final = "another process watches the sources of this index already"


class Builder(Protocol):
    """What a watcher needs of a library, see `bot.library.Library`."""

    async def rebuild(
        self,
        questions: Sequence[JudgedQuestion],
        progress: Callable[[Step], None],
        *,
        settled: Mapping[str, str] | None = None,
    ) -> Live | NotLive: ...


class Timing(Protocol):
    """The time and the bell of a watcher, see `bot.watching.clock.Clock`."""

    cause: str

    def now(self) -> float: ...

    async def wait(self, least: float, most: float) -> None: ...

    def listen(self, sources: Sequence[str]) -> None: ...

    def close(self) -> None: ...


class Fetching(Protocol):
    """What asks the addresses among the sources when they are due."""

    async def run(self, tell: Tell) -> None: ...


class Watcher:
    """Watches the sources of one data folder; `questions` gives those that people judged, for the check of a build.

    `live` hears of every generation that came of it. `posts` are those of channels, which become sources with their
    first one; with `posts_only` nothing else is watched.
    """

    def __init__(
        self,
        store: Store,
        builder: Builder,
        told: Told,
        clock: Timing,
        fetching: Fetching | None = None,
        *,
        posts: Posts | None = None,
        posts_only: bool = False,
        leaving_out: Iterable[Path] = (),
    ) -> None:
        # What reads files and addresses is three megabytes of code, which a channel without a watcher does without.
        from index import Changes

        self.questions: Callable[[], Sequence[JudgedQuestion]] = tuple
        self.live: Callable[[Live], None] = lambda live: LOG.info("generation %d answers", live.generation)
        self._store, self._builder, self._told, self._clock = store, builder, told, clock
        self._fetching = fetching
        self._lock = _POSTS_LOCK if posts_only else _LOCK
        inside = posts.folder if posts is not None and posts_only else None
        also = posts.sources if posts is not None else dict
        self._changes = Changes(store, clock.now, also=also, inside=inside, leaving_out=leaving_out)
        self._next_build = 0.0
        self._fresh_since: float | None = None
        self._failures = 0

    async def run(self, tell: Tell, *, patient: bool = True) -> None:
        """Watch until cancelled; while another process watches, wait until it ends, or raise WatchingError."""
        with ExitStack() as stack:
            while True:
                try:
                    stack.enter_context(alone(self._store.data_dir / self._lock, WatchingError, _TAKEN))
                    break
                except WatchingError as error:
                    if not patient:
                        raise
                    LOG.info("%s", error)
                    await self._clock.wait(_PATIENCE, _PATIENCE)
            self._told.load()
            tasks = [asyncio.ensure_future(self._watch(tell))]
            tasks += [asyncio.ensure_future(self._fetching.run(tell))] if self._fetching is not None else []
            stack.callback(self._clock.close)
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, tell: Tell) -> None:
        while True:
            try:
                pause = await self.look(tell)
            except Exception as error:  # noqa: BLE001 - nobody would hear of it, and nothing be taken in any more
                LOG.error("watching: %s", describe(error))
                pause = _AFTER_FAILURE, _AFTER_FAILURE
            await self._clock.wait(*pause)

    async def look(self, tell: Tell) -> tuple[float, float]:
        """Look once, and build if something is at rest; return in how many seconds to look again, rung and unrung."""
        begun = self._clock.now()
        try:
            found = await asyncio.to_thread(self._changes.look)
        except (IndexLibraryError, OSError) as error:
            await self._once(tell, f"broken:{error}", Said("watch_refused", {"cause": str(error)}))
            return SHORTEST, LONGEST
        took = self._clock.now() - begun
        least, most = max(_RUNG, _RUNG_WALKS * took), min(LONGEST, max(SHORTEST, _WALKS * took))
        if found is None:
            return least, most
        self._clock.listen(found.sources)
        await self._tell(found, tell)
        if await self._is_paused(tell):
            return least, most
        if found.soon is not None:
            most = min(most, max(found.soon, least))
        wait = self._until_build(found)
        if wait is None:
            return least, most
        if wait > 0:
            return least, min(most, max(wait, least))
        await self._build(found, tell)
        return least, max(least, _RUNG)

    def _until_build(self, found: "Findings") -> float | None:
        """Return for how many seconds what is at rest has to wait; None where there is nothing new."""
        now = self._clock.now()
        if not found.fresh:
            self._fresh_since = None
            return None
        self._fresh_since = now if self._fresh_since is None else self._fresh_since
        others = found.soon if found.soon is not None and found.soon <= _TOGETHER - (now - self._fresh_since) else 0.0
        return max(others, self._next_build - now)

    async def _build(self, found: "Findings", tell: Tell) -> None:
        begun = self._clock.now()
        outcome = await self._builder.rebuild(self.questions(), self._step, settled=found.settled)
        # What waited, for another build or for others who are busy, worked no longer.
        took = self._clock.now() - begun
        took = min(took, outcome.seconds or took)
        self._fresh_since = None
        failed = isinstance(outcome, NotLive) and outcome.why == "failed"
        self._failures = self._failures + 1 if failed else 0
        pause = max(SHORTEST, _BUILDS * took)
        if failed:
            pause = max(pause, min(_HOUR, _AFTER_FAILURE * 2.0 ** min(self._failures - 1, 10)))
        else:
            self._changes.given(found.settled)
        self._next_build = self._clock.now() + pause
        await (self._tell_live(outcome, tell) if isinstance(outcome, Live) else self._tell_not_live(outcome, tell))

    def _step(self, step: Step) -> None:
        if step.stage == "waiting":
            LOG.info("another build is running in this folder: waiting until it ends")

    async def _tell_live(self, live: Live, tell: Tell) -> None:
        for key in ("failed", *(("worse", "refused") if live.published else ())):
            self._told.may_tell_again(key)
        for held in live.held:
            counts: dict[str, Inserted] = {"lost": held.lost, "articles": held.articles, "source": _short(held.source)}
            if self._changes.hold(held.files):
                await tell(Said("watch_held", counts, insistable=True))
        if live.published:
            self.live(live)

    async def _tell_not_live(self, outcome: NotLive, tell: Tell) -> None:
        check = outcome.checked
        if outcome.why == "worse" and check is not None:
            counts = {"now": check.now, "count": check.count, "before": check.before}
            await self._once(tell, "worse", Said("rebuild_worse", counts, check.lost[:_MOST_LOST], insistable=True))
        elif outcome.why == "failed":
            await self._once(tell, "failed", Said("rebuild_failed", {"cause": outcome.cause}))
        else:
            said = Said("watch_refused", {"cause": outcome.cause}, insistable=outcome.insisting)
            await self._once(tell, "refused", said)

    async def _is_paused(self, tell: Tell) -> bool:
        """Return whether somebody returned to an older generation, who wants no newer one by itself."""
        number = self._store.current()
        if number is None:
            return False
        # One that is newer than the choice is being published, or its builder was killed before.
        chosen = _changed_at(self._store.data_dir / "current")
        folders = self._store.folder(number).parent.iterdir()
        newer = [_changed_at(one) for one in folders if one.name.isdecimal() and int(one.name) > number]
        paused = bool(newer) and chosen > max(newer)
        if paused:
            await self._once(tell, f"paused:{number}", Said("watch_paused", {"generation": number}))
        return paused

    async def _tell(self, found: "Findings", tell: Tell) -> None:
        """Tell of sources that fail or are well again, and once of files that are passed over."""
        await self._told.pass_on(found.away, found.well, tell, _short)
        if self._clock.cause:
            await self._once(tell, "bell", Said("watch_no_bell", {"cause": self._clock.cause}))
        await self._tell_of_files(found, tell)

    async def _tell_of_files(self, found: "Findings", tell: Tell) -> None:
        from index import grouped

        news = [one for one in found.left_behind if self._told.is_new(_left_behind(one, found.sources))]
        for group in grouped(news):
            path, reason = group.example.path, group.example.reason
            said = Said("watch_passed_over", {"count": group.count, "reason": reason, "path": path})
            if await tell(said):
                for one in news:
                    if one.reason == reason and self._told.is_new(key := _left_behind(one, found.sources)):
                        self._told.told(key)
        for key, paths in (("watch_empty", found.empty), ("watch_restless", found.restless)):
            for path in paths[:_MOST_LOST]:
                await self._once(tell, f"{key}:{path}", Said(key, {"path": path}))

    async def _once(self, tell: Tell, key: str, said: Said) -> None:
        if self._told.is_new(key) and await tell(said):
            self._told.told(key)


def _changed_at(path: Path) -> int:
    """Return when something changed, in nanoseconds since 1970; 0 where it is gone by now."""
    with suppress(OSError):
        return path.stat().st_mtime_ns
    return 0


def _left_behind(one: Skipped, sources: Sequence[str]) -> str:
    """Return what names a file that is passed over: a conflict by itself, for somebody has to decide; others together.

    An editor leaves a backup at every save.
    """
    from index import source_of

    together = "conflict" not in one.reason
    return f"{one.reason}:{source_of(one.path, sources) if together else one.path}"


def _short(source: str) -> str:
    """Return a source as people call it."""
    return Path(source).name or source
