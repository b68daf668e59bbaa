"""The day's budget of replies: the edge towards what keeps count of it, `db/spending.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from bot.conversation import Turn

MEMBER_LIMIT, WORKSPACE_LIMIT = "daily_per_member", "daily_per_server"
"""What the settings of a workspace call these: replies a day, whole numbers."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a turn is not answered: whose share of the day is used up, of how many replies."""

    whose: Literal["member", "workspace"]
    limit: int
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """How many replies somebody had today, and how many they may; `None`: as many as they like."""

    spent: float
    limit: int | None


class Spending(Protocol):
    """How many replies a day (UTC) the people of a workspace get, each of them and together.

    Its admins set both (`MEMBER_LIMIT` and `WORKSPACE_LIMIT` of `WorkspaceSettings`), whoever
    operates CastMatch may set the most that a member of a community gets. Where nothing is set
    nothing is counted. Each call raises `UnavailableError`.
    """

    async def reserve(self, turn: Turn, cost: float = 1) -> Refusal | None:
        """Set aside what the turn's reply will cost, before the model is called.

        `None`: go on. However many ask at once, no limit is passed. A turn that is taken up again
        costs nothing more.
        """

    async def settle(self, turn: Turn, cost: float) -> None:
        """What the reply did cost in the end, instead of what was reserved; 0 gives it back."""

    async def reserve_beside(
        self, org_id: UUID, platform: str, workspace: str, cost: float
    ) -> bool:
        """Whether the workspace's day has room for work beside its replies (a summary, say), which
        is counted then. No member's share is touched. What is done again counts again."""

    async def today(self, platform: str, workspace: str, member: str) -> tuple[Share, Share]:
        """This member's share, and that of the whole workspace. Both begin anew at 00:00 UTC."""
