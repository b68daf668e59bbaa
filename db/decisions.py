"""Decisions: who decided what about a talent, when, and from which turn. Only ever added to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import UUID

from bot.conversation import Audience, ConversationKey

if TYPE_CHECKING:
    from db.pool import Connection

Decision: TypeAlias = Literal["shortlisted", "unlisted"]

_NOTE = """
    INSERT INTO decisions
        (org_id, kind, platform, workspace, channel, access, talent_id, by_user, turn_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""


async def note(
    connection: Connection,
    kind: Decision,
    *,
    audience: Audience,
    channel: ConversationKey,
    talent_id: str,
    by_user: UUID,
    turn_id: UUID | None,
) -> None:
    """In the transaction of what was decided, a session of the same audience."""
    await connection.execute(
        _NOTE,
        audience.org_id,
        kind,
        channel.platform,
        channel.workspace,
        channel.channel,
        audience.access,
        talent_id,
        by_user,
        turn_id,
    )
