"""Watching under stress, and for a day: does the end equal a build from nothing, and does anything grow?

python -m benchmarks.watching edits      400 edits, renames, half-written files, a folder that goes away and comes back
python -m benchmarks.watching checkout   a git checkout of 5,000 files, twice, and 20,000 files at once
python -m benchmarks.watching kills      `quoth watch` killed at 50 moments
python -m benchmarks.watching day        a day of a watched folder with a bot: memory, descriptors, lines of the log
"""

import argparse
import asyncio
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.answer import Answerer
from bot.channels.telegram import serve
from bot.commands.library import ProcessLibrary
from bot.library import Live, NotLive
from bot.policy import Policy
from bot.watching import Clock, Said, Told, Watcher
from config.settings import load
from index import Changes, LocalRetriever, Options, Store, build_index, read
from tests.telegram_bot import FAST, options
from tests.telegram_server.server import FakeTelegram
from tests.test_rebuild import holding
from tests.timeline import Timeline

WORDS = "weir mole quay tide crane lamp bell rope slip barge reed salt peat gull oar mast net buoy".split()
SPEED = 10.0
PATIENCE = 900.0


def text(chance: random.Random, title: str) -> str:
    """Return an article of a few paragraphs."""
    lines = [" ".join(chance.choices(WORDS, k=24)).capitalize() + "." for _ in range(chance.randint(1, 4))]
    return "\n\n".join((title, *lines)) + "\n"


def built(place: Path, name: str) -> Path:
    """Return the data folder of an index of `docs`, from nothing."""
    data = place / name
    docs = place / "docs"
    build_index(Store(data), read([docs], leaving_out=place / "data"), [str(docs)], Options(force=True))
    return data


def is_as_from_nothing(place: Path) -> bool:
    """Return whether the watched index holds what one built now does."""
    shutil.rmtree(place / "other", ignore_errors=True)
    with Store(place / "data").open() as ours, Store(built(place, "other")).open() as other:
        mine, whole = holding(ours), holding(other)
        return all(mine[name] == whole[name] for name in whole if name != "skipped")


class Busy(ProcessLibrary):
    """A library that knows whether it builds."""

    building = False

    async def rebuild(self, *arguments: Any, **more: Any) -> Live | NotLive:
        """See `Library.rebuild`."""
        self.building = True
        try:
            return await super().rebuild(*arguments, **more)
        finally:
            self.building = False


def is_known(data: Path) -> bool:
    """Return whether every file of the sources is as the generation in use knows it."""
    found = Changes(Store(data)).look()
    return found is not None and not found.settled and found.soon is None


async def until_known(data: Path, library: Busy) -> bool:
    """Wait until all that changed was taken in; return whether it was, in a quarter of an hour."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not library.building and await asyncio.to_thread(is_known, data):
            return True
        await asyncio.sleep(1)
    return False


async def watched(place: Path, work: Callable[[], Awaitable[None]]) -> None:
    """Watch `docs` on a clock ten times as fast beside some work, ask questions all the while, and compare."""
    data = place / "data"
    library = Busy(load(data_dir=data))
    watcher = Watcher(Store(data), library, Told(data), Clock(data, SPEED))
    generations, told, slowest, asked = [0], list[str](), [0.0], [0]

    async def tell(said: Said) -> bool:
        told.append(said.key)
        return True

    async def ask() -> None:
        with_answers = Answerer(LocalRetriever(Store(data)), Policy())
        while True:
            begun = time.perf_counter()
            await with_answers.answer_async("Where does the barge lie at the quay?")
            asked[0] += 1
            slowest[0] = max(slowest[0], time.perf_counter() - begun)
            await asyncio.sleep(0.1)

    def count(_: object) -> None:
        generations[0] += 1

    watcher.live = count
    beside = [asyncio.create_task(watcher.run(tell)), asyncio.create_task(ask())]
    await work()
    begun = time.monotonic()
    known = await until_known(data, library)
    print(f"{'all' if known else 'NOT ALL'} was taken in {time.monotonic() - begun:.0f} s after the last change")
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    print(f"{generations[0]} generations, told: {told or 'nothing'}")
    print(f"equals a build from nothing: {is_as_from_nothing(place)}")
    print(f"{asked[0]} questions answered meanwhile, the slowest in {slowest[0]:.2f} s")


async def _write(chance: random.Random, path: Path, number: int) -> None:
    path.write_text(text(chance, f"Again {number}"))


async def _append(chance: random.Random, path: Path, number: int) -> None:
    with path.open("a") as file:
        file.write(f"\n{text(chance, f'And {number}')}")


async def _rename(_: random.Random, path: Path, number: int) -> None:
    path.rename(path.with_name(f"r{number}.txt"))


async def _unlink(_: random.Random, path: Path, __: int) -> None:
    path.unlink()


async def _write_in_halves(chance: random.Random, path: Path, number: int) -> None:
    with path.open("w") as file:
        file.write(f"Half {number}\n\nThe first")
        file.flush()
        await asyncio.sleep(chance.random() / 3)
        file.write(f" part. {text(chance, 'Then')}")


async def _keep_the_time(chance: random.Random, path: Path, number: int) -> None:
    before = path.stat()
    path.write_text(text(chance, f"Stamp {number}"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


async def _add(chance: random.Random, path: Path, number: int) -> None:
    path.with_name(f"n{number}.txt").write_text(text(chance, f"New {number}"))


async def _copy_and_remove(_: random.Random, path: Path, number: int) -> None:
    copy = path.parent.with_name(f"copy{number}")
    shutil.copytree(path.parent, copy)
    shutil.rmtree(copy)


_EDITS = (_write, _append, _rename, _unlink, _write_in_halves, _keep_the_time, _add, _add, _copy_and_remove)


async def edits(place: Path, seed: int, _: int) -> None:
    """Change files at random for a minute."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    docs = place / "docs"
    for number in range(200):
        path = docs / f"{number % 7}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(chance, f"Article {number}"))
    built(place, "data")

    async def work() -> None:
        for number in range(400):
            path = chance.choice([path for path in docs.rglob("*.txt") if path.is_file()])
            await chance.choice(_EDITS)(chance, path, number)
            if number in (100, 250):
                docs.rename(place / "away")
                await asyncio.sleep(3)
                (place / "away").rename(docs)
            await asyncio.sleep(chance.random() / 5)

    await watched(place, work)


