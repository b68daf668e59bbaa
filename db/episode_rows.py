"""Rows of `episodes` as the domain's types, and how they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import Access, Author, ConversationKey, Place
from bot.memories import Episode, Speaker
from db.terms import stems_of, terms

if TYPE_CHECKING:
    from asyncpg import Record

    from db.pool import Connection
    from db.stems import Stems

EPISODE = """e.speaker, e.platform, e.workspace, e.channel, e.thread, e.place, e.turn_id,
    e.message_id, e.author_external_id, e.author_name, e.said_at, e.text, e.drew_on"""

_KEEP = """
    INSERT INTO episodes (org_id, seq, speaker, scope, access, platform, workspace, channel, thread,
        conversation, place, turn_id, message_id, author_external_id, author_name, said_at, text,
        terms, drew_on)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
    ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Said:
    """An episode to be kept, and whose it will be."""

    org_id: UUID
    seq: int
    scope: str
    access: Access
    episode: Episode


async def keep(connection: Connection, stems: Stems, said: Sequence[Said]) -> None:
    """Keep episodes, found by their words at once; what is kept already stays as it is."""
    stemmed = await stems_of(connection, stems, [one.episode.text for one in said])
    await connection.executemany(
        _KEEP, [_values(one, its) for one, its in zip(said, stemmed, strict=True)]
    )


def _values(said: Said, stems: Sequence[str]) -> tuple[object, ...]:
    episode = said.episode
    key = episode.conversation
    return (
        said.org_id,
        said.seq,
        episode.speaker,
        said.scope,
        said.access,
        key.platform,
        key.workspace,
        key.channel,
        key.thread,
        str(key),
        episode.place,
        episode.turn_id,
        episode.message_id,
        episode.author.external_id,
        episode.author.name,
        episode.at,
        episode.text,
        terms(said.scope, stems),
        list(episode.drew_on),
    )


def to_episode(row: Record) -> Episode:
    return Episode(
        speaker=Speaker(row["speaker"]),
        author=Author(row["author_external_id"], row["author_name"]),
        text=row["text"],
        at=row["said_at"],
        conversation=ConversationKey(
            row["platform"], row["workspace"], row["channel"], row["thread"]
        ),
        place=Place(row["place"]),
        turn_id=row["turn_id"],
        message_id=row["message_id"],
        drew_on=tuple(row["drew_on"]),
    )
