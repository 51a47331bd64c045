"""An embedding model in a local directory: ONNX weights and a tokenizer, as sentence-transformers' models are exported.

Nothing is ever downloaded. onnxruntime and tokenizers are imported when the first text is embedded.
"""

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import NlpError

Floats = NDArray[np.float32]
_MODELS = ("model.onnx", "onnx/model.onnx")
_TOKENIZER = "tokenizer.json"
# What sentence-transformers writes beside a model: prefixes, the greatest length, how token vectors become one.
_PROMPTS, _LENGTH, _POOLING = "config_sentence_transformers.json", "sentence_bert_config.json", "1_Pooling/config.json"
_OF_QUESTION, _OF_PASSAGE = ("query",), ("document", "passage", "corpus")
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OUTPUTS = ("sentence_embedding", "last_hidden_state", "token_embeddings")
_INTEGERS: dict[str, type[np.integer[Any]]] = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
_LONGEST = 512  # tokens, where the model does not say
_TRIAL = "区役所の窓口"


@dataclass(frozen=True, slots=True)
class _Opened:
    """A loaded model: `encode` gives a text's token numbers, `run` the output for inputs by name."""

    encode: Callable[[str], list[int]]
    run: Callable[[dict[str, Any]], NDArray[Any]]
    inputs: dict[str, type[np.integer[Any]]]


