"""The index on a bad day: wide modes, pipes in the place of files, folders mixed up, a full disk, no descriptors."""

import errno
import os
import resource
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.errors import message_of
from index.errors import BrokenIndexError, NoIndexError, UnreadableIndexError
from index.store.store import Store
from tests.test_store import folder, published


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o277])
def test_only_this_account_reads_an_index_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    store = Store(tmp_path / "deep" / "er" / "data")
    with umask(mask):
        published(store)
        published(store)
        store.rollback()
    below = list((tmp_path / "deep").rglob("*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in below if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in below if path.is_file()} == {0o600}


def test_what_an_earlier_version_left_open_is_closed_by_the_next_build(tmp_path: Path) -> None:
    store = Store(tmp_path)
    published(store)
    (tmp_path / "generations").chmod(0o755)
    mode = stat.S_IMODE(tmp_path.stat().st_mode)
    published(store)
    assert stat.S_IMODE((tmp_path / "generations").stat().st_mode) == 0o700
    assert stat.S_IMODE(tmp_path.stat().st_mode) == mode, "a folder that somebody else made stays as it is"


def test_the_names_of_new_folders_are_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("index.store.files.sync", synced.append)
    published(Store(tmp_path / "new" / "data"))
    assert synced[:3] == [tmp_path, tmp_path / "new", tmp_path / "new" / "data"]


PUT_INSTEAD: dict[str, Callable[[Path], None]] = {
    "a folder": Path.mkdir,
    "a named pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", PUT_INSTEAD)
@pytest.mark.parametrize("name", ["current", "generations/000001/manifest.json", "generations/000001/docs.npy",
                                  "generations/000001/articles.sqlite", "generations/000001/files.jsonl"])  # fmt: skip
def test_what_is_no_file_in_the_place_of_one_is_told_at_once(tmp_path: Path, kind: str, name: str) -> None:
    store = Store(tmp_path)
    published(store)
    (tmp_path / name).unlink(missing_ok=True)
    PUT_INSTEAD[kind](tmp_path / name)
    if name.endswith("files.jsonl"):
        with store.open() as generation:
            assert generation.states == {}
        return
    with pytest.raises(BrokenIndexError, match=Path(name).name) as caught:
        store.open()
    if name != "current":
        assert kind in str(caught.value)
    with pytest.raises(BrokenIndexError):
        store.verify()


@pytest.mark.parametrize("kind", PUT_INSTEAD)
def test_a_data_folder_that_is_none_is_told_at_once(tmp_path: Path, kind: str) -> None:
    if kind != "a folder":
        PUT_INSTEAD[kind](tmp_path / "data")
    with pytest.raises(NoIndexError, match="no index in"):
        Store(tmp_path / "data").open()


def test_generations_whose_folders_were_mixed_up_are_told_and_gone_back_from(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for title in ("Tides", "Dunes", "Reef"):
        published(store, title)
    folder(store, 3).rename(tmp_path / "aside")
    folder(store, 2).rename(folder(store, 3))
    (tmp_path / "aside").rename(folder(store, 2))
    for ask in (store.open, store.verify, store.manifest):
        with pytest.raises(BrokenIndexError, match=r"000003/manifest\.json: is that of generation 2; the folders"):
            ask()
    assert [bool(state.error) for state in store.listing()] == [False, True, True]
    assert store.rollback() == 1
    shutil.copytree(folder(store, 1), folder(store, 4))
    (tmp_path / "current").write_text("000004\n")
    with pytest.raises(BrokenIndexError, match="is that of generation 1"):
        store.open()


def test_to_go_back_takes_no_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    published(store)
    published(store)

    opened: Any = Path.open

    def refused(path: Path, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        if "w" in mode or "x" in mode:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return opened(path, mode, *arguments, **named)

    monkeypatch.setattr(Path, "open", refused)
    monkeypatch.setattr(os, "ftruncate", lambda *_: refused(tmp_path, "w"))
    assert store.rollback() == 1
    assert ((tmp_path / "current").read_bytes(), store.current()) == (b"000001\n", 1)
    assert not list(tmp_path.glob(".new-*"))


def test_too_few_descriptors_are_told_as_what_they_are(tmp_path: Path) -> None:
    store = Store(tmp_path)
    published(store)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    met: list[BrokenIndexError] = []
    # From the first that is free on; those in use stay open.
    for limit in range(3, 64):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            store.open().close()
        except BrokenIndexError as error:
            met.append(error)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert met
    for one in met:
        assert isinstance(one, UnreadableIndexError), one
        assert "allow more open files" in message_of(one), one
