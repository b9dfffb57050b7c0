"""The front doors `index` and `bot`: what they name is there, loaded when it is asked for, and wrong input is told."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import bot
import index
from bot import Answerer
from index import (
    Article,
    BuildRefusedError,
    Index,
    NoIndexError,
    Options,
    Paragraph,
    Progress,
    Report,
    Skipped,
    errors,
    read,
)
from index.machine import kernel_cache
from index.postings.impacts import LARGE
from index.ranking.choose import EngineName

FERRY = Article("Ferry", (Paragraph("The ferry Kittiwake sails every half hour from Penny Hythe."),), key="ferry")
BRIDGE = Article("Bridge", (Paragraph("The weir bridge closes on Monday for nine weeks."),), key="bridge")


@pytest.mark.parametrize("door", [index, bot], ids=["index", "bot"])
def test_every_name_of_a_door_is_what_its_module_holds(door: object) -> None:
    tree = ast.parse(Path(str(door.__file__)).read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    (checked,) = (node for node in tree.body if isinstance(node, ast.If))
    named = {name: kind for name, kind in vars(errors).items() if name.endswith("Error") and door is index}
    for statement in checked.body:
        assert isinstance(statement, ast.ImportFrom)
        for alias in statement.names:
            module = importlib.import_module(str(statement.module))
            named[alias.asname or alias.name] = getattr(module, alias.name)
    assert sorted(named) == sorted(door.__all__)  # type: ignore[attr-defined]
    assert named == {name: getattr(door, name) for name in named}
    assert {*named} <= {*dir(door)}
    with pytest.raises(AttributeError, match="has no attribute 'Indecks'"):
        door.Indecks  # type: ignore[attr-defined]  # noqa: B018


def test_to_import_a_door_loads_nothing_behind_it() -> None:
    script = (
        "import sys; before = {*sys.modules}; import bot, index\n"
        "print(sorted(name for name in {*sys.modules} - before if name.split('.')[0] not in sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "['bot', 'index', 'index.errors']\n"


def test_a_door_says_that_its_package_is_typed() -> None:
    for door in (index, bot):
        assert (Path(str(door.__file__)).parent / "py.typed").is_file()


@pytest.mark.parametrize("engine", ["auto", "rank-bm25"])
def test_what_is_built_is_open_and_found(tmp_path: Path, engine: EngineName) -> None:
    steps: list[Progress] = []
    with Index.build(
        tmp_path, [FERRY, Skipped("a.png", "a picture"), BRIDGE], progress=steps.append, engine=engine
    ) as it:
        assert (it.counts["articles"], it.counts["skipped"]) == (2, 1)
        (hit,) = it.search("Where does the ferry sail from?", k=1).hits
        assert hit.article.title == "Ferry"
    assert steps[-1].stage == "publishing"
    with Index.open(str(tmp_path), engine=engine) as again:
        assert again.search("When does the bridge close?", 1).hits[0].article.title == "Bridge"
    with pytest.raises(ValueError, match="already closed"):
        again.search("ferry")
    again.close()


def test_an_open_index_stays_as_it_is_and_an_answerer_follows(tmp_path: Path) -> None:
    with Index.build(tmp_path, [FERRY]) as first, Answerer.open(str(tmp_path)) as answerer:
        assert answerer.answer("When does the bridge close?").state == "nothing"
        Index.build(tmp_path, [FERRY, BRIDGE]).close()
        assert first.counts["articles"] == 1
        assert answerer.answer("When does the weir bridge close?").passages[0].article.title == "Bridge"


def test_one_path_is_read_like_a_list_of_one(tmp_path: Path) -> None:
    (tmp_path / "ferry.md").write_text("# Ferry\n\nIt sails.\n")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "bridge.md").write_text("# Bridge\n\nIt closes.\n")
    every = list(read([tmp_path]))
    assert len(every) == 2
    assert list(read(tmp_path)) == list(read(str(tmp_path))) == list(read(iter([str(tmp_path)]))) == every
    assert list(read(tmp_path, leaving_out=str(tmp_path / "inside"))) == every[:1]


def test_wrong_input_is_told_at_the_door(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"pass articles, such as read\(\[\.\.\.\]\) gives, not str"):
        Index.build(tmp_path, ["notes.md"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match=r"pass articles, such as read\(\[\.\.\.\]\) gives, not str"):
        Index.build(tmp_path, "notes.md")  # type: ignore[arg-type]
    with pytest.raises(BuildRefusedError, match="no article found"):
        Index.build(tmp_path, [])
    assert not [path for path in tmp_path.rglob("*") if path.name == "current" or path.name.startswith(".")]
    for opening in (Index.open, Answerer.open):
        with pytest.raises(NoIndexError) as caught:
            opening(tmp_path)
        assert str(caught.value) == f"no index in {tmp_path}"
    Index.build(tmp_path, [FERRY]).close()
    for opening in (Index.open, Answerer.open):
        with pytest.raises(ValueError, match="no engine is called 'fast'; there are: auto, rank-bm25"):
            opening(tmp_path, engine="fast")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no engine"):
        Index.build(tmp_path / "other", [FERRY], engine="fast")  # type: ignore[arg-type]
    assert not (tmp_path / "other").exists()


def test_a_forced_index_of_nothing_can_be_opened(tmp_path: Path) -> None:
    with Index.build(tmp_path, (), options=Options(force=True)) as empty:
        assert empty.search("ferry").hits == ()


def test_a_large_collection_is_told_that_it_lacks_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = (Report(1, 1, count, 0, 0, 0, 0, 0, 0, 0, ()) for count in (LARGE - 1, LARGE))
    monkeypatch.setattr(kernel_cache, "available", lambda: False)
    assert (small.lacks_numba, large.lacks_numba) == (False, True)
    monkeypatch.setattr(kernel_cache, "available", lambda: True)
    assert not large.lacks_numba
