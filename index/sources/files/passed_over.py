"""What a walk passes over: by the patterns of its owner, by .gitignore files, and what programs put beside articles."""

import os
import re
from collections.abc import Container, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from index.errors import SourceError
from index.model import ReadingOptions
from index.sources.files.streams import UnusableError, head_of

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec, Pattern

IGNORE_FILE: Final = ".gitignore"
_IGNORE_BYTES = 1 << 16
_PATTERN_CHARACTERS = 500
# A pattern is matched by backtracking: with more stars than people write, a long name takes for ever.
_STARS, _DEEP_STARS = 3, 3

_INSTALLED = "a folder of installed packages"
_TEMPLATES = "a folder of a site's templates"
_COPIES = "a folder that a site generator filled"
_JEKYLL = ("_config.yml", "_config.yaml", "_config.toml")
_HUGO = ("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config.toml")
_SPHINX_PAGES = ("objects.inv", "searchindex.js")
# Each name with what must stand beside it, if the name alone says too little.
_APPARATUS: Final = {
    "node_modules": ((), _INSTALLED),
    "bower_components": ((), _INSTALLED),
    "site-packages": ((), _INSTALLED),
    "LICENSES": ((), "a folder of licences"),
    "__pycache__": ((), "a folder of compiled programs"),
    "__MACOSX": ((), "a folder of a Mac's archive"),
    "_layouts": (_JEKYLL, _TEMPLATES),
    "_includes": (_JEKYLL, _TEMPLATES),
    "_sass": (_JEKYLL, _TEMPLATES),
    "_site": (_JEKYLL, _COPIES),
    "layouts": (_HUGO, _TEMPLATES),
    "archetypes": (_HUGO, _TEMPLATES),
    "templates": (_HUGO, _TEMPLATES),
    "themes": (_HUGO, _TEMPLATES),
    "public": (_HUGO, _COPIES),
    "_templates": (("conf.py",), _TEMPLATES),
    "_build": (("conf.py",), _COPIES),
    "_sources": (_SPHINX_PAGES, _COPIES),
    "_modules": (_SPHINX_PAGES, _COPIES),
}


def apparatus(name: str, beside: Container[str]) -> str:
    """Return why the folder `name`, which stands beside the names `beside`, holds no articles; "" when it may.

    >>> apparatus("node_modules", []), apparatus("_layouts", ["_config.yml"]), apparatus("_layouts", [])
    ('a folder of installed packages', "a folder of a site's templates", '')
    """
    marks, reason = _APPARATUS.get(name, ((), ""))
    return reason if not marks or any(mark in beside for mark in marks) else ""


class Patterns:
    """What a source's own options leave out. SourceError for what is no pattern."""

    def __init__(self, options: ReadingOptions) -> None:
        self._include = _own(options.include)
        self._exclude = _own(options.exclude)

    def reason(self, place: str, *, is_folder: bool) -> str:
        """Return why a file or folder is passed over, "" when it is not."""
        if excluded := self.excludes(place, is_folder=is_folder):
            return excluded
        return "" if is_folder or self._include is None or self.includes(place) else "not among the included files"

    def excludes(self, place: str, *, is_folder: bool) -> str:
        """Return why a file or folder is passed over by a pattern of what to leave out, "" when it is not."""
        return "excluded" if self._exclude is not None and _verdict(self._exclude, place, is_folder=is_folder) else ""

    def includes(self, place: str) -> bool:
        """Return whether somebody asked for this file by a pattern."""
        return self._include is not None and self._include.match_file(place)


class IgnoreFiles:
    """The .gitignore files that reach to one folder, the nearest last: its patterns win over those above it."""

    def __init__(self, specs: tuple[tuple[str, "GitIgnoreSpec"], ...] = ()) -> None:
        self._specs = specs

    def below(self, folder: Path) -> "IgnoreFiles":
        """Return those that reach to what stands in `folder`, in which a .gitignore file lies."""
        spec = _spec_of(folder / IGNORE_FILE)
        return IgnoreFiles((*self._specs, (f"{str(folder).rstrip(os.sep)}{os.sep}", spec))) if spec else self

    def names(self, path: str, *, is_folder: bool) -> bool:
        """Return whether they say that `path`, which lies below all of them, is to be ignored."""
        for base, spec in reversed(self._specs):
            found = _verdict(spec, path[len(base) :].replace(os.sep, "/"), is_folder=is_folder)
            if found is not None:
                return found
        return False


def _verdict(spec: "GitIgnoreSpec", place: str, *, is_folder: bool) -> bool | None:
    """Return what the last pattern that names this very path says, whether it is ignored; None when none names it.

    The verdict of the package goes by what names a folder above, too, which git does not: it never looks into a folder
    that is ignored, and no more does the walk.
    """
    for pattern in reversed(spec.patterns):
        if pattern.include is not None and (_names(pattern, place) or (is_folder and _names(pattern, f"{place}/"))):
            return bool(pattern.include)
    return None


def _names(pattern: "Pattern", place: str) -> bool:
    found = pattern.match_file(place)
    if found is None:
        return False
    # The one group of a pattern is the slash behind a folder that it names; that of "*/" is found anywhere.
    group = found.match.lastgroup
    if group is None:
        return not place.endswith("/")
    return found.match.end(group) == len(place) or found.match.re.search(place, len(place) - 1) is not None


def _own(lines: Iterable[str]) -> "GitIgnoreSpec | None":
    patterns = [line for line in lines if line.strip()]
    if not patterns:
        return None
    from pathspec import GitIgnoreSpec

    if odd := next((pattern for pattern in patterns if not _is_pattern(pattern)), ""):
        raise SourceError(f"{odd}: not a pattern; write one as in a .gitignore file")
    return GitIgnoreSpec.from_lines(patterns)


def _spec_of(path: Path) -> "GitIgnoreSpec | None":
    """Return the patterns of a .gitignore file without its lines that are none; None when it cannot be read."""
    try:
        raw = head_of(path, _IGNORE_BYTES)
    except (OSError, UnusableError):
        return None
    from pathspec import GitIgnoreSpec

    kept = [line for line in os.fsdecode(raw.removeprefix(b"\xef\xbb\xbf")).splitlines() if _is_tame(line)]
    try:
        return GitIgnoreSpec.from_lines(kept)
    except ValueError:
        return GitIgnoreSpec.from_lines(line for line in kept if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _is_tame(pattern: str) -> bool:
    if len(pattern) > _PATTERN_CHARACTERS:
        return False
    parts = re.sub(r"\*{2,}", "**", pattern).split("/")
    return parts.count("**") <= _DEEP_STARS and all(part.count("*") <= _STARS for part in parts)
