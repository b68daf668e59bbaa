"""How a person uses commands, buttons, menus and forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fakes.discord.commands import MESSAGE_MENU, SLASH, typed
from tests.fakes.discord.components import BUTTON, SELECTS, STRING_SELECT
from tests.fakes.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL,
    Interaction,
    resolved,
)
from tests.fakes.discord.message import EPHEMERAL, Message, walk
from tests.fakes.discord.modals import choice, filled
from tests.fakes.discord.wire import Json

if TYPE_CHECKING:
    from tests.fakes.discord.channel import Channel
    from tests.fakes.discord.people import Person


async def command(
    person: Person, channel: Channel, line: str, options: Mapping[str, Any], focused: str = ""
) -> Interaction:
    """Type a slash command, or only begin one and wait for what it suggests."""
    interactions = person.server.interactions
    assert interactions.reaches_app(person, channel), f"the app is not in {channel}"
    name, *path = line.removeprefix("/").split()
    found = person.server.commands.find(channel, person, name, SLASH)
    data: Json = {"id": found["id"], "name": name, "type": SLASH}
    data["options"] = typed(found, path, options, focused)
    if "guild_id" in found:
        data["guild_id"] = found["guild_id"]
    if people := resolved([*options.values()]):
        data["resolved"] = people
    kind = AUTOCOMPLETE if focused else COMMAND
    said = " ".join([name, *path])
    return await interactions.send(kind, person, channel, data, name=said)


async def menu(person: Person, name: str, message: Message) -> Interaction:
    """Choose the app's entry in a message's menu."""
    found = person.server.commands.find(message.channel, person, name, MESSAGE_MENU)
    data: Json = {
        "id": found["id"],
        "name": name,
        "type": MESSAGE_MENU,
        "target_id": message.id,
        "resolved": {"messages": {message.id: message.wire()}},
    }
    return await person.server.interactions.send(COMMAND, person, message.channel, data, name=name)


async def click(person: Person, message: Message, what: str, *, forged: bool) -> Interaction:
    """Click the button of that label or custom_id. `forged`: one that is not shown (any more)."""
    if forged:
        component: Json = {"type": BUTTON, "custom_id": what, "id": 99}
    else:
        component = _shown(person, message, what, (BUTTON,))
        assert component.get("custom_id"), f"{what} is a link"
    data = {"component_type": BUTTON, "custom_id": component["custom_id"], "id": component["id"]}
    return await _use(person, message, data, what)


async def choose(
    person: Person, message: Message, what: str, values: tuple[Any, ...]
) -> Interaction:
    """Choose in the menu of that placeholder or custom_id."""
    select = _shown(person, message, what, SELECTS)
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    assert least <= len(values) <= most, f"{least} to {most} can be chosen in {what}"
    data: Json = {
        "component_type": select["type"],
        "custom_id": select["custom_id"],
        "id": select["id"],
        "values": [choice(select, value) for value in values],
    }
    if select["type"] != STRING_SELECT:
        data["resolved"] = resolved([*values])
    return await _use(person, message, data, what)


async def submit(person: Person, opened: Interaction, values: Mapping[str, Any]) -> Interaction:
    """Fill in the form that an interaction opened, and send it."""
    modal = opened.modal
    assert modal is not None, f"{opened} opened no form"
    data: Json = {"custom_id": modal["custom_id"], "components": filled(modal, values)}
    flat = [
        each
        for value in values.values()
        for each in (value if isinstance(value, list) else [value])
    ]
    if people := resolved(flat):
        data["resolved"] = people
    interactions = person.server.interactions
    return await interactions.send(
        MODAL, person, opened.channel, data, source=opened.source, name=modal["title"]
    )


async def _use(person: Person, message: Message, data: Json, name: str) -> Interaction:
    interactions = person.server.interactions
    return await interactions.send(
        COMPONENT, person, message.channel, data, source=message, name=name
    )


def _shown(person: Person, message: Message, what: str, kinds: tuple[int, ...]) -> Json:
    assert not message.deleted, f"{message} is gone"
    assert message.is_seen_by(person), f"{person} does not see {message}"
    assert message.author is person.server.bot or not message.flags & EPHEMERAL
    components = [c for c in walk(message.components) if c["type"] in kinds]
    for component in components:
        emoji = (component.get("emoji") or {}).get("name")
        names = (component.get("custom_id"), component.get("label"), component.get("placeholder"))
        if what in names or (emoji and what == emoji):
            assert not component.get("disabled"), f"{what} is disabled"
            return component
    known = [c.get("label") or c.get("placeholder") or c.get("custom_id") for c in components]
    raise AssertionError(f"there is no {what!r} to use, only {known}")
