"""A conversation whose turns become memory as in the product, its jobs run when a test says so."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from bot.conversation import Author, Message, Outcome, Place, Turn, TurnStatus
from db.episode_writes import EMBED_EPISODES, REMEMBER_TURNS, EpisodeWrites
from db.pool import Database
from memory.embedder import LocalEmbedder
from memory.remembering import Remembering
from memory.token_embedder import TokenEmbedder
from tests.turns.conftest import Node, StartNode, claim, message, start_node, work_off

__all__ = ["start_node"]  # a fixture of the turns' tests

ASHA, BEN = Author("U1", "Asha"), Author("U2", "Ben")


def says(author: Author, text: str, *, channel: str = "C1", place: Place = Place.PUBLIC) -> Message:
    """A message in a conversation."""
    return replace(message(text, conversation=channel), author=author, place=place)


def private(author: Author, text: str, channel: str = "C1") -> Message:
    """The same in a private channel."""
    return says(author, text, channel=channel, place=Place.PRIVATE)


@dataclass
class House:
    """One process: its turns, and what remembers them."""

    node: Node
    episodes: EpisodeWrites
    embedder: TokenEmbedder

    async def turn(
        self, asked: Message, reply: str = "Noted.", status: TurnStatus = TurnStatus.DONE
    ) -> Turn:
        """A message, answered."""
        assert await self.node.turns.accept(asked)
        turn = await claim(self.node)
        await self.node.turns.finish(turn, Outcome(reply, status))
        return turn

    async def run_jobs(self) -> int:
        """Run what waits, and what that leaves; how many jobs those were."""
        remembering = Remembering(self.episodes, self.embedder)
        handlers = {REMEMBER_TURNS: [remembering.remember], EMBED_EPISODES: [remembering.embed]}
        return await work_off(self.node, handlers)


@pytest.fixture(scope="session")
def embedder() -> LocalEmbedder:
    return LocalEmbedder()


@pytest.fixture(scope="session")
def token_embedder() -> TokenEmbedder:
    return TokenEmbedder()


@pytest.fixture
async def house(start_node: StartNode, database: Database, token_embedder: TokenEmbedder) -> House:
    node = await start_node(jobs_after=[REMEMBER_TURNS])
    return House(node, EpisodeWrites(database), token_embedder)
