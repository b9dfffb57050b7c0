"""The documents say what there is: every command, option and setting, no file that is gone, and what commands print."""

import contextlib
import io
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.terminal_picture import picture
from bot import Answerer
from bot.__main__ import app, main
from bot.channels.telegram.memory.database import FILE
from bot.channels.telegram.memory.inbox import FILE as INBOX
from bot.channels.telegram.memory.reserve import FILE as RESERVE
from bot.channels.telegram.transport.instance_lock import FILE as LOCK
from config.places import CONFIG_VARIABLE
from config.settings import SETTINGS, load
from tests import recipe_sites

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))
}
COMMANDS = app.commands

FENCE = re.compile(r"^```(\S*) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What no test has: addresses, a bot, other programs, a server that runs on, the clock of cron.
NEEDS = re.compile(
    r"https?://|socks5:|\bquoth telegram\b|\bquoth serve\b|^pipx? |^make |\bcurl |\bjq |python3|^(?:[\d*]+ ){2}",
    re.MULTILINE,
)
# Printed by builds that take seconds, as they may on a busy machine.
PROGRESS = re.compile(
    r"^(?:reading|sorting|calibrating|publishing|backing up|restoring): .*\n|^.* questions asked, .*\n", re.MULTILINE
)


def section(page: str, heading: str) -> str:
    """What stands below a heading of level 2, as far as the next one."""
    (found,) = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return str(found)


def anchors(page: str) -> set[str]:
    """The names by which a link reaches the headings of a page, as hosting platforms make them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_fits_on_a_page() -> None:
    assert len(README.splitlines()) <= 120


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_described(name: str) -> None:
    described = section(PAGES["docs/commands.md"], f"`quoth {name}`")
    # A group has only the options of its commands.
    commands = getattr(COMMANDS[name], "commands", {name: COMMANDS[name]}).values()
    opts = [option for command in commands for parameter in command.params for option in parameter.opts]
    options = [option for option in opts if option.startswith("-")]
    assert options
    missing = [option for option in options if f"`{option}" not in described and option not in ("-h", "--help")]
    assert missing == []
    # Every row that begins with an option is one of this command.
    assert set(re.findall(r"^\| `(-[\w-]+)", described, re.MULTILINE)) <= set(options)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_described_with_its_variable_and_default(name: str) -> None:
    row = next(line for line in PAGES["docs/settings.md"].splitlines() if line.startswith(f"| `{name}` |"))
    assert f"`QUOTH_{name.upper()}`" in row
    default = SETTINGS[name].default
    if isinstance(default, int | float | str):
        assert str(default) in row


def test_no_setting_is_described_that_is_none() -> None:
    described = re.findall(r"^\| `(\w+)` \| `QUOTH_", PAGES["docs/settings.md"], re.MULTILINE)
    assert sorted(described) == sorted(SETTINGS)


def test_every_variable_that_is_named_is_one_of_ours() -> None:
    known = {f"QUOTH_{name.upper()}" for name in SETTINGS} | {CONFIG_VARIABLE}
    assert {name for page in PAGES.values() for name in re.findall(r"\bQUOTH_[A-Z0-9_]+", page)} <= known


def test_the_example_of_a_settings_file_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = [block for language, _, block in FENCE.findall(PAGES["docs/settings.md"]) if language == "toml"]
    isolate(monkeypatch, tmp_path, tmp_path / "data")
    monkeypatch.delenv("QUOTH_DATA_DIR")
    (tmp_path / "quoth.toml").write_text(example, encoding="utf-8")
    monkeypatch.setenv("QUOTH_CONFIG", "quoth.toml")
    loaded = load()
    assert (loaded.passages, loaded.telegram_allowed) == (5, (12, -100345))
    assert loaded.data_dir == Path("index-of-the-archive")


def test_every_exit_code_is_described() -> None:
    said = str(sys.modules[main.__module__].__doc__)
    stated = re.findall(r"\b(\d+) (?:answered|nothing|usage|no index|bad|the outside|not sure|a bug|interrupted)", said)
    assert len(stated) == 9
    assert re.findall(r"^\| (\d+) \|", section(PAGES["docs/commands.md"], "Exit codes"), re.MULTILINE) == stated


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    gone = set()
    for link in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", PAGES[name])):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = ((ROOT / name).parent / path).resolve() if path else ROOT / name
        if not target.exists():
            gone.add(target.relative_to(ROOT).as_posix())
        elif anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link
    assert gone == set()


def make_targets() -> set[str]:
    """What `make` can be told to do."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_every_page_is_linked_to_from_the_readme() -> None:
    linked = {re.sub("#.*", "", link) for link in re.findall(r"\]\(([^)\s]+)\)", README)}
    generated = {"docs/engines.md"}  # benchmarks.md leads there
    assert set(PAGES) - {"README.md"} - generated <= linked


# --- What commands print ---------------------------------------------------------------------------------------------


def commands(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the output that is shown below it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def looks_like(shown: str, printed: str) -> bool:
    """Whether output is as shown; `...` stands for anything: alone on a line for lines, else for the rest of it."""
    pattern = "".join(
        "(?:.*\n)*" if line.strip() == "..." else ".*".join(map(re.escape, line.split("..."))) + "\n"
        for line in shown.splitlines()
    )
    return re.fullmatch(pattern, printed) is not None


class Shell:
    """Just enough of a shell: `printf`, `echo`, variables before a command, one pipe, `;`, `>` and our own program."""

    def __init__(self) -> None:
        self.code = 0

    def run(self, line: str) -> str:
        """Everything that the commands of a line print, both streams in one."""
        printed = ""
        for command in line.split("; "):
            text = ""
            for step in command.split(" | "):
                text = self._step(step, text)
            printed += text
        return printed

    def _step(self, command: str, given: str) -> str:
        command, _, file = command.partition(" > ")
        words = shlex.split(command)
        variables = {}
        while re.match("QUOTH_[A-Z0-9_]+=", words[0]):
            name, _, value = words.pop(0).partition("=")
            variables[name] = value
        name, *arguments = words
        if name == "echo":
            printed = " ".join(arguments).replace("$?", str(self.code)) + "\n"
        elif name == "printf":
            (text,) = arguments
            printed = text.encode("latin-1", "backslashreplace").decode("unicode_escape")
        elif name in ("quoth", ".venv/bin/quoth"):
            printed = self._quoth(arguments, variables, given)
        else:
            raise AssertionError(f"the tests cannot run {name}: teach them, or fence the block as sh")
        if not file:
            return printed
        # printf writes bytes.
        Path(file).write_bytes(printed.encode("latin-1" if name == "printf" else "utf-8"))
        return ""

    def _quoth(self, arguments: list[str], variables: dict[str, str], given: str) -> str:
        printed = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
            patch.setattr(sys, "argv", ["quoth", *arguments])
            patch.setattr(sys, "stdin", io.StringIO(given))
            patch.setattr(sys, "stderr", printed)
            for name, value in variables.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as left:
                main()
        self.code = left.value.code if isinstance(left.value.code, int) else 0
        return PROGRESS.sub("", printed.getvalue())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the samples, sites, notes and the small question sets, and an index of the samples."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "examples", folder / "examples")
    shutil.copytree(ROOT / "tests" / "floors", folder / "tests" / "floors")
    shutil.copytree(ROOT / "tests" / "floors" / "en", folder / "my-set")
    for name in ("notes", "more"):
        (folder / name).mkdir()
        (folder / name / "note.txt").write_text(f"About {name}\n\nThe sluice of {name} opens at noon every day.\n")
    recipe_sites.write(folder)
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch, folder, folder / "data")
        assert "15 articles" in Shell().run("quoth index examples")
    return folder


def isolate(patch: pytest.MonkeyPatch, folder: Path, data: Path) -> None:
    """Makes `folder` the working directory, without any settings of this machine but the data folder."""
    for name in [name for name in os.environ if name.startswith(("QUOTH_", "XDG_"))]:
        patch.delenv(name)
    patch.setenv("HOME", str(data.parent))
    patch.setenv("QUOTH_DATA_DIR", str(data))
    patch.chdir(folder)
    # Log records stay with pytest.
    patch.setattr("config.logs.set_up", lambda _: None)


@pytest.fixture
def place(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder as the working directory, without any settings, with an index of the test's own."""
    shutil.copytree(built / "data", tmp_path / "data")
    isolate(monkeypatch, built, tmp_path / "data")
    return built


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if "```console\n" in page])
def test_commands_print_what_is_shown(name: str, place: Path) -> None:
    shell = Shell()
    for language, file, block in FENCE.findall(PAGES[name]):
        if file == "fresh":
            # As on a machine where nothing was indexed yet.
            shutil.rmtree(os.environ["QUOTH_DATA_DIR"])
        elif file:
            (place / file).write_text(block, encoding="utf-8")
        if language != "console":
            continue
        assert block.startswith("$ "), block
        for command, output in commands(block):
            printed = shell.run(command)
            assert looks_like(output, printed), f"{name}: $ {command}\n{printed}"


