"""What is the team's alone stays there, however it is asked for; `python -m tests.talents.canaries`
is the same at length."""

from __future__ import annotations

import pytest

from bot.talent import DayRate, Filters, TalentQuery
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.talents.canaries import CANARY, Attacker, drill, set_up
from tests.talents.rosters import team


@pytest.mark.no_cover
async def test_no_attempt_brings_out_a_canary_or_tells_of_one(
    database: Database, database_url: str, embedder: LocalEmbedder
) -> None:
    roster = await set_up(database, database_url, embedder, 40)
    made, leaks = await drill(Attacker(database, embedder, roster, seed=7), 400)
    assert not leaks, "\n".join(leaks[:5])
    assert len(made) == 9, "every kind of attempt was made"

    query = TalentQuery(filters=Filters(day_rate=DayRate(max=987650012)))
    seen = await Talents(database, embedder).search(team(DEFAULT_ORG_ID), query)
    assert CANARY.findall(seen.model_dump_json()), "the team does see them"
