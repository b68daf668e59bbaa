"""Workspaces install the app themselves, see little until they are linked, and can take it away."""

from __future__ import annotations

import asyncio
import html
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest
from redis.asyncio import Redis
from slack_sdk.oauth.installation_store.models.installation import Installation

from adapters.slack.clients import Clients
from adapters.slack.failures import NotReadyError
from adapters.slack.installations import INSTALLATION, Installations
from bot.conversation import Access
from db.pool import Database
from db.vault import Vault
from db.workspaces import link_workspace
from tests.conftest import ExpectedLogs
from tests.db.sql import fetch
from tests.fakes.slack import Person, SlackServer, Workspace
from tests.slack.at_work import KEY, AtWork, Echo, at_work, config, oauth
from tests.waiting import wait_until

pytestmark = pytest.mark.filterwarnings(
    "ignore:BasicAuth is deprecated:DeprecationWarning"  # it is slack_sdk that uses it
)
NOT_INSTALLED = "slack_not_installed"


@dataclass
class Browser:
    """An installer's: it keeps the cookie, over plain HTTP too."""

    address: str
    cookie: str = ""

    async def get(self, path: str) -> httpx2.Response:
        async with httpx2.AsyncClient() as client:
            answer = await client.get(f"{self.address}{path}", headers={"Cookie": self.cookie})
        if given := answer.headers.get("set-cookie"):
            self.cookie = given.partition(";")[0]
        return answer

    async def begin(self) -> str:
        """Open the install page; where its link leads."""
        page = await self.get("/slack/install")
        assert page.status_code == 200
        assert "until an admin of CastMatch links it" in page.text
        link = re.search(r'href="([^"]+)"', page.text)
        assert link is not None
        return html.unescape(link[1])

    async def come_back(self, query: str) -> httpx2.Response:
        return await self.get(f"/slack/oauth_redirect{query}")


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def work(
    slack: SlackServer, database: Database, redis: Redis, echo: Echo
) -> AsyncIterator[AtWork]:
    slack.limits.off()
    async with at_work(config(slack, **oauth(slack)), database, redis, echo) as work:
        await wait_until(lambda: slack.sockets.open)
        yield work


@pytest.fixture
def browser(work: AtWork) -> Browser:
    return Browser(work.address)


async def install(slack: SlackServer, browser: Browser, person: Person) -> None:
    answer = await browser.come_back(slack.installs.approve(await browser.begin(), person))
    assert answer.status_code == 200
    assert f"castmatch workspace link {person.home.id} --access team" in answer.text


async def ask(person: Person, text: str) -> str:
    """A direct message; its timestamp."""
    return await person.says(person.home.dm(person), text)


async def test_an_installed_workspace_sees_the_public_part_until_it_is_linked(
    slack: SlackServer, work: AtWork, browser: Browser, echo: Echo, database: Database
) -> None:
    first, second = (slack.workspace(name).person("Asha") for name in ("One", "Two"))
    for person in (first, second):
        await install(slack, browser, person)
        await ask(person, "dancers?")
        await wait_until(lambda person=person: person.home.dm(person).from_bot())
    assert [turn.audience.access for turn in echo.asked] == [Access.COMMUNITY] * 2
    assert [turn.message.conversation.workspace for turn in echo.asked] == [
        first.home.id,
        second.home.id,
    ]
    async with database.queue() as connection:
        await link_workspace(connection, "slack", first.home.id, Access.TEAM)
    await ask(first, "and now?")
    await wait_until(lambda: len(echo.asked) == 3)
    assert echo.asked[-1].audience.access is Access.TEAM


async def test_tokens_are_encrypted_at_rest(
    slack: SlackServer, browser: Browser, asha: Person, database_url: str
) -> None:
    await install(slack, browser, asha)
    rows = await fetch(database_url, "SELECT * FROM vault")
    assert rows
    assert asha.home.bot_token.removeprefix("xoxb-") not in str(rows)


