"""Find the files of settings, and tell which of them may set what.

A `quoth.toml` in the working directory may have come with other people's articles. So it sets what is harmless, and
nothing that says where words and secrets go, who may ask, or whose index answers.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from platformdirs import user_config_dir

from config import toml_file
from config.errors import ConfigError
from config.logs import redacted

CONFIG_VARIABLE: Final = "QUOTH_CONFIG"
NAME: Final = "quoth.toml"
HARMLESS: Final = frozenset("passages engine k1 b title_weight answered_at closest_at log_level".split())
PATHS: Final = (
    "data_dir",
    "aliases",
    "cluster_api_key_file",
    "cluster_ca",
    "cluster_password_file",
    "meaning",
    "serve_token_file",
    "telegram_token_file",
    "telegram_webhook_secret_file",
)


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file of settings; one that `comes_along` with a working directory sets what is harmless alone."""

    path: Path
    comes_along: bool = False


def config_files() -> list[ConfigFile]:
    """Return the files of settings in force, the strongest first; the one that QUOTH_CONFIG names need not exist.

    Raises ConfigError for a name that stands for no path.
    """
    if named := os.environ.get(CONFIG_VARIABLE):
        return [ConfigFile(_at_home(Path(named), CONFIG_VARIABLE))]
    here, own = Path(NAME), own_file()
    found = [ConfigFile(own)] if own.exists() else []
    if here.exists() and not (found and here.samefile(own)):
        return [ConfigFile(here, comes_along=True), *found]
    return found


def own_file() -> Path:
    """Return where this account's own file of settings stands, if there is one."""
    return Path(user_config_dir("quoth", appauthor=False), NAME)


def at_home(path: Path) -> Path:
    """Return a path with "~" written out. Raises ValueError for one that no file can have."""
    if "\0" in str(path):
        raise ValueError("a path cannot hold the character NUL")
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(f"{redacted(path.parts[0])} is the home of nobody here; write the path out") from None


def table_of(file: ConfigFile) -> dict[str, Any]:
    """Return what stands in a file, its paths from where the file stands. Raises ConfigError when it is unusable."""
    table = toml_file.table(file.path, f"correct the file, or {CONFIG_VARIABLE} if that names it")
    for name in PATHS:
        # Relative to the file they stand in: a working directory means nothing to a file in the user's folder.
        if isinstance(table.get(name), str):
            table[name] = file.path.parent / _at_home(Path(table[name]), f"{redacted(str(file.path))}: {name}")
    return table


def refused(file: ConfigFile, table: Mapping[str, Any]) -> list[str]:
    """Return the keys in a file that it may not set."""
    return [name for name in table if file.comes_along and name not in HARMLESS]


def warning(file: ConfigFile, names: Iterable[str]) -> str:
    """Return what is said of a file that sets more than it may."""
    keys = sorted(names)
    are = "is" if len(keys) == 1 else "are"
    return (
        f"{file.path}: {', '.join(keys)} {are} not taken from a file in the working directory, which may have come "
        f"with other people's articles; if it is yours, run `quoth --config {file.path} ...`, or write it into "
        f"{own_file()}"
    )


def _at_home(path: Path, place: str) -> Path:
    try:
        return at_home(path)
    except ValueError as error:
        raise ConfigError(f"{place}: {error}") from None
