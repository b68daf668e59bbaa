"""What a text means word by word: a vector for each token in its context, and one for them all.

A question is held against each token of what was said (late interaction), which tells "who paid
whom" apart where one vector for the whole does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from memory.onnx_model import OnnxModel, batches, model_folder

if TYPE_CHECKING:
    from pathlib import Path

    from tokenizers import Encoding

    from bot.ports import Vector

Tokens: TypeAlias = npt.NDArray[np.float32]
"""A row a token, of unit length."""

MAX_TOKENS = 192
"""What is beyond them in a text is not embedded."""

_DIMENSIONS = 384
_BYTES = _DIMENSIONS // 8
_TOGETHER = 32
"""Tokens multiplied at once: so few that the product stays in the thread that asks for it. In
several, which wait for each other spinning, it took ten times as long on a busy machine."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A text's tokens, and the direction they point in together."""

    vector: Vector
    tokens: Tokens

    @property
    def bits(self) -> bytes:
        """The sign of each dimension of each token: a thirty-second of the room, and as good for
        `match`, measured."""
        return np.packbits(self.tokens > 0, axis=1).tobytes()


class TokenEmbedder:
    """answerai-colbert-small-v1, quantised to int8, in worker threads; without its last
    projection, which the model as it is distributed lacks."""

    name = "answerai-colbert-small-v1-int8"

    def __init__(self, *, threads: int = 2, folder: Path | None = None) -> None:
        folder = folder or model_folder("colbert")
        self._model = OnnxModel(folder, threads=threads, max_tokens=MAX_TOKENS)

    async def meaning(self, text: str) -> Meaning:
        """Raises `EmbedderError`, as does `meanings`."""
        [meaning] = await asyncio.to_thread(self._read, [text])
        return meaning

    async def meanings(self, texts: Sequence[str]) -> Sequence[Meaning]:
        """One for each text, in the order given. Each batch is a thread call of its own: a question
        waits for one at most."""
        encodings = await asyncio.to_thread(self._model.encode, texts)
        found: dict[int, Meaning] = {}
        for batch in batches(encodings):
            run = partial(self._run, [encodings[index] for index in batch])
            found.update(zip(batch, await asyncio.to_thread(run), strict=True))
        return [found[index] for index in range(len(texts))]

    def _read(self, texts: Sequence[str]) -> list[Meaning]:
        return self._run(self._model.encode(texts))

    def _run(self, encodings: Sequence[Encoding]) -> list[Meaning]:
        hidden = self._model.run(encodings)
        return [
            _meaning(states[: len(encoding.ids)])
            for states, encoding in zip(hidden, encodings, strict=True)
        ]


def _meaning(states: npt.NDArray[np.float32]) -> Meaning:
    tokens = states / np.linalg.norm(states, axis=1, keepdims=True)
    mean = tokens.mean(axis=0)
    return Meaning(mean / np.linalg.norm(mean), tokens)


def match(asked: Tokens, said: Sequence[bytes]) -> npt.NDArray[np.float32]:
    """How well each of what was said (as `Meaning.bits`; not empty) has what is asked: of each
    token asked the nearest one said, on average."""
    begins = np.cumsum([0, *(len(one) // _BYTES for one in said[:-1])])
    packed = np.frombuffer(b"".join(said), np.uint8).reshape(-1, _BYTES)
    rest = np.zeros((-len(packed) % _TOGETHER, _BYTES), np.uint8)
    bits = np.unpackbits(np.concatenate([packed, rest]), axis=1).astype(np.float32)
    over_ones = bits.reshape(-1, _TOGETHER, _DIMENSIONS) @ asked.T
    over_ones = over_ones.reshape(-1, len(asked))[: len(packed)]
    # a bit is 1 for 1 and 0 for -1: what it adds to the product is twice as much, less 1
    near = 2 * np.maximum.reduceat(over_ones, begins, axis=0) - asked.sum(axis=1)
    return np.asarray(near.mean(axis=1) / np.sqrt(_DIMENSIONS), np.float32)
