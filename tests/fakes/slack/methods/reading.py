"""conversations.*: channels and what was said in them."""

from __future__ import annotations

import base64

from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.message import Message
from tests.fakes.slack.wire import Json, RefusedError
from tests.fakes.slack.workspace import Channel

_READ = ("channels:history", "groups:history", "im:history", "mpim:history")
_KNOW = ("channels:read", "groups:read", "im:read", "mpim:read")
_FAMILY = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


def _info(call: Call) -> Json:
    channel = call.channel()
    _need(call, channel, "read")
    return {"channel": channel.wire()}


def _open(call: Call) -> Json:
    users = [user for user in call.text("users").split(",") if user]
    if not users:
        raise RefusedError("users_list_not_supplied")
    if any(user not in call.workspace.users for user in users):
        raise RefusedError("user_not_found")
    people = [call.workspace.users[user] for user in users]
    one = len(people) == 1
    channel = call.workspace.dm(people[0]) if one else call.workspace.group_dm(*people)
    return {"channel": channel.wire() if call.flag("return_im") else {"id": channel.id}}


def _history(call: Call) -> Json:
    channel = _readable(call)
    found = [m for m in channel.messages() if _within(call, m)]
    return _page(call, channel, list(reversed(found)))


def _replies(call: Call) -> Json:
    channel = _readable(call)
    first = channel.find(call.text("ts"))
    if first is None or (first.deleted and not channel.replies(first.ts)):
        raise RefusedError("thread_not_found")
    thread = channel.messages(first.thread)
    found = [m for m in thread if m.ts == first.thread or _within(call, m)]
    return _page(call, channel, found)


def _readable(call: Call) -> Channel:
    channel = call.channel()
    _need(call, channel, "history")
    if not channel.has(call.workspace.bot):
        raise RefusedError("not_in_channel")
    return channel


def _need(call: Call, channel: Channel, what: str) -> None:
    assert call.token is not None
    scope = f"{_FAMILY[channel.kind]}:{what}"
    if scope not in call.token.scopes:
        provided = ",".join(sorted(call.token.scopes))
        raise RefusedError("missing_scope", needed=scope, provided=provided)


def _within(call: Call, message: Message) -> bool:
    oldest, latest = call.text("oldest", "0") or "0", call.text("latest")
    at = float(message.ts)
    if call.flag("inclusive"):
        return float(oldest) <= at and (not latest or at <= float(latest))
    return float(oldest) < at and (not latest or at < float(latest))


def _page(call: Call, channel: Channel, found: list[Message]) -> Json:
    most = call.server.limits.page_size
    limit = min(call.number("limit", min(100, most)), most)
    start = _start(call.text("cursor"))
    page = found[start : start + limit]
    more = start + limit < len(found)
    metadata = call.flag("include_all_metadata")
    answer: Json = {
        "messages": [message.wire(metadata=metadata) for message in page],
        "has_more": more,
    }
    if call.method == "conversations.history":
        answer |= {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}
    if more:
        cursor = base64.b64encode(f"next:{start + limit}".encode()).decode()
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("next:"))
    except ValueError:
        raise RefusedError("invalid_cursor") from None


METHODS = {
    "conversations.info": Method(_info, _KNOW),
    "conversations.open": Method(_open, ("im:write", "mpim:write")),
    "conversations.history": Method(_history, _READ),
    "conversations.replies": Method(_replies, _READ),
}
