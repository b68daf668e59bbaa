"""Our bot and app, users, servers, channels and threads."""

from __future__ import annotations

from tests.fakes.discord import threads
from tests.fakes.discord.call import Answer, Call, Route, Routes
from tests.fakes.discord.channel import PRIVATE_THREAD, PUBLIC_THREAD
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.wire import Form, Json, refusal


def _me(call: Call) -> Answer:
    return call.me.wire() | {"verified": True, "mfa_enabled": False, "email": None}


def _application(call: Call) -> Answer:
    server = call.server
    owner = {"id": "1", "username": "owner", "discriminator": "0", "avatar": None,
             "global_name": None}  # fmt: skip
    return {
        "id": server.application_id,
        "name": call.me.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": owner,
        "team": None,
        "flags": server.application_flags,
        "approximate_guild_count": sum(g.installed for g in server.guilds.values()),
        "integration_types_config": {"0": {}, "1": {}},
        "bot": call.me.wire(),
    }


def _gateway(call: Call) -> Answer:
    return {"url": call.server.gateway_url}


def _gateway_bot(call: Call) -> Answer:
    gateway = call.server.gateway
    return {
        "url": call.server.gateway_url,
        "shards": gateway.shards,
        "session_start_limit": {
            "total": 1000,
            "remaining": max(0, 1000 - gateway.identifies),
            "reset_after": 86_400_000,
            "max_concurrency": gateway.max_concurrency,
        },
    }


def _open_dm(call: Call) -> Answer:
    person = call.server.users.get(str(call.fields.get("recipient_id")))
    if person is None or person.bot:
        raise refusal(50007) if person else refusal(10013)
    return call.server.dm(person).wire()


def _user(call: Call) -> Answer:
    user = call.server.users.get(call.ids[0])
    if user is None:
        raise refusal(10013)
    return user.wire()


def _guilds(call: Call) -> Answer:
    found = [g for g in call.server.guilds.values() if g.installed]
    return [
        {
            "id": guild.id,
            "name": guild.name,
            "icon": None,
            "owner": False,
            "permissions": str(int(guild.permissions(call.me))),
            "features": [],
        }
        for guild in found
    ]


def _guild(call: Call) -> Answer:
    return call.guild().wire()


def _roles(call: Call) -> Answer:
    return [role.wire() for role in call.guild().roles.values()]


def _guild_channels(call: Call) -> Answer:
    return [c.wire() for c in call.guild().channels if not c.is_thread]


def _member(call: Call) -> Answer:
    guild = call.guild()
    if call.ids[1] not in guild.members:
        raise refusal(10007 if call.ids[1] in call.server.users else 10013)
    return guild.whole_member(call.server.users[call.ids[1]])


def _leave(call: Call) -> Answer:
    call.guild().remove()
    return None


def _channel(call: Call) -> Answer:
    return call.channel().wire()


def _change_channel(call: Call) -> Answer:
    channel = call.channel()
    fields, mine = call.fields, channel.permissions(call.me)
    if not channel.is_thread:
        if Permission.MANAGE_CHANNELS not in mine:
            raise refusal(50013)
    elif channel.owner is not call.me and Permission.MANAGE_THREADS not in mine:
        raise refusal(50013)
    _name(fields, required=False)
    channel.name = fields.get("name", channel.name)
    channel.archived = fields.get("archived", channel.archived)
    channel.locked = fields.get("locked", channel.locked)
    call.server.gateway.channel_changed(channel)
    return channel.wire()


def _delete_channel(call: Call) -> Answer:
    channel = call.channel(Permission.MANAGE_THREADS)
    threads.delete(channel)
    return channel.wire()


def _thread_from_message(call: Call) -> Answer:
    channel = call.channel(Permission.CREATE_PUBLIC_THREADS)
    if channel.guild is None or channel.is_thread:
        raise refusal(50024)
    message = call.message(channel)
    _name(call.fields)
    if message.thread:
        raise refusal(160004)
    return threads.start(call.me, channel, call.fields["name"], message).wire()


def _thread(call: Call) -> Answer:
    private = call.fields.get("type", PRIVATE_THREAD) == PRIVATE_THREAD
    needed = Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
    channel = call.channel(needed)
    if channel.guild is None or channel.is_thread:
        raise refusal(50024)
    _name(call.fields)
    kind = PRIVATE_THREAD if private else PUBLIC_THREAD
    return threads.start(call.me, channel, call.fields["name"], kind=kind).wire()


def _join_thread(call: Call) -> Answer:
    threads.join(call.me, call.channel())
    return None


def _add_to_thread(call: Call) -> Answer:
    channel = call.channel()
    user = call.server.users.get(call.ids[1])
    if user is None or channel.guild is None or user.id not in channel.guild.members:
        raise refusal(10007)
    threads.join(user, channel)
    return None


def _name(fields: Json, *, required: bool = True) -> None:
    form = Form()
    if required and not fields.get("name"):
        form.wrong("name", "BASE_TYPE_REQUIRED", "This field is required")
    else:
        form.length("name", fields.get("name"), 100, 1)
    form.check()


ROUTES: Routes = {
    "GET /users/@me": Route(_me),
    "GET /users/@me/guilds": Route(_guilds),
    "POST /users/@me/channels": Route(_open_dm),
    "DELETE /users/@me/guilds/{}": Route(_leave),
    "GET /users/{}": Route(_user),
    "GET /applications/@me": Route(_application),
    "GET /oauth2/applications/@me": Route(_application),
    "GET /gateway": Route(_gateway, needs_token=False),
    "GET /gateway/bot": Route(_gateway_bot),
    "GET /guilds/{}": Route(_guild),
    "GET /guilds/{}/roles": Route(_roles),
    "GET /guilds/{}/channels": Route(_guild_channels),
    "GET /guilds/{}/members/{}": Route(_member),
    "GET /channels/{}": Route(_channel),
    "PATCH /channels/{}": Route(_change_channel),
    "DELETE /channels/{}": Route(_delete_channel),
    "POST /channels/{}/messages/{}/threads": Route(_thread_from_message, status=201),
    "POST /channels/{}/threads": Route(_thread, status=201),
    "PUT /channels/{}/thread-members/@me": Route(_join_thread),
    "PUT /channels/{}/thread-members/{}": Route(_add_to_thread),
}
