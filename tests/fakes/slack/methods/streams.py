"""chat.startStream, appendStream and stopStream: Slack's own streaming.

What the documents leave open is as people have measured it: a stream lives about five minutes
however busy it is, keeps to the form (text or chunks) that it was opened with, and its length
limit is for each chunk.
"""

from __future__ import annotations

from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.message import Message, Stream
from tests.fakes.slack.methods.writing import (
    MARKDOWN_TAKES,
    found,
    metadata_of,
    thread_of,
    writable,
)
from tests.fakes.slack.rules.blocks import checked_blocks
from tests.fakes.slack.wire import Json, RefusedError

TITLE_TAKES = 256


def _start(call: Call) -> Json:
    channel = writable(call)
    thread_ts = thread_of(call, channel)
    if not thread_ts:
        raise RefusedError("invalid_arguments", "[ERROR] missing required field: thread_ts")
    if channel.kind != "im":
        for who in ("recipient_user_id", "recipient_team_id"):
            if not call.text(who):
                raise RefusedError(f"missing_{who}")
    chunks = _chunks(call, needed=False)
    message = channel.add(call.workspace.bot, "", thread_ts=thread_ts)
    mode = "text" if "markdown_text" in call.arguments else "chunks"
    message.stream = Stream(mode, call.server.clock.now() + call.server.stream_seconds)
    _take(call, message, chunks)
    channel.set_status(thread_ts, "")
    call.server.events.posted(message)
    return {"channel": channel.id, "ts": message.ts}


def _append(call: Call) -> Json:
    message = _open(call)
    _take(call, message, _chunks(call, needed=True))
    return {"channel": message.channel.id, "ts": message.ts}


def _stop(call: Call) -> Json:
    message = _open(call)
    chunks = _chunks(call, needed=False)
    blocks = checked_blocks(call.value("blocks", "invalid_blocks_format"), "message")
    metadata = metadata_of(call)
    before = message.wire()
    _take(call, message, chunks)
    message.metadata = metadata or message.metadata
    message.stream = None
    message.show(call.server.clock.now(), message.text, [*message.blocks, *blocks])
    call.server.events.changed(message, before)
    shown = message.wire(metadata=True)
    return {"channel": message.channel.id, "ts": message.ts, "message": shown}


def _open(call: Call) -> Message:
    message = found(call, call.channel())
    if message.author is not call.workspace.bot:
        raise RefusedError("message_not_owned_by_app")
    if message.stopped_by_user:
        raise RefusedError("stopped_by_user")
    if message.stream and message.stream.ends_at <= call.server.clock.now():
        message.stream = None
    if message.stream is None:
        raise RefusedError("message_not_in_streaming_state")
    return message


def _chunks(call: Call, *, needed: bool) -> list[Json]:
    markdown = call.arguments.get("markdown_text")
    chunks = call.value("chunks", "invalid_chunks")
    if markdown is not None and chunks is not None:
        raise RefusedError("cannot_provide_both_markdown_text_and_chunks")
    if markdown is not None:
        chunks = [{"type": "markdown_text", "text": markdown}]
    if chunks is None:
        if needed:
            raise RefusedError("markdown_text_or_chunks_required")
        return []
    if not isinstance(chunks, list):
        raise RefusedError("invalid_chunks")
    for chunk in chunks:
        _check(chunk)
    return chunks


def _check(chunk: Json) -> None:
    match chunk:
        case {"type": "markdown_text", "text": str(text)}:
            if len(text) > MARKDOWN_TAKES:
                raise RefusedError("msg_too_long")
        case {"type": "task_update", "id": str(), "title": str(title), "status": status}:
            if status not in ("pending", "in_progress", "complete", "error"):
                raise RefusedError("invalid_chunks")
            if len(title) > TITLE_TAKES:
                raise RefusedError("msg_too_long")
        case {"type": "plan_update", "title": str()}:
            pass
        case {"type": "blocks", "blocks": blocks}:
            checked_blocks(blocks, "message")
        case _:
            raise RefusedError("invalid_chunks")


def _take(call: Call, message: Message, chunks: list[Json]) -> None:
    """Add the chunks to what the message shows."""
    if not chunks or message.stream is None:
        return
    mode = "text" if "markdown_text" in call.arguments else "chunks"
    if mode != message.stream.mode:
        raise RefusedError("streaming_mode_mismatch")
    stream = message.stream
    for chunk in chunks:
        match chunk["type"]:
            case "markdown_text":
                stream.text += chunk["text"]
            case "task_update":
                stream.tasks[chunk["id"]] = _task(chunk)
            case "blocks":
                stream.blocks += checked_blocks(chunk["blocks"], "message")
    tasks = list(stream.tasks.values())
    body = [{"type": "markdown", "text": stream.text, "block_id": "b0Md"}] if stream.text else []
    message.show(call.server.clock.now(), stream.text, [*tasks, *body, *stream.blocks])


def _task(chunk: Json) -> Json:
    return {
        "type": "task_card",
        "block_id": f"b0{chunk['id']}",
        "task_id": chunk["id"],
        "title": chunk["title"],
        "status": chunk["status"],
    }


METHODS = {
    "chat.startStream": Method(_start, ("chat:write",)),
    "chat.appendStream": Method(_append, ("chat:write",)),
    "chat.stopStream": Method(_stop, ("chat:write",)),
}
