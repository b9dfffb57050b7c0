"""One rebuild for a running bot, in a process of its own: the bot answers meanwhile, and its memory stays its own.

    python -m bot.commands.rebuilding < request.json

The request is one JSON object; every line of the output is one, too: steps, then the outcome. An end by SIGTERM, or
by itself, leaves either the new generation or everything as it was.
"""

import json
import secrets
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import parts
from bot.commands.indexing import remembered

if TYPE_CHECKING:
    from bot.selfcheck import JudgedQuestion, SelfCheck
    from config.settings import Settings
    from index import Progress, Report

_SHOWN_SKIPS = 10
_STEP_EVERY = 0.5


class _WorseError(Exception):
    def __init__(self, checked: "SelfCheck") -> None:
        super().__init__("worse")
        self.checked = checked


class _UnusableError(Exception):
    """The upload holds no article; the message says why."""


def main() -> None:
    """Does what stdin asks for and tells stdout."""
    # An exception instead of a death, so that an upload is taken back and the folder aside removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    request = json.load(sys.stdin)
    settings = parts.settings(data_dir=Path(request["data_dir"]), engine=request["engine"])
    if request["job"] == "question_set":
        from bot.commands.question_set import write

        _tell(asdict(write(_kept(request), settings, Path(request["file"]))))
        return
    _tell(_rebuilt(request, settings))


def _rebuilt(request: dict[str, Any], settings: "Settings") -> dict[str, Any]:
    from bot.errors import message_of
    from index import BuildRefusedError, IndexLibraryError

    reading: deque[Path] = deque(maxlen=1)
    try:
        return _build(request, settings, reading)
    except _WorseError as error:
        return {"why": "worse", "cause": "", "checked": asdict(error.checked)}
    except _UnusableError as error:
        return {"why": "unusable", "cause": str(error)}
    except BuildRefusedError as error:
        return {"why": "refused", "cause": message_of(error)}
    except (IndexLibraryError, OSError) as error:
        return {"why": "failed", "cause": message_of(error)}
    except Exception as error:  # noqa: BLE001 - a bug in a reader must name its file to the owner
        place = f"{reading[0]}: " if reading else ""
        return {"why": "failed", "cause": f"{place}a bug: {type(error).__name__}; please report it"}


def _build(request: dict[str, Any], settings: "Settings", reading: deque[Path]) -> dict[str, Any]:
    from index import Options, build_index, read

    store, steps, kept, checks = parts.store(settings), _Steps(), _kept(request), []

    def check(folder: Path) -> None:
        checked = _checked(kept, settings, folder, steps)
        checks.append(checked)
        if checked.worse and not request["insist"]:
            raise _WorseError(checked)

    with _taken_in(request["upload"], Path(request["uploads"])) as (articles_read, replaced):
        sources = _sources(settings, request["uploads"])
        options = Options(
            parts.parameters(settings), force=request["insist"], built_by=parts.version(), check=check if kept else None
        )
        articles = read(list(map(Path, sources)), leaving_out=settings.data_dir, progress=reading.append)
        report = build_index(store, articles, sources, options, steps.building)
    checked = asdict(checks[0]) if checks else None
    return _told(report) | {"checked": checked, "read": articles_read, "replaced": replaced}


def _sources(settings: "Settings", uploads: str) -> list[str]:
    """The sources of the current generation, and the folder of uploads once something is in it."""
    from index import NoIndexError

    folder = Path(uploads)
    sent = folder.is_dir() and any(not file.name.startswith(".") for file in folder.iterdir())
    try:
        sources = remembered(settings)
    except NoIndexError:
        if not sent:
            raise
        sources = []
    return [*sources, uploads] if sent and uploads not in sources else sources


def _told(report: "Report") -> dict[str, Any]:
    names = ("generation", "articles", "paragraphs", "added", "changed", "removed", "reused")
    skipped = [(skipped.path, skipped.reason) for skipped in report.skipped[:_SHOWN_SKIPS]]
    return {name: getattr(report, name) for name in names} | {"skipped": skipped, "skips": len(report.skipped)}


def _checked(kept: "list[JudgedQuestion]", settings: "Settings", folder: Path, steps: "_Steps") -> "SelfCheck":
    from bot.selfcheck import compare
    from index import BrokenIndexError, NoIndexError

    old = parts.retriever(settings)
    new = parts.retriever(settings, pinned=folder)
    try:
        try:
            known = old if old.index else None
        except (NoIndexError, BrokenIndexError):
            known = None
        return compare(kept, parts.policy(settings), known, new, steps.checking)
    finally:
        old.close()
        new.close()


@contextmanager
def _taken_in(upload: dict[str, str] | None, folder: Path) -> Iterator[tuple[int, bool]]:
    """Puts the upload among the sources for good, or, when the block fails, everything back where it was.

    Gives the number of its articles, and whether it takes the place of another file.
    """
    if upload is None:
        yield 0, False
        return
    file, place = Path(upload["file"]), folder / upload["name"]
    count = _articles_in(file)
    replaced = place.exists()
    before = place.with_name(f".replaced-{secrets.token_hex(4)}")
    if replaced:
        place.rename(before)
    file.rename(place)
    try:
        yield count, replaced
    except BaseException:
        place.rename(file)
        if replaced:
            before.rename(place)
        raise
    before.unlink(missing_ok=True)


def _articles_in(file: Path) -> int:
    from index import Article, read

    found = list(read([file]))
    articles = [one for one in found if isinstance(one, Article)]
    if not articles:
        reasons = [one.reason for one in found if not isinstance(one, Article)]
        raise _UnusableError(reasons[0] if reasons else "no article in it")
    return len(articles)


def _kept(request: dict[str, Any]) -> "list[JudgedQuestion]":
    from bot.selfcheck import JudgedQuestion

    return [
        JudgedQuestion(question, tuple((article, position) for article, position in passages))
        for question, passages in request["kept"]
    ]


class _Steps:
    """Tells what is being done, at most twice a second and at every new stage."""

    def __init__(self) -> None:
        self._stage = ""
        self._next = 0.0
        self._seen = (0, 0)

    def building(self, progress: "Progress") -> None:
        self._seen = (progress.articles, progress.passages)
        self._told(progress.stage)

    def checking(self, done: int, count: int) -> None:
        self._told("checking", done=done, count=count)

    def _told(self, stage: str, **more: int) -> None:
        now = time.monotonic()
        if stage == self._stage and now < self._next:
            return
        self._stage, self._next = stage, now + _STEP_EVERY
        _tell({"stage": stage, "articles": self._seen[0], "passages": self._seen[1], **more})


def _tell(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
