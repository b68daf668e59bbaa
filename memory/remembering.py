"""What was said becomes memory, in the background: never in a reply's way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel, JsonValue

from db.episode_writes import EpisodeWrites
from memory.passages import passage

if TYPE_CHECKING:
    from memory.token_embedder import TokenEmbedder

_BATCH = 64
"""Episodes embedded and stored together: half a second's work, so that a stop loses little."""

_ROUNDS = 20
"""Batches of one job, some seconds: then whoever waits has their turn, and the rest comes after."""


class _Conversation(BaseModel):
    """The payload of a `db.episode_writes.REMEMBER_TURNS` job."""

    conversation: str


class Remembering:
    """The jobs that write memory. Each may be cut off anywhere and run again."""

    def __init__(self, episodes: EpisodeWrites, embedder: TokenEmbedder) -> None:
        self._episodes = episodes
        self._embedder = embedder

    async def remember(self, org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
        """`REMEMBER_TURNS`: what a conversation has new is found by its words from now on."""
        conversation = _Conversation.model_validate(payload).conversation
        for _ in range(_ROUNDS):
            if not await self._episodes.remember(org_id, conversation):
                return
        await self._episodes.remember_later(org_id, conversation)

    async def embed(self, org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
        """`EMBED_EPISODES`: what has no vector of the present model gets one."""
        model = self._embedder.name
        for _ in range(_ROUNDS):
            batch = await self._episodes.without_vector(org_id, model, _BATCH)
            if not batch:
                return
            texts = [passage(one.text, one.names) for one in batch]
            meanings = await self._embedder.meanings(texts)
            read = zip(batch, meanings, strict=True)
            stored = [(one, meaning.vector, meaning.bits) for one, meaning in read]
            await self._episodes.set_meanings(org_id, model, stored)
        await self._episodes.embed_later(org_id)

    async def begin(self) -> None:
        """Have every organisation's vectors looked at: the model may be another than before."""
        for org_id in await self._episodes.organisations():
            await self._episodes.embed_later(org_id)
