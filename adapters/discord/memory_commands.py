"""`/memory`: a person's say over what is remembered of them, answered to them alone."""

from __future__ import annotations

import io
import json
from typing import TypeAlias

import discord
from discord import app_commands

from adapters.afterwards import Afterwards
from adapters.discord import answers
from adapters.discord.access import Act
from adapters.discord.answers import Answer, begin
from adapters.discord.memory_clicks import asker_of
from adapters.discord.memory_view import shown
from adapters.discord.trust import Trust
from bot.memory_acts import MemoryActs

What: TypeAlias = app_commands.Range[str, 1, 300]
Page: TypeAlias = app_commands.Range[int, 1, 1_000]
Days: TypeAlias = app_commands.Range[int, 1, 3_650]
_FILE = "castmatch-memory.json"


class MemoryCommands(
    app_commands.Group, name="memory", description="What is remembered of you, and your say over it"
):
    """`/memory`. In a server it is about what was said there, elsewhere about direct messages."""

    def __init__(self, memory: MemoryActs, trust: Trust, afterwards: Afterwards) -> None:
        super().__init__()
        self._memory = memory
        self._trust = trust
        self._afterwards = afterwards

    @app_commands.command(description="What is remembered of you, and your choices")
    @app_commands.describe(page="Where there are many facts")
    async def show(self, act: Act, page: Page = 1) -> None:
        self._do(act, f"show {page}")

    @app_commands.command(description="Forget a fact, what you said about something, or all")
    @app_commands.describe(what="Its id, the words that it was about, or: all")
    async def forget(self, act: Act, what: What) -> None:
        self._do(act, f"forget {what}")

    @app_commands.command(description="All that is held of you, as a file")
    async def export(self, act: Act) -> None:
        begin(self._afterwards, act, "memory_export", self._export(act))

    @app_commands.command(name="off", description="Remember nothing more of what you say")
    async def turn_off(self, act: Act) -> None:
        self._do(act, "off")

    @app_commands.command(name="on", description="Remember what you say again")
    async def turn_on(self, act: Act) -> None:
        self._do(act, "on")

    @app_commands.command(description="For who may manage the server: memory of this channel")
    @app_commands.describe(
        remember="Whether what is said here is remembered",
        days="For how many days; leave it out for as long as nobody forgets it",
    )
    async def channel(self, act: Act, remember: bool, days: Days | None = None) -> None:
        async def choose() -> Answer:
            asker = await asker_of(act, self._trust)
            if not asker.is_admin or not remember:
                text = f"{'on' if remember else 'off'} channel"
                return shown(await self._memory.do(asker, text))
            await self._memory.do(asker, "on channel")
            kept = f"keep {days} days" if days else "keep forever"
            return shown(await self._memory.do(asker, kept))

        begin(self._afterwards, act, "memory_channel", answers.privately(act, choose()))

    def _do(self, act: Act, text: str) -> None:
        async def answer() -> Answer:
            return shown(await self._memory.do(await asker_of(act, self._trust), text))

        begin(self._afterwards, act, "memory", answers.privately(act, answer()))

    async def _export(self, act: Act) -> None:
        await act.response.defer(ephemeral=True, thinking=True)
        answer = await self._memory.do(await asker_of(act, self._trust), "export")
        exported = json.dumps(answer.export, ensure_ascii=False, indent=2).encode()
        file = discord.File(io.BytesIO(exported), filename=_FILE)
        await act.followup.send(answer.text, file=file, ephemeral=True)
