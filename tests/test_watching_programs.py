"""Watching for real: `quoth watch`, the bot and the console, with real bells, real processes and real builds."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.commands.library import ProcessLibrary
from bot.policy import Policy
from bot.watching import Clock, Told, Watcher
from config.settings import load
from index import LocalRetriever, Store
from tests.telegram_server.server import FakeTelegram
from tests.telegram_shelf import asked

pytestmark = pytest.mark.slow

OWNER = 7
CURLEW = "# Curlews counted on the mudflats\n\nVolunteers counted ninety curlews on the mudflats below the weir.\n"
COUNTED = "How many curlews were counted on the mudflats?"
Quoth = Callable[..., subprocess.CompletedProcess[str]]


def hurried(data: Path) -> Watcher:
    """A watcher whose clock runs twenty times as fast."""
    return Watcher(Store(data), ProcessLibrary(load(data_dir=data)), Told(data), Clock(data, 20.0))


def test_quoth_watch_takes_in_what_changes_and_is_alone(
    shelf: Path, start: Callable[..., subprocess.Popen[str]], quoth: Quoth
) -> None:
    with start("watch") as process:
        assert process.stdout is not None
        assert "watching" in process.stdout.readline()
        with (shelf / "0.md").open("a") as file:
            file.write("\nThe lamplighter was paid in candles.\n")
        second = quoth("watch")
        assert (second.returncode, "another process watches" in second.stderr) == (5, True)
        assert "Live: generation 2, articles 2" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "paid in candles" in quoth("ask", "Who was paid in candles?").stdout


def test_without_an_index_there_is_nothing_to_watch(quoth: Quoth) -> None:
    ended = quoth("watch")
    assert (ended.returncode, "no index" in ended.stderr) == (3, True)


def test_a_kill_leaves_nothing_that_the_next_watcher_minds(
    shelf: Path, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    for number in range(3):
        with start("watch") as process:
            assert process.stdout is not None
            process.stdout.readline()
            (shelf / f"new{number}.md").write_text(CURLEW.replace("ninety", f"{number}0"))
            if number:
                process.stdout.readline()
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
    with start("watch") as process:
        assert process.stdout is not None
        process.stdout.readline()
        (shelf / "0.md").unlink()
        while (current := Store(tmp_path / "data").manifest()) is not None and current.counts["articles"] != 4:
            assert "Live" in process.stdout.readline()
        process.terminate()
        process.communicate()
    assert not list((tmp_path / "data" / "generations").glob(".building-*"))


@pytest.mark.parametrize("webhook", [False, True])
async def test_the_bot_takes_in_what_changes_and_tells_its_owner_of_a_source_that_fails(
    webhook: bool, fake: FakeTelegram, shelf: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    answerer = Answerer(LocalRetriever(Store(data)), Policy())
    told: list[str] = []
    library = ProcessLibrary(load(data_dir=data))
    async with asked(
        fake, data, answerer, webhook=webhook, access="paired", library=library, watcher=hurried(data), told=told
    ):
        code = told[0].partition("/pair ")[2].split()[0]
        await fake.say_and_wait(OWNER, f"/pair {code}")
        (shelf / "2.md").write_text(CURLEW)
        while "ninety curlews" not in (await fake.say_and_wait(OWNER, COUNTED)).text:
            await asyncio.sleep(0.1)
        before = len(fake.sent(OWNER))
        shelf.rename(tmp_path / "elsewhere")
        await fake.wait_sent(before + 1, OWNER)
        assert fake.sent(OWNER)[-1].text == "shelf: it is not there: its 3 articles stay"
        assert "ninety curlews" in (await fake.say_and_wait(OWNER, COUNTED)).text
        (tmp_path / "elsewhere").rename(shelf)
        await fake.wait_sent(before + 3, OWNER)
        assert fake.sent(OWNER)[-1].text == "shelf is back."
    answerer.close()


async def test_an_owner_may_insist_on_what_a_watcher_kept(fake: FakeTelegram, shelf: Path, tmp_path: Path) -> None:
    data, told = tmp_path / "data", list[str]()
    for number in range(40):
        (shelf / f"{number:03}.md").write_text(CURLEW.replace("ninety", str(number)))
    library = ProcessLibrary(load(data_dir=data))
    assert await library.rebuild((), lambda _: None)
    answerer = Answerer(LocalRetriever(Store(data)), Policy())
    async with asked(fake, data, answerer, access="paired", library=library, watcher=hurried(data), told=told):
        code = told[0].partition("/pair ")[2].split()[0]
        await fake.say_and_wait(OWNER, f"/pair {code}")
        before = len(fake.sent(OWNER))
        for number in range(30):
            (shelf / f"{number:03}.md").unlink()
        await fake.wait_sent(before + 1, OWNER)
        kept = fake.sent(OWNER)[-1]
        assert kept.text.startswith("30 of 42 articles of shelf would leave, more than half")
        await fake.press_and_wait(kept, "Publish it anyway")
        await fake.wait_sent(before + 2, OWNER)
        rebuilt = fake.sent(OWNER)[-1]
        await fake.until(lambda: "Live" in fake.now(rebuilt).text)
        assert "articles 12" in fake.now(rebuilt).text
    answerer.close()


async def test_the_bell_rings_for_a_change_and_not_for_the_index_itself(tmp_path: Path) -> None:
    (tmp_path / "docs" / "data").mkdir(parents=True)
    clock = Clock(tmp_path / "docs" / "data")
    clock.listen([str(tmp_path / "docs"), str(tmp_path / "none")])
    rung = asyncio.Event()

    async def wait() -> None:
        await clock.wait(0.0, 600.0)
        rung.set()

    waiting = asyncio.create_task(wait())
    number = 0
    while not rung.is_set():
        # It may not hang yet.
        (tmp_path / "docs" / f"{number}.txt").write_text("x")
        number += 1
        await asyncio.sleep(0.05)
    await waiting
    assert clock.cause == ""
    clock.close()
