"""Run `quoth index`: build, rebuild, list, verify, roll back."""

import json
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from bot.commands import collection, parts, progress, skips, uploads
from bot.printing import counted, err, out, out_json, size_of

if TYPE_CHECKING:
    from config.settings import Settings
    from index import Manifest, Progress, ReadingOptions, Report, Store


def run(
    named: Callable[[], Mapping[str, "ReadingOptions"]],
    settings: "Settings",
    *,
    force: bool = False,
    leaving: tuple[str, ...] = (),
    as_json: bool = False,
) -> int:
    """Build from the sources that are `named`, without the articles of those `leaving`.

    While another process builds, that is waited for, and then they are asked for again. Raises what `build_index` does.
    """
    from index import BuildRefusedError, Options, build_index, survey

    named()
    store, before = parts.store(settings), _current(parts.store(settings))
    reading = None
    try:
        with _interruptible() as check_interrupt, store.alone(parts.tell_waiting):
            uploads.put_right(settings)
            sources = named()
            reading = collection.reading(sources, settings)

            @cache
            def total() -> int:
                return sum(state.bytes for state in survey(sources, collection.own(settings)).values())

            with progress.showing(lambda: min(1.0, reading.bytes_read / total()) if total() else None) as show:

                def step(progress: "Progress") -> None:
                    check_interrupt()
                    show(progress)

                options = Options(parts.parameters(settings), force=force, built_by=parts.version(), leaving=leaving)
                report = build_index(store, reading, list(sources), options, step)
    except KeyboardInterrupt:
        err(_after_interrupt(before, _current(store)))
        raise
    except BuildRefusedError:
        if reading is not None:
            skips.report(reading.skipped)
        raise
    _print_report(report, as_json=as_json)
    if settings.cluster:
        from bot.commands import cluster

        cluster.publish(settings, again=False)
    if settings.meaning is not None:
        from bot.commands import meaning

        meaning.after_build(store, settings.meaning)
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
        out(f"{'*' if state.current else ' '} {state.number:>6}  {text}")
    return 0


def verify(settings: "Settings") -> int:
    """Check every byte of the current generation. Raises BrokenIndexError, which names what is damaged."""
    manifest = parts.store(settings).verify()
    out(f"generation {manifest.generation} is intact: {_checked(manifest)}, {_description(manifest)}")
    return 0


def _checked(manifest: "Manifest") -> str:
    return f"{counted(len(manifest.files), 'file')} checked"


def rollback(settings: "Settings") -> int:
    """Return to the generation before the current one."""
    out(f"generation {parts.store(settings).rollback()} is in use again")
    return 0


def _description(manifest: "Manifest") -> str:
    counts = manifest.counts
    built = datetime.fromisoformat(manifest.built_at).astimezone()
    return f"{size_of(counts)}, built {built:%Y-%m-%d %H:%M}"


def _print_report(report: "Report", *, as_json: bool) -> None:
    from index import grouped, install_command

    if as_json:
        counts = asdict(report) | {"skipped": len(report.skipped), "reasons": skips.records(grouped(report.skipped))}
        out_json(json.dumps(counts, ensure_ascii=False, indent=2))
        return
    skips.report(report.skipped)
    out(
        f"{counted(report.articles, 'article')}, {counted(report.paragraphs, 'paragraph')}, "
        f"{counted(report.captions, 'caption')}, {counted(len(report.skipped), 'skipped file')}, "
        f"{counted(report.duplicates, 'duplicate')}"
    )
    if not report.published:
        out(f"nothing changed: generation {report.generation} stays in use")
        return
    hidden = f", {counted(report.boilerplate, 'repeated line')} hidden" if report.boilerplate else ""
    out(
        f"generation {report.generation}: {report.added:,} added, {report.changed:,} changed, "
        f"{report.removed:,} removed, {report.reused:,} unchanged{hidden}"
    )
    if report.lacks_numba:
        err(f"for several times faster answers, run `{install_command('numba')}`")
