"""Migrations: once, in order, by one at a time, and never onto a database of another age."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports import UnavailableError
from db.errors import DatabaseSetupError, MigrationError
from db.migrate import Migration, migrate, read_migrations
from tests.conftest import with_database
from tests.db.sql import execute, fetch

FIRST = Migration("0001_first", "CREATE TABLE one (n int)")
SECOND = Migration("0002_second", "CREATE TABLE two (n int)")


async def tables(url: str) -> list[str]:
    rows = await fetch(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return sorted(row[0] for row in rows if row[0] != "schema_migrations")


async def test_each_is_applied_once_and_in_order(empty_database_url: str) -> None:
    said: list[str] = []
    assert await migrate(empty_database_url, said.append, migrations=[FIRST]) == ["0001_first"]
    both = [FIRST, SECOND]
    assert await migrate(empty_database_url, said.append, migrations=both) == ["0002_second"]
    assert await migrate(empty_database_url, said.append, migrations=both) == []
    assert await tables(empty_database_url) == ["one", "two"]
    assert said == [
        "Migrating the database: 0001_first…",
        "Migrating the database: 0002_second…",
    ]


async def test_all_of_ours_apply_to_an_empty_database(empty_database_url: str) -> None:
    assert await migrate(empty_database_url) == [m.name for m in read_migrations()]
    owners = await fetch(
        empty_database_url,
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'",
    )
    assert [row[0] for row in owners] == ["castmatch_owner"]


async def test_without_prepared_statements(empty_database_url: str) -> None:
    url = f"{empty_database_url}&statement_cache_size=0"
    assert await migrate(url, migrations=[FIRST]) == ["0001_first"]


async def test_several_at_once_apply_each_once(empty_database_url: str) -> None:
    slow = replace(FIRST, sql="SELECT pg_sleep(0.2);" + FIRST.sql)
    done = await asyncio.gather(
        *(migrate(empty_database_url, migrations=[slow, SECOND]) for _ in range(4))
    )
    assert sorted(name for names in done for name in names) == ["0001_first", "0002_second"]


async def test_databases_of_one_cluster_at_once(empty_database_url: str) -> None:
    """Roles belong to the cluster: two first migrations meet there."""
    names = [f"beside_{n}" for n in range(3)]
    for name in names:
        await execute(empty_database_url, f"CREATE DATABASE {name}")
    try:
        urls = [with_database(empty_database_url, name) for name in names]
        done = await asyncio.gather(*(migrate(url, migrations=[FIRST]) for url in urls))
        assert done == [["0001_first"]] * 3
    finally:
        for name in names:
            await execute(empty_database_url, f"DROP DATABASE {name}")


async def test_a_database_newer_than_the_code_is_refused(empty_database_url: str) -> None:
    await migrate(empty_database_url, migrations=[FIRST, SECOND])
    with pytest.raises(MigrationError, match=r"newer than this CastMatch \(it has 0002_second\)"):
        await migrate(empty_database_url, migrations=[FIRST])


async def test_a_changed_migration_is_refused(empty_database_url: str) -> None:
    await migrate(empty_database_url, migrations=[FIRST])
    changed = replace(FIRST, sql=FIRST.sql + " -- changed")
    with pytest.raises(MigrationError, match="0001_first is not the one that was applied"):
        await migrate(empty_database_url, migrations=[changed, SECOND])
    assert await tables(empty_database_url) == ["one"]


async def test_one_that_comes_too_late_is_refused(empty_database_url: str) -> None:
    await migrate(empty_database_url, migrations=[SECOND])
    with pytest.raises(MigrationError, match="0001_first comes before 0002_second"):
        await migrate(empty_database_url, migrations=[FIRST, SECOND])


async def test_one_that_fails_leaves_nothing(empty_database_url: str) -> None:
    broken = Migration("0002_broken", "CREATE TABLE two (n int); SELECT 1 / 0")
    with pytest.raises(MigrationError, match="0002_broken failed and was undone: division by"):
        await migrate(empty_database_url, migrations=[FIRST, broken])
    assert await tables(empty_database_url) == ["one"]
    assert await migrate(empty_database_url, migrations=[FIRST, SECOND]) == ["0002_second"]


@pytest.mark.parametrize("names", [["1_short.sql"], ["0001_a.sql", "0001_b.sql"]])
def test_file_names_are_checked(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("")
    with pytest.raises(MigrationError, match=names[0]):
        read_migrations(tmp_path)


async def test_a_server_that_is_away(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        await migrate(f"postgresql://castmatch@/castmatch?host={tmp_path}")


async def test_a_database_that_does_not_exist(empty_database_url: str) -> None:
    with pytest.raises(DatabaseSetupError, match="create the database, or mend the URL"):
        await migrate(with_database(empty_database_url, "nowhere"))


class TestAsLoginOfFewerRights:
    """A managed Postgres, where the login that migrates is no superuser."""

    @pytest.fixture
    async def weak_url(self, empty_database_url: str) -> str:
        """A login that owns the database and may make roles, but no more."""
        name = empty_database_url.partition("?")[0].rpartition("/")[2]
        await execute(
            empty_database_url,
            f"CREATE ROLE weak_{name} LOGIN; ALTER DATABASE {name} OWNER TO weak_{name}",
        )
        return empty_database_url.replace("//castmatch@", f"//weak_{name}@")

    async def test_it_is_told_what_an_administrator_must_run(
        self, empty_database_url: str, weak_url: str
    ) -> None:
        """Doing what each message says leads to a migrated database."""
        await migrate(empty_database_url, migrations=[])  # the cluster's roles exist
        await execute(empty_database_url, "DROP EXTENSION vector")
        told = []
        for _ in range(10):
            try:
                await migrate(weak_url, migrations=[FIRST])
            except DatabaseSetupError as error:
                statement = str(error).partition(" runs in it: ")[2]
                told.append(statement)
                await execute(empty_database_url, statement)
            else:
                break
        assert await tables(empty_database_url) == ["one"]
        assert any(statement.startswith("GRANT castmatch_owner TO") for statement in told)
        assert "CREATE EXTENSION IF NOT EXISTS vector" in told

    async def test_it_makes_what_it_may(self, empty_database_url: str, weak_url: str) -> None:
        """With CREATEROLE and as the database's owner only pgvector needs an administrator."""
        login = weak_url.partition("@")[0].rpartition("/")[2]
        await execute(
            empty_database_url,
            f"ALTER ROLE {login} CREATEROLE; CREATE EXTENSION vector;"
            f"GRANT castmatch_owner, castmatch_app TO {login} WITH ADMIN TRUE, SET FALSE",
        )
        assert await migrate(weak_url, migrations=[FIRST]) == ["0001_first"]


async def test_an_extension_that_the_server_lacks(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.roles.EXTENSIONS", ("sundial",))
    with pytest.raises(DatabaseSetupError, match="lacks the extension sundial: install"):
        await migrate(empty_database_url)


async def test_a_serving_role_that_bypasses_security_is_refused(empty_database_url: str) -> None:
    await migrate(empty_database_url, migrations=[])
    await execute(empty_database_url, "ALTER ROLE castmatch_app BYPASSRLS")
    try:
        with pytest.raises(DatabaseSetupError, match="ALTER ROLE castmatch_app NOSUPERUSER"):
            await migrate(empty_database_url)
    finally:
        await execute(empty_database_url, "ALTER ROLE castmatch_app NOBYPASSRLS")


async def test_the_database_says_what_was_applied(database_url: str) -> None:
    rows = await fetch(database_url, "SELECT name, checksum FROM schema_migrations ORDER BY name")
    assert {r["name"]: r["checksum"] for r in rows} == {
        m.name: m.checksum for m in read_migrations()
    }
