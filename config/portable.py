"""Write settings as a settings file that may leave this machine: what was set, without secrets."""

import json
from typing import Final

from config.logs import redacted
from config.settings import Settings, effective

# Where things lie on this machine, and what a file of the data folder stands for.
_LOCAL: Final = ("data_dir", "aliases")


def portable(settings: Settings) -> str:
    """Return what the environment and quoth.toml set, as the text of a quoth.toml; "" where all is as shipped.

    `portable(load(passages=5))` -> "", because an argument is nothing that was set.
    """
    lines = []
    for name, shown, origin in effective(settings):
        value = getattr(settings, name)
        if origin in ("default", "argument") or name in _LOCAL or shown == "(hidden)" or redacted(shown) != str(shown):
            continue
        if isinstance(value, bool):
            text = str(value).lower()
        else:
            text = repr(value) if isinstance(value, int | float) else json.dumps(shown, ensure_ascii=False)
        lines.append(f"{name} = {text}\n")
    return "".join(lines)
