"""The embedding model of the installation."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from bot.ports import EmbedderError
from memory.embedder import MAX_TOKENS, QUERY_PREFIX, LocalEmbedder

TEXTS = [
    "Trained in Kathak for 12 years.",
    "Precision driver with a racing licence. " * 12,
    "",
    "Stand-up comic.",
    "नृत्य और अभिनय",
]


async def test_vectors_are_of_unit_length(embedder: LocalEmbedder) -> None:
    vectors = [*await embedder.passages(TEXTS), await embedder.query("dancer")]
    for vector in vectors:
        assert vector.shape == (embedder.dimensions,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


async def test_passages_keep_their_order_whatever_the_batches(embedder: LocalEmbedder) -> None:
    together = await embedder.passages(TEXTS * 20)
    alone = [(await embedder.passages([text]))[0] for text in TEXTS]
    for position, vector in enumerate(together):
        # Not exactly equal: the quantised model scales a batch as a whole.
        likeness = [float(vector @ other) for other in alone]
        assert int(np.argmax(likeness)) == position % len(TEXTS)
        assert max(likeness) > 0.97


async def test_no_passages(embedder: LocalEmbedder) -> None:
    assert list(await embedder.passages([])) == []


async def test_a_query_is_not_embedded_as_a_passage(embedder: LocalEmbedder) -> None:
    asked = await embedder.query("a classical dancer")
    [plain, prefixed] = await embedder.passages(
        ["a classical dancer", QUERY_PREFIX + "a classical dancer"]
    )
    assert float(asked @ prefixed) > 0.99
    assert float(asked @ plain) < float(asked @ prefixed)


async def test_what_means_the_same_is_near(embedder: LocalEmbedder) -> None:
    vectors = await embedder.passages(TEXTS)
    asked = await embedder.query("someone who makes people laugh")
    assert int(np.argmax([float(asked @ vector) for vector in vectors])) == 3


async def test_only_the_beginning_of_a_long_text_is_embedded(embedder: LocalEmbedder) -> None:
    beginning = "She danced on many stages. " * MAX_TOKENS
    [one, other] = await embedder.passages([beginning + "He drives.", beginning + "It rains."])
    assert np.array_equal(one, other)


async def test_queries_are_remembered(embedder: LocalEmbedder) -> None:
    first = await embedder.query("remembered")
    assert await embedder.query("remembered") is first


async def test_the_loop_runs_on_while_texts_are_embedded(embedder: LocalEmbedder) -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0)
            beats += 1

    async with asyncio.TaskGroup() as group:
        beating = group.create_task(beat())
        await embedder.passages(TEXTS * 4)
        beating.cancel()
    assert beats > 10


async def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match=r"Install the packages of requirements\.lock"):
        await LocalEmbedder(folder=tmp_path).query("dancer")
