"""A model of meaning of a few kB: words of one group mean the same, whatever their language; others mean nothing."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

GROUPS = (
    "ferry boat ships العبارة",
    "bridge viaduct الجسر",
    "closes shuts يغلق",
    "library bookshop المكتبة",
    "opens starts",
    "cats kittens",
    "river stream",
    "bakery bread",
)


def write(folder: Path, stated: Mapping[str, Any] = MappingProxyType({}), groups: tuple[str, ...] = GROUPS) -> Path:
    """Write the model into a folder; `stated` are JSON files by their name."""
    from onnx import TensorProto, helper, numpy_helper, save_model

    words = {"[UNK]": 0, "query": 1, "passage": 2}
    nothing = np.zeros(len(groups) + 1, np.float32)
    table = [nothing, np.eye(len(groups) + 1, dtype=np.float32)[-1] * 0.05, nothing]
    for number, group in enumerate(groups):
        for word in group.split():
            words[word] = len(words)
            table.append(np.eye(len(groups) + 1, dtype=np.float32)[number])
    (folder / "onnx").mkdir(parents=True)
    node = helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])
    given = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])
    made = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", len(groups) + 1])
    graph = helper.make_graph([node], "words", [given], [made], [numpy_helper.from_array(np.array(table), "table")])
    save_model(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), folder / "onnx/model.onnx"
    )
    tokenizer: Mapping[str, Any] = {
        "version": "1.0",
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "model": {"type": "WordLevel", "vocab": words, "unk_token": "[UNK]"},
    }
    prompts = {"prompts": {"query": "query: ", "passage": "passage: "}}
    files = {"tokenizer.json": tokenizer, "config_sentence_transformers.json": prompts}
    for name, content in (files | dict(stated)).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder
