"""The loopback Discord goes wrong on cue, and discord.py's own client meets it as it would."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from tests.conftest import ExpectedLogs
from tests.discord.real_client import RealClient, connected, intents
from tests.fakes.discord import Channel, DiscordServer, Guild, Person, writing
from tests.waiting import wait_until

POST = "POST /channels/{}/messages"


@pytest.fixture
async def client(
    discord_server: DiscordServer, casting: Channel, asha: Person
) -> AsyncIterator[RealClient]:
    async with connected(discord_server) as real:
        yield real


async def test_an_answer_lost_after_the_deed(
    client: RealClient, discord_server: DiscordServer, casting: Channel
) -> None:
    discord_server.fail(POST, lose_answer=True)
    channel = client.channel(casting.id)
    with pytest.raises(aiohttp.ClientError):
        await channel.send("once", nonce=7)
    again = await channel.send("once", nonce=7)
    (message,) = casting.from_bot()
    assert int(message.id) == again.id


async def test_errors_of_the_server(
    client: RealClient, discord_server: DiscordServer, casting: Channel
) -> None:
    discord_server.fail(POST, status=503)
    with pytest.raises(discord.DiscordServerError):
        await client.channel(casting.id).send("not retried")
    discord_server.fail(POST, code=50013)
    with pytest.raises(discord.Forbidden):
        await client.channel(casting.id).send("not allowed")
    discord_server.fail(POST, status=502, acts=True)
    await client.channel(casting.id).send("retried", nonce=8)
    assert [m.content for m in casting.from_bot()] == ["retried"]


async def test_the_limit_over_everything(
    client: RealClient, discord_server: DiscordServer, guild: Guild, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("We are being rate limited")
    expected_logs.expect("Global rate limit has been hit")
    discord_server.limits.global_per_second = 3
    channels = [client.channel(guild.channel(f"c{number}").id) for number in range(5)]
    await asyncio.gather(*(channel.send("at once") for channel in channels))
    assert discord_server.limits.refused > 0
    assert discord_server.limits.invalid == discord_server.limits.refused


async def test_everything_told_twice_and_told_again(
    client: RealClient, discord_server: DiscordServer, casting: Channel, asha: Person
) -> None:
    discord_server.gateway.times = 2
    message = await asha.says(casting, "twice")
    await wait_until(lambda: len(client.came) == 2)
    discord_server.gateway.times = 1
    writing.posted(message)
    await wait_until(lambda: len(client.came) == 3)
    assert {each.id for each in client.came} == {int(message.id)}


async def test_a_preview_is_a_change_that_nobody_made(
    client: RealClient, casting: Channel, asha: Person
) -> None:
    message = await asha.says(casting, "see https://x.example")
    writing.unfurl(message)
    await wait_until(lambda: client.edited)
    assert client.edited[0].message.edited_at is None


async def test_a_file(client: RealClient, casting: Channel) -> None:
    file = discord.File(io.BytesIO(b"{}"), "memory.json")
    await client.channel(casting.id).send("Yours", file=file)
    assert casting.from_bot()[0].files == {"memory.json": b"{}"}


async def test_a_gateway_that_went_deaf(
    discord_server: DiscordServer, casting: Channel, asha: Person, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow_any()  # whether its heartbeat or its reader notices first is chance
    discord_server.gateway.heartbeat_ms = 100
    async with connected(
        discord_server, lambda: RealClient(intents(), heartbeat_timeout=0.4)
    ) as client:
        discord_server.gateway.open[0].go_deaf()
        await asha.says(casting, "do you hear me?")
        await wait_until(lambda: client.came)
        assert client.resumed == 1


async def test_an_app_that_stopped_its_heartbeat(discord_server: DiscordServer) -> None:
    discord_server.gateway.heartbeat_ms = 50
    async with aiohttp.ClientSession() as session:
        url = f"{discord_server.gateway_url}?v=10&encoding=json"
        async with session.ws_connect(url) as socket:
            assert (await socket.receive_json())["op"] == 10
            assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
            assert socket.close_code == 4009


async def test_one_malformed_frame_ends_the_client(discord_server: DiscordServer) -> None:
    discord_server.gateway.shards = 1
    client = RealClient(intents())
    async with connected(discord_server, lambda: client):
        discord_server.gateway.open[0].put('{"op": 0, "t": "MESSAGE_CREATE", "s": 9, "d": {}}')
        await wait_until(client.is_closed)


async def test_threads(
    client: RealClient, discord_server: DiscordServer, casting: Channel, asha: Person
) -> None:
    asked = await asha.says(casting, "a long story")
    await wait_until(lambda: client.came)
    thread = await client.came[0].create_thread(name="A long story")
    assert thread.id == int(asked.id)
    await thread.send("Here")
    (made,) = casting.threads()
    assert [m.content for m in made.from_bot()][-1] == "Here"
    with pytest.raises(discord.HTTPException) as caught:
        await client.came[0].create_thread(name="again")
    assert caught.value.code == 160004
    await asha.says(made, "and in here?")
    await wait_until(lambda: len(client.came) == 2)
    assert isinstance(client.came[1].channel, discord.Thread)
    assert client.came[1].channel.parent_id == int(casting.id)


async def test_without_the_intent_only_what_is_addressed_to_it(
    discord_server: DiscordServer, casting: Channel, asha: Person
) -> None:
    async with connected(discord_server, lambda: RealClient(discord.Intents.default())) as client:
        await asha.says(casting, "among ourselves")
        await asha.says(casting, f"{discord_server.bot.mention} and this to you")
        await asha.says(asha.dm, "and privately")
        await wait_until(lambda: len(client.came) == 3)
        assert [bool(m.content) for m in client.came] == [False, True, True]
