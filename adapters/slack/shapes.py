"""Whether a request is made as Slack makes them, looked at before anything else reads it.

Only what we or Bolt go by is looked at; what a listener has no use for may be of any shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

_Check: TypeAlias = Callable[[object], bool]
_NOTHING: Mapping[str, _Check] = MappingProxyType({})

PERSON = re.compile(r"[UW][A-Z0-9]{2,30}")
CHANNEL = re.compile(r"[CDG][A-Z0-9]{2,30}")
TS = re.compile(r"\d{9,10}\.\d{1,9}")
_KIND = re.compile(r"/?[a-z][a-z_.]{0,59}")


def is_malformed(body: object) -> bool:
    """Whether Slack sends nothing like that."""
    if not isinstance(body, Mapping):
        return True
    if "command" in body:
        return not _COMMAND(body)
    kind = body.get("type")
    if kind == "event_callback":
        event = body.get("event")
        named = isinstance(event, Mapping) and event.get("type")
        return not (_EVENT(event) and _EVENTS.get(str(named), _anything)(event))
    return not _INTERACTIONS.get(str(kind), _anything)(body)


def kind_of(body: object) -> str:
    """What a request claims to be, for the log: never more of it."""
    if not isinstance(body, Mapping):
        return "unknown"
    event = body.get("event")
    kind = event.get("type") if isinstance(event, Mapping) else body.get("type")
    kind = kind or body.get("command")
    return kind if isinstance(kind, str) and _KIND.fullmatch(kind) else "unknown"


def _anything(_: object) -> bool:
    return True


def _text(value: object) -> bool:
    return isinstance(value, str)


def _list(value: object) -> bool:
    return isinstance(value, list)


def _record(value: object) -> bool:
    return isinstance(value, Mapping)


def _like(pattern: re.Pattern[str]) -> _Check:
    return lambda value: isinstance(value, str) and bool(pattern.fullmatch(value))


def _of(required: Mapping[str, _Check], optional: Mapping[str, _Check] = _NOTHING) -> _Check:
    """A record with these parts; the optional ones may be missing or empty."""

    def check(value: object) -> bool:
        return (
            isinstance(value, Mapping)
            and all(part(value.get(name)) for name, part in required.items())
            and all(
                part(value[name])
                for name, part in optional.items()
                if value.get(name) not in (None, "")
            )
        )

    return check


def _some(part: _Check) -> _Check:
    return lambda value: isinstance(value, list) and bool(value) and all(map(part, value))


_person, _channel, _ts = _like(PERSON), _like(CHANNEL), _like(TS)
_known_person = _of({"id": _person}, {"team_id": _text, "name": _text})
_known_channel = _of({"id": _channel})
_words: dict[str, _Check] = {
    "user": _text, "bot_id": _text, "text": _text, "subtype": _text, "thread_ts": _ts,
    "blocks": _list, "files": _list, "attachments": _list,
}  # fmt: skip

_EVENT = _of({"type": _like(_KIND)})
_message = _of(
    {"channel": _channel, "ts": _ts},
    _words | {"channel_type": _text, "event_ts": _ts, "deleted_ts": _ts,
        "message": _of({"ts": _ts}, _words), "previous_message": _of({"ts": _ts}, _words)},
)  # fmt: skip
_pane = _of(
    {"assistant_thread": _of({"user_id": _person, "channel_id": _channel, "thread_ts": _ts},
        {"context": _of({}, {"channel_id": _channel})})}
)  # fmt: skip
_EVENTS: Mapping[str, _Check] = {
    "message": _message,
    "app_mention": _message,
    "app_home_opened": _of({"user": _person}, {"tab": _text}),
    "agent_session_stopped": _of({"user": _person, "channel": _channel, "thread_ts": _ts}),
    "assistant_thread_started": _pane,
    "assistant_thread_context_changed": _pane,
    "tokens_revoked": _of({}, {"tokens": _record}),
}
_COMMAND = _of(
    {"command": _like(_KIND), "user_id": _person, "channel_id": _channel, "team_id": _text},
    {"text": _text, "trigger_id": _text, "response_url": _text},
)
_acted: dict[str, _Check] = {"user": _known_person}
_optional: dict[str, _Check] = {
    "team": _record, "enterprise": _record, "trigger_id": _text, "response_url": _text,
}  # fmt: skip
_view = _of(
    _acted | {"view": _of({"id": _text, "callback_id": _text}, {"state": _record})}, _optional
)
_place = _of({"type": _text}, {"message_ts": _ts, "thread_ts": _ts, "channel_id": _channel})
_pressed = _some(_of({"action_id": _text, "type": _text}, {"block_id": _text}))
_in_message = _of({"channel": _known_channel}, {"message": _of({}, {"ts": _ts, **_words})})
_in_view = _of({"view": _of({"id": _text}, {"callback_id": _text})})
_click = _of(_acted | {"actions": _pressed, "container": _place}, _optional)
_INTERACTIONS: Mapping[str, _Check] = {
    "block_actions": lambda body: _click(body) and (_in_view(body) or _in_message(body)),
    "message_action": _of(
        _acted | {"channel": _known_channel, "callback_id": _text,
            "message": _of({"ts": _ts}, _words)}, _optional,
    ),
    "view_submission": _view,
    "view_closed": _view,
}  # fmt: skip
