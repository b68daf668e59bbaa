"""Small invented rosters for the tests: rows written as an import writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.conversation import Access, Audience, Place
from bot.ports import Embedder
from bot.talent import LanguageSkill, Talent
from db.pool import Database
from db.talents import talent_to_row

if TYPE_CHECKING:
    from db.pool import Connection

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
ALL_GROUPS = ("profile", "photos", "credits", "rates", "availability")


def talent_id(number: int) -> str:
    """The `number`th id, as stable as the rows' own."""
    digits = []
    for _ in range(10):
        number, digit = divmod(number, 32)
        digits.append(_LETTERS[digit])
    return "".join(reversed(digits))


def talent(number: int, name: str, **fields: Any) -> Talent:
    """A talent in few words: languages may be plain names."""
    if "languages" in fields:
        fields["languages"] = tuple(
            LanguageSkill(name=language) if isinstance(language, str) else language
            for language in fields["languages"]
        )
    return Talent(id=talent_id(number), name=name, **fields)


def team(org_id: UUID) -> Audience:
    return Audience(org_id, Access.TEAM, Place.PRIVATE)


def community(org_id: UUID) -> Audience:
    return Audience(org_id, Access.COMMUNITY, Place.PUBLIC)


async def store(
    database: Database,
    org_id: UUID,
    talents: Iterable[Talent],
    *,
    embedder: Embedder | None = None,
    public: Mapping[str, Sequence[str]] | Sequence[str] = (),
    minors: Sequence[str] = (),
) -> list[Talent]:
    """Write the talents; `public` groups for all of them, or by talent's id."""
    stored = list(talents)
    async with database.session(org_id, Access.TEAM) as connection:
        for one in stored:
            groups = public.get(one.id, ()) if isinstance(public, Mapping) else public
            await _store_one(connection, org_id, one, groups, minor=one.id in minors)
        await connection.execute("SELECT castmatch_talents_loaded()")
    if embedder is not None:
        await embed(database, org_id, embedder)
    return stored


async def _store_one(
    connection: Connection, org_id: UUID, talent: Talent, groups: Sequence[str], *, minor: bool
) -> None:
    row = talent_to_row(talent) | {
        "org_id": org_id,
        "source_key": talent.id,
        "public_groups": list(groups),
        "minor": minor,
    }
    columns = ", ".join(f'"{column}"' for column in row)
    slots = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await connection.execute(f"INSERT INTO talents ({columns}) VALUES ({slots})", *row.values())
    await connection.execute(
        "INSERT INTO talent_private VALUES ($1, $2, $3, $4, $5)",
        org_id,
        talent.id,
        talent.representation,
        talent.contact,
        talent.source,
    )


async def embed(database: Database, org_id: UUID, embedder: Embedder) -> None:
    """A vector for each talent that has none."""
    async with database.session(org_id, Access.TEAM) as connection:
        rows = await connection.fetch(
            "SELECT id, castmatch_passage(bio, skills, accents) AS passage, content_hash"
            " FROM talents WHERE NOT EXISTS (SELECT FROM talent_vectors WHERE talent_id = id)"
        )
        vectors = await embedder.passages([row["passage"] for row in rows])
        await connection.executemany(
            "INSERT INTO talent_vectors"
            " (org_id, talent_id, model, dimensions, embedding, content_hash)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            [
                (org_id, row["id"], embedder.name, embedder.dimensions, vector, row["content_hash"])
                for row, vector in zip(rows, vectors, strict=True)
            ],
        )
