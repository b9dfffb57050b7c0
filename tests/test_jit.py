"""How arrays reach the kernels: in the order, of the dtypes and of the dimensions that a record's annotations say."""

import re
from dataclasses import dataclass, make_dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pytest
from typing_extensions import TypeAliasType

from index import bm25
from index.machine import kernel_cache
from index.machine.jit import addresses, array_fields, arrays, arrays_at, jit, record
from index.postings import compact
from index.postings.compact import CompactPostings
from index.postings.compaction import compact_postings
from index.postings.forward import Forward
from index.postings.impacts import Lists
from index.postings.inversion import invert
from index.rerank import grams
from index.rerank.features import Words
from index.store.arrays import Matrix
from tests.resident import resident

KINDS = (np.uint8, np.uint16, np.int32, np.uint32, np.int64, np.uint64, np.float64, np.bool_)


@dataclass(frozen=True)
class Nested:
    flat: npt.NDArray[np.int64]
    table: Matrix[np.uint16]


FORWARD = Forward(
    np.array([0, 2, 5], np.int64), np.array([1, 0, 2, 2, 1], np.uint32), np.array([0, 1, 1], np.int64),
    np.array([2], np.uint32), np.array([0, 1], np.uint32), np.zeros(2, bool),
)  # fmt: skip


def postings(folder: Path) -> CompactPostings:
    inverted = invert(FORWARD, 3, bm25.Parameters())
    return compact_postings(inverted.indptr, inverted.lengths, inverted.lists(), bm25.Parameters(), folder)


def test_an_array_is_known_by_its_dtype_alone_where_numpy_says_no_more() -> None:
    # NDArray as numpy 2.5 defines it for Python 3.12 and later.
    of = TypeVar("of", bound=np.generic)
    named: Any = TypeAliasType("named", np.ndarray[tuple[Any, ...], np.dtype[of]], type_params=(of,))  # type: ignore[arg-type]
    kind: Any = make_dataclass("kind", [("flat", named[np.uint16]), ("old", npt.NDArray[np.int64])])
    assert array_fields(kind) == (("flat", np.dtype(np.uint16), 1), ("old", np.dtype(np.int64), 1))


@pytest.mark.slow
@pytest.mark.parametrize("turned", [False, True])
def test_a_kernel_finds_each_array_by_its_name_wherever_its_field_stands(turned: bool) -> None:
    names = [f"{'flat' if flat else 'table'}_{kind.__name__}" for kind in KINDS for flat in (True, False)]
    hints = [npt.NDArray[kind] if flat else Matrix[kind] for kind in KINDS for flat in (True, False)]  # type: ignore[valid-type]
    turn = slice(None, None, -1 if turned else 1)
    kind: Any = make_dataclass("kind", list(zip(names, hints, strict=True))[turn], namespace={"__module__": __name__})
    given = {
        name: np.arange(6).astype(array_fields(kind)[turn][number].dtype) if "flat" in name
        else (np.arange(12) % 5).reshape(3, 4).astype(array_fields(kind)[turn][number].dtype)
        for number, name in enumerate(names)
    }  # fmt: skip
    named, unpacked = record(kind), arrays_at(kind)

    @jit
    def read(at: Any) -> Any:
        return named(*unpacked(at))

    held = arrays(kind(**given))
    found = read(addresses(held))
    for name in names:
        assert getattr(found, name).dtype == given[name].dtype
        assert getattr(found, name).tolist() == given[name].tolist()


def test_the_records_that_kernels_read_hold_what_their_annotations_say(tmp_path: Path) -> None:
    made: list[Any] = [postings(tmp_path), FORWARD, Words.of([2, 0, 2], [1.0, 0.5, 1.0]),
            grams.statistics(2, lambda rows: ["salt and tin", "salt"][: len(rows)]),
            grams.Framed(grams.code_points("salt"), grams.ends(["salt"]), grams.folds.codes)]  # fmt: skip
    for one in made:
        kind: Any = type(one)
        for name, dtype, dimensions in array_fields(kind):
            assert getattr(one, name).dtype == dtype, name
            assert getattr(one, name).ndim == dimensions, name


def test_the_table_of_the_compact_postings_names_every_array_in_the_order_in_which_kernels_read_them() -> None:
    said = []
    for names, what in re.findall(r"^\| ([\w, ]+) \| ((?:\w+ \[[^]]+\](?:, )?)+) \|", compact.__doc__ or "", re.M):
        for name, (dtype, shape) in zip(names.split(", "), re.findall(r"(\w+) \[([^]]+)\]", what), strict=True):
            said.append((name, np.dtype(dtype), shape.count(",") + 1))
    assert said == list(array_fields(CompactPostings))


def test_arrays_that_are_not_as_annotated_are_made_so_or_refused() -> None:
    flat, table = np.arange(6), np.arange(6, dtype=np.uint16).reshape(2, 3)
    held = arrays(Nested(flat.astype(np.int32)[::2], table.T))  # type: ignore[arg-type]
    assert [array.dtype for array in held] == [np.int64, np.uint16]
    assert all(array.flags.c_contiguous for array in held)
    assert [array.tolist() for array in held] == [[0, 2, 4], [[0, 3], [1, 4], [2, 5]]]
    with pytest.raises(TypeError, match=r"Nested\.table: 1 dimensions, not 2"):
        arrays(Nested(flat, flat))  # type: ignore[arg-type]


def test_a_record_of_anything_but_arrays_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Lists\.terms"):
        array_fields(Lists)


def test_the_code_of_the_compiler_leaves_the_memory_until_it_is_needed_again() -> None:
    jit(lambda number: number + 1)(1)
    kernel_cache.seal()
    assert resident("llvmlite", "r-xp") == 0
    assert jit(lambda number: number + 2)(1) == 3
