"""Print what CHANGELOG.md says of a version, for the notes of its release: `python .ci/release_notes.py 0.1.0`.

Ends with 1 where the version is not the one in pyproject.toml, or is not dated yet.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def notes(version: str, changelog: str, stated: str) -> str:
    """Return the notes of a version. Raises SystemExit where it is not ready."""
    if version != stated:
        sys.exit(f"the tag says {version}, and pyproject.toml {stated}; change one of them")
    found = re.search(rf"^## {re.escape(version)} - ([^\n]*)\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if found is None:
        sys.exit(f"CHANGELOG.md: nothing under `## {version} - DATE`; write what changed")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", found[1].strip()):
        sys.exit(f"CHANGELOG.md: {version} is dated `{found[1].strip()}`; write the day of the release")
    return found[2].strip() + "\n"


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    print(notes(sys.argv[1], (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), project["version"]), end="")  # noqa: T201
