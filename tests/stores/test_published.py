"""What is published on a platform is published by one process, and again when it changed."""

from __future__ import annotations

import asyncio

import pytest

from db.pool import Database
from db.published import Published


@pytest.fixture
def published(database: Database) -> Published:
    return Published(database)


async def test_one_of_all_who_ask_at_once_publishes(published: Published) -> None:
    claims = await asyncio.gather(*(published.claim("commands of 1", "a") for _ in range(8)))
    assert sorted(claims) == ["ours", *["theirs"] * 7]
    await published.finish("commands of 1", "a", is_done=True)
    assert await published.claim("commands of 1", "a") == "done"
    assert await published.claim("commands of 2", "a") == "ours"


async def test_what_changed_is_published_again(published: Published) -> None:
    await published.claim("commands", "a")
    assert await published.claim("commands", "b") == "ours"
    await published.finish("commands", "a", is_done=True)  # late, and of what is no more
    assert await published.claim("commands", "b") == "theirs"
    await published.finish("commands", "b", is_done=True)
    assert await published.claim("commands", "a") == "ours"


async def test_what_could_not_be_published_is_tried_by_whoever_asks_next(
    published: Published, database: Database
) -> None:
    await published.claim("commands", "a")
    await published.finish("commands", "a", is_done=False)
    assert await published.claim("commands", "a") == "ours"
    async with database.queue() as connection:  # as if whoever claimed it had died
        await connection.execute("UPDATE published SET claimed_until = now()")
    assert await published.claim("commands", "a") == "ours"
