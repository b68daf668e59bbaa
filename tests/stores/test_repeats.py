"""What is done once, whichever process is asked, and how often."""

from __future__ import annotations

import asyncio

from db.pool import Database
from db.repeats import Repeats
from tests.db.sql import execute, fetch


async def test_of_many_who_ask_at_once_one_is_the_first(database: Database) -> None:
    asked = [Repeats(database).is_repeat("share T1 a:0", within=60) for _ in range(8)]
    assert sorted(await asyncio.gather(*asked)) == [False, *[True] * 7]
    assert not await Repeats(database).is_repeat("share T1 a:1", within=60)


async def test_after_a_while_or_undone_it_is_new(database: Database, database_url: str) -> None:
    repeats = Repeats(database)
    for what in ("a", "b"):
        assert not await repeats.is_repeat(what, within=60)
    await execute(database_url, "UPDATE repeats SET until = now() - interval '1 s'")
    assert not await repeats.is_repeat("a", within=60)
    assert len(await fetch(database_url, "SELECT FROM repeats")) == 1, "the other one was over"
    await repeats.undone("a")
    assert not await repeats.is_repeat("a", within=60)


async def test_nothing_readable_is_kept(database: Database, database_url: str) -> None:
    await Repeats(database).is_repeat("1111.2222.abcd\x00\ud800", within=60)
    (row,) = await fetch(database_url, "SELECT what FROM repeats")
    assert b"1111" not in row["what"]
