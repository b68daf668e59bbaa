"""Real servers for every test: one Postgres and one Redis, a fresh database for each test."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
import structlog
from redis.asyncio import Redis

from db.embedded import EmbeddedServers
from db.migrate import migrate
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from tests.folders import server_folder

_TEMPLATE = "migrated"
_numbers = count(1)


# --- coverage --------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """`no_cover` also in workers, where pytest-cov has begun twice and pauses once."""
    tracing = sys.gettrace()
    if item.get_closest_marker("no_cover"):
        sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracing)


# --- servers ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    """The data folder of the test run's servers, with a path short enough for sockets."""
    with server_folder("castmatch-tests-") as path:
        yield path


@pytest.fixture(scope="session")
async def servers(data_dir: Path) -> AsyncIterator[EmbeddedServers]:
    """Postgres and Redis for the whole run, gone at its end however it ends."""
    async with EmbeddedServers(data_dir, durable=False) as servers:
        yield servers


@pytest.fixture(scope="session")
async def _template(servers: EmbeddedServers) -> str:
    """A migrated database that nobody is connected to, to copy from."""
    await _administer(servers, f"CREATE DATABASE {_TEMPLATE}")
    await migrate(with_database(servers.postgres_url, _TEMPLATE))
    return _TEMPLATE


@pytest.fixture
async def empty_database_url(servers: EmbeddedServers) -> AsyncIterator[str]:
    """A database of this test's own in which nothing has been migrated."""
    async with _copy(servers, "template1") as url:
        yield url


@pytest.fixture
async def database_url(servers: EmbeddedServers, _template: str) -> AsyncIterator[str]:
    """A migrated database of this test's own, as its owner."""
    async with _copy(servers, _template) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = await Database.connect(database_url, min_size=1, max_size=8)
    yield database
    await database.close()


@pytest.fixture
def org_id() -> UUID:
    """The organisation that every migrated database has."""
    return DEFAULT_ORG_ID


@pytest.fixture
async def redis_url(servers: EmbeddedServers) -> AsyncIterator[str]:
    """An empty Redis. Afterwards every key in it must have an expiry."""
    async with Redis.from_url(servers.redis_url) as client:
        await client.flushall()
        yield servers.redis_url
        immortal = [key async for key in client.scan_iter() if await client.ttl(key) == -1]
        assert not immortal, f"these keys never expire: {immortal}"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@asynccontextmanager
async def _copy(servers: EmbeddedServers, template: str) -> AsyncIterator[str]:
    name = f"test_{next(_numbers)}"
    await _administer(servers, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield with_database(servers.postgres_url, name)
    finally:
        await _administer(servers, f"DROP DATABASE {name} WITH (FORCE)")


async def _administer(servers: EmbeddedServers, statement: str) -> None:
    connection = await asyncpg.connect(servers.postgres_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def with_database(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


# --- logs ------------------------------------------------------------------------------------


class ExpectedLogs:
    """What was logged at warning or above, and which of it a test is glad of."""

    def __init__(self) -> None:
        self.records: list[logging.LogRecord] = []
        self._expected: list[str] = []

    def expect(self, *texts: str) -> None:
        """Each must be logged; nothing else of this level may be."""
        self._expected.extend(texts)

    def allow_any(self) -> None:
        """For tests whose faults make more noise than is worth listing."""
        self._expected.append("")

    def messages(self) -> list[str]:
        return [_text(record) for record in self.records]

    def check(self) -> None:
        surprises = [m for m in self.messages() if not any(t in m for t in self._expected)]
        assert not surprises, f"logged unexpectedly: {surprises}"
        missing = [t for t in self._expected if t and not any(t in m for m in self.messages())]
        assert not missing, f"never logged: {missing}"


class _Recorder(logging.Handler):
    def __init__(self, logs: ExpectedLogs) -> None:
        super().__init__(logging.WARNING)
        self._logs = logs

    def emit(self, record: logging.LogRecord) -> None:
        self._logs.records.append(record)


def _text(record: logging.LogRecord) -> str:
    text = record.getMessage()
    if record.exc_info and record.exc_info[1] is not None:
        text += f" [{record.exc_info[1]!r}]"
    return text


@pytest.fixture(autouse=True)
def expected_logs() -> Iterator[ExpectedLogs]:
    """A warning or an error in the log fails the test, unless it said `expect(…)`."""
    logs = ExpectedLogs()
    handler = _Recorder(logs)
    root = logging.getLogger()
    root.addHandler(handler)
    before = structlog.get_config()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    yield logs
    structlog.configure(**before)
    root.removeHandler(handler)
    logs.check()
