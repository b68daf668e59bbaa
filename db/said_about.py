"""What a person said about something, wherever our rows hold it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.facts import key_of
from bot.stores import Forgotten

if TYPE_CHECKING:
    from asyncpg import Record

    from db.pool import Connection

OF_PERSON = """
    {0}.org_id IN (SELECT id FROM organisations) AND {0}.platform = $1 AND {0}.workspace = $2
    AND {0}.author_external_id = $3"""
"""$1 to $3 are the platform, the workspace, and the person's id there."""

_FACT_TURNS = f"""
    SELECT f.org_id, f.id, f.statement, f.quote, f.turn_id, f.said_again FROM facts f
    WHERE {OF_PERSON.format("f")} AND starts_with(f.id::text, $4)"""

_TURNS = """
    SELECT t.org_id, t.id, t.text, t.reply, t.shown, t.query::text AS query FROM turns t
    JOIN users u ON u.org_id = t.org_id AND u.id = t.user_id
    WHERE u.org_id IN (SELECT id FROM organisations) AND u.platform = $1 AND u.workspace = $2
        AND u.external_id = $3 AND t.text <> ''"""

# Of words overheard the memory outlives the row.
_OVERHEARD = f"""
    SELECT o.org_id, o.seq, o.id, o.conversation, o.text FROM overheard o
    WHERE {OF_PERSON.format("o")} AND NOT o.withdrawn
    UNION
    SELECT e.org_id, e.seq, e.turn_id, e.conversation, e.text FROM episodes e
    WHERE {OF_PERSON.format("e")} AND e.speaker = 'overheard'"""

_SEARCHES = """
    SELECT s.org_id, s.id, s.query::text AS text FROM saved_searches s
    JOIN users u ON u.org_id = s.org_id AND u.id = s.user_id
    WHERE u.platform = $1 AND u.workspace = $2 AND u.external_id = $3"""


@dataclass(frozen=True, slots=True)
class Said:
    """Rows of one person."""

    facts: Sequence[Record] = ()
    turns: Sequence[Record] = ()
    overheard: Sequence[Record] = ()
    searches: Sequence[Record] = ()

    def counted(self, *, replies: int = 0, what: tuple[str, ...] = ()) -> Forgotten:
        """How much it is."""
        return Forgotten(
            turns=len(self.turns),
            overheard=len({row["id"] for row in self.overheard}),
            ratings=0,
            searches=len(self.searches),
            facts=len(self.facts),
            replies=replies,
            what=what,
        )


async def said_in_fact(
    connection: Connection, named: tuple[str, str, str], beginning: str
) -> Said | None:
    """The fact whose id begins so, with the turns that said it; `None` where not one does."""
    facts = await connection.fetch(_FACT_TURNS, *named, beginning)
    if len(facts) != 1:
        return None
    said_in = _said_in(facts)
    turns = await connection.fetch(_TURNS, *named)
    return Said(facts=facts, turns=[turn for turn in turns if turn["id"] in said_in])


async def said_about(connection: Connection, named: tuple[str, str, str], words: str) -> Said:
    """All in which the words stand as a phrase."""
    everything = Said(
        facts=await connection.fetch(_FACT_TURNS, *named, ""),
        turns=await connection.fetch(_TURNS, *named),
        overheard=await connection.fetch(_OVERHEARD, *named),
        searches=await connection.fetch(_SEARCHES, *named),
    )
    return await asyncio.to_thread(_about, everything, words)  # years of it take seconds


def _about(said: Said, words: str) -> Said:
    phrase = _Phrase(words)
    facts = [row for row in said.facts if phrase.is_in(row["statement"], row["quote"])]
    said_in = _said_in(facts)
    return Said(
        facts=facts,
        turns=[
            row
            for row in said.turns
            if row["id"] in said_in
            or phrase.is_in(row["text"], row["reply"], row["shown"], row["query"])
        ],
        overheard=[row for row in said.overheard if phrase.is_in(row["text"])],
        searches=[row for row in said.searches if phrase.is_in(row["text"])],
    )


def _said_in(facts: Iterable[Record]) -> set[object]:
    return {turn for fact in facts for turn in (fact["turn_id"], *fact["said_again"])}


class _Phrase:
    """Words as a person says what something was about."""

    def __init__(self, words: str) -> None:
        self._key = key_of(words)

    def is_in(self, *texts: str | None) -> bool:
        return bool(self._key.strip()) and any(
            f" {self._key} " in f" {key_of(text)} " for text in texts if text
        )
