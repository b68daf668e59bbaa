"""Reading and writing the app's commands, everywhere and for one server."""

from __future__ import annotations

from tests.fakes.discord.call import Answer, Call, Route, Routes
from tests.fakes.discord.commands import SLASH, check_commands
from tests.fakes.discord.wire import Json, refusal


def _list(call: Call) -> list[Json]:
    if call.ids[0] != call.server.application_id:
        raise refusal(50001)
    commands = call.server.commands
    if "/guilds/" not in call.route:
        return commands.everywhere
    return commands.of_guild.setdefault(call.guild(1).id, [])


def _get_all(call: Call) -> Answer:
    return _list(call)


def _put(call: Call) -> Answer:
    listed = _list(call)
    if not isinstance(call.body, list):
        raise refusal(50109)
    check_commands(call.body)
    old = {(c["type"], c["name"]): c["id"] for c in listed}
    call.server.commands.writes += 1
    listed[:] = [_kept(call, command, old) for command in call.body]
    return listed


def _post(call: Call) -> Answer:
    listed = _list(call)
    sent = call.fields
    key = (sent.get("type", SLASH), sent.get("name"))
    others = [c for c in listed if (c["type"], c["name"]) != key]
    check_commands([*others, sent])
    old = {(c["type"], c["name"]): c["id"] for c in listed}
    call.server.commands.writes += 1
    made = _kept(call, sent, old)
    listed[:] = [*others, made]
    return made


def _one(call: Call) -> Json:
    for command in _list(call):
        if command["id"] == call.ids[-1]:
            return command
    raise refusal(10063)


def _patch(call: Call) -> Answer:
    command = _one(call)
    changed = command | call.fields
    check_commands([changed])
    command.update(changed)
    call.server.commands.writes += 1
    return command


def _delete(call: Call) -> Answer:
    _list(call).remove(_one(call))
    call.server.commands.writes += 1
    return None


def _kept(call: Call, command: Json, old: dict[tuple[int, str], str]) -> Json:
    clock = call.server.clock
    kind = command.get("type", SLASH)
    needed = command.get("default_member_permissions")
    made = command | {
        "id": old.get((kind, command["name"]), "") or clock.snowflake(),
        "application_id": call.server.application_id,
        "version": clock.snowflake(),
        "type": kind,
        "description": command.get("description", ""),
        "default_member_permissions": None if needed is None else str(needed),
    }
    if "/guilds/" in call.route:
        made["guild_id"] = call.ids[1]
    return made


_EVERYWHERE = "/applications/{}/commands"
_OF_GUILD = "/applications/{}/guilds/{}/commands"
ROUTES: Routes = {}
for _base in (_EVERYWHERE, _OF_GUILD):
    ROUTES |= {
        f"GET {_base}": Route(_get_all),
        f"PUT {_base}": Route(_put),
        f"POST {_base}": Route(_post),
        f"GET {_base}/{{}}": Route(_one),
        f"PATCH {_base}/{{}}": Route(_patch),
        f"DELETE {_base}/{{}}": Route(_delete),
    }
