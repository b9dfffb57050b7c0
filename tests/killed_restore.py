"""Restores that kill themselves at each of their steps: `python -m tests.killed_restore TEMPLATE BACKUP FOLDER`.

Each begins with a copy of the data folder TEMPLATE, in a folder of its own below FOLDER; what is printed for each is
the name of that folder and how the process ended. Before its journal a restore is killed at some steps alone. At the
end, the next command is killed so as well, where the restore stopped in the middle.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bot.commands import journal, parts, restore
from bot.printing import out
from config.settings import load

STEPS: Final = {
    *("open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.listdir", "os.scandir", "os.truncate"),
    *("shutil.rmtree", "sqlite3.connect", "fcntl.flock"),
}
# How far from one step to the next: before the journal, from it on, and in the next command.
_EARLY: Final = 40
_LATE: Final = 2
_NEXT: Final = 5


def killed(work: Callable[[], Any], last: int) -> tuple[int, int]:
    """Run in a process that kills itself at its `last` step; return how it ended, and at which step its journal was.

    The step is 0 where it was killed before that.
    """
    told, tell = os.pipe()
    if child := os.fork():
        os.close(tell)
        _, status = os.waitpid(child, 0)
        with os.fdopen(told, "rb") as said:
            return status, int(said.read() or 0)
    steps = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        if event not in STEPS:
            return
        steps += 1
        if event == "os.rename" and str(arguments[0]).endswith(".new-journal.json"):
            os.write(tell, str(steps).encode())
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    # A kill loses nothing that was written.
    os.fsync = lambda fd: None  # noqa: ARG005 - it has that name
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    work()
    os._exit(0)


def main(template: Path, file: Path, folder: Path) -> None:
    """Kill restores at each step from shortly before their journal, and the next command after some of them."""

    def restored(name: str, last: int) -> tuple[int, int]:
        place = folder / name
        shutil.copytree(template, place, copy_function=shutil.copy)
        status, journal_at = killed(lambda: restore.run(file, load(data_dir=place)), last)
        out(f"{name} {status}", flush=True)
        return status, journal_at

    _, begins = restored("whole", 1 << 30)
    for last in range(1, begins, _EARLY):
        restored(f"early-{last}", last)
    last, in_the_middle = begins - 1, []
    while restored(name := f"late-{last}", last)[0]:
        last += _LATE
        if (folder / name / parts.RESTORING / "journal.json").exists():
            in_the_middle.append(folder / name)
    for step in range(1, 1000, _NEXT):
        place = folder / f"next-{step}"
        shutil.copytree(in_the_middle[len(in_the_middle) // 2], place)
        status, _ = killed(lambda: journal.finish(place), step)  # noqa: B023 - it runs at once
        out(f"{place.name} {status}", flush=True)
        if not status:
            return


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
