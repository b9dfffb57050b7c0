"""Show how far long work is: a build by a bar on a terminal, all else by a line every few seconds."""

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from bot.printing import counted, err

if TYPE_CHECKING:
    from index import Progress

_LINE_EVERY = 2.0
_BAR_EVERY = 0.1
# Before so many seconds, the time that is left would be a guess.
_SURE_AFTER = 2.0

# At which part of a build its stages begin: 20,000 to 105,000 passages on two processors.
_BEGINS = {"sorting": 0.86, "calibrating": 0.91, "publishing": 0.97}

_MEGABYTE = 1_000_000

Share = Callable[[], float | None]
"""How much of all files was read, in 0 to 1; None where that is not known."""


def showing(share: Share) -> AbstractContextManager[Callable[["Progress"], None]]:
    """Return what shows every step of a build."""
    return _Bar(share) if sys.stderr.isatty() else nullcontext(_Lines(share))


class _Lines:
    """Print a line every two seconds; a quick build prints none."""

    def __init__(self, share: Share) -> None:
        self._share = share
        self._begun = time.monotonic()
        self._next = self._begun + _LINE_EVERY
        self._stage = "reading"

    def __call__(self, progress: "Progress") -> None:
        now = time.monotonic()
        if now < self._next and progress.stage == self._stage:
            return
        if now >= self._next:
            err(_words(progress, now - self._begun, _done(progress, self._share)))
            self._next = now + _LINE_EVERY
        self._stage = progress.stage


class _Bar:
    """A bar that fills, or pulses while nobody knows how many files are to be read."""

    def __init__(self, share: Share) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(pulse_style="cyan"),
            TimeElapsedColumn(),
        )
        self._share = share
        self._bars = Bars(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bars.add_task("reading", total=None)
        self._begun, self._next = time.monotonic(), 0.0

    def __enter__(self) -> Callable[["Progress"], None]:
        self._bars.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def _show(self, progress: "Progress") -> None:
        now = time.monotonic()
        if now >= self._next or progress.stage != "reading":
            done = _done(progress, self._share)
            words = _words(progress, now - self._begun, done)
            total = None if done is None else 1.0
            self._bars.update(self._task, description=words, total=total, completed=done or 0.0)
            self._next = now + _BAR_EVERY


def _done(progress: "Progress", share: Share) -> float | None:
    """Return how much of a build is done, in 0 to 1; None while its files are read and nobody knows how many."""
    if progress.stage != "reading":
        return _BEGINS[progress.stage]
    read = share()
    return None if read is None else read * _BEGINS["sorting"]


def _words(progress: "Progress", seconds: float, done: float | None) -> str:
    parts = []
    if progress.articles:
        parts += [counted(progress.articles, "article"), counted(progress.passages, "passage")]
        if progress.stage == "reading" and seconds > 1:
            parts.append(f"{progress.passages / seconds:,.0f}/s")
    if done is not None:
        parts.append(f"{done:.0%}")
        if done > 0 and seconds > _SURE_AFTER:
            parts.append(f"{duration(seconds * (1 - done) / done)} left")
    return f"{progress.stage}: {', '.join(parts)}" if parts else progress.stage


class Pace:
    """Say every two seconds how far some work is, and how long the rest takes; what is quick says nothing.

    With `beside_output` only on a terminal that the results themselves do not go to.
    """

    def __init__(self, *, beside_output: bool = False) -> None:
        self._quiet = beside_output and (sys.stdout.isatty() or not sys.stderr.isatty())
        self._begun = time.monotonic()
        self._next = self._begun + _LINE_EVERY
        self._first: float | None = None

    def __call__(self, text: Callable[[], str], done: float, total: float) -> None:
        """Show `text` where it is time to, and behind it which part of `total` is done."""
        now = time.monotonic()
        if self._first is None:
            # What was done before costs no time now.
            self._first, self._begun = done, now
        if self._quiet or now < self._next:
            return
        self._next = now + _LINE_EVERY
        line, here = text(), done - self._first
        if total:
            line += f", {min(done / total, 1):.0%}"
        if here > 0 and done < total:
            line += f", {duration((now - self._begun) * (total - done) / here)} left"
        err(line)


class Bytes:
    """Say so of work on so many bytes, told how many more are done: "restoring: 1.2 of 30.0 MB, 4%, 50 s left"."""

    def __init__(self, doing: str, total: int) -> None:
        self._doing, self._total, self._done, self._pace = doing, total, 0, Pace()
        self._pace(self._text, 0, total)

    def __call__(self, more: int) -> None:
        """Count so many more bytes."""
        self._done += more
        self._pace(self._text, self._done, self._total)

    def _text(self) -> str:
        return f"{self._doing}: {self._done / _MEGABYTE:,.1f} of {self._total / _MEGABYTE:,.1f} MB"


def duration(seconds: float) -> str:
    """Return a duration in the units that matter.

    >>> duration(7.4), duration(200), duration(8000)
    ('7 s', '3 min', '2 h 13 min')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
