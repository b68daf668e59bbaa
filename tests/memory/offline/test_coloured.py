"""Offline, what is remembered colours a search."""

from __future__ import annotations

from uuid import UUID

import pytest

from bot.talent import DayRate, Filters
from db.pool import Database
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.memory.offline.conftest import (
    BUDGET,
    MARATHI,
    PUNE,
    SAID,
    Chat,
    fact,
    of_project,
)
from tests.talents.rosters import community


async def test_those_who_fit_what_is_remembered_come_first(chat: Chat) -> None:
    said = await chat.say("Women", PUNE, MARATHI)
    assert set(chat.shown[:2]) == {"Asha Patil", "Zoe Malik"}
    assert chat.shown[2:] == ["Meera Joshi"]
    assert "Beyond what I remember: **Meera Joshi**." in said
    assert f"I went by what I remember:\n\n- This channel casts in Pune {SAID}" in said
    assert "was said by Priya" in await chat.say("why do you think so?")


async def test_a_must_narrows(chat: Chat) -> None:
    only = of_project("language", "Marathi", "Monsoon Letters wants only Marathi speakers.")
    await chat.say("Women for Monsoon Letters", only)
    assert set(chat.shown) == {"Asha Patil", "Meera Joshi"}


async def test_what_is_ruled_out_stays_out(chat: Chat) -> None:
    never = of_project(
        "union", "Non-union", "Monsoon Letters does not want non-union actors.", negated=True
    )
    await chat.say("Women for Monsoon Letters", never)
    assert set(chat.shown) == {"Asha Patil", "Meera Joshi"}
    await chat.say("Non-union women for Monsoon Letters", never)
    assert chat.shown == ["Zoe Malik"]


async def test_a_projects_facts_count_where_it_is_named(chat: Chat) -> None:
    said = await chat.say("Women for Monsoon Letters", PUNE, MARATHI, BUDGET)
    assert chat.shown[0] == "Asha Patil"
    for one in (PUNE, MARATHI, BUDGET):
        assert f"- {one.statement[:-1]} {SAID}" in said
    await chat.say("start over")
    said = await chat.say("Women for Night Bus", MARATHI, BUDGET)
    assert "I went by" not in said


async def test_a_projects_name_counts_as_a_whole(chat: Chat) -> None:
    said = await chat.say("Women who write letters in the monsoon", MARATHI)
    assert "I went by" not in said


async def test_a_project_is_no_description(chat: Chat) -> None:
    await chat.say("Women for Monsoon Letters", BUDGET)
    assert chat.query is not None
    assert chat.query.text == ""
    assert chat.query.filters.day_rate == DayRate(max=10_000)


async def test_what_is_remembered_gives_way_to_what_is_asked(chat: Chat) -> None:
    said = await chat.say("Women in Mumbai for Monsoon Letters", MARATHI, BUDGET)
    assert chat.shown == ["Meera Joshi"]
    assert f"I went by what I remember:\n\n- Monsoon Letters wants Marathi speakers {SAID}" in said
    assert "left it out as nobody who fits the rest fits it" in said


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("Women in Mumbai", {"Meera Joshi"}),
        ("Women from anywhere", {"Asha Patil", "Meera Joshi", "Zoe Malik"}),
        ("Women, but not in Pune", {"Meera Joshi"}),
    ],
)
async def test_what_is_asked_weighs_more(chat: Chat, asked: str, shown: set[str]) -> None:
    said = await chat.say(asked, PUNE)
    assert set(chat.shown) == shown
    assert "I went by" not in said


async def test_one_part_of_it_is_left_out_in_a_word(chat: Chat) -> None:
    said = await chat.say("Women for Monsoon Letters", MARATHI, BUDGET)
    assert "Say “without the language”, “without the budget” or “ignore what you remember”" in said
    await chat.say("without the budget", MARATHI, BUDGET)
    assert set(chat.shown) == {"Asha Patil", "Meera Joshi"}


async def test_all_of_it_is_left_out_in_a_word(chat: Chat) -> None:
    await chat.say("Women for Monsoon Letters", MARATHI, BUDGET)
    said = await chat.say("ignore what you remember", MARATHI, BUDGET)
    assert set(chat.shown) == {"Asha Patil", "Meera Joshi", "Zoe Malik"}
    assert "I went by what I remember" not in said
    again = await chat.say("Women for Monsoon Letters, ignoring what you remember", MARATHI, BUDGET)
    assert "I went by what I remember" not in again
    await chat.say("Women for Monsoon Letters without the budget", MARATHI, BUDGET)
    assert chat.query is not None
    assert chat.query.filters.day_rate is None


async def test_leaving_out_keeps_what_was_asked_since(chat: Chat) -> None:
    await chat.say("Women for Monsoon Letters", MARATHI, BUDGET)
    await chat.say("only those in Mumbai")
    await chat.say("ignore what you remember")
    assert chat.query is not None
    assert chat.query.filters == Filters(genders=("female",), cities=("Mumbai",))


async def test_a_wish_for_one_role_is_none_for_the_others(chat: Chat) -> None:
    dancer = of_project("skill", "Dance", "Monsoon Letters wants a dancer.")
    aunt = of_project("language", "Marathi", "For Monsoon Letters, the aunt must speak Marathi.")
    said = await chat.say("Women for Monsoon Letters", dancer, aunt)
    assert len(chat.shown) == 3
    assert "I went by" not in said
    await chat.say("A woman for the aunt in Monsoon Letters", dancer, aunt)
    assert set(chat.shown) == {"Asha Patil", "Meera Joshi"}


async def test_rates_are_the_teams_also_by_memory(
    chat: Chat, database: Database, org_id: UUID
) -> None:
    others = Chat(Talents(database, LocalEmbedder()), community(org_id))
    assert "I went by" not in await others.say("Women for Monsoon Letters", BUDGET)


async def test_facts_of_other_channels_do_not_narrow(chat: Chat) -> None:
    await chat.say("Women", fact("This channel casts in Pune.", channel="C2", subject="C2"))
    assert len(chat.shown) == 3


async def test_each_of_several_roles_goes_by_what_is_remembered(chat: Chat) -> None:
    said = await chat.say(
        "Role 1: Tara. Female, Pune, for Monsoon Letters.\nRole 2: Mira. Female, English.",
        MARATHI,
        BUDGET,
    )
    assert "1. For a woman" in said
    assert chat.shown[0] == "Asha Patil"
    assert "Zoe Malik" in chat.shown, "nobody speaks both: then without what is remembered"
    assert "I went by what I remember" in said
