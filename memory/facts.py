"""Semantic memory: facts are learned in the background and recalled for replies."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from bot.distilling import kept
from bot.facts import About, Draft, Fact, key_of
from bot.ports import EmbedderError, Vector
from bot.wording.memory_questions import memory_topic

if TYPE_CHECKING:
    from pydantic import JsonValue

    from bot.conversation import Turn
    from bot.facts import Distiller
    from bot.ports import Embedder
    from db.facts import FactRows, Near

log = structlog.get_logger(__name__)

_AT_ONCE = 20
"""Messages read by one job: with Claude, half a minute each at worst."""
CANDIDATES = 400
"""Facts that are looked at for one reply, the newest."""
VECTOR_SECONDS = 0.06
"""For which a reply waits for what its question means."""
LEAST = 0.15
"""Relevance, faded with confidence, from which on a fact is given."""
NEARNESS_OF_NOTHING = 0.55
"""The cosine of a question and a statement that have nothing to do with each other."""


class Learning:
    """Finds facts in what people said to us. It may be stopped anywhere and run again."""

    def __init__(self, rows: FactRows, distiller: Distiller, embedder: Embedder) -> None:
        self._rows = rows
        self._distiller = distiller
        self._embedder = embedder

    async def job(self, org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
        """The handler of `db.facts.LEARN_FACTS`: some messages, so that no conversation keeps the
        others waiting; the rest in a job of its own."""
        conversation = str(payload["conversation"])
        is_more = await self._learn_some(org_id, conversation)
        await self.embed(org_id)
        if is_more:
            await self._rows.learn_later(org_id, conversation)

    async def learn(self, org_id: UUID, conversation: str) -> None:
        """Read all that is new in a conversation, given as `str(ConversationKey)`."""
        while await self._learn_some(org_id, conversation):
            pass
        await self.embed(org_id)

    async def _learn_some(self, org_id: UUID, conversation: str) -> bool:
        """Read the oldest of what is new; whether there may be more."""
        unread = await self._rows.unread(org_id, conversation, limit=_AT_ONCE)
        for one in unread:
            await self._rows.begin(org_id, one)
            found: Sequence[Draft] = ()
            if one.message.text:
                found = await self._distiller.distil(one.message, said_before=one.said_before)
            await self._rows.learn(org_id, one, kept(found, one.message))
        return len(unread) == _AT_ONCE

    async def embed(self, org_id: UUID) -> None:
        """Make the vectors of the present model that are missing. Without one a fact is found by
        its words."""
        name = self._embedder.name
        try:
            while missing := await self._rows.without_vector(org_id, name, limit=64):
                vectors = await self._embedder.passages([statement for _, statement in missing])
                ids = [fact_id for fact_id, _ in missing]
                await self._rows.set_vectors(org_id, name, list(zip(ids, vectors, strict=True)))
        except EmbedderError as error:
            log.info("facts_not_embedded", error=str(error))


class Facts:
    """What holds, for a turn to draw on."""

    def __init__(self, rows: FactRows, embedder: Embedder) -> None:
        self._rows = rows
        self._embedder = embedder

    async def recall(self, turn: Turn) -> Sequence[Fact]:
        """The facts that matter to the turn, the most relevant first."""
        vector = await self._vector(turn.message.text)
        near = await self._rows.holding(
            turn, embedder=self._embedder.name, vector=vector, limit=CANDIDATES
        )
        return relevant(near, turn)

    async def _vector(self, text: str) -> Vector | None:
        """Nothing where it takes too long, as while the model is loaded: words alone will do."""
        asking = asyncio.create_task(self._embedder.query(text))
        asking.add_done_callback(_look_at)
        await asyncio.wait({asking}, timeout=VECTOR_SECONDS)
        if not asking.done() or asking.exception():
            return None
        return asking.result()


def relevant(near: Sequence[Near], turn: Turn) -> Sequence[Fact]:
    """Those of the facts that matter to the turn, the most relevant first. Pure."""
    topic = memory_topic(turn.message.text)
    if topic == "":  # asked for all of it
        return sorted((one.fact for one in near), key=lambda fact: fact.confidence, reverse=True)
    asked = set(key_of(turn.message.text).split())
    scored = [(_relevance(one, turn, asked) * one.fact.confidence, one.fact) for one in near]
    scored.sort(key=lambda pair: pair[0], reverse=True)
    return [fact for score, fact in scored if score >= LEAST]


def _relevance(near: Near, turn: Turn, asked: set[str]) -> float:
    fact = near.fact
    told = set(key_of(fact.statement).split())
    score = len(asked & told) / max(4, len(told))
    if _is_of_channel(fact, turn):
        score += 0.1
    if near.nearness is not None:
        score += max(0.0, near.nearness - NEARNESS_OF_NOTHING) * 2
    match fact.about:
        case About.PERSON if fact.subject == turn.message.author.external_id:
            score += 0.5
        case About.CHANNEL if _is_of_channel(fact, turn):
            score += 0.5
        case About.PROJECT | About.TALENT if set(key_of(fact.subject).split()) <= asked:
            score += 1
    return score


def _is_of_channel(fact: Fact, turn: Turn) -> bool:
    here, there = turn.message.conversation, fact.source.conversation
    return (here.platform, here.workspace, here.channel) == (
        there.platform,
        there.workspace,
        there.channel,
    )


def _look_at(task: asyncio.Task[Vector]) -> None:
    """Take note of an error that nobody waits for any more."""
    if not task.cancelled():
        task.exception()
