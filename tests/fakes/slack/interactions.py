"""What people do other than writing: commands, clicks, forms, shortcuts, the Home tab, the pane.

Each function sends what Slack would send, waits for the app's answer and shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.slack.delivery import Kind, UndeliveredError
from tests.fakes.slack.rules.views import checked_view
from tests.fakes.slack.shapes import recorded
from tests.fakes.slack.views import View
from tests.fakes.slack.wire import Json

if TYPE_CHECKING:
    from tests.fakes.slack.message import Message
    from tests.fakes.slack.people import Person
    from tests.fakes.slack.server import SlackServer
    from tests.fakes.slack.workspace import Channel


@dataclass(frozen=True, slots=True)
class Response:
    """How the app answered an interaction. With an `error` nobody did, and Slack told the person.

    `message` is what an answer to a command showed; `errors` what a form said of its inputs.
    """

    payload: Json = field(default_factory=dict)
    error: str = ""
    message: Message | None = None
    errors: dict[str, str] = field(default_factory=dict)


async def send(person: Person, kind: Kind, payload: Json) -> Response:
    """Deliver an interaction, once."""
    server = person.home.server
    try:
        answer = await server.deliveries.interaction(kind, payload)
    except UndeliveredError as failure:
        return Response(error=failure.reason)
    return Response(answer.payload)


def common(person: Person, *, view: View | None = None) -> Json:
    """The fields that every interactive payload has."""
    server = person.home.server
    workspace = person.home
    enterprise = workspace.enterprise_id
    return {
        "user": {
            "id": person.id,
            "username": person.username,
            "name": person.username,
            "team_id": person.team_id,
        },
        "api_app_id": server.app.id,
        "token": server.app.verification_token,
        "trigger_id": server.triggers.new(person, view),
        "team": {"id": workspace.id, "domain": workspace.domain}
        | ({"enterprise_id": enterprise} if enterprise else {}),
        "enterprise": {"id": enterprise, "name": "Acme"} if enterprise else None,
    }


# --- commands and shortcuts --------------------------------------------------------------------


async def run_command(person: Person, command: str, text: str, channel: Channel) -> Response:
    """Type a slash command; its answer is shown to the person alone unless it says otherwise."""
    server, workspace = person.home.server, person.home
    assert command in server.app.commands, f"{command} is not a valid command"
    url = server.response_urls.new(channel, person)
    enterprise = workspace.enterprise_id
    named = {"im": "directmessage", "group": "privategroup"}
    payload = recorded("command") | {
        "token": server.app.verification_token,
        "team_id": workspace.id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": named.get(channel.kind, channel.name),
        "user_id": person.id,
        "user_name": person.username,
        "command": command,
        "text": text,
        "api_app_id": server.app.id,
        "response_url": url,
        "trigger_id": server.triggers.new(person),
    }
    if enterprise:
        payload |= {"enterprise_id": enterprise, "enterprise_name": "Acme"}
    response = await send(person, "slash_commands", payload)
    if response.error:
        timed_out = response.error in ("timeout", "http_timeout")
        error = "operation_timeout" if timed_out else "dispatch_failed"
        told = channel.add(
            person, f'{command} failed with the error "{error}"', visible_to=person.id
        )
        return Response(error=error, message=told)
    if not response.payload:
        return response
    shown = server.response_urls.answer_at(url, response.payload)
    return Response(response.payload, message=shown)


async def use_shortcut(person: Person, callback_id: str, message: Message) -> Response:
    """Choose a shortcut of the app in a message's menu."""
    channel = message.channel
    server = person.home.server
    known = server.app.shortcuts
    assert not known or callback_id in known, f"the app has no shortcut {callback_id}"
    values = common(person) | {
        "callback_id": callback_id,
        "action_ts": server.clock.ts(),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": _name(channel)},
        "response_url": server.response_urls.new(channel, person, message),
        "message": message.wire(),
    }
    payload = recorded("interaction_message_action") | values
    return await send(person, "interactive", payload)


# --- clicks ------------------------------------------------------------------------------------


