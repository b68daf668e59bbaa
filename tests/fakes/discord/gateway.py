"""The gateway, version 10: identify, ready, heartbeats, resume; and what servers tell.

https://docs.discord.com/developers/events/gateway
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import deque
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.fakes.discord.intents import GUILD_MEMBERS, GUILDS, KNOWN, PRIVILEGED
from tests.fakes.discord.session import Session
from tests.fakes.discord.socket import Socket, compressor
from tests.fakes.discord.wire import Json

if TYPE_CHECKING:
    from tests.fakes.discord.channel import Channel
    from tests.fakes.discord.guild import Guild, Role
    from tests.fakes.discord.people import User
    from tests.fakes.discord.server import DiscordServer

PER_MINUTE = 120
"""Frames that a socket takes a minute."""
_LONGEST = 4096
_HEARTBEAT, _IDENTIFY, _PRESENCE, _VOICE, _RESUME, _MEMBERS = 1, 2, 3, 4, 6, 8


class _CloseError(Exception):
    """The socket is closed with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Gateway:
    """Every session and socket of our app."""

    def __init__(self, server: DiscordServer) -> None:
        self.all: list[Socket] = []
        """Every socket that was ever opened, oldest first."""
        self.sessions: dict[str, Session] = {}
        self.shards = 1
        """How many shards Discord recommends."""
        self.most_guilds = 2500
        """Servers that one shard may have; beyond, an app must shard (4011)."""
        self.max_concurrency = 1
        """Identifies that pass in `identify_seconds`; one more is told that its session is
        invalid."""
        self.identify_seconds = 5.0
        self.heartbeat_ms = 41_250
        self.allowed = PRIVILEGED
        """The privileged intents that are switched on in the developer portal."""
        self.times = 1
        """How often each event is told: 2 plays everything twice."""
        self.away: set[Guild] = set()
        """Servers that Discord does not tell of for now, as in an outage; `guild_made` ends it."""
        self.refuses_with = 0
        """The code with which whoever identifies is closed."""
        self.identifies = 0
        self._identified: deque[float] = deque()
        self._server = server

    @property
    def open(self) -> list[Socket]:
        return [socket for socket in self.all if socket.is_open]

    @property
    def live(self) -> list[Session]:
        """The sessions that have a socket."""
        return [s for s in self.sessions.values() if s.socket and s.socket.is_open]

    # --- telling -------------------------------------------------------------------------------

    def dispatch(
        self,
        event: str,
        data: Json,
        *,
        guild: Guild | None,
        intent: int = 0,
        without_content: Json | None = None,
    ) -> None:
        """Tell every session that has the place and the intent."""
        if guild and not guild.installed:
            return
        for session in self.sessions.values():
            if session.is_valid and session.has(guild) and session.wants(intent):
                for _ in range(self.times):
                    session.dispatch(event, data, without_content)

    def guild_made(self, guild: Guild) -> None:
        self.away.discard(guild)
        for session in self.sessions.values():
            if guild.installed and session.is_valid and session.has(guild):
                members = session.wants(GUILD_MEMBERS)
                session.dispatch("GUILD_CREATE", guild.created(members=members))

    def guild_left(self, guild: Guild) -> None:
        self.dispatch("GUILD_DELETE", {"id": guild.id}, guild=guild, intent=GUILDS)

    def channel_made(self, channel: Channel) -> None:
        self.dispatch("CHANNEL_CREATE", channel.wire(), guild=channel.guild, intent=GUILDS)

    def channel_changed(self, channel: Channel) -> None:
        event = "THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE"
        self.dispatch(event, channel.wire(), guild=channel.guild, intent=GUILDS)

    def role_made(self, guild: Guild, role: Role) -> None:
        data = {"guild_id": guild.id, "role": role.wire()}
        self.dispatch("GUILD_ROLE_CREATE", data, guild=guild, intent=GUILDS)

    def member_joined(self, guild: Guild, user: User) -> None:
        data = guild.whole_member(user) | {"guild_id": guild.id}
        self.dispatch("GUILD_MEMBER_ADD", data, guild=guild, intent=GUILD_MEMBERS)

    def member_changed(self, guild: Guild, user: User) -> None:
        intent = GUILDS if user is self._server.bot else GUILD_MEMBERS
        data = guild.whole_member(user) | {"guild_id": guild.id}
        self.dispatch("GUILD_MEMBER_UPDATE", data, guild=guild, intent=intent)

    # --- serving -------------------------------------------------------------------------------

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """A WebSocket from its request to its end."""
        connection = web.WebSocketResponse(compress=False, max_msg_size=0)
        await connection.prepare(request)
        try:
            compress = compressor(request.query.get("compress", ""))
        except KeyError:
            await connection.close(code=4002)
            return connection
        if request.query.get("v") != "10" or request.query.get("encoding", "json") != "json":
            await connection.close(code=4012)
            return connection
        socket = Socket(connection, request.transport, compress)
        self.all.append(socket)
        writing = asyncio.create_task(socket.write())
        socket.send(10, {"heartbeat_interval": self.heartbeat_ms, "_trace": ["loopback"]})
        try:
            await self._listen(socket, connection)
        finally:
            self._gone(socket, connection)
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing
        return connection

    async def _listen(self, socket: Socket, connection: web.WebSocketResponse) -> None:
        loop = asyncio.get_running_loop()
        recent: deque[float] = deque()
        patience = self.heartbeat_ms / 1000 * 1.5
        heard = loop.time()
        while socket.is_open:
            try:
                async with asyncio.timeout_at(heard + patience):
                    message = await connection.receive()
            except TimeoutError:
                if socket.deaf:
                    heard = loop.time()
                    continue
                await connection.close(code=4009)
                return
            if message.type is not WSMsgType.TEXT:
                return
            now = loop.time()
            while recent and recent[0] < now - 60:
                recent.popleft()
            recent.append(now)
            if len(recent) > PER_MINUTE:
                await connection.close(code=4008)
                return
            beats = socket.heartbeats
            try:
                self._take(socket, message.data)
            except _CloseError as closing:
                socket.close_code = closing.code
                await connection.close(code=closing.code)
                return
            heard = now if socket.heartbeats > beats else heard

    def _take(self, socket: Socket, text: str) -> None:
        """Do what a frame says. Raises `_CloseError`."""
        try:
            frame: Json = json.loads(text[: _LONGEST + 1])
            op, data = frame["op"], frame["d"]
        except (ValueError, KeyError, TypeError):
            raise _CloseError(4002) from None
        socket.received.append(frame)
        if socket.deaf:
            return
        if op == _HEARTBEAT:
            socket.heartbeats += 1
            socket.send(11)
        elif op in (_IDENTIFY, _RESUME):
            if socket.session:
                raise _CloseError(4005)
            if data.get("token") != self._server.token:
                raise _CloseError(4004)
            (self._identify if op == _IDENTIFY else self._resume)(socket, data)
        elif socket.session is None:
            raise _CloseError(4003)
        elif op == _MEMBERS:
            self._members(socket.session, data)
        elif op not in (_PRESENCE, _VOICE):
            raise _CloseError(4001)

    def _identify(self, socket: Socket, data: Json) -> None:
        if self.refuses_with:
            raise _CloseError(self.refuses_with)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN:
            raise _CloseError(4013)
        if intents & PRIVILEGED & ~self.allowed:
            raise _CloseError(4014)
        index, count = data.get("shard", (0, 1))
        if not 0 <= index < count:
            raise _CloseError(4010)
        session = Session(secrets.token_hex(16), intents, (index, count))
        guilds = [g for g in self._server.guilds.values() if g.installed and session.has(g)]
        if len(guilds) > self.most_guilds:
            raise _CloseError(4011)
        now = asyncio.get_running_loop().time()
        while self._identified and self._identified[0] <= now - self.identify_seconds:
            self._identified.popleft()
        if len(self._identified) >= self.max_concurrency:
            socket.send(9, False)
            return
        self._identified.append(now)
        self.identifies += 1
        self.sessions[session.id] = session
        socket.session, session.socket = session, socket
        unavailable = [{"id": guild.id, "unavailable": True} for guild in guilds]
        session.dispatch("READY", self._ready(session, unavailable))
        told = [guild for guild in guilds if guild not in self.away]
        for guild in told if session.wants(GUILDS) else ():
            created = guild.created(members=session.wants(GUILD_MEMBERS))
            session.dispatch("GUILD_CREATE", created)

    def _resume(self, socket: Socket, data: Json) -> None:
        session = self.sessions.get(data.get("session_id") or "")
        if session is None or not session.is_valid:
            socket.send(9, False)
            return
        if data["seq"] > session.sequence:
            raise _CloseError(4007)
        if session.socket and session.socket is not socket:
            session.socket.close(4000)
        socket.session, session.socket = session, socket
        session.resumes += 1
        session.replay(data["seq"])
        session.dispatch("RESUMED", {"_trace": ["loopback"]})

    def _ready(self, session: Session, guilds: list[Json]) -> Json:
        server = self._server
        return {
            "v": 10,
            "user": server.bot.wire() | {"verified": True, "mfa_enabled": False, "email": None},
            "guilds": guilds,
            "private_channels": [],
            "relationships": [],
            "session_id": session.id,
            "resume_gateway_url": server.gateway_url,
            "shard": list(session.shard),
            "application": {"id": server.application_id, "flags": server.application_flags},
        }

    def _members(self, session: Session, data: dict[str, Any]) -> None:
        guild = self._server.guilds[str(data["guild_id"])]
        wanted = {str(each) for each in data.get("user_ids") or ()}
        query = (data.get("query") or "").lower()
        members = [m.user for m in guild.members.values()]
        if wanted:
            members = [user for user in members if user.id in wanted]
        elif query:
            members = [user for user in members if user.name.lower().startswith(query)]
        if limit := data.get("limit"):
            members = members[:limit]
        answer: Json = {
            "guild_id": guild.id,
            "members": [guild.whole_member(user) for user in members],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        if "nonce" in data:
            answer["nonce"] = data["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", answer)

    def _gone(self, socket: Socket, connection: web.WebSocketResponse) -> None:
        code = connection.close_code
        if socket.close_code is None:
            socket.close_code = code
        session = socket.session
        if session and session.socket is socket:
            session.socket = None
            if code in (1000, 1001, 4007, 4009):
                session.forget()  # so closed, by either side, it can't be resumed

    async def stop(self) -> None:
        for socket in self.open:
            socket.cut()
