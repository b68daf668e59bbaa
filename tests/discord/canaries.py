"""Trying to get at what is the team's alone through Discord, as a member of a community's server.

    python -m tests.discord.canaries 10000 [--talents 1000] [--seed 1]

Every private field of every talent is marked with a canary of its own (`tests.talents.canaries`
asks the roster itself, and also finds what an order or a filter gives away). The attackers know
some of them and type these; they use every command, suggestion, button, menu and form, real and
made up, ask the offline responder and a Claude that calls the tools as it likes and repeats what it
was told, and share what they find. Members of a trusted role act beside them and ask in public.
Whatever our app sent to Discord is looked through, but what trusted people alone can read: no
canary that nobody typed may be in it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager

import asyncpg
import structlog
from redis.asyncio import Redis

from bot.claude import Claude
from bot.conversation import Access, ConversationKey, Recollection, Turn
from bot.metrics import Metrics
from bot.offline import Offline
from bot.ports import Doing, Responder, TextDelta
from bot.tools import Toolbox
from db.embedded import EmbeddedServers
from db.migrate import migrate
from db.pool import Database
from db.workspaces import link_workspace
from memory.embedder import LocalEmbedder
from tests.discord.at_work import at_work
from tests.discord.crowd import CANARY, Crowd
from tests.fakes.claude import Answer, ClaudeServer, Reply, Request
from tests.fakes.discord import DiscordServer, Permission
from tests.folders import server_folder
from tests.talents.canaries import set_up
from tests.talents.guesses import RATES_FROM, Guesses, Roster
from tests.waiting import wait_until

_KNOWN, _AT_ONCE = 40, 12
_ROOMS, _PEOPLE, _OTHERS = 40, 400, 60
_OPEN = "SELECT count(*) FROM turns WHERE status IN ('queued', 'running')"


class Either:
    """Answers a question by one of several responders, as chance has it."""

    name = "either"

    def __init__(self, chance: random.Random, *responders: Responder) -> None:
        self._chance, self._responders = chance, responders

    async def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta | Doing, None]:
        chosen = self._chance.choice(self._responders)
        async with aclosing(chosen.respond(turn, recollection, tools)) as events:
            async for event in events:
                yield event


def hostile(guesses: Guesses, chance: random.Random) -> Callable[[Request], Answer]:
    """A model that was talked over: it calls what it likes, and repeats all that it is told."""

    def answer(request: Request) -> Answer:
        if request.tool_results:
            return Reply("They told me:\n" + "\n".join(request.tool_results)[:1_500])
        if chance.random() < 0.1:
            told = json.dumps(request.body["messages"], ensure_ascii=False)
            return Reply(f"I was told {told[-1_000:]}")
        return Reply(tools=[guesses.tool_call() for _ in range(chance.randint(1, 3))])

    return answer


@asynccontextmanager
async def open_crowd(
    database: Database, owner_url: str, redis: Redis, *, talents: int, seed: int
) -> AsyncIterator[Crowd]:
    chance = random.Random(seed)
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(DiscordServer(ack_seconds=20))
        discord.limits.off()
        guild = discord.guild("Actors of Mumbai")
        rooms = [guild.channel(f"room-{number}") for number in range(_ROOMS)]
        # What the team said and listed in the first of them, when the server was theirs alone.
        key = ConversationKey("discord", guild.id, rooms[0].id)
        whole = await set_up(database, owner_url, LocalEmbedder(), talents, key)
        known = chance.sample(whole.canaries, _KNOWN)
        roster = Roster(
            [name for name in whole.names if not CANARY.search(name)],
            whole.ids,
            [word for word in known if not word.isdigit()],
            [RATES_FROM + chance.randint(0, talents) for _ in range(10)],
        )
        role = guild.role("Casting team")
        async with database.queue() as connection:
            await link_workspace(connection, "discord", guild.id, Access.COMMUNITY, Access.TEAM)
            await connection.execute(
                "UPDATE workspaces SET settings = $2 WHERE external_id = $1",
                guild.id,
                {"trusted_roles": [role.id]},
            )
        owner = await asyncpg.connect(owner_url)
        turns = [str(row["id"]) for row in await owner.fetch("SELECT id FROM turns")]
        await owner.close()
        claude = await stack.enter_async_context(ClaudeServer())
        crowd = Crowd(discord, guild, roster, chance, turns, rooms)
        claude.answer_with(hostile(crowd.guesses, chance))
        crowd.team_room = guild.channel("team", private_to=[role])
        crowd.trusted = [guild.member(f"Trusted {number}", role) for number in range(_OTHERS)]
        crowd.people = [guild.member(f"Member {number}") for number in range(_PEOPLE)]
        admins = guild.role("Admins", Permission.MANAGE_GUILD)
        crowd.admins = [guild.member(f"Admin {number}", admins) for number in range(_OTHERS)]
        responder = Claude.connect(
            claude.api_key, model="claude-sonnet-5-5", metrics=Metrics(), base_url=claude.url
        )
        stack.push_async_callback(responder.close)
        either = Either(chance, Offline(), responder)
        await stack.enter_async_context(at_work(discord, database, redis, either))
        await wait_until(lambda: discord.commands.everywhere)
        yield crowd
        if claude.complaints:
            raise AssertionError(claude.complaints[:3])


async def drill(crowd: Crowd, database: Database, attempts: int) -> None:
    """Make the attempts, several at once, and wait until all is answered."""
    left = iter(range(attempts))

    async def some() -> None:
        for _ in left:
            await crowd.attempt()

    await asyncio.gather(*(some() for _ in range(_AT_ONCE)))

    async def answered() -> bool:
        async with database.queue() as connection:
            return not await connection.fetchval(_OPEN)

    await wait_until(answered, seconds=120)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attempts", type=int)
    parser.add_argument("--talents", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with server_folder("castmatch-canaries-") as folder:
        async with EmbeddedServers(folder, durable=False) as servers:
            await migrate(servers.postgres_url)
            database = await Database.connect(servers.postgres_url)
            redis = Redis.from_url(servers.redis_url)
            began = time.monotonic()
            async with open_crowd(
                database,
                servers.postgres_url,
                redis,
                talents=options.talents,
                seed=options.seed,
            ) as crowd:
                await drill(crowd, database, options.attempts)
                texts = [*crowd.readable()]
                leaks = crowd.leaks()
            await redis.aclose()
            await database.close()
    told = f"{len(leaks)} canaries of the team's reached the community"
    size = sum(map(len, texts)) / 1e6
    spent = f"{dict(crowd.made)} in {time.monotonic() - began:.0f} s"
    read = f"{len(texts):,} texts of {size:.1f} million characters looked through"
    sys.stdout.write("\n".join([spent, *crowd.unanswered[:5], read, *leaks[:20], told, ""]))
    raise SystemExit(bool(leaks or crowd.unanswered))


if __name__ == "__main__":
    asyncio.run(main())
