"""Creating, reading, editing and deleting messages; typing; reactions."""

from __future__ import annotations

from urllib.parse import unquote

from tests.fakes.discord import writing
from tests.fakes.discord.call import Answer, Call, Route, Routes
from tests.fakes.discord.channel import DM, Channel
from tests.fakes.discord.limits import OLD_SECONDS
from tests.fakes.discord.mentions import REPLY
from tests.fakes.discord.message import EPHEMERAL, SUPPRESS_EMBEDS, Message
from tests.fakes.discord.message_form import read_message
from tests.fakes.discord.people import Person
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.wire import Form, Json, refusal

NONCE_SECONDS = 300.0
"""How long a nonce is remembered: "the past few minutes", as Discord says."""


def _create(call: Call) -> Answer:
    channel = call.channel()
    _may_send(call, channel)
    fields = call.fields
    made = read_message(fields, files=call.files)
    made["flags"] &= ~EPHEMERAL  # only answers to interactions can be
    if made.get("embeds") and not _may(call, channel, Permission.EMBED_LINKS):
        made["embeds"] = []
    if call.files and not _may(call, channel, Permission.ATTACH_FILES):
        raise refusal(50013)
    nonce = fields.get("nonce")
    wants_once = nonce is not None and fields.get("enforce_nonce")
    if wants_once and (earlier := _same_nonce(call, channel, nonce)):
        return earlier.wire()
    reference = fields.get("message_reference")
    if reference:
        made |= {"reference": _referenced(call, channel, reference), "kind": REPLY}
        if made["reference"] is None:
            made |= {"kind": 0}
    channel.archived = False  # writing wakes a thread up
    message = channel.add(call.me, nonce=nonce, **made)
    writing.posted(message)
    return message.wire()


def _may_send(call: Call, channel: Channel) -> None:
    if channel.kind == DM:
        person = next(user for user in channel.recipients if user is not call.me)
        if isinstance(person, Person) and not (person.dms_open and call.server.share(person)):
            raise refusal(50007)
        return
    needed = Permission.SEND_MESSAGES
    if channel.is_thread:
        needed = Permission.SEND_MESSAGES_IN_THREADS
        if channel.locked and not _may(call, channel, Permission.MANAGE_THREADS):
            raise refusal(50083)
    if not _may(call, channel, needed):
        raise refusal(50013)


def _may(call: Call, channel: Channel, permission: Permission) -> bool:
    return permission in channel.permissions(call.me)


def _same_nonce(call: Call, channel: Channel, nonce: object) -> Message | None:
    since = call.server.clock.now() - NONCE_SECONDS
    for message in reversed(channel.everything()):
        if message.posted_at < since:
            return None
        if message.nonce is not None and str(message.nonce) == str(nonce):
            return message if message.author is call.me and not message.deleted else None
    return None


def _referenced(call: Call, channel: Channel, reference: Json) -> Message | None:
    found = channel.find(str(reference.get("message_id", "")))
    if found and not found.visible_to:
        if not _may(call, channel, Permission.READ_MESSAGE_HISTORY):
            form = Form()
            said = "Cannot reply without permission to read message history"
            form.wrong(
                "message_reference", "REPLIES_CANNOT_REPLY_WITHOUT_READ_MESSAGE_HISTORY", said
            )
            form.check()
        return found
    if reference.get("fail_if_not_exists", True):
        form = Form()
        form.wrong("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        form.check()
    return None


def _edit(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel)
    fields = call.fields
    if message.author is not call.me:
        # Somebody else's: only the embeds can be hidden, by those who manage messages.
        if set(fields) - {"flags"} or not _may(call, channel, Permission.MANAGE_MESSAGES):
            raise refusal(50005)
        message.flags = fields.get("flags", 0) & SUPPRESS_EMBEDS
        return message.wire()
    if channel.archived:
        raise refusal(50083)
    made = read_message(fields, message, call.files)
    is_old = message.posted_at < call.server.clock.now() - OLD_SECONDS
    if is_old and (wait := call.server.limits.take_old_edit(channel.id)):
        raise refusal(30046, retry_after=wait, **{"global": False})
    message.change(**made)
    writing.changed(message)
    return message.wire()


def _delete(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel)
    if message.author is not call.me:
        if channel.guild is None:
            raise refusal(50003)
        if not _may(call, channel, Permission.MANAGE_MESSAGES):
            raise refusal(50013)
    if channel.archived:
        raise refusal(50083)
    writing.remove(message)
    return None


def _get(call: Call) -> Answer:
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    return call.message(channel).wire()


def _history(call: Call) -> Answer:
    channel = call.channel()
    if not _may(call, channel, Permission.READ_MESSAGE_HISTORY):
        return []
    form, limit = Form(), int(call.query.get("limit", "50"))
    if not 1 <= limit <= 100:
        form.wrong("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    form.check()
    messages = channel.messages()
    if before := call.query.get("before"):
        messages = [m for m in messages if int(m.id) < int(before)]
    if after := call.query.get("after"):
        return [m.wire() for m in reversed([m for m in messages if int(m.id) > int(after)][:limit])]
    return [message.wire() for message in reversed(messages[-limit:])]


def _typing(call: Call) -> Answer:
    channel = call.channel()
    _may_send(call, channel)
    writing.typing(call.me, channel)
    return None


def _react(call: Call) -> Answer:
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    message, emoji = call.message(channel), unquote(call.ids[2])
    if emoji.isascii():
        raise refusal(10014)
    if not message.reactions.get(emoji) and not _may(call, channel, Permission.ADD_REACTIONS):
        raise refusal(50013)
    writing.react(call.me, message, emoji)
    return None


def _unreact(call: Call) -> Answer:
    writing.unreact(call.me, call.message(call.channel()), unquote(call.ids[2]))
    return None


ROUTES: Routes = {
    "POST /channels/{}/messages": Route(_create),
    "GET /channels/{}/messages": Route(_history),
    "GET /channels/{}/messages/{}": Route(_get),
    "PATCH /channels/{}/messages/{}": Route(_edit),
    "DELETE /channels/{}/messages/{}": Route(_delete),
    "POST /channels/{}/typing": Route(_typing),
    "PUT /channels/{}/messages/{}/reactions/{}/@me": Route(_react),
    "DELETE /channels/{}/messages/{}/reactions/{}/@me": Route(_unreact),
}
