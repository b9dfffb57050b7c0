"""What is to hold of a folder after the power went, for each scenario of power_loss_program.py."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.channels.telegram.memory.inbox import CURRENT, Inbox
from bot.channels.telegram.memory.memory import Memory
from bot.commands import uploads
from bot.posts import Channel, Posts
from config.settings import load
from index import fetched_folder
from index.store.store import Store
from tests.power_loss import Cut, Recording
from tests.power_loss_program import BOT, GUEST, OWNER, WORDS, build, curlews, fetch_feed
from tests.test_fetching_kill import diary, kept
from tests.web_shelf import WORDS as TEXTS
from tests.web_site import Reply, Site, page

Judge = Callable[[Path, Sequence[str]], str]
"""Returns what is wrong with a folder, given what was promised; "" for nothing. Whatever it raises is wrong, too."""


@dataclass(frozen=True)
class Scenario:
    """What was recorded, and who judges it."""

    name: str
    recording: Recording
    judge: Judge

    def fault(self, cut: Cut, folder: Path) -> str:
        """Return what is wrong with a state; "" for nothing. The folder is made and removed."""
        folder.mkdir(parents=True)
        cut.lay_out(folder)
        try:
            return self.judge(folder, cut.promised)
        except Exception as error:  # noqa: BLE001 - whatever is raised is a fault
            return f"{type(error).__name__}: {error}"
        finally:
            shutil.rmtree(folder)


NAMES = ("upload", "talk", "forget", "first", "rebuild", "rollback", "fetch", "posts")


@contextmanager
def recorded(name: str, folder: Path) -> Iterator[Scenario]:
    """Record a scenario in a folder that is new; for as long as it is judged, what it fetched can be fetched again."""
    data = folder / "data"
    data.mkdir()
    for generation in range({"upload": 1, "rebuild": 3, "rollback": 2}.get(name, 0)):
        assert build(data, generation + 1, "bats" if name == "upload" else "curlews") == generation + 1
    if name == "fetch":
        with feed_that_changes() as site:
            arguments = (site.at("/diary"), site.place)
            recording = Recording(data, "tests.power_loss_program", name, *arguments)
            yield Scenario(name, recording, after_fetching(data, *arguments))
        return
    yield Scenario(name, Recording(data, "tests.power_loss_program", name, logs=name == "forget"), _JUDGES[name])


@contextmanager
def feed_that_changes() -> Iterator[Site]:
    """Run a site with a feed that says something else from the first request for `/next` on."""
    with Site() as site:
        later = diary((1, " ".join(TEXTS["Peat"]), True), (2, "Kelp, again.", False), (3, "New, in short.", False))

        def turn(_: object) -> None:
            site.replies["/diary"] = later

        site.replies |= {f"/{number}": page(f"Entry {number}", *TEXTS["Kelp"]) for number in (2, 3)}
        first = diary((1, " ".join(TEXTS["Oars"]), True), (2, "Kelp, in short.", False))
        site.replies |= {"/diary": first, "/next": Reply(status=404, send=turn)}
        yield site


def after_an_upload(data: Path, promised: Sequence[str]) -> str:
    """Return what is wrong with an index and its uploads, once the next start has put right what it found."""
    settings, store = load(data_dir=data), Store(data)
    with store.alone(lambda _: None):
        uploads.put_right(settings)
    place = data / "uploads" / "curlews.md"
    held = place.read_text() if place.exists() else ""
    store.verify()
    indexed = indexed_in(store)
    told = [line.split()[1] for line in promised]
    if held not in ("", curlews(90), curlews(41)):
        return f"torn: {held!r}"
    if told and not any(count in held for count in ("90", "41")[len(told) - 1 :]):
        return f"told {told}, there is {held!r}"
    return "" if indexed in held and bool(indexed) == bool(held) else f"indexed {indexed!r}, there is {held!r}"


def indexed_in(store: Store) -> str:
    """Return what an index holds of the curlews, "" for nothing."""
    with store.open() as generation:
        rows = [row for row, title in enumerate(generation.texts.titles()) if "Curlews" in title]
        return " ".join(one.text for row in rows for one in generation.texts.passages_of(row))


def after_a_talk(data: Path, promised: Sequence[str]) -> str:
    """Return what is wrong with inbox and memory, once the next start has worked on what it found."""
    memory, inbox = Memory(data), Inbox(data, BOT)
    try:
        waiting, unsure = inbox.recover()
        taken = max([0, *(int(line.split()[1]) for line in promised if line.startswith("taken"))])
        lost = {*range(1, taken + 1)} - {*inbox._known}
        told = {int(line.split()[1]): line.split()[0] for line in promised if not line.startswith("taken")}

        async def again() -> None:
            for one in waiting:
                CURRENT.set(one["update_id"])
                text = one["message"]["text"]
                if text in ("add", "remove"):
                    await (memory.open_chat(GUEST, OWNER) if text == "add" else memory.shut_out(GUEST))

        before = GUEST in memory.chats
        asyncio.run(again())
        newest = max({**told, 0: "out"})
        later = newest < max([0, *(one["update_id"] for one in [*waiting, *unsure])], default=0) <= 4
        if lost:
            return f"lost {sorted(lost)} of {taken}"
        if told and not later and before != (told[newest] == "in"):
            return f"told {told}, and the right is {before}"
        if told and not later and (GUEST in memory.chats) != (told[newest] == "in"):
            return f"told {told}, and after {[one['update_id'] for one in waiting]} the right is {not before}"
        for path in data.glob("*.sqlite3"):
            with sqlite3.connect(path) as base:
                ((found,),) = base.execute("PRAGMA quick_check(1)").fetchall()
            base.close()
            if found != "ok":
                return f"{path.name}: {found}"
    finally:
        memory.close()
        inbox.close()
    return ""


def after_forgetting(data: Path, promised: Sequence[str]) -> str:
    """Return in which files there is something of whom was forgotten."""
    if "forgotten" not in promised:
        return ""
    traces = (WORDS.encode(), b"Quirinius", str(GUEST).encode(), GUEST.to_bytes(6, "big"))
    found = [path.name for path in data.iterdir() if any(trace in path.read_bytes() for trace in traces)]
    return f"left in {found}" if found else ""


def after_the_first_build(data: Path, promised: Sequence[str]) -> str:
    """Return what is wrong with the first index."""
    store = Store(data / "a" / "b")
    if store.current() is not None:
        store.verify()
        return ""
    return "the index is gone" if promised else ""


def after_a_rebuild(data: Path, promised: Sequence[str]) -> str:
    """Return what is wrong with an index that was built anew, and with the one before, to which one may go back."""
    store = Store(data)
    number = store.verify().generation
    if number not in (3, 4) or (promised and number != 4):
        return f"told {promised}, and {number} answers"
    # The next builder clears up.
    with store.building():
        pass
    if hidden := [path.name for path in (data / "generations").glob(".*")]:
        return f"left {hidden}"
    if f" {number} " not in indexed_in(store):
        return f"generation {number} says {indexed_in(store)!r}"
    before = store.rollback()
    if before != 3 and number == 4:
        return f"back from {number} to {before}"
    return "" if f" {before} " in indexed_in(store) else f"generation {before} says {indexed_in(store)!r}"


def after_going_back(data: Path, promised: Sequence[str]) -> str:
    """Return what is wrong with an index of which the generation before was asked for."""
    store = Store(data)
    number = store.verify().generation
    if number not in (1, 2) or (promised and number != 1):
        return f"told {promised}, and {number} answers"
    return "" if f" {number} " in indexed_in(store) else f"generation {number} says {indexed_in(store)!r}"


def after_fetching(whole: Path, address: str, place: str) -> Judge:
    """Return what tells what is wrong with what was fetched, beside what came of it where the power did not go."""
    goal = kept(fetched_folder(whole, address))

    def judge(data: Path, promised: Sequence[str]) -> str:
        folder = fetched_folder(data, address)
        if "fetched 1" in promised and (lost := [name for name in goal if goal[name] != kept(folder).get(name)]):
            return f"told {promised}, lost {lost}"
        fetch_feed(data, address, place, 1)
        now = kept(folder)
        return "" if now == goal else f"other than {sorted(goal)}: {sorted(now)}"

    return judge


def after_posts(data: Path, promised: Sequence[str]) -> str:
    """Return what is wrong with the posts of a channel."""
    files = (data / "posts").rglob("*.telegram")
    whole = [json.loads(path.read_text())["messages"] for path in files if not path.name.startswith(".")]
    held = {one["id"]: one["text"] for messages in whole for one in messages}
    allowed = {1: ["old 1", "new 1"], 2: ["old 2"], 3: ["old 3"]}
    # A promise ends what was before it; what comes next may be there already.
    for number in allowed:
        allowed[number] += [] if f"old {number}" in promised else [""]
    allowed[1] = ["new 1"] if "new 1" in promised else allowed[1]
    allowed[2] = [""] if "removed 2" in promised else [*allowed[2], ""] if "new 1" in promised else allowed[2]
    wrong = [f"{number} says {held.get(number)!r}" for number in allowed if held.get(number, "") not in allowed[number]]
    old = {"id": 2, "date_unixtime": "2", "text": "old 2"}
    if "removed 2" in promised and Posts(data / "posts").keep(Channel(42, "Pier Gazette"), old):
        wrong.append("2 is kept again")
    return ", ".join(wrong)


_JUDGES: dict[str, Judge] = {
    "upload": after_an_upload,
    "talk": after_a_talk,
    "forget": after_forgetting,
    "first": after_the_first_build,
    "rebuild": after_a_rebuild,
    "rollback": after_going_back,
    "posts": after_posts,
}
