"""A collection large enough for the compiled engine, with numba and without it, through the real commands."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import index
from index.machine import kernel_cache
from index.postings.impacts import LARGE
from index.query.mapped import MappedPassages
from index.ranking.compiled import CompiledEngine
from index.ranking.embedded import EmbeddedEngine
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
    kept, missing = tmp_path / "home" / ".cache" / "quoth" / "kernels", Path(str(tabulate.__file__)).stem

    def without(*arguments: str) -> subprocess.CompletedProcess[str]:
        done = quoth(*arguments, program="tests.without_numba")
        done.check_returncode()
        return done

    elsewhere = ("--data-dir", str(tmp_path / "plain"))
    built = without("index", str(archive), *elsewhere)
    assert "-m pip install numba`" in built.stderr
    plain = answers(lambda question: without("ask", "--json", question, *elsewhere))
    # As a power cut leaves them; only these are left to compile, which is enough to see that they are kept.
    shutil.copytree(kernels, kept)
    for number, torn in enumerate(sorted(kept.rglob(f"{missing}.*.nb?"))):
        torn.write_bytes(bytes(torn.stat().st_size if number % 2 else 0))
    assert quoth("index", str(archive)).returncode == 0
    compiled = answers(lambda question: quoth("ask", "--json", question))
    without_again = answers(lambda question: without("ask", "--json", question))
    assert "otter of Brindle carried a brass sextant" in compiled[0][0][0]
    assert plain == compiled == without_again
    with Store(tmp_path / "data").open() as generation:
        assert isinstance(MappedPassages(generation, "auto").engine, CompiledEngine)
    assert all(any(mended.read_bytes()) for mended in kept.rglob(f"{missing}.*.nb?"))


def test_a_small_collection_never_starts_the_compiler(shelf: Path, tmp_path: Path) -> None:
    assert shelf.is_dir()
    with Store(tmp_path / "data").open() as generation:
        assert isinstance(MappedPassages(generation, "auto").engine, EmbeddedEngine)
    assert not (tmp_path / "home" / ".cache").exists()


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


def test_where_nobody_keeps_kernels_they_are_compiled_in_memory_and_leave_nothing(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file stands where the folder would be")
    (tmp_path / "temporary").mkdir()
    asked = (
        "from index.machine.kernel_cache import keep_kernels_in; keep_kernels_in(); "
        "from index.machine import jit; print(type(jit.lower_bound._cache).__name__)"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "TMPDIR": str(tmp_path / "temporary")}
    command = [sys.executable, "-c", asked]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=environment)
    assert ended.stdout.strip() == "NullCache"
    assert not list((tmp_path / "temporary").iterdir())


@pytest.fixture
def unsettled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder that kernels are kept in by default, as if none had been settled on yet."""
    monkeypatch.setattr(kernel_cache, "_settled", [])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "quoth" / "kernels"


def kept_anew() -> Path:
    kernel_cache._settled.clear()
    kernel_cache.keep_kernels_in()
    folder = kernel_cache.chosen_folder()
    assert folder is not None
    return folder


def test_a_kernel_that_is_not_as_it_was_listed_is_never_used(unsettled: Path) -> None:
    folder = kept_anew()
    assert folder.parent == unsettled
    assert [stat.S_IMODE(one.stat().st_mode) for one in (folder, folder.parent)] == [0o700, 0o700]
    (folder / "rerank").mkdir()
    names = [
        f"rerank/{name}{ending}"
        for name in ("empty", "cut", "turned", "zeros", "whole")
        for ending in (".nbi", ".1.nbc")
    ]
    for name in names:
        (folder / name).write_bytes(b"compiled " * 900 + name.encode())
    kernel_cache.seal()
    for damage, name in zip(
        (b"", b"compiled ", b"Compiled " * 900, bytes(8000)), ("empty", "cut", "turned", "zeros"), strict=True
    ):
        for ending in (".nbi", ".1.nbc"):
            (folder / f"rerank/{name}{ending}").write_bytes(damage)
    (folder / "rerank" / "unlisted.nbi").write_bytes(b"compiled")
    assert kept_anew() == folder
    assert sorted(path.name for path in folder.rglob("*.nb?")) == ["whole.1.nbc", "whole.nbi"]
    (folder / "digests.json").write_bytes(b"{")
    kept_anew()
    assert not list(folder.rglob("*.nb?")), "without a list nothing is known to be whole"


def test_what_is_listed_is_on_the_disk_before(unsettled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, synced = kept_anew(), list[str]()
    assert unsettled in folder.parents
    (folder / "a.nbi").write_bytes(b"compiled")
    real = kernel_cache._sync

    def noted(path: Path) -> None:
        assert path == folder or not (folder / "digests.json").exists()
        synced.append(path.name)
        real(path)

    monkeypatch.setattr(kernel_cache, "_sync", noted)
    kernel_cache.seal()
    assert synced == ["a.nbi", folder.name, f"digests.json.{os.getpid()}", folder.name]
    kernel_cache.seal()
    assert len(synced) == 4, "nothing was compiled since"


def test_kernels_that_others_could_have_written_are_never_used(
    unsettled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = kept_anew()
    (folder / "a.nbi").write_bytes(b"compiled")
    kernel_cache.seal()
    folder.chmod(0o755)
    kept_anew()
    assert (stat.S_IMODE(folder.stat().st_mode), (folder / "a.nbi").exists()) == (0o700, True)
    unsettled.chmod(0o777)
    assert kept_anew() == folder
    assert (stat.S_IMODE(unsettled.stat().st_mode), (folder / "a.nbi").exists()) == (0o700, False)
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    kernel_cache._settled.clear()
    kernel_cache.keep_kernels_in()
    assert (kernel_cache.is_settled(), kernel_cache.chosen_folder()) == (True, None), "it is another account's"
    monkeypatch.undo()


def test_kernels_in_the_data_folder_are_removed_by_the_next_build(shelf: Path, tmp_path: Path) -> None:
    planted = tmp_path / "data" / "kernels" / "0123456789abcdef" / "a.nbi"
    planted.parent.mkdir(parents=True)
    planted.write_bytes(b"whoever writes here has it run")
    with Store(tmp_path / "data").building():
        assert not (tmp_path / "data" / "kernels").exists()
    assert shelf.is_dir()
