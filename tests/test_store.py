"""Generations on disk: published, opened, damaged, rolled back, shared between processes."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.store.generation
from bot.errors import message_of
from index.errors import (
    BrokenIndexError,
    BuildBusyError,
    NewerIndexError,
    NoIndexError,
    OutdatedIndexError,
    StorageError,
)
from index.model import ArticleCard
from index.store.manifest import Scalar
from index.store.staging import Staging
from index.store.store import FORMAT, FileStamp, Manifest, Store
from index.store.texts_writer import TextsWriter

ANALYZER: dict[str, Scalar] = {"version": 1, "stemmer": "snowball"}
REBUILD = "run `quoth index PATH` to rebuild it"


def filled(staging: Staging, title: str) -> Manifest:
    """Write one article and one array that both tell which generation they belong to."""
    card = ArticleCard(0, "00000000000a", title, "/notes/a.txt", None, None, None, None, "en", 0, 1)
    with TextsWriter(staging.path / "articles.sqlite") as writer:
        writer.extend([(card, "c0")], [(0, 0, 1, 1, "paragraph", f"The text of {title}.", 0)])
    staging.save("docs", np.full(1000, staging.number, np.uint32))
    return Manifest(
        "2031-05-04T10:22:07+00:00", "0.1.0", ANALYZER, {"articles": 1, "passages": 1}, {"en": 1}, ("/notes",)
    )


def published(store: Store, title: str = "Tides") -> int:
    with store.building() as staging:
        return staging.publish(filled(staging, title))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store in a folder whose name needs quoting nearly everywhere."""
    return Store(tmp_path / "my notes?#50%25 äö")


def folder(store: Store, number: int) -> Path:
    return store.data_dir / "generations" / f"{number:06}"


def test_what_was_published_is_what_is_opened(store: Store) -> None:
    with store.building() as staging:
        number = staging.publish(filled(staging, "Tides"))
    with store.open(analyzer=ANALYZER) as generation:
        assert generation.number == number == store.current() == 1
        assert generation.path == folder(store, 1)
        assert generation.texts.article(0).title == "Tides"
        assert generation.array("docs").tolist() == [1] * 1000
        assert generation.manifest.analyzer == ANALYZER
        assert generation.manifest.sources == ("/notes",)
        assert generation.manifest.files.keys() == {"articles.sqlite", "docs.npy"}
        assert generation.manifest.files["docs.npy"].size == folder(store, 1).joinpath("docs.npy").stat().st_size
    assert store.verify() == generation.manifest


def test_arrays_come_back_as_plain_aligned_writable_ndarrays_of_any_shape(store: Store) -> None:
    arrays = {
        "empty": np.zeros((0, 7), np.float32),
        "one": np.array(4.5),
        "columns": np.asfortranarray(np.arange(12, dtype=np.int64).reshape(3, 4)),
    }
    with store.building() as staging:
        manifest = filled(staging, "Tides")
        for name, array in arrays.items():
            staging.save(name, array)
        staging.publish(manifest)
    with store.open() as generation:
        for name, array in arrays.items():
            found = generation.array(name)
            assert type(found) is np.ndarray, name
            assert found.dtype == array.dtype, name
            assert np.array_equal(found, array), name
            assert found.flags.aligned and found.flags.writeable, name
        found = generation.array("columns")
    found[0, 0] = 99
    with store.open() as generation:
        assert generation.array("columns")[0, 0] == 0, "writing into a mapped array must not reach the file"


def test_an_array_that_was_not_saved_is_named(store: Store) -> None:
    published(store)
    with store.open() as generation, pytest.raises(BrokenIndexError, match=r"wptr\.npy: missing"):
        generation.array("wptr")


def test_without_an_index_the_message_says_how_to_make_one(store: Store) -> None:
    assert store.current() is None
    assert store.listing() == []
    for attempt in (store.open, store.verify, store.rollback):
        with pytest.raises(NoIndexError) as caught:
            attempt()
        assert str(caught.value) == f"no index in {store.data_dir}"
        assert message_of(caught.value) == f"no index in {store.data_dir}: run `quoth index PATH`"
    assert not store.data_dir.exists(), "looking must not create anything"


