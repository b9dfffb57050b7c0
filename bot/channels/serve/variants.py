"""What an answer depends on, as the tag that HTTP compares (ETag), and which form of it a client takes.

A tag is made of the generation, of `ServeOptions.identity`, of the language of the interface, and of today: "last
month" means another one every month. The number of a generation is not enough, for it begins anew in a new folder.
"""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final
from weakref import WeakKeyDictionary

from bot.answer import Answerer
from bot.catalogue import FALLBACK, LANGUAGES, closest

# Shorter ones fit into one packet anyway.
_WORTH_PACKING: Final = 1000


class Tags:
    """Tags of what is answered from one index after the other; `identity` stands for all beside the index."""

    def __init__(self, identity: str, today: Callable[[], date] = date.today) -> None:
        self._identity = identity
        self._today = today
        self._manifests: WeakKeyDictionary[object, str] = WeakKeyDictionary()

    def tag(self, answerer: Answerer, language: str = FALLBACK) -> str:
        """Return the tag of all answers of a pinned answerer, of today, in a language of the interface."""
        index = answerer.index
        manifest = self._manifests.get(index)
        if manifest is None:
            written = index.manifest.to_json().encode()
            manifest = self._manifests[index] = hashlib.sha256(written).hexdigest()
        parts = "\n".join((self._identity, manifest, self._today().isoformat(), language))
        # Weak, for packed and unpacked it is not byte for byte the same.
        return f'W/"{hashlib.sha256(parts.encode()).hexdigest()[:24]}"'


def is_known(tag: str, headers: Mapping[str, str]) -> bool:
    """Return whether a client already has what bears this tag.

    >>> is_known('W/"a"', {"if-none-match": '"b", "a"'})
    True
    """
    stated = headers.get("if-none-match", "")
    known = {one.strip().removeprefix("W/") for one in stated.split(",")}
    return "*" in known or tag.removeprefix("W/") in known


def packed(body: bytes, headers: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    """Return a body as its client takes it, with the header that says so."""
    if len(body) < _WORTH_PACKING or not _takes_gzip(headers.get("accept-encoding", "")):
        return body, {}
    return gzip.compress(body, 1, mtime=0), {"Content-Encoding": "gzip"}


def language_of(asked: str | None, accepted: str) -> str:
    """Return the language of the interface: the one asked for, else the best of those that a browser accepts.

    >>> language_of(None, "de;q=0.9, ar-EG;q=0.8, en;q=0.1"), language_of("fa", "en")
    ('ar', 'fa')
    """
    if asked in LANGUAGES:
        return str(asked)
    wanted = sorted(_weighed(accepted), key=lambda one: -one[1])
    return next((closest(tag) for tag, _ in wanted if tag.lower().partition("-")[0] in LANGUAGES), FALLBACK)


def _takes_gzip(accepted: str) -> bool:
    weights = dict(_weighed(accepted.lower()))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weighed(accepted: str) -> list[tuple[str, float]]:
    """Return what a header of HTTP lists, each with its weight; what is not to be understood weighs nothing."""
    found = []
    for one in accepted.split(",")[:20]:
        name, _, parameters = one.partition(";")
        stated = parameters.strip().lower().removeprefix("q=") or "1"
        try:
            found.append((name.strip(), float(stated)))
        except ValueError:
            found.append((name.strip(), 0.0))
    return found
