"""A folder as a running program sees it, and what of it is on the disk: which states a loss of power may leave.

Of the changes of names that no sync has forced, and of the writes to each file since its last sync, see `some_of`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final, Literal

from tests.strace import Call

Names = Literal["journal", "posix"]
State = dict[str, bytes | None]
"""What a folder holds by path: bytes of a file, None for a folder."""

# What a restart never reads.
SHARED: Final = "-shm"
# What no reader looks into; whoever builds next removes it whole.
HIDDEN: Final = re.compile(r"\.(building-\d+|removed-\d{6,})-[0-9a-f]{8}")
_SYNCS: Final = ("fsync", "fdatasync")
# Of so many operations every subset is left, and of so many every one with two of them lost, or two alone kept.
_EVERY_SUBSET: Final = 8
_EVERY_PAIR: Final = 64
# A log of a database may have hundreds of writes, each with a copy of all of them.
_PAIRS_OF_WRITES: Final = 16
# Of smaller files it is told which hold the same.
_SMALL: Final = 512

_Write = tuple[int, bytes | None]
Kept = tuple[str, tuple[int, ...]]
"""Which writes to a file are left: "first" so many, "torn" behind so many, "lost" or "kept" those, or "zeros"."""
ALL: Final[Kept] = ("lost", ())
NONE: Final[Kept] = ("first", (0,))


def some_of(operations: int, pairs: int = _EVERY_PAIR) -> list[Kept]:
    """Return which of so many operations in a row may be left, all of them first.

    Every subset of up to eight; of up to `pairs`, those in which at most two are lost, or at most two are kept; of
    more, those in which at most one is. (The model checkers of file systems do the same: ALICE, CrashMonkey.)
    """
    each = range(operations)
    if operations <= _EVERY_SUBSET:
        return [("lost", lost) for size in range(operations + 1) for lost in combinations(each, size)]
    sizes = range(3 if operations <= pairs else 2)
    return [(how, some) for how in ("lost", "kept") for size in sizes for some in combinations(each, size)]


def how_many(operations: int, pairs: int = _EVERY_PAIR) -> int:
    """Return how many `some_of` returns."""
    if operations <= _EVERY_SUBSET:
        return 1 << operations
    return 2 * (1 + operations + (operations * (operations - 1) // 2 if operations <= pairs else 0))


@dataclass(eq=False)
class Node:
    """A file: what it holds, what of that is sure, and what was written since, None for a cut; or a folder.

    `before` is how many writes were synced.
    """

    folder: bool = False
    inside: "dict[str, Node]" = field(default_factory=dict)
    held: bytearray = field(default_factory=bytearray)
    sure: bytes = b""
    since: list[_Write] = field(default_factory=list)
    before: int = 0
    number: int = 0

    def write(self, at: int, data: bytes | None) -> None:
        self.since.append((at, data))
        _apply(self.held, at, data)

    def sync(self) -> None:
        self.before += len(self.since)
        self.sure, self.since = bytes(self.held), []

    def variants(self) -> list[Kept]:
        """Return what may be left of what was written since: all first, then none."""
        many = len(self.since)
        if not many:
            return [ALL]
        first = [("first", (left,)) for left in range(many)]
        torn = [("torn", (left,)) for left in range(many)]
        some = some_of(many, _PAIRS_OF_WRITES)[1:]
        return [ALL, *first, *torn, ("zeros", ()), *some]

    def variants_count(self) -> int:
        """Return how many these are."""
        many = len(self.since)
        return 2 * many + 1 + how_many(many, _PAIRS_OF_WRITES) if many else 1

    def left(self, kept: Kept) -> bytes:
        """Return what the file holds then."""
        how, some = kept
        if kept == ALL:
            return bytes(self.held) if self.since else self.sure
        writes = self.since
        if how == "zeros":
            writes = [(at, data and bytes(len(data))) for at, data in writes]
        elif how == "first":
            writes = writes[: some[0]]
        elif how == "torn":
            at, data = writes[some[0]]
            # Half of a cut is none of it.
            writes = [*writes[: some[0]], *([(at, data[: len(data) // 2])] if data else [])]
        else:
            chosen = set(some)
            writes = [write for number, write in enumerate(writes) if (number in chosen) == (how == "kept")]
        content = bytearray(self.sure)
        for write in writes:
            _apply(content, *write)
        return bytes(content)

    def label(self, kept: Kept) -> tuple[object, ...]:
        """Return what tells contents of this file apart, those of other moments too."""
        if self.folder or len(self.held) <= _SMALL:
            return ("folder",) if self.folder else (self.left(kept),)
        how, some = kept
        if kept == ALL or how == "first":
            return self.number, self.before + (some[0] if some else len(self.since))
        last = () if how in ("torn", "kept") else (len(self.since),)
        return self.number, self.before, how, some, *last


def _apply(content: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del content[at:]
    content.extend(bytes(max(0, at + len(data or b"") - len(content))))
    if data:
        content[at : at + len(data)] = data


@dataclass(frozen=True, eq=False)
class Change:
    """What became of a name in a folder: the node that it leads to, None for none."""

    folder: Node
    name: str
    node: Node | None


class Disk:
    """A folder as the running program sees it, and what of it is on the disk. With `deaf`, no sync does anything."""

    def __init__(self, place: str, root: State, names: Names, *, deaf: bool) -> None:
        self._place, self._names, self._deaf = place, names, deaf
        self._nodes = 0
        self.top = self._node(folder=True)
        self.changes: list[Change] = []
        self.forced: set[Change] = set()
        self._positions: dict[tuple[str, str], int] = {}
        for path, content in root.items():
            self._set(path, self._node(content or b"", folder=content is None))
        self.forced.update(self.changes)

    def _node(self, content: bytes = b"", *, folder: bool = False) -> Node:
        # The same number in each replay, so that its states can be compared with those of another.
        self._nodes += 1
        return Node(folder, held=bytearray(content), sure=content, number=self._nodes)

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

    def syncs(self, call: Call) -> bool:
        """Return whether a call has something here be on the disk."""
        return call.name in _SYNCS and call.descriptor is not None and self.path(call.descriptor[1]) is not None

    def _open(self, path: str, call: Call) -> None:
        node = self._find(path)
        if node is None and "O_CREAT" in call.arguments:
            self._set(path, node := self._node())
        if node is not None and "O_TRUNC" in call.arguments:
            node.write(0, None)
        at_end = node is not None and "O_APPEND" in call.arguments
        self._positions[str(call.result), path] = len(node.held) if node is not None and at_end else 0

    def _change(self, name: str, paths: list[str]) -> None:
        node = self._find(paths[0])
        if name.startswith("mkdir"):
            self._set(paths[0], self._node(folder=True))
        elif name.startswith(("unlink", "rmdir")):
            self._set(paths[0], None)
        elif node is not self._find(paths[1]):
            self._set(paths[1], node)
            if name.startswith("rename"):
                self._set(paths[0], None)

    def _use(self, node: Node, call: Call) -> None:
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

    def _sync(self, node: Node) -> None:
        if not self._deaf:
            node.sync()
            self.forced.update(one for one in self.changes if self._names == "journal" or one.folder is node)

    def path(self, path: str) -> str | None:
        """Return a path within the folder; None for any other, and for what a restart never reads."""
        if path == self._place:
            return ""
        inside = path.removeprefix(f"{self._place}/")
        return None if inside == path or inside.endswith(SHARED) else inside

    def _find(self, path: str | None) -> Node | None:
        node: Node | None = self.top if path is not None else None
        for name in filter(None, (path or "").split("/")):
            node = node.inside.get(name) if node is not None else None
        return node

    def _set(self, path: str, node: Node | None) -> None:
        parent, _, name = path.rpartition("/")
        folder = self._find(parent)
        if folder is None:
            raise AssertionError(f"{path}: in no folder")
        folder.inside.pop(name, None)
        if node is not None:
            folder.inside[name] = node
        self.changes.append(Change(folder, name, node))

    def in_sight(self) -> list[Change]:
        """Return the changes of names that a reader may see, in their order: not those inside of what is hidden."""
        seen, left, found = {self.top}, [*self.changes], set[Change]()
        while True:
            more = [one for one in left if one.folder in seen and not HIDDEN.fullmatch(one.name)]
            if not more:
                return [one for one in self.changes if one in found]
            found.update(more)
            seen.update(one.node for one in more if one.node is not None)
            left = [one for one in left if one not in found]

    def as_it_is(self) -> State:
        """Return what the running program sees."""
        return dict(_held(self.top, ""))

    def hidden(self) -> dict[str, State]:
        """Return what of that is hidden, by the folder in which the hidden ones lie."""
        found: dict[str, State] = {}
        for path, content in _held(self.top, ""):
            parts = path.split("/")
            for depth, part in enumerate(parts):
                if HIDDEN.fullmatch(part):
                    found.setdefault("/".join(parts[:depth]), {})[path] = content
        return found


def _held(folder: Node, before: str) -> Iterator[tuple[str, bytes | None]]:
    for name, node in folder.inside.items():
        yield f"{before}{name}", None if node.folder else bytes(node.held)
        yield from _held(node, f"{before}{name}/")


def laid_out(top: Node, changes: Sequence[Change]) -> list[tuple[str, Node]]:
    """Return the paths that these changes of names leave, each with what it leads to."""
    names: dict[Node, dict[str, Node]] = {}
    for change in changes:
        inside = names.setdefault(change.folder, {})
        inside.pop(change.name, None)
        if change.node is not None:
            inside[change.name] = change.node
    return list(_paths(top, names, ""))


def _paths(folder: Node, names: dict[Node, dict[str, Node]], before: str) -> Iterator[tuple[str, Node]]:
    for name, node in names.get(folder, {}).items():
        yield f"{before}{name}", node
        if node.folder:
            yield from _paths(node, names, f"{before}{name}/")
