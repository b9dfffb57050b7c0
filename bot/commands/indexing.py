"""Run `quoth index`: build, rebuild, list, verify, roll back."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands import parts

if TYPE_CHECKING:
    from config.settings import Settings
    from index import Manifest, Progress, Report, Store

_LINE_EVERY = 2.0
_SHOWN_SKIPS = 20


def run(paths: Sequence[Path], settings: "Settings", *, add: bool, force: bool) -> int:
    """Build from `paths`, or without any from the sources of the last build. Raises what `build_index` raises."""
    from index import Options, build_index, read

    store = parts.store(settings)
    sources = _sources(paths, settings, add=add)
    options = Options(parts.parameters(settings), force=force, built_by=parts.version())
    before = _current(store)
    try:
        with _progress() as show, _interruptible() as check_interrupt:
            articles = read([Path(source) for source in sources], leaving_out=settings.data_dir)

            def step(progress: "Progress") -> None:
                check_interrupt()
                show(progress)

            report = build_index(store, articles, sources, options, step)
    except KeyboardInterrupt:
        print(_after_interrupt(before, _current(store)), file=sys.stderr)
        raise
    _print_report(report)
    return 0


@contextmanager
def _interruptible() -> Iterator[Callable[[], None]]:
    """Stop at Ctrl-C at once; yield a check that stops at the next step where a library has swallowed it."""
    interrupted = False

    def interrupt(*_: object) -> None:
        nonlocal interrupted
        interrupted = True
        raise KeyboardInterrupt

    def check() -> None:
        if interrupted:
            raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    # In the background of a script Ctrl-C is ignored, and stays so.
    if before is not signal.default_int_handler:
        yield check
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)


def _current(store: "Store") -> int | None:
    from index import BrokenIndexError

    with suppress(BrokenIndexError):
        return store.current()
    return None


def _after_interrupt(before: int | None, now: int | None) -> str:
    if now is None:
        return "stopped: nothing was built"
    if now == before:
        return f"stopped: nothing was changed, generation {now} is still in use"
    return f"stopped too late: generation {now} was complete and is in use"


def listing(settings: "Settings") -> int:
    """Print the generations, newest first, the current one marked. Raises NoIndexError when there is none."""
    from bot.errors import message_of
    from index import NoIndexError

    states = parts.store(settings).listing()
    if not states:
        raise NoIndexError(f"no index in {settings.data_dir}")
    for state in sorted(states, key=lambda state: -state.number):
        text = f"damaged: {message_of(state.error)}" if state.error else ""
        text = _description(state.manifest) if state.manifest and not state.error else text
        print(f"{'*' if state.current else ' '} {state.number:>6}  {text}")
    return 0


def verify(settings: "Settings") -> int:
    """Check every byte of the current generation. Raises BrokenIndexError, which names what is damaged."""
    manifest = parts.store(settings).verify()
    print(f"generation {manifest.generation} is intact: {len(manifest.files)} files checked, {_description(manifest)}")
    return 0


def rollback(settings: "Settings") -> int:
    """Return to the generation before the current one."""
    print(f"generation {parts.store(settings).rollback()} is in use again")
    return 0


def _sources(paths: Sequence[Path], settings: "Settings", *, add: bool) -> list[str]:
    """Return absolute paths, so that a rebuild from another working directory finds them again."""
    from index import SourceError

    # Not Path's own methods: `resolve` would store what a link leads to today, `expanduser` fails for "~nobody".
    absolute = [os.path.abspath(os.path.expanduser(path)) for path in paths]  # noqa: PTH100, PTH111
    if absolute and not add:
        return absolute
    sources = list(dict.fromkeys([*current_sources(settings), *absolute]))
    if not sources:
        raise SourceError("the index has no sources; run `quoth index PATH`")
    return sources


def current_sources(settings: "Settings") -> list[str]:
    """Return the sources of the current generation. Raises NoIndexError or BrokenIndexError."""
    with parts.store(settings).open() as generation:
        return list(generation.manifest.sources)


def _description(manifest: "Manifest") -> str:
    counts = manifest.counts
    built = datetime.fromisoformat(manifest.built_at).astimezone()
    return f"{counts['articles']:,} articles, {counts['paragraphs']:,} paragraphs, built {built:%Y-%m-%d %H:%M}"


def _print_report(report: "Report") -> None:
    for skipped in report.skipped[:_SHOWN_SKIPS]:
        print(f"skipped {skipped.path}: {skipped.reason}", file=sys.stderr)
    if len(report.skipped) > _SHOWN_SKIPS:
        print(f"skipped {len(report.skipped) - _SHOWN_SKIPS} more", file=sys.stderr)
    print(
        f"{report.articles:,} articles, {report.paragraphs:,} paragraphs, {report.captions:,} captions, "
        f"{len(report.skipped):,} skipped files, {report.duplicates:,} duplicates"
    )
    hidden = f", {report.boilerplate:,} repeated lines hidden" if report.boilerplate else ""
    print(
        f"generation {report.generation}: {report.added:,} added, {report.changed:,} changed, "
        f"{report.removed:,} removed, {report.reused:,} unchanged{hidden}"
    )
    if report.lacks_numba:
        print("for several times faster answers, run `pip install 'quoth[fast]'`", file=sys.stderr)


def _progress() -> AbstractContextManager[Callable[["Progress"], None]]:
    """Return a progress bar on a terminal, plain lines every few seconds in a pipe."""
    return _Bar() if sys.stderr.isatty() else nullcontext(_Lines())


class _Lines:
    """Print a line every two seconds; a quick build prints none."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._next = self._begun + _LINE_EVERY
        self._stage = "reading"

    def __call__(self, progress: "Progress") -> None:
        now = time.monotonic()
        if now < self._next and progress.stage == self._stage:
            return
        if now >= self._next:
            print(_words(progress, now - self._begun), file=sys.stderr, flush=True)
            self._next = now + _LINE_EVERY
        self._stage = progress.stage


class _Bar:
    """A bar that pulses and counts, because the number of articles is not known before they are read."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(pulse_style="cyan"),
            TimeElapsedColumn(),
        )
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
            self._bars.update(self._task, description=_words(progress, now - self._begun))
            self._next = now + 0.1


def _words(progress: "Progress", seconds: float) -> str:
    rate = f", {progress.passages / seconds:,.0f}/s" if progress.stage == "reading" and seconds > 1 else ""
    return f"{progress.stage}: {progress.articles:,} articles, {progress.passages:,} passages{rate}"
