"""A search under an id: found again by its workspace, for thirty days."""

from __future__ import annotations

import re

import pytest

from bot.conversation import Audience
from bot.stores import SavedSearch
from bot.talent import Filters, Range, TalentQuery
from db.pool import Database
from db.saved_searches import SavedSearches
from tests.db.sql import execute, fetch
from tests.stores.conftest import ASHA, BEN, CHANNEL

QUERY = TalentQuery(
    filters=Filters(languages=(("Hindi", "Urdu"), "Marathi"), playing_age=Range(min=24)),
    text="rides",
)


@pytest.fixture
def searches(database: Database) -> SavedSearches:
    return SavedSearches(database)


async def test_a_search_is_found_as_it_was_saved(
    searches: SavedSearches, community: Audience
) -> None:
    search_id = await searches.save(community, CHANNEL, QUERY, ASHA)
    other_id = await searches.save(community, CHANNEL, TalentQuery(), BEN)
    assert re.fullmatch(r"[\w-]{16}", search_id)
    assert search_id != other_id
    found = await searches.find("web", "W1", search_id)
    assert found == SavedSearch(community, CHANNEL, QUERY, ASHA)


async def test_what_postgres_cannot_hold_is_left_out(
    searches: SavedSearches, team: Audience
) -> None:
    search_id = await searches.save(team, CHANNEL, TalentQuery(text="a\x00b"), ASHA)
    found = await searches.find("web", "W1", search_id)
    assert found is not None
    assert found.query.text == "ab"


async def test_another_workspace_does_not_find_it(searches: SavedSearches, team: Audience) -> None:
    search_id = await searches.save(team, CHANNEL, QUERY, ASHA)
    assert await searches.find("web", "W2", search_id) is None
    assert await searches.find("slack", "W1", search_id) is None


async def test_an_id_that_was_never_given(searches: SavedSearches, team: Audience) -> None:
    await searches.save(team, CHANNEL, QUERY, ASHA)
    for search_id in ("", "never-was", "nul\x00", "%", "x" * 5000):
        assert await searches.find("web", "W1", search_id) is None


async def test_the_expired_are_not_found_and_go_with_the_next_that_is_saved(
    searches: SavedSearches, team: Audience, database_url: str
) -> None:
    old = await searches.save(team, CHANNEL, QUERY, ASHA)
    days = "SELECT expires_at - now() FROM saved_searches"
    assert 29 < (await fetch(database_url, days))[0][0].total_seconds() / 86400 <= 30
    await execute(database_url, "UPDATE saved_searches SET expires_at = now() - interval '1 s'")
    assert await searches.find("web", "W1", old) is None
    new = await searches.save(team, CHANNEL, QUERY, ASHA)
    rows = await fetch(database_url, "SELECT id FROM saved_searches")
    assert [row["id"] for row in rows] == [new]


async def test_one_that_another_version_saved_is_as_good_as_expired(
    searches: SavedSearches, team: Audience, database_url: str
) -> None:
    search_id = await searches.save(team, CHANNEL, QUERY, ASHA)
    await execute(database_url, """UPDATE saved_searches SET query = '{"filters": {"wings": 2}}'""")
    assert await searches.find("web", "W1", search_id) is None
