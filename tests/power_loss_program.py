"""What is recorded for power_loss.py: `python -m tests.power_loss_program FOLDER SCENARIO` prints what it promises."""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import urlopen

from bot.channels.telegram.memory.inbox import CURRENT, Inbox
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.memory.records import StoredAnswer
from bot.commands import rebuilding
from bot.posts import Channel, Posts
from config.settings import load
from index import FetchOptions, Options, Store, build_index, fetch, make_folder, read, write_file

BOT, OWNER, GUEST = 123456789, 7, 7_654_321_987
WORDS = "where did grandmother hide the silver"


def promise(text: str) -> None:
    """Say something to the world that cannot be taken back."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def curlews(count: int, what: str = "curlews") -> str:
    """Return an article."""
    return f"# {what.capitalize()} on the mudflats\n\nVolunteers counted {count} {what} below the weir.\n"


def update(number: int, text: str) -> dict[str, Any]:
    """Return an update with a message."""
    return {"update_id": number, "message": {"from": {"id": GUEST, "first_name": "Quirinius"}, "text": text}}


def upload(data: Path) -> None:
    """Take an article in, and a newer one in its place."""
    settings = load(data_dir=data)
    for count in (90, 41):
        file = data / "uploads" / f".incoming-{count}-curlews.md"
        make_folder(file.parent)
        write_file(file, curlews(count).encode())
        request = {
            "kept": [],
            "insist": False,
            "address": None,
            "settled": None,
            "upload": {"file": str(file), "place": "curlews.md"},
        }
        with redirect_stdout(StringIO()):
            outcome = rebuilding._outcome(request, settings)
        promise(f"live {count} {outcome['generation']}")


async def talk(data: Path) -> None:
    """Let somebody in, shut them out, and take so many updates that the log begins anew."""
    memory, inbox = Memory(data), Inbox(data, BOT)
    for number, text in enumerate(("add", "remove", "add", "remove"), 1):
        inbox.take([update(number, text)])
        promise(f"taken {number}")
        CURRENT.set(number)
        kept = await (memory.open_chat(GUEST, OWNER) if text == "add" else memory.shut_out(GUEST))
        inbox.replying()
        promise(f"{kept} {number}")
        inbox.done(number)
    for number in range(5, 14):
        inbox.take([update(number, "word " * 100_000)])
        promise(f"taken {number}")
        inbox.done(number)


async def forget(data: Path) -> None:
    """Answer somebody, and forget them."""
    memory, inbox = Memory(data), Inbox(data, BOT)
    memory.also_forget = inbox.forget
    for number in (1, 2):
        inbox.take([update(number, WORDS)])
        CURRENT.set(number)
        await memory.answers.store(StoredAnswer(GUEST, GUEST, WORDS, "nothing"))
        inbox.done(number)
    inbox.take([update(3, "/forget")])
    CURRENT.set(3)
    assert await memory.forget(GUEST) is not None
    promise("forgotten")


def first(data: Path) -> None:
    """Build the first index, in folders that are new."""
    promise(f"generation {build(data / 'a' / 'b', 1, beside=data)}")


def build(data: Path, count: int, what: str = "curlews", beside: Path | None = None) -> int | None:
    """Build an index of one article, which says how many of what were counted."""
    source = (beside or data).with_name("shore")
    source.mkdir(exist_ok=True)
    (source / "counted.md").write_text(curlews(count, what))
    return build_index(Store(data), read([source]), [str(source)], Options(force=True)).generation


def rebuild(data: Path) -> None:
    """Build an index anew, which has one of the older generations removed."""
    promise(f"generation {build(data, 4)}")


def rollback(data: Path) -> None:
    """Go back to the generation before."""
    promise(f"generation {Store(data).rollback()}")


def fetch_twice(data: Path, address: str, place: str) -> None:
    """Fetch a feed, and an hour later, when it says something else, again."""
    for hour in (0, 1):
        fetch_feed(data, address, place, hour)
        promise(f"fetched {hour}")
        # The site turns a leaf.
        with suppress(HTTPError):
            urlopen(f"http://{place}/next").close()


def fetch_feed(data: Path, address: str, place: str, hour: int) -> None:
    """Fetch a feed by the clock of that hour."""
    fetch(address, data, FetchOptions((place,), apart=0, now=lambda: 1e9 + hour * 3600, jitter=0))


def posts(data: Path) -> None:
    """Keep posts of a channel, a newer state of one of them, and take one out for good."""
    kept, channel = Posts(data / "posts"), Channel(42, "Pier Gazette")
    for edition, numbers in (("old", (1, 2, 3)), ("new", (1,))):
        for number in numbers:
            kept.keep(channel, {"id": number, "date_unixtime": str(number), "text": f"{edition} {number}"})
            promise(f"{edition} {number}")
    kept.remove(42, 2)
    promise("removed 2")


SCENARIOS: Final[dict[str, Callable[..., object]]] = {
    "upload": upload,
    "talk": lambda data: asyncio.run(talk(data)),
    "forget": lambda data: asyncio.run(forget(data)),
    "first": first,
    "rebuild": rebuild,
    "rollback": rollback,
    "fetch": fetch_twice,
    "posts": posts,
}

if __name__ == "__main__":
    SCENARIOS[sys.argv[2]](Path(sys.argv[1]), *sys.argv[3:])
    # As a kill ends it: nothing is closed.
    os._exit(0)
