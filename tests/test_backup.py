"""`quoth backup` and `quoth restore`: the same answers elsewhere, whatever goes on meanwhile, and nothing by halves."""

import errno
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.channels.telegram.memory.database import FILE
from bot.channels.telegram.memory.records import VERSION, upgrade
from bot.channels.telegram.memory.writer import connect
from bot.channels.telegram.transport.instance_lock import single_instance
from bot.commands import archive, backup, parts, restore
from bot.errors import BackupError, BotError, ChannelError
from config.settings import Settings, load
from index import Article, Options, Paragraph, Store, build_index
from tests.damage import flipped
from tests.fork_server import ForkServer

Start = Callable[..., subprocess.Popen[str]]
Run = Callable[..., subprocess.CompletedProcess[str]]
Tree = dict[str, bytes]
Members = list[tuple[zipfile.ZipInfo, bytes]]
Change = Callable[[Members], None]

TOKEN = f"123456789:{'A' * 35}"
QUESTION = "Which geese does the lock keeper feed?"
KILLS = 3
ROOT = Path(__file__).parents[1]


def edition(number: int, count: int = 40) -> list[Article]:
    """Articles one of which says which edition this is."""
    others = [
        Article(f"Lot {lot}", (Paragraph(f"Lot {lot} is an anvil, a barge and {lot + number} candles."),), key=f"{lot}")
        for lot in range(count)
    ]
    lock = Paragraph(f"The lock keeper feeds {number} geese every morning.")
    return [*others, Article("At the lock", (lock,), key="lock")]


def publish(data: Path, number: int) -> None:
    build_index(Store(data), edition(number), (), Options(force=True))


def answering(data: Path) -> int:
    """The edition that answers, after every byte of the index was compared."""
    Store(data).verify()
    with Answerer.open(data) as answerer:
        words = answerer.answer(QUESTION).passages[0].passage.text.split()
    assert words[:4] == ["The", "lock", "keeper", "feeds"]
    return int(words[4])


def remember(data: Path, owner: int) -> None:
    """Write a memory with this owner."""
    with closing(connect(data / FILE, timeout=5)) as base:
        upgrade(base)
        base.execute("INSERT INTO owners (user_id) VALUES (?)", (owner,))


def owners(data: Path) -> list[int]:
    with closing(sqlite3.connect(data / FILE)) as base:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [owner for (owner,) in base.execute("SELECT user_id FROM owners ORDER BY user_id")]