def test_the_newest_two_generations_are_kept_and_one_that_grows_old(store: Store) -> None:
    assert [published(store, f"Edition {n}") for n in range(5)] == [1, 2, 3, 4, 5]
    assert [(state.number, state.current, state.problem) for state in store.listing()] == [
        (1, False, ""),
        (4, False, ""),
        (5, True, ""),
    ]


@pytest.mark.slow
def test_generations_to_go_back_to_are_an_hour_and_a_day_old_whenever_builds_came(store: Store) -> None:
    # Every twenty minutes for three days, as a clock that is put back shows it.
    for number in range(1, 217):
        assert published(store, f"Edition {number}") == number
        for state in store.listing():
            manifest = folder(store, state.number) / "manifest.json"
            built = time.time() - 1200 * (number - state.number)
            os.utime(manifest, (built, built))
    ages = [(216 - state.number) / 3 for state in store.listing()]
    assert len(ages) <= 6
    assert ages[-2:] == [pytest.approx(1 / 3), 0]
    assert any(1 <= age < 3 for age in ages), ages
    assert any(24 <= age < 49 for age in ages), ages


def test_a_build_that_is_given_up_leaves_nothing(store: Store) -> None:
    published(store)
    with pytest.raises(RuntimeError, match="given up"), store.building() as staging:
        filled(staging, "Unfinished")
        raise RuntimeError("given up")
    assert [entry.name for entry in (store.data_dir / "generations").iterdir()] == ["000001"]
    assert store.current() == 1


def test_what_a_killed_builder_left_is_removed_by_the_next(store: Store) -> None:
    published(store)
    left = store.data_dir / "generations" / ".building-1-ab"
    left.mkdir()
    (left / "docs.npy").write_bytes(b"half")
    published(store)
    assert sorted(entry.name for entry in (store.data_dir / "generations").iterdir()) == ["000001", "000002"]


def test_an_open_generation_survives_its_folder(store: Store) -> None:
    # One before, which stays for its age.
    published(store)
    published(store, "First edition")
    with store.open() as generation:
        for _ in range(3):
            published(store)
        assert not generation.path.exists()
        assert generation.texts.article(0).title == "First edition"
        assert generation.array("docs").sum() == 2000
        found: list[str] = []
        reader = threading.Thread(target=lambda: found.append(generation.texts.passage(0).text))
        reader.start()
        reader.join()
        assert found == ["The text of First edition."]


@pytest.mark.parametrize(
    "content", [b"", b"seven\n", b"7", b"000000\n", b"../../x\n", b"\xff\xfe", b"000007\n000008\n"]
)
def test_a_garbled_current_file_is_named_with_the_way_out(store: Store, content: bytes) -> None:
    published(store)
    (store.data_dir / "current").write_bytes(content)
    for attempt in (store.current, store.open, store.verify):
        with pytest.raises(BrokenIndexError) as caught:
            attempt()
        assert str(store.data_dir / "current") in str(caught.value)
        assert message_of(caught.value).endswith(f"; {REBUILD}, or `quoth index --rollback` to use the one before")
    assert [state.current for state in store.listing()] == [False]
    assert store.rollback() == 1 == store.current()
    assert published(store) == 2


def test_a_missing_file_is_named(store: Store) -> None:
    published(store)
    for name in ("articles.sqlite", "docs.npy", "manifest.json"):
        kept = (folder(store, 1) / name).rename(store.data_dir / "kept")
        with pytest.raises(BrokenIndexError, match=f"{name}: missing$") as caught:
            store.open()
        assert f"{name}: missing; {REBUILD}, or `quoth index --rollback`" in message_of(caught.value)
        kept.rename(folder(store, 1) / name)
    store.open().close()


