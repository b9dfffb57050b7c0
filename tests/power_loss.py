"""What a disk may hold after its power went: a program's writes, recorded by strace and replayed to every such state.

The power goes before each sync and after each promise, a line that the program prints. What was done in between, and is
not synced yet, may be lost or kept or in part (`power_loss_disk.some_of`), so that the moments between two of these are
among the states. Of a file, each of its writes since its last sync; or a torn one behind the first ones, or zeros in
the place of all. Other files may differ: each alone, and two. Of names, one of two:

    journal    as ext4 and xfs do: in their order up to some moment, and any sync forces all that came before
    posix      whatever the folder's own sync did not force: any of them, or none

Points that differ only in what lies in a hidden folder (`power_loss_disk.HIDDEN`) are one state, for no reader looks
into it; and those that differ only in what SQLite passes over in a log (`sqlite_log`), unless others read the `logs`.
A program promises nothing that one of these states does not hold. With `deaf`, no sync does anything.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import combinations
from pathlib import Path
from typing import Final

from index.store.files import FRESH
from tests.power_loss_disk import ALL, NONE, SHARED, Change, Disk, Kept, Names, Node, State, how_many, laid_out, some_of
from tests.sqlite_log import committed
from tests.strace import record

_AT_THE_END: Final = 24
_TORN: Final[Kept] = ("torn", (-1,))
_ZEROS: Final[Kept] = ("zeros", ())

_Contents = tuple[Kept, dict[Node, Kept]]
"""What is left of every file, but for some of which something else is."""


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

    def __init__(self, folder: Path, module: str, *arguments: str, logs: bool = False) -> None:
        self.logs = logs
        self._root = _read(folder)
        self._place = str(folder)
        command = [sys.executable, "-m", module, str(folder), *arguments]
        self._calls = record(command, folder.with_name(f"{folder.name}.strace"))
        disk = Disk(self._place, self._root, "journal", deaf=False)
        for call in self._calls:
            disk.follow(call)
        if disk.as_it_is() != _read(folder):
            raise AssertionError("the writes that were recorded are not what lies there")

    def points(self, names: Names, *, deaf: bool = False) -> int:
        """Return at how many points the power may go: at each moment as many as it may leave states."""
        return sum(moment.points for moment in self._moments(names, deaf=deaf))

    def cuts(
        self,
        names: Names,
        *,
        deaf: bool = False,
        most: int | None = None,
        known: "Known | None" = None,
    ) -> Iterator[Cut]:
        """Yield every state that the power may leave, once; with `most`, about so many of them, spread over all.

        Some of those at the end of all in which every name is left are among them. What is `known` is left out.
        """
        counts = [len(moment) for moment in self._seen(names, deaf=deaf)]
        step = max(1, -(-sum(counts) // most)) if most else 1
        number, known = 0, Known(logs=self.logs) if known is None else known
        for here, moment in enumerate(self._seen(names, deaf=deaf), 1):
            chosen: Iterable[int] = range(-number % step, len(moment), step)
            if here == len(counts):
                chosen = sorted({*chosen, *range(min(_AT_THE_END, len(moment.contents)))})
            yield from moment.cuts(chosen, known)
            number += len(moment)

    def _seen(self, names: Names, *, deaf: bool) -> "Iterator[_Moment]":
        """Yield the moments, but for those at which nothing in sight has changed since the one before."""
        before: object = None
        for moment in self._moments(names, deaf=deaf):
            if moment.sight != before:
                yield moment
            before = moment.sight

    def _moments(self, names: Names, *, deaf: bool) -> "Iterator[_Moment]":
        disk, promised = Disk(self._place, self._root, names, deaf=deaf), tuple[str, ...]()
        for call in self._calls:
            if call.name == "write" and call.arguments.startswith("1<"):
                promised += tuple(call.data.decode().splitlines())
                yield _Moment(disk, names, promised)
            elif disk.syncs(call):
                yield _Moment(disk, names, promised)
            disk.follow(call)
        yield _Moment(disk, names, promised)


class _Moment:
    """When the power may go: which changes of names in sight are not sure then, and which files are not."""

    def __init__(self, disk: Disk, names: Names, promised: tuple[str, ...]) -> None:
        self._disk, self._names, self._promised = disk, names, promised
        self._changes = disk.in_sight()
        self._loose = [one for one in self._changes if one not in disk.forced]
        nodes = dict.fromkeys(one.node for one in self._changes if one.node is not None)
        versions = [(one.number, one.before, len(one.since)) for one in nodes]
        self.sight = promised, [*map(id, self._changes)], [*map(id, self._loose)], versions

    def __len__(self) -> int:
        return len(self._lost) * len(self.contents)

    @property
    def points(self) -> int:
        """How many states there are, those that differ only in what is hidden counted one by one."""
        loose = sum(one not in self._disk.forced for one in self._disk.changes)
        names = loose + 1 if self._names == "journal" else how_many(loose)
        return names * _contents_count(_unsure(self._disk.changes))

    @cached_property
    def _lost(self) -> list[frozenset[Change]]:
        """Which changes of names may be lost: none first."""
        loose = self._loose
        if self._names == "journal":
            return [frozenset(loose[number:]) for number in range(len(loose), -1, -1)]
        some = [(how, {loose[number] for number in which}) for how, which in some_of(len(loose))]
        return [frozenset(chosen if how == "lost" else {*loose} - chosen) for how, chosen in some]

    @cached_property
    def contents(self) -> list[_Contents]:
        """What may be left of the files: all that was written first."""
        return list(_contents(_unsure(self._changes)))

    def cuts(self, numbers: Iterable[int], known: "Known") -> Iterator[Cut]:
        """Yield those of the states that are not known."""
        last, paths, certain, unsure = -1, list[tuple[str, Node]](), "", list[tuple[str, Node]]()
        hidden = self._disk.hidden()
        for number in numbers:
            names, contents = divmod(number, len(self.contents))
            if names != last:
                last = names
                paths = laid_out(self._disk.top, [one for one in self._changes if one not in self._lost[names]])
                unsure = [(path, node) for path, node in paths if node.since]
                certain = repr([(path, 0 if node.since else known.label(path, node, ALL)) for path, node in paths])
            others, unlike = self.contents[contents]
            kept = {node: _exact(unlike.get(node, others), node) for _, node in unsure}
            if known.add((self._promised, certain, *[known.label(path, node, kept[node]) for path, node in unsure])):
                state = {path: None if node.folder else node.left(kept.get(node, ALL)) for path, node in paths}
                # Whoever builds next removes what is hidden, one way or another.
                for folder, held in hidden.items():
                    state |= held if folder in state else {}
                yield Cut(state, self._promised)


class Known:
    """Which states were found, told apart as a reader would; every so-maniest that is known is opened `again`."""

    def __init__(self, *, logs: bool = False, again: int = 0) -> None:
        self._logs, self._again = logs, again
        self._found: set[object] = set()
        self._repeated = 0
        self._read: dict[object, bytes] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, state: object) -> bool:
        """Return whether a state is to be opened: one that is new, or one of those that are opened again."""
        if state not in self._found:
            self._found.add(state)
            return True
        self._repeated += 1
        return bool(self._again) and self._repeated % self._again == 0

    def label(self, path: str, node: Node, kept: Kept) -> object:
        """Return what tells what a file holds apart."""
        if path.rpartition("/")[2].startswith(FRESH):
            return FRESH
        label = node.label(kept)
        if self._logs or not path.endswith("-wal"):
            return label
        if label not in self._read:
            self._read[label] = blake2b(committed(node.left(kept), node.sure)).digest()
        return self._read[label]


def _unsure(changes: Iterable[Change]) -> list[Node]:
    nodes = dict.fromkeys(one.node for one in changes if one.node is not None)
    return [node for node in nodes if node.since]


def _exact(kept: Kept, node: Node) -> Kept:
    return ("torn", (len(node.since) - 1,)) if kept == _TORN else kept


def _contents(files: list[Node]) -> Iterator[_Contents]:
    """Yield what may be left: of all files alike, of one unlike the others, and all of two or nothing of two."""
    if len(files) == 1:
        yield from [(kept, {}) for kept in files[0].variants()]
        return
    yield from [(kept, {}) for kept in ([ALL, NONE, _TORN, _ZEROS] if files else [ALL])]
    for file in files:
        for kept in file.variants():
            yield from [(others, {file: kept}) for others in (ALL, NONE) if kept != others]
    if len(files) > 2:
        for one, other in combinations(files, 2):
            yield from [(ALL, {one: NONE, other: NONE}), (NONE, {one: ALL, other: ALL})]


def _contents_count(files: list[Node]) -> int:
    """Return how many these are."""
    if len(files) < 2:
        return files[0].variants_count() if files else 1
    pairs = len(files) * (len(files) - 1) if len(files) > 2 else 0
    return 4 + sum(2 * file.variants_count() - 2 for file in files) + pairs


def _read(folder: Path) -> State:
    paths = [path for path in sorted(folder.rglob("*")) if not path.name.endswith(SHARED)]
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in paths}
