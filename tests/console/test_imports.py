"""What `castmatch talent import` prints, piped."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from rich.console import Console

from adapters.console.imports import MOST_SHOWN, open_roster, run_import
from bot.roster import BadRow, ImportProgress, Roster, RosterError
from db.pool import Database
from db.talent_import import TalentImport

TODAY = date(2026, 11, 23)


def piped() -> Console:
    return Console(file=io.StringIO(), width=200, highlight=False)


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def roster_file(folder: Path, text: str) -> Path:
    path = folder / "roster.csv"
    path.write_text(text, encoding="utf-8")
    return path


async def test_bad_rows_are_listed_and_all_of_them_are_in_the_file(
    database: Database, org_id: UUID, tmp_path: Path
) -> None:
    bad = "".join(f"Talent {n},old\n" for n in range(MOST_SHOWN + 5))
    path = roster_file(tmp_path, "name,age,religion,shoe\nMeera,30,x,7\n" + bad)
    console, errors = piped(), tmp_path / "errors.jsonl"
    with open_roster(path, today=TODAY) as roster:
        good = await run_import(
            console, TalentImport(database), org_id, roster, dry_run=False, errors=errors
        )
    text = said(console)
    assert not good
    assert "shoe" in text
    assert "religion" in text
    assert "line 3: age: “old” is not an age range" in text
    assert "… and 5 more bad rows" in text
    assert "26 rows: 1 new, 0 updated, 0 unchanged, 25 bad." in text
    lines = errors.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["line"] for line in lines] == list(range(3, 28))


async def test_a_dry_run_shows_each_change(
    database: Database, org_id: UUID, tmp_path: Path
) -> None:
    for text in ("name,city\nMeera,Pune\n", "name,city\nMeera,Mumbai\nAsha,Goa\n"):
        console, is_last = piped(), "Asha" in text
        with open_roster(roster_file(tmp_path, text), today=TODAY) as roster:
            await run_import(
                console, TalentImport(database), org_id, roster, dry_run=is_last, errors=None
            )
    assert "line 2: Meera: city: Pune → Mumbai" in said(console)
    assert "line 3: Asha is new" in said(console)
    assert "Nothing was written." in said(console)


class Interrupted:
    """An importer that Ctrl-C reaches after its first batch."""

    async def run(
        self, org_id: UUID, roster: Roster, *, dry_run: bool = False
    ) -> AsyncIterator[ImportProgress]:
        yield ImportProgress(read=2, inserted=1, bad=1, bad_rows=(BadRow(3, "no name"),))
        raise asyncio.CancelledError


async def test_an_interruption_says_what_stays(tmp_path: Path) -> None:
    console = piped()
    path = roster_file(tmp_path, "name\nA\nB\n")
    with open_roster(path, today=TODAY) as roster, pytest.raises(asyncio.CancelledError):
        await run_import(console, Interrupted(), uuid4(), roster, dry_run=False, errors=None)
    assert "The first 2 rows of the file are dealt with and stay" in said(console)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with (
        pytest.raises(RosterError, match="cannot be read"),
        open_roster(tmp_path / "no", today=TODAY),
    ):
        pass
