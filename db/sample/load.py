"""Loads the sample roster into an organisation that has nobody yet."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import Access
from bot.roster import read_roster
from db.sample import MADE_ON
from db.talent_import import TalentImport

if TYPE_CHECKING:
    from collections.abc import Callable

    from db.pool import Database

ROSTER = Path(__file__).with_name("roster.csv")

_DATE = re.compile(r"\b20\d\d-\d\d-\d\d\b")


async def load_sample(
    database: Database,
    org_id: UUID,
    progress: Callable[[str], None] = lambda _: None,
    *,
    today: date | None = None,
) -> int:
    """How many talents were loaded: none where there is a roster already.

    When somebody is free is moved on to `today`, so that a newcomer finds people in any year.
    Run by two processes at once it loads each talent once, as any import does.
    """
    async with database.session(org_id, Access.TEAM) as connection:
        if await connection.fetchval(
            "SELECT EXISTS (SELECT FROM talents WHERE org_id = $1)", org_id
        ):
            return 0
    progress("Loading the sample roster (everyone in it is invented)…")
    loaded = 0
    day = today or datetime.now(UTC).date()
    roster = read_roster(BytesIO(_moved_to(day)), today=day)
    async for so_far in TalentImport(database).run(org_id, roster):
        loaded = so_far.inserted
    return loaded


def _moved_to(today: date) -> bytes:
    """The roster's file with every date as far from `today` as it was from the day it was made."""
    later = today - MADE_ON

    def moved(found: re.Match[str]) -> str:
        return str(date.fromisoformat(found[0]) + later)

    return _DATE.sub(moved, ROSTER.read_text("utf-8")).encode()