def tree(folder: Path) -> Tree:
    """What lies in a folder, but for the locks."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock" and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def settings_of(data: Path) -> Settings:
    return load(data_dir=data)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("QUOTH_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an index, a memory, an upload and something fetched, and a backup of it beside."""
    place = tmp_path_factory.mktemp("template")
    folder = place / "data"
    publish(folder, 1)
    remember(folder, 7)
    for name in ("uploads/Note.md", "uploads/.incoming-1-Note.md", "fetched/coast-1/a.html", "fetched/coast-1/.lock"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}\n\nThe sluice opens at noon.\n")
    with closing(sqlite3.connect(folder / "fetched/coast-1/.state.sqlite")) as state:
        state.execute("CREATE TABLE pages (address)")
    (folder / "telegram_inbox.sqlite3").write_bytes(b"what is answered within seconds")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        backup.run(place / "quoth.zip", settings_of(folder))
    return place


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    """Such a data folder of the test's own."""
    shutil.copytree(template / "data", tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def made(template: Path, tmp_path: Path) -> Path:
    """A backup of it."""
    shutil.copy(template / "quoth.zip", tmp_path / "quoth.zip")
    return tmp_path / "quoth.zip"


def test_a_restored_folder_answers_and_remembers_as_the_one_before(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUOTH_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("QUOTH_PASSAGES", "5")
    monkeypatch.setenv("QUOTH_TELEGRAM_PROXY", "socks5://me:hushhush@127.0.0.1:1080")
    (data / "aliases.toml").write_text('"Penny Hythe" = ["P.H."]\n')
    file = tmp_path / "quoth.zip"
    assert backup.run(file, settings_of(data)) == 0
    assert "41 articles, 41 paragraphs, the bot's memory, 1 uploaded file, 1 fetched file" in capsys.readouterr().out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not [secret for secret in (TOKEN, "hushhush") if secret.encode() in file.read_bytes()]
    monkeypatch.delenv("QUOTH_PASSAGES")
    elsewhere = tmp_path / "elsewhere"
    assert restore.run(file, settings_of(elsewhere)) == 0
    told = capsys.readouterr()
    assert "settings of the backup that are not in force here: passages\n" in told.err
    assert (elsewhere / "quoth.toml").read_text() == "passages = 5\n"
    assert (answering(elsewhere), owners(elsewhere)) == (1, [7])
    for name in ("uploads/Note.md", "fetched/coast-1/a.html", "aliases.toml"):
        assert (elsewhere / name).read_bytes() == (data / name).read_bytes()
    passing = ("uploads/.incoming-1-Note.md", "telegram_inbox.sqlite3", ".restoring")
    assert [name for name in passing if (elsewhere / name).exists()] == []
    assert not list(tmp_path.glob(".quoth.zip*"))


def test_what_stood_before_a_restore_is_kept(data: Path, made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish(data, 2)
    remember(data, 8)
    (data / "uploads/Note.md").write_text("another")
    (data / "uploads/Later.md").write_text("later")
    assert restore.run(made, settings_of(data)) == 0
    assert (answering(data), owners(data)) == (1, [7])
    assert (data / "uploads/Later.md").exists(), "what is in no backup stays"
    (before,) = data.glob("before-restore-*")
    assert str(before) in capsys.readouterr().err
    assert (before / "uploads/Note.md").read_text() == "another"
    assert owners(before) == [7, 8]
    assert Store(data).rollback() == 2
    assert answering(data) == 2


def test_sources_in_the_data_folder_move_with_it(tmp_path: Path) -> None:
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    outside = tmp_path / "notes"
    sources = [str(data / "uploads"), str(outside)]
    build_index(Store(data), edition(1), sources, Options(force=True))
    backup.run(tmp_path / "quoth.zip", settings_of(data))
    restore.run(tmp_path / "quoth.zip", settings_of(elsewhere))
    manifest = Store(elsewhere).manifest()
    assert manifest is not None
    assert manifest.sources == (str(elsewhere / "uploads"), str(outside))


def test_a_memory_that_was_never_closed_is_backed_up_whole_and_replaced_whole(data: Path, tmp_path: Path) -> None:
    # As a killed bot leaves it: what was written last is in the log beside the file.
    left = tmp_path / "left"
    left.mkdir()
    with closing(connect(data / FILE, timeout=5)) as base:
        base.execute("INSERT INTO owners (user_id) VALUES (9)")
        for path in data.glob(f"{FILE}*"):
            (left / path.name).write_bytes(path.read_bytes())
    for path in left.iterdir():
        (data / path.name).write_bytes(path.read_bytes())
    assert (data / f"{FILE}-wal").stat().st_size > 0
    backup.run(tmp_path / "one.zip", settings_of(data))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for path in left.iterdir():
        (elsewhere / path.name).write_bytes(path.read_bytes())
    restore.run(tmp_path / "one.zip", settings_of(elsewhere))
    assert owners(elsewhere) == [7, 9]
    assert not (elsewhere / f"{FILE}-wal").exists()


def test_a_running_bot_is_not_robbed_of_its_memory(data: Path, made: Path) -> None:
    before = tree(data)
    with single_instance(data), pytest.raises(ChannelError, match="another `quoth telegram`"):
        restore.run(made, settings_of(data))
    assert tree(data) == before


def rewritten(file: Path, change: Change) -> None:
    """Change the members of a backup, and its list with them."""
    with zipfile.ZipFile(file) as whole:
        members = [(info, whole.read(info)) for info in whole.infolist() if info.filename != archive.LIST]
        record = json.loads(whole.read(archive.LIST))
    change(members)
    out = io.BytesIO()
    with archive.Writing(out, lambda _: None) as written:
        for info, content in members:
            written.add(info.filename, io.BytesIO(content))
        written.finish({name: record[name] for name in ("made_by", "data_dir", "counts")})
    file.write_bytes(out.getvalue())


def append(name: str, content: bytes = b"x") -> Change:
    return lambda members: members.append((zipfile.ZipInfo(name), content))


def refused(file: Path, data: Path) -> str:
    """What is said of a backup that is refused, and changes nothing."""
    before = tree(data)
    with pytest.raises(BackupError) as told:
        restore.run(file, settings_of(data))
    assert tree(data) == before
    text = str(told.value)
    assert "\n" not in text
    assert "nothing was changed" in text
    return text


@pytest.mark.parametrize(
    "name",
    [
        "uploads/../../escaped.md",
        "/etc/quoth",
        "uploads//double.md",
        "uploads/./here.md",
        "uploads\\windows.md",
        "uploads/a\nb.md",
        "C:/uploads/a.md",
        "generations/000009/manifest.json",
        "current",
        "build.lock",
        "index/sub/articles.sqlite",
        "uploads",
        "uploads/" + "d/" * 9 + "deep.md",
        "uploads/" + "n" * 300 + ".md",
    ],
)
def test_no_member_leads_out_of_its_place(data: Path, made: Path, name: str) -> None:
    rewritten(made, append(name))
    assert "no backup has a member named" in refused(made, data)


def test_a_link_in_an_archive_becomes_a_plain_file(made: Path, tmp_path: Path) -> None:
    rewritten(made, append("uploads/link.md", b"/etc/passwd"))
    raw = bytearray(made.read_bytes())
    # Where its entry in the directory says of what kind it is.
    at = raw.rindex(b"uploads/link.md") - 46 + 38
    raw[at : at + 4] = ((stat.S_IFLNK | 0o777) << 16).to_bytes(4, "little")
    made.write_bytes(raw)
    restore.run(made, settings_of(tmp_path / "elsewhere"))
    path = tmp_path / "elsewhere/uploads/link.md"
    assert not path.is_symlink()
    assert path.read_bytes() == b"/etc/passwd"


def test_a_file_of_the_index_that_is_none_is_refused(data: Path, made: Path) -> None:
    rewritten(made, append("index/extra.npy"))
    assert "extra.npy is no file of this index" in refused(made, data)


def test_an_index_that_this_program_cannot_search_is_refused(data: Path, made: Path) -> None:
    def older(members: Members) -> None:
        (at,) = [at for at, (info, _) in enumerate(members) if info.filename == "index/manifest.json"]
        members[at] = (members[at][0], members[at][1].replace(b'"format": 4', b'"format": 3'))

    rewritten(made, older)
    assert "its index cannot be used by quoth" in refused(made, data)


def test_a_memory_that_is_none_is_refused(data: Path, made: Path) -> None:
    def broken(members: Members) -> None:
        members[:] = [(info, b"no database" if info.filename == f"memory/{FILE}" else text) for info, text in members]

    rewritten(made, broken)
    assert f"memory/{FILE} is damaged" in refused(made, data)


def test_a_memory_of_a_later_version_is_refused(data: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(data / FILE)) as base:
        base.execute(f"PRAGMA user_version = {VERSION + 1}")
    backup.run(tmp_path / "later.zip", settings_of(data))
    assert "later version" in refused(tmp_path / "later.zip", data)


def test_nothing_in_an_archive_is_unpacked_into_more_than_it_is(data: Path, made: Path) -> None:
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("uploads/bomb.md", bytes(1 << 24))
    assert "packed or encrypted" in refused(made, data)
    other = made.with_name("other.zip")
    with zipfile.ZipFile(other, "w") as whole:
        whole.writestr("note.md", "x")
    assert "note.md" in refused(other, data)


def test_members_that_lie_in_the_same_bytes_are_no_bomb(data: Path, made: Path) -> None:
    rewritten(made, append("uploads/large.md", bytes(100_000)))
    raw = made.read_bytes()
    # Every entry of the directory says now that its member is as large as the largest.
    for name in (b"uploads/Note.md", b"fetched/coast-1/a.html"):
        at = raw.rindex(name) - 46
        raw = raw[: at + 20] + (1 << 30).to_bytes(4, "little") * 2 + raw[at + 28 :]
    made.write_bytes(raw)
    assert "larger than the file" in refused(made, data)


@pytest.mark.parametrize("left", [0, 1, 100, 0.5, 0.99])
def test_a_backup_that_was_cut_off_is_refused(data: Path, made: Path, left: float) -> None:
    whole = made.read_bytes()
    made.write_bytes(whole[: int(left * len(whole)) if isinstance(left, float) else left])
    refused(made, data)


def test_damage_anywhere_is_found_or_harmless(data: Path, made: Path) -> None:
    whole = made.read_bytes()
    chance = random.Random(20261127)  # noqa: S311 - places to damage, no secret
    refusals = 0
    for turn in range(40):
        made.write_bytes(flipped(whole, chance, 1 + turn % 3))
        before = tree(data)
        try:
            with archive.opened(made) as opened:
                opened.verify(lambda _: None)
        except BackupError:
            refusals += 1
            continue
        # Times and flags that nobody reads.
        with archive.opened(made) as opened:
            assert opened.read("uploads/Note.md") == (data / "uploads/Note.md").read_bytes()
        assert tree(data) == before
    assert refusals > 30


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"# An article\n"])
def test_what_is_no_backup_is_told_so(data: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert "no backup" in refused(tmp_path / "file", data)
    assert "No such file" in refused(tmp_path / "none", data)


def test_a_backup_takes_the_place_of_a_backup_alone(data: Path, tmp_path: Path) -> None:
    (tmp_path / "article.md").write_text("# Mine\n")
    for place in (tmp_path / "article.md", tmp_path):
        with pytest.raises(BackupError, match="is no backup, and stays"):
            backup.run(place, settings_of(data))
    for _ in range(2):
        assert backup.run(tmp_path / "quoth.zip", settings_of(data)) == 0


def test_a_damaged_index_is_not_backed_up(data: Path, made: Path) -> None:
    before = made.read_bytes()
    (array,) = (data / "generations").glob("*/forward_terms.npy")
    array.write_bytes(flipped(array.read_bytes(), random.Random(3), 1, 200))  # noqa: S311 - damage, no secret
    with pytest.raises(BackupError, match=r"forward_terms\.npy: damaged"):
        backup.run(made, settings_of(data))
    assert made.read_bytes() == before


@pytest.mark.slow
def test_backups_while_an_index_is_asked_and_built_anew_hold_one_edition_each(data: Path, tmp_path: Path) -> None:
    ended, trouble = threading.Event(), list[BaseException]()
    answerer = Answerer.open(data)

    def ask() -> None:
        while not ended.is_set():
            assert answerer.answer(QUESTION).state == "answered"

    def build() -> None:
        number = 1
        while not ended.is_set():
            number += 1
            publish(data, number)
            with closing(connect(data / FILE, timeout=5)) as base:
                base.execute("INSERT INTO owners (user_id) VALUES (?)", (1000 + number,))

    def watched(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - told at the end
                trouble.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    threads = [watched(ask), watched(ask), watched(build)]
    try:
        for turn in range(2):
            file, elsewhere = tmp_path / f"{turn}.zip", tmp_path / f"elsewhere-{turn}"
            backup.run(file, settings_of(data))
            restore.run(file, settings_of(elsewhere))
            # The memory is copied after the index was opened, never before.
            assert answering(elsewhere) - 1 <= len(owners(elsewhere))
    finally:
        ended.set()
        for thread in threads:
            thread.join()
        answerer.close()
    assert trouble == []


@pytest.fixture
def killed(start: Start) -> Callable[..., int]:
    """What starts a command and kills it after so many seconds; returns its exit code."""

    def run(seconds: float, *arguments: str | Path) -> int:
        process = start(*arguments)
        time.sleep(seconds)
        process.kill()
        process.communicate()
        return process.returncode

    return run


def lasting(quoth: Run, *arguments: str | Path) -> float:
    began = time.monotonic()
    done = quoth(*arguments)
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began


def test_a_backup_and_a_restore_killed_at_any_moment_leave_nothing_half(
    data: Path, tmp_path: Path, quoth: Run, killed: Callable[..., int]
) -> None:
    moments = random.Random(7)  # noqa: S311 - moments to kill at, no secret
    file, target = tmp_path / "quoth.zip", tmp_path / "target"
    whole = lasting(quoth, "backup", file)
    codes = []
    for turn in range(KILLS):
        before = file.read_bytes()
        codes.append(killed(whole * (turn + moments.random()) / KILLS, "backup", file))
        with archive.opened(file) as opened:
            opened.verify(lambda _: None)
        assert codes[-1] == 0 or file.read_bytes() == before or turn == KILLS - 1
    publish(data, 2)
    remember(data, 8)
    second = tmp_path / "second.zip"
    lasting(quoth, "backup", second)
    lasting(quoth, "restore", file, "--data-dir", target)
    whole = lasting(quoth, "restore", file, "--data-dir", target)
    for turn in range(KILLS):
        codes.append(killed(whole * (turn + moments.random()) / KILLS, "restore", second, "--data-dir", target))
        parts.settings(data_dir=target)
        assert (answering(target), owners(target)) in ((1, [7]), (2, [7, 8]))
        lasting(quoth, "restore", file, "--data-dir", target)
        assert (answering(target), owners(target)) == (1, [7])
        left = [path.name for path in target.rglob(".*") if path.is_dir()]
        assert left == [], "the next one clears up"
    assert -signal.SIGKILL in codes


@pytest.mark.slow
def test_a_restore_killed_at_any_step_is_finished_or_never_was(
    data: Path, made: Path, tmp_path: Path, fork_server: ForkServer | None
) -> None:
    publish(data, 2)
    remember(data, 8)
    (data / "uploads/Note.md").write_text("another")
    place = tmp_path / "killed"
    arguments = [str(data), str(made), str(place)]
    if fork_server is not None:
        running = fork_server.start(arguments, ROOT, os.environ, "tests.killed_restore")
    else:
        command = [sys.executable, "-m", "tests.killed_restore", *arguments]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    with running:
        out, trouble = running.communicate(timeout=300)
    assert trouble == ""
    ends = {name: int(status) for name, status in map(str.split, out.splitlines())}
    stood, restored = (2, (7, 8), "another"), (1, (7,), "# uploads/Note.md\n\nThe sluice opens at noon.\n")
    found = {}
    for name in ends:
        folder = place / name
        parts.settings(data_dir=folder)
        found[name] = (answering(folder), tuple(owners(folder)), (folder / "uploads/Note.md").read_text())
        assert found[name] in (stood, restored), name
        assert not (folder / parts.RESTORING).exists()
    assert {status for name, status in ends.items() if name != "whole"} == {0, signal.SIGKILL}
    late = [found[name] for name in ends if name.startswith("late-")]
    assert late == sorted(late, key=lambda one: one == restored), "restored from the journal on, before never"
    assert {found[name] for name in ends if name.startswith("early-")} == {stood}
    assert {found[name] for name in ends if name.startswith("next-")} == {restored}
    assert late.count(restored) > 10


@pytest.mark.parametrize("broken", ["uploads/Note.md", FILE])
def test_a_restore_that_cannot_put_a_file_in_its_place_changes_nothing(
    data: Path, made: Path, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(data, 2)
    remember(data, 8)
    (data / "uploads/Note.md").write_text("another")
    before = tree(data)
    put = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if target == data / broken and parts.RESTORING in self.parts:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        return put(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(BotError, match="nothing was changed"):
        restore.run(made, settings_of(data))
    assert tree(data) == before
    assert answering(data) == 2
