"""`castmatch serve` on Discord, as a process of its own."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.fakes.discord import DiscordServer
from tests.folders import server_folder
from tests.processes.castmatch import serving
from tests.waiting import wait_until


@pytest.fixture
def folder() -> Iterator[Path]:
    with server_folder("castmatch-discord-") as path:
        yield path


async def test_a_mention_and_a_direct_message_are_answered(folder: Path) -> None:
    async with DiscordServer() as discord:
        guild = discord.guild()
        asha, casting = guild.member("Asha"), guild.channel("casting")
        settings = {"DISCORD_API_URL": discord.api_url, "DISCORD_TOKEN": discord.token}
        async with serving(folder, **settings) as server:
            await wait_until(lambda: "discord_connected" in server.log, seconds=20)
            async with httpx2.AsyncClient() as client:
                ready = await client.get(f"{server.address}/readyz")
            assert ready.json()["parts"]["discord"] == "ok"
            await asha.says(casting, f"{discord.bot.mention} women 24-30 who speak Marathi")
            await asha.says(asha.dm, "dancers in Mumbai")
            await wait_until(lambda: casting.from_bot() and asha.dm.from_bot(), seconds=20)
            await wait_until(lambda: casting.from_bot()[-1].components, seconds=20)
            assert await server.end(signal.SIGTERM) == 0
        assert "Traceback" not in server.log
        assert discord.token not in server.log


async def test_the_page_serves_where_discord_is_away_or_refuses_us(folder: Path) -> None:
    async with DiscordServer() as discord:
        token = "MTAwMDAw.made.up-token-of-nobody"
        async with serving(
            folder, DISCORD_API_URL="http://127.0.0.1:9/api/v10", DISCORD_TOKEN=token
        ) as server:
            await wait_until(lambda: "discord_not_ready" in server.log, seconds=20)
            assert await server.end(signal.SIGTERM) == 0
        assert "Discord cannot be reached" in server.log
        async with serving(folder, DISCORD_API_URL=discord.api_url, DISCORD_TOKEN=token) as server:
            await wait_until(lambda: "discord_not_ready" in server.log, seconds=20)
            async with httpx2.AsyncClient() as client:
                assert (await client.get(server.address)).status_code == 200
                ready = await client.get(f"{server.address}/readyz")
            assert "DISCORD_TOKEN" in ready.json()["parts"]["discord"]
            assert await server.end(signal.SIGTERM) == 0
        assert "Traceback" not in server.log
        assert token not in server.log
        discord.gateway.allowed &= ~discord.gateway.allowed
        async with serving(
            folder, DISCORD_API_URL=discord.api_url, DISCORD_TOKEN=discord.token
        ) as server:
            await wait_until(lambda: "Message Content Intent" in server.log, seconds=20)
            assert await server.end(signal.SIGTERM) == 0
        assert "Traceback" not in server.log
