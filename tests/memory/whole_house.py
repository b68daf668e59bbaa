"""A process with all that remembers, whose jobs run when a test says so."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from redis.asyncio import Redis

from bot.conversation import Access, Author, ConversationKey, Message, Outcome, Place, Turn
from bot.distilling import Rules
from bot.facts import Fact
from bot.memory_acts import Answer, Asker, MemoryActs
from bot.talent import TalentQuery
from db.episode_writes import EMBED_EPISODES, REMEMBER_TURNS, EpisodeWrites
from db.facts import FactRows
from db.forgetting import FORGET_PERSON
from db.memory_export import Exports
from db.people import PeopleRows
from db.pool import Database
from db.remembered import RememberedRows
from db.turn_history import TurnHistory
from memory.embedder import LocalEmbedder
from memory.facts import Facts, Learning
from memory.people import People
from memory.remembered import Memories
from memory.remembering import Remembering
from memory.token_embedder import TokenEmbedder
from memory.working import WorkingMemory
from tests.memory.conftest import ASHA
from tests.turns.conftest import Node, StartNode, claim, start_node, work_off

__all__ = ["start_node"]  # a fixture of the turns' tests

HERE = ConversationKey("web", "W1", "C1")


@dataclass
class House:
    """A process with all that remembers."""

    node: Node
    working: WorkingMemory
    facts: Facts
    learning: Learning
    remembering: Remembering
    people: People
    acts: MemoryActs

    async def say(
        self, asked: Message, reply: str = "Noted.", *, query: TalentQuery | None = None
    ) -> Turn:
        """A message, answered with what memory gives, and remembered."""
        assert await self.node.turns.accept(asked)
        turn = await claim(self.node)
        drew_on = tuple(
            fact.source.turn_id for fact in await self.facts.recall(turn) if fact.source.turn_id
        )
        outcome = Outcome(reply, query=query, drew_on=drew_on)
        await self.node.turns.finish(turn, outcome)
        await self.working.remember(turn, outcome)
        await self.run_jobs()
        return turn

    async def run_jobs(self) -> None:
        handlers = {
            REMEMBER_TURNS: [self.remembering.remember, self.learning.job],
            EMBED_EPISODES: [self.remembering.embed],
            FORGET_PERSON: [self.people.forget_again],
        }
        await work_off(self.node, handlers)

    async def do(self, text: str, by: Author = ASHA, **asked: object) -> Answer:
        asker = Asker(by, HERE, Place.PRIVATE, Access.TEAM)
        return await self.acts.do(replace(asker, **asked), text)  # type: ignore[arg-type] # its fields

    async def recalled(self, asked: Message) -> list[Fact]:
        turn = await self.say(asked)
        return list(await self.facts.recall(turn))


@pytest.fixture
async def house(
    start_node: StartNode,
    database: Database,
    redis: Redis,
    embedder: LocalEmbedder,
    token_embedder: TokenEmbedder,
) -> House:
    node = await start_node(jobs_after=[REMEMBER_TURNS])
    working = WorkingMemory(redis, TurnHistory(database))
    rows = FactRows(database)
    people = People(PeopleRows(database), working)
    memories = Memories(RememberedRows(database), Exports(database), working)
    return House(
        node,
        working,
        Facts(rows, embedder),
        Learning(rows, Rules(), embedder),
        Remembering(EpisodeWrites(database), token_embedder),
        people,
        MemoryActs(memories, people),
    )
