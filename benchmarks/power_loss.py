"""Open every state that a loss of power may leave, of everything that this program keeps: is what it promised there?

    python -m benchmarks.power_loss [--scenarios upload,talk] [--folder /dev/shm] [--control 200]

What the scenarios of `tests/power_loss_program.py` do is recorded (strace), and replayed up to each sync and each
promise; of what is not synced then, subsets are kept, and writes torn (`tests/power_loss.py` says which). The suite
opens a sample of these states, and this each of them once, in this process. States that differ only in what lies in
hidden folders of a build are one, as no reader looks there: a file there that is opened counts as a fault. Some of the
states that are equal are opened again. As a control, some of a disk that does not listen to any sync are: there must be
bad ones. Exit code 1 for a bad state, or a control without.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.power_loss import Cut, Known
from tests.power_loss_disk import HIDDEN, Names
from tests.power_loss_judges import NAMES, Scenario, recorded
from tests.strace import unavailable

_TELL_EVERY: Final = 20.0
_MOST_TOLD: Final = 5
_WAYS: Final[tuple[Names, ...]] = ("journal", "posix")


class Looks:
    """Which files in hidden folders were opened since `begin`."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.active = False
        sys.addaudithook(self._event)

    def _event(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.active and event in ("open", "sqlite3.connect"):
            path = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0])
            if any(HIDDEN.fullmatch(part) for part in path.split("/")[:-1]):
                self.found.append(path)


def opened(scenario: Scenario, cuts: Iterator[Cut], folder: Path, how: str, looks: Looks) -> tuple[int, Counter[str]]:
    """Judge states; return how many, and what was wrong with how many of them."""
    number, said, told = 0, Counter[str](), time.monotonic()
    for number, cut in enumerate(cuts, 1):
        looks.found, looks.active = [], True
        fault = scenario.fault(cut, folder)
        looks.active = False
        if fault := fault or (f"looked into {looks.found[0]}" if looks.found else ""):
            said[fault] += 1
        if time.monotonic() - told > _TELL_EVERY:
            told = time.monotonic()
            print(f"  {scenario.name}, {how}: {number:,} opened, {said.total():,} bad", flush=True)
    return number, said


def judged(scenario: Scenario, folder: Path, control: int, again: int, looks: Looks) -> bool:
    """Open all states of a scenario, and some of a deaf disk; print what was found, and return whether all is well."""
    known, well = Known(logs=scenario.recording.logs, again=again), True
    for names in _WAYS:
        begun = time.process_time()
        points = scenario.recording.points(names)
        before = len(known)
        cuts = scenario.recording.cuts(names, known=known)
        number, said = opened(scenario, cuts, folder, names, looks)
        new = len(known) - before
        seconds = time.process_time() - begun
        line = f"{points:,} points, {new:,} new states, {number - new:,} opened again, {said.total():,} bad"
        print(f"{scenario.name}, {names}: {line}; {seconds:.0f} s of CPU", flush=True)
        for fault, count in said.most_common(_MOST_TOLD):
            print(f"  {count:,}: {fault[:300]}", flush=True)
        well &= not said
    cuts = scenario.recording.cuts("posix", deaf=True, most=control)
    number, said = opened(scenario, cuts, folder, "deaf", looks)
    print(f"{scenario.name}, posix, no sync does anything: {number:,} opened, {said.total():,} bad", flush=True)
    return well and bool(said)


def main() -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(description="Open every state that a loss of power may leave.")
    parser.add_argument("--scenarios", default=",".join(NAMES))
    parser.add_argument("--folder", default="/dev/shm" if Path("/dev/shm").is_dir() else None)  # noqa: S108 - the fastest
    parser.add_argument("--control", type=int, default=200, help="states of a disk that does not listen")
    parser.add_argument("--again", type=int, default=1000, help="of states that are equal, every so-maniest is opened")
    options = parser.parse_args()
    if reason := unavailable():
        print(f"nothing can be recorded here: {reason}")
        return 2
    looks, well = Looks(), True
    for name in options.scenarios.split(","):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder, recorded(name, Path(folder)) as scenario:
            well &= judged(scenario, Path(folder) / "state", options.control, options.again, looks)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
