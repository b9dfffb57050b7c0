"""docs/python.md: every example runs, from a folder outside the checkout, and prints what stands under it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_the_examples_print_what_stands_under_them(tmp_path: Path) -> None:
    script = "\n".join(f"{code}\nprint('=' * 9)" for code, _ in BLOCKS)
    (tmp_path / "page.py").write_text(script, encoding="utf-8")
    # -P: what is imported is what was installed, not what lies beside the script.
    done = subprocess.run(
        [sys.executable, "-P", "page.py"], cwd=tmp_path, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "")
    printed = done.stdout.split("=" * 9 + "\n")[:-1]
    assert printed == [output for _, output in BLOCKS]
    assert len(printed) == PAGE.count("```python\n") == 9
    assert sum(map(bool, printed)) == PAGE.count("```text\n")
