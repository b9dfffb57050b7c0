"""What was promised is there after the power went, whatever the disk kept of the rest; and these tests would see it."""

import asyncio
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bot.channels.telegram.memory.inbox import CURRENT, Inbox
from bot.channels.telegram.memory.memory import Memory
from bot.commands import uploads
from config.settings import load
from index.store.store import Store
from tests.power_loss import Cut, Names, Recording, unavailable
from tests.power_loss_program import BOT, GUEST, OWNER, WORDS, curlews

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(unavailable()), reason=f"no recording here: {unavailable()}")]

# All of them: POWER_LOSS_STATES=100000 python -m pytest tests/test_power_loss.py
MOST = int(os.environ.get("POWER_LOSS_STATES", "40"))

Judge = Callable[[Path, Sequence[str]], str]


def after_an_upload(data: Path, promised: Sequence[str]) -> str:
    """Return what is wrong with an index and its uploads, once the next start has put right what it found."""
    settings, store = load(data_dir=data), Store(data)
    with store.alone(lambda _: None):
        uploads.put_right(settings)
    place = data / "uploads" / "curlews.md"
    held = place.read_text() if place.exists() else ""
    store.verify()
    with store.open() as generation:
        rows = [row for row, title in enumerate(generation.texts.titles()) if "Curlews" in title]
        indexed = " ".join(one.text for row in rows for one in generation.texts.passages_of(row))
    told = [line.split()[1] for line in promised]
    if held not in ("", curlews(90), curlews(41)):
        return f"torn: {held!r}"
    if told and not any(count in held for count in ("90", "41")[len(told) - 1 :]):
        return f"told {told}, there is {held!r}"
    return "" if indexed in held and bool(indexed) == bool(held) else f"indexed {indexed!r}, there is {held!r}"


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


def faults(recording: Recording, judge: Judge, folder: Path, names: Names, *, deaf: bool = False) -> list[str]:
    """Return what is wrong in which of the states, of which at most so many are opened, spread over all."""
    count, cuts = recording.cuts(names, deaf=deaf, most=MOST)
    found = [said for number, cut in enumerate(cuts) if (said := _judged(cut, judge, folder / str(number)))]
    how = f"{names}, deaf" if deaf else names
    sys.stdout.write(f"{judge.__name__}, {how}: {count} states, {len(cuts)} opened, {len(found)} bad\n")
    return found


def _judged(cut: Cut, judge: Judge, folder: Path) -> str:
    folder.mkdir(parents=True)
    cut.lay_out(folder)
    try:
        return judge(folder, cut.promised)
    except Exception as error:  # noqa: BLE001 - whatever is raised is a fault
        return f"{type(error).__name__}: {error}"
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def recorded(request: pytest.FixtureRequest, shelf: Path, tmp_path: Path) -> tuple[Recording, Judge]:
    scenario, judge = request.param
    data = tmp_path / "data"
    if scenario != "upload":
        shutil.rmtree(data)
        data.mkdir()
    assert shelf.is_dir()
    return Recording(data, "tests.power_loss_program", scenario), judge


@pytest.mark.parametrize(
    "recorded",
    [
        ("upload", after_an_upload),
        ("talk", after_a_talk),
        ("forget", after_forgetting),
        ("first", after_the_first_build),
    ],
    indirect=True,
    ids=["upload", "talk", "forget", "first"],
)
def test_what_was_promised_survives_the_loss_of_power_and_would_not_without_a_sync(
    recorded: tuple[Recording, Judge], tmp_path: Path
) -> None:
    recording, judge = recorded
    for names in ("journal", "posix"):
        assert faults(recording, judge, tmp_path / names, names) == []
    # And a disk that does not listen is told from one that does.
    assert faults(recording, judge, tmp_path / "deaf", "posix", deaf=True) != []
