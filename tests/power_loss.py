"""What a disk may hold after its power went: a program's writes, recorded by strace and replayed to every such state.

The power goes before each sync and after each promise, a line that the program prints. Of a file, what was written
since its last sync may be there, or not, or in part, or as zeros; other files may differ. Of names, one of two:

    journal    as ext4 and xfs do: in their order up to some moment, and any sync forces all that came before
    posix      whatever the folder's own sync did not force: any of them, or none

A program promises nothing that one of these states does not hold. With `deaf`, no sync does anything.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Final, Literal

Names = Literal["journal", "posix"]
State = dict[str, bytes | None]
"""What a folder holds by path: bytes of a file, None for a folder."""

_CALLS: Final = (
    "openat,write,pwrite64,writev,lseek,ftruncate,fallocate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,"
    "mkdir,mkdirat,fsync,fdatasync"
)
_LINE: Final = re.compile(r"\d+ +(\w+)\((.*)\) += (-?\d+)(?:<([^>]*)>)?")
_DESCRIPTOR: Final = re.compile(r"^(\d+)<([^>]*)>")
_TEXTS: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_ENDINGS_OF_A_PROCESS: Final = ("-shm",)


def unavailable() -> str:
    """Return why nothing can be recorded here; "" where it can."""
    if (strace := shutil.which("strace")) is None:
        return "strace is not installed"
    command = [strace, "-qq", "-o", "/dev/null", sys.executable, "-c", ""]
    tried = subprocess.run(command, check=False, capture_output=True, text=True)
    return tried.stderr.strip() if tried.returncode else ""


_Write = tuple[int, bytes | None]


@dataclass(eq=False)
class _Node:
    """A file: what it holds, what of that is sure, and what was written since, None for a cut; or a folder."""

    folder: bool = False
    inside: "dict[str, _Node]" = field(default_factory=dict)
    held: bytearray = field(default_factory=bytearray)
    sure: bytes = b""
    since: list[_Write] = field(default_factory=list)

    def write(self, at: int, data: bytes | None) -> None:
        self.since.append((at, data))
        _apply(self.held, at, data)

    def sync(self) -> None:
        self.sure, self.since = bytes(self.held), []

    def left(self, kind: int) -> bytes:
        """Return what a file may hold: all, what is sure, a torn end (or none of a cut), zeros, or not the first."""
        if kind == 0 or not self.since:
            return bytes(self.held)
        *before, (at, data) = self.since
        torn: list[_Write] = [*before, *([(at, data[: len(data) // 2])] if data else [])]
        zeros: list[_Write] = [(at, data and bytes(len(data))) for at, data in self.since]
        content = bytearray(self.sure)
        for write in ([], torn, zeros, self.since[1:])[kind - 1]:
            _apply(content, *write)
        return bytes(content)


_KINDS: Final = 5


def _apply(content: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del content[at:]
    content.extend(bytes(max(0, at + len(data or b"") - len(content))))
    if data:
        content[at : at + len(data)] = data


@dataclass(frozen=True, eq=False)
class _Change:
    """What became of a name in a folder: the node that it leads to, None for none."""

    folder: _Node
    name: str
    node: _Node | None


@dataclass(frozen=True)
class Cut:
    """A state that the power may leave, and what had been promised by then."""

    state: State
    promised: tuple[str, ...]

    def lay_out(self, folder: Path) -> None:
        """Make a folder that holds it."""
        for name, content in self.state.items():
            path = folder / name
            (path if content is None else path.parent).mkdir(parents=True, exist_ok=True)
            if content is not None:
                path.write_bytes(content)


class Recording:
    """What a program, run as `python -m MODULE ARGUMENT...`, did in a folder."""

    def __init__(self, folder: Path, module: str, *arguments: str) -> None:
        self._root = _read(folder)
        self._place = str(folder)
        log = folder.with_name(f"{folder.name}.strace")
        command = [sys.executable, "-m", module, str(folder), *arguments]
        traced = [
            "strace",
            "-f",
            "-qq",
            "-y",
            "-xx",
            "-s",
            "100000000",
            "--seccomp-bpf",
            "-e",
            f"trace={_CALLS}",
            "-o",
            str(log),
        ]
        ended = subprocess.run(
            [*traced, *command], check=False, capture_output=True, text=True, cwd=Path(__file__).parents[1]
        )
        if ended.returncode:
            raise AssertionError(ended.stderr)
        self._calls = list(_calls(log.read_text("ascii")))
        log.unlink()

    def cuts(self, names: Names, *, deaf: bool = False, most: int) -> tuple[int, list[Cut]]:
        """Return how many states the power may leave, and about so many of them, spread over all, each once.

        Those at the end of all in which every name is left are among them.
        """
        counts = [len(disk.plans()) for disk, _ in self._moments(names, deaf=deaf)]
        step, number, found = max(1, -(-sum(counts) // most)), 0, dict[bytes, Cut]()
        for left, (disk, promised) in enumerate(self._moments(names, deaf=deaf), 1 - len(counts)):
            for plan in disk.plans():
                if number % step == 0 or (left == 0 and plan[0] == 0):
                    cut = Cut(disk.state(plan), promised)
                    found.setdefault(blake2b(repr((sorted(cut.state.items()), promised)).encode()).digest(), cut)
                number += 1
        return sum(counts), list(found.values())

    def _moments(self, names: Names, *, deaf: bool) -> "Iterator[tuple[_Disk, tuple[str, ...]]]":
        disk, promised = _Disk(self._place, self._root, names, deaf=deaf), tuple[str, ...]()
        for name, arguments, result in self._calls:
            if name == "write" and arguments.startswith("1<"):
                promised += tuple(_bytes(arguments).decode().splitlines())
                yield disk, promised
            elif name in ("fsync", "fdatasync") and disk.concerns(arguments):
                yield disk, promised
            disk.follow(name, arguments, result)
        yield disk, promised


class _Disk:
    """A folder as the running program sees it, and what of it is on the disk."""

    def __init__(self, place: str, root: "State", names: Names, *, deaf: bool) -> None:
        self._place, self._names, self._deaf = place, names, deaf
        self._top = _Node(folder=True)
        self._changes: list[_Change] = []
        self._forced: set[_Change] = set()
        self._positions: dict[tuple[str, str], int] = {}
        for path, content in root.items():
            self._set(path, _Node(content is None, held=bytearray(content or b""), sure=content or b""))
        self._forced.update(self._changes)

    def concerns(self, arguments: str) -> bool:
        """Return whether a call is about something in the folder."""
        opened = _DESCRIPTOR.match(arguments)
        return opened is not None and self._path(_plain(opened[2])) is not None

    def follow(self, name: str, arguments: str, result: tuple[int, str]) -> None:
        """Do what the program did."""
        texts, opened = _TEXTS.findall(arguments), _DESCRIPTOR.match(arguments)
        paths = [path for text in texts if (path := self._path(_plain(text))) is not None]
        if name == "openat" and paths and result[0] >= 0:
            self._open(paths[0], arguments, (str(result[0]), paths[0]))
        elif name.startswith(("rename", "link", "unlink", "rmdir", "mkdir")) and result[0] == 0:
            self._rename(name, paths)
        elif opened and (path := self._path(_plain(opened[2]))) is not None and "(deleted)" not in arguments[:4096]:
            self._use(name, arguments, (opened[1], path), result[0])

    def _open(self, path: str, arguments: str, descriptor: tuple[str, str]) -> None:
        node = self._find(path)
        if node is None and "O_CREAT" in arguments:
            self._set(path, node := _Node())
        if node is not None and "O_TRUNC" in arguments:
            node.write(0, None)
        at_end = node is not None and "O_APPEND" in arguments
        self._positions[descriptor] = len(node.held) if node is not None and at_end else 0

    def _rename(self, name: str, paths: list[str]) -> None:
        node = self._find(paths[0]) if paths else None
        if name.startswith("mkdir") and paths:
            self._set(paths[0], _Node(folder=True))
        elif name.startswith(("unlink", "rmdir")) and paths:
            self._set(paths[0], None)
        elif len(paths) == 2 and node is not self._find(paths[1]):
            self._set(paths[1], node)
            if name.startswith("rename"):
                self._set(paths[0], None)

    def _use(self, name: str, arguments: str, descriptor: tuple[str, str], result: int) -> None:
        node = self._find(descriptor[1])
        if node is None or result < 0:
            return
        if name in ("fsync", "fdatasync"):
            self._sync(node)
        elif name == "lseek":
            self._positions[descriptor] = result
        elif name == "ftruncate":
            node.write(int(arguments.rpartition(",")[2]), None)
        elif name == "pwrite64":
            node.write(int(arguments.rpartition(",")[2]), _bytes(arguments)[:result])
        elif name in ("write", "writev"):
            at = self._positions.get(descriptor, 0)
            node.write(at, _bytes(arguments)[:result])
            self._positions[descriptor] = at + result
        elif name == "fallocate":
            raise AssertionError("fallocate is not replayed")

    def _sync(self, node: _Node) -> None:
        if not self._deaf:
            node.sync()
            self._forced.update(one for one in self._changes if self._names == "journal" or one.folder is node)

    def plans(self) -> list[tuple[int, int]]:
        """Return which states the power may leave now: the number of names that are left, and that of contents."""
        files, loose = self._unsure(), len(self._changes) - len(self._forced)
        names = loose + 1 if self._names == "journal" else 2 + 2 * (loose if loose > 1 else 0)
        # All files alike, then each alone unlike the others.
        contents = _KINDS + 2 * (len(files) if len(files) > 1 else 0) if files else 1
        return [(name, content) for name in range(names) for content in range(contents)]

    def state(self, plan: tuple[int, int]) -> State:
        """Return one of these states."""
        name, content = plan
        files = self._unsure()
        kinds = dict.fromkeys(files, content)
        if content >= _KINDS:
            alone, others = divmod(content - _KINDS, 2)
            kinds = dict.fromkeys(files, others) | {files[alone]: 1 - others}
        names: dict[_Node, dict[str, _Node]] = {}
        for change in self._left(name):
            inside = names.setdefault(change.folder, {})
            inside.pop(change.name, None)
            if change.node is not None:
                inside[change.name] = change.node
        return dict(_laid_out(self._top, names, kinds, ""))

    def _left(self, name: int) -> list[_Change]:
        """Return which changes of names are left."""
        forced = [change for change in self._changes if change in self._forced]
        loose = [change for change in self._changes if change not in self._forced]
        if self._names == "journal":
            return forced + loose[: len(loose) - name]
        if name < 2:
            return forced if name else self._changes
        one, alone = loose[(name - 2) // 2], name % 2
        if alone:
            return [change for change in self._changes if change in self._forced or change is one]
        return [change for change in self._changes if change is not one]

    def _unsure(self) -> list[_Node]:
        nodes = dict.fromkeys(one.node for one in self._changes if one.node is not None)
        return [node for node in nodes if node.since]

    def _path(self, path: str) -> str | None:
        """Return a path within the folder; None for any other, and for what a restart never reads."""
        if path == self._place:
            return ""
        inside = path.removeprefix(f"{self._place}/")
        return None if inside == path or inside.endswith(_ENDINGS_OF_A_PROCESS) else inside

    def _find(self, path: str) -> _Node | None:
        node: _Node | None = self._top
        for name in filter(None, path.split("/")):
            node = node.inside.get(name) if node is not None else None
        return node

    def _set(self, path: str, node: _Node | None) -> None:
        parent, _, name = path.rpartition("/")
        folder = self._find(parent)
        if folder is None:
            raise AssertionError(f"{path}: in no folder")
        folder.inside.pop(name, None)
        if node is not None:
            folder.inside[name] = node
        self._changes.append(_Change(folder, name, node))


def _laid_out(
    folder: _Node, names: dict[_Node, dict[str, _Node]], kinds: dict[_Node, int], before: str
) -> Iterator[tuple[str, bytes | None]]:
    for name, node in names.get(folder, {}).items():
        yield f"{before}{name}", None if node.folder else node.left(kinds.get(node, 0))
        if node.folder:
            yield from _laid_out(node, names, kinds, f"{before}{name}/")


def _read(folder: Path) -> State:
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in paths}


def _calls(log: str) -> Iterator[tuple[str, str, tuple[int, str]]]:
    """Yield each call with its arguments and its result; those that another thread cut in two as they ended."""
    begun: dict[str, str] = {}
    for line in log.splitlines():
        pid = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            begun[pid] = line.removesuffix("<unfinished ...>").rstrip()
            continue
        if "resumed>" in line and pid in begun:
            line = begun.pop(pid) + line.split("resumed>", 1)[1]  # noqa: PLW2901 - the same call
        if found := _LINE.match(line):
            yield found[1], found[2], (int(found[3]), found[4] or "")


def _bytes(arguments: str) -> bytes:
    return b"".join(bytes.fromhex(text.replace("\\x", "")) for text in _TEXTS.findall(arguments))


def _plain(text: str) -> str:
    return bytes.fromhex(text.replace("\\x", "")).decode(errors="replace")
