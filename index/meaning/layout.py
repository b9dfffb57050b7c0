"""What the folder of a model says about itself, in the layout of sentence-transformers.

| file | what is taken from it |
|---|---|
| `onnx/model.onnx`, `model.onnx`, or the only .onnx there | the network |
| `tokenizer.json` | the tokenizer |
| `1_Pooling/config.json` | how the vectors of the tokens become one: their mean (the default) or the first one |
| `sentence_bert_config.json` | `max_seq_length`: how many tokens are read |
| `config_sentence_transformers.json` | `prompts`: what stands before a question ("query"), a passage ("document") |
| `config.json` | `_name_or_path`: the name of the model, where it states no prompts |
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from index.errors import ModelError

TOKENIZER: Final = "tokenizer.json"
NETWORK: Final = "onnx/model.onnx"
POOLING: Final = "1_Pooling/config.json"
LENGTH: Final = "sentence_bert_config.json"
PROMPTS: Final = "config_sentence_transformers.json"
CONFIG: Final = "config.json"

TOKENS: Final = 128
"""So many tokens of a text are read at most: what follows costs more time than it tells."""

# What models want before a question and before a passage, by a part of their name, where their folder does not say.
_KNOWN_PROMPTS: Final = {
    "e5": ("query: ", "passage: "),
    "bge-small-en": ("Represent this sentence for searching relevant passages: ", ""),
    "bge-base-en": ("Represent this sentence for searching relevant passages: ", ""),
    "nomic-embed": ("search_query: ", "search_document: "),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """A folder as it was understood; `digest` are 64 hex digits of all that vectors depend on."""

    network: Path
    tokenizer: Path
    tokens: int
    takes_first: bool
    question: str
    passage: str
    digest: str

    @classmethod
    def of(cls, folder: Path) -> "Layout":
        """Understand a folder. Raises ModelError, which names the file that is missing or not to be understood."""
        if not folder.is_dir():
            raise ModelError(f"{folder}: is no folder; `meaning` names the folder of a model (docs/meaning.md)")
        network, tokenizer = _network(folder), folder / TOKENIZER
        if not tokenizer.is_file():
            raise ModelError(f"{tokenizer}: missing; export the model with its fast tokenizer")
        tokens = _json(folder / LENGTH).get("max_seq_length")
        question, passage = _prompts(folder)
        short = tokens if isinstance(tokens, int) and 0 < tokens < TOKENS else TOKENS
        first = bool(_json(folder / POOLING).get("pooling_mode_cls_token"))
        digest = _digest(network, tokenizer, f"{short}\0{first}\0{question}\0{passage}")
        return cls(network, tokenizer, short, first, question, passage, digest)


def _network(folder: Path) -> Path:
    for name in (NETWORK, "model.onnx"):
        if (folder / name).is_file():
            return folder / name
    found = sorted([*folder.glob("onnx/*.onnx"), *folder.glob("*.onnx")])
    if len(found) == 1:
        return found[0]
    if found:
        raise ModelError(f"{folder}: holds {len(found)} networks; call the one to use {NETWORK}")
    raise ModelError(f"{folder / NETWORK}: missing; export the model to ONNX")


def _prompts(folder: Path) -> tuple[str, str]:
    """Return what stands before a question and before a passage."""
    stated = _json(folder / PROMPTS).get("prompts")
    if isinstance(stated, Mapping) and any(stated.values()):
        return str(stated.get("query") or ""), str(stated.get("document") or stated.get("passage") or "")
    name = f"{_json(folder / CONFIG).get('_name_or_path') or ''}".lower()
    return next((prompts for part, prompts in _KNOWN_PROMPTS.items() if part in name), ("", ""))


def _json(path: Path) -> Mapping[str, Any]:
    """Return the object in a file, {} where there is no such file."""
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read as JSON ({error}); copy the model again") from error
    return value if isinstance(value, dict) else {}


def _digest(network: Path, tokenizer: Path, stated: str) -> str:
    digest = hashlib.sha256(stated.encode("utf-8", "replace"))
    # Large networks keep their weights in a file beside them.
    for path in sorted({tokenizer, network, *network.parent.glob(f"{network.name}[._]*")}):
        try:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise ModelError(f"{path}: cannot be read ({error.strerror}); copy the model again") from error
    return digest.hexdigest()
