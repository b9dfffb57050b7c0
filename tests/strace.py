"""The system calls by which a program changes files, as strace tells them."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final

_CALLS: Final = (
    "openat,write,pwrite64,writev,lseek,ftruncate,fallocate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,"
    "mkdir,mkdirat,fsync,fdatasync"
)
# Every byte of what is written, and the path of each descriptor; all in hexadecimal digits.
_HOW: Final = ("-f", "-qq", "-y", "-xx", "-s", "100000000", "--seccomp-bpf", "-e", f"trace={_CALLS}")
_LINE: Final = re.compile(r"\d+ +(\w+)\((.*)\) += (-?\d+)")
_DESCRIPTOR: Final = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)>(\(deleted\))?")
_TEXTS: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def unavailable() -> str:
    """Return why nothing can be recorded here; "" where it can."""
    if (strace := shutil.which("strace")) is None:
        return "strace is not installed"
    tried = subprocess.run(
        [strace, *_HOW, "-o", "/dev/null", sys.executable, "-c", ""], check=False, capture_output=True, text=True
    )
    return tried.stderr.strip() if tried.returncode else ""


@dataclass(frozen=True)
class Call:
    """A call that succeeded: its name, its arguments as strace writes them, and what it returned."""

    name: str
    arguments: str
    result: int

    @cached_property
    def descriptor(self) -> tuple[str, str] | None:
        """The number and the path of the open file that it is about; None for none, or for one without a name."""
        found = _DESCRIPTOR.match(self.arguments)
        return (found[1], _decoded(found[2]).decode(errors="replace")) if found and not found[3] else None

    @cached_property
    def paths(self) -> list[str]:
        """The paths that it is about; one that stands in an open folder as it does from the root."""
        folder = self.descriptor[1] if self.descriptor else ""
        return [str(PurePosixPath(folder, text.decode(errors="replace"))) for text in self._texts]

    @cached_property
    def data(self) -> bytes:
        return b"".join(self._texts)[: self.result]

    @property
    def number(self) -> int:
        """The last argument."""
        return int(self.arguments.rpartition(",")[2])

    @cached_property
    def _texts(self) -> list[bytes]:
        return [_decoded(text) for text in _TEXTS.findall(self.arguments)]


def record(command: Sequence[str], log: Path) -> list[Call]:
    """Run a command to its end and return its calls, in the order in which they ended."""
    ended = subprocess.run(
        ["strace", *_HOW, "-o", str(log), *command],  # noqa: S607 - whichever is installed
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    if ended.returncode:
        raise AssertionError(ended.stderr)
    calls = list(_calls(log.read_text("ascii").splitlines()))
    log.unlink()
    return calls


def _calls(lines: Sequence[str]) -> Iterator[Call]:
    begun: dict[str, str] = {}
    for line in lines:
        thread = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            begun[thread] = line.removesuffix("<unfinished ...>").rstrip()
            continue
        whole = begun.pop(thread) + line.split("resumed>", 1)[1] if "resumed>" in line and thread in begun else line
        if (found := _LINE.match(whole)) and int(found[3]) >= 0:
            yield Call(found[1], found[2], int(found[3]))


def _decoded(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
