"""Secrets at rest: encrypted, bound to their place, readable with any key that is kept."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from bot.conversation import Access
from bot.stores import VaultError
from db.pool import Database
from db.vault import Kept, Rotated, Vault, new_key
from tests.db.sql import execute, fetch

OLD, NEW = new_key(), new_key()
TOKEN = "xoxb-secret-of-T1"


@pytest.fixture
def vault(database: Database) -> Vault:
    return Vault(database, [OLD])


async def test_what_is_put_is_got_until_it_is_deleted(vault: Vault) -> None:
    assert await vault.get("slack_installation", "T1") is None
    await vault.put("slack_installation", "T1", {"bot_token": "first"})
    await vault.put("slack_installation", "T1", {"bot_token": TOKEN, "scopes": ["a"], "n": None})
    await vault.put("slack_state", "T1", {"of": "another kind"})
    kept = await vault.get("slack_installation", "T1")
    assert kept == {"bot_token": TOKEN, "scopes": ["a"], "n": None}
    assert await vault.delete("slack_installation", "T1")
    assert not await vault.delete("slack_installation", "T1")
    assert await vault.get("slack_installation", "T1") is None
    assert await vault.keys("slack_state") == ["T1"]


async def test_the_database_never_sees_a_secret(vault: Vault, database_url: str) -> None:
    await vault.put("slack_installation", "T1", {"bot_token": TOKEN})
    (row,) = await fetch(database_url, "SELECT value FROM vault")
    assert TOKEN.encode() not in row["value"]
    assert b"bot_token" not in row["value"]


async def test_of_several_who_take_it_one_gets_it(vault: Vault) -> None:
    await vault.put("slack_state", "s", {"n": 1})
    taken = await asyncio.gather(*(vault.take("slack_state", "s") for _ in range(4)))
    assert [value for value in taken if value] == [{"n": 1}]
    assert await vault.get("slack_state", "s") is None


async def test_a_key_from_outside_that_is_nobodys(vault: Vault) -> None:
    await vault.put("slack_state", "s", {"n": 1})
    for key in ("", "never", "nul\x00", "s\x00", "%", "x" * 5000):
        assert await vault.get("slack_state", key) is None
        assert await vault.take("slack_state", key) is None
    assert await vault.keys("slack_state") == ["s"]


async def test_the_expired_are_as_good_as_gone_and_go_with_the_next_that_is_put(
    vault: Vault, database_url: str
) -> None:
    await vault.put("slack_state", "lasts", {}, expires_in=600)
    await vault.put("slack_state", "over", {}, expires_in=600)
    late = "UPDATE vault SET expires_at = now() - interval '1 s' WHERE key = 'over'"
    await execute(database_url, late)
    assert await vault.get("slack_state", "over") is None
    assert await vault.take("slack_state", "over") is None
    assert await vault.keys("slack_state") == ["lasts"]
    assert len(await fetch(database_url, "SELECT FROM vault")) == 2
    await vault.put("slack_installation", "T1", {})
    assert len(await fetch(database_url, "SELECT FROM vault")) == 2
    assert not await vault.delete("slack_state", "over")


async def test_deleting_under_a_prefix_spares_the_others(vault: Vault) -> None:
    for key in ("E1/T1/U1", "E1/T1/U2", "E1/T11/U1", "E1/T_/U1"):
        await vault.put("slack_installation", key, {})
    await vault.put("slack_state", "E1/T1/U1", {})
    assert await vault.delete_under("slack_installation", "E1/T1/") == 2
    assert await vault.delete_under("slack_installation", "E1/T_") == 1, "no wildcard"
    assert await vault.delete_under("slack_installation", "%") == 0
    assert await vault.keys("slack_installation") == ["E1/T11/U1"]
    assert await vault.keys("slack_state") == ["E1/T1/U1"]
    with pytest.raises(ValueError, match="everything"):
        await vault.delete_under("slack_state", "")


class TestKeys:
    async def test_an_old_key_still_reads_until_all_is_rotated(
        self, vault: Vault, database: Database
    ) -> None:
        for number in range(120):  # more than one batch
            await vault.put("slack_installation", f"T{number}", {"n": number})
        both, newest = Vault(database, [NEW, OLD]), Vault(database, [NEW])
        assert await both.get("slack_installation", "T7") == {"n": 7}
        with pytest.raises(VaultError, match="TOKEN_KEYS"):
            await newest.get("slack_installation", "T7")
        assert await both.rotate() == Rotated(120, 0)
        assert await newest.get("slack_installation", "T7") == {"n": 7}
        assert await newest.rotate() == Rotated(120, 0), "again does no harm"
        with pytest.raises(VaultError):
            await vault.get("slack_installation", "T7")

    async def test_what_no_key_opens_is_said_and_kept(
        self, vault: Vault, database: Database
    ) -> None:
        await vault.put("slack_installation", "T1", {"n": 1})
        stranger = Vault(database, [NEW])
        await stranger.put("slack_installation", "T2", {"n": 2})
        with pytest.raises(VaultError) as error:
            await stranger.take("slack_installation", "T1")
        assert "\n" not in str(error.value)
        assert await stranger.rotate() == Rotated(1, 1)
        assert await stranger.examine() == Kept(2, 1)
        assert await Vault(database, [NEW, OLD]).examine() == Kept(2, 0)
        assert await Vault(database, []).examine() == Kept(2, 2)
        assert await vault.get("slack_installation", "T1") == {"n": 1}, "it was not taken"

    async def test_a_value_in_anothers_place_is_refused(
        self, vault: Vault, database_url: str
    ) -> None:
        await vault.put("slack_installation", "T1", {"bot_token": TOKEN})
        await execute(database_url, "UPDATE vault SET key = 'T2'")
        with pytest.raises(VaultError):
            await vault.get("slack_installation", "T2")

    async def test_without_keys_nothing_is_kept_and_nothing_is_there(
        self, vault: Vault, database: Database
    ) -> None:
        keyless = Vault(database, [])
        assert await keyless.get("slack_installation", "T1") is None
        with pytest.raises(VaultError, match="TOKEN_KEYS"):
            await keyless.put("slack_installation", "T1", {})
        with pytest.raises(VaultError, match="TOKEN_KEYS"):
            await keyless.rotate()
        await vault.put("slack_installation", "T1", {})
        with pytest.raises(VaultError, match="TOKEN_KEYS"):
            await keyless.get("slack_installation", "T1")


async def test_neither_a_session_nor_the_queue_can_reach_it(
    vault: Vault, database: Database, org_id: UUID
) -> None:
    await vault.put("slack_installation", "T1", {"bot_token": TOKEN})
    for transaction in (
        database.session(org_id, Access.TEAM),
        database.session(org_id, Access.COMMUNITY),
        database.queue(),
    ):
        async with transaction as connection:
            assert await connection.fetch("SELECT * FROM vault") == []
            assert await connection.execute("DELETE FROM vault") == "DELETE 0"
            assert await connection.execute("UPDATE vault SET kind = 'x'") == "UPDATE 0"
    assert await vault.get("slack_installation", "T1") == {"bot_token": TOKEN}


async def test_who_sees_the_vault_sees_nothing_else(
    vault: Vault, database: Database, database_url: str
) -> None:
    rows = await fetch(
        database_url,
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity"
        " AND relname <> 'vault' AND has_table_privilege('castmatch_app', oid, 'SELECT')",
    )
    async with database.vault() as connection:
        for row in rows:
            assert await connection.fetchval(f'SELECT count(*) FROM "{row[0]}"') == 0, row[0]
