"""Rebuild the index for a running bot in a process of its own: the bot keeps answering, and its memory stays small.

    python -m bot.commands.rebuilding < request.json

The request is one JSON object; every line of the output is one, too: steps, then the outcome. However the process
ends, by SIGTERM too, it leaves either the new generation or everything as it was.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import cluster, collection, fetching, leaving, parts, uploads
from bot.library import Held
from bot.printing import out_json

if TYPE_CHECKING:
    from bot.selfcheck import JudgedQuestion, SelfCheck
    from config.settings import Settings
    from index import FetchProgress, Progress, ReadingOptions, Report, Store

_SHOWN_SKIPS = 10
_STEP_EVERY = 0.5
# The share of articles from which on a build of what a watcher found is checked by questions.
_MUCH = 0.05


class _WorseError(Exception):
    """The new index answers fewer questions than the old one."""

    def __init__(self, check: "SelfCheck") -> None:
        super().__init__("worse")
        self.check = check


def main() -> None:
    """Run the request on stdin; print steps and outcome on stdout."""
    # An exception instead of a death, so that an upload is taken back and the staging folder removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    request = json.load(sys.stdin)
    settings = parts.settings(data_dir=Path(request["data_dir"]), engine=request["engine"])
    if request["job"] == "question_set":
        from bot.commands.question_set import write

        _print(asdict(write(_questions(request), settings, Path(request["file"]))))
        return
    if request["job"] == "fetch":
        fetching.fetch_due(request["addresses"], settings)
        return
    outcome = _outcome(request, settings) | {"seconds": _busy()}
    try:
        _print(outcome)
    except BrokenPipeError:
        # Whoever asked was killed, and nobody is left to remove what they had received.
        if request["upload"]:
            Path(request["upload"]["file"]).unlink(missing_ok=True)
        os._exit(5)


def _busy() -> float:
    """Return for how many seconds this process and those that it started kept a processor busy."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _outcome(request: dict[str, Any], settings: "Settings") -> dict[str, Any]:
    from bot.errors import message_of
    from index import BuildRefusedError, FetchError, IndexLibraryError

    try:
        return _build(request, settings)
    except _WorseError as error:
        return {"why": "worse", "cause": "", "checked": asdict(error.check)}
    except (uploads.UnusableError, FetchError) as error:
        return {"why": "unusable", "cause": str(error)}
    except BuildRefusedError as error:
        return {"why": "refused", "cause": message_of(error)}
    except (IndexLibraryError, OSError) as error:
        return {"why": "failed", "cause": message_of(error)}
    except Exception as error:  # noqa: BLE001 - the owner gets more than silence
        return {"why": "failed", "cause": f"a bug: {type(error).__name__}; please report it"}


def _build(request: dict[str, Any], settings: "Settings") -> dict[str, Any]:
    from index import Options, build_index

    store, steps, questions, checks = parts.store(settings), _Steps(), _questions(request), []
    named = fetching.fetch_named(request["address"], settings, steps.fetching) if request["address"] else {}
    settled: dict[str, str] | None = request["settled"]

    def check(folder: Path) -> None:
        changed = leaving.refuse_to_lose(store, folder, settled) if settled is not None else 1.0
        if questions and changed > _MUCH:
            checks.append(_self_check(questions, settings, folder, steps))
            if checks[0].worse and not request["insist"]:
                raise _WorseError(checks[0])

    with (
        store.alone(lambda _: steps.waiting()),
        uploads.in_place(request["upload"], settings) as (articles_read, replaced),
    ):
        sources = _sources(settings, named)
        options = Options(
            parts.parameters(settings),
            force=request["insist"],
            # Of what a watcher found the check judges what may leave, source by source.
            leaving=tuple(sources) if settled is not None else (),
            built_by=parts.version(),
            check=check if questions or settled is not None else None,
        )

        def build() -> "Report":
            articles = collection.reading(sources, settings, settled)
            return build_index(store, articles, list(sources), options, steps.building)

        held: list[Held] = []
        try:
            report = build()
        except leaving.LeavingError as error:
            # Whatever else there is need not wait until somebody has decided.
            held, settled = error.held, error.others
            report = build()
        fetched = sum(_articles_of(store, source) for source in named)
    if settings.cluster:
        # Also where one before could not be published.
        cluster.publish(settings, again=False, quiet=True)
    checked = asdict(checks[0]) if checks else None
    read = {"read": articles_read + fetched, "replaced": replaced}
    return _record(report) | read | {"checked": checked, "held": [asdict(one) for one in held]}


