"""What the page and the server say to each other over `/ws`: JSON text frames, version 1.

Client to server. The first frame is `hello`; a socket is for one conversation.

    {"type": "hello", "v": 1, "conversation": ID, "person": ID, "epoch": "", "revision": 0}
        `epoch` and `revision` are those of the last frame it has, so that it is sent only what
        is newer; empty and 0 when it has nothing.
    {"type": "send", "id": ID, "text": "…"}
        The client makes the id. Sending it again (a lost `ack`) is answered once.
    {"type": "stop", "turn": UUID}
    {"type": "retry", "turn": UUID}
    {"type": "memory", "text": "forget about …"}
        What a person says after `/memory`. It is not stored, and never a message.

An ID is 22 characters of URL-safe base64: 128 random bits that nobody guesses. "New
conversation" is a new socket with a new ID.

Server to client.

    {"type": "state", "v": 1, "epoch": "…", "revision": 7, "whole": true,
     "order": [UUID, …], "turns": [TURN, …]}
        The answer to `hello`. `whole`: it replaces what the client holds; else `turns` are the
        ones that changed since its revision. `order` is every turn there is, oldest first.
    {"type": "edit", "revision": 8, "turns": [TURN, …], "order"?: […]}
        What changed since the last frame. Frames are made when the socket can take one, from
        what is newest then: a slow client gets fewer of them, never a backlog.
    {"type": "ack", "id": ID}                      The message is stored and will be answered.
    {"type": "memory", "blocks": [HTML, …], "facts"?: [{"id": "…", "statement": "…"}, …],
     "on"?: bool, "exported"?: {…}}                The answer to it; whether memory is on.
    {"type": "error", "text": "…", "id"?: ID}      One sentence for the person. With `id`: that
                                                   message is refused for good.

    TURN  {"id": UUID, "phase": "queued" | "running" | "ended", "activity": "…",
           "message": {"id": ID, "text": "…", "at": ISO time}, "pages": [PAGE, …]}
    PAGE  {"id": "…", "from": 3, "blocks": [HTML, …], "notice": "…", "final": bool,
           "retryable": bool, "cards"?: [CARD, …]}
        The blocks before `from` stay as they are, the rest are replaced by `blocks`: sanitised
        HTML, one element each. `cards` is left out when they have not changed.
    CARD  see `adapters.web.cards`.

The server closes with 1012 when it restarts and 1013 when it cannot serve now (come back, with
growing pauses), 4400 for a frame it does not understand, 4401 when it wants a sign-in first.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

VERSION = 1
MAX_TEXT = 8_000
"""Characters of one message."""
MAX_FRAME = 64 * 1024
"""Bytes of one frame from a client; a longer one ends the socket with 1009."""

SERVICE_RESTART = 1012
TRY_LATER = 1013
BAD_FRAME = 4400
SIGN_IN = 4401

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$")]


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hello(_Frame):
    type: Literal["hello"]
    v: Literal[1]
    conversation: Id
    person: Id
    epoch: Annotated[str, Field(max_length=32)] = ""
    revision: Annotated[int, Field(ge=0)] = 0


class Send(_Frame):
    type: Literal["send"]
    id: Id
    text: str


class Stop(_Frame):
    type: Literal["stop"]
    turn: UUID


class Retry(_Frame):
    type: Literal["retry"]
    turn: UUID


class AskMemory(_Frame):
    type: Literal["memory"]
    text: Annotated[str, Field(max_length=500)]


ClientFrame = Hello | Send | Stop | Retry | AskMemory
_FRAME: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="type")])


class BadFrameError(Exception):
    """A frame that is not in the protocol; `str()` says what is wrong with it."""


def parse_frame(text: str) -> ClientFrame:
    try:
        return _FRAME.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BadFrameError(f"{where}: {first['msg']}" if where else first["msg"]) from None
