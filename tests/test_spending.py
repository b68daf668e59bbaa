"""What a community's replies may cost a day: set aside first, never passed, and said kindly."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from bot.conversation import Access, Author, Outcome, Turn, TurnStatus
from bot.ports import ResponderError
from bot.refusals import refusal_sentence
from bot.spending import MEMBER_LIMIT, WORKSPACE_LIMIT, Refusal, Share
from db.pool import Database
from db.spending import Spending
from db.workspaces import WorkspaceSettings
from tests.conftest import ExpectedLogs
from tests.db.sql import execute
from tests.house import House, Scripted, message, open_house
from tests.screen import Screen
from tests.test_casting import count, outcome


async def limit(database: Database, **limits: object) -> None:
    settings = {"member": MEMBER_LIMIT, "workspace": WORKSPACE_LIMIT}
    await WorkspaceSettings(database).write(
        "test",
        "W1",
        {settings[whose]: most for whose, most in limits.items()},  # type: ignore[misc]
        default_access=Access.COMMUNITY,
    )


async def asked(house: House, number: int, who: str = "U1") -> Turn:
    said = replace(message("Dancers?", f"C{number}"), author=Author(who, who))
    await house.turns.accept(replace(said, default_access=Access.COMMUNITY))
    (turn,) = await house.turns.claim(["test"], at_most=1)
    return turn


async def refused(spending: Spending, *turns: Turn) -> list[str]:
    """Whose limit each runs into, all at once."""
    refusals = await asyncio.gather(*(spending.reserve(turn) for turn in turns))
    return [refusal.whose if refusal else "" for refusal in refusals]


async def test_who_has_had_their_share_is_told_when_there_is_more_and_no_model_is_called(
    database: Database, redis: Redis
) -> None:
    responder, screen = Scripted(["Here."]), Screen()
    async with open_house(database, redis, responder) as house:
        await limit(database, member=1)
        first, second = await asked(house, 1), await asked(house, 2)
        await house.casting.handle(first, Screen())
        await house.casting.handle(second, screen)
        assert len(responder.recalled) == 1
        page = screen.last
        assert (page.text, page.final, page.retryable) == ("", True, False)
        assert page.notice.startswith("You've had your reply for today. There is more in ")
        assert await outcome(house, second) == Outcome("", TurnStatus.DONE, error=page.notice)
        assert count(house, "castmatch_refused_replies_total", platform="test", whose="member") == 1


async def test_however_many_ask_at_once_no_limit_is_passed(
    database: Database, redis: Redis
) -> None:
    async with open_house(database, redis, Scripted([])) as house:
        await limit(database, member=4, workspace=6)
        mine = [await asked(house, number) for number in range(6)]
        others = [await asked(house, 10 + number, f"V{number}") for number in range(6)]
        replicas = Spending(database), Spending(database)
        found = await asyncio.gather(
            *(refused(replicas[number % 2], turn) for number, turn in enumerate(mine + others))
        )
        whose = [one for [one] in found]
        assert whose.count("") == 6
        assert whose[:6].count("") <= 4
        assert set(whose[6:]) <= {"", "workspace"}


async def test_a_turn_taken_up_again_costs_nothing_and_a_failed_one_is_given_back(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the responder gave up")
    error = ResponderError("Overloaded.", reason="overloaded")
    async with open_house(database, redis, Scripted([error])) as house:
        await limit(database, member=1)
        spending = Spending(database)
        first, second, third = [await asked(house, number) for number in range(3)]
        assert await refused(spending, first) == await refused(spending, first) == [""]
        assert await refused(spending, second) == ["member"]
        await spending.settle(first, 0)
        await spending.settle(first, 0)
        await house.casting.handle(second, Screen())
        assert await refused(spending, third) == [""]


async def test_the_operators_limit_binds_communities_whatever_their_admins_set(
    database: Database, redis: Redis
) -> None:
    async with open_house(database, redis, Scripted([])) as house:
        spending = Spending(database, of_member=1)
        turns = [await asked(house, number) for number in range(2)]
        await limit(database, member=1000)
        assert [await refused(spending, turn) for turn in turns] == [[""], ["member"]]
        mine, ours = await spending.today("test", "W1", "U1")
        assert (mine, ours) == (Share(1, 1), Share(1, None))
        assert await spending.today("test", "W1", "U2") == (Share(0, 1), ours)
        assert await spending.today("test", "W9", "U1") == (Share(0, None), Share(0, None))
        team = replace(turns[1], audience=replace(turns[1].audience, access=Access.TEAM))
        assert await refused(spending, team) == [""]


@pytest.mark.parametrize("most", ["many", -1, 2.5, [3], None, 10**30])
async def test_what_is_no_limit_limits_nothing(
    database: Database, redis: Redis, most: object
) -> None:
    async with open_house(database, redis, Scripted([])) as house:
        await limit(database, member=most)
        assert await refused(Spending(database), await asked(house, 1)) == [""]


async def test_a_new_day_begins_anew_and_forgets_the_days_before(
    database: Database, redis: Redis, database_url: str
) -> None:
    async with open_house(database, redis, Scripted([])) as house:
        await limit(database, workspace=1)
        spending = Spending(database)
        first, second, third = [await asked(house, number) for number in range(3)]
        assert await refused(spending, first) == [""]
        assert await refused(spending, second) == ["workspace"]
        for table in ("spending", "reservations"):
            await execute(database_url, f"UPDATE {table} SET day = day - 2")
        assert await refused(spending, third) == [""]
        async with database.queue() as connection:
            assert await connection.fetchval("SELECT count(*) FROM spending") == 2


def test_the_sentence_says_when_there_is_more() -> None:
    now = datetime(2026, 11, 25, 20, 49, 30, tzinfo=UTC)
    resets = datetime(2026, 11, 26, tzinfo=UTC)
    mine = Refusal("member", 20, resets)
    assert refusal_sentence(mine, now) == (
        "You've had your 20 replies for today. There is more in 3 h 11 min, from 00:00 UTC on."
    )
    all_of_ours = Refusal("workspace", 1, resets)
    assert refusal_sentence(all_of_ours, resets - timedelta(seconds=1)) == (
        "Everybody here together has had today's reply. There is more in 1 min, from 00:00 UTC on."
    )
