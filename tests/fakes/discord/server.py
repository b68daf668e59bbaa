"""Discord on loopback: the gateway, the REST API, interactions, and people who use them.

    async with DiscordServer() as discord:
        server = discord.guild("Actors of Mumbai")
        asha = server.member("Asha")
        casting = server.channel("casting")
        ...  # the app under test, with discord.token and discord.api_url
        await asha.says(casting, f"{discord.bot.mention} find dancers in Mumbai")
        await wait_until(lambda: casting.from_bot())

It is as strict as the real one: intents, permissions, error codes, lengths, buckets and the limit
over everything (`discord.limits.off()` for tests that are about something else). On cue it goes
wrong: `discord.fail("POST /channels/{}/messages", lose_answer=True)`, `discord.gateway.times = 2`,
`discord.gateway.open[0].cut()`, `.go_deaf()`, `.reconnect()`, `.invalidate()`, `.put("not JSON")`,
`writing.posted(old_message)` for a replay. `asha.commands(…)`, `.autocompletes(…)`, `.clicks(…)`,
`.chooses(…)`, `.submits(…)` and `.menu(…)` are what people do; `channel.messages()`,
`asha.sees(channel)` and the interaction that an act returns are what they see.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self

from aiohttp import web

from tests.fakes.discord import command_routes, interaction_routes, message_routes, place_routes
from tests.fakes.discord.call import Call
from tests.fakes.discord.channel import DM, Channel
from tests.fakes.discord.commands import Commands
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.guild import Guild
from tests.fakes.discord.interactions import Interactions
from tests.fakes.discord.limits import Limits
from tests.fakes.discord.people import Person, User
from tests.fakes.discord.permissions import EVERYONE, Permission
from tests.fakes.discord.rest import RestApi
from tests.fakes.discord.wire import Clock
from tests.fakes.faults import Fault, Faults

_ROUTES = (
    place_routes.ROUTES | message_routes.ROUTES | command_routes.ROUTES | interaction_routes.ROUTES
)


class DiscordServer:
    """The server; it serves while inside."""

    def __init__(self, *, latency: float = 0.0, ack_seconds: float = 3.0) -> None:
        """`latency`: seconds that each request is under way, there and back. `ack_seconds`: how
        long Discord waits for the first answer to an interaction."""
        self.latency = latency
        self.ack_seconds = ack_seconds
        self.token = "MTAwMDAwMDAwMDAwMDAwMDAw.GloopB.ack-token-for-tests"
        self.application_flags = 1 << 19  # message content, for apps on less than 100 servers
        self.clock = Clock()
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.calls: list[Call] = []
        self.faults = Faults()
        self.gateway = Gateway(self)
        self.commands = Commands()
        self.interactions = Interactions(self)
        self.limits = Limits(lambda: asyncio.get_running_loop().time(), self.clock.now)
        self.stopping = asyncio.Event()
        self.url = ""
        self.bot = User(self.clock.snowflake(), "CastMatch", self, bot=True)
        self.users[self.bot.id] = self.bot
        self.application_id = self.bot.id
        self._rest = RestApi(self, _ROUTES)
        self._runner = web.ServerRunner(
            web.Server(self._handle, handler_cancellation=True, access_log=None),
            shutdown_timeout=0.1,
        )

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        self.stopping.set()
        await self.gateway.stop()
        await self._runner.cleanup()

    # --- for the app under test --------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """The REST API's address, as DISCORD_API_URL has it."""
        return f"{self.url}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/gateway"

    # --- for tests ---------------------------------------------------------------------------

    def guild(
        self, name: str = "Actors of Mumbai", *, permissions: Permission = EVERYONE,
        installed: bool = True,
    ) -> Guild:  # fmt: skip
        """A new server, with our bot on it (and what its invite link asked for)."""
        guild = Guild(self, self.clock.snowflake(apart=True), name, self.person("Owner"))
        self.guilds[guild.id] = guild
        if installed:
            guild.install(permissions)
        return guild

    def person(self, name: str, *, locale: str = "en-GB") -> Person:
        """Somebody who is on no server yet."""
        person = Person(self.clock.snowflake(), name, self, locale=locale)
        self.users[person.id] = person
        return person

    def other_bot(self, name: str) -> Person:
        """Another app's bot, which a test moves like a person."""
        bot = Person(self.clock.snowflake(), name, self, bot=True)
        self.users[bot.id] = bot
        return bot

    def dm(self, person: User) -> Channel:
        """The direct messages of that person and our bot."""
        for channel in self.channels.values():
            if channel.kind == DM and person in channel.recipients:
                return channel
        channel = Channel(self.clock.snowflake(), "", DM, self, recipients=[person, self.bot])
        self.channels[channel.id] = channel
        return channel

    def share(self, person: User) -> bool:
        """Whether our bot may write to them: they meet on a server, or they wrote first or
        installed it for themselves."""
        meet = any(person.id in g.members for g in self.guilds.values() if g.installed)
        wrote = any(m.author is person for m in self.dm(person).everything())
        return meet or wrote

    def fail(self, route: str, **how: object) -> None:
        """Make requests of a route fail: see `Fault` for how. "*" stands for every route."""
        self.faults.add(Fault(route, **how))  # type: ignore[arg-type]

    def called(self, route: str) -> list[Call]:
        """The requests of a route, oldest first."""
        return [call for call in self.calls if call.route == route]

    # --- serving -----------------------------------------------------------------------------

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith("/api/v10/"):
            return await self._rest.answer(request)
        if request.path.rstrip("/") == "/gateway":
            with contextlib.suppress(ConnectionError):
                return await self.gateway.serve(request)
        return web.Response(status=404)
