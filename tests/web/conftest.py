"""A site with a small roster, the puppet that answers on it, and a browser to look at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Protocol

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright
from websockets.asyncio.client import connect

from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from memory.embedder import LocalEmbedder
from tests.talents.rosters import store
from tests.web.client import Client, Visit
from tests.web.site import ROSTER, Puppet, Site, open_site


class OpenPage(Protocol):
    """Open an address in a browser of its own; options are those of Playwright's `new_context`.

    Anything that the page logs as wrong, a violated policy above all, fails the test.
    """

    async def __call__(self, url: str, **options: Any) -> Page: ...


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


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium, Debian's package."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("Chromium is missing: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable,
            args=[
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
            ],
        )
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    async with AsyncExitStack() as stack:

        async def opened(url: str, **options: Any) -> Page:
            context = await browser.new_context(**options)
            stack.push_async_callback(context.close)
            context.set_default_timeout(10_000)
            page = await context.new_page()
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda said: problems.append(said.text) if _is_bad(said) else None)
            await page.goto(url)
            return page

        problems: list[str] = []
        yield opened
    assert not problems, f"the page complained: {problems}"


def _is_bad(said: ConsoleMessage) -> bool:
    """Errors and policy violations; a lost connection is logged by the browser itself."""
    return said.type in ("error", "warning") and not any(
        lost in said.text for lost in ("WebSocket connection to", "net::ERR_CONNECTION_REFUSED")
    )
