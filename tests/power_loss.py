"""What a disk may hold after its power went: a program's writes, recorded by strace and replayed to every such state.

The power goes before each sync and after each promise, a line that the program prints. Of a file, what was written
since its last sync may be there, or not, or in part, or as zeros; other files may differ. Of names, one of two:

    journal    as ext4 and xfs do: in their order up to some moment, and any sync forces all that came before
    posix      whatever the folder's own sync did not force: any of them, or none

A program promises nothing that one of these states does not hold. With `deaf`, no sync does anything.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from tests.strace import Call, record

Names = Literal["journal", "posix"]
State = dict[str, bytes | None]
"""What a folder holds by path: bytes of a file, None for a folder."""

# What a restart never reads.
_SHARED: Final = "-shm"
_AT_THE_END: Final = 24
_SYNCS: Final = ("fsync", "fdatasync")

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
        command = [sys.executable, "-m", module, str(folder), *arguments]
        self._calls = record(command, folder.with_name(f"{folder.name}.strace"))
        *_, (disk, _) = self._moments("journal", deaf=False)
        if disk.state(0, 0) != _read(folder):
            raise AssertionError("the writes that were recorded are not what lies there")

    def cuts(self, names: Names, *, deaf: bool = False, most: int) -> tuple[int, list[Cut]]:
        """Return how many states the power may leave, and about so many of them, spread over all, each once.

        Some of those at the end of all in which every name is left are among them.
        """
        counts = [disk.names_left * disk.contents_left for disk, _ in self._moments(names, deaf=deaf)]
        step, number, found = max(1, -(-sum(counts) // most)), 0, dict[object, Cut]()
        for here, (disk, promised) in enumerate(self._moments(names, deaf=deaf), 1):
            chosen = {*range(-number % step, disk.names_left * disk.contents_left, step)}
            if here == len(counts):
                chosen |= {*range(min(_AT_THE_END, disk.contents_left))}
            for one in sorted(chosen):
                cut = Cut(disk.state(*divmod(one, disk.contents_left)), promised)
                found.setdefault((frozenset(cut.state.items()), promised), cut)
            number += disk.names_left * disk.contents_left
        return sum(counts), list(found.values())

    def _moments(self, names: Names, *, deaf: bool) -> "Iterator[tuple[_Disk, tuple[str, ...]]]":
        disk, promised = _Disk(self._place, self._root, names, deaf=deaf), tuple[str, ...]()
        for call in self._calls:
            if call.name == "write" and call.arguments.startswith("1<"):
                promised += tuple(call.data.decode().splitlines())
                yield disk, promised
            elif call.name in _SYNCS and call.descriptor and disk.path(call.descriptor[1]) is not None:
                yield disk, promised
            disk.follow(call)
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

    def follow(self, call: Call) -> None:
        """Do what the program did."""
        paths = [path for one in call.paths if (path := self.path(one)) is not None]
        if call.name == "openat":
            if paths:
                self._open(paths[0], call)
        elif call.name.startswith(("rename", "link", "unlink", "rmdir", "mkdir")):
            if paths:
                self._change(call.name, paths)
        elif call.descriptor is not None and (node := self._find(self.path(call.descriptor[1]))) is not None:
            self._use(node, call)

    def _open(self, path: str, call: Call) -> None:
        node = self._find(path)
        if node is None and "O_CREAT" in call.arguments:
            self._set(path, node := _Node())
        if node is not None and "O_TRUNC" in call.arguments:
            node.write(0, None)
        at_end = node is not None and "O_APPEND" in call.arguments
        self._positions[str(call.result), path] = len(node.held) if node is not None and at_end else 0

    def _change(self, name: str, paths: list[str]) -> None:
        node = self._find(paths[0])
        if name.startswith("mkdir"):
            self._set(paths[0], _Node(folder=True))
        elif name.startswith(("unlink", "rmdir")):
            self._set(paths[0], None)
        elif node is not self._find(paths[1]):
            self._set(paths[1], node)
            if name.startswith("rename"):
                self._set(paths[0], None)

    def _use(self, node: _Node, call: Call) -> None:
        number, place = call.descriptor or ("", "")
        here = number, self.path(place) or ""
        if call.name in _SYNCS:
            self._sync(node)
        elif call.name == "lseek":
            self._positions[here] = call.result
        elif call.name == "ftruncate":
            node.write(call.number, None)
        elif call.name == "pwrite64":
            node.write(call.number, call.data)
        elif call.name in ("write", "writev"):
            at = self._positions.get(here, 0)
            node.write(at, call.data)
            self._positions[here] = at + call.result
        else:
            raise AssertionError(f"{call.name} is not replayed")

    def _sync(self, node: _Node) -> None:
        if not self._deaf:
            node.sync()
            self._forced.update(one for one in self._changes if self._names == "journal" or one.folder is node)

    @property
    def names_left(self) -> int:
        """How many sets of names the power may leave now; the first is all of them."""
        loose = len(self._changes) - len(self._forced)
        return loose + 1 if self._names == "journal" else 2 + 2 * (loose if loose > 1 else 0)

    @property
    def contents_left(self) -> int:
        """How many contents of all files: all of them alike, then each alone unlike the others."""
        files = len(self._unsure())
        return _KINDS + 2 * (files if files > 1 else 0) if files else 1

    def state(self, name: int, content: int) -> State:
        """Return one of these states."""
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

    def path(self, path: str) -> str | None:
        """Return a path within the folder; None for any other, and for what a restart never reads."""
        if path == self._place:
            return ""
        inside = path.removeprefix(f"{self._place}/")
        return None if inside == path or inside.endswith(_SHARED) else inside

    def _find(self, path: str | None) -> _Node | None:
        node: _Node | None = self._top if path is not None else None
        for name in filter(None, (path or "").split("/")):
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
    paths = [path for path in sorted(folder.rglob("*")) if not path.name.endswith(_SHARED)]
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in paths}
