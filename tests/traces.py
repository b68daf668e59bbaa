"""Where a canary is still to be found, in all that we keep."""

from __future__ import annotations

from redis.asyncio import Redis

from tests.db.sql import fetch


async def traces(database_url: str, redis: Redis) -> list[str]:
    """Wherever the canary is still to be found: tables by name, keys of Redis."""
    tables = await fetch(
        database_url, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relowner <> 10"
    )
    found = []
    for (table,) in tables:
        rows = await fetch(database_url, f'SELECT t::text FROM "{table}" t')
        found += [f"{table}: {row[0]}" for row in rows if "canary" in row[0].lower()]
    async for key in redis.scan_iter():
        whole = key + (await redis.dump(key) or b"")
        if await redis.type(key) == b"list":
            whole += repr(await redis.lrange(key, 0, -1)).encode()
        if b"canary" in whole.lower():
            found.append(key.decode())
    return found
