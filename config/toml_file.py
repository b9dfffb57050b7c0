"""Read a TOML file that a person wrote."""

import tomllib
from pathlib import Path
from typing import Any

from config import regular
from config.errors import ConfigError
from config.logs import redacted


def table(file: Path, otherwise: str) -> dict[str, Any]:
    """Return the table in `file`. Raises ConfigError; for an unreadable file its next step is `otherwise`."""
    # A token mistaken for a file name must not be shown.
    place = redacted(str(file))
    try:
        return tomllib.loads(regular.read(file)[0].decode("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{place}: not TOML: {error}; correct that line") from None
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigError(f"{place}: {cause}; {otherwise}") from None
