"""Who sees what of the small tables, as the database itself decides it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import pytest

from bot.conversation import Access, ConversationKey
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from tests.db.sql import execute
from tests.stores.conftest import OTHER_ORG

if TYPE_CHECKING:
    from db.pool import Connection

USER = "00000000-0000-4000-8000-00000000000a"
TURN = "00000000-0000-4000-8000-00000000000b"
TALENT = "aaaaaaaaaa"
HERE = ConversationKey("slack", "T1", "C1")

_GROUND = f"""
    INSERT INTO organisations VALUES ('{OTHER_ORG}', 'Another');
    INSERT INTO users (org_id, id, platform, workspace, external_id, name)
        VALUES ('{DEFAULT_ORG_ID}', '{USER}', 'slack', 'T1', 'U1', 'Asha');
    INSERT INTO turns (org_id, id, platform, workspace, channel, thread, conversation, place,
            access, user_id, author_external_id, author_name, message_id, text, sent_at)
        VALUES ('{DEFAULT_ORG_ID}', '{TURN}', 'slack', 'T1', 'C1', '', 'slack/T1/C1/', 'private',
            'team', '{USER}', 'U1', 'Asha', 'm', 'text', now());
    INSERT INTO talents (org_id, id, name, source_key)
        VALUES ('{DEFAULT_ORG_ID}', '{TALENT}', 'Meera Invented', 't')"""

ROWS = {
    "ratings": f"('{DEFAULT_ORG_ID}', '{TURN}', '{USER}', true)",
    "saved_searches": f"('{DEFAULT_ORG_ID}', 's', 'slack', 'T1', 'C1', '', 'private', 'team',"
    f" '{USER}', '{{}}', now())",
    "shortlists": f"('{DEFAULT_ORG_ID}', 'slack', 'T1', 'C1', '{TALENT}', 'team', '{USER}')",
    "decisions": f"('{DEFAULT_ORG_ID}', DEFAULT, 'shortlisted', 'slack', 'T1', 'C1', 'team',"
    f" '{TALENT}', '{USER}')",
}
INSERT = {table: f"INSERT INTO {table} VALUES {row}" for table, row in ROWS.items()}
"""A row in each table, of the default organisation's team."""


@pytest.fixture(autouse=True)
async def _a_row_in_each(database_url: str) -> None:
    await execute(database_url, ";".join([_GROUND, *INSERT.values()]))


async def seen(
    database: Database, org_id: UUID, access: Access, channel: ConversationKey | None = HERE
) -> set[str]:
    async with database.session(org_id, access, channel=channel) as connection:
        return await _filled(connection)


async def _filled(connection: Connection) -> set[str]:
    tables = (*ROWS, "turns", "users", "talents")
    return {one for one in tables if await connection.fetchval(f"SELECT count(*) FROM {one}")}


async def test_a_team_sees_its_shortlists_and_decisions(database: Database) -> None:
    sees = await seen(database, DEFAULT_ORG_ID, Access.TEAM)
    assert sees == {"shortlists", "decisions", "users", "talents"}


@pytest.mark.parametrize(
    "channel", [None, replace(HERE, channel="C2"), replace(HERE, workspace="T2")]
)
async def test_a_channel_s_are_its_own(database: Database, channel: ConversationKey | None) -> None:
    sees = await seen(database, DEFAULT_ORG_ID, Access.TEAM, channel)
    assert sees == {"users", "talents"}


async def test_another_organisation_and_the_community_see_nothing(database: Database) -> None:
    assert await seen(database, DEFAULT_ORG_ID, Access.COMMUNITY) == {"users"}
    assert await seen(database, OTHER_ORG, Access.TEAM) == set()


@pytest.mark.parametrize(
    ("named", "sees"),
    [
        (("slack", "T1", "U1"), {"turns", "users", "ratings", "saved_searches"}),
        (("slack", "T1", "U2"), set()),
        (("slack", "T2", "U1"), set()),
        (("discord", "T1", "U1"), set()),
        (("slack", 'T1","U1', ""), set()),
        (("", "", ""), set()),
    ],
)
async def test_a_person_sees_what_is_theirs(
    database: Database, named: tuple[str, str, str], sees: set[str]
) -> None:
    async with database.person(*named) as connection:
        assert await _filled(connection) == sees


async def test_a_transaction_that_is_narrowed_sees_all_again_afterwards(
    database: Database,
) -> None:
    async with database.queue() as connection:
        before = await _filled(connection)
        async with database.narrowed(connection, "slack", "T1", "U2") as theirs:
            assert await _filled(theirs) == set()
        assert await _filled(connection) == before
    assert before == {"turns", "users", "ratings", "saved_searches"}


@pytest.mark.parametrize(
    ("named", "sees"),
    [
        (("slack", "T1", "s"), {"saved_searches"}),
        (("slack", "T1", "other"), set()),
        (("slack", "T2", "s"), set()),
    ],
)
async def test_a_button_sees_its_search(
    database: Database, named: tuple[str, str, str], sees: set[str]
) -> None:
    async with database.button(*named) as connection:
        assert await _filled(connection) == sees


async def test_nobody_writes_what_is_not_theirs(database: Database) -> None:
    for table, org_id, access in (
        ("ratings", DEFAULT_ORG_ID, Access.TEAM),
        ("saved_searches", DEFAULT_ORG_ID, Access.TEAM),
        ("shortlists", DEFAULT_ORG_ID, Access.COMMUNITY),
        ("shortlists", OTHER_ORG, Access.TEAM),
        ("decisions", DEFAULT_ORG_ID, Access.COMMUNITY),
        ("decisions", OTHER_ORG, Access.TEAM),
    ):
        if table != "decisions":  # which nobody may delete
            async with database.session(org_id, access, channel=HERE) as connection:
                assert await connection.execute(f"DELETE FROM {table}") == "DELETE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with database.session(org_id, access, channel=HERE) as connection:
                await connection.execute(INSERT[table])


async def test_nobody_puts_anything_on_another_channel_s_list(database: Database) -> None:
    for table in ("shortlists", "decisions"):
        elsewhere = replace(HERE, channel="C2")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with database.session(
                DEFAULT_ORG_ID, Access.TEAM, channel=elsewhere
            ) as connection:
                await connection.execute(INSERT[table])
