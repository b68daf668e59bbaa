"""Changing the keys of tokens at rest, as whoever runs the bot does it."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from bot.__main__ import app
from db.embedded import EmbeddedServers
from db.migrate import migrate
from db.pool import Database
from db.vault import Vault
from tests.processes.castmatch import run


async def test_a_new_key_replaces_the_old_one(folder: Path) -> None:
    old, new = (CliRunner().invoke(app, ["tokens", "new"]).stdout.strip() for _ in range(2))
    async with EmbeddedServers(folder, durable=False) as servers:
        await migrate(servers.postgres_url)
        database = await Database.connect(servers.postgres_url)
        await Vault(database, [old]).put("slack_installation", "T1", {"n": 1})

        early = await run(folder, "tokens", "rotate", TOKEN_KEYS=new)
        rotated = await run(folder, "tokens", "rotate", TOKEN_KEYS=f"{new},{old}")
        assert await Vault(database, [new]).get("slack_installation", "T1") == {"n": 1}
        await database.close()
    assert early.code == 1
    assert "opens 1 more" in early.err
    assert (rotated.code, rotated.out) == (0, "")
    assert "Encrypted 1 anew" in rotated.err
    for ended in (early, rotated):
        assert old not in ended.err
        assert new not in ended.err