class LocalModel:
    """An Embedder from a directory. Opened at first use; any number of threads may embed at once.

    Every text is embedded by itself and by one thread, so that its numbers depend on nothing else. Everything raises
    NlpError where the directory or the model in it cannot be used.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type["LocalModel"], tuple[Path]]:
        """Another process opens the model anew."""
        return LocalModel, (self._directory,)

    @cached_property
    def fingerprint(self) -> str:
        """Changes with every file that decides an embedding."""
        model = self._model_file()
        beside = sorted(path for path in model.parent.glob("*.onnx*data") if path.is_file())
        configs = [self._directory / name for name in (_PROMPTS, _LENGTH, _POOLING)]
        digest = hashlib.sha256()
        for path in (model, *beside, self._file(_TOKENIZER), *(path for path in configs if path.exists())):
            with path.open("rb") as file:
                digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()

    def embed_question(self, text: str) -> Floats:
        """(D), of length 1; zeros for a text without tokens."""
        return self._embed(self._prompts[0] + text)

    def embed_passage(self, text: str) -> Floats:
        """(D), of length 1; zeros for a text without tokens."""
        return self._embed(self._prompts[1] + text)

    def _file(self, name: str) -> Path:
        if not self._directory.is_dir():
            raise NlpError(f"DENSE_MODEL_DIR のフォルダ「{self._directory}」がありません。場所を確かめてください。")
        path = self._directory / name
        if not path.is_file():
            raise NlpError(f"DENSE_MODEL_DIR のフォルダ「{self._directory}」に {name} がありません。置いてください。")
        return path

    def _model_file(self) -> Path:
        return next((self._file(name) for name in _MODELS if (self._directory / name).is_file()), None) or self._file(
            _MODELS[0]
        )

    def _config(self, name: str) -> dict[str, Any]:
        path = self._directory / name
        if not path.exists():
            return {}
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raw = None
        if not isinstance(raw, dict):
            raise NlpError(f"{path} を JSON として読めません。モデルに付いていたものに戻してください。")
        return raw

    @cached_property
    def _prompts(self) -> tuple[str, str]:
        """What goes before a question and before a passage."""
        given = self._config(_PROMPTS).get("prompts") or {}
        if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
            raise NlpError(f"{self._directory / _PROMPTS} の prompts は、名前と文の組にしてください。")
        question, passage = (
            next((given[name] for name in names if name in given), "") for names in (_OF_QUESTION, _OF_PASSAGE)
        )
        return question, passage

    @cached_property
    def _first_token_alone(self) -> bool:
        """Whether a text's vector is its first token's, and not the mean of all."""
        pooling = self._config(_POOLING)
        used = {name for name, value in pooling.items() if name.startswith("pooling_mode_") and value is True}
        if used - {"pooling_mode_mean_tokens"} not in (set(), {"pooling_mode_cls_token"}) or len(used) > 1:
            raise NlpError(f"{self._directory / _POOLING} のまとめ方は使えません。mean か cls のモデルにしてください。")
        return used == {"pooling_mode_cls_token"}

    def _embed(self, text: str) -> Floats:
        opened = self._opened
        vector = self._pooled(opened, text)
        length = float(np.sqrt(vector @ vector))
        return vector / np.float32(length) if np.isfinite(length) and length > 0 else np.zeros_like(vector)

    @property
    def _opened(self) -> _Opened:
        with self._lock:  # a cached property alone would let two threads load it twice
            return self._loaded

    @cached_property
    def _loaded(self) -> _Opened:
        model, tokenizer = self._model_file(), self._file(_TOKENIZER)
        opened = self._open(model, tokenizer)
        try:
            vector = self._pooled(opened, self._prompts[0] + _TRIAL)
        except NlpError:
            raise
        except Exception as error:  # onnxruntime has no error class of its own that covers all
            raise NlpError(
                f"{model} は {_TOKENIZER} と合いません。同じモデルの組にしてください。（{type(error).__name__}）"
            ) from error
        if not np.isfinite(vector).all():
            raise NlpError(f"{model} の出力が数になりません。別の形式（float32）で書き出したものにしてください。")
        return opened

    def _open(self, model: Path, tokenizer: Path) -> _Opened:
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise NlpError(
                "DENSE_MODEL_DIR を使うには、pip install --require-hashes -r requirements-dense.txt が要ります。"
            ) from error
        try:
            cutting = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # tokenizers raises plain Exception
            raise NlpError(f"{tokenizer} を読めません。モデルに付いていたものに戻してください。") from error
        longest = self._config(_LENGTH).get("max_seq_length")
        cutting.no_padding()
        cutting.enable_truncation(longest if isinstance(longest, int) and longest > 0 else _LONGEST)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # as above
            raise NlpError(f"{model} を ONNX のモデルとして読めません。書き出し直してください。") from error
        wanted = {given.name: _INTEGERS.get(given.type) for given in session.get_inputs()}
        inputs = {name: kind for name, kind in wanted.items() if kind is not None and name in _INPUTS}
        if len(inputs) < len(wanted) or _INPUTS[0] not in inputs:
            raise NlpError(
                f"{model} の入力（{', '.join(wanted)}）は使えません。{', '.join(_INPUTS)} のモデルにしてください。"
            )
        outputs = [given.name for given in session.get_outputs()]
        output = next((name for name in _OUTPUTS if name in outputs), outputs[0])
        if output != _OUTPUTS[0] and any(self._directory.glob("*_Dense")):
            raise NlpError(
                f"{model} にはまとめた後の層が入っていません。sentence_embedding を出す形で書き出してください。"
            )

        def run(values: dict[str, Any]) -> NDArray[Any]:
            return np.asarray(session.run([output], values)[0])

        return _Opened(lambda text: list(cutting.encode(text).ids), run, inputs)

    def _pooled(self, opened: _Opened, text: str) -> Floats:
        """A text's vector, of any length."""
        numbers = opened.encode(text)
        filled = numbers or [0]
        values = {"input_ids": filled, "attention_mask": [1] * len(filled), "token_type_ids": [0] * len(filled)}
        output = opened.run({name: np.array([values[name]], kind) for name, kind in opened.inputs.items()})
        if output.ndim not in (2, 3) or len(output) != 1 or not output.size or output.dtype.kind != "f":
            raise NlpError(
                f"{self._model_file()} の出力の形 {output.shape} は使えません。last_hidden_state（3 次元）か "
                "sentence_embedding（2 次元）のモデルにしてください。"
            )
        tokens = output[0].astype(np.float32)
        if output.ndim == 3:
            tokens = tokens[0] if self._first_token_alone else tokens.mean(axis=0)
        vector: Floats = tokens if numbers else np.zeros_like(tokens)
        return vector
