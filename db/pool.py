"""Connections to the database: each transaction knows for whom it reads and writes.

A transaction costs two round trips beside its statements: one that begins it, enters the serving
role and sets what the row-level-security policies read, and one that commits. Everything is local
to the transaction, so nothing is reset afterwards, and a PgBouncer in transaction mode may stand
between.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, Self, TypeAlias
from uuid import UUID

import asyncpg
import numpy as np
import numpy.typing as npt
from pgvector import HalfVector, Vector
from pydantic_core import from_json

from bot.conversation import Access
from bot.ports import UnavailableError
from db.errors import REFUSALS, DatabaseSetupError, refused
from db.line import Lane, Line
from db.link import is_away
from db.roles import APP
from db.turn_rows import storable
from db.url import split_options

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    from bot.conversation import ConversationKey

    Connection: TypeAlias = PoolConnectionProxy[asyncpg.Record]
    """A pooled connection inside a transaction, as `session()` gives it."""

CONNECT_SECONDS = 5.0
STATEMENT_SECONDS = 60.0
ROLLBACK_SECONDS = 1.0
"""A connection that takes longer is thrown away: its link hangs, or the server is overrun."""
CLOSE_SECONDS = 5.0

_SCOPE = re.compile(r"[A-Za-z0-9_.~%/-]+")
"""Nothing in it needs quoting."""

_AWAY = "The database cannot be reached now."


class Database:
    """The pool of one process. It recovers by itself when the server was away and is back."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], line: Line, listen_url: str) -> None:
        self._pool = pool
        self._line = line
        self._listen_url = listen_url

    @classmethod
    async def connect(
        cls, url: str, *, min_size: int = 1, max_size: int = 10, listen_url: str | None = None
    ) -> Self:
        """Connect to a migrated database, `min_size` times for a start.

        At most `max_size` transactions run at once, and a heartbeat beside them.

        `url` may end in `?statement_cache_size=0`, for a PgBouncer that keeps no prepared
        statements. LISTEN needs a link without a PgBouncer between: `listen_url`, if another.

        Raises `UnavailableError` where the server is away, `DatabaseSetupError` where it is there
        but cannot serve us.
        """
        address, options = split_options(url)
        pool = asyncpg.create_pool(
            address,
            min_size=0,  # a floor would be restored in the background, with tracebacks in the log
            max_size=max_size + 1,
            init=_Codecs(),
            reset=_nothing_to_reset,
            timeout=CONNECT_SECONDS,
            command_timeout=STATEMENT_SECONDS,
            server_settings={"application_name": "castmatch"},
            **options,
        )
        database = cls(await pool, Line(max_size), split_options(listen_url or url)[0])
        try:
            await asyncio.gather(*(database._check() for _ in range(max(1, min_size))))
        except BaseException:
            await database.close()
            raise
        return database

    async def _check(self) -> None:
        try:
            async with self.queue() as connection:
                await connection.execute("SELECT castmatch_org()")
        except REFUSALS as error:
            raise refused(error) from None
        except (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError):
            raise DatabaseSetupError(
                "DATABASE_URL leads to a PgBouncer that keeps no prepared statements: set its "
                "max_prepared_statements, or end the URL in ?statement_cache_size=0."
            ) from None
        except (asyncpg.InvalidParameterValueError, asyncpg.UndefinedFunctionError):
            raise DatabaseSetupError(
                "The database is empty or has not been migrated: start `castmatch serve` on it."
            ) from None
        except asyncpg.InsufficientPrivilegeError as error:
            raise DatabaseSetupError(
                f"DATABASE_URL: this login may not serve ({error}). Its administrator runs: "
                f"GRANT {APP} TO the login."
            ) from None

    async def close(self) -> None:
        """Wait for a few seconds for what is running, then cut it off."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def session(
        self,
        org_id: UUID,
        access: Access,
        scopes: Sequence[str] = (),
        *,
        conversation: str = "",
        channel: ConversationKey | None = None,
    ) -> AsyncIterator[Connection]:
        """One transaction that sees what this organisation's people of this access may see, and
        of its memory what is kept in these scopes (see `bot.scopes`), of its turns those of this
        conversation, `str(ConversationKey)`, and of its shortlists that of this channel.

        `UnavailableError` where the database is away. If that happens at the commit, whether the
        transaction was stored is unknown: write so that doing it again does no harm.
        """
        # a UUID and an enum: nothing in them needs quoting
        settings = (
            f"SET LOCAL castmatch.org = '{UUID(str(org_id))}';"
            f"SET LOCAL castmatch.access = '{Access(access)}'"
        )
        if scopes:
            settings += f"; SET LOCAL castmatch.scopes = '{_listed(scopes)}'"
        if conversation:
            settings += f"; SET LOCAL castmatch.conversation = {_quoted(conversation)}"
        if channel is not None:
            named = _array(channel.platform, channel.workspace, channel.channel)
            settings += f"; SET LOCAL castmatch.channel = {named}"
        async with self._line.place(Lane.PATIENT), self._transaction(settings) as connection:
            yield connection

    @asynccontextmanager
    async def queue(
        self,
        lane: Lane = Lane.PATIENT,
        *,
        durable: bool = True,
        within: AbstractAsyncContextManager[None] | None = None,
        alone_on: Sequence[str] = (),
        beside: Sequence[str] = (),
    ) -> AsyncIterator[Connection]:
        """One transaction that sees every organisation's turns, jobs, workspaces and users, and
        nobody's talents. Errors as for `session`.

        `within` is entered when there is a connection for us: what it measures is the database.
        What is not `durable` costs no wait for the disk, and the server may lose it if it crashes
        within a second; it never keeps a later transaction without it. Who is inside is `alone_on`
        these names: others that give one of them wait, and then see what was done. Those `beside`
        one wait only for who is alone on it.
        """
        settings = "SET LOCAL castmatch.queue = 'on'"
        if not durable:
            settings += "; SET LOCAL synchronous_commit = off"
        shared = {_number_of(name): "_shared" for name in beside}
        alone = {_number_of(name): "" for name in alone_on}
        for number, how in sorted((shared | alone).items()):  # in one order: no deadlock
            settings += f"; SELECT pg_advisory_xact_lock{how}({number})"
        async with (
            self._line.place(lane),
            within or nullcontext(),
            self._transaction(settings) as connection,
        ):
            yield connection

    @asynccontextmanager
    async def person(
        self, platform: str, workspace: str, external_id: str
    ) -> AsyncIterator[Connection]:
        """One transaction that reads what is this person's in this workspace, wherever they said
        it, and nothing of anybody else's. Errors as for `session`."""
        settings = f"SET LOCAL castmatch.person = {_array(platform, workspace, external_id)}"
        async with self._line.place(Lane.PATIENT), self._transaction(settings) as connection:
            yield connection

    @asynccontextmanager
    async def narrowed(
        self, connection: Connection, platform: str, workspace: str, external_id: str
    ) -> AsyncIterator[Connection]:
        """A transaction of `queue()` for a while: it sees what `person` does, then all again."""
        named = _array(platform, workspace, external_id)
        await connection.execute(
            f"SET LOCAL castmatch.queue = ''; SET LOCAL castmatch.person = {named}"
        )
        yield connection
        await connection.execute(
            "SET LOCAL castmatch.person = ''; SET LOCAL castmatch.queue = 'on'"
        )

    @asynccontextmanager
    async def button(
        self, platform: str, workspace: str, search_id: str
    ) -> AsyncIterator[Connection]:
        """One transaction that reads this saved search and nothing else. Errors as for
        `session`."""
        settings = f"SET LOCAL castmatch.search = {_array(platform, workspace, search_id)}"
        async with self._line.place(Lane.PATIENT), self._transaction(settings) as connection:
            yield connection

    @asynccontextmanager
    async def vault(self) -> AsyncIterator[Connection]:
        """One transaction that sees the vault and nothing else. Errors as for `session`."""
        settings = "SET LOCAL castmatch.vault = 'on'"
        async with self._line.place(Lane.PATIENT), self._transaction(settings) as connection:
            yield connection

    @asynccontextmanager
    async def _transaction(self, settings: str) -> AsyncIterator[Connection]:
        try:
            connection = await self._pool.acquire(timeout=2 * CONNECT_SECONDS)
        except Exception as error:
            if is_away(error):
                raise UnavailableError(_AWAY) from error
            raise
        try:
            await connection.execute(f"BEGIN; SET LOCAL ROLE {APP}; {settings}")
            yield connection
            await _commit(connection)
        except BaseException as error:
            await _roll_back(connection)
            if is_away(error):
                raise UnavailableError(_AWAY) from error
            raise
        finally:
            await self._pool.release(connection)

    async def listener(self) -> asyncpg.Connection[asyncpg.Record]:
        """A connection of its own for LISTEN; whoever asks closes it."""
        try:
            return await asyncpg.connect(
                self._listen_url,
                timeout=CONNECT_SECONDS,
                server_settings={"application_name": "castmatch listener"},
            )
        except Exception as error:
            if is_away(error):
                raise UnavailableError(_AWAY) from error
            raise


