"""Names that no row backs are marked, and ordinary prose is left alone."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Recollection
from bot.name_candidates import candidates, skeleton
from bot.names import mark_unbacked
from bot.tools import Toolbox
from db.talent_search import Talents
from tests.claude.conftest import ASHA, MEERA, past, turn
from tests.talents.rosters import team

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "names.yaml").read_text(encoding="utf-8")
)

SAMPLE = Path(__file__).parents[2] / "db" / "sample" / "roster.csv"


async def marks(
    talents: Talents, org_id: UUID, text: str, said: str = "", replied: str = ""
) -> tuple[str, tuple[str, ...]]:
    tools = Toolbox(talents, team(org_id))
    await tools.get([MEERA, ASHA])
    history = (past(turn("Who?"), replied),) if replied else ()
    return await mark_unbacked(
        text, turn=turn(said), recollection=Recollection(history), tools=tools
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:50])
async def test_a_sentence(talents: Talents, org_id: UUID, case: dict[str, Any]) -> None:
    marked, names = await marks(talents, org_id, case["text"], case.get("said", ""))
    assert names == tuple(case.get("marks", ()))
    assert marked.count("(not in the roster") == len(names)


async def test_the_mark_stands_behind_bold_and_links(talents: Talents, org_id: UUID) -> None:
    text = "1. **Priya Sharma** – Pune\n2. [Nikhil Verma](https://example.com/n) – Goa\n"
    marked, _ = await marks(talents, org_id, text)
    assert marked == (
        "1. **Priya Sharma** (not in the roster) – Pune\n"
        "2. [Nikhil Verma](https://example.com/n) (not in the roster) – Goa\n"
    )


async def test_a_name_one_letter_away_is_told_whose_it_may_be(
    talents: Talents, org_id: UUID
) -> None:
    marked, _ = await marks(talents, org_id, "1. **Meera Joshy** – Mumbai")
    assert marked == "1. **Meera Joshy** (not in the roster; Meera Joshi is) – Mumbai"


async def test_each_name_is_marked_once_and_again_changes_nothing(
    talents: Talents, org_id: UUID
) -> None:
    text = "**Priya Sharma** fits. Priya Sharma is in Pune, and Nikhil Verma is not."
    marked, names = await marks(talents, org_id, text)
    assert names == ("Priya Sharma", "Nikhil Verma")
    assert marked == (
        "**Priya Sharma** (not in the roster) fits. Priya Sharma is in Pune, and Nikhil Verma"
        " (not in the roster) is not."
    )
    again, _ = await marks(talents, org_id, marked)
    assert again == marked


async def test_only_what_this_audience_may_see_backs_a_name(talents: Talents) -> None:
    tools = Toolbox(talents, team(UUID(int=99)))
    _, names = await mark_unbacked(
        "1. **Dev Malik** – Delhi", turn=turn(), recollection=Recollection(), tools=tools
    )
    assert names == ("Dev Malik",)


async def test_a_talent_of_an_earlier_reply_may_be_written_in_devanagari(
    talents: Talents, org_id: UUID
) -> None:
    _, names = await marks(
        talents, org_id, "1. **देव मलिक** – दिल्ली", replied="1. **Dev Malik** – Delhi"
    )
    assert names == ()


@pytest.mark.parametrize(
    ("devanagari", "latin"),
    [("मीरा जोशी", "Meera Joshi"), ("आशा पाटिल", "Asha Patil"), ("फ़राह ख़ान", "Farah Khan")],
)
def test_skeletons_of_one_name_are_alike(devanagari: str, latin: str) -> None:
    assert skeleton(devanagari) == skeleton(latin)


@given(st.text(alphabet=st.sampled_from("AaBb é. *_[]()`>|#-–1\n\"'’अप"), max_size=80))
def test_any_text_is_read(text: str) -> None:
    found = candidates(text)
    assert all(text[c.start : c.end] == c.name for c in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


async def test_the_person_who_asks_may_be_addressed(talents: Talents, org_id: UUID) -> None:
    tools = Toolbox(talents, team(org_id))
    text = "Priya, here are two. Ask Nikhil Verma, who asked before, if they fit."
    history = (past(turn("Who?", author="Nikhil Verma"), "Nobody yet."),)
    _, names = await mark_unbacked(
        text,
        turn=turn("Two dancers", author="Priya Shah"),
        recollection=Recollection(history),
        tools=tools,
    )
    assert names == ()


async def test_a_first_name_that_somebody_bears_is_left_alone(
    talents: Talents, org_id: UUID
) -> None:
    _, names = await marks(talents, org_id, "1. **Rohan** – Chennai\n2. **Neha** – Pune")
    assert names == ("Neha",)


def test_the_sample_rosters_names_are_found_and_its_bios_left_alone() -> None:
    rows = list(csv.DictReader(SAMPLE.read_text(encoding="utf-8").splitlines()))
    assert len(rows) >= 500
    for row in rows:
        name = row["name"]
        assert [c.name for c in candidates(f"1. **{name}** – plays 24-30")] == [name]
        assert [c.name for c in candidates(f"I'd suggest {name} for the part.")] == [name]
    flagged = [
        candidate.name
        for row in rows
        for candidate in candidates(f"{row['bio']} {row['credits']}")
        if candidate.name not in row["name"].split()
    ]
    assert len(flagged) <= len(rows) / 100, flagged
