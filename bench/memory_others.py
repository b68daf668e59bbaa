"""A million things that other people said, made up in the database: they must cost us nothing."""

from __future__ import annotations

import asyncpg

SCOPE_SIZE = 500
_VECTORS = 4000
_BATCH = 50_000

_MAKE_VECTORS = f"""
    CREATE TEMP TABLE made_up AS
    SELECT nth, (SELECT l2_normalize(array_agg(random() - 0.5)::real[]::vector)::halfvec
        FROM generate_series(1, 384) WHERE nth >= 0) AS embedding
    FROM generate_series(0, {_VECTORS - 1}) AS nth"""

_ADD = f"""
    INSERT INTO episodes (org_id, seq, speaker, scope, access, platform, workspace, channel, thread,
        conversation, place, message_id, author_external_id, author_name, said_at, text, terms,
        embedder, embedding)
    SELECT (SELECT id FROM organisations LIMIT 1), 100000000 + n, 'person',
        'channel/other/W1/C' || room, 'team', 'other', 'W1', 'C' || room, '',
        'other/W1/C' || room || '/', 'private', 'm' || n, 'U' || n % 7, 'Name ' || n % 7,
        now() - n * interval '1 minute', repeat(md5(n::text) || ' ', 4),
        ARRAY(SELECT hashint8extended((random() * 3000 * random())::bigint, room)
            FROM generate_series(1, 12) WHERE n >= 0),
        (SELECT embedder FROM episodes WHERE embedder <> '' LIMIT 1), made_up.embedding
    FROM generate_series($1::bigint, $2::bigint) AS n
    CROSS JOIN LATERAL (SELECT n / {SCOPE_SIZE} AS room) rooms
    JOIN made_up ON made_up.nth = n * 7 % {_VECTORS}"""


async def add_others(owner: asyncpg.Connection[asyncpg.Record], number: int) -> None:
    """In scopes of a few hundred each. The indexes are made anew afterwards, which is faster."""
    indexes = await owner.fetch(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'episodes'"
        " AND indexname <> 'episodes_pkey'"
    )
    await owner.execute(_MAKE_VECTORS)
    for index in indexes:
        await owner.execute(f"DROP INDEX {index['indexname']}")
    for first in range(0, number, _BATCH):
        last = min(first + _BATCH, number) - 1
        await owner.execute(_ADD, first, last, timeout=600)
    await owner.execute("SET maintenance_work_mem = '512MB'")
    for index in indexes:
        await owner.execute(index["indexdef"], timeout=1200)
    await owner.execute("VACUUM ANALYZE episodes", timeout=1200)
