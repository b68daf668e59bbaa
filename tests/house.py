"""What answers a turn, joined as the composition root does, with a scripted responder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TypeAlias

from redis.asyncio import Redis

from bot.casting import Casting
from bot.conversation import Author, ConversationKey, Message, Place, Recollection, Turn
from bot.memory_acts import MemoryActs
from bot.metrics import Metrics
from bot.ports import Doing, Responder, TextDelta
from bot.talent import TalentQuery
from bot.tools import Toolbox
from db.memory_export import Exports
from db.people import PeopleRows
from db.pool import Database
from db.process import Process
from db.remembered import RememberedRows
from db.singletons import Singletons
from db.spending import Spending
from db.talent_search import Talents
from db.turn_history import TurnHistory
from db.turns import Turns
from memory.embedder import LocalEmbedder
from memory.people import People
from memory.remembered import Memories
from memory.working import WorkingMemory

LEASE_SECONDS = 1.5
_numbers = count(1)

Step: TypeAlias = str | Doing | TalentQuery | Exception | asyncio.Event


@dataclass
class Scripted:
    """A responder that follows a script: text is streamed, a query searched, an error raised, an
    event waited for."""

    script: Sequence[Step]
    name: str = "scripted"
    recalled: list[Recollection] = field(default_factory=list)
    cancelled: int = 0

    async def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta | Doing, None]:
        self.recalled.append(recollection)
        try:
            for step in self.script:
                match step:
                    case str():
                        yield TextDelta(step)
                    case Doing():
                        yield step
                    case TalentQuery():
                        await tools.search(step)
                    case asyncio.Event():
                        await step.wait()
                    case _:
                        raise step
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


@dataclass(frozen=True)
class House:
    """What one process has."""

    process: Process
    turns: Turns
    talents: Talents
    memory: WorkingMemory
    metrics: Metrics
    singletons: Singletons
    casting: Casting
    memory_acts: MemoryActs

    async def ask(self, text: str = "Find me a dancer", conversation: str = "C1") -> Turn:
        """Store a message, and claim it."""
        await self.turns.accept(message(text, conversation))
        (turn,) = await self.turns.claim(["test"], at_most=1)
        return turn


@asynccontextmanager
async def open_house(
    database: Database, redis: Redis, responder: Responder, *, lease: float = LEASE_SECONDS
) -> AsyncIterator[House]:
    process = Process(database, lease_seconds=lease)
    turns, metrics, singletons = Turns(process), Metrics(), Singletons(process)
    talents = Talents(database, LocalEmbedder())
    memory = WorkingMemory(redis, TurnHistory(database))
    casting = Casting(responder, talents, memory, turns, metrics, spending=Spending(database))
    memories = Memories(RememberedRows(database), Exports(database), memory)
    acts = MemoryActs(memories, People(PeopleRows(database), memory))
    async with process:
        yield House(process, turns, talents, memory, metrics, singletons, casting, acts)


def message(text: str, conversation: str = "C1", message_id: str | None = None) -> Message:
    return Message(
        id=message_id or f"m{next(_numbers)}",
        conversation=ConversationKey("test", "W1", conversation),
        place=Place.DM,
        author=Author("U1", "Asha"),
        text=text,
        sent_at=datetime.now(UTC),
    )
