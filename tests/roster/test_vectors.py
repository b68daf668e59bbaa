"""Vectors follow the rows: only where they are missing or out of date, and after any stop."""

from __future__ import annotations

import io
from datetime import date
from uuid import UUID

import numpy as np

from bot.conversation import Access
from bot.roster import read_roster
from db.pool import Database
from db.talent_import import TalentImport
from db.talent_vectors import TalentVectors
from memory.embedder import LocalEmbedder

BIOS = ("Fenced sabre for years.", "Sings ghazals at weddings.", "Climbs rocks before breakfast.")


async def load(database: Database, org_id: UUID, bios: tuple[str, ...]) -> None:
    text = "id,name,bio\n" + "".join(f"{n},Talent {n},{bio}\n" for n, bio in enumerate(bios))
    source = read_roster(io.BytesIO(text.encode()), today=date(2026, 11, 23))
    async for _ in TalentImport(database).run(org_id, source):
        pass


async def test_only_what_is_out_of_date_is_embedded(database: Database, org_id: UUID) -> None:
    embedder = LocalEmbedder()
    vectors = TalentVectors(database, embedder)
    await load(database, org_id, (*BIOS, ""))
    assert await vectors.missing(org_id) == 3, "a row without a text has nothing to embed"
    assert [done async for done in vectors.embed(org_id)] == [3]
    assert await vectors.missing(org_id) == 0
    assert [done async for done in vectors.embed(org_id)] == []

    await load(database, org_id, (BIOS[0], "Dances Kathak.", BIOS[2]))
    assert [done async for done in vectors.embed(org_id)] == [1]
    async with database.session(org_id, Access.TEAM) as connection:
        row = await connection.fetchrow(
            "SELECT embedding, model FROM talent_vectors JOIN talents ON id = talent_id"
            " WHERE name = 'Talent 1'"
        )
    assert row is not None
    asked, unrelated = await embedder.query("a Kathak dancer"), await embedder.query("rock climber")
    assert np.dot(row["embedding"], asked) > np.dot(row["embedding"], unrelated)
    assert row["model"] == embedder.name


async def test_it_goes_on_where_it_was_stopped(database: Database, org_id: UUID) -> None:
    vectors = TalentVectors(database, LocalEmbedder())
    await load(database, org_id, tuple(f"Bio number {n}." for n in range(70)))
    steps = vectors.embed(org_id)
    assert await anext(steps) == 64
    await steps.aclose()
    assert await vectors.missing(org_id) == 6
    await vectors.job(org_id, {})
    assert await vectors.missing(org_id) == 0
