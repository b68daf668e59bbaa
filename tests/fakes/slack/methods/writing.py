"""What the methods that write have in common: where to write, and what may be written."""

from __future__ import annotations

from tests.fakes.slack.call import Call
from tests.fakes.slack.message import Message
from tests.fakes.slack.rules.blocks import checked_blocks
from tests.fakes.slack.wire import Json, RefusedError
from tests.fakes.slack.workspace import Channel

MARKDOWN_TAKES = 12_000
"""Characters of Markdown in one argument or chunk."""
METADATA_TAKES = 8_000
MOST_ATTACHMENTS = 100


def writable(call: Call) -> Channel:
    """The channel, if the app may write in it."""
    channel = call.channel()
    if channel.archived:
        raise RefusedError("is_archived")
    if not channel.has(call.workspace.bot):
        raise RefusedError("not_in_channel")
    return channel


def found(call: Call, channel: Channel, name: str = "ts") -> Message:
    """The message that is named; an ephemeral one can't be."""
    message = channel.find(call.text(name))
    if message is None or message.deleted or message.visible_to:
        raise RefusedError("message_not_found")
    return message


def thread_of(call: Call, channel: Channel) -> str:
    """The thread to write in, or ""; a reply's timestamp stands for its thread's. A message that
    was deleted before anybody replied takes no replies any more."""
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return ""
    parent = channel.find(thread_ts)
    if parent is None or parent.visible_to or (parent.deleted and not channel.replies(parent.ts)):
        raise RefusedError("thread_not_found")
    return parent.thread


def content(call: Call) -> tuple[str, list[Json]]:
    """Text and blocks. `markdown_text` becomes a block, and stands alone."""
    text = call.text("text")
    markdown = call.text("markdown_text")
    if markdown:
        if text or call.arguments.get("blocks"):
            raise RefusedError("markdown_text_conflict")
        if len(markdown) > MARKDOWN_TAKES:
            raise RefusedError("msg_too_long")
        return markdown, checked_blocks([{"type": "markdown", "text": markdown}], "message")
    attachments = call.value("attachments") or []
    if len(attachments) > MOST_ATTACHMENTS:
        raise RefusedError("too_many_attachments")
    blocks = checked_blocks(call.value("blocks", "invalid_blocks_format"), "message")
    if not text.strip() and not blocks and not attachments:
        raise RefusedError("no_text")
    return text, blocks


def metadata_of(call: Call) -> Json | None:
    """The metadata that is given; None keeps what is there, an empty object removes it."""
    metadata = call.value("metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return metadata  # type: ignore[no-any-return]
    if not isinstance(metadata, dict):
        raise RefusedError("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not isinstance(payload, dict):
        raise RefusedError("invalid_metadata_schema")
    if len(str(metadata)) > METADATA_TAKES:
        raise RefusedError("metadata_too_large")
    return metadata
