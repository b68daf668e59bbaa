"""The pool: what a transaction costs, what it sees, and what happens when Postgres is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import numpy as np
import pytest

from bot.conversation import Access
from bot.ports import UnavailableError
from db.errors import DatabaseSetupError
from db.pool import Database, savepoint
from tests.conftest import with_database
from tests.db.relay import Relay, relayed
from tests.db.sql import execute, fetch
from tests.waiting import wait_until


@pytest.fixture
async def line(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Relay, Database]]:
    """A relay, and a pool whose one connection goes through it."""
    async with relayed(database_url, tmp_path) as (relay, url):
        database = await Database.connect(url, min_size=1, max_size=1)
        yield relay, database
        await database.close()


async def seen(database: Database, org_id: UUID) -> int:
    async with database.session(org_id, Access.TEAM) as connection:
        count = await connection.fetchval("SELECT count(*) FROM organisations")
    assert isinstance(count, int)
    return count


async def test_a_transaction_costs_two_round_trips_beside_its_statements(
    line: tuple[Relay, Database], org_id: UUID
) -> None:
    relay, database = line
    await seen(database, org_id)  # the statement is prepared now
    before = relay.trips
    await seen(database, org_id)
    assert relay.trips - before == 3


async def test_it_knows_for_whom_it_runs(database: Database, org_id: UUID) -> None:
    asked = "SELECT castmatch_org(), castmatch_access(), castmatch_is_queue(), current_user"
    async with database.session(org_id, Access.COMMUNITY) as connection:
        assert tuple(await connection.fetchrow(asked) or ()) == (
            *(org_id, "community", False),
            "castmatch_app",
        )
    async with database.queue() as connection:
        assert tuple(await connection.fetchrow(asked) or ()) == (None, None, True, "castmatch_app")


async def test_nothing_stays_on_the_connection(database_url: str, org_id: UUID) -> None:
    database = await Database.connect(database_url, max_size=1)
    async with database.session(org_id, Access.TEAM):
        pass
    async with database.queue() as connection:
        assert await connection.fetchval("SELECT castmatch_org()") is None
    async with database.session(org_id, Access.TEAM) as connection:
        assert not await connection.fetchval("SELECT castmatch_is_queue()")
    await database.close()


async def test_values_of_our_types(database: Database, org_id: UUID) -> None:
    vector = np.array([1.5, -2, 0], dtype=np.float32)
    value = {"name": "Zoë", "list": [1, None, True]}
    async with database.session(org_id, Access.TEAM) as connection:
        back = await connection.fetchrow(
            "SELECT $1::jsonb, $2::vector, $2::vector::halfvec, $3::halfvec", value, vector, vector
        )
    assert back is not None
    assert back[0] == value
    for array in list(back)[1:]:
        assert array.dtype == np.float32
        assert array.tolist() == vector.tolist()


async def test_an_error_undoes_everything(database: Database, org_id: UUID) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.queue() as connection:
            await add_workspace(connection, org_id, "w")
            _ = 1 / 0
    assert await count_workspaces(database) == 0


async def test_a_swallowed_error_is_not_taken_for_success(database: Database, org_id: UUID) -> None:
    with pytest.raises(RuntimeError, match="nothing was stored"):
        async with database.queue() as connection:
            await add_workspace(connection, org_id, "w")
            with pytest.raises(asyncpg.UniqueViolationError):
                await add_workspace(connection, org_id, "w")
    assert await count_workspaces(database) == 0


async def test_a_savepoint_undoes_its_part_only(database: Database, org_id: UUID) -> None:
    async with database.queue() as connection:
        await add_workspace(connection, org_id, "kept")
        with pytest.raises(asyncpg.UniqueViolationError):
            async with savepoint(connection):
                await add_workspace(connection, org_id, "undone")
                await add_workspace(connection, org_id, "kept")
        async with savepoint(connection):
            await add_workspace(connection, org_id, "kept as well")
    assert await count_workspaces(database) == 2


async def test_a_cancelled_transaction_leaves_a_usable_connection(
    database_url: str, org_id: UUID
) -> None:
    database = await Database.connect(database_url, max_size=1)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), database.queue() as connection:
                await add_workspace(connection, org_id, "w")
                await connection.execute("SELECT pg_sleep(30)")
        assert await count_workspaces(database) == 0
    await database.close()


async def test_a_lost_connection_is_unavailable_and_the_pool_recovers(
    line: tuple[Relay, Database], org_id: UUID
) -> None:
    relay, database = line
    with pytest.raises(UnavailableError):
        async with database.session(org_id, Access.TEAM) as connection:
            await connection.fetchval("SELECT 1")
            relay.cut()
            await connection.fetchval("SELECT 1")
    with pytest.raises(UnavailableError):
        await seen(database, org_id)
    relay.mend()
    assert await seen(database, org_id) == 1


async def test_a_server_that_ended_the_connection_is_unavailable(
    database: Database, database_url: str, org_id: UUID
) -> None:
    end_all = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with pytest.raises(UnavailableError):
        async with database.session(org_id, Access.TEAM) as connection:
            await fetch(database_url, end_all)
            await connection.fetchval("SELECT 1")
    assert await seen(database, org_id) == 1


async def test_our_own_mistakes_are_not_taken_for_an_outage(
    database: Database, org_id: UUID
) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        async with database.session(org_id, Access.TEAM) as connection:
            await connection.fetchval("SELECT 1 FROM nowhere")
    assert await seen(database, org_id) == 1


async def test_a_listener_hears(database: Database, database_url: str) -> None:
    heard: list[object] = []
    connection = await database.listener()
    await connection.add_listener("news", lambda *event: heard.append(event[-1]))
    await execute(database_url, "NOTIFY news, 'hello'")
    await wait_until(lambda: heard == ["hello"])
    await connection.close()


async def test_a_listener_has_an_address_of_its_own(
    line: tuple[Relay, Database], database_url: str
) -> None:
    """For a pooler between, which carries no LISTEN."""
    relay, _ = line
    through = f"{relay.url}&statement_cache_size=0"
    database = await Database.connect(through, listen_url=database_url)
    relay.cut()
    await (await database.listener()).close()
    await database.close()
    relay.mend()
    database = await Database.connect(database_url, listen_url=through)
    relay.cut()
    with pytest.raises(UnavailableError):
        await database.listener()
    await database.close()


async def test_without_prepared_statements(database_url: str, org_id: UUID) -> None:
    """For a pooler between that keeps none."""
    database = await Database.connect(f"{database_url}&statement_cache_size=0")
    assert await seen(database, org_id) == 1
    async with database.queue() as connection:
        prepared = await connection.fetchval("SELECT count(*) FROM pg_prepared_statements")
    assert prepared <= 1  # the statement that asks
    await database.close()


async def test_connecting_where_nothing_listens(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        await Database.connect(f"postgresql://castmatch@/castmatch?host={tmp_path}")


async def test_connecting_to_a_database_that_does_not_exist(database_url: str) -> None:
    with pytest.raises(DatabaseSetupError, match="create the database, or mend the URL"):
        await Database.connect(with_database(database_url, "nowhere"))


async def test_connecting_to_an_empty_database(empty_database_url: str) -> None:
    with pytest.raises(DatabaseSetupError, match="has not been migrated"):
        await Database.connect(empty_database_url)


async def test_connecting_as_a_login_that_may_not_serve(
    database_url: str, database: Database
) -> None:
    login = f"guest_{uuid4().hex}"
    await execute(database_url, f"CREATE ROLE {login} LOGIN")
    url = database_url.replace("//castmatch@", f"//{login}@")
    with pytest.raises(DatabaseSetupError, match="GRANT castmatch_app TO"):
        await Database.connect(url)
    await execute(database_url, f"GRANT castmatch_app TO {login}")
    serving = await Database.connect(url)
    assert await seen(serving, UUID(int=0)) == 0
    await serving.close()
    await execute(database_url, f"DROP ROLE {login}")


async def add_workspace(connection: object, org_id: UUID, name: str) -> None:
    assert hasattr(connection, "execute")
    await connection.execute(
        "INSERT INTO workspaces (org_id, platform, external_id, access)"
        " VALUES ($1, 'web', $2, 'team')",
        *(org_id, name),
    )


async def count_workspaces(database: Database) -> int:
    async with database.queue() as connection:
        count = await connection.fetchval("SELECT count(*) FROM workspaces")
    assert isinstance(count, int)
    return count
