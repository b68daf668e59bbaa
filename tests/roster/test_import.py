"""A roster into the database: new, changed and unchanged rows, batches, and what goes wrong."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from bot.conversation import Access
from bot.roster import BadRow, Columns, ImportProgress, ParsedRow, Roster, read_roster
from db.pool import Database
from db.talent_import import TalentImport

TODAY = date(2026, 11, 23)
HEAD = "id,name,city,playing age,day rate,skills,bio,available,email\n"
MEERA = 'M1,Meera Rao,Pune,24-30,15k,"Kathak, Horse riding",Rides at dawn.,Dec 2026,m@example.com\n'
ASHA = "A1,Asha Pai,Mumbai,40-50,20k,Sitar,Plays the sitar.,,\n"


def roster(text: str) -> Roster:
    return read_roster(io.BytesIO(text.encode()), today=TODAY)


async def run(
    database: Database, org_id: UUID, source: Roster, *, batch: int = 1000, dry_run: bool = False
) -> list[ImportProgress]:
    importer = TalentImport(database, batch=batch)
    return [progress async for progress in importer.run(org_id, source, dry_run=dry_run)]


def counts(progress: ImportProgress) -> tuple[int, int, int, int]:
    return progress.inserted, progress.updated, progress.unchanged, progress.bad


async def stored(database: Database, org_id: UUID, columns: str) -> list[tuple[object, ...]]:
    async with database.session(org_id, Access.TEAM) as connection:
        return [
            tuple(row)
            for row in await connection.fetch(f"SELECT {columns} FROM talents ORDER BY name")
        ]


async def test_importing_again_updates_and_keeps_the_ids(database: Database, org_id: UUID) -> None:
    [first] = await run(database, org_id, roster(HEAD + MEERA + ASHA))
    assert counts(first) == (2, 0, 0, 0)
    ids = await stored(database, org_id, "id")

    [again] = await run(database, org_id, roster(HEAD + ASHA + MEERA))
    assert counts(again) == (0, 0, 2, 0)

    [changed] = await run(database, org_id, roster(HEAD + MEERA.replace("Pune", "bombay") + ASHA))
    assert counts(changed) == (0, 1, 1, 0)
    assert await stored(database, org_id, "id") == ids
    assert await stored(database, org_id, "city") == [("Mumbai",), ("Mumbai",)]


async def test_a_field_without_a_column_stays_and_an_empty_cell_clears(
    database: Database, org_id: UUID
) -> None:
    await run(database, org_id, roster(HEAD + MEERA))
    [progress] = await run(database, org_id, roster("id,name,bio\nM1,Meera Rao,\n"))
    assert counts(progress) == (0, 1, 0, 0)
    assert await stored(database, org_id, "bio, city, skills") == [
        ("", "Pune", ["Kathak", "Horse riding"])
    ]


async def test_a_file_that_gains_an_id_column_finds_the_rows_it_had(
    database: Database, org_id: UUID
) -> None:
    await run(database, org_id, roster("name,email\nMeera Rao,m@example.com\nAsha Pai,\n"))
    ids = await stored(database, org_id, "id")
    [progress] = await run(
        database, org_id, roster("id,name,email\nM1,Meera Rao,m@example.com\nA1,Asha Pai,\n")
    )
    assert progress.inserted == 0
    assert await stored(database, org_id, "id") == ids


async def test_a_dry_run_tells_what_would_change_and_writes_nothing(
    database: Database, org_id: UUID
) -> None:
    await run(database, org_id, roster(HEAD + MEERA))
    before = await stored(database, org_id, "id, city, updated_at")
    source = roster(HEAD + MEERA.replace("24-30", "26-32") + ASHA + ",,,,,,bad,,\n")
    [progress] = await run(database, org_id, source, dry_run=True)
    assert counts(progress) == (1, 1, 0, 1)
    meera, asha = progress.changes
    assert asha.is_new
    assert [(f.name, f.before, f.after) for f in meera.fields] == [
        ("playing_age", "24-30", "26-32")
    ]
    assert await stored(database, org_id, "id, city, updated_at") == before


async def test_batches_are_reported_one_by_one(database: Database, org_id: UUID) -> None:
    text = "name,age\n" + "".join(f"Talent {n},{'old' if n % 10 == 3 else 30}\n" for n in range(95))
    reports = await run(database, org_id, roster(text), batch=20)
    assert [report.read for report in reports] == [20, 40, 60, 80, 95]
    assert counts(reports[-1]) == (85, 0, 0, 10)
    assert [row.line for row in reports[0].bad_rows] == [5, 15]


class HandMade(Roster):
    """A roster whose rows come from a list, for what no file could contain."""

    def __init__(self, rows: list[ParsedRow | BadRow], columns: Columns) -> None:
        self._rows = rows
        self.columns = columns
        self.records = len(rows)

    def __iter__(self) -> Iterator[ParsedRow | BadRow]:
        return iter(self._rows)


async def test_a_row_that_the_database_refuses_loses_no_other(
    database: Database, org_id: UUID
) -> None:
    source = roster("name,height\n" + "".join(f"Talent {n},170\n" for n in range(20)))
    rows = list(source)
    assert isinstance(rows[7], ParsedRow)
    tall = rows[7].talent.model_copy(update={"height_cm": 999})
    rows[7] = replace(rows[7], talent=tall)
    reports = await run(database, org_id, HandMade(rows, source.columns), batch=10)
    assert counts(reports[-1]) == (19, 0, 0, 1)
    [bad] = reports[0].bad_rows
    assert bad.line == 9
    assert bad.reason.startswith("the database refuses it: ")
    assert len(await stored(database, org_id, "id")) == 19


async def test_what_was_reported_survives_an_interruption(database: Database, org_id: UUID) -> None:
    text = "name\n" + "".join(f"Talent {n}\n" for n in range(50))
    steps = TalentImport(database, batch=10).run(org_id, roster(text))
    await anext(steps)
    await anext(steps)
    await steps.aclose()
    assert len(await stored(database, org_id, "id")) == 20
    reports = await run(database, org_id, roster(text), batch=10)
    assert counts(reports[-1]) == (30, 0, 20, 0)


async def test_minors_are_stored_marked_and_stay_so(database: Database, org_id: UUID) -> None:
    await run(database, org_id, roster("id,name,age,guardian consent\nK1,Kid Rao,12,yes\n"))
    assert await stored(database, org_id, "minor, guardian_consent_on") == [(True, TODAY)]
    # A file that says nothing of ages makes nobody an adult.
    [progress] = await run(database, org_id, roster("id,name,bio\nK1,Kid Rao,Sings.\n"))
    assert progress.updated == 1
    assert await stored(database, org_id, "minor, guardian_consent_on") == [(True, TODAY)]
    async with database.session(org_id, Access.TEAM) as connection:
        assert await connection.fetchval("SELECT count(*) FROM talents_team") == 0
    await run(database, org_id, roster("id,name,age\nK1,Kid Rao,18\n"))
    assert await stored(database, org_id, "minor, guardian_consent_on") == [(False, None)]


async def test_contact_is_the_teams_and_every_import_asks_for_vectors_once(
    database: Database, org_id: UUID
) -> None:
    await run(database, org_id, roster(HEAD + MEERA))
    await run(database, org_id, roster(HEAD + MEERA + ASHA))
    async with database.session(org_id, Access.TEAM) as connection:
        contacts = await connection.fetch("SELECT contact FROM talent_private")
        assert [row["contact"] for row in contacts] == ["m@example.com"]
    async with database.queue() as connection:
        jobs = await connection.fetch("SELECT kind FROM jobs")
        assert [job["kind"] for job in jobs] == ["embed_talents"]


async def test_five_thousand_rows(database: Database, org_id: UUID) -> None:
    line = (
        'T{n},Talent {n},"Marathi (native), Hindi",24-30,"Kathak, Sitar","{n},000",'
        "Bio number {n}.\n"
    )
    text = "id,name,languages,playing age,skills,day rate,bio\n" + "".join(
        line.replace("{n}", str(n)) for n in range(1, 5001)
    )
    reports = await run(database, org_id, roster(text))
    assert counts(reports[-1]) == (5000, 0, 0, 0)
    async with database.session(org_id, Access.TEAM) as connection:
        found = await connection.fetchval(
            "SELECT name FROM talents_team WHERE words @@ to_tsquery('castmatch_english', '4321')"
        )
    assert found == "Talent 4321"


@pytest.mark.parametrize("batch", [1, 3])
async def test_two_imports_at_once_make_no_doubles(
    database: Database, org_id: UUID, batch: int
) -> None:
    text = "name\n" + "".join(f"Talent {n}\n" for n in range(12))
    await asyncio.gather(*(run(database, org_id, roster(text), batch=batch) for _ in range(2)))
    assert len(await stored(database, org_id, "id")) == 12
