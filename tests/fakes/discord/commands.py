"""The app's commands: what they may be, where they stand, and how a person types one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fakes.discord.channel import DM
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.wire import Form, Json, refusal

if TYPE_CHECKING:
    from tests.fakes.discord.channel import Channel
    from tests.fakes.discord.people import Person

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN = 1, 2, 3, 4, 5
USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = 6, 7, 8, 9, 10
_NAME = re.compile(r"[-_'\w]{1,32}")
_MOST = 100


class Commands:
    """Those that stand everywhere, and those of single servers."""

    def __init__(self) -> None:
        self.everywhere: list[Json] = []
        self.of_guild: dict[str, list[Json]] = {}
        self.writes = 0
        """How often the app has written commands."""

    def stand(self, channel: Channel) -> list[Json]:
        """The commands that can be found in a channel."""
        context = 0 if channel.guild else 1 if channel.kind == DM else 2
        found = [c for c in self.everywhere if context in (c.get("contexts") or [0, 1, 2])]
        if channel.guild:
            found += self.of_guild.get(channel.guild.id, [])
        return found

    def find(self, channel: Channel, person: Person, name: str, kind: int) -> Json:
        """The command that a person picks; one that they do not see fails the test."""
        guild = channel.guild
        installed = guild is None or guild.installed
        for command in self.stand(channel):
            if command["name"] != name or command["type"] != kind:
                continue
            where = command.get("integration_types") or [0]
            assert installed or (1 in where and person.has_app), f"{name} is not there"
            mine = channel.permissions(person)
            needed = command.get("default_member_permissions")
            if guild and needed is not None:
                may = Permission.ADMINISTRATOR in mine or (
                    int(needed) and int(mine) & int(needed) == int(needed)
                )
                assert may, f"{person} does not see {name}"
            assert Permission.USE_APPLICATION_COMMANDS in mine, f"{person} may use no commands"
            return command
        known = sorted(command["name"] for command in self.stand(channel))
        raise AssertionError(f"there is no command {name!r}, only {known}")


def check_commands(commands: list[Json]) -> None:
    """Raises `RefusedError`."""
    form = Form()
    seen: set[tuple[int, str]] = set()
    for kind in (SLASH, USER_MENU, MESSAGE_MENU):
        most = _MOST if kind == SLASH else 15
        if sum(c.get("type", SLASH) == kind for c in commands) > most:
            raise refusal(30032)
    for index, command in enumerate(commands):
        check_command(form, f"{index}", command)
        key = (command.get("type", SLASH), command.get("name", ""))
        if key in seen:
            said = "Application command names must be unique"
            form.wrong(f"{index}", "APPLICATION_COMMANDS_DUPLICATE_NAME", said)
        seen.add(key)
    form.check()


def check_command(form: Form, at: str, command: Json) -> None:
    kind = command.get("type", SLASH)
    form.length(f"{at}.name", command.get("name"), 32, 1)
    if kind != SLASH:
        for name in ("description", "options"):
            if command.get(name):
                said = f"Context menu commands cannot have {name}"
                form.wrong(f"{at}.{name}", "APPLICATION_COMMAND_INVALID", said)
        return
    _check_named(form, at, command)
    if _size(command) > 8000:
        said = "Command exceeds maximum size (8000)"
        form.wrong(at, "APPLICATION_COMMAND_TOO_LARGE", said)
    _check_options(form, at, command.get("options") or [], 0)


def _check_named(form: Form, at: str, each: Json) -> None:
    name = each.get("name") or ""
    if not _NAME.fullmatch(name) or name != name.lower():
        said = "Command name is invalid"
        form.wrong(f"{at}.name", "APPLICATION_COMMAND_INVALID_NAME", said)
    if not each.get("description"):
        form.wrong(f"{at}.description", "BASE_TYPE_REQUIRED", "This field is required")
    form.length(f"{at}.description", each.get("description"), 100)


def _check_options(form: Form, at: str, options: list[Json], depth: int) -> None:
    if len(options) > 25:
        form.wrong(f"{at}.options", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    optional = False
    names: set[str] = set()
    for index, option in enumerate(options):
        where = f"{at}.options.{index}"
        _check_named(form, where, option)
        if option["name"] in names:
            said = "Option names must be unique"
            form.wrong(where, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", said)
        names.add(option["name"])
        if option["type"] in (SUBCOMMAND, GROUP):
            if depth + (option["type"] == SUBCOMMAND) > 2:
                said = "Sub-command nesting is too deep"
                form.wrong(f"{where}.type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", said)
            _check_options(form, where, option.get("options") or [], depth + 1)
            continue
        if option.get("required") and optional:
            said = "Required options must be placed before non-required options"
            form.wrong(where, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", said)
        optional = optional or not option.get("required")
        choices = option.get("choices") or []
        if choices and option.get("autocomplete"):
            said = "Autocomplete cannot be set if choices are present"
            form.wrong(where, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", said)
        if len(choices) > 25:
            form.wrong(f"{where}.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        for number, each in enumerate(choices):
            form.length(f"{where}.choices.{number}.name", each.get("name"), 100, 1)


def _size(each: Json) -> int:
    own = len(each.get("name", "")) + len(each.get("description") or "")
    own += sum(len(c["name"]) + len(str(c["value"])) for c in each.get("choices") or ())
    return own + sum(_size(option) for option in each.get("options") or ())


# --- typing one ----------------------------------------------------------------------------------


def typed(
    command: Json, path: list[str], values: Mapping[str, Any], focused: str = ""
) -> list[Json]:
    """The options as Discord sends them, nested under the subcommands of `path`."""
    spec = command.get("options") or []
    if path:
        found = next((o for o in spec if o["name"] == path[0] and o["type"] <= GROUP), None)
        assert found, f"there is no {path[0]!r} in /{command['name']}"
        inside = typed(found, path[1:], values, focused)
        return [{"name": found["name"], "type": found["type"], "options": inside}]
    assert not any(o["type"] <= GROUP for o in spec), f"/{command['name']} needs a subcommand"
    known = {option["name"]: option for option in spec}
    sent = []
    for name, value in values.items():
        assert name in known, f"/{command['name']} has no option {name!r}, only {sorted(known)}"
        each: Json = {"name": name, "type": known[name]["type"]}
        if name == focused:
            assert known[name].get("autocomplete"), f"{name} completes nothing"
            sent.append(each | {"value": str(value), "focused": True})
        else:
            sent.append(each | {"value": _value(known[name], value)})
    missing = [n for n, o in known.items() if o.get("required") and n not in values]
    assert not missing or focused, f"/{command['name']} also needs {missing}"
    return sent


def _value(option: Json, value: Any) -> Any:
    kind, name = option["type"], option["name"]
    for choice in option.get("choices") or ():
        if value in (choice["name"], choice["value"]):
            return choice["value"]
    assert not option.get("choices"), f"{name}: {value!r} is no choice"
    if kind in (USER, CHANNEL, ROLE, MENTIONABLE):
        return str(value.id)
    fits = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}[kind]
    assert isinstance(value, fits), f"{name}: {value!r} is of the wrong kind"  # type: ignore[arg-type]
    if kind in (INTEGER, NUMBER):
        low, high = option.get("min_value", value), option.get("max_value", value)
        assert low <= value <= high, f"{name} must be from {low} to {high}"
    if kind == STRING:
        low, high = option.get("min_length", 0), option.get("max_length", 6000)
        assert low <= len(value) <= high, f"{name} must be {low} to {high} characters long"
    return value
