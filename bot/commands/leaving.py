"""What a build that nobody asked for would lose: most articles of a source leave only if somebody says so."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.library import Held

if TYPE_CHECKING:
    from index import Store, Texts

_TEXTS: Final = "articles.sqlite"
# So few leave without a question, whatever their share.
_FEW: Final = 20


class LeavingError(Exception):
    """Too many articles would leave: `held` are those, `others` the settled files that are none of theirs."""

    def __init__(self, held: list[Held], others: dict[str, str]) -> None:
        super().__init__("too many would leave")
        self.held, self.others = held, others


def refuse_to_lose(store: "Store", folder: Path, settled: Mapping[str, str]) -> float:
    """Return the share of articles that differ in the generation that lies in `folder` from the one in use.

    Raises LeavingError where it lacks more than half of the articles of a source, and more than 20.
    """
    from index import Texts, source_of

    manifest = store.manifest()
    if manifest is None:
        return 1.0
    with (
        closing(Texts(store.folder(manifest.generation) / _TEXTS)) as old,
        closing(Texts(folder / _TEXTS)) as new,
    ):
        before = {name: (content, range(first, first + count)) for name, content, first, count in old.contents()}
        after = {name: (content, range(first, first + count)) for name, content, first, count in new.contents()}
        gone = [name for name in before if name not in after]
        came = [name for name in after if name not in before]
        changed = sum(before[name][0] != after[name][0] for name in before.keys() & after.keys())
        share = (len(gone) + len(came) + changed) / max(len(before), 1)
        if len(gone) <= _FEW:
            return share
        # What is called or placed otherwise now is not lost.
        texts = {tuple(new.text_hashes(after[name][1])) for name in came}
        lost = [name for name in gone if tuple(old.text_hashes(before[name][1])) not in texts]
        # Nor is what was written anew in its place.
        paths = Counter(_paths(old, lost)) - Counter(_paths(new, came))
        all_of = Counter[str]()
        for path, articles, _ in old.files():
            all_of[source_of(path, manifest.sources) or ""] += articles
    held = []
    for source in manifest.sources:
        of_source = {path: count for path, count in paths.items() if source_of(path, manifest.sources) == source}
        many = sum(of_source.values())
        files = _of(settled, of_source)
        if many > _FEW and many * 2 > all_of[source] and files:
            held.append(Held(source, many, all_of[source], files))
    if held:
        kept = {path for one in held for path in one.files}
        raise LeavingError(held, {path: stamp for path, stamp in settled.items() if path not in kept})
    return share


def _paths(texts: "Texts", names: list[str]) -> Iterator[str]:
    for name in names:
        if (card := texts.by_id(name)) is not None:
            yield card.path


def _of(settled: Mapping[str, str], paths: Iterable[str]) -> dict[str, str]:
    """Return the settled files that articles of these paths are from, or the archives that hold them."""
    places = {path[:end] for path in paths for end in (*_slashes(path), len(path))}
    # Articles have their path as text, whatever bytes its name holds.
    return {
        path: stamp
        for path, stamp in settled.items()
        if (path if path.isascii() else os.fsencode(path).decode("utf-8", "replace")) in places
    }


def _slashes(path: str) -> Iterator[int]:
    return (end for end, letter in enumerate(path) if letter == "/")
