"""How a package that an extra brings is added to the environment that this program runs in."""

import shlex
import sys
from importlib.util import find_spec
from pathlib import Path


def install_command(package: str) -> str:
    """Return a command that works in a checkout, in a virtual environment and where pipx or uv made one.

    `install_command("numba")` -> ".venv/bin/python -m pip install numba"
    """
    python = Path(sys.executable)
    if python.is_relative_to(Path.cwd()):
        python = python.relative_to(Path.cwd())
    place, wanted = shlex.quote(str(python)), shlex.quote(package)
    # What uv makes has no pip.
    return f"{place} -m pip install {wanted}" if find_spec("pip") else f"uv pip install --python {place} {wanted}"
