"""The roster's rows: how they become `Talent`s and back, and which of them an audience may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, isfinite
from typing import TYPE_CHECKING, Any

from asyncpg import Range as SqlRange
from asyncpg import Record

from bot.conversation import Access, Audience
from bot.talent import DateSpan, Range, Talent

if TYPE_CHECKING:
    from db.pool import Connection

COLUMNS = (
    "id, name, other_names, gender, pronouns, playing_age, city, travels_to, height_cm, languages,"
    ' accents, skills, "union", day_rate, day_rate_currency, available, credits, bio,'
    " headshot_url, reel_url, confirmed_on"
)
COLUMNS_OF_T = ", ".join(f"t.{column}" for column in COLUMNS.split(", "))


@dataclass(frozen=True, slots=True)
class Relations:
    """What one audience reads: the relations that stand for `talents` and its companions."""

    talents: str
    vectors: str
    columns: str = COLUMNS_OF_T
    """Of a talent `t` and of `private`."""
    private: str = ""
    """Joins what only the team may see to a talent `t`."""


TEAM = Relations(
    "talents_team",
    "talent_vectors_team",
    columns=f"{COLUMNS_OF_T}, p.representation, p.contact, p.source",
    private="LEFT JOIN talent_private AS p ON p.org_id = t.org_id AND p.talent_id = t.id",
)
COMMUNITY = Relations("talents_public", "talent_vectors_public")


def relations_of(audience: Audience) -> Relations:
    """The one place that chooses what is read, by who will read the answer."""
    return TEAM if audience.access is Access.TEAM else COMMUNITY


async def fetch_talents(
    connection: Connection, relations: Relations, ids: Sequence[str]
) -> dict[str, Talent]:
    """Those of the ids that exist and may be seen, by id, in no order."""
    rows = await connection.fetch(
        f"""
        SELECT {relations.columns} FROM {relations.talents} AS t {relations.private}
        WHERE t.id = ANY ($1::text[])""",
        list(ids),
    )
    return {row["id"]: talent_from_row(row) for row in rows}


def talent_from_row(row: Record) -> Talent:
    """A row of `COLUMNS`, with those of `talent_private` where the audience may see them."""
    rate, ages = row["day_rate"], row["playing_age"]
    return Talent.model_validate(
        {
            "id": row["id"],
            "name": row["name"],
            "other_names": row["other_names"],
            "gender": row["gender"],
            "pronouns": row["pronouns"],
            "playing_age": None if ages is None else _bounds(ages),
            "city": row["city"],
            "travels_to": row["travels_to"],
            "height_cm": row["height_cm"],
            "languages": row["languages"],
            "accents": row["accents"],
            "skills": row["skills"],
            "union": row["union"],
            "day_rate": None
            if rate is None
            else _bounds(rate) | {"currency": row["day_rate_currency"]},
            "available": [_span(span) for span in row["available"] or ()],
            "credits": row["credits"],
            "bio": row["bio"],
            "headshot_url": row["headshot_url"],
            "reel_url": row["reel_url"],
            "confirmed_on": row["confirmed_on"],
            "representation": row.get("representation") or "",
            "contact": row.get("contact") or "",
            "source": row.get("source") or "",
        }
    )


def talent_to_row(talent: Talent) -> dict[str, Any]:
    """Column to value, for `talents`: its `COLUMNS`. Unknown is NULL or empty."""
    rate = talent.day_rate
    return {
        "id": talent.id,
        "name": talent.name,
        "other_names": list(talent.other_names),
        "gender": talent.gender,
        "pronouns": talent.pronouns,
        "playing_age": sql_range(talent.playing_age, INT4),
        "city": talent.city,
        "travels_to": list(talent.travels_to),
        "height_cm": talent.height_cm,
        "languages": [language.model_dump() for language in talent.languages],
        "accents": list(talent.accents),
        "skills": list(talent.skills),
        "union": talent.union,
        "day_rate": sql_range(rate, INT8),
        "day_rate_currency": None if sql_range(rate, INT8) is None or not rate else rate.currency,
        "available": [sql_dates(span) for span in talent.available] or None,
        "credits": [credit.model_dump(exclude_defaults=True) for credit in talent.credits],
        "bio": talent.bio,
        "headshot_url": talent.headshot_url,
        "reel_url": talent.reel_url,
        "confirmed_on": talent.confirmed_on,
    }


INT4 = 2**31 - 2
INT8 = 2**63 - 2


def whole_bounds(bounds: Range, largest: int) -> tuple[int | None, int | None]:
    """The whole numbers inside the range; where there is none, the one above its lower bound."""
    low = _whole(bounds.min, ceil, largest)
    high = _whole(bounds.max, floor, largest)
    if low is not None and high is not None:
        high = max(low, high)
    return low, high


def sql_range(bounds: Range | None, largest: int) -> SqlRange[Any] | None:
    """The same as Postgres takes it; `None` where neither bound is known."""
    if bounds is None:
        return None
    low, high = whole_bounds(bounds, largest)
    if low is None and high is None:
        return None
    return SqlRange(low, high, upper_inc=high is not None)


def sql_dates(span: DateSpan) -> SqlRange[Any]:
    """The last day of all has no day after it, which is what Postgres would store."""
    upper = None if span.to == date.max else span.to
    return SqlRange(span.from_, upper, upper_inc=upper is not None)


def _whole(bound: float | None, rounded: Callable[[float], int], largest: int) -> int | None:
    if bound is None or not isfinite(bound):
        return None
    return max(-largest, min(largest, int(rounded(bound))))


def _bounds(value: SqlRange[Any]) -> dict[str, Any]:
    """Postgres gives whole-number ranges with the upper bound left out."""
    upper = None if value.upper is None else value.upper - (not value.upper_inc)
    return {"min": value.lower, "max": upper}


def _span(value: SqlRange[Any]) -> dict[str, date]:
    upper = value.upper or date.max
    if value.upper is not None and not value.upper_inc:
        upper -= timedelta(days=1)
    return {"from": value.lower or date.min, "to": upper}
