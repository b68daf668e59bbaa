"""Who acts where, and a roster to choose from."""

from __future__ import annotations

from uuid import UUID

import pytest

from bot.conversation import Access, Audience, Author, ConversationKey, Place
from bot.talent import Talent
from db.pool import Database
from tests.talents.rosters import store, talent
from tests.turns.conftest import node, start_node

__all__ = ["node", "start_node"]  # fixtures of the turns' tests

CHANNEL = ConversationKey("web", "W1", "C1", "17.5")
ASHA = Author("U1", "Asha")
BEN = Author("U2", "Ben")
OTHER_ORG = UUID("00000000-0000-4000-8000-000000000002")


@pytest.fixture
def team(org_id: UUID) -> Audience:
    return Audience(org_id, Access.TEAM, Place.PRIVATE)


@pytest.fixture
def community(org_id: UUID) -> Audience:
    return Audience(org_id, Access.COMMUNITY, Place.SHARED)


@pytest.fixture
async def roster(database: Database, org_id: UUID) -> list[Talent]:
    """Meera, whom the community may see, and Nina, who is for the team alone."""
    meera = talent(1, "Meera Invented", representation="an agency")
    nina = talent(2, "Nina Invented")
    return await store(database, org_id, [meera, nina], public={meera.id: ["profile"]})
