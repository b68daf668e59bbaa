"""The sample roster: invented, adult, varied, and the same bytes every time."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

from bot.roster import BadRow, ParsedRow, read_roster
from bot.talent import DateSpan, Filters, TalentQuery
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.sample.load import load_sample
from db.sample.make_roster import make_rows, to_csv
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.talents.rosters import team

ROSTER = Path(__file__).parent.parent.parent / "db" / "sample" / "roster.csv"


def rows() -> list[dict[str, str]]:
    with ROSTER.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_it_is_what_the_script_makes() -> None:
    assert ROSTER.read_text(encoding="utf-8") == to_csv(make_rows())


async def test_somebody_is_free_whenever_it_is_loaded(database: Database) -> None:
    assert await load_sample(database, DEFAULT_ORG_ID, today=date(2031, 5, 20)) == 640
    talents = Talents(database, LocalEmbedder())
    for span in (
        DateSpan(from_=date(2031, 5, 20), to=date(2031, 5, 30)),
        DateSpan(from_=date(2032, 3, 1), to=date(2032, 3, 14)),
    ):
        query = TalentQuery(filters=Filters(genders=("female",), available=span))
        result = await talents.search(team(DEFAULT_ORG_ID), query)
        assert result.relaxed == ()
        assert len(result.matches) == 10
        for match in result.matches:
            confirmed = match.talent.confirmed_on
            assert confirmed is not None
            assert 0 < (date(2031, 5, 20) - confirmed).days <= 400


def test_everyone_is_an_adult_and_says_to_be_invented() -> None:
    for row in rows():
        youngest, oldest = map(int, row["playing age"].split("-"))
        assert 18 <= youngest <= oldest
        assert row["source"] == "invented sample"
        assert row["email"].endswith("@example.com")


def test_it_is_large_and_varied() -> None:
    roster = rows()
    assert len(roster) >= 500
    assert len({row["name"] for row in roster}) == len(roster)
    assert len({row["city"] for row in roster}) > 30
    assert len({row["bio"] for row in roster}) == len(roster)
    spoken = {re.sub(r" \(.*", "", x) for row in roster for x in row["languages"].split(", ")}
    assert {"Marathi", "Hindi", "Tamil", "Bengali", "Urdu", "French", "English"} <= spoken
    women = sum(row["gender"] == "female" for row in roster)
    assert 0.4 < women / len(roster) < 0.6


def test_bios_are_true_to_the_row() -> None:
    for row in rows():
        if row["gender"] == "male":
            assert not re.search(r"\b(her|she)\b", row["bio"]), row["bio"]
        if row["gender"] == "female":
            assert not re.search(r"\b(his|he|beard)\b", row["bio"]), row["bio"]
        if "raising two children" in row["bio"]:
            assert int(row["playing age"].split("-")[0]) >= 40


def test_what_the_guides_ask_for_is_there() -> None:
    found = [
        row["name"]
        for row in rows()
        if row["gender"] == "female"
        and row["city"] == "Pune"
        and "Marathi" in row["languages"]
        and int(row["playing age"].split("-")[0]) <= 30
    ]
    assert len(found) >= 5
    assert sum(row["name"].startswith("Meera ") for row in rows()) >= 2


def test_every_row_is_read_whole() -> None:
    with ROSTER.open("rb") as file:
        read = list(read_roster(file, today=date(2026, 11, 23)))
    assert [row for row in read if isinstance(row, BadRow)] == []
    assert [row.notes for row in read if isinstance(row, ParsedRow) and row.notes] == []
