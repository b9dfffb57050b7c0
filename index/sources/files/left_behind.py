"""What programs leave beside articles, told by its name: half downloads, scratch files, backups, sync conflicts."""

import re
from collections.abc import Container, Iterable, Iterator
from functools import cached_property
from typing import Final

UNFINISHED: Final = "an unfinished download"
SCRATCH: Final = "a temporary file of a program"
BACKUP: Final = "a backup beside its original"
CONFLICT: Final = "a copy of a sync conflict"
REASONS: Final = frozenset((UNFINISHED, SCRATCH, BACKUP, CONFLICT))

# Most names are such ones, or have none of what makes one suspect, and need no second look.
_PLAIN: Final = re.compile(r"[^~#!$(\[._]+\.(?:txt|md|html?|jsonl?|csv|pdf|xml|rst|adoc|org|docx|odt|epub|eml|rtf)")
_IN_CONFLICT: Final = "onfli"
_SUSPECT: Final = re.compile(
    r"[~#!$(\[]|___jb_|_(?:BACKUP|BASE|LOCAL|REMOTE)_\d|^4913$|conflict|konflikt|conflit"
    r"|[._](?:part|\w*download|filepart|aria2|getxfer|incomplete|xltd|dctmp|ytdl|te?mp|sw|sb-|bak|backup|bk|orig|old"
    r"|save?|prev|autosave|new|mine|working|r\d|merge|base|this|other)[\w.-]*$",
    re.IGNORECASE,
)
_DOWNLOAD: Final = re.compile(
    r"\.(?:part|partial|(?:|cr|op|fdm|ad|g)download|filepart|aria2|getxfer\.\d+\.mega|incomplete|xltd|dctmp|ytdl"
    r"|!(?:qb|ut|bt|sync)|(?:bc|jc|az)!)$",
    re.IGNORECASE,
)
# A downloader keeps notes beside the file that it fills.
_NOTES: Final = ".aria2"
# vim tries with a file called 4913 whether it may write; JetBrains, Emacs, Office and Macs have names of their own.
_SCRATCH: Final = re.compile(
    r"\.te?mp(?:[._-]?[\da-f]*\d[\w-]*)?$|\.sw[n-px]$|\.\$\$\$$|^~\$|^#[^#]+#$|^4913$|___jb_(?:tmp|old|bak)___$"
    r"|\.sb-[\da-f]{8}-\w{6}$|^\(a document being saved[^()]*\)$",
    re.IGNORECASE,
)
_BACKUP: Final = re.compile(
    r"^(?P<of>.+?)(?:~|\.~\d+~|[._](?:bak|bk|backup|orig|old|save?|prev|autosave)(?:[._-]?\d{1,3})?|\.new)$",
    re.IGNORECASE,
)
# How conflicts are called, in the languages in which programs name them.
_WORDS: Final = (
    "conflict|konflikt|conflit|конфли[кг]т|σύγκρουσ|σε διένεξη|התנגש|تعارض|متعارض|تضارب|ristiriit|ütköz|çakış|xung đột"
    "|ขัดแย้ง|冲突|衝突|競合|충돌"
)
_ENDING: Final = r"(?P<ending>\.[^.]*)?$"
_CONFLICTS: Final = (
    # Syncthing, ownCloud, Resilio; Dropbox, Nextcloud, Seafile, in their languages; tools that merge versions.
    re.compile(rf"^(?P<of>.+?)[._-](?:sync-)?conflict-\d{{8}}(?:-\d{{4,6}})?(?:-\w+)?{_ENDING}"),
    re.compile(rf"^(?P<of>.+?)\.conflict{_ENDING}", re.IGNORECASE),
    re.compile(
        rf"^(?P<of>.+?) ?[(\[](?:[^()\[\]]*(?:conflict(?:ed|ing)? copy|(?:case|encoding|whitespace|sync) conflict)"
        rf"[^()\[\]]*|(?=[^()\[\]]*\d{{4}}-\d\d-\d\d)[^()\[\]]*(?:{_WORDS})[^()\[\]]*)[)\]](?: \(\d+\))?{_ENDING}",
        re.IGNORECASE,
    ),
    re.compile(rf"^(?P<of>.+?)(?:_(?:BACKUP|BASE|LOCAL|REMOTE)_\d+|~(?:base|local|other))(?:\.\w+)??{_ENDING}"),
    re.compile(
        r"^(?P<of>.+?)(?P<ending>)\.(?:mine|working|r\d+|merge-(?:left|right)\.r\d+|BASE|THIS|OTHER|"
        r"(?:LOCAL|REMOTE|BASE|BACKUP)\.\d+)$"
    ),
)
# A conflict of a conflict of a conflict is as far as anybody looks.
_DEPTH: Final = 3


class Beside:
    """The names in a folder, whether they are written in small letters or large."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)

    def __contains__(self, name: object) -> bool:
        return name in self._names or str(name).casefold() in self._folded

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(map(str.casefold, self._names))


def why_left_behind(name: str, beside: Container[str]) -> str:
    """Return why a file is no article though its kind may be, "" for any other; `beside` are the names beside it.

    A backup or a conflict is one only beside its original: alone, it is what there is.

    >>> why_left_behind("rain.md~", ["rain.md"]), why_left_behind("rain.md~", []), why_left_behind("rain.part", [])
    ('a backup beside its original', '', 'an unfinished download')
    >>> why_left_behind("rain (Mira's conflicted copy 2026-11-20).md", ["rain.md"])
    'a copy of a sync conflict'
    """
    if name + _NOTES in beside:
        return UNFINISHED
    if (_PLAIN.fullmatch(name) and _IN_CONFLICT not in name) or _SUSPECT.search(name) is None:
        return ""
    if _DOWNLOAD.search(name):
        return UNFINISHED
    if _SCRATCH.search(name):
        return SCRATCH
    backup = _BACKUP.match(name)
    if backup and backup["of"] in beside:
        return BACKUP
    return CONFLICT if any(original in beside for original in _originals(name)) else ""


def _originals(name: str, depth: int = _DEPTH) -> Iterator[str]:
    """Yield the names of which `name` may be a copy that a conflict left."""
    for pattern in _CONFLICTS if depth else ():
        if found := pattern.match(name):
            original = f"{found['of']}{found['ending'] or ''}"
            yield original
            yield from _originals(original, depth - 1)
