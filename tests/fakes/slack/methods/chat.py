"""chat.postMessage, update, delete and postEphemeral."""

from __future__ import annotations

from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.methods.writing import content, found, metadata_of, thread_of, writable
from tests.fakes.slack.wire import Json, RefusedError

POST_CUTS_AT = 40_000
"""Characters of text that a post keeps."""
UPDATE_TAKES = 4_000
"""What an update takes of text. The documents say characters; people who measured it with text
that is not ASCII say that bytes of UTF-8 are counted, so the stricter of both holds here."""


def _post_message(call: Call) -> Json:
    channel = writable(call)
    text, blocks = content(call)
    thread_ts = thread_of(call, channel)
    broadcast = call.flag("reply_broadcast") and bool(thread_ts)
    message = channel.add(
        call.workspace.bot,
        text[:POST_CUTS_AT],
        blocks=blocks,
        thread_ts=thread_ts,
        metadata=metadata_of(call) or None,
        broadcast=broadcast,
        subtype="thread_broadcast" if broadcast else "",
    )
    channel.set_status(thread_ts, "")  # a post of the app clears the status of its thread
    call.server.events.posted(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.wire(metadata=True)}


def _update(call: Call) -> Json:
    channel = call.channel()
    if channel.archived:
        raise RefusedError("is_inactive")
    message = found(call, channel)
    if message.author is not call.workspace.bot or message.subtype == "channel_join":
        raise RefusedError("cant_update_message")
    if message.streaming:
        raise RefusedError("streaming_state_conflict")
    text, blocks = content(call)
    if len(call.text("text").encode()) > UPDATE_TAKES:
        raise RefusedError("msg_too_long")
    before = message.wire()
    metadata = metadata_of(call)
    if metadata is not None:
        message.metadata = metadata or None
    clock = call.server.clock
    if not blocks:  # blocks show no mark of having been edited
        message.edited = {"user": call.workspace.bot.bot_id, "ts": clock.ts()}
    message.show(clock.now(), text, blocks)
    call.server.events.changed(message, before)
    shown = message.wire(metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": shown}


def _delete(call: Call) -> Json:
    channel = call.channel()
    message = found(call, channel)
    if message.author is not call.workspace.bot or message.streaming:
        raise RefusedError("cant_delete_message")
    before = message.wire()
    message.deleted = True
    call.server.events.deleted(message, before)
    return {"channel": channel.id, "ts": message.ts}


def _post_ephemeral(call: Call) -> Json:
    channel = writable(call)
    user = call.workspace.users.get(call.text("user"))
    if user is None or not channel.has(user):
        raise RefusedError("user_not_in_channel")
    text, blocks = content(call)
    message = channel.add(
        call.workspace.bot,
        text[:POST_CUTS_AT],
        blocks=blocks,
        thread_ts=thread_of(call, channel),
        visible_to=user.id,
    )
    return {"message_ts": message.ts}


METHODS = {
    "chat.postMessage": Method(_post_message, ("chat:write",)),
    "chat.update": Method(_update, ("chat:write",)),
    "chat.delete": Method(_delete, ("chat:write",)),
    "chat.postEphemeral": Method(_post_ephemeral, ("chat:write",)),
}
