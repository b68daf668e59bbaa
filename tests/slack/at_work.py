"""CastMatch at work on a loopback Slack: the whole adapter over real servers.

Only the responder is the tests' own.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cryptography.fernet import Fernet
from redis.asyncio import Redis

from adapters.edges import Ports
from adapters.slack.app import Slack, SlackConfig, open_slack
from adapters.web.adapter import Web
from adapters.web.app import create_app
from adapters.web.server import HttpServer
from bot.composition import TEAM
from bot.conversation import Recollection, Turn
from bot.ports import Doing, Responder, TextDelta
from bot.running import beside
from bot.tools import Toolbox
from bot.worker import Worker
from db.people import PeopleRows
from db.pool import Database
from db.published import Published
from db.ratings import Ratings
from db.repeats import Repeats
from db.saved_searches import SavedSearches
from db.shortlists import Shortlists
from db.spending import Spending
from db.vault import Vault
from db.workspaces import WorkspaceSettings
from memory.people import People
from tests.fakes.slack import SlackServer, Workspace
from tests.house import House, open_house

KEY = Fernet.generate_key().decode()


class Echo:
    """Answers with what it was asked, and whom it overheard."""

    name = "echo"

    def __init__(self) -> None:
        self.asked: list[Turn] = []
        self.recalled: list[Recollection] = []

    async def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta | Doing, None]:
        self.asked.append(turn)
        self.recalled.append(recollection)
        yield TextDelta(f"You said: {turn.message.text}")


@dataclass(frozen=True)
class AtWork:
    """What one process has."""

    slack: Slack
    house: House
    ports: Ports
    address: str
    """Of its page and API; and of Slack's paths."""


def config(server: SlackServer, team: Workspace | None = None, **changes: object) -> SlackConfig:
    """One workspace on Socket Mode, unless told otherwise."""
    known: dict[str, object] = {
        "api_url": server.api_url,
        "bot_token": team.bot_token if team else "",
        "app_token": server.app.app_token,
    }
    return SlackConfig(**(known | changes))  # type: ignore[arg-type]  # the fields of it


def oauth(server: SlackServer) -> dict[str, Any]:
    """What it takes for workspaces to install the app themselves."""
    app = server.app
    return {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "signing_secret": app.signing_secret,
    }


@asynccontextmanager
async def at_work(
    config: SlackConfig,
    database: Database,
    redis: Redis,
    responder: Responder,
    *,
    answers: bool = True,
    lease: float = 5,
    probes: Mapping[str, Callable[[], Awaitable[str]]] = MappingProxyType({}),
) -> AsyncIterator[AtWork]:
    """As `castmatch serve` joins it. Without `answers` nothing is taken off the queue."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(database, redis, responder, lease=lease))
        ports = Ports(
            turns=house.turns,
            talents=house.talents,
            feedback=Ratings(database, house.metrics),
            shortlists=Shortlists(database),
            searches=SavedSearches(database),
            people=People(PeopleRows(database), house.memory),
            memory=house.memory_acts,
            workspace_settings=WorkspaceSettings(database),
            vault=Vault(database, [KEY]),
            singletons=house.singletons,
            spending=Spending(database),
            published=Published(database),
            repeats=Repeats(database),
            probes=probes,
        )
        slack = await stack.enter_async_context(open_slack(config, ports))
        app = create_app(
            web=Web(house.turns, house.talents),
            talents=house.talents,
            audience=TEAM,
            probes={"slack": slack.wrong},
            registry=house.metrics.registry,
            access_token="a-token-of-sixteen-or-more",
            platforms=slack.routes,
        )
        server = HttpServer(app, host="127.0.0.1", port=0)
        await stack.enter_async_context(beside(server.run()))
        await stack.enter_async_context(beside(slack.run()))
        if answers:
            worker = Worker(house.turns, house.casting, [slack], slots=200)
            await stack.enter_async_context(beside(worker.run()))
        yield AtWork(slack, house, ports, server.address)
