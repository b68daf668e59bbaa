"""The loopback Discord refuses what Discord refuses, through discord.py's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import aiohttp
import discord
import pytest

from tests.discord.real_client import RealClient, connected
from tests.fakes.discord import Channel, DiscordServer, Guild, Permission, Person
from tests.waiting import wait_until


@pytest.fixture
async def client(
    discord_server: DiscordServer, casting: Channel, asha: Person
) -> AsyncIterator[RealClient]:
    async with connected(discord_server) as real:
        yield real


async def refused(call: Awaitable[Any]) -> int:
    """The error code with which a call is refused."""
    with pytest.raises(discord.HTTPException) as caught:
        await call
    return caught.value.code


# --- messages ----------------------------------------------------------------------------------


async def test_messages_come_in_and_go_out(
    client: RealClient, discord_server: DiscordServer, casting: Channel, asha: Person
) -> None:
    asked = await asha.says(casting, f"{discord_server.bot.mention} find dancers")
    await wait_until(lambda: client.came)
    (message,) = client.came
    assert (message.content, message.author.display_name) == (asked.content, "Asha")
    assert message.guild
    assert message.mentions == [client.user]
    reply = await message.reply("One moment", mention_author=False, nonce="7")
    await reply.edit(content="Two dancers")
    (shown,) = casting.from_bot()
    assert [version.content for version in shown.versions] == ["One moment", "Two dancers"]
    assert shown.reference is asked
    assert shown.pinged == set()
    await asha.edits(asked, "find singers")
    await wait_until(lambda: client.edited)
    await asha.deletes(asked)
    await wait_until(lambda: client.gone == [int(asked.id)])
    await reply.delete()
    assert casting.messages() == []
    assert await refused(reply.edit(content="again")) == 10008


async def test_direct_messages(client: RealClient, asha: Person) -> None:
    await asha.says(asha.dm, "hello")
    await wait_until(lambda: client.came)
    assert client.came[0].guild is None
    await client.came[0].channel.send("Hello, Asha")
    assert [m.content for m in asha.sees(asha.dm)] == ["hello", "Hello, Asha"]
    asha.dms_open = False
    assert await refused(client.came[0].channel.send("Still there?")) == 50007


async def test_lengths_and_emptiness(
    client: RealClient, discord_server: DiscordServer, casting: Channel
) -> None:
    discord_server.limits.off()
    channel = client.channel(casting.id)
    await channel.send("x" * 2000)
    with pytest.raises(discord.HTTPException, match="Must be 2000 or fewer in length"):
        await channel.send("x" * 2001)
    assert await refused(channel.send(" ")) == 50006
    embed = discord.Embed(description="x" * 4000)
    assert await refused(channel.send(embeds=[embed, embed])) == 50035
    assert await refused(channel.send(embed=discord.Embed(title="x" * 257))) == 50035


async def test_a_nonce_creates_once_and_returns_the_old_text(
    client: RealClient, discord_server: DiscordServer, casting: Channel
) -> None:
    channel = client.channel(casting.id)
    first = await channel.send("first", nonce=7)
    again = await client.http.send_message(
        casting.id,
        params=discord.http.handle_message_parameters(content="second", nonce=7),
    )
    assert (int(again["id"]), again["content"]) == (first.id, "first")
    assert len(casting.messages()) == 1


async def test_permissions(
    client: RealClient, discord_server: DiscordServer, guild: Guild, casting: Channel, asha: Person
) -> None:
    channel = client.channel(casting.id)
    theirs = await asha.says(casting, "mine")
    foreign = channel.get_partial_message(int(theirs.id))
    assert await refused(foreign.edit(content="x")) == 50005
    assert await refused(foreign.delete()) == 50013
    casting.deny(discord_server.bot, Permission.SEND_MESSAGES)
    assert await refused(channel.send("hello")) == 50013
    casting.deny(discord_server.bot, Permission.VIEW_CHANNEL)
    assert await refused(channel.send("hello")) == 50001
    assert await refused(client.channel("1").send("hello")) == 10003
    secret = guild.channel("secret", private_to=[asha])
    assert not secret.visible_to(guild.member("Ben"))
    assert secret.visible_to(discord_server.bot)


async def test_only_what_is_allowed_pings(
    client: RealClient, discord_server: DiscordServer, casting: Channel, asha: Person
) -> None:
    channel = client.channel(casting.id)
    text = f"{asha.mention} @everyone"
    await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
    assert casting.messages()[-1].pinged == set()
    embed = discord.Embed(description=asha.mention)
    await channel.send("  trimmed  ", embed=embed)
    assert (casting.messages()[-1].content, casting.messages()[-1].pinged) == ("trimmed", set())
    await channel.send(text)
    assert casting.messages()[-1].pinged == {asha.id}  # everyone only where the bot may


# --- limits ------------------------------------------------------------------------------------


async def test_the_library_stays_within_a_bucket(
    client: RealClient, discord_server: DiscordServer, casting: Channel
) -> None:
    discord_server.limits.per_bucket["POST /channels/{}/messages"] = (5, 0.3)
    channel = client.channel(casting.id)
    for number in range(7):
        await channel.send(str(number))
    assert len(casting.messages()) == 7
    assert discord_server.limits.refused == 0


async def test_old_messages_are_edited_seldom(
    client: RealClient, discord_server: DiscordServer, casting: Channel
) -> None:
    sent = await client.channel(casting.id).send("old")
    casting.messages()[0].posted_at -= 4000
    discord_server.limits.take_old_edit(casting.id)
    discord_server.limits.take_old_edit(casting.id)
    await sent.edit(content="one")
    assert discord_server.limits.take_old_edit(casting.id) > 19


# --- the gateway -------------------------------------------------------------------------------


async def test_a_cut_is_resumed_and_nothing_is_missed(
    client: RealClient, discord_server: DiscordServer, casting: Channel, asha: Person
) -> None:
    (socket,) = discord_server.gateway.open
    socket.cut()
    await asha.says(casting, "while you were away")
    await wait_until(lambda: client.came)
    await wait_until(lambda: client.resumed == 1)
    assert [m.content for m in client.came] == ["while you were away"]
    assert discord_server.gateway.identifies == 1
    discord_server.gateway.open[0].reconnect()
    await wait_until(lambda: client.resumed == 2)


async def test_an_invalid_session_is_begun_anew(
    client: RealClient, discord_server: DiscordServer, casting: Channel, asha: Person
) -> None:
    discord_server.gateway.open[0].invalidate()
    await wait_until(lambda: len(discord_server.gateway.live) == 1)
    await asha.says(casting, "hello again")
    await wait_until(lambda: client.came)
    assert discord_server.gateway.identifies == 2


async def test_who_may_connect(discord_server: DiscordServer, guild: Guild) -> None:
    discord_server.gateway.allowed = 0
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(discord_server):
            pass
    with pytest.raises(discord.LoginFailure):
        async with connected(discord_server, token="made.up.token"):
            pass


async def test_identifies_are_limited(discord_server: DiscordServer) -> None:
    discord_server.gateway.max_concurrency = 1
    told = []
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            url = f"{discord_server.gateway_url}?v=10&encoding=json"
            async with session.ws_connect(url) as socket:
                assert (await socket.receive_json())["op"] == 10
                asked = {"token": discord_server.token, "intents": 1, "properties": {}}
                await socket.send_json({"op": 2, "d": asked})
                told.append((await socket.receive_json())["op"])
    assert told == [0, 9]


async def test_shards_hear_of_their_servers_only(
    discord_server: DiscordServer, guild: Guild, asha: Person
) -> None:
    gateway = discord_server.gateway
    gateway.shards = 3
    for number in range(5):
        discord_server.guild(f"Server {number}")
    async with connected(discord_server) as client:
        assert client.shard_count == 3
        assert len(client.guilds) == 6
        for each in list(discord_server.guilds.values()):
            person = each.member("Ben")
            await person.says(each.channel("general"), f"{discord_server.bot.mention} hi")
        await asha.says(asha.dm, "hi")
        await wait_until(lambda: len(client.came) == 7)
