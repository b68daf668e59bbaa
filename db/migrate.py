"""Numbered migrations, forward only, recorded in the database with their checksums."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bot.ports import UnavailableError
from db import roles
from db.errors import REFUSALS, MigrationError, refused
from db.link import is_away
from db.url import split_options

MIGRATIONS = Path(__file__).parent / "migrations"

_LOCK = 0x63617374  # any fixed number: who migrates this database
_FILE_NAME = re.compile(r"\d{4}_[a-z0-9_]+")

_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON schema_migrations TO castmatch_app;
"""


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    """`0001_foundation`: the order, and what it does."""
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """Those of the code, in order."""
    files = sorted(folder.glob("*.sql"))
    for before, file in zip([None, *files], files, strict=False):
        if not _FILE_NAME.fullmatch(file.stem):
            raise MigrationError(f"{file.name} is not named like 0001_what_it_does.sql.")
        if before and before.stem[:4] == file.stem[:4]:
            raise MigrationError(f"{before.name} and {file.name} have the same number.")
    return [Migration(file.stem, file.read_text()) for file in files]


async def migrate(
    owner_url: str,
    progress: Callable[[str], None] = lambda _: None,
    *,
    migrations: Sequence[Migration] | None = None,
) -> list[str]:
    """Bring the database to this code's schema; the names of what was applied.

    Safe to run from several processes at once: each migration is one transaction under a lock,
    and whoever comes second finds it done. Raises `DatabaseSetupError` with one line that says
    what to do, among them `MigrationError` for a database that is newer than the code, and
    `UnavailableError` where the server is away.
    """
    migrations = read_migrations() if migrations is None else migrations
    address, options = split_options(owner_url)
    try:
        connection = await asyncpg.connect(
            address,
            timeout=10,
            server_settings={"application_name": "castmatch migrate"},
            **options,
        )
    except REFUSALS as error:
        raise refused(error) from None
    except Exception as error:
        if is_away(error):
            raise UnavailableError("The database cannot be reached now.") from error
        raise
    try:
        await roles.ensure(connection)
        applied = []
        while name := await _apply_next(connection, migrations, progress):
            applied.append(name)
        return applied
    finally:
        await connection.close(timeout=5)


async def _apply_next(
    connection: asyncpg.Connection[asyncpg.Record],
    migrations: Sequence[Migration],
    progress: Callable[[str], None],
) -> str | None:
    """Apply the first one that the database lacks; its name, or `None` if it lacks none."""
    async with connection.transaction():
        await connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
        await connection.execute(f"SET LOCAL ROLE {roles.OWNER}")
        if await connection.fetchval("SELECT to_regclass('public.schema_migrations')") is None:
            await connection.execute(_LEDGER)
        rows = await connection.fetch("SELECT name, checksum FROM schema_migrations")
        done = {row["name"]: row["checksum"] for row in rows}
        _check(done, migrations)
        pending = next((m for m in migrations if m.name not in done), None)
        if pending is None:
            return None
        progress(f"Migrating the database: {pending.name}…")
        try:
            await connection.execute(pending.sql)
        except asyncpg.PostgresError as error:
            if is_away(error):
                raise
            raise MigrationError(
                f"The migration {pending.name} failed and was undone: {error}"
            ) from error
        await connection.execute(
            "INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)",
            pending.name,
            pending.checksum,
        )
        return pending.name


def _check(done: dict[str, str], migrations: Sequence[Migration]) -> None:
    ours = {migration.name: migration.checksum for migration in migrations}
    if newer := sorted(done.keys() - ours.keys()):
        raise MigrationError(
            f"The database is newer than this CastMatch (it has {newer[-1]}): update CastMatch, "
            "or use another database."
        )
    for name, checksum in done.items():
        if ours[name] != checksum:
            raise MigrationError(
                f"The migration {name} is not the one that was applied to the database: restore "
                "the file, and put changes into a new migration."
            )
    newest = max(done, default="")
    if skipped := sorted(name for name in ours.keys() - done.keys() if name < newest):
        raise MigrationError(
            f"The migration {skipped[0]} comes before {newest}, which the database already has: "
            "give it a higher number."
        )
