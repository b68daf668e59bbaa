"""Short hunts for leaks, and whether a hunt would find any.

`python -m tests.memory.canaries 100000` is the long one.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.conversation import Access, Place
from db.embedded import EmbeddedServers
from db.pool import Database
from memory import keys
from tests.db.sql import execute, fetch
from tests.memory.canaries.asking import Asking, Found
from tests.memory.canaries.bare import LEFT
from tests.memory.canaries.hunting import SMALL, SURFACES, Servers, Share, ask, prepare
from tests.memory.canaries.world import Spot

pytestmark = [pytest.mark.no_cover, pytest.mark.timeout(400)]

SECRETS, ASKS = 400, 400


@pytest.fixture
def where(servers: EmbeddedServers, database_url: str, redis: Redis) -> Servers:
    """A database of this test's own, and an empty Redis."""
    return Servers(database_url, servers.redis_url)


async def test_no_secret_is_told_to_whom_it_is_not_for(where: Servers, redis: Redis) -> None:
    world, planted = await prepare(where, secrets=SECRETS)
    found = await ask(where, world, planted, Share(ASKS))
    await redis.flushdb()  # else copies would stand in for statements
    bare = await ask(where, world, planted, Share(ASKS, is_bare=True))
    large = await ask(where, world, planted, Share(ASKS // 4, is_bare=True, whole=SMALL))
    for some in (found, bare, large):
        assert some.examples == []
        assert not some.leaks
        assert some.late == 0
    for half in (found, bare):
        assert half.asked.total() >= ASKS
        assert half.told.keys() >= SURFACES, "what may be known is told"
    assert any("episodes_with" in one for one in large.statements)
    bare.add(large)
    check_bare(bare)


def check_bare(found: Found) -> None:
    """Else the half without conditions would prove nothing."""
    assert not [one for one in found.statements if LEFT.search(one)]
    told = " ".join(found.statements)
    for table in ("facts", "episodes", "turns", "overheard", "summaries", "shortlists",
                  "saved_searches", "users", "talents_team", "talents_public"):  # fmt: skip
        assert re.search(rf"(?:FROM|JOIN) {table}\b", told), table


async def test_without_row_security_the_hunt_finds_leaks_everywhere(
    where: Servers, database_url: str
) -> None:
    world, planted = await prepare(where, secrets=SECRETS)
    await execute(database_url, await without_security(database_url))
    found = await ask(where, world, planted, Share(ASKS * 3 // 2, is_bare=True))
    assert found.leaks.keys() >= {*SURFACES, "forget"}


async def without_security(database_url: str) -> str:
    """What has the tables and the views of them show all their rows."""
    tables = await fetch(database_url, "SELECT relname FROM pg_class WHERE relrowsecurity")
    views = await fetch(
        database_url,
        "SELECT viewname, definition FROM pg_views WHERE viewname LIKE 'talent%' ORDER BY 1",
    )
    opened = [
        f"CREATE OR REPLACE VIEW {name} AS {_BOUND.sub('true', definition)}"
        for name, definition in views
    ]
    closed = [f'ALTER TABLE "{name}" DISABLE ROW LEVEL SECURITY' for (name,) in tables]
    return ";".join([*closed, *(one.rstrip("; ") for one in opened)])


_BOUND = re.compile(r"\(?\b(?:\w+\.)?org_id = \( SELECT castmatch_org\(\) AS castmatch_org\)\)?")


async def test_copies_in_redis_are_each_audience_s_own(
    where: Servers, database: Database, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the newest turn is a guest's, both audiences would take the same copy for complete."""
    world, planted = await prepare(where, secrets=SECRETS)
    member, guest = world.people[7], world.people[3]
    spots = {str(secret.spot.key): secret for secret in world.secrets}

    async def asked_by_turns() -> Found:
        asking = Asking(world, planted, database, redis, seed=1)
        for key, secret in spots.items():
            room, org_id = secret.spot.room, secret.spot.room.workspace.org_id
            is_guests = len({planted.newest.get((key, org_id, one)) for one in Access}) == 1
            if is_guests and room.access(member) is Access.TEAM and room.place is not Place.DM:
                for person in (member, guest) * 5:
                    await asking.recall(Spot(person, room, secret.spot.thread), secret)
        return asking.found

    found = await asked_by_turns()
    assert found.told["history"]
    assert not found.leaks
    made = keys.history
    monkeypatch.setattr(
        keys, "history", lambda whose, key: made(replace(whose, access=Access.TEAM), key)
    )
    assert (await asked_by_turns()).leaks["history"]