@asynccontextmanager
async def savepoint(connection: Connection) -> AsyncIterator[None]:
    """Undo what happens inside, and only that, when it raises.

    asyncpg's own `transaction()` refuses to nest in a transaction that it did not begin.
    """
    await connection.execute("SAVEPOINT inner_part")
    try:
        yield
    except BaseException:
        with suppress(asyncpg.InterfaceError):  # the link broke: all of it is undone
            await connection.execute("ROLLBACK TO SAVEPOINT inner_part")
        raise
    await connection.execute("RELEASE SAVEPOINT inner_part")


def _number_of(name: str) -> int:
    """What an advisory lock is called. Two names that share a number wait for each other."""
    digest = blake2b(name.encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _listed(scopes: Sequence[str]) -> str:
    if not all(_SCOPE.fullmatch(scope) for scope in scopes):
        raise ValueError("A scope is made by bot.scopes.")
    return ",".join(scopes)


def _quoted(text: str) -> str:
    """As a string of SQL; a backslash is one, as `standard_conforming_strings` is on."""
    return "'" + storable(text).replace("'", "''") + "'"


def _array(*texts: str) -> str:
    """An array of them, as a string of SQL."""
    escaped = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return _quoted("{" + ",".join(f'"{text}"' for text in escaped) + "}")


async def _commit(connection: Connection) -> None:
    if await connection.execute("COMMIT") != "COMMIT":
        # Postgres answers ROLLBACK where a failed statement's error was swallowed
        raise RuntimeError("A statement had failed in this transaction: nothing was stored.")


async def _roll_back(connection: Connection) -> None:
    """Leave the transaction; a connection that will not is thrown away."""
    try:
        await connection.execute("ROLLBACK", timeout=ROLLBACK_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        _throw_away(connection)
    except BaseException:
        _throw_away(connection)
        raise


def _throw_away(connection: Connection) -> None:
    with suppress(asyncpg.InterfaceError):  # the pool took it back when the link broke
        connection.terminate()


async def _nothing_to_reset(_: asyncpg.Connection[asyncpg.Record]) -> None:
    """Each transaction set its own and took it along: a reset would cost a round trip."""


class _Codecs:
    """Teaches each new connection our types: jsonb as Python values, vectors as numpy float32."""

    def __init__(self) -> None:
        self._vector_schema: str | None = None

    async def __call__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=_to_json, decoder=from_json
        )
        if self._vector_schema is None:
            self._vector_schema = await connection.fetchval(
                "SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
                " WHERE extname = 'vector'"
            )
        if self._vector_schema is None:
            raise DatabaseSetupError(
                "The database has no pgvector or has not been migrated: start `castmatch serve` "
                "on it, with DATABASE_OWNER_URL set if another login owns it."
            )
        for name, encode, decode in (
            ("vector", _vector_to_wire, _vector_from_wire),
            ("halfvec", _halfvec_to_wire, _halfvec_from_wire),
        ):
            await connection.set_type_codec(
                name, schema=self._vector_schema, encoder=encode, decoder=decode, format="binary"
            )


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _vector_to_wire(value: npt.ArrayLike) -> bytes:
    return bytes(Vector(np.asarray(value, dtype=np.float32)).to_binary())


def _vector_from_wire(data: bytes) -> npt.NDArray[np.float32]:
    return np.asarray(Vector.from_binary(data).to_numpy(), dtype=np.float32)


def _halfvec_to_wire(value: npt.ArrayLike) -> bytes:
    return bytes(HalfVector(np.asarray(value, dtype=np.float32)).to_binary())


def _halfvec_from_wire(data: bytes) -> npt.NDArray[np.float32]:
    return np.asarray(HalfVector.from_binary(data).to_numpy(), dtype=np.float32)
