"""Calls through discord.py: its traps, and what becomes of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial

import pytest

from adapters.discord.pace import Urgency
from tests.conftest import ExpectedLogs
from tests.discord.replying import Desk, open_desk
from tests.fakes.discord import Channel, DiscordServer, Person
from tests.waiting import wait_until

SEND, EDIT = "POST /channels/{}/messages", "PATCH /channels/{}/messages/{}"


@pytest.fixture
async def desk(discord_server: DiscordServer) -> AsyncIterator[Desk]:
    async with open_desk(discord_server, call_seconds=1) as desk:
        yield desk


async def test_an_edit_is_over_when_discord_has_it(desk: Desk, casting: Channel) -> None:
    """Also the one that empties the bucket, which discord.py holds back."""
    client = await desk.rest.client()
    place = client.get_partial_messageable(int(casting.id))
    message = await desk.rest.calls.make(lambda: place.send("0"))
    began = time.monotonic()
    for number in range(1, 6):
        await desk.rest.calls.make_until_done(partial(message.edit, content=str(number)))
    assert time.monotonic() - began < 2
    assert casting.from_bot()[0].content == "5"


async def test_a_post_that_is_held_back_is_not_given_up(desk: Desk, casting: Channel) -> None:
    casting.server.limits.per_bucket[SEND] = (2, 2.0)
    client = await desk.rest.client()
    place = client.get_partial_messageable(int(casting.id))
    began = time.monotonic()
    for number in range(2):
        await desk.rest.calls.make(partial(place.send, str(number)))
    assert time.monotonic() - began > 1.5
    assert len(casting.from_bot()) == 2


async def test_a_call_that_is_never_answered_is_given_up(desk: Desk, casting: Channel) -> None:
    casting.server.fail(SEND, timeout=True)
    client = await desk.rest.client()
    place = client.get_partial_messageable(int(casting.id))
    with pytest.raises(TimeoutError):
        await desk.rest.calls.make(lambda: place.send("one"))
    await desk.rest.calls.make(lambda: place.send("two"))
    assert [message.content for message in casting.from_bot()] == ["two"]


async def test_who_leaves_in_a_limit_over_everything_stops_nobody(
    desk: Desk, casting: Channel, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("We are being rate limited", "Global rate limit has been hit")
    limits = casting.server.limits
    client = await desk.rest.client()
    place = client.get_partial_messageable(int(casting.id))
    limits.global_per_second = 0
    leaving = asyncio.create_task(desk.rest.calls.make(lambda: place.send("one")))
    await wait_until(lambda: limits.refused)
    leaving.cancel()
    limits.global_per_second = 50
    async with asyncio.timeout(5):
        await desk.rest.calls.make(lambda: place.send("two"))
    await wait_until(lambda: {m.content for m in casting.from_bot()} == {"one", "two"})


async def test_who_leaves_before_a_call_is_begun_keeps_no_place(
    desk: Desk, casting: Channel
) -> None:
    lane = desk.pace.channel(1).posts
    everything = desk.rest.calls.everything
    everything.pause(5)
    leaving = asyncio.create_task(desk.rest.calls.make(_never, await lane.enter(Urgency.FIRST)))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    assert lane.is_idle()


async def _never() -> None:
    raise AssertionError("nobody wants this any more")


async def test_logging_in_goes_on_until_it_works(
    discord_server: DiscordServer, asha: Person, expected_logs: ExpectedLogs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("adapters.discord.rest.AGAIN_AFTER", 0.05)
    expected_logs.expect("discord_not_ready")
    discord_server.fail("GET /users/@me", status=503, times=2)
    async with open_desk(discord_server) as desk:
        client = await desk.rest.client()
        assert desk.rest.problem == ""
        assert (await client.fetch_user(int(asha.id))).id == int(asha.id)
