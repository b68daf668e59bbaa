"""chat.postMessage, update, delete and postEphemeral."""

from __future__ import annotations

from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.message import Message
from tests.fakes.slack.rules.blocks import checked_blocks
from tests.fakes.slack.wire import Json, RefusedError
from tests.fakes.slack.workspace import Channel

POST_CUTS_AT = 40_000
"""Characters of text that a post keeps."""
UPDATE_TAKES = 4_000
"""Characters of text that an update takes."""
MARKDOWN_TAKES = 12_000
METADATA_TAKES = 8_000
"""Bytes of metadata, about."""
MOST_ATTACHMENTS = 100


def _post_message(call: Call) -> Json:
    channel = _writable(call)
    text, blocks = _content(call)
    thread_ts = _thread(call, channel)
    message = channel.add(
        call.workspace.bot,
        text[:POST_CUTS_AT],
        blocks=blocks,
        thread_ts=thread_ts,
        metadata=_metadata(call),
        broadcast=call.flag("reply_broadcast") and bool(thread_ts),
        subtype="thread_broadcast" if call.flag("reply_broadcast") and thread_ts else "",
    )
    channel.statuses.pop(thread_ts, None)  # a post of the app clears the status of its thread
    call.server.events.posted(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.wire(metadata=True)}


def _update(call: Call) -> Json:
    channel = _writable(call)
    message = _found(call, channel)
    if message.author is not call.workspace.bot or message.subtype == "channel_join":
        raise RefusedError("cant_update_message")
    if message.streaming:
        raise RefusedError("streaming_state_conflict")
    text, blocks = _content(call)
    if len(text) > UPDATE_TAKES and "markdown_text" not in call.arguments:
        raise RefusedError("msg_too_long")
    before = message.wire()
    metadata = _metadata(call)
    if metadata is not None:
        message.metadata = metadata or None
    if "blocks" not in call.arguments and "markdown_text" not in call.arguments:
        blocks = []  # text alone replaces blocks
    clock = call.server.clock
    message.edited = {"user": call.workspace.bot.bot_id, "ts": clock.ts()}
    message.show(clock.now(), text, blocks)
    call.server.events.changed(message, before)
    shown = message.wire(metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": shown}


def _delete(call: Call) -> Json:
    channel = call.channel()
    message = _found(call, channel)
    if message.author is not call.workspace.bot:
        raise RefusedError("cant_delete_message")
    before = message.wire()
    message.deleted = True
    call.server.events.deleted(message, before)
    return {"channel": channel.id, "ts": message.ts}


def _post_ephemeral(call: Call) -> Json:
    channel = _writable(call)
    user = call.workspace.users.get(call.text("user"))
    if user is None or not channel.has(user):
        raise RefusedError("user_not_in_channel")
    text, blocks = _content(call)
    message = channel.add(
        call.workspace.bot,
        text[:POST_CUTS_AT],
        blocks=blocks,
        thread_ts=_thread(call, channel),
        visible_to=user.id,
    )
    return {"message_ts": message.ts}


def _writable(call: Call) -> Channel:
    channel = call.channel()
    if channel.archived:
        raise RefusedError("is_archived")
    if not channel.has(call.workspace.bot):
        raise RefusedError("not_in_channel")
    return channel


def _found(call: Call, channel: Channel) -> Message:
    message = channel.find(call.text("ts"))
    if message is None or message.deleted or message.visible_to:
        raise RefusedError("message_not_found")
    return message


def _thread(call: Call, channel: Channel) -> str:
    """The thread to post in; a reply's timestamp stands for its thread's."""
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return ""
    parent = channel.find(thread_ts)
    if parent is None or parent.visible_to:
        raise RefusedError("thread_not_found")
    return parent.thread


def _content(call: Call) -> tuple[str, list[Json]]:
    """Text and blocks. `markdown_text` becomes a block, and stands alone."""
    text = call.text("text")
    markdown = call.text("markdown_text")
    if markdown:
        if text or call.arguments.get("blocks"):
            raise RefusedError("markdown_text_conflict")
        if len(markdown) > MARKDOWN_TAKES:
            raise RefusedError("msg_too_long")
        return markdown, [{"type": "markdown", "text": markdown, "block_id": "b0Md"}]
    attachments = call.value("attachments") or []
    if len(attachments) > MOST_ATTACHMENTS:
        raise RefusedError("too_many_attachments")
    blocks = checked_blocks(call.value("blocks", "invalid_blocks_format"), "message")
    if not text.strip() and not blocks and not attachments:
        raise RefusedError("no_text")
    return text, blocks


def _metadata(call: Call) -> Json | None:
    metadata = call.value("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise RefusedError("invalid_metadata_format")
    if metadata == {}:
        return {}
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not isinstance(payload, dict):
        raise RefusedError("invalid_metadata_schema")
    if len(str(metadata)) > METADATA_TAKES:
        raise RefusedError("metadata_too_large")
    return metadata


METHODS = {
    "chat.postMessage": Method(_post_message, ("chat:write",)),
    "chat.update": Method(_update, ("chat:write",)),
    "chat.delete": Method(_delete, ("chat:write",)),
    "chat.postEphemeral": Method(_post_ephemeral, ("chat:write",)),
}
