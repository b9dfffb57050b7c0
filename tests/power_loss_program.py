"""What is recorded for power_loss.py: `python -m tests.power_loss_program FOLDER SCENARIO` prints what it promises."""

import asyncio
import os
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from bot.channels.telegram.memory.inbox import CURRENT, Inbox
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.memory.records import StoredAnswer
from bot.commands import rebuilding
from config.settings import load
from index import Options, Store, build_index, make_folder, read, write_file

BOT, OWNER, GUEST = 123456789, 7, 7_654_321_987
WORDS = "where did grandmother hide the silver"


def promise(text: str) -> None:
    """Say something to the world that cannot be taken back."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def curlews(count: int) -> str:
    """Return an article."""
    return f"# Curlews on the mudflats\n\nVolunteers counted {count} curlews below the weir.\n"


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
    source = data.with_name("shelf")
    build_index(Store(data / "a" / "b"), read([source]), [str(source)], Options())
    promise("generation 1")


if __name__ == "__main__":
    folder, scenario = Path(sys.argv[1]), sys.argv[2]
    if scenario in ("talk", "forget"):
        asyncio.run({"talk": talk, "forget": forget}[scenario](folder))
    else:
        {"upload": upload, "first": first}[scenario](folder)
    # As a kill ends it: nothing is closed.
    os._exit(0)