def test_a_file_of_another_size_is_named(store: Store) -> None:
    published(store)
    with (folder(store, 1) / "docs.npy").open("ab") as file:
        file.write(b"x")
    with pytest.raises(BrokenIndexError, match=r"docs\.npy: 4129 bytes instead of the 4128 written"):
        store.open()


@pytest.mark.slow
def test_no_flipped_byte_goes_unseen(store: Store) -> None:
    """Every file, every 37th byte, with its time put back: small indexes are compared whole."""
    published(store)
    tried = 0
    for path in sorted(folder(store, 1).iterdir()):
        healthy, stamp = path.read_bytes(), path.stat()
        for place in range(0, len(healthy), 37):
            path.write_bytes(healthy[:place] + bytes([healthy[place] ^ 0x10]) + healthy[place + 1 :])
            os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
            with pytest.raises(BrokenIndexError, match=path.name):
                store.open()
            tried += 1
        path.write_bytes(healthy)
        os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert tried > 300
    store.open().close()


def test_a_large_index_is_opened_by_time_and_size_and_checked_where_it_is_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.store.generation, "ALWAYS_HASHED", 0)
    published(store)
    path = folder(store, 1) / "docs.npy"
    stamp = path.stat()
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(BrokenIndexError, match=r"docs\.npy: damaged"):
        store.open()
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    with store.open() as generation:
        assert generation.texts.article(0).title == "Tides"
        with pytest.raises(BrokenIndexError, match=r"docs\.npy: damaged"):
            generation.array("docs")
    with pytest.raises(BrokenIndexError, match=r"docs\.npy: damaged"):
        store.verify()


def test_another_analyzer_is_refused_and_the_setting_named(store: Store) -> None:
    published(store)
    with pytest.raises(NewerIndexError, match=r"of a later version \(1, and this one has 0\)$"):
        store.open(analyzer=ANALYZER | {"version": 0})
    others: list[tuple[dict[str, Scalar], str]] = [
        ({"version": 1, "stemmer": "none"}, "stemmer was 'snowball' and is 'none' now"),
        ({"version": 1}, "stemmer was 'snowball' and is unknown now"),
        (ANALYZER | {"folding": True}, "folding was not set and is True now"),
    ]
    for other, said in others:
        with pytest.raises(BrokenIndexError, match=said) as caught:
            store.open(analyzer=other)
        assert message_of(caught.value).endswith(f"now; {REBUILD}")


def test_another_format_is_said_before_anything_else(store: Store) -> None:
    published(store)
    place = folder(store, 1) / "manifest.json"
    text = place.read_text()
    place.write_text(text.replace(f'"format": {FORMAT}', '"format": 1'))
    said = rf"manifest\.json: format 1, and this program reads format {FORMAT}$"
    with pytest.raises(OutdatedIndexError, match=said) as caught:
        store.open()
    assert message_of(caught.value).endswith(f"{FORMAT}; {REBUILD}")
    place.write_text(text.replace(f'"format": {FORMAT}', '"format": 99'))
    said = rf"manifest\.json: format 99, and this program reads format {FORMAT}: it was built by a later version$"
    with pytest.raises(NewerIndexError, match=said):
        store.open()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 1}', '{"format": 1, "checksum": "00"}', "\x00"])
def test_a_manifest_that_is_none_is_said_to_be_so(store: Store, text: str) -> None:
    published(store)
    (folder(store, 1) / "manifest.json").write_text(text)
    with pytest.raises(BrokenIndexError, match=r"manifest\.json: "):
        store.open()
    (state,) = store.listing()
    assert state.current
    assert state.manifest is None
    assert "manifest.json" in state.problem


def test_rolling_back_goes_to_the_newest_older_healthy_generation(store: Store) -> None:
    for n in (1, 2, 3):
        published(store, f"Edition {n}")
    (folder(store, 2) / "docs.npy").write_bytes(b"damaged")
    assert store.rollback() == 1
    with store.open() as generation:
        assert generation.texts.article(0).title == "Edition 1"
    with pytest.raises(BrokenIndexError, match=r"no healthy generation before 1$") as caught:
        store.rollback()
    assert message_of(caught.value).endswith("no healthy generation before 1; run `quoth index PATH` to build one")
    assert published(store) == 4, "a number is never used twice"