async def click(person: Person, action: Json, where: Message | View, state: Json) -> Response:
    """Send a `block_actions` of this action, done in a message or a view."""
    action = {**action, "action_ts": person.home.server.clock.ts()}
    if isinstance(where, View):
        values = common(person, view=where) | {
            "container": {"type": "view", "view_id": where.id},
            "view": where.wire(filled=True),
            "actions": [action],
        }
        return await send(
            person, "interactive", recorded("interaction_block_actions_view") | values
        )
    channel = where.channel
    server = person.home.server
    container: Json = {
        "type": "message",
        "message_ts": where.ts,
        "channel_id": channel.id,
        "is_ephemeral": bool(where.visible_to),
    }
    if where.is_reply:
        container["thread_ts"] = where.thread_ts
    values = common(person) | {
        "container": container,
        "channel": {"id": channel.id, "name": _name(channel)},
        "state": {"values": state},
        "response_url": server.response_urls.new(channel, person, where),
        "actions": [action],
    }
    if where.visible_to:
        shape = "interaction_block_actions_ephemeral"
    else:
        shape = "interaction_block_actions_message"
        values["message"] = where.wire()
    return await send(person, "interactive", recorded(shape) | values)


# --- forms -------------------------------------------------------------------------------------


async def submit(person: Person, view: View) -> Response:
    """Send a modal with what was entered, and do what the answer says."""
    values = common(person, view=view) | {"view": view.wire(filled=True)}
    payload = recorded("interaction_view_submission") | values
    response = await send(person, "interactive", payload)
    if response.error:
        return response
    views = person.home.server.views
    errors: dict[str, str] = {}
    match response.payload:
        case {"response_action": "errors", "errors": said}:
            errors = dict(said)
            wrong = errors.keys() - view.state.keys()
            assert not wrong, f"errors for inputs that the form does not have: {wrong}"
            view.errors = errors
        case {"response_action": "update", "view": content}:
            views.replace(view, checked_view(content, "modal"))
        case {"response_action": "push", "view": content}:
            views.push(person, checked_view(content, "modal"))
        case {"response_action": "clear"}:
            views.close_all(person)
        case _:
            views.close(view)
    return Response(response.payload, errors=errors)


async def close(person: Person, view: View) -> None:
    """Close a modal; the app is told where it asked for that."""
    person.home.server.views.close(view)
    if view.content.get("notify_on_close"):
        values = common(person, view=view) | {"view": view.wire(filled=True), "is_cleared": False}
        values.pop("trigger_id")
        await send(person, "interactive", recorded("interaction_view_closed") | values)


# --- the Home tab, the assistant pane, the stop button -----------------------------------------


def open_home(person: Person, tab: str = "home") -> None:
    server = person.home.server
    view = server.views.home(person)
    event: Json = {
        "user": person.id,
        "channel": person.home.dm(person).id,
        "tab": tab,
        "event_ts": server.clock.ts(),
    }
    if view and tab == "home":
        event["view"] = view.wire()
    server.events.send(person.home, "app_home_opened", "app_home_opened", event)


def open_pane(person: Person, looking_at: Channel | None) -> str:
    """Open the assistant's pane beside a channel: a new thread in the direct messages."""
    server = person.home.server
    dm = person.home.dm(person)
    root = dm.add(person.home.bot, "New assistant thread", subtype="assistant_app_thread")
    _tell_pane(server, person, root.ts, "assistant_thread_started", looking_at)
    return root.ts


def look_at(person: Person, thread: str, channel: Channel) -> None:
    """Go to another channel while the pane is open."""
    server = person.home.server
    _tell_pane(server, person, thread, "assistant_thread_context_changed", channel)


def stop(person: Person, channel: Channel, thread: str) -> None:
    """Press Slack's own stop button under a thread in which the app is at work."""
    server = person.home.server
    streams = [m for m in channel.messages(thread) if m.streaming]
    for message in streams:
        message.stream = None
        message.stopped_by_user = True
    event: Json = {
        "channel": channel.id,
        "thread_ts": thread,
        "user": person.id,
        "streaming_message_ts": [message.ts for message in streams],
        "event_ts": server.clock.ts(),
    }
    name = "agent_session_stopped"
    server.events.send(person.home, name, name, event, channel=channel)


def _tell_pane(
    server: SlackServer, person: Person, thread: str, name: str, looking_at: Channel | None
) -> None:
    workspace = person.home
    context: Json = {}
    if looking_at:
        context = {
            "channel_id": looking_at.id,
            "team_id": workspace.id,
            "enterprise_id": workspace.enterprise_id or None,
        }
    event: Json = {
        "assistant_thread": {
            "user_id": person.id,
            "context": context,
            "channel_id": workspace.dm(person).id,
            "thread_ts": thread,
        },
        "event_ts": server.clock.ts(),
    }
    server.events.send(workspace, name, name, event)


def _name(channel: Channel) -> str:
    return "directmessage" if channel.kind == "im" else channel.name
