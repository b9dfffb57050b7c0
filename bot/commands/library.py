"""The articles of the settings, for a running bot: rebuilt in a process of its own, which can be given up."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.channels.telegram.library import Holdings, Live, NotLive, QuestionSetFile, Step, Upload
from bot.commands import parts
from bot.selfcheck import JudgedQuestion, SelfCheck

if TYPE_CHECKING:
    from config.settings import Settings

_PACKAGES = Path(__file__).parents[2]
_PATIENCE = 10.0
_LONGEST_LINE = 1 << 24
_SECRET = "QUOTH_TELEGRAM_TOKEN"  # noqa: S105 - the name of a variable, not its value


class ProcessLibrary:
    """The library that the Telegram channel is given; see `bot.channels.telegram.library.Library`."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self.version = parts.version()
        self.uploads = settings.data_dir / "uploads"

    async def rebuild(
        self,
        kept: Sequence[JudgedQuestion],
        progress: Callable[[Step], None],
        *,
        upload: Upload | None = None,
        insist: bool = False,
    ) -> Live | NotLive:
        """See `Library.rebuild`."""
        sent = {"file": str(upload.file), "name": upload.name} if upload else None
        request = self._request("rebuild", kept) | {"insist": insist, "upload": sent, "uploads": str(self.uploads)}
        told: dict[str, Any] = {}
        async with _worker(request) as (process, lines):
            async for line in lines:
                told = json.loads(line)
                if "stage" in told:
                    progress(Step(**told))
        return _outcome(told, process.returncode)

    async def question_set(self, kept: Sequence[JudgedQuestion], file: Path) -> QuestionSetFile:
        """See `Library.question_set`. Raises OSError when it could not be written."""
        async with _worker(self._request("question_set", kept) | {"file": str(file)}) as (_, lines):
            written = await lines.read()
        if not written:
            raise OSError(f"{file}: the question set was not written")
        return QuestionSetFile(**json.loads(written))

    async def holdings(self) -> Holdings | None:
        """See `Library.holdings`."""
        return await asyncio.to_thread(self._holdings)

    def _holdings(self) -> Holdings | None:
        from index import BrokenIndexError

        try:
            manifest = parts.store(self._settings).manifest()
        except BrokenIndexError:
            return None
        if manifest is None:
            return None
        return Holdings(manifest.generation, manifest.counts["articles"], manifest.counts["passages"])

    def _request(self, job: str, kept: Sequence[JudgedQuestion]) -> dict[str, Any]:
        questions = [[one.question, one.passages] for one in kept]
        return {
            "job": job,
            "data_dir": str(self._settings.data_dir),
            "engine": self._settings.engine,
            "kept": questions,
        }


def _outcome(told: dict[str, Any], code: int | None) -> Live | NotLive:
    checked = SelfCheck(**told["checked"] | {"lost": tuple(told["checked"]["lost"])}) if told.get("checked") else None
    if "generation" in told:
        return Live(**told | {"checked": checked, "skipped": tuple(map(tuple, told["skipped"]))})
    if "why" in told:
        return NotLive(told["why"], told["cause"], checked)
    ended = f"signal {-code}" if code is not None and code < 0 else f"code {code}"
    return NotLive("failed", f"the process that builds ended with {ended}; is there enough memory?")


@asynccontextmanager
async def _worker(request: dict[str, Any]) -> AsyncIterator[tuple[Process, asyncio.StreamReader]]:
    """The process that does what `request` asks for, and its output; ended with the block, gently at first."""
    environment = {name: value for name, value in os.environ.items() if name.upper() != _SECRET}
    # -P: what lies in the working directory is not ours to import.
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_PACKAGES), os.environ.get("PYTHONPATH")]))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "bot.commands.rebuilding",
        stdin=PIPE,
        stdout=PIPE,
        env=environment,
        limit=_LONGEST_LINE,
    )
    try:
        if process.stdin is None or process.stdout is None:
            raise OSError("a process with pipes has none")
        process.stdin.write(json.dumps(request).encode())
        process.stdin.write_eof()
        yield process, process.stdout
        await process.wait()
    finally:
        await _ended(process)


async def _ended(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
