"""A community's server, a small invented roster, and the bot at work among them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis

from bot.conversation import Access
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.workspaces import link_workspace
from tests.cast import NAMES, PUBLIC, Voice, roster
from tests.discord.at_work import AtWork, at_work
from tests.fakes.discord import Channel, DiscordServer, Guild, Interaction, Message, Person
from tests.fakes.discord.message import walk
from tests.talents.rosters import store
from tests.waiting import wait_until

STOP = "[■ Stop]"


@dataclass
class Scene:
    discord: DiscordServer
    guild: Guild
    casting: Channel
    asha: Person
    ravi: Person
    voice: Voice
    database: Database
    redis: Redis
    work: AtWork = field(init=False)
    _process: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """Start the process; its commands are there."""
        work = at_work(self.discord, self.database, self.redis, self.voice)
        self.work = await self._process.enter_async_context(work)
        await wait_until(lambda: self.discord.commands.everywhere)

    async def end(self) -> None:
        """End the process; `start` begins another one."""
        await self._process.aclose()

    async def link(self, access: Access, trusted: Access | None = None) -> None:
        """What whoever operates CastMatch says the server's people may see."""
        async with self.database.queue() as connection:
            await link_workspace(connection, "discord", self.guild.id, access, trusted)

    async def set(self, **settings: Any) -> None:
        """What the server's admins set."""
        await self.work.ports.workspace_settings.write(
            "discord", self.guild.id, settings, default_access=Access.COMMUNITY
        )

    @property
    def bot(self) -> str:
        return self.discord.bot.mention

    async def ask(self, text: str, **how: Any) -> Message:
        """Asha mentions the bot."""
        return await self.asha.says(self.casting, f"{self.bot} {text}", **how)

    async def replied(self, count: int = 1, channel: Channel | None = None) -> Message:
        """The `count`th message of the bot in a channel, once its reply has ended."""
        room = channel or self.casting

        def ended() -> list[Message]:
            said = self.said(room)[count - 1 : count]
            return [one for one in said if one.labels() and STOP not in one.labels()]

        await wait_until(ended)
        return ended()[0]

    def said(self, channel: Channel | None = None) -> list[Message]:
        """What the bot said in a channel; that it opened a thread is nothing said."""
        return [message for message in (channel or self.casting).from_bot() if message.shown]

    async def finds(self, person: Person | None = None, **options: Any) -> Message:
        """What `/talent search` answers."""
        person = person or self.asha
        return await shown(await person.commands(self.casting, "/talent search", **options))

    async def told(self, person: Person, words: str, channel: Channel | None = None) -> Message:
        """The newest message that only this person sees, once it says so."""
        room = channel or self.casting

        def found() -> list[Message]:
            alone = [m for m in person.sees(room) if m.visible_to is person]
            return [message for message in alone if words in message.shown]

        await wait_until(found)
        return found()[-1]


async def shown(act: Interaction) -> Message:
    """The message that answers an act."""
    await act.finished()
    assert not act.failed
    assert act.message
    return act.message


@asynccontextmanager
async def open_scene(database: Database, redis: Redis) -> AsyncIterator[Scene]:
    async with DiscordServer() as discord:
        discord.limits.off()
        discord.gateway.max_concurrency = 16
        guild = discord.guild()
        asha, ravi = guild.member("Asha"), guild.member("Ravi")
        casting = guild.channel("casting")
        await store(database, DEFAULT_ORG_ID, roster(), public=PUBLIC)
        scene = Scene(discord, guild, casting, asha, ravi, Voice(), database, redis)
        await scene.start()
        try:
            yield scene
        finally:
            await scene.end()


def names_in(message: Message) -> list[str]:
    """The talents whose cards are shown, in order."""
    heads = [line for line in message.shown.split("\n") if line.startswith("### ")]
    return [name for line in heads for name, *_ in NAMES if name in line]


def custom_ids(message: Message) -> list[str]:
    return [each["custom_id"] for each in walk(message.components) if each.get("custom_id")]