def test_a_generation_that_current_names_but_is_gone_is_said_to_be_missing(store: Store) -> None:
    published(store)
    published(store)
    folder(store, 2).rename(store.data_dir / "elsewhere")
    with pytest.raises(BrokenIndexError, match=r"000002.*missing"):
        store.open()
    assert [(state.number, state.current, bool(state.problem)) for state in store.listing()] == [
        (1, False, False),
        (2, True, True),
    ]
    assert store.rollback() == 1


def test_a_second_builder_is_told_who_builds(store: Store) -> None:
    with store.building(), pytest.raises(BuildBusyError, match=rf"process {os.getpid()} \(since 20.*stop it"):
        store.building().__enter__()
    with store.building(), pytest.raises(BuildBusyError):
        Store(store.data_dir).building().__enter__()
    published(store)
    published(store)
    with store.building(), pytest.raises(BuildBusyError):
        store.rollback()


def test_a_killed_process_does_not_go_on_holding_the_lock(store: Store) -> None:
    script = (
        "from index.store.store import *\nfrom pathlib import Path\n"
        f"with Store(Path({str(store.data_dir)!r})).building():\n"
    )
    with subprocess.Popen([sys.executable, "-c", script + " print('in', flush=True)\n input()"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as builder:  # fmt: skip
        assert builder.stdout is not None
        assert builder.stdout.readline() == b"in\n"
        with pytest.raises(BuildBusyError, match=f"process {builder.pid} "):
            published(store)
        builder.kill()
    assert published(store) == 1


def test_an_array_cut_short_is_never_published(store: Store) -> None:
    published(store)
    with pytest.raises(BrokenIndexError, match=r"docs\.npy: not a readable array"), store.building() as staging:
        manifest = filled(staging, "Cut")
        os.truncate(staging.path / "docs.npy", 3000)
        staging.publish(manifest)
    assert store.current() == 1
    store.verify()


def test_an_array_of_python_objects_is_never_published(store: Store) -> None:
    with pytest.raises(BrokenIndexError, match="objects"), store.building() as staging:
        manifest = filled(staging, "Objects")
        np.save(staging.path / "docs.npy", np.array([{}], object), allow_pickle=True)
        staging.publish(manifest)


def test_the_store_itself_starts_without_numpy() -> None:
    script = "import sys, index.store.store; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout == b"False\n"


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@pytest.mark.slow
@given(
    analyzer=st.dictionaries(st.text(), scalars),
    counts=st.dictionaries(st.text(), st.integers()),
    sources=st.lists(st.text(st.characters())).map(tuple),
    files=st.dictionaries(st.text(), st.builds(FileStamp, st.integers(), st.text(), st.integers())),
)
def test_a_manifest_is_read_as_it_was_written(
    analyzer: dict[str, Scalar], counts: dict[str, int], sources: tuple[str, ...], files: dict[str, FileStamp]
) -> None:
    manifest = Manifest("2031-05-04T10:22:07+00:00", "0.1.0", analyzer, counts, {}, sources, {}, files, 7)
    assert Manifest.from_json(manifest.to_json(), "here") == manifest


def test_a_folder_that_cannot_be_made_is_named_with_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError, match=r"file.*choose another `data_dir`$") as caught:
        published(Store(tmp_path / "file" / "index"))
    assert message_of(caught.value).endswith("choose another `data_dir`; then run `quoth index PATH` again")


def test_a_folder_without_write_permission_is_named(store: Store) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    published(store)
    store.data_dir.joinpath("generations").chmod(0o500)
    with pytest.raises(StorageError, match="Permission denied; make it writable"):
        published(store)
    store.data_dir.joinpath("generations").chmod(0o700)
    store.verify()


def test_an_unreadable_source_is_not_blamed_on_the_storage(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), store.building():
        (tmp_path / "source.txt").read_text()
