"""What replies cost a workspace and its members today, counted in rows that all replicas share."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from bot.conversation import Access
from bot.spending import MEMBER_LIMIT, WORKSPACE_LIMIT, Refusal, Share

if TYPE_CHECKING:
    from asyncpg import Record

    from bot.conversation import Turn
    from db.pool import Connection, Database

_TODAY = "(now() AT TIME ZONE 'UTC')::date"


def _set_to(name: str) -> str:
    """A setting that is no whole number is none."""
    value = f"settings ->> '{name}'"
    return f"CASE WHEN {value} ~ '^[0-9]{{1,9}}$' THEN ({value})::int END"


def _member(platform: str, workspace: str, author: str) -> str:
    """Who it is stays unsaid."""
    whole = f"{platform} || '/' || {workspace} || '/' || {author}"
    return f"encode(sha256(convert_to({whole}, 'UTF8')), 'hex')"


# Two rows are counted up, in the order of their key,
# and only where the turn has nothing set aside yet; whoever reads the sums undoes it if they are
# too high. Until then no other transaction sees or passes them.
_RESERVE: Final = f"""
    WITH place AS (
        SELECT w.org_id, {_set_to(MEMBER_LIMIT)} AS of_member,
            {_set_to(WORKSPACE_LIMIT)} AS of_workspace
        FROM workspaces w WHERE w.platform = $3 AND w.external_id = $4),
    limits AS (
        SELECT least(of_member, $6::int) AS of_member, of_workspace,
            {_member("$3", "$4", "$5")} AS member
        FROM place WHERE org_id = $1),
    reserved AS (
        INSERT INTO reservations (org_id, turn_id, day, member, cost)
        SELECT $1, $2, {_TODAY}, member, $7 FROM limits
        WHERE of_member IS NOT NULL OR of_workspace IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING day, member, cost),
    counted AS (
        INSERT INTO spending AS s (org_id, platform, workspace, member, day, spent)
        SELECT $1, $3, $4, who, day, cost FROM reserved, unnest(ARRAY['', member]) AS who
        ORDER BY who
        ON CONFLICT (org_id, platform, workspace, day, member)
            DO UPDATE SET spent = s.spent + excluded.spent
        RETURNING s.member, s.spent, s.day)
    SELECT counted.member, counted.spent, counted.day,
        CASE counted.member WHEN '' THEN of_workspace ELSE of_member END AS most
    FROM counted, limits ORDER BY counted.member DESC"""

# Nothing is counted where there is no limit; the row's lock lets no two pass it together.
_RESERVE_BESIDE: Final = f"""
    WITH place AS (
        SELECT {_set_to(WORKSPACE_LIMIT)} AS most FROM workspaces
        WHERE org_id = $1 AND platform = $2 AND external_id = $3),
    counted AS (
        INSERT INTO spending AS s (org_id, platform, workspace, member, day, spent)
        SELECT $1, $2, $3, '', {_TODAY}, $4::real FROM place WHERE most >= $4::real
        ON CONFLICT (org_id, platform, workspace, day, member)
            DO UPDATE SET spent = s.spent + excluded.spent
            WHERE s.spent + excluded.spent <= (SELECT most FROM place)
        RETURNING true)
    SELECT EXISTS (SELECT FROM counted) OR (SELECT most FROM place) IS NULL"""

_SETTLE = """
    WITH was AS (SELECT day, member, cost FROM reservations
        WHERE org_id = $1 AND turn_id = $2 FOR UPDATE),
    settled AS (UPDATE reservations SET cost = $5 WHERE org_id = $1 AND turn_id = $2)
    UPDATE spending s SET spent = greatest(0, s.spent + $5 - was.cost) FROM was
    WHERE s.org_id = $1 AND s.platform = $3 AND s.workspace = $4 AND s.day = was.day
        AND s.member IN ('', was.member)"""

_TODAYS = f"""
    SELECT {_set_to(WORKSPACE_LIMIT)} AS of_workspace,
        least({_set_to(MEMBER_LIMIT)}, CASE access WHEN 'community' THEN $4::int END) AS of_member,
        coalesce(max(spent) FILTER (WHERE member = ''), 0) AS workspace,
        coalesce(max(spent) FILTER (WHERE member <> ''), 0) AS member
    FROM workspaces w LEFT JOIN spending s ON s.org_id = w.org_id AND s.platform = w.platform
        AND s.workspace = w.external_id AND s.day = {_TODAY}
        AND s.member IN ('', {_member("$1", "$2", "$3")})
    WHERE w.platform = $1 AND w.external_id = $2 GROUP BY w.org_id, w.external_id, w.platform"""

# The first reply of somebody's day clears away a few of days before, so that they never pile up.
_CLEAR = tuple(
    f"""DELETE FROM {table} WHERE ctid IN (
        SELECT ctid FROM {table} WHERE day < {_TODAY} - 1 LIMIT 50 FOR UPDATE SKIP LOCKED)"""
    for table in ("spending", "reservations")
)


class _OverError(Exception):
    """A limit is passed: what was counted is undone."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__("a limit is passed")
        self.refusal = refusal


class Spending:
    """`bot.spending.Spending`. `of_member`: the most that a member of a community gets a day."""

    def __init__(self, database: Database, of_member: int | None = None) -> None:
        self._database = database
        self._of_member = of_member

    async def reserve(self, turn: Turn, cost: float = 1) -> Refusal | None:
        key = turn.message.conversation
        of_community = turn.audience.access is Access.COMMUNITY
        try:
            async with self._database.queue() as connection:
                counted = await connection.fetch(
                    _RESERVE,
                    turn.audience.org_id,
                    turn.id,
                    key.platform,
                    key.workspace,
                    turn.message.author.external_id,
                    self._of_member if of_community else None,
                    cost,
                )
                await _check(connection, counted)
        except _OverError as over:
            return over.refusal
        return None

    async def settle(self, turn: Turn, cost: float) -> None:
        key = turn.message.conversation
        async with self._database.queue() as connection:
            await connection.execute(
                _SETTLE, turn.audience.org_id, turn.id, key.platform, key.workspace, cost
            )

    async def reserve_beside(
        self, org_id: UUID, platform: str, workspace: str, cost: float
    ) -> bool:
        async with self._database.queue() as connection:
            has_room: bool = await connection.fetchval(
                _RESERVE_BESIDE, org_id, platform, workspace, cost
            )
        return has_room

    async def today(self, platform: str, workspace: str, member: str) -> tuple[Share, Share]:
        async with self._database.queue() as connection:
            row = await connection.fetchrow(_TODAYS, platform, workspace, member, self._of_member)
        if row is None:
            return Share(0, None), Share(0, None)
        return (
            Share(float(row["member"]), row["of_member"]),
            Share(float(row["workspace"]), row["of_workspace"]),
        )


async def _check(connection: Connection, counted: list[Record]) -> None:
    """The member's own limit is told first. `_OverError` undoes the transaction."""
    for row in counted:
        if row["most"] is not None and row["spent"] > row["most"]:
            tomorrow = datetime.combine(row["day"] + timedelta(days=1), time(), UTC)
            raise _OverError(
                Refusal("member" if row["member"] else "workspace", row["most"], tomorrow)
            )
    if counted and counted[0]["spent"] <= 1:  # the first of somebody's day
        for statement in _CLEAR:
            await connection.execute(statement)
