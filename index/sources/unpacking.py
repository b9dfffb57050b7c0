"""What an archive holds, member by member, archives inside it too."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Final

from index.model import Skipped
from index.sources.archives.members import (
    DEEPEST,
    Archive,
    Budget,
    BudgetError,
    Member,
    PassingOver,
    extract,
    name_fault,
)
from index.sources.archives.tar_file import tarred
from index.sources.archives.zip_file import zipped
from index.sources.contents import ARCHIVES, File, Limits, Part, Reader, articles, format_or_fault, or_told_empty
from index.sources.files import streams
from index.sources.files.addresses import of_members
from index.sources.files.endings import ending, why_unread
from index.sources.files.faults import fault
from index.sources.files.walk import printable
from index.sources.html.templates import TEMPLATE_ENDINGS

_OPENERS: Final = {".zip": zipped, ".tar": tarred}


class Unpacking:
    """What files hold, archives too; whatever goes wrong is told, and ends one file or one member alone.

    Members of archives are unpacked one by one below `scratch`, the system's folder of temporary files by default, and
    removed when they are read. The first `start` members of an archive are left out, as somebody read them before.
    `about_to` is called before a member is read by a reader with limits, with its number, what it is called, the limits
    and its bytes; it returns the limit of memory from then on, which is `memory` at first. `position` says how far into
    the file it is.
    """

    def __init__(
        self,
        readers: Mapping[str, Reader],
        *,
        scratch: Path | None = None,
        start: int = 0,
        about_to: Callable[[int, str, Limits, int], int] = lambda *_: 0,
        memory: int = 0,
    ) -> None:
        self.position = 0
        self._readers, self._known = readers, ARCHIVES.union(readers)
        self._scratch = scratch
        self._start, self._numbers = start, count()
        self._about_to = about_to
        self._memory = memory

    def parts(self, file: File, format_ending: str) -> Iterator[Part]:
        """Yield what a file holds."""
        try:
            if format_ending in ARCHIVES:
                yield from self._archive(file, format_ending, Budget.of(file.path), 1)
            else:
                yield from articles(file, format_ending, self._readers)
        except Exception as error:  # noqa: BLE001 - one file stops nothing, and its owner gets more than silence
            yield Skipped(file.shown, fault(error, self._memory))

    def _archive(self, file: File, format_ending: str, budget: Budget, depth: int) -> Iterator[Part]:
        with (
            tempfile.TemporaryDirectory(prefix="quoth-", dir=self._scratch, ignore_cleanup_errors=True) as folder,
            _OPENERS[format_ending](file.path) as archive,
        ):
            yield from self._members(file, archive, Path(folder), budget, depth)

    def _members(self, file: File, archive: Archive, folder: Path, budget: Budget, depth: int) -> Iterator[Part]:
        passing_over = PassingOver(archive.names, archive.ignore_files, folder / "ignored", file.place, file.patterns)
        told = set()
        for member in archive.members:
            if depth == 1:
                self.position = max(self.position, streams.position(file.path), member.at)
            budget.take_member()
            shown = f"{file.shown}/{printable(Path(member.name))}"
            passed = None if name_fault(member.name) else passing_over.reason(member.name)
            if passed is not None:
                if passed[1] and passed not in told and next(self._numbers) >= self._start:
                    yield Skipped(f"{file.shown}/{printable(Path(passed[0]))}", passed[1])
                told.add(passed)
                continue
            unread = member.fault or _unread_by_name(member.name)
            if unread:
                if next(self._numbers) >= self._start:
                    yield Skipped(shown, unread)
                continue
            base_url = of_members(file.base_url)
            inside = replace(file, shown=shown, place=f"{file.place}/{member.name}", base_url=base_url, named=False)
            yield from self._member(inside, member, folder / "members" / file.path.name, budget, depth)

    def _member(self, file: File, member: Member, folder: Path, budget: Budget, depth: int) -> Iterator[Part]:
        """Yield what a member holds, unpacked into `folder` and removed."""
        number, archive = None, file.path
        try:
            file = replace(file, path=extract(member, folder, budget))
            found, reason = format_or_fault(file, self._known)
            if found in ARCHIVES and depth < DEEPEST:
                yield from self._archive(file, found, budget, depth + 1)
                return
            number = next(self._numbers)
            if number < self._start:
                return
            if found in ARCHIVES:
                reason = f"an archive that lies {DEEPEST} deep in others; unpack it"
            if reason:
                yield Skipped(file.shown, reason)
                return
            yield from self._limited(file, found, number, member.size)
        except BudgetError:
            raise
        except Exception as error:  # noqa: BLE001 - one member stops nothing
            if number is not None or next(self._numbers) >= self._start:
                yield Skipped(file.shown, fault(error, self._memory))
        finally:
            # Its folders stay for the next member.
            if file.path != archive:
                file.path.unlink(missing_ok=True)

    def _limited(self, file: File, format_ending: str, number: int, size: int) -> Iterator[Part]:
        limits = self._readers[format_ending].limits
        if limits is not None:
            self._memory = self._about_to(number, file.shown, limits, size)
        yield from or_told_empty(articles(file, format_ending, self._readers), file.shown)


def _unread_by_name(name: str) -> str:
    """Return why a member need not be unpacked at all."""
    path = Path(name)
    return "" if ending(path) in TEMPLATE_ENDINGS else why_unread(path)
