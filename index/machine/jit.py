"""Compile kernels, hand arrays to them, and hold the one piece that they all share.

Kernels read the arrays of a record, a dataclass such as `index.postings.compact.CompactPostings`. Its annotations say
the order, the dtypes and the dimensions of the arrays, for whoever hands them over and for the kernels alike: a field
that is added or moved is added or moved on both sides.
"""

from collections import namedtuple
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast, get_args, get_type_hints

import numba
import numpy as np
import numpy.typing as npt
from numba import njit, types
from numba.extending import intrinsic
from numba.np import arrayobj, numpy_support

from index.machine import kernel_cache

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

folder = kernel_cache.chosen_folder()
if folder is not None:
    # Read whenever a kernel is defined; numba types no settings.
    cast("Any", numba.config).CACHE_DIR = str(folder)

Array = npt.NDArray[Any]
# Numba types none of these.
TYPES: Final[Any] = types
_arrayobj: Final[Any] = arrayobj

# Without a folder nothing is kept: numba would choose one beside the code, where kernels go stale.
jit = njit(cache=folder is not None, nogil=True)
# To call a function with the collection copies all that it holds, which costs more than most of them do.
inlined = njit(cache=folder is not None, nogil=True, inline="always")


class ArrayField(NamedTuple):
    """What a record's annotation says of one of its arrays."""

    name: str
    dtype: np.dtype[Any]
    dimensions: int


@cache
def array_fields(kind: "type[DataclassInstance]") -> tuple[ArrayField, ...]:
    """Return what is said of each array of a record, in its order.

    `npt.NDArray[np.int64]` is flat; for other arrays `np.ndarray[tuple[int, int], np.dtype[np.int64]]` says the
    dimensions. Raises TypeError where an annotation is of another kind.
    """
    hints, layout = get_type_hints(kind), []
    for field in fields(kind):
        try:
            layout.append(ArrayField(field.name, *_said(hints[field.name])))
        except (TypeError, ValueError, IndexError) as error:
            raise TypeError(f"{kind.__name__}.{field.name}: no array of a dtype that kernels read") from error
    return tuple(layout)


def _said(hint: Any) -> tuple[np.dtype[Any], int]:
    *shape, dtype = get_args(hint)
    if not shape:
        # From numpy 2.5 on, NDArray is a name of its own that holds the dtype alone.
        return np.dtype(dtype), 1
    # Up to numpy 2.1, NDArray says nothing of its shape.
    dimensions = get_args(shape[0])
    return np.dtype(get_args(dtype)[0]), 1 if Ellipsis in dimensions else len(dimensions) or 1


def numbers(kind: "type[DataclassInstance]") -> int:
    """Return how many numbers `addresses` has for a record."""
    return sum(1 + one.dimensions for one in array_fields(kind))


def record(kind: "type[DataclassInstance]") -> Any:
    """Return the named tuple as which kernels know a record: to be called there with its arrays in order."""
    return namedtuple(kind.__name__, [one.name for one in array_fields(kind)])


def array_types(kind: "type[DataclassInstance]", *, readonly: bool = True) -> Any:
    """Return the numba type of the tuple of a record's arrays, which are only read unless that is said."""
    arrays = [(numpy_support.from_dtype(one.dtype), one.dimensions) for one in array_fields(kind)]
    return TYPES.Tuple([TYPES.Array(dtype, dimensions, "C", readonly=readonly) for dtype, dimensions in arrays])


def arrays(record: "DataclassInstance") -> tuple[Array, ...]:
    """Return the arrays of a record in its order, of its dtypes and in one piece each."""
    contiguous = []
    for name, dtype, dimensions in array_fields(type(record)):
        array = np.ascontiguousarray(getattr(record, name), dtype)
        if array.ndim != dimensions:
            raise TypeError(f"{type(record).__name__}.{name}: {array.ndim} dimensions, not {dimensions}")
        contiguous.append(array)
    return tuple(contiguous)


def addresses(arrays: tuple[Array, ...]) -> npt.NDArray[np.int64]:
    """Return the address of each array followed by its shape: valid as long as the arrays are."""
    return np.array([number for array in arrays for number in (array.ctypes.data, *array.shape)], np.int64)


def arrays_at(kind: "type[DataclassInstance]", first: int = 0, *, readonly: bool = True) -> Any:
    """Return a function for kernels that makes of `addresses`, from number `first` on, the tuple of arrays again.

    To hand over each array by itself costs more than a whole search does.
    """
    tuple_type = array_types(kind, readonly=readonly)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = _arrayobj.make_array(signature.args[0])(context, builder, arguments[0]).data
        made, at = [], first
        for array_type, (_, dtype, _) in zip(tuple_type, array_fields(kind), strict=True):
            slots = [
                builder.gep(numbers, [context.get_constant(TYPES.intp, at + i)]) for i in range(array_type.ndim + 1)
            ]
            address, *shape = map(builder.load, slots)
            size = context.get_constant(TYPES.intp, dtype.itemsize)
            strides = [size]
            for length in reversed(shape[1:]):
                strides.insert(0, builder.mul(strides[0], length))
            array = _arrayobj.make_array(array_type)(context, builder)
            data = builder.inttoptr(address, array.data.type)
            _arrayobj.populate_array(array, data, shape, strides, size, None)
            made.append(array._getvalue())
            at += len(slots)
        return context.make_tuple(builder, tuple_type, made)

    def typed(_: Any, places: Any) -> Any:
        return tuple_type(places), generate

    return cast("Any", intrinsic)(typed)


@inlined
def lower_bound(rows: Array, wanted: int, low: int, high: int) -> int:
    """Return the first of the ascending `rows[low:high]` that is not below `wanted`."""
    # Without a branch that the processor would guess wrong half of the time.
    left = high - low
    while left > 1:
        half = left >> 1
        low += half * int(rows[low + half - 1] < wanted)
        left -= half
    return low + int(left == 1 and rows[low] < wanted)
