"""An embedding model of a few kilobytes, as sentence-transformers' models are exported: it knows what it is told."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

UNKNOWN = "[UNK]"


def make_model(
    directory: Path,
    vectors: Mapping[str, Iterable[float]],
    *,
    inputs: tuple[str, ...] = ("input_ids", "attention_mask"),
    output: str = "last_hidden_state",
    configs: Mapping[str, object] | None = None,
) -> Path:
    """Writes a model that gives each word of `vectors` its vector, and any other letter zeros; returns the directory.

    `output`: a name that models give what they put out, or "flat" for something that is no embedding. `configs`: what
    lies beside the model, by file.
    """
    directory.mkdir(parents=True, exist_ok=True)
    words = [UNKNOWN, *vectors]
    known = [list(vector) for vector in vectors.values()]
    write_tokenizer(directory, words)
    table = np.array([[0.0] * len(known[0]), *known], np.float32)
    write_network(directory / "model.onnx", table, inputs, output)
    for name, config in (configs or {}).items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
    return directory


def write_tokenizer(directory: Path, words: list[str]) -> None:
    """Texts are cut into these words, the longest first, and what is none of them into letters."""
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, UNKNOWN))
    pattern = "|".join([*sorted(words[1:], key=len, reverse=True), "."])
    tokenizer.pre_tokenizer = Split(Regex(pattern), "isolated")
    tokenizer.save(str(directory / "tokenizer.json"))


def write_network(path: Path, table: NDArray[np.float32], inputs: tuple[str, ...], output: str) -> None:
    looked_up = "last_hidden_state" if output == "last_hidden_state" else "looked_up"
    nodes = [helper.make_node("Gather", ["table", inputs[0]], [looked_up])]
    shape: list[str | int] = ["batch", "sequence", table.shape[1]]
    if output == "sentence_embedding":
        nodes.append(helper.make_node("ReduceMean", [looked_up, "axis"], [output], keepdims=0))
        shape = ["batch", table.shape[1]]
    elif output == "flat":
        nodes.append(helper.make_node("ReduceMean", [looked_up, "all"], [output], keepdims=0))
        shape = ["batch"]
    given = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in inputs]
    graph = helper.make_graph(
        nodes,
        "tiny",
        given,
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(np.array([1], np.int64), "axis"),
            numpy_helper.from_array(np.array([1, 2], np.int64), "all"),
        ],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)
