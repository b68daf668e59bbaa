"""Answers to interactions: the first one, and what follows within fifteen minutes."""

from __future__ import annotations

from typing import Any

from tests.fakes.discord import writing
from tests.fakes.discord.call import Answer, Call, Route, Routes
from tests.fakes.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    FOLLOW_SECONDS,
    MODAL,
    Interaction,
)
from tests.fakes.discord.message import EPHEMERAL, LOADING, Message
from tests.fakes.discord.message_form import read_message
from tests.fakes.discord.modals import check_modal
from tests.fakes.discord.wire import Form, Json, refusal

PONG, MESSAGE, THINKING, DEFERRED, UPDATE, CHOICES, FORM = 1, 4, 5, 6, 7, 8, 9
_FITTING = {
    COMMAND: (MESSAGE, THINKING, FORM),
    COMPONENT: (MESSAGE, THINKING, DEFERRED, UPDATE, FORM),
    AUTOCOMPLETE: (CHOICES,),
    MODAL: (MESSAGE, THINKING, DEFERRED, UPDATE),
}
MOST_FOLLOWUPS = 5
"""Where the app is there only because that person has installed it."""


def _callback(call: Call) -> Answer:
    interaction = call.server.interactions.all.get(call.ids[1])
    if interaction is None or interaction.id != call.ids[0] or interaction.failed:
        raise refusal(10062)
    if interaction.response:
        raise refusal(40060)
    kind: int = call.fields.get("type") or 0
    data = call.fields.get("data") or {}
    form = Form()
    if kind not in _FITTING[interaction.kind] or (
        kind in (DEFERRED, UPDATE) and interaction.source is None
    ):
        said = "Invalid interaction callback type for this interaction"
        form.wrong("type", "INTERACTION_CALLBACK_TYPE_INVALID", said)
        form.check()
    if kind == MESSAGE:
        interaction.message = _post(interaction, read_message(data, files=call.files), data)
    elif kind == THINKING:
        flags = LOADING | (data.get("flags", 0) & EPHEMERAL)
        interaction.message = _post(interaction, {"flags": flags}, data)
    elif kind in (DEFERRED, UPDATE):
        interaction.message = interaction.source
        if kind == UPDATE:
            assert interaction.source is not None
            _change(interaction.source, data, call.files)
    elif kind == CHOICES:
        interaction.choices = _choices(data)
    else:
        check_modal(data)
        interaction.modal = data
    interaction.response = kind
    interaction.answered.set()
    return _resource(interaction, kind) if call.query.get("with_response") else None


def _resource(interaction: Interaction, kind: int) -> Json:
    said: Json = {"id": interaction.id, "type": interaction.kind}
    resource: Json = {"type": kind}
    if interaction.message:
        message = interaction.message
        said["response_message_id"] = message.id
        said["response_message_loading"] = message.thinking
        said["response_message_ephemeral"] = bool(message.visible_to)
        if kind in (MESSAGE, THINKING, UPDATE):
            resource["message"] = message.wire()
    return {"interaction": said, "resource": resource}


def _post(interaction: Interaction, made: Json, data: Json) -> Message:
    private = bool(data.get("flags", 0) & EPHEMERAL) or bool(made["flags"] & EPHEMERAL)
    kind = 20 if interaction.kind == COMMAND else 0
    message = interaction.channel.add(
        interaction.server.bot,
        kind=kind,
        visible_to=interaction.person if private else None,
        interaction=interaction.metadata(),
        **made,
    )
    writing.posted(message)
    return message


def _change(message: Message, data: Json, files: dict[str, bytes]) -> None:
    made = read_message(data, message, files)
    made["flags"] &= ~(LOADING | EPHEMERAL)
    made["flags"] |= message.flags & EPHEMERAL  # who sees it is settled for good
    message.change(**made)
    writing.changed(message)


def _choices(data: Json) -> list[Json]:
    form, choices = Form(), data.get("choices") or []
    if len(choices) > 25:
        form.wrong("data.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for index, choice in enumerate(choices):
        form.length(f"data.choices.{index}.name", choice.get("name"), 100, 1)
        if isinstance(choice.get("value"), str):
            form.length(f"data.choices.{index}.value", choice["value"], 100, 1)
    form.check()
    found: list[Json] = choices
    return found


# --- afterwards ----------------------------------------------------------------------------------


def _interaction(call: Call) -> Interaction:
    interaction = call.server.interactions.all.get(call.ids[1])
    if call.ids[0] != call.server.application_id or interaction is None:
        raise refusal(10015)
    if call.server.clock.now() > interaction.at + FOLLOW_SECONDS:
        raise refusal(50027)
    if not interaction.response or interaction.kind == AUTOCOMPLETE:
        raise refusal(10015)
    return interaction


def _follow(call: Call) -> Answer:
    interaction = _interaction(call)
    if interaction.message and interaction.message.thinking:
        # The first message after "is thinking…" takes its place, as private as that was.
        _change(interaction.message, call.fields, call.files)
        return interaction.message.wire()
    guild = interaction.channel.guild
    by_person = guild is not None and not guild.installed
    if by_person and len(interaction.followups) >= MOST_FOLLOWUPS:
        raise refusal(40094)
    message = _post(interaction, read_message(call.fields, files=call.files), call.fields)
    interaction.followups.append(message)
    return message.wire()


def _message(call: Call, interaction: Interaction) -> Message:
    if call.ids[2] == "@original":
        message = interaction.message
    else:
        ours = [*interaction.followups, *([interaction.message] if interaction.message else [])]
        message = next((m for m in ours if m.id == call.ids[2]), None)
    if message is None or message.deleted:
        raise refusal(10008)
    return message


def _edit(call: Call) -> Answer:
    message = _message(call, _interaction(call))
    _change(message, call.fields, call.files)
    return message.wire()


def _get(call: Call) -> Answer:
    return _message(call, _interaction(call)).wire()


def _delete(call: Call) -> Answer:
    writing.remove(_message(call, _interaction(call)))
    return None


def _own_token(run: Any) -> Route:
    return Route(run, needs_token=False, counts=False)


ROUTES: Routes = {
    "POST /interactions/{}/{}/callback": _own_token(_callback),
    "POST /webhooks/{}/{}": _own_token(_follow),
    "GET /webhooks/{}/{}/messages/{}": _own_token(_get),
    "PATCH /webhooks/{}/{}/messages/{}": _own_token(_edit),
    "DELETE /webhooks/{}/{}/messages/{}": _own_token(_delete),
}
