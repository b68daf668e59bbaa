"""Statements that have lost their conditions on who may see what."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from db.pool import Database

if TYPE_CHECKING:
    from db.pool import Connection

_COLUMNS = (
    "org_id|scope|access|conversation|platform|workspace|channel|author_external_id|external_id"
)
_OF = r"(?:\b[a-z]+\.)?\b"
_CONDITIONS = (
    (re.compile(rf"{_OF}org_id = \$(\d+)"), r"$\1::uuid IS NOT NULL"),
    (re.compile(rf"{_OF}org_id IN \(SELECT id FROM organisations\)"), "true"),
    (re.compile(rf"{_OF}scope = ANY ?\(\$(\d+)\)"), r"$\1::text[] IS NOT NULL"),
    (re.compile(rf"{_OF}scope = author\.scope"), "true"),
    (re.compile(rf"\(\$(\d+) = 'team' OR {_OF}access = 'community'\)"), r"$\1::text IS NOT NULL"),
    (re.compile(r"\bs\.id = \$(\d+)"), r"$\1::text IS NOT NULL"),  # a saved search's
    (re.compile(rf"{_OF}(?:{_COLUMNS}) = \$(\d+)"), r"$\1::text IS NOT NULL"),
)
LEFT = re.compile(rf"\b(?:{_COLUMNS})\s*(?:=|IN\b|<@|@>)\s*(?:ANY\s*)?\(?\s*(?:\$|SELECT)")
"""What a statement without conditions has no more."""
_CHANGES = re.compile(r"\s*(?:UPDATE|DELETE|INSERT)\b")


def bare(statement: str) -> str:
    """The statement without them. What changes rows is left as it is, as it tells nothing."""
    if _CHANGES.match(statement):
        return statement
    for pattern, instead in _CONDITIONS:
        statement = pattern.sub(instead, statement)
    return statement


class Bare:
    """A connection whose statements are such."""

    def __init__(self, connection: Connection, asked: set[str]) -> None:
        self._connection = connection
        self._asked = asked

    def __getattr__(self, name: str) -> Any:
        made = getattr(self._connection, name)
        if name not in ("fetch", "fetchrow", "fetchval", "execute"):
            return made

        def ask(statement: str, *values: object, **how: Any) -> Any:
            self._asked.add(bare(statement))
            return made(bare(statement), *values, **how)

        return ask


class BareDatabase(Database):
    """Reads for people as it would were every condition forgotten."""

    @cached_property
    def asked(self) -> set[str]:
        """Every statement, as it was asked."""
        return set()

    @asynccontextmanager
    async def session(self, *whom: Any, **how: Any) -> AsyncIterator[Any]:
        async with super().session(*whom, **how) as connection:
            yield Bare(connection, self.asked)

    @asynccontextmanager
    async def person(self, *whom: Any) -> AsyncIterator[Any]:
        async with super().person(*whom) as connection:
            yield Bare(connection, self.asked)

    @asynccontextmanager
    async def narrowed(self, *whom: Any) -> AsyncIterator[Any]:
        async with super().narrowed(*whom) as connection:
            yield Bare(connection, self.asked)

    @asynccontextmanager
    async def button(self, *which: Any) -> AsyncIterator[Any]:
        async with super().button(*which) as connection:
            yield Bare(connection, self.asked)
