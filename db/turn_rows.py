"""Rows of `turns` as the domain's types."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from pydantic import ValidationError

from bot.conversation import (
    Access,
    Audience,
    Author,
    ConversationKey,
    Message,
    Outcome,
    PastTurn,
    Place,
    TranscriptEntry,
    Turn,
    TurnStatus,
)
from bot.talent import TalentQuery

if TYPE_CHECKING:
    from asyncpg import Record
    from pydantic import JsonValue

Attempt: TypeAlias = tuple[UUID, int]
"""A turn, and which attempt at it."""

MESSAGE = (
    "t.platform, t.workspace, t.channel, t.thread, t.place, t.access, t.author_external_id, "
    "t.author_name, t.message_id, t.text, t.sent_at, t.room_name, t.link"
)
OUTCOME = "t.status, t.reply, t.query, t.talent_ids, t.error, t.drew_on"
PAST = f"t.id, t.author_external_id, t.author_name, t.text, t.sent_at, {OUTCOME}"

# In these states and with a reply, a turn is part of the conversation's history.
IN_HISTORY = "t.status IN ('done', 'stopped', 'failed', 'dead') AND t.reply <> ''"


def storable(text: str) -> str:
    """`text` without what Postgres cannot hold: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def storable_json(value: JsonValue) -> JsonValue:
    """The same of every text within."""
    match value:
        case str():
            return storable(value)
        case list():
            return [storable_json(item) for item in value]
        case dict():
            return {storable(key): storable_json(item) for key, item in value.items()}
    return value


def to_audience(row: Record) -> Audience:
    return Audience(row["org_id"], Access(row["access"]), Place(row["place"]))


def to_message(row: Record) -> Message:
    return Message(
        id=row["message_id"],
        conversation=ConversationKey(
            row["platform"], row["workspace"], row["channel"], row["thread"]
        ),
        place=Place(row["place"]),
        author=_to_author(row),
        text=row["text"],
        sent_at=row["sent_at"],
        default_access=Access(row["access"]),
        room_name=row["room_name"],
        link=row["link"],
    )


def to_turn(row: Record) -> Turn:
    return Turn(
        id=row["id"],
        audience=to_audience(row),
        message=to_message(row),
        user_id=row["user_id"],
        attempt=row["attempt"],
        message_ids=tuple(row["message_ids"]),
        shown=row["shown"],
        previous=row["previous"],
        given_up=row["given_up"],
    )


def to_past_turn(row: Record) -> PastTurn:
    return PastTurn(row["id"], _to_author(row), row["text"], row["sent_at"], to_outcome(row))


def to_entry(row: Record) -> TranscriptEntry:
    status = TurnStatus(row["status"])
    is_open = status in (TurnStatus.QUEUED, TurnStatus.RUNNING)
    return TranscriptEntry(
        turn_id=row["id"],
        message=to_message(row),
        status=status,
        message_ids=tuple(row["message_ids"]),
        shown=row["shown"] if is_open else row["reply"],
        outcome=None if is_open else to_outcome(row),
    )


def to_outcome(row: Record) -> Outcome:
    return Outcome(
        text=row["reply"],
        status=TurnStatus(row["status"]),
        query=to_query(row["query"]),
        talent_ids=tuple(row["talent_ids"]),
        error=row["error"],
        drew_on=tuple(row.get("drew_on") or ()),
    )


def from_query(query: TalentQuery | None) -> object:
    """The query as it is stored, only what was asked for."""
    if query is None:
        return None
    return storable_json(query.model_dump(mode="json", by_alias=True, exclude_defaults=True))


def to_query(stored: object) -> TalentQuery | None:
    if stored is None:
        return None
    try:
        return TalentQuery.model_validate(stored)
    except ValidationError:  # written by another version: the conversation goes on without it
        return None


def _to_author(row: Record) -> Author:
    return Author(row["author_external_id"], row["author_name"])
