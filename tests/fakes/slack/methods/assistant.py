"""assistant.threads.* and agents.sessions.setStatus, reactions.*: signs beside the messages."""

from __future__ import annotations

from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.methods.writing import found
from tests.fakes.slack.wire import Json, RefusedError
from tests.fakes.slack.workspace import Channel

MOST_LOADING_MESSAGES = 10
MOST_PROMPTS = 4
SESSION_STATUSES = ("processing", "active", "suspended", "closed")


def _set_status(call: Call) -> Json:
    channel, thread = _thread(call)
    if len(call.value("loading_messages") or ()) > MOST_LOADING_MESSAGES:
        raise RefusedError("invalid_arguments", "[ERROR] no more than 10 items allowed")
    channel.set_status(thread, call.text("status"))
    return {}


def _set_title(call: Call) -> Json:
    channel, thread = _thread(call)
    if not call.text("title"):
        raise RefusedError("invalid_arguments", "[ERROR] missing required field: title")
    channel.titles[thread] = call.text("title")
    return {}


def _set_prompts(call: Call) -> Json:
    channel = call.channel("channel_id")
    thread = _thread(call)[1] if call.text("thread_ts") else ""
    prompts = call.value("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= MOST_PROMPTS:
        raise RefusedError("invalid_arguments", "[ERROR] must provide 1 to 4 prompts")
    if not all(prompt.get("title") and prompt.get("message") for prompt in prompts):
        raise RefusedError("invalid_arguments", "[ERROR] missing required field: message")
    channel.prompts[thread] = prompts
    return {}


def _set_session_status(call: Call) -> Json:
    channel, thread = _thread(call)
    status = call.text("status")
    if status not in SESSION_STATUSES:
        raise RefusedError("invalid_arguments", "[ERROR] invalid status")
    channel.sessions[thread] = status
    answer: Json = {"status": status, "agent_status": status}
    if "agent_session_stopped" not in call.server.app.events:
        answer["warning"] = "missing_agent_session_stopped_event_subscription"
    return answer


def _add_reaction(call: Call) -> Json:
    message = found(call, call.channel(), "timestamp")
    users = message.reactions.setdefault(call.text("name"), [])
    if call.workspace.bot.id in users:
        raise RefusedError("already_reacted")
    users.append(call.workspace.bot.id)
    return {}


def _remove_reaction(call: Call) -> Json:
    message = found(call, call.channel(), "timestamp")
    name = call.text("name")
    if call.workspace.bot.id not in message.reactions.get(name, ()):
        raise RefusedError("no_reaction")
    message.reactions[name].remove(call.workspace.bot.id)
    if not message.reactions[name]:
        del message.reactions[name]
    return {}


def _thread(call: Call) -> tuple[Channel, str]:
    channel = call.channel("channel_id")
    first = channel.find(call.text("thread_ts"))
    if first is None:
        raise RefusedError("invalid_thread_ts")
    return channel, first.thread


METHODS = {
    "assistant.threads.setStatus": Method(_set_status, ("chat:write", "assistant:write")),
    "assistant.threads.setTitle": Method(_set_title, ("assistant:write",)),
    "assistant.threads.setSuggestedPrompts": Method(_set_prompts, ("assistant:write",)),
    "agents.sessions.setStatus": Method(_set_session_status, ("chat:write",)),
    "reactions.add": Method(_add_reaction, ("reactions:write",)),
    "reactions.remove": Method(_remove_reaction, ("reactions:write",)),
}