async def checkout(place: Path, seed: int, files: int) -> None:
    """Switch between two branches of 5,000 files, then add four times as many at once."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    docs = place / "docs"

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=docs, check=True, capture_output=True)  # noqa: S607 - whichever git

    docs.mkdir(parents=True)
    git("init", "-q", "-b", "one")
    for branch in ("one", "two"):
        if branch == "two":
            git("checkout", "-q", "-b", "two")
        for number in range(files):
            path = docs / f"{number // 100 + (branch == 'two') * (number % 3 == 0) * 100}" / f"{number}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text(chance, f"{branch} {number}"))
        git("add", "-A")
        git("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-q", "-m", branch)
    built(place, "data")

    async def work() -> None:
        for branch in ("one", "two", "one"):
            git("checkout", "-q", branch)
            await asyncio.sleep(8)
        for number in range(4 * files):
            (docs / f"{number % 50}").mkdir(exist_ok=True)
            (docs / f"{number % 50}" / f"x{number}.txt").write_text(f"Extra {number}\n\nA buoy with number {number}.\n")

    await watched(place, work)


async def kills(place: Path, seed: int, _: int) -> None:
    """Kill `quoth watch` with -9 at 50 moments while files change; what the last one leaves is compared."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    docs = place / "docs"
    docs.mkdir(parents=True)
    for number in range(60):
        (docs / f"{number}.txt").write_text(text(chance, f"Article {number}"))
    data = built(place, "data")
    environment = os.environ | {"QUOTH_DATA_DIR": str(data)}
    for number in range(50):
        command = [sys.executable, "-m", "bot", "watch"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, process_group=0)
        for edit in range(3):
            (docs / f"{chance.randrange(60)}.txt").write_text(text(chance, f"Round {number} {edit}") * 3)
        await asyncio.sleep(chance.uniform(0.5, 9))
        with suppress(ProcessLookupError):
            # With the build that it started, half of the times.
            (os.killpg if number % 2 else os.kill)(process.pid, signal.SIGKILL)
        process.wait()
        Store(data).verify()

    async def work() -> None:
        await asyncio.sleep(0)

    await watched(place, work)
    left = [path.name for path in (data / "generations").iterdir() if path.name.startswith(".")]
    print(f"50 kills; left behind: {left or 'nothing'}")


class Counter(logging.Handler):
    """Counts what is logged at WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        self.lines.append(record.getMessage())


async def day(place: Path, seed: int, _: int) -> None:
    """Run a bot with a watcher for a day of its clock: an edit an hour, a question every half an hour."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    docs, data = place / "docs", place / "data"
    docs.mkdir(parents=True)
    for number in range(300):
        (docs / f"{number}.txt").write_text(text(chance, f"Article {number}"))
    built(place, "data")
    counter, timeline = Counter(), Timeline()
    logging.getLogger().addHandler(counter)
    answerer, library = Answerer(LocalRetriever(Store(data)), Policy()), ProcessLibrary(load(data_dir=data))
    watcher = Watcher(Store(data), library, Told(data), timeline)
    live, stop, ready = [0], asyncio.Event(), asyncio.Event()

    def count(_: object) -> None:
        live[0] += 1

    watcher.live = count
    for hour in range(24):
        path = docs / f"{chance.randrange(300)}.txt"
        timeline.at(hour * 3600 + 60, lambda path=path, hour=hour: path.write_text(text(chance, f"Edit {hour}")))  # type: ignore[misc]
    async with FakeTelegram() as fake:
        chosen = replace(options(fake, data, watcher=watcher, library=library), access="open")
        task = asyncio.create_task(serve(chosen, answerer, stop=stop, on_ready=lambda _: ready.set(), pace=FAST))
        await ready.wait()
        begun, shown = time.monotonic(), 0.0
        while timeline.seconds < 24 * 3600:
            await fake.say_and_wait(7, "Where does the barge lie at the quay?")
            mark = timeline.seconds + 1800
            while timeline.seconds < mark:
                await asyncio.sleep(0.01)
            if timeline.seconds >= shown:
                memory = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
                open_files = len(list(Path("/proc/self/fd").iterdir()))
                print(
                    f"{timeline.seconds / 3600:5.1f} h  {memory} MiB  {open_files} descriptors  {live[0]} generations"
                )
                shown += 3 * 3600
        print(f"{time.monotonic() - begun:.0f} s; {len(counter.lines)} lines at WARNING or above: {counter.lines[:3]}")
        stop.set()
        await task
    answerer.close()
    print(f"equals a build from nothing: {is_as_from_nothing(place)}")


def main() -> None:
    """Run one of them."""
    runs = {"edits": edits, "checkout": checkout, "kills": kills, "day": day}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", choices=runs)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=5000, help="so many are in a checkout")
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="watching-") as folder:
        asyncio.run(runs[chosen.run](Path(folder), chosen.seed, chosen.files))


if __name__ == "__main__":
    main()
