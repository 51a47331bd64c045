"""A model's directory: read as it was exported, or one line that says what is wrong with it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nlp import NlpError
from nlp.dense.model import LocalModel
from tests.tiny_model import make_model, write_network, write_tokenizer

VECTORS = {"赤": (1.0, 0.0, 0.0), "青": (0.0, 1.0, 0.0), "問:": (0.0, 0.0, 2.0), "文:": (0.0, 2.0, 0.0)}
LENGTH = "sentence_bert_config.json"
PROMPTS = "config_sentence_transformers.json"
POOLING = "1_Pooling/config.json"


@pytest.mark.parametrize(
    ("output", "inputs", "configs", "question", "passage"),
    [
        ("last_hidden_state", ("input_ids", "attention_mask"), {}, (1, 1, 0), (1, 1, 0)),
        ("sentence_embedding", ("input_ids", "attention_mask", "token_type_ids"), {}, (1, 1, 0), (1, 1, 0)),
        ("last_hidden_state", ("input_ids",), {POOLING: {"pooling_mode_cls_token": True}}, (1, 0, 0), (1, 0, 0)),
        ("last_hidden_state", ("input_ids",), {LENGTH: {"max_seq_length": 1}}, (1, 0, 0), (1, 0, 0)),
        (
            "last_hidden_state", ("input_ids",),
            {PROMPTS: {"prompts": {"query": "問:", "document": "文:"}}, POOLING: {"pooling_mode_mean_tokens": True}},
            (1, 1, 2), (1, 3, 0),
        ),
    ],
)  # fmt: skip
def test_a_model_is_read_as_it_was_exported(
    tmp_path: Path,
    output: str,
    inputs: tuple[str, ...],
    configs: dict[str, object],
    question: tuple[float, ...],
    passage: tuple[float, ...],
) -> None:
    model = LocalModel(make_model(tmp_path, VECTORS, output=output, inputs=inputs, configs=configs))
    assert model.embed_question("赤青") == pytest.approx(np.array(question) / np.linalg.norm(question))
    assert model.embed_passage("赤青") == pytest.approx(np.array(passage) / np.linalg.norm(passage))
    assert model.embed_question("").tolist() == [0, 0, 1] if PROMPTS in configs else [0, 0, 0]


def _without(name: str) -> Callable[[Path], None]:
    return lambda directory: (directory / name).unlink()


def _with(name: str, text: str) -> Callable[[Path], None]:
    def write(directory: Path) -> None:
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")

    return write


def _network(inputs: tuple[str, ...], output: str, rows: int = 9) -> Callable[[Path], None]:
    return lambda directory: write_network(directory / "model.onnx", np.ones((rows, 3), np.float32), inputs, output)


def _not_a_number(directory: Path) -> None:
    write_network(directory / "model.onnx", np.full((9, 3), np.nan, np.float32), ("input_ids",), "last_hidden_state")


def _away(directory: Path) -> None:
    directory.rename(directory.with_name("elsewhere"))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_away, "がありません。場所を確かめてください。"),
        (_without("model.onnx"), "に model.onnx がありません"),
        (_without("tokenizer.json"), "に tokenizer.json がありません"),
        (_with("model.onnx", "これはモデルではない"), "ONNX のモデルとして読めません"),
        (_with("tokenizer.json", "{}"), "tokenizer.json を読めません"),
        (_with(PROMPTS, "{"), "JSON として読めません"),
        (_with(PROMPTS, '{"prompts": {"query": 3}}'), "prompts は"),
        (_with(POOLING, '{"pooling_mode_lasttoken": true}'), "まとめ方は使えません"),
        (_with("2_Dense/config.json", "{}"), "まとめた後の層"),
        (_network(("pixel_values",), "last_hidden_state"), "入力（pixel_values）は使えません"),
        (_network(("input_ids", "position_ids"), "last_hidden_state"), "入力（input_ids, position_ids）は使えません"),
        (_network(("input_ids",), "flat"), "出力の形 (1,) は使えません"),
        (_not_a_number, "出力が数になりません"),
        (lambda directory: write_tokenizer(directory, ["[UNK]", *"あいうえおかきくけ区役所"]), "と合いません"),
    ],
)
def test_a_directory_that_cannot_be_used_is_one_line_that_says_why(
    tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    directory = make_model(tmp_path / "broken", VECTORS)
    damage(directory)
    with pytest.raises(NlpError) as told:
        LocalModel(directory).embed_question("防災訓練")
    assert said in str(told.value)
    assert "\n" not in str(told.value)
