"""docs/python.md: every example runs, from a folder outside the checkout, and prints what stands under it."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "python.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"^```python( retriever [\w.]+)?\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?", PAGE, re.DOTALL | re.MULTILINE
)
BLOCKS = [(code, output) for marked, code, output in EXAMPLES if not marked]
RETRIEVERS = {marked.split()[1]: (code, output) for marked, code, output in EXAMPLES if marked}


def printed_by(blocks: list[tuple[str, str]], folder: Path) -> list[str]:
    """What each of some examples prints that run one after the other."""
    script = "\n".join(f"{code}\nprint('=' * 9)" for code, _ in blocks)
    (folder / "page.py").write_text(script, encoding="utf-8")
    # -P: what is imported is what was installed, not what lies beside the script.
    done = subprocess.run(
        [sys.executable, "-P", "page.py"], cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("=" * 9 + "\n")[:-1]


@pytest.mark.slow
def test_the_examples_print_what_stands_under_them(tmp_path: Path) -> None:
    printed = printed_by(BLOCKS, tmp_path)
    assert printed == [output for _, output in BLOCKS]
    assert len(printed) == PAGE.count("```python\n") == 10
    assert sum(map(bool, printed)) + len(RETRIEVERS) == PAGE.count("```text\n")


@pytest.mark.slow
@pytest.mark.parametrize("framework", ["langchain_core", "llama_index.core", "haystack"])
def test_a_retriever_of_another_framework_finds_and_is_silent(framework: str, tmp_path: Path) -> None:
    code, output = RETRIEVERS[framework]
    if find_spec(framework.split(".", maxsplit=1)[0]) is None:
        pytest.skip(f"{framework} is not installed")
    # The index of the first examples, and the import of those before.
    before = [(BLOCKS[0][0], ""), ("from bot import Answerer", "")]
    assert printed_by([*before, (code, output)], tmp_path)[-1] == output
