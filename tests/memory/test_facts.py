"""What people state becomes facts, in the background; what matters to a turn comes back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from bot.conversation import Access, Message, Outcome, Turn, TurnStatus
from bot.distilling import Rules
from bot.facts import Fact
from db.episode_writes import REMEMBER_TURNS
from db.facts import FactRows
from db.pool import Database
from memory.embedder import LocalEmbedder
from memory.facts import Facts, Learning
from tests.memory.conftest import ASHA, BEN, says
from tests.turns.conftest import Node, StartNode, claim, start_node, work_off

__all__ = ["start_node"]  # a fixture of the turns' tests


@dataclass
class House:
    """A process that answers, learns and recalls."""

    node: Node
    learning: Learning
    facts: Facts

    async def turn(
        self, asked: Message, reply: str = "Noted.", status: TurnStatus = TurnStatus.DONE
    ) -> Turn:
        """A message, answered."""
        assert await self.node.turns.accept(asked)
        turn = await claim(self.node)
        await self.node.turns.finish(turn, Outcome(reply, status))
        return turn

    async def learn(self) -> None:
        await work_off(self.node, {REMEMBER_TURNS: [self.learning.job]})

    async def say(self, asked: Message, reply: str = "Noted.") -> Turn:
        turn = await self.turn(asked, reply)
        await self.learn()
        return turn

    async def recalled(self, asked: Message) -> list[str]:
        return [fact.statement for fact in await self.recall(asked)]

    async def recall(self, asked: Message) -> list[Fact]:
        turn = await self.turn(asked)
        return list(await self.facts.recall(turn))


@pytest.fixture(scope="session")
def embedder() -> LocalEmbedder:
    return LocalEmbedder()


@pytest.fixture
async def house(start_node: StartNode, database: Database, embedder: LocalEmbedder) -> House:
    node = await start_node(jobs_after=[REMEMBER_TURNS])
    rows = FactRows(database)
    return House(node, Learning(rows, Rules(), embedder), Facts(rows, embedder))


async def test_a_fact_is_learned_and_comes_back_with_its_source(house: House) -> None:
    turn = await house.say(says(ASHA, "This channel casts in Pune."))
    (fact,) = await house.recall(says(BEN, "Find me a dancer"))
    assert fact.statement == "This channel casts in Pune."
    assert (fact.attribute, fact.value) == ("city", "Pune")
    assert fact.source.author == ASHA
    assert fact.source.turn_id == turn.id
    assert fact.source.conversation == turn.message.conversation


async def test_a_guest_s_correction_does_not_make_the_team_s_fact_theirs(house: House) -> None:
    """Whoever may see what the community may would be told of what a team's fact is about."""
    await house.say(says(ASHA, "Our budget for Canary Letters is 40k a day."))
    guest = replace(says(BEN, "No, 50k a day, not 40k a day."), access_at_most=Access.COMMUNITY)
    await house.say(guest)
    told = replace(says(BEN, "What do you remember?"), access_at_most=Access.COMMUNITY)
    assert await house.recalled(told) == []
    assert await house.recalled(says(ASHA, "What do you remember?")) == [
        "The budget for Canary Letters is 40k a day."
    ]


async def test_a_guest_s_word_ends_nothing_of_the_team_s(house: House) -> None:
    await house.say(says(ASHA, "Our budget for Canary Letters is 40k a day."))
    guest = says(BEN, "The budget for Canary Letters is 90k a day.")
    await house.say(replace(guest, access_at_most=Access.COMMUNITY))
    assert sorted(await house.recalled(says(ASHA, "What do you remember?"))) == [
        "The budget for Canary Letters is 40k a day.",
        "The budget for Canary Letters is 90k a day.",
    ]


async def test_its_source_names_the_room_and_opens_the_message(house: House) -> None:
    said = says(ASHA, "This channel casts in Pune.")
    await house.say(replace(said, room_name="#casting", link="https://chat.example/1"))
    (fact,) = await house.recall(says(BEN, "Find me a dancer"))
    assert (fact.source.room_name, fact.source.link) == ("#casting", "https://chat.example/1")
