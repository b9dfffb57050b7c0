"""A clock that tests give: time passes where a watcher waits, and what was planned happens then."""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from bot.catalogue import Catalogue
from bot.commands import rebuilding
from bot.library import Held, Live, NotLive, Step
from bot.selfcheck import JudgedQuestion, SelfCheck
from bot.watching import Said, Told, Watcher
from config.settings import Settings, load
from index import Store

Act = Callable[[], object]


class Timeline:
    """The time and the bell of a watcher: `at(second, act)` plans what happens; with `deaf` the bell never rings."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.cause = ""
        self.seconds = 0.0
        self.deaf = deaf
        self._plan: list[tuple[float, int, Act]] = []
        self._order = itertools.count()

    def at(self, second: float, act: Act) -> None:
        """Plan something."""
        heapq.heappush(self._plan, (second, next(self._order), act))

    def now(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        """Let time pass, with all that happens then."""
        end = self.seconds + seconds
        while self._plan and self._plan[0][0] <= end:
            self.seconds, _, act = heapq.heappop(self._plan)
            act()
        self.seconds = end

    async def wait(self, least: float, most: float) -> None:
        rings = self._plan and not self.deaf and self._plan[0][0] - self.seconds < most
        self.pass_by(max(least, self._plan[0][0] - self.seconds + 0.25) if rings else most)
        await asyncio.sleep(0)

    def listen(self, sources: Sequence[str]) -> None:
        pass

    def close(self) -> None:
        pass


class Here:
    """A library that builds in this process, which takes `seconds` of the timeline."""

    def __init__(self, settings: Settings, timeline: Timeline, seconds: float = 1.0) -> None:
        self.builds = 0
        self._settings, self._timeline, self._seconds = settings, timeline, seconds

    async def rebuild(
        self,
        questions: Sequence[JudgedQuestion],
        progress: Callable[[Step], None],  # noqa: ARG002 - the library's own
        *,
        settled: Mapping[str, str] | None = None,
    ) -> Live | NotLive:
        self.builds += 1
        request: dict[str, Any] = {
            "kept": [[one.question, one.passages] for one in questions],
            "insist": False,
            "upload": None,
            "address": None,
            "settled": settled,
        }
        with redirect_stdout(StringIO()):
            record = rebuilding._outcome(request, self._settings)
        self._timeline.pass_by(self._seconds)
        if "why" in record:
            checked = record.get("checked")
            return NotLive(record["why"], record["cause"], SelfCheck(**checked) if checked else None)
        held = tuple(Held(**one) for one in record["held"])
        checked = SelfCheck(**record["checked"]) if record["checked"] else None
        return Live(**record | {"held": held, "checked": checked})


class Watched:
    """A watcher of the index in a data folder, on a timeline; `heard` is what owners were told, each at its second."""

    def __init__(self, data: Path, timeline: Timeline, *, now: Callable[[], float] | None = None) -> None:
        self.store, self.timeline = Store(data), timeline
        self.settings = load(data_dir=data)
        self.library = Here(self.settings, timeline)
        self.heard: list[tuple[float, str]] = []
        self.told = Told(data, now or (lambda: 1e9 + timeline.seconds))
        self.watcher = Watcher(self.store, self.library, self.told, timeline)

    async def tell(self, said: Said) -> bool:
        self.heard.append((self.timeline.seconds, said.text(Catalogue("en"))))
        return True

    def until(self, second: float) -> None:
        """Watch until that second of the timeline."""

        async def watch() -> None:
            while self.timeline.seconds < second:
                least, most = await self.watcher.look(self.tell)
                left = max(0.0, second - self.timeline.seconds)
                await self.timeline.wait(min(least, left), min(most, left))

        asyncio.run(watch())

    @property
    def said(self) -> str:
        """Everything that owners were told."""
        return "\n".join(text for _, text in self.heard)

    def titles(self) -> list[str]:
        """The titles of the articles that answer now."""
        with self.store.open() as generation:
            return sorted(generation.texts.titles())

    def text(self) -> str:
        """All passages that answer now."""
        with self.store.open() as generation:
            texts = generation.texts
            return "\n".join(one.text for one in texts.passages(list(range(texts.counts()["passages"]))))
