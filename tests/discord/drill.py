"""The drill: whatever happens between Discord and us, each message is answered once.

    python -m tests.discord.drill 2000

Every event is told twice, and some again much later. Every few seconds the gateway is cut, asks us
to come back, or declares the session invalid, so that what is said until the next one is told to
nobody. Discord answers a part of our calls with 500 or 503, drops the connection or never answers,
before or after having posted. Its limits are on.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import random
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.conversation import Access
from bot.running import beside
from db.pool import Database
from db.workspaces import WorkspaceSettings
from tests.discord.at_work import at_work
from tests.drilling import PATIENCE, Said, Tally, all_ended, quiet_stores
from tests.fakes.discord import Channel, DiscordServer, Guild, Person, writing
from tests.slack.at_work import Echo
from tests.waiting import wait_until


@dataclass(frozen=True)
class Hardship:
    """How bad it gets. Seconds, and shares of calls."""

    break_every: float = 8.0
    call_seconds: float = 3.0
    failures: float = 0.03
    """Of each kind."""
    replays: float = 0.05
    """Of messages, told again when the next is written."""


@dataclass
class Outcome(Tally):
    sockets: int = 0
    sessions: int = 0
    refused: int = 0

    def report(self) -> str:
        return (
            f"{super().report()}\n{self.sockets} connections, {self.sessions} sessions;"
            f" {self.refused} calls refused for their number"
        )


async def drill(
    messages: int, database: Database, redis: Redis, *, writers: int, hardship: Hardship
) -> Outcome:
    """People write `messages`: mentions, replies, in threads, and direct messages. What came of
    it."""
    outcome, began = Outcome(), time.monotonic()
    async with DiscordServer() as discord:
        discord.gateway.max_concurrency = 16
        discord.gateway.times = 2
        guilds = [discord.guild(f"Server {number}") for number in range(6)]
        for guild in guilds[::2]:
            await WorkspaceSettings(database).write(
                "discord", guild.id, {"threads": True}, default_access=Access.COMMUNITY
            )
        people = [(guilds[n % len(guilds)], f"Asha {n}") for n in range(writers)]
        async with at_work(
            discord, database, redis, Echo(), call_seconds=hardship.call_seconds
        ) as work:
            desks = [_Desk(guild, guild.member(name), outcome) for guild, name in people]
            await asyncio.gather(*(desk.says("hello") for desk in desks))
            _spoil(discord, hardship.failures)
            async with beside(_break(discord, hardship)):
                numbers = iter(range(messages - writers))
                await asyncio.gather(*(desk.write(numbers, hardship) for desk in desks))
            await wait_until(lambda: all_ended(database), seconds=PATIENCE)
            assert work.discord.running()
        outcome.seconds = time.monotonic() - began
        outcome.faults = sum(not call.answered for call in discord.calls)
        outcome.refused = discord.limits.refused
        outcome.sockets = len(discord.gateway.all)
        outcome.sessions = len(discord.gateway.sessions)
    return outcome


class _Desk:
    """One person and the places where they write."""

    def __init__(self, guild: Guild, person: Person, outcome: Outcome) -> None:
        self._person, self._outcome = person, outcome
        self._bot = guild.server.bot
        self._casting = guild.channel(f"casting-{person.id}")
        self._dice = random.Random(person.name)

    async def write(self, numbers: Iterator[int], hardship: Hardship) -> None:
        """One message after the other, each when the last one is answered."""
        for number in numbers:
            text, threads = f"message {number}", self._casting.threads()
            answers = self._casting.from_bot()
            match number % 5:
                case 0:
                    message = await self._person.says(self._person.dm, text)
                case 1 if threads:
                    message = await self._person.says(threads[-1], text)
                case 2 if answers:
                    message = await self._person.says(self._casting, text, reply_to=answers[-1])
                case _:
                    message = await self._person.says(self._casting, f"{self._bot.mention} {text}")
            await self._answered(text, message.channel)
            if self._dice.random() < hardship.replays:
                writing.posted(message)

    async def says(self, text: str) -> None:
        await self._person.says(self._casting, f"{self._bot.mention} {text}")
        await self._answered(text, self._casting)

    async def _answered(self, text: str, channel: Channel) -> None:
        def answers() -> int:
            rooms = [channel, *channel.threads()]
            said = [m.content for room in rooms for m in room.from_bot()]
            return said.count(f"You said: {text}")

        self._outcome.messages.append(Said(text, answers))
        with suppress(AssertionError):  # then it is counted as never answered
            await wait_until(answers, seconds=PATIENCE)


def _spoil(discord: DiscordServer, share: float) -> None:
    """Calls fail in every way that there is."""
    send, edit = "POST /channels/{}/messages", "PATCH /channels/{}/messages/{}"
    open_thread = "POST /channels/{}/messages/{}/threads"
    for route in (send, edit, open_thread):
        for acts in (False, True):
            discord.fail(route, status=500, acts=acts, share=share, times=math.inf)
            discord.fail(route, status=503, acts=acts, share=share, times=math.inf)
            discord.fail(route, timeout=True, acts=acts, share=share / 5, times=math.inf)
        discord.fail(route, lose_answer=True, share=share, times=math.inf)
    for route in ("GET /channels/{}/messages", "POST /users/@me/channels", "GET /gateway/bot"):
        discord.fail(route, status=503, share=share, times=math.inf)
        discord.fail(route, lose_answer=True, share=share, times=math.inf)


async def _break(discord: DiscordServer, hardship: Hardship) -> None:
    """Something else happens to the connection every few seconds."""
    for number in itertools.count():
        await asyncio.sleep(hardship.break_every)
        for socket in discord.gateway.open:
            match number % 5:
                case 0:
                    socket.cut()
                case 1:
                    socket.invalidate()
                case 2:
                    socket.reconnect()
                case 3:
                    socket.invalidate(resumable=True)
                case _:  # nothing can be resumed
                    if socket.session:
                        socket.session.forget()
                    socket.cut()


async def main(messages: int) -> bool:
    """The whole drill on servers of its own; whether each message was answered once."""
    async with quiet_stores() as (database, redis):
        outcome = await drill(messages, database, redis, writers=60, hardship=Hardship())
    print(outcome.report())  # noqa: T201 - this is its output
    return outcome.count(once=True) == messages


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(int(sys.argv[1]))) else 1)
