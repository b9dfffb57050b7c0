"""Models of meaning: folders in the layout of sentence-transformers, and what becomes of texts of all kinds."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import ModelError
from index.meaning.encoder import FolderEncoder
from tests import meaning_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return meaning_model.write(tmp_path_factory.mktemp("model") / "words")


@pytest.fixture(scope="module")
def encoder(folder: Path) -> FolderEncoder:
    return FolderEncoder(folder)


def test_words_that_mean_the_same_point_the_same_way(encoder: FolderEncoder) -> None:
    boat, ships, cats = encoder.passages(["The boat", "Two ships", "Cats"])
    assert boat @ ships > 0.99
    assert boat @ cats < 0.1


@pytest.mark.slow
@given(st.lists(st.text(), max_size=4))
def test_every_text_has_a_vector_of_length_one_or_none(encoder: FolderEncoder, texts: list[str]) -> None:
    lengths = np.linalg.norm(encoder.questions(texts), axis=1)
    assert lengths.shape == (len(texts),)
    assert all(abs(length - 1) < 1e-5 or length == 0 for length in lengths)


@pytest.mark.parametrize(
    "text", ["\ufdfa" * 100_000, "a" * 200_000, "\ud800\udfff\0", "ferry " * 100_000, "", "\u0301" * 5000, "🛥️" * 9999]
)
def test_hostile_text_has_a_vector_like_any_other(encoder: FolderEncoder, text: str) -> None:
    assert np.isfinite(encoder.passages([text, "boat"])).all()


def test_the_vector_of_a_text_does_not_depend_on_those_beside_it(encoder: FolderEncoder) -> None:
    texts = ["The ferry", "A bridge over the river closes", "", "Cats", "The ferry"]
    together = encoder.passages(texts)
    alone = np.concatenate([encoder.passages([text]) for text in texts])
    assert (together == alone).all()


def test_the_first_token_alone_counts_where_the_folder_says_so(tmp_path: Path) -> None:
    pooled = {"pooling_mode_cls_token": True}
    stated = {"1_Pooling/config.json": pooled, "config_sentence_transformers.json": {"prompts": None}}
    first = FolderEncoder(meaning_model.write(tmp_path / "first", stated))
    assert first.passages(["ferry bridge"]) @ first.questions(["boat"]).T > 0.99


def test_a_model_that_reads_otherwise_has_another_digest(tmp_path: Path, folder: Path) -> None:
    other = meaning_model.write(tmp_path / "other", {"sentence_bert_config.json": {"max_seq_length": 16}})
    assert FolderEncoder(other).digest != FolderEncoder(folder).digest
    assert FolderEncoder(meaning_model.write(tmp_path / "same")).digest == FolderEncoder(folder).digest


def _without(name: str, folder: Path) -> None:
    (folder / name).unlink()


def _broken(name: str, folder: Path) -> None:
    (folder / name).write_bytes(b"{}")


@pytest.mark.parametrize(
    ("harm", "name", "told"),
    [
        (_without, "onnx/model.onnx", "missing; export the model to ONNX"),
        (_without, "tokenizer.json", "missing; export the model with its fast tokenizer"),
        (_broken, "onnx/model.onnx", "onnxruntime cannot load it"),
        (_broken, "tokenizer.json", "is no tokenizer"),
    ],
)
def test_a_damaged_folder_is_told_with_the_file(tmp_path: Path, harm: object, name: str, told: str) -> None:
    folder = meaning_model.write(tmp_path / "model")
    assert callable(harm)
    harm(name, folder)
    with pytest.raises(ModelError, match=told) as raised:
        FolderEncoder(folder)
    assert str(folder / name) in str(raised.value)


def test_several_networks_without_one_called_model_are_refused(tmp_path: Path) -> None:
    folder = meaning_model.write(tmp_path / "model")
    network = (folder / "onnx/model.onnx").rename(folder / "onnx/a.onnx")
    (folder / "onnx/b.onnx").write_bytes(network.read_bytes())
    with pytest.raises(ModelError, match="holds 2 networks"):
        FolderEncoder(folder)


def test_json_that_is_none_is_told_with_its_file(tmp_path: Path) -> None:
    folder = meaning_model.write(tmp_path / "model")
    (folder / "config_sentence_transformers.json").write_text("[", encoding="utf-8")
    with pytest.raises(ModelError, match=r"config_sentence_transformers\.json: cannot be read as JSON"):
        FolderEncoder(folder)


def test_the_name_of_a_known_model_tells_its_prompts(tmp_path: Path) -> None:
    stated = {"config_sentence_transformers.json": {}, "config.json": {"_name_or_path": "someone/E5-tiny"}}
    folder = meaning_model.write(tmp_path / "model", stated)
    plain = meaning_model.write(tmp_path / "plain", {"config_sentence_transformers.json": {}})
    told, untold = (FolderEncoder(one).questions(["boat"])[0, -1] for one in (folder, plain))
    assert told > 0 == untold
    assert json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["type"] == "WordLevel"
