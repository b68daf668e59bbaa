"""Who sees what, as the database itself decides it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest

from bot.conversation import Access, Author, ConversationKey, Message, Place
from db import roles
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.turn_accept import accept
from db.workspaces import Workspace, resolve_workspace, set_access
from tests.db.sql import execute, fetch

OTHER_ORG = UUID("00000000-0000-4000-8000-000000000002")


def said_by(name: str, workspace: str) -> Message:
    return Message(
        id=uuid4().hex,
        conversation=ConversationKey("slack", workspace, "C1"),
        place=Place.PUBLIC,
        author=Author("U1", name),
        text="hello",
        sent_at=datetime.now(UTC),
    )


@pytest.fixture
async def two_organisations(database: Database, database_url: str) -> None:
    """A workspace with a person in each of two organisations."""
    await execute(
        database_url,
        f"INSERT INTO organisations VALUES ('{OTHER_ORG}', 'Another');"
        f"INSERT INTO workspaces VALUES ('{OTHER_ORG}', 'slack', 'T2', 'team')",
    )
    async with database.queue() as connection:
        await accept(connection, said_by("Asha Example", "T1"))
        await accept(connection, said_by("Ben Example", "T2"))


@pytest.mark.usefixtures("two_organisations")
class TestOrganisations:
    @pytest.mark.parametrize("table", ["organisations", "workspaces", "users"])
    async def test_each_sees_its_own(self, database: Database, table: str) -> None:
        column = "id" if table == "organisations" else "org_id"
        for org_id in (DEFAULT_ORG_ID, OTHER_ORG):
            async with database.session(org_id, Access.TEAM) as connection:
                rows = await connection.fetch(f"SELECT {column} FROM {table}")
            assert [row[0] for row in rows] == [org_id]

    @pytest.mark.parametrize("settings", ["", "SET LOCAL castmatch.org = '';"])
    async def test_without_saying_for_whom_nothing_is_seen(
        self, database_url: str, settings: str
    ) -> None:
        connection = await asyncpg.connect(database_url)
        await connection.execute(f"BEGIN; SET LOCAL ROLE castmatch_app; {settings}")
        for table in await own_tables(database_url):
            if table != "schema_migrations":
                assert await connection.fetchval(f'SELECT count(*) FROM "{table}"') == 0, table
        await connection.close()

    async def test_none_can_be_changed_from_a_session(
        self, database: Database, org_id: UUID
    ) -> None:
        for statement in (
            "UPDATE users SET name = 'x'",
            f"UPDATE workspaces SET org_id = '{OTHER_ORG}'",
        ):
            async with database.session(org_id, Access.TEAM) as connection:
                assert await connection.execute(statement) == "UPDATE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.session(org_id, Access.TEAM) as connection:
                await resolve_workspace(connection, "slack", "T3", Access.TEAM)


async def own_tables(url: str) -> list[str]:
    rows = await fetch(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return [row[0] for row in rows]


async def test_every_table_is_guarded(database_url: str) -> None:
    rows = await fetch(
        database_url,
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND NOT rowsecurity",
    )
    assert [row[0] for row in rows] == ["schema_migrations"]


async def test_the_serving_role_owns_nothing_and_cannot_bypass(database_url: str) -> None:
    owned = await fetch(
        database_url, f"SELECT relname FROM pg_class WHERE relowner = '{roles.APP}'::regrole"
    )
    assert owned == []
    rights = await fetch(
        database_url,
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin"
        f" FROM pg_roles WHERE rolname IN ('{roles.APP}', '{roles.OWNER}')",
    )
    assert [row[0] for row in rights] == [False, False]
    member = await fetch(
        database_url, f"SELECT pg_has_role('{roles.APP}', '{roles.OWNER}', 'MEMBER')"
    )
    assert not member[0][0]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (n int)",
        "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
        "DELETE FROM organisations",
        "INSERT INTO organisations (name) VALUES ('mine')",
        "DELETE FROM schema_migrations",
    ],
)
async def test_the_serving_role_may_not(database: Database, org_id: UUID, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.session(org_id, Access.TEAM) as connection:
            await connection.execute(statement)


class TestWorkspaces:
    async def test_an_unknown_one_joins_the_default_organisation(self, database: Database) -> None:
        async with database.queue() as connection:
            first = await resolve_workspace(connection, "slack", "T1", Access.COMMUNITY)
            again = await resolve_workspace(connection, "slack", "T1", Access.TEAM)
        assert first == again == Workspace(DEFAULT_ORG_ID, Access.COMMUNITY)

    async def test_the_same_name_on_two_platforms_is_two(self, database: Database) -> None:
        async with database.queue() as connection:
            await resolve_workspace(connection, "slack", "T1", Access.TEAM)
            other = await resolve_workspace(connection, "discord", "T1", Access.COMMUNITY)
        assert other.access is Access.COMMUNITY

    async def test_its_access_can_be_set(self, database: Database) -> None:
        async with database.queue() as connection:
            assert not await set_access(connection, "slack", "T1", Access.COMMUNITY)
            await resolve_workspace(connection, "slack", "T1", Access.TEAM)
            assert await set_access(connection, "slack", "T1", Access.COMMUNITY)
            found = await resolve_workspace(connection, "slack", "T1", Access.TEAM)
        assert found.access is Access.COMMUNITY


class TestUsers:
    async def test_one_person_is_one_row(self, database: Database, org_id: UUID) -> None:
        async with database.queue() as connection:
            await accept(connection, said_by("Asha", "T1"))
        async with database.queue() as connection:
            await accept(connection, said_by("Asha Example", "T1"))
            await accept(connection, said_by("Asha", "T2"))
        async with database.session(org_id, Access.TEAM) as connection:
            rows = await connection.fetch("SELECT * FROM users ORDER BY workspace")
        assert [(row["workspace"], row["name"]) for row in rows] == [
            ("T1", "Asha Example"),
            ("T2", "Asha"),
        ]
        assert rows[0]["last_seen_at"] > rows[0]["first_seen_at"]
