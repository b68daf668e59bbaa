"""A process whose older turns are folded into a summary, by Claude's real client and a loopback
server."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from redis.asyncio import Redis

from bot.claude import Claude
from bot.conversation import Author, Outcome, Recollection, Turn, TurnStatus
from bot.metrics import Metrics
from db.episode_writes import REMEMBER_TURNS
from db.people import PeopleRows
from db.pool import Database
from db.spending import Spending
from db.summaries import SUMMARISE_TURNS, SummaryRows
from db.turn_history import TurnHistory
from memory import working
from memory.folding import Folding
from memory.people import People
from memory.working import WorkingMemory
from tests.claude.conftest import claude, metrics, server
from tests.db.sql import fetch
from tests.fakes.claude import Request
from tests.memory.conftest import ASHA, private
from tests.turns.conftest import Node, StartNode, claim, start_node, work_off

__all__ = ["claude", "metrics", "server", "start_node"]  # fixtures of others' tests

NOTES = "3 May, Asha: wants dancers for Monsoon Letters."


@dataclass
class House:
    """A process with working memory, and what folds its turns."""

    node: Node
    working: WorkingMemory
    folding: Folding
    metrics: Metrics
    people: People
    told: list[Recollection] = field(default_factory=list)
    """What each turn was given."""

    async def say(self, text: str, author: Author = ASHA, reply: str = "") -> Turn:
        """A whole turn; what leaves the window is queued."""
        assert await self.node.turns.accept(private(author, text))
        turn = await claim(self.node)
        self.told.append(await self.working.recall(turn))
        outcome = Outcome(reply or f"Here: **Name {text[-1]}**.")
        await self.node.turns.finish(turn, outcome)
        await self.working.remember(turn, outcome)
        payload = {"conversation": str(turn.message.conversation)}
        await self.folding.see(turn.audience.org_id, payload)
        return turn

    async def say_all(self, number: int, author: Author = ASHA) -> Turn:
        for n in range(number):
            turn = await self.say(f"Question {n}", author)
        return turn

    async def fold(self) -> int:
        """Run the jobs that are due; how many those were."""
        return await work_off(self.node, {SUMMARISE_TURNS: [self.folding.job]})

    async def recalled(self, author: Author = ASHA) -> Recollection:
        """What a further turn is given, which is then given up."""
        assert await self.node.turns.accept(private(author, "And now?"))
        turn = await claim(self.node)
        recalled = await self.working.recall(turn)
        await self.node.turns.finish(turn, Outcome("", TurnStatus.FAILED))
        return recalled

    async def summary(self, author: Author = ASHA) -> str:
        """What it is told of the older ones."""
        return (await self.recalled(author)).summary

    def ended(self, ending: str) -> float:
        value = self.metrics.registry.get_sample_value(
            "castmatch_summaries_total", {"ending": ending}
        )
        return value or 0


@pytest.fixture
async def house(
    start_node: StartNode, database: Database, redis: Redis, claude: Claude, metrics: Metrics
) -> House:
    node = await start_node(jobs_after=[REMEMBER_TURNS])
    kept = WorkingMemory(redis, TurnHistory(database))
    summariser = claude.summariser(seconds=0.5)
    fold = Folding(SummaryRows(database), kept, summariser, Spending(database), metrics)
    return House(node, kept, fold, metrics, People(PeopleRows(database), kept))


@pytest.fixture(autouse=True)
def short_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "MAX_TURNS", 4)


async def rows(database_url: str) -> list[str]:
    return [row["text"] for row in await fetch(database_url, "SELECT text FROM summaries")]


def asked_of(request: Request) -> str:
    return str(request.body["messages"][0]["content"][0]["text"])
