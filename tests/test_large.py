"""A collection large enough for the compiled engine, with numba and without it, through the real commands."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import index
from index.postings.impacts import LARGE
from index.ranking.compiled import CompiledEngine
from index.ranking.embedded import EmbeddedEngine
from index.search.index import Index
from index.store.store import Store

pytestmark = pytest.mark.slow

QUESTIONS = ("otter of Brindle, brass sextant", "lantern harbour compass", "the red kettle")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Just enough one-line passages, one of them about an otter."""
    words = "red blue kettle lantern harbour compass orchard ribbon thimble copper meadow signal gravel candle".split()
    chance = np.random.default_rng(3)
    file = tmp_path_factory.mktemp("archive") / "articles.jsonl"
    with file.open("w") as lines:
        for number in range(LARGE // 50 + 1):
            paragraphs = [" ".join(chance.choice(words, 6)) + f" {chance.integers(4000)}." for _ in range(50)]
            if number == 700:
                paragraphs[9] = "The otter of Brindle carried a brass sextant upstream."
            lines.write(json.dumps({"id": number, "title": f"Day {number}", "text": "\n\n".join(paragraphs)}) + "\n")
    return file


def answers(run: Callable[[str], subprocess.CompletedProcess[str]]) -> list[list[tuple[str, float]]]:
    told = [json.loads(run(question).stdout)["passages"] for question in QUESTIONS]
    return [[(passage["text"], passage["score"]) for passage in passages] for passages in told]


def test_a_large_collection_answers_the_same_with_and_without_numba(
    archive: Path,
    quoth: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
    kernels: Path,
) -> None:
    tabulate = import_module("index.postings.inversion_kernels")
    kept, missing = tmp_path / "data" / "kernels", Path(str(tabulate.__file__)).stem

    def without(*arguments: str) -> subprocess.CompletedProcess[str]:
        done = quoth(*arguments, program="tests.without_numba")
        done.check_returncode()
        return done

    elsewhere = ("--data-dir", str(tmp_path / "plain"))
    built = without("index", str(archive), *elsewhere)
    assert "-m pip install numba`" in built.stderr
    plain = answers(lambda question: without("ask", "--json", question, *elsewhere))
    # Only these are left to compile, which is enough to see that they are kept.
    shutil.copytree(kernels, kept, ignore=shutil.ignore_patterns(f"{missing}.*"))
    assert quoth("index", str(archive)).returncode == 0
    compiled = answers(lambda question: quoth("ask", "--json", question))
    without_again = answers(lambda question: without("ask", "--json", question))
    assert "otter of Brindle carried a brass sextant" in compiled[0][0][0]
    assert plain == compiled == without_again
    with Store(tmp_path / "data").open() as generation:
        assert isinstance(Index(generation, "auto").passages.engine, CompiledEngine)
    assert any(kept.rglob(f"{missing}.*.nbi"))


def test_a_small_collection_never_starts_the_compiler(shelf: Path, tmp_path: Path) -> None:
    assert shelf.is_dir()
    with Store(tmp_path / "data").open() as generation:
        assert isinstance(Index(generation, "auto").passages.engine, EmbeddedEngine)
    assert not (tmp_path / "data" / "kernels").exists()


def test_kernels_of_other_code_are_never_used(tmp_path: Path) -> None:
    package = tmp_path / "program" / "index"
    shutil.copytree(Path(index.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    asked = (
        "import sys; from pathlib import Path; from index.machine.kernel_cache import keep_kernels_in; "
        "keep_kernels_in(Path(sys.argv[1])); import index.machine.jit, numba; print(numba.config.CACHE_DIR)"
    )
    command = [sys.executable, "-c", asked, str(tmp_path / "kernels")]

    def kept_in() -> str:
        return subprocess.run(
            command, cwd=package.parent, capture_output=True, text=True, timeout=60, check=True
        ).stdout.strip()

    before = kept_in()
    assert Path(before).parent == tmp_path / "kernels"
    # No kernel can import this.
    (package / "search" / "index.py").write_text("# Changed.\n")
    assert kept_in() == before
    helper = package / "rerank" / "matching_kernels.py"
    helper.write_text(helper.read_text() + "\n# Changed.\n")
    assert kept_in() != before


def test_kernels_are_compiled_elsewhere_when_their_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "kernels").write_text("a file stands where the folder would be")
    asked = (
        "import sys; from pathlib import Path; from index.machine.kernel_cache import keep_kernels_in; "
        "keep_kernels_in(Path(sys.argv[1])); import index.machine.jit, numba; "
        "print(numba.config.CACHE_DIR, Path(numba.config.CACHE_DIR).is_dir())"
    )
    command = [sys.executable, "-c", asked, str(tmp_path / "kernels")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    folder, exists = ended.stdout.split()
    assert exists == "True"
    assert not Path(folder).exists(), "a folder made for one process goes with it"
