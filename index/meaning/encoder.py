"""Texts in, unit vectors out: the protocol of a model of meaning, and the model in a folder that follows it.

Texts that mean the same get vectors that point the same way, in whatever words, and with a model of several languages
in whatever language. The network runs in onnxruntime on one thread; nothing is fetched, no code of the model is run.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.machine.extras import install_command
from index.meaning.layout import Layout
from index.meaning.plain import plain

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Vectors = npt.NDArray[np.float32]
Tokens = tuple[int, ...]

# So many tokens go through the network at once: more are no faster, and need more memory.
_AT_ONCE: Final = 256
_INPUTS: Final = frozenset(("input_ids", "attention_mask", "token_type_ids"))
_POOLED: Final = "sentence_embedding"
_OTHER: Final = "export it as an encoder of text"


class Encoder(Protocol):
    """A model of meaning. The same text always has the same vector, whatever else is encoded with it."""

    digest: str
    """What vectors depend on, as hex digits: those of two digests are not compared."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return a vector of length 1 for each passage, float32 [n, d]; of length 0 where the model makes none."""

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Return the same for questions."""


class FolderEncoder:
    """The model in a folder, see `index.meaning.layout`. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Load the model: about a second. Raises ModelError."""
        self._layout = Layout.of(folder)
        self.digest = self._layout.digest
        self._tokenizer = _tokenizer(self._layout)
        self._session = _session(self._layout.network)
        self._inputs = [one.name for one in self._session.get_inputs()]
        outputs = [one.name for one in self._session.get_outputs()]
        if not {"input_ids"} <= {*self._inputs} <= _INPUTS:
            raise ModelError(f"{self._layout.network}: takes {', '.join(self._inputs)}; {_OTHER}")
        self._output = _POOLED if _POOLED in outputs else outputs[0]
        # What it makes of a text is seen only when it is given one.
        self._size = self._encoded([(0, 1)]).shape[1]

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return a vector of length 1 for each passage, float32 [n, d]; see `Encoder`."""
        return self._vectors([self._layout.passage + plain(text) for text in texts])

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Return the same for questions."""
        return self._vectors([self._layout.question + plain(text) for text in texts])

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        tokens = [tuple(one.ids) for one in self._tokenizer.encode_batch(list(texts))]
        vectors = np.zeros((len(texts), self._size), np.float32)
        for places, same in _batches(tokens):
            vectors[places] = self._encoded(same)
        vectors[~np.isfinite(vectors).all(axis=1)] = 0.0
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors

    def _encoded(self, tokens: Sequence[Tokens]) -> Vectors:
        """Return the vectors of texts of equally many tokens, of any length, float32 [n, d]."""
        ids = np.array(tokens, np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        try:
            made: Any = self._session.run([self._output], {name: given[name] for name in self._inputs})[0]
        except Exception as error:
            # onnxruntime has a class of its own for each of its codes.
            raise ModelError(f"{self._layout.network}: onnxruntime cannot run it ({_line(error)})") from error
        if made.ndim == 3:
            made = made[:, 0] if self._layout.takes_first else made.mean(axis=1)
        if made.ndim != 2 or len(made) != len(ids):
            raise ModelError(f"{self._layout.network}: makes {made.shape} of {ids.shape}; {_OTHER}")
        return np.asarray(made, np.float32)


def _batches(tokens: Sequence[Tokens]) -> Iterator[tuple[list[int], list[Tokens]]]:
    """Yield places of texts that have equally many tokens, and these.

    Nothing is padded, so that a text's vector never depends on those beside it.
    """
    order = sorted((at for at, some in enumerate(tokens) if some), key=lambda at: len(tokens[at]))
    for length, group in groupby(order, key=lambda at: len(tokens[at])):
        places, most = list(group), max(_AT_ONCE // length, 1)
        for first in range(0, len(places), most):
            some = places[first : first + most]
            yield some, [tokens[at] for at in some]


def _tokenizer(layout: Layout) -> "Tokenizer":
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise _missing("tokenizers") from error
    try:
        tokenizer = Tokenizer.from_file(str(layout.tokenizer))
    except Exception as error:
        # tokenizers raises Exception itself.
        raise ModelError(f"{layout.tokenizer}: is no tokenizer ({_line(error)}); copy the model again") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(layout.tokens)
    return tokenizer


def _session(network: Path) -> "InferenceSession":
    try:
        import onnxruntime
    except ImportError as error:
        raise _missing("onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Errors alone: what it warns of helps nobody here.
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(f"{network}: onnxruntime cannot load it ({_line(error)}); copy the model again") from error


def _missing(package: str) -> ModelError:
    command = install_command("onnxruntime") + " tokenizers"
    return ModelError(f"meaning needs the extra `meaning`, and {package} is not installed; run `{command}`")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
