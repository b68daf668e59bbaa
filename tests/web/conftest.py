"""A site with a small roster, and the puppet that answers on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from websockets.asyncio.client import connect

from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from memory.embedder import LocalEmbedder
from tests.talents.rosters import store
from tests.web.client import Client, Visit
from tests.web.site import ROSTER, Puppet, Site, open_site


@pytest.fixture(scope="session")
def embedder() -> LocalEmbedder:
    return LocalEmbedder()


@pytest.fixture
def puppet() -> Puppet:
    return Puppet()


@pytest.fixture
async def roster(database: Database) -> None:
    await store(database, DEFAULT_ORG_ID, ROSTER, public=("profile",))


@pytest.fixture
async def site(
    database: Database, roster: None, embedder: LocalEmbedder, puppet: Puppet
) -> AsyncIterator[Site]:
    async with open_site(database, puppet, embedder) as site:
        yield site


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with AsyncExitStack() as stack:

        async def open_client(
            site: Site, conversation: str, *, known: Client | None = None, **options: Any
        ) -> Client:
            socket = await stack.enter_async_context(connect(site.socket_address, **options))
            client = Client(socket, known)
            await client.greet(conversation)
            return client

        yield open_client
