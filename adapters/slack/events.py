"""What an event of Slack's means for us: a question, something overheard, an edit, or nothing.

Pure, and total: whatever comes in, one of the five comes out. `app_mention` and `message` of the
same message come out alike, so whichever is first is stored and the other is a repeat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias

from adapters.slack import inbound
from adapters.slack.names import Known
from adapters.slack.shapes import TS
from bot.conversation import Access, Author, ConversationKey, Message, Place

_NOBODY: Mapping[str, Known] = MappingProxyType({})
PLATFORM = "slack"
REPLAYED_AFTER = timedelta(minutes=20)
"""Slack sends an event again at once, after 1 and after 5 minutes
(https://docs.slack.dev/apis/events-api/#retries): what is much older is not news to anybody."""
_PLACES = {
    "im": Place.DM,
    "mpim": Place.PRIVATE,
    "group": Place.PRIVATE,
    "channel": Place.PUBLIC,
}
_SAID = ("", "file_share", "thread_broadcast", "me_message", "bot_message")
"""The subtypes of messages in which somebody says something."""
_SLACK_ITSELF = "USLACKBOT"
_GREETING = "Hello"
"""What calling us by name alone stands for."""


@dataclass(frozen=True, slots=True)
class Us:
    """The app as the workspace of an event knows it."""

    team_id: str
    user_id: str
    bot_id: str = ""
    enterprise_id: str = ""
    default_access: Access = Access.TEAM


@dataclass(frozen=True, slots=True)
class Addressed:
    """To be answered."""

    message: Message


@dataclass(frozen=True, slots=True)
class Overheard:
    """Said where we are, and not to us."""

    message: Message


@dataclass(frozen=True, slots=True)
class Edited:
    """A message as it reads now."""

    message: Message
    asks: bool
    """It mentions us since this edit, so it is a question unless it was one before."""
    is_to_us: bool
    """It is for us, or was until this edit."""


@dataclass(frozen=True, slots=True)
class Deleted:
    workspace: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Not for us; `reason` is a few words for the log."""

    reason: str


Heard: TypeAlias = Addressed | Overheard | Edited | Deleted | Dropped


def to_message(
    envelope: Mapping[str, Any],
    us: Us,
    *,
    known: Mapping[str, Known],
    now: datetime,
    channel_type: str = "",
    answer_bots: bool = False,
    allow_guests: bool = False,
) -> Heard:
    """What the event is.

    `known` is what Slack says of `people`, as far as it could be had. `channel_type` is the kind of
    the channel as asked of Slack, for events that don't tell (`app_mention`): without either the
    place counts as private. `allow_guests`: people of other organisations are answered too, from
    what the community may see.
    """
    event = _part(envelope, "event")
    if _text(event, "type") not in ("message", "app_mention"):
        return Dropped("no message")
    subtype = _text(event, "subtype")
    changed = subtype == "message_changed"
    message = _part(event, "message") if changed else event
    if subtype == "message_deleted" or _text(message, "subtype") == "tombstone":
        return _deleted(event, us)
    stranger = is_stranger(envelope, us, known)
    names = {person: one.name for person, one in known.items() if one.name}
    is_addressed = us.user_id in inbound.mentions(_text(message, "text"))
    is_dm = (_text(event, "channel_type") or channel_type) == "im"
    may_bots_ask = answer_bots and not changed and (is_addressed or is_dm)
    text = _said(message, us, names) or (_GREETING if is_addressed else "")
    why_not = {
        "a stranger": stranger and not allow_guests,
        "a bot": _is_bot(message) and not may_bots_ask,
        "empty": not text,
    }
    reason = _why_not(event, message, envelope, us, now)
    reason = reason or next((why for why, holds in why_not.items() if holds), "")
    if reason:
        return Dropped(reason)
    channel, ts = _text(event, "channel"), _text(message, "ts")
    thread = _text(message, "thread_ts") or ("" if is_dm else ts)
    heard = Message(
        id=f"{channel}/{ts}",
        conversation=ConversationKey(PLATFORM, us.team_id, channel, thread),
        place=_place(envelope, channel_type),
        author=_author(message, names),
        text=text,
        sent_at=_moment(ts),
        default_access=us.default_access,
        access_at_most=Access.COMMUNITY if stranger or _is_guest(message, known) else None,
    )
    if changed:
        return _edited(event, heard, us, is_addressed=is_addressed, is_dm=is_dm)
    return Addressed(heard) if is_addressed or is_dm else Overheard(heard)


def author_of(envelope: Mapping[str, Any]) -> str:
    """The user id of whoever wrote the message; empty where a bot did."""
    event = _part(envelope, "event")
    return _text(_part(event, "message") or event, "user")


def people(envelope: Mapping[str, Any]) -> list[str]:
    """The user ids of whom `to_message` can use what is known."""
    event = _part(envelope, "event")
    message = _part(event, "message") or event
    found = [_text(message, "user"), *inbound.mentions(_text(message, "text"))]
    found += inbound.mentions(inbound.passed_on(_list(message, "attachments")))
    return [user for user in dict.fromkeys(found) if user]


def tells_channel_type(envelope: Mapping[str, Any]) -> bool:
    """Whether the event says what kind of channel it comes from."""
    return _text(_part(envelope, "event"), "channel_type") in _PLACES


def is_stranger(envelope: Mapping[str, Any], us: Us, known: Mapping[str, Known] = _NOBODY) -> bool:
    """Whether its author is of another organisation (Slack Connect).

    The workspaces of one Enterprise Grid are one organisation. In a channel that is shared with
    others an event does not say which those are, so that Slack must have said it of the author.
    """
    event = _part(envelope, "event")
    author = _part(event, "message") or event
    teams = {_text(author, field) for field in ("user_team", "source_team", "team")}
    teams.add(_text(_part(author, "user_profile"), "team"))
    shared = envelope.get("is_ext_shared_channel") is True
    foreign = teams - {"", us.team_id, us.enterprise_id}
    if not foreign:
        return shared and teams == {""}
    theirs = known.get(_text(author, "user"), Known()).enterprise_id
    return not us.enterprise_id or (shared and theirs != us.enterprise_id)


def _is_guest(message: Mapping[str, Any], known: Mapping[str, Known]) -> bool:
    return known.get(_text(message, "user"), Known()).is_guest


def _why_not(
    event: Mapping[str, Any],
    message: Mapping[str, Any],
    envelope: Mapping[str, Any],
    us: Us,
    now: datetime,
) -> str:
    """Why the message is none of our business; empty where it is."""
    subtype = _text(message, "subtype")
    user, bot = _text(message, "user"), _text(message, "bot_id")
    app, ours = _text(message, "app_id"), _text(envelope, "api_app_id")
    stamps = _text(message, "ts"), _text(event, "event_ts") or _text(event, "ts")
    if not all(TS.fullmatch(stamp) for stamp in stamps) or not _text(event, "channel"):
        return "malformed"
    if user == us.user_id or (bot and bot == us.bot_id) or (app and app == ours):
        return "our own"
    if subtype not in _SAID:
        return subtype[:40]
    if message.get("hidden") is True:
        return "hidden"
    if user == _SLACK_ITSELF or not (user or bot):
        return "nobody's"
    return "old" if _moment(stamps[1]) < now - REPLAYED_AFTER else ""


def _edited(
    event: Mapping[str, Any], heard: Message, us: Us, *, is_addressed: bool, is_dm: bool
) -> Heard:
    before = _part(event, "previous_message")
    if _text(before, "text") == _text(_part(event, "message"), "text"):
        return Dropped("unchanged")  # Slack showed a link's preview, say
    was_addressed = us.user_id in inbound.mentions(_text(before, "text"))
    return Edited(
        heard,
        asks=is_addressed and not was_addressed,
        is_to_us=is_addressed or was_addressed or is_dm,
    )


def _deleted(event: Mapping[str, Any], us: Us) -> Heard:
    before = _part(event, "previous_message")
    ts = _text(event, "deleted_ts") or _text(before, "ts") or _text(_part(event, "message"), "ts")
    channel = _text(event, "channel")
    if not TS.fullmatch(ts) or not channel:
        return Dropped("malformed")
    if _text(before, "user") == us.user_id:
        return Dropped("our own")
    return Deleted(us.team_id, f"{channel}/{ts}")


def _place(envelope: Mapping[str, Any], channel_type: str) -> Place:
    if envelope.get("is_ext_shared_channel") is True:
        return Place.SHARED
    told = _text(_part(envelope, "event"), "channel_type")
    return _PLACES.get(told) or _PLACES.get(channel_type) or Place.PRIVATE


def _author(message: Mapping[str, Any], names: Mapping[str, str]) -> Author:
    author = _text(message, "user") or _text(message, "bot_id")
    profile = _text(_part(message, "bot_profile"), "name")
    return Author(author, names.get(author) or _text(message, "username") or profile)


def _is_bot(message: Mapping[str, Any]) -> bool:
    return bool(_text(message, "bot_id")) or _text(message, "subtype") == "bot_message"


def _said(message: Mapping[str, Any], us: Us, names: Mapping[str, str]) -> str:
    """The text, the messages passed on with it, and which files came along."""
    parts = [inbound.to_text(_text(message, "text"), us=us.user_id, names=names)]
    if forwarded := inbound.passed_on(_list(message, "attachments")):
        parts.append(f"(Forwarded message)\n{inbound.to_text(forwarded, names=names)}")
    files = [
        _text(file, "name") or "a file"
        for file in _list(message, "files")
        if isinstance(file, Mapping)
    ]
    if files:
        parts.append(f"(Attached: {', '.join(' '.join(name.split()) for name in files[:10])})")
    return "\n\n".join(part for part in parts if part)


def _moment(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def _text(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) else ""


def _part(mapping: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = mapping.get(key)
    return value if isinstance(value, Mapping) else {}


def _list(mapping: Mapping[str, Any], key: str) -> Sequence[object]:
    value = mapping.get(key)
    return value if isinstance(value, list) else ()