@pytest.mark.slow
def test_the_picture_in_the_readme_is_what_is_printed(built: Path) -> None:
    def words(svg: str) -> list[str]:
        return re.sub("<[^>]+>", " ", svg.rsplit("</style>", maxsplit=1)[-1]).split()

    with Answerer.open(built / "data") as answerer:
        assert words(picture(answerer)) == words((ROOT / "docs" / "answer.svg").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_every_file_of_the_data_folder_is_described(built: Path) -> None:
    described = section(PAGES["docs/deployment.md"], "The data folder")
    named = {
        name.strip("/")
        for row in re.findall(r"^\| (`.*?) \|", described, re.MULTILINE)
        for name in re.findall("`(.*?)`", row)
    }
    there = {path.name for path in (built / "data").iterdir()}
    files = {FILE, INBOX, LOCK, RESERVE, "uploads", "fetched", "before-restore-*", "quoth.toml", "console_history"}
    assert there | files <= named


@pytest.mark.parametrize(
    ("shown", "printed", "fits"),
    [
        ("a\n", "a\n", True),
        ("a\n", "a\nb\n", False),
        ("a\n...\n", "a\n", True),
        ("a\n...\n", "a\nb\nc\n", True),
        ("a ... c\n", "a b c\n", True),
        ("a ... c\n", "a b\nc\n", False),
        ("a.c\n", "abc\n", False),
        ("", "a\n", False),
    ],
)
def test_dots_stand_for_anything_and_nothing_else_does(shown: str, printed: str, fits: bool) -> None:
    assert looks_like(shown, printed) is fits


def test_every_command_of_our_own_in_a_shell_block_exists() -> None:
    blocks = [block for page in PAGES.values() for language, _, block in FENCE.findall(page) if language in ("sh", "")]
    named = re.findall(r"(?:^|\s|/)quoth ([a-z]+)\b", "\n".join(blocks), re.MULTILINE)
    assert named
    assert set(named) <= set(COMMANDS)


def test_every_block_of_commands_runs_here_unless_it_needs_what_is_not() -> None:
    block = re.compile(r"^ *```(\S*) ?(\S*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
    found = [(name, *parts) for name, page in PAGES.items() for parts in block.findall(page)]
    # Those of servers are run by test_deployment.py.
    others = ("systemd", "container")
    shell = [(name, text) for name, kind, place, text in found if kind in ("sh", "") and place not in others]
    assert len(shell) > 10
    idle = [f"{name}: {text}" for name, text in shell if not NEEDS.search(text)]
    assert idle == [], "fence what can run as console, with what it prints"


def test_make_targets_that_the_documents_name_exist() -> None:
    named = {target for page in PAGES.values() for target in re.findall(r"(?:`|^)make ([a-z]+)\b", page, re.MULTILINE)}
    assert {"run", "test"} <= named
    assert named - make_targets() == set()


# --- ARCHITECTURE ----------------------------------------------------------------------------------------------------

ARCHITECTURE = PAGES["ARCHITECTURE.md"]


def modules_named() -> set[str]:
    """Every module that ARCHITECTURE names below the heading of its folder, as a path."""
    named = set()
    for part in re.split(r"^##+ ", ARCHITECTURE, flags=re.MULTILINE)[1:]:
        folder, _, text = part.partition("\n")
        if folder.endswith("/"):
            rows = [line.split(" | ")[0] for line in text.splitlines() if line.startswith("| `")]
            named |= {f"{folder}{name}" for row in rows for name in re.findall(r"`(\w+\.py)`", row)}
    return named


def test_every_module_is_named_below_its_folder_and_none_that_is_gone() -> None:
    modules = {
        path.relative_to(ROOT).as_posix()
        for package in ("bot", "index", "config", "benchmarks")
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py" and path.parent.name != "peers"
    }
    assert modules - modules_named() == set()
    gone = {path for path in modules_named() if not (ROOT / path).exists()}
    assert gone == set()


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_path_that_is_named_exists(name: str) -> None:
    paths = set(re.findall(r"`((?:bot|index|config|tests|benchmarks|docs)/[\w/.]+)`", PAGES[name]))
    invented = {path for path in paths if re.search("NAME|latex|xx", path)}
    assert {"index/sources/__init__.py", "bot/answer.py"} <= paths
    assert {path for path in paths - invented if not (ROOT / path).exists()} == set()


@pytest.mark.slow
def test_every_name_of_code_that_the_recipes_name_exists() -> None:
    files = [path for part in ("bot", "index", "config", "tests") for path in (ROOT / part).rglob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    names = set(re.findall(r"`(_?[A-Z_]{4,}|[A-Z][a-z]+(?:[A-Z][a-z]+)+|tables\(\))`", PAGES["CONTRIBUTING.md"]))
    assert {"_READERS", "ENGINES", "UnusableError"} <= names
    assert [name for name in names if not re.search(rf"\b{name.removesuffix('()')}\b", code)] == []


@pytest.mark.parametrize(
    ("contract", "above"),
    [
        ("index", "## The map"),
        ("source-rooms", "### index/sources/"),
        ("telegram-rooms", "## bot/channels/telegram/"),
    ],
)
def test_the_floors_are_those_that_are_enforced(contract: str, above: str) -> None:
    below = ARCHITECTURE.split(f"\n{above}\n")[1]
    drawn = re.findall(r"^```text\n(.*?)^```$", below, re.MULTILINE | re.DOTALL)[0]
    (enforced,) = re.findall(
        rf"^\[importlinter:contract:{contract}\]\n.*?^layers =\n(.*?)(?=^\[|^\n|\Z)",
        (ROOT / ".importlinter").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    assert drawn.split("\n") == [line.strip() for line in re.sub("[()]", "", enforced).split("\n")]


@pytest.mark.parametrize(
    ("asked", "stands_there"),
    [
        ("BM25's formula", r"def saturation\("),
        ("the reranker's weights", r"RERANK_GRAMS.*0\.2\b"),
        ("the silence threshold", r"answered_at.*0\.80?\b|ANSWERED_AT.*0\.80?\b"),
        ("the CSV reader", r"csv\.reader\("),
        ("the `/rebuild` handler", r"async def command\("),
    ],
)
def test_a_newcomer_finds_what_is_looked_for(asked: str, stands_there: str) -> None:
    (row,) = [line for line in ARCHITECTURE.splitlines() if line.startswith(f"| {asked}")]
    (path, *_) = re.findall(r"`([\w/]+\.py)`", row)
    assert re.search(stands_there, (ROOT / path).read_text(encoding="utf-8")), path