def _articles_of(store: "Store", source: str) -> int:
    """Return the number of articles of a source."""
    from index import source_of

    with store.open() as generation:
        return sum(articles for path, articles, _ in generation.texts.files() if source_of(path, [source]))


def _sources(settings: "Settings", named: "Mapping[str, ReadingOptions]") -> "dict[str, ReadingOptions]":
    """Return the sources of the current generation, those named, and the folder of uploads once a file is in it."""
    from index import NoIndexError

    folder, posts = uploads.folder(settings), parts.posts(settings).sources()
    uploaded = folder.is_dir() and any(not file.name.startswith(".") and file.is_file() for file in folder.rglob("*"))
    try:
        sources = collection.current(settings)
    except NoIndexError:
        if not uploaded and not named and not posts:
            raise
        sources = {}
    return sources | ({str(folder): _uploaded()} if uploaded else {}) | posts | dict(named)


def _uploaded() -> "ReadingOptions":
    from index import ReadingOptions

    # Somebody sent each of them to have it read, whatever its ending says.
    return ReadingOptions(include=("*",))


def _record(report: "Report") -> dict[str, Any]:
    from index import grouped

    names = ("generation", "articles", "paragraphs", "added", "changed", "removed", "reused", "published")
    skipped = [(one.example.path, one.example.reason) for one in grouped(report.skipped)[:_SHOWN_SKIPS]]
    return {name: getattr(report, name) for name in names} | {"skipped": skipped, "skips": len(report.skipped)}


def _self_check(questions: "list[JudgedQuestion]", settings: "Settings", folder: Path, steps: "_Steps") -> "SelfCheck":
    from bot.selfcheck import compare
    from index import BrokenIndexError, NoIndexError

    with closing(parts.retriever(settings)) as old, closing(parts.retriever(settings, pinned=folder)) as new:
        try:
            healthy = old if old.index else None
        except (NoIndexError, BrokenIndexError):
            healthy = None
        return compare(questions, parts.policy(settings), healthy, new, steps.checking)


def _questions(request: dict[str, Any]) -> "list[JudgedQuestion]":
    from bot.selfcheck import JudgedQuestion

    return [
        JudgedQuestion(question, tuple((article, position) for article, position in passages))
        for question, passages in request["kept"]
    ]


class _Steps:
    """Print the current step, at most twice a second and at every new stage."""

    def __init__(self) -> None:
        self._stage = ""
        self._next = 0.0
        self._counts = (0, 0)

    def building(self, progress: "Progress") -> None:
        self._counts = (progress.articles, progress.passages)
        self._step(progress.stage)

    def fetching(self, progress: "FetchProgress") -> None:
        self._step("fetching", done=progress.done, count=progress.pages)

    def waiting(self) -> None:
        self._step("waiting")

    def checking(self, done: int, count: int) -> None:
        self._step("checking", done=done, count=count)

    def _step(self, stage: str, **more: int) -> None:
        now = time.monotonic()
        if stage == self._stage and now < self._next:
            return
        self._stage, self._next = stage, now + _STEP_EVERY
        _print({"stage": stage, "articles": self._counts[0], "passages": self._counts[1], **more})


def _print(record: dict[str, Any]) -> None:
    out_json(json.dumps(record), flush=True)


if __name__ == "__main__":
    main()
