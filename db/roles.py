"""What the migrations stand on and a login may be too weak to make: two roles, and extensions.

`castmatch_owner` owns every table; `castmatch_app` serves, owns nothing and so is bound by
row-level security. Roles belong to the whole cluster: several databases may share them.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncpg

from db.errors import DatabaseSetupError

OWNER = "castmatch_owner"
APP = "castmatch_app"

EXTENSIONS = ("vector", "pg_trgm", "unaccent", "btree_gin", "fuzzystrmatch")

MIN_SERVER_VERSION = 160000
MIN_VECTOR_VERSION = (0, 7)  # halfvec, bit quantisation

_ATTEMPTS = 5


async def ensure(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Make what is missing, or say which SQL an administrator must run: `DatabaseSetupError`."""
    if connection.get_server_version() < (MIN_SERVER_VERSION // 10000,):
        raise DatabaseSetupError(
            f"Postgres {connection.get_server_version().major} is too old: CastMatch needs "
            f"{MIN_SERVER_VERSION // 10000} or newer."
        )
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            async with connection.transaction():
                await _ensure_roles(connection)
            break
        except (
            asyncpg.UniqueViolationError,
            asyncpg.DuplicateObjectError,
            asyncpg.InternalServerError,  # "tuple concurrently updated"
        ):
            # another database of the cluster is being migrated beside us
            if attempt == _ATTEMPTS:
                raise
            await asyncio.sleep(0.05 * attempt)
    await _ensure_extensions(connection)


async def _ensure_roles(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    for role in (OWNER, APP):
        known = await connection.fetchrow(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = $1", role
        )
        if known is None:
            await _run(connection, f"CREATE ROLE {role} NOLOGIN")
        elif known["rolsuper"] or known["rolbypassrls"]:
            raise DatabaseSetupError(
                f"The role {role} must be bound by row-level security. A Postgres administrator "
                f"runs: ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS"
            )
        if not await connection.fetchval("SELECT pg_has_role(current_user, $1, 'SET')", role):
            await _run(connection, f"GRANT {role} TO CURRENT_USER WITH SET TRUE")
    may_create = "SELECT has_schema_privilege($1, 'public', 'CREATE')"
    if not await connection.fetchval(may_create, OWNER):
        await _run(connection, f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
    may_use = "SELECT has_schema_privilege($1, 'public', 'USAGE')"
    if not await connection.fetchval(may_use, APP):
        await _run(connection, f"GRANT USAGE ON SCHEMA public TO {APP}")


async def _ensure_extensions(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    for name in EXTENSIONS:
        found = await connection.fetchrow(
            "SELECT default_version, installed_version FROM pg_available_extensions"
            " WHERE name = $1",
            name,
        )
        if found is None:
            raise DatabaseSetupError(
                f"The Postgres server lacks the extension {name}: install its package "
                f"({'pgvector' if name == 'vector' else 'postgresql-contrib'}) beside Postgres."
            )
        if found["installed_version"] is None:
            with suppress(asyncpg.UniqueViolationError):  # made beside us
                await _run(connection, f"CREATE EXTENSION IF NOT EXISTS {name}")
        version = found["installed_version"] or found["default_version"]
        if name == "vector" and _numbers(version) < MIN_VECTOR_VERSION:
            raise DatabaseSetupError(
                f"pgvector {version} is too old: install 0.7 or newer, then an administrator "
                "runs: ALTER EXTENSION vector UPDATE"
            )


async def _run(connection: asyncpg.Connection[asyncpg.Record], statement: str) -> None:
    try:
        async with connection.transaction():
            await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        login = await connection.fetchval("SELECT session_user")
        database = await connection.fetchval("SELECT current_database()")
        statement = statement.replace("CURRENT_USER", f'"{login}"')
        raise DatabaseSetupError(
            f"The login {login} may not prepare the database {database}. A Postgres "
            f"administrator runs in it: {statement}"
        ) from None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