async def test_a_state_is_good_once_in_the_browser_that_asked_for_it(
    slack: SlackServer, browser: Browser, asha: Person, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(NOT_INSTALLED)
    query = slack.installs.approve(await browser.begin(), asha)
    stranger = Browser(browser.address)
    assert (await stranger.come_back(query)).status_code == 400
    assert (await browser.come_back(query)).status_code == 200
    again = await browser.come_back(query)
    assert again.status_code == 401
    assert "start again" in again.text
    for forged in ("", "?code=1", "?state=1&code=1", "?error=<script>", "?state=%00&code=1"):
        answer = await browser.come_back(forged)
        assert "CastMatch is not installed" in answer.text
        assert "<script>" not in answer.text
    assert len(slack.called("oauth.v2.access")) == 1


async def test_a_state_ends_and_a_code_too(
    slack: SlackServer,
    browser: Browser,
    asha: Person,
    database_url: str,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect(NOT_INSTALLED)
    late = slack.installs.approve(await browser.begin(), asha)
    await fetch(database_url, "UPDATE vault SET expires_at = now() RETURNING 1")
    assert (await browser.come_back(late)).status_code == 401
    stale = slack.installs.approve(await browser.begin(), asha)
    slack.installs.expire_codes()
    answer = await browser.come_back(stale)
    assert answer.status_code == 401
    assert "invalid_code" in expected_logs.messages()[-1]
    no = await browser.come_back(slack.installs.deny(await browser.begin()))
    assert "as you said no" in no.text


@pytest.mark.parametrize("how", ["uninstall", "revoke"])
async def test_access_ends_with_the_app(
    slack: SlackServer, work: AtWork, echo: Echo, asha: Person, how: str
) -> None:
    browser = Browser(work.address)
    await install(slack, browser, asha)
    await ask(asha, "dancers?")
    await wait_until(lambda: asha.home.dm(asha).from_bot())
    getattr(slack.installs, how)(asha.home)
    await wait_until(lambda: not slack.deliveries.open)
    assert await work.ports.vault.keys(INSTALLATION) == []
    await ask(asha, "still there?")
    await wait_until(lambda: not slack.deliveries.open)
    assert len(echo.asked) == 1


async def test_a_workspace_of_its_own_is_served_beside_those_that_install(
    slack: SlackServer, team: Workspace, database: Database, redis: Redis, echo: Echo
) -> None:
    slack.limits.off()
    async with at_work(config(slack, team, **oauth(slack)), database, redis, echo) as work:
        await wait_until(lambda: slack.sockets.open)
        ours, theirs = team.person("Asha"), slack.workspace("Two").person("Zoe")
        await install(slack, Browser(work.address), theirs)
        for person in (ours, theirs):
            await ask(person, "dancers?")
            await wait_until(lambda person=person: person.home.dm(person).from_bot())
    assert [turn.audience.access for turn in echo.asked] == [Access.TEAM, Access.COMMUNITY]


# --- token rotation, and whole organisations ---------------------------------------------------


@pytest.fixture
async def installations(slack: SlackServer, database: Database) -> AsyncIterator[Installations]:
    async with Clients.open(slack.api_url) as clients:
        yield Installations(
            Vault(database, [KEY]), clients, slack.app.client_id, slack.app.client_secret
        )


async def rotating(slack: SlackServer, store: Installations, ends_in: float) -> None:
    """An installation whose token ends soon, as `oauth.v2.access` gave it."""
    slack.app.token_rotation = True
    person = slack.workspace().person("Asha")
    url = f"https://slack.example/?client_id={slack.app.client_id}&scope=chat:write"
    code = slack.installs.approve(url, person).partition("code=")[2].partition("&")[0]
    app = slack.app
    given = slack.installs.exchange(
        {"client_id": app.client_id, "client_secret": app.client_secret, "code": code}
    )
    await store.async_save(
        Installation(
            team_id="T1",
            user_id="U1",
            bot_token=given["access_token"],
            bot_id="B1",
            bot_user_id="U2",
            bot_refresh_token=given["refresh_token"],
            bot_token_expires_at=int(time.time() + ends_in),
        )
    )


@pytest.mark.parametrize("ends_in", [300, -5])
async def test_a_token_is_renewed_before_it_ends_by_one_of_many(
    slack: SlackServer, installations: Installations, ends_in: float
) -> None:
    await rotating(slack, installations, ends_in)
    found = await asyncio.gather(*(installations.usable("T1") for _ in range(5)))
    renewed = await installations.usable("T1")
    assert renewed is not None
    assert {bot.bot_token for bot in found if bot} == {renewed.bot_token}
    assert renewed.bot_token_expires_at is not None
    assert renewed.bot_token_expires_at > time.time() + 40_000
    assert len(slack.called("oauth.v2.access")) == 1


async def test_slack_away_leaves_the_old_token_for_as_long_as_it_is_good(
    slack: SlackServer, installations: Installations, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("slack_token_not_renewed")
    await rotating(slack, installations, 300)
    slack.fail("oauth.v2.access", status=503, times=2)
    old = await installations.usable("T1")
    assert old is not None
    slack.faults.clear()
    slack.fail("oauth.v2.access", error="invalid_refresh_token", times=9)
    assert await installations.usable("T1") is not None


async def test_a_token_that_ended_and_can_not_be_renewed_is_of_no_use(
    slack: SlackServer, installations: Installations, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("slack_token_not_renewed")
    await rotating(slack, installations, -5)
    slack.fail("oauth.v2.access", lose_answer=True)
    with pytest.raises(NotReadyError):
        await installations.usable("T1")
    slack.fail("oauth.v2.access", error="invalid_refresh_token")
    assert await installations.usable("T1") is None


async def test_another_process_may_have_renewed_it_first(
    slack: SlackServer, installations: Installations, database: Database
) -> None:
    await rotating(slack, installations, 300)
    async with Clients.open(slack.api_url) as clients:
        other = Installations(
            Vault(database, [KEY]), clients, slack.app.client_id, slack.app.client_secret
        )
        found = await asyncio.gather(installations.usable("T1"), other.usable("T1"))
    assert all(found)
    assert len(slack.called("oauth.v2.access")) in (1, 2)


async def test_an_organisation_installs_for_all_of_its_workspaces(
    slack: SlackServer, installations: Installations
) -> None:
    team = slack.workspace(enterprise_id="E1")
    await installations.async_save(
        Installation(
            enterprise_id="E1",
            user_id="U1",
            bot_token=team.bot_token,
            bot_id="B1",
            bot_user_id="U2",
            is_enterprise_install=True,
        )
    )
    assert await installations.usable("T1") is None
    assert await installations.usable("T1", "E1") is not None
    assert await installations.usable("T1") is not None, "a reply knows the workspace only"
    await installations.remove("T2", "E1")
    assert await installations.usable("T1") is not None, "its token is still good"
    slack.installs.revoke(team)
    await installations.remove("", "E1")
    assert await installations.usable("T1", "E1") is None
