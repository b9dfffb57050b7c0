"""What an owner sends is among the articles or it is not, and the owner hears which, whoever is killed meanwhile."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.owners.uploads import pasted_place, place_of
from index.store.store import Store
from tests.telegram_server.server import FakeInThread, fake_in_thread

pytestmark = pytest.mark.slow

OWNER = 7
NAME = "curlews.md"
# More of them is a matter of minutes: UPLOAD_KILLS=100 python -m pytest tests/test_telegram_uploads.py
KILLS = int(os.environ.get("UPLOAD_KILLS", "2"))


def curlews(count: int) -> str:
    return f"# Curlews on the mudflats\n\nVolunteers counted {count} curlews below the weir.\n"


@dataclass
class Owned:
    """A bot that person 7 owns, as a process in front of a fake server, with the data folder that it runs in."""

    fake: FakeInThread
    data: Path
    start: Callable[..., subprocess.Popen[str]]
    process: subprocess.Popen[str] | None = None

    def begin(self) -> None:
        self.process = self.start(
            "telegram", QUOTH_TELEGRAM_BASE_URL=self.fake.base_url, QUOTH_TELEGRAM_TOKEN=self.fake.token
        )
        assert self.process.stdout is not None
        while line := self.process.stdout.readline():
            if "is listening" in line:
                return
        raise AssertionError(self.process.communicate()[1])

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.communicate()

    def upload(self, text: str, name: str = NAME) -> None:
        self.fake.run(lambda server: server.upload(OWNER, text.encode(), name))

    def told(self) -> list[str]:
        """What the owner has, each message as it reads now."""
        return self.fake.run(lambda server: [server.now(sent).text for sent in server.sent(OWNER)])

    def hears(self, part: str, *, after: int = 0) -> None:
        self.fake.wait(
            lambda server: any(part in server.now(sent).text for sent in server.sent(OWNER)[after:]), timeout=60
        )

    def builders(self) -> list[int]:
        """The processes that the bot has started."""
        assert self.process is not None
        return [pid for pid, parent in _parents().items() if parent == self.process.pid]

    @property
    def uploads(self) -> dict[str, str]:
        """What lies in the folder of uploads, hidden or not."""
        files = (path for path in (self.data / "uploads").rglob("*") if path.is_file())
        return {path.name: path.read_text() for path in files}

    @property
    def indexed(self) -> str:
        """What the index holds of the curlews, "" for nothing."""
        with Store(self.data).open() as generation:
            texts = generation.texts
            rows = [row for row, title in enumerate(texts.titles()) if "Curlews" in title]
            return " ".join(passage.text for row in rows for passage in texts.passages_of(row))

    def assert_settled(self) -> None:
        """What is indexed is what lies there, and nothing else does."""
        held = self.uploads
        assert set(held) <= {NAME}
        assert self.indexed in held.get(NAME, "")
        assert bool(self.indexed) == bool(held)


def _parents() -> dict[int, int]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError, IndexError):
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(") ")[2].split()[1])
    return found


@pytest.fixture
def owned(shelf: Path, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]) -> Iterator[Owned]:
    assert shelf.is_dir()

    async def own() -> None:
        memory = Memory(tmp_path / "data")
        await memory.add_owner(OWNER)
        memory.close()

    asyncio.run(own())
    with fake_in_thread() as fake:
        bot = Owned(fake, tmp_path / "data", start)
        bot.begin()
        try:
            yield bot
        finally:
            bot.kill()


def test_an_upload_whose_rebuild_is_killed_is_undone_and_the_file_before_returns(owned: Owned) -> None:
    owned.upload(curlews(90))
    owned.hears("Live")
    owned.upload(curlews(41))
    place = owned.data / "uploads" / NAME
    while place.read_text() == curlews(90):
        time.sleep(0.001)
    for pid in owned.builders():
        os.kill(pid, signal.SIGKILL)
    owned.hears("was not added", after=1)
    assert owned.uploads == {NAME: curlews(90)}
    owned.assert_settled()
    # The same goes for one that is new.
    owned.upload("Nobody counted the herons.", "herons.txt")
    while "herons.txt" not in owned.uploads:
        time.sleep(0.001)
    for pid in owned.builders():
        os.kill(pid, signal.SIGKILL)
    owned.hears("herons.txt was not added")
    assert owned.uploads == {NAME: curlews(90)}


def test_an_upload_that_a_kill_of_the_bot_cuts_off_is_finished_at_the_next_start_and_told(owned: Owned) -> None:
    owned.upload(curlews(90))
    owned.hears("Reading")
    owned.kill()
    before = len(owned.told())
    owned.begin()
    owned.hears("curlews.md: 1 article read.", after=before)
    owned.assert_settled()
    assert "90" in owned.indexed


def test_an_upload_that_a_stop_cuts_off_is_finished_at_the_next_start_and_told(owned: Owned) -> None:
    owned.upload(curlews(90))
    owned.hears("Reading")
    assert owned.process is not None
    owned.process.send_signal(signal.SIGTERM)
    owned.process.communicate(timeout=60)
    before = len(owned.told())
    owned.begin()
    owned.hears("Live", after=before)
    owned.assert_settled()


def test_an_upload_that_kills_the_bot_every_time_is_begun_again_only_once(owned: Owned) -> None:
    owned.upload(curlews(90))
    for _ in range(2):
        before = len(owned.told())
        owned.hears("Reading", after=before if before else 0)
        owned.kill()
        owned.begin()
    owned.hears("I was stopped", after=1)
    assert [text for text in owned.told() if "Live" in text] == []
    owned.fake.say_and_wait(OWNER, "/status")
    owned.assert_settled()


def test_a_rebuild_that_outlives_its_bot_leaves_nothing_but_what_is_told(owned: Owned) -> None:
    place = owned.data / "uploads" / NAME
    owned.upload(curlews(90))
    while not place.exists():
        time.sleep(0.001)
    builders = owned.builders()
    for pid in builders:
        os.kill(pid, signal.SIGSTOP)
    # Its streams are still held by what it has started.
    killed = owned.process
    assert killed is not None
    killed.kill()
    killed.wait()
    before = len(owned.told())
    owned.begin()
    for pid in builders:
        os.kill(pid, signal.SIGCONT)
    killed.communicate()
    owned.hears("Live", after=before)
    owned.assert_settled()
    assert "90" in owned.indexed


def test_whoever_is_killed_an_upload_is_finished_or_undone_and_the_owner_hears_which(owned: Owned) -> None:
    moments = random.Random(20310612)  # noqa: S311 - moments to kill at, no secret
    begun = time.monotonic()
    owned.upload(curlews(1000))
    owned.hears("Live")
    took = time.monotonic() - begun
    for number in range(KILLS):
        before = len(owned.told())
        owned.upload(curlews(1001 + number))
        time.sleep(moments.uniform(0, took))
        if number % 2:
            for pid in owned.builders():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        else:
            owned.kill()
            owned.begin()
        # Where its generation was published before the kill, the second time finds nothing to change.
        taken = ("Live", "Nothing changed")
        ends = (*taken, "was not added", "I was stopped")
        owned.fake.wait(
            lambda server, before=before, ends=ends: any(  # type: ignore[misc]
                end in server.now(sent).text for sent in server.sent(OWNER)[before:] for end in ends
            ),
            timeout=60,
        )
        last = owned.told()[before:]
        sys.stdout.write(f"{number + 1} kills, {last[-1].splitlines()[0]}\n")
        owned.assert_settled()
        assert any(end in text for text in last for end in taken) == (str(1001 + number) in owned.indexed), last


def test_a_folder_with_the_name_of_what_is_being_received_does_not_stop_the_start(owned: Owned) -> None:
    owned.kill()
    (owned.data / "uploads" / ".incoming-1-folder").mkdir(parents=True)
    (owned.data / "uploads" / ".incoming-1-file.md").write_text("half of i")
    owned.begin()
    owned.upload(curlews(90))
    owned.hears("Live")
    assert owned.uploads == {NAME: curlews(90)}


def test_pasted_articles_with_other_first_lines_never_share_a_file(owned: Owned) -> None:
    titles = ("Tides 2031/Spring tables", "Tides 2030/Spring tables")
    texts = [f"{title}\n\nThe pilots of {number} rows wait for the tide." for number, title in enumerate(titles)]
    for number, text in enumerate(texts):
        before = len(owned.told())
        owned.fake.say(OWNER, f"/add {text}")
        owned.hears("Live", after=before)
        assert "replaces" not in owned.told()[-1]
        assert len([path for path in (owned.data / "uploads").rglob("*") if path.is_file()]) == number + 1
    before = len(owned.told())
    owned.fake.say(OWNER, f"/add {texts[0]} It is late.")
    owned.hears("replaces the file of that name", after=before)
    lying = [path.read_text() for path in (owned.data / "uploads").rglob("*") if path.is_file()]
    assert sorted(lying) == sorted([f"{texts[0]} It is late.", texts[1]])


def test_other_first_lines_and_names_of_files_have_other_places(tmp_path: Path) -> None:
    long = "The harbour master of Saltmere tells of the winter in which " + "the ice " * 9
    titles = [
        "Who rows: the pilots",
        "Who rows? the pilots",
        "???",
        "!!!",
        f"{long}a",
        f"{long}b",
        "Rows.",
        "Rows",
        "rows",
    ]
    places = [pasted_place(tmp_path, title) for title in titles]
    assert len({*places, *(place_of(f"{title}.txt") for title in titles)}) == 2 * len(titles)
    # One that an earlier version stored keeps its place, if it has the same first line.
    (tmp_path / "Rows.txt").write_text("Rows\n\nThe pilots row.")
    assert pasted_place(tmp_path, "Rows") == "Rows.txt"
    assert pasted_place(tmp_path, "Rows.") == places[6]


def test_names_of_files_that_lose_something_share_no_place_and_the_same_name_keeps_its_own() -> None:
    names = [
        "Q1?.md",
        "Q1:.md",
        "Q1_.md",
        "2031/Q1.md",
        "2030/Q1.md",
        "Q1.md",
        "é.txt",
        "e\u0301.txt",
        "a" * 200,
        "a" * 201,
    ]
    places = [place_of(name) for name in names]
    assert len({*places}) == len(names)
    assert places == [place_of(name) for name in names]
    assert place_of("", "one") != place_of("", "two")
    assert place_of("../Q1.md") == place_of("Q1.md") == "Q1.md"
