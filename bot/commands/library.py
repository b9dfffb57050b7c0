"""Rebuild the index for a running bot, in a process of its own that can be stopped."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import parts, uploads
from bot.library import Held, Holdings, Live, NotLive, QuestionSetFile, Step, Upload
from bot.selfcheck import JudgedQuestion, SelfCheck

if TYPE_CHECKING:
    from config.settings import Settings

_PACKAGES = Path(__file__).parents[2]
_PATIENCE = 10.0
_LONGEST_LINE = 1 << 24


class ProcessLibrary:
    """The library of the Telegram channel; see `bot.library.Library`."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self.version = parts.version()
        self.uploads = uploads.folder(settings)
        self.posts = parts.posts(settings).folder

    async def rebuild(
        self,
        kept: Sequence[JudgedQuestion],
        progress: Callable[[Step], None],
        *,
        upload: Upload | None = None,
        address: str | None = None,
        insist: bool = False,
        settled: Mapping[str, str] | None = None,
    ) -> Live | NotLive:
        """See `Library.rebuild`."""
        file = {"file": str(upload.file), "place": upload.place} if upload else None
        request = self._request("rebuild", kept) | {"insist": insist, "upload": file}
        request |= {"settled": None if settled is None else dict(settled), "address": address}
        record: dict[str, Any] = {}
        async with _worker(request) as (process, lines):
            async for line in lines:
                record = json.loads(line)
                if "stage" in record:
                    progress(Step(**record))
        if upload and not {"generation", "why"} & {*record} and await self.put_right():
            # It was killed when all was done but to say so.
            return await self.rebuild(kept, progress, upload=upload, insist=insist)
        return _outcome(record, process.returncode)

    async def put_right(self) -> bool:
        """See `Library.put_right`."""
        return await asyncio.to_thread(self._put_right)

    def _put_right(self) -> bool:
        if not uploads.left_over(self.uploads):
            return False
        with parts.store(self._settings).alone(lambda _: None):
            return uploads.put_right(self._settings)

    async def fetch(self, addresses: Sequence[str]) -> None:
        """See `Library.fetch`."""
        async with _worker(self._request("fetch", ()) | {"addresses": list(addresses)}) as (_, lines):
            await lines.read()

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
        folder, engine = str(self._settings.data_dir), self._settings.engine
        questions = [[one.question, one.passages] for one in kept]
        return {"job": job, "data_dir": folder, "engine": engine, "kept": questions}


def _outcome(record: dict[str, Any], code: int | None) -> Live | NotLive:
    check = record.get("checked")
    checked = SelfCheck(**check | {"lost": tuple(check["lost"])}) if check else None
    if "generation" in record:
        held = tuple(Held(**one) for one in record["held"])
        return Live(**record | {"checked": checked, "skipped": tuple(map(tuple, record["skipped"])), "held": held})
    if "why" in record:
        return NotLive(record["why"], record["cause"], checked, record["seconds"])
    ended = f"signal {-code}" if code is not None and code < 0 else f"code {code}"
    return NotLive("failed", f"the build process ended with {ended}; is there enough memory?")


@asynccontextmanager
async def _worker(request: dict[str, Any]) -> AsyncIterator[tuple[Process, asyncio.StreamReader]]:
    """Start the process that runs `request`; yield it and its output, and end it with the block."""
    # -P: nothing in the working directory may be imported.
    path = os.pathsep.join(filter(None, [str(_PACKAGES), os.environ.get("PYTHONPATH")]))
    command = (sys.executable, "-P", "-m", "bot.commands.rebuilding")
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, env=os.environ | {"PYTHONPATH": path}, limit=_LONGEST_LINE
    )
    try:
        if process.stdin is None or process.stdout is None:
            raise OSError("a process with pipes has none")
        process.stdin.write(json.dumps(request).encode())
        process.stdin.write_eof()
        yield process, process.stdout
        await process.wait()
    finally:
        await _end(process)


async def _end(process: Process) -> None:
    """End the process, at first gently."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
