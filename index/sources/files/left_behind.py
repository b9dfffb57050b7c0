"""What programs leave beside articles, told by its name: half downloads, scratch files, backups, sync conflicts."""

import re
from collections.abc import Container
from typing import Final

UNFINISHED: Final = "an unfinished download"
SCRATCH: Final = "a temporary file of a program"
BACKUP: Final = "a backup beside its original"
CONFLICT: Final = "a copy of a sync conflict"
REASONS: Final = frozenset((UNFINISHED, SCRATCH, BACKUP, CONFLICT))

# Nearly all names have none of these, and need no second look.
_SUSPECT: Final = re.compile(
    r"[~#]|___jb_|(?:conflict|konflikt|conflit)|^4913$"
    r"|\.(?:part|partial|crdownload|opdownload|filepart|!ut|aria2|te?mp|sw[op]|bak|backup|orig|old)$",
    re.IGNORECASE,
)
_DOWNLOAD: Final = re.compile(r"\.(?:part|partial|crdownload|opdownload|filepart|!ut|aria2)$", re.IGNORECASE)
# vim tries with a file called 4913 whether it may write; JetBrains, Emacs and Office have names of their own.
_SCRATCH: Final = re.compile(r"\.(?:tmp|sw[op])$|^~\$|^#[^#]+#$|^4913$|___jb_(?:tmp|old|bak)___$", re.IGNORECASE)
_BACKUP: Final = re.compile(r"^(?P<of>.+?)(?:~|\.~\d+~|\.(?:bak|backup|orig|old))$", re.IGNORECASE)
_CONFLICTS: Final = (
    # Syncthing, ownCloud; then Dropbox, Nextcloud, Seafile, in some languages.
    re.compile(r"^(?P<of>.+)\.sync-conflict-\d{8}-\d{6}(?:-\w+)?(?P<ending>\.[^.]*)?$"),
    re.compile(r"^(?P<of>.+)_conflict-\d{8}-\d{6}(?P<ending>\.[^.]*)?$"),
    re.compile(
        r"^(?P<of>.+?) ?\((?:[^()]*(?:conflicted copy|case conflict)[^()]*|[^()]*(?:conflict|konflikt|conflit)"
        r"[^()]*\d{4}-\d\d-\d\d[^()]*)\)(?P<ending>\.[^.]*)?$",
        re.IGNORECASE,
    ),
)


def why_left_behind(name: str, beside: Container[str]) -> str:
    """Return why a file is no article though its kind may be, "" for any other; `beside` are the names beside it.

    A backup or a conflict is one only beside its original: alone, it is what there is.

    >>> why_left_behind("rain.md~", ["rain.md"]), why_left_behind("rain.md~", []), why_left_behind("rain.part", [])
    ('a backup beside its original', '', 'an unfinished download')
    >>> why_left_behind("rain (Mira's conflicted copy 2026-11-20).md", ["rain.md"])
    'a copy of a sync conflict'
    """
    if _SUSPECT.search(name) is None:
        return ""
    if _DOWNLOAD.search(name):
        return UNFINISHED
    if _SCRATCH.search(name):
        return SCRATCH
    backup = _BACKUP.match(name)
    if backup and backup["of"] in beside:
        return BACKUP
    conflicts = (pattern.match(name) for pattern in _CONFLICTS)
    return CONFLICT if any(one and f"{one['of']}{one['ending'] or ''}" in beside for one in conflicts) else ""
