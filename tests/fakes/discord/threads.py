"""Threads: begun, joined, deleted; and the events that tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.discord import writing
from tests.fakes.discord.channel import PUBLIC_THREAD, Channel
from tests.fakes.discord.intents import GUILDS
from tests.fakes.discord.message import HAS_THREAD, Message

if TYPE_CHECKING:
    from tests.fakes.discord.people import User

_STARTER, _CREATED = 21, 18


def start(
    owner: User,
    parent: Channel,
    name: str,
    message: Message | None = None,
    *,
    kind: int = PUBLIC_THREAD,
) -> Channel:
    """Begin a thread, from a message (whose id it then has) or without one."""
    server = parent.server
    made = message.id if message else server.clock.snowflake()
    thread = Channel(made, name, kind, server, parent.guild, parent, owner=owner, members=[owner])
    server.channels[thread.id] = thread
    created = thread.wire() | {"newly_created": True}
    server.gateway.dispatch("THREAD_CREATE", created, guild=parent.guild, intent=GUILDS)
    if message:
        message.thread = thread
        message.flags |= HAS_THREAD
        writing.changed(message)
        # The thread begins with a message that says nothing itself and points at the first one.
        writing.posted(thread.add(owner, kind=_STARTER, reference=message))
    elif kind == PUBLIC_THREAD:
        writing.posted(parent.add(owner, kind=_CREATED, content=name))
    return thread


def join(user: User, thread: Channel) -> None:
    if user in thread.members:
        return
    thread.members.append(user)
    guild = thread.guild
    assert guild is not None
    server = thread.server
    data = {"id": thread.id, "guild_id": guild.id, "member_count": len(thread.members)}
    added = {"id": thread.id, "user_id": user.id, "join_timestamp": "2026-01-01T00:00:00+00:00",
             "flags": 0}  # fmt: skip
    if user is server.bot:
        server.gateway.dispatch("THREAD_CREATE", thread.wire(), guild=guild, intent=GUILDS)
    data |= {"added_members": [added | {"member": guild.whole_member(user)}]}
    server.gateway.dispatch("THREAD_MEMBERS_UPDATE", data, guild=guild, intent=GUILDS)


def delete(thread: Channel) -> None:
    thread.deleted = True
    data = {"id": thread.id, "type": thread.kind}
    if thread.guild:
        data["guild_id"] = thread.guild.id
    if thread.parent:
        data["parent_id"] = thread.parent.id
    event = "THREAD_DELETE" if thread.is_thread else "CHANNEL_DELETE"
    thread.server.gateway.dispatch(event, data, guild=thread.guild, intent=GUILDS)
