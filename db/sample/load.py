"""Loads the sample roster into an organisation that has nobody yet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import Access
from bot.roster import read_roster
from db.talent_import import TalentImport

if TYPE_CHECKING:
    from collections.abc import Callable

    from db.pool import Database

_ANYBODY = "SELECT EXISTS (SELECT FROM talents WHERE org_id = $1)"

ROSTER = Path(__file__).with_name("roster.csv")


async def load_sample(
    database: Database, org_id: UUID, progress: Callable[[str], None] = lambda _: None
) -> int:
    """How many talents were loaded: none where there is a roster already.

    Run by two processes at once it loads each talent once, as any import does.
    """
    async with database.session(org_id, Access.TEAM) as connection:
        if await connection.fetchval(
            "SELECT EXISTS (SELECT FROM talents WHERE org_id = $1)", org_id
        ):
            return 0
    progress("Loading the sample roster (everyone in it is invented)…")
    loaded = 0
    with ROSTER.open("rb") as file:
        roster = read_roster(file, today=datetime.now(UTC).date())
        async for so_far in TalentImport(database).run(org_id, roster):
            loaded = so_far.inserted
    return loaded
