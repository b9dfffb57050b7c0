"""Arrays in files: written piece by piece, changed piece by piece, mapped."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.store import arrays
from index.store.arrays import Growing, map_array, release, rewrite


@given(
    pieces=st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=5), max_size=5), piece_bytes=st.sampled_from([4, 8])
)
def test_what_grew_is_read_back_and_rewritten(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[list[int]], piece_bytes: int
) -> None:
    path = tmp_path_factory.mktemp("growing") / "numbers.npy"
    with Growing(path, np.uint32) as growing:
        for piece in pieces:
            growing.extend(np.array(piece, np.uint32))
    everything = [number for piece in pieces for number in piece]
    assert len(growing) == len(everything)
    assert np.load(path).tolist() == map_array(path).tolist() == everything
    assert map_array(path).dtype == np.uint32
    with pytest.MonkeyPatch.context() as small:
        small.setattr(arrays, "_PIECE_BYTES", piece_bytes)
        rewrite(path, lambda numbers: numbers // np.uint32(2))
    assert np.load(path).tolist() == [number // 2 for number in everything]


def test_a_growing_array_holds_one_dtype(tmp_path: Path) -> None:
    with Growing(tmp_path / "numbers.npy", np.uint16) as growing, pytest.raises(TypeError, match="holds uint16"):
        growing.extend(np.array([1], np.int64))


def test_an_array_that_was_let_go_is_read_again(tmp_path: Path) -> None:
    np.save(tmp_path / "numbers.npy", np.arange(100_000, dtype=np.uint32))
    numbers = map_array(tmp_path / "numbers.npy")
    total = int(numbers.sum())
    release(numbers)
    assert int(numbers.sum()) == total == 4_999_950_000
    plain = np.arange(3)
    release(plain)
    assert plain.tolist() == [0, 1, 2]
