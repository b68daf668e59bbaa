"""`sample/roster.csv`: invented adults, the same bytes each time, good for a demonstration."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path

from bot.roster import ParsedRow, read_roster
from bot.talent import Talent
from bot.vocabulary import canonical_city, canonical_language, canonical_skill, canonical_union

SAMPLE = Path(__file__).parents[2] / "sample"


@cache
def talents() -> list[Talent]:
    with (SAMPLE / "roster.csv").open("rb") as file:
        rows = list(read_roster(file, today=date(2026, 11, 23)))
    good = [row for row in rows if isinstance(row, ParsedRow)]
    assert len(good) == len(rows)
    assert not any(row.minor or row.notes for row in good)
    return [row.talent for row in good]


def test_making_it_again_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("make_roster.py", "writing.py", "people.toml", "bios.toml"):
        (tmp_path / name).write_bytes((SAMPLE / name).read_bytes())
    subprocess.run([sys.executable, "-I", "-c", _RUN, str(tmp_path)], check=True)
    assert (tmp_path / "roster.csv").read_bytes() == (SAMPLE / "roster.csv").read_bytes()


_RUN = """
import runpy, sys
sys.path.insert(0, sys.argv[1])
runpy.run_path(sys.argv[1] + "/make_roster.py", run_name="__main__")
"""


def test_it_is_large_and_everyone_is_adult() -> None:
    with (SAMPLE / "roster.csv").open(encoding="utf-8", newline="") as file:
        ages = [int(row["age"]) for row in csv.DictReader(file)]
    assert len(ages) >= 600
    assert min(ages) >= 18
    assert min(t.playing_age.min or 0 for t in talents() if t.playing_age) >= 18


def test_names_are_the_vocabularys_and_nobody_is_there_twice() -> None:
    assert len({talent.name for talent in talents()}) == len(talents())
    for talent in talents():
        assert canonical_city(talent.city) == talent.city
        assert all(canonical_skill(skill) == skill for skill in talent.skills)
        assert all(canonical_language(one.name) == one.name for one in talent.languages)
        assert not talent.union or canonical_union(talent.union) == talent.union


def test_contact_data_lead_nowhere() -> None:
    assert all(talent.contact.endswith("@example.com") for talent in talents())
    assert all(t.reel_url.startswith("https://example.com/") for t in talents() if t.reel_url)
    assert {talent.source for talent in talents()} == {"invented sample"}


def test_there_is_somebody_for_the_usual_questions() -> None:
    def fits(talent: Talent) -> bool:
        ages = talent.playing_age
        return (
            talent.gender == "female"
            and talent.city in ("Pune", "Mumbai")
            and ages is not None and (ages.min or 0) <= 30 and (ages.max or 99) >= 24
            and "Marathi" in {one.name for one in talent.languages}
            and bool({"Bharatanatyam", "Horse riding"} & set(talent.skills))
        )  # fmt: skip

    assert sum(map(fits, talents())) >= 6
    assert sum(talent.name.startswith("Meera ") for talent in talents()) >= 3
    assert len({one.name for talent in talents() for one in talent.languages}) >= 25
    assert len({skill for talent in talents() for skill in talent.skills}) >= 90


def test_bios_differ() -> None:
    bios = [talent.bio for talent in talents()]
    assert len(set(bios)) == len(bios)
    assert all(60 <= len(bio) <= 600 and bio.endswith((".", "”")) for bio in bios)
