"""The protocol of an engine that is measured, ours or a peer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from benchmarks.corpora import Passages
from benchmarks.truth import Formula

K1 = 1.2
B = 0.75


class Peer(Protocol):
    """One engine. Built in one process, opened and asked in others.

    `search` alone is timed: what turns terms into the engine's own question (`prepare`) and its result into rows
    (`found`) is free. `clock` is "thread" for the CPU time of the calling thread, "process" where the engine starts
    threads of its own. `warming` is how often all questions are asked before they count, 0 for thirty of them.
    """

    formula: ClassVar[Formula]
    clock: ClassVar[Literal["thread", "process"]]
    warming: ClassVar[int]

    def build(self, passages: Passages, folder: Path) -> None:
        """Leave the index in `folder`, which exists and is empty."""
        ...

    def open(self, folder: Path) -> None: ...

    def prepare(self, terms: Sequence[int]) -> Any:
        """Return the engine's own form of a question."""
        ...

    def search(self, question: Any, k: int) -> Any:
        """Return the best `k`, in whatever form the engine returns them."""
        ...

    def hits(self, result: Any) -> tuple[list[int], list[float]]:
        """Return rows and scores of a result, best first; no scores where nobody compares them."""
        ...
