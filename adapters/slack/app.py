"""Slack as a platform: what people say there, and where replies to them appear."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from fastapi import APIRouter
from slack_bolt.async_app import AsyncApp

from adapters.slack.bolt import Dispatcher, make_app
from adapters.slack.budget import Budget
from adapters.slack.clients import Clients
from adapters.slack.connection import SocketMode
from adapters.slack.http import event_routes
from adapters.slack.messages import Messages
from adapters.slack.names import Names
from adapters.slack.reply import SlackReply
from adapters.slack.socket import Patience
from adapters.slack.workspaces import NotReadyError, OwnToken, Workspaces
from bot.conversation import Turn
from bot.ports import Reply, TurnQueue

log = structlog.get_logger(__name__)

ASK_AGAIN_SECONDS = 30.0
"""Between two tries to learn whose SLACK_BOT_TOKEN is."""


@dataclass(frozen=True, slots=True)
class SlackConfig:
    """The settings of Slack."""

    api_url: str
    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    follow_ups: bool = True
    patience: Patience = field(default_factory=Patience)


class Slack:
    """`bot.ports.Adapter`. Run `run()` until the worker has ended."""

    platform = "slack"

    def __init__(
        self,
        *,
        routes: Sequence[APIRouter],
        workspaces: Workspaces,
        connection: SocketMode | None,
    ) -> None:
        self.routes = routes
        """What is served over HTTP; authenticated by Slack's signature."""
        self._workspaces = workspaces
        self._connection = connection
        self._budget = Budget()
        self._problem = ""

    def reply(self, turn: Turn) -> Reply:
        team = turn.message.conversation.workspace
        return SlackReply(turn, budget=self._budget, connect=lambda: self._workspaces.client(team))

    async def wrong(self) -> str:
        """For `/readyz`: why Slack and we cannot work together now."""
        return self._problem or (self._connection.wrong() if self._connection else "")

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._learn_who_we_are())
            if self._connection is not None:
                group.create_task(self._connection.run())

    async def _learn_who_we_are(self) -> None:
        while True:
            try:
                await self._workspaces.ready()
            except NotReadyError as error:
                if str(error) != self._problem:
                    log.warning("slack_not_ready", problem=str(error))
                self._problem = str(error)
                await asyncio.sleep(ASK_AGAIN_SECONDS)
            else:
                self._problem = ""
                return


@asynccontextmanager
async def open_slack(config: SlackConfig, *, turns: TurnQueue) -> AsyncIterator[Slack]:
    """Slack, joined. Nothing is asked of it before `run()`."""
    names = Names()
    async with Clients.open(config.api_url) as clients:
        own = OwnToken(clients.client(config.bot_token)) if config.bot_token else None
        workspaces = Workspaces(clients, own, None)
        app = make_app(workspaces, clients.client(), None)
        Messages(turns, names, follow_ups=config.follow_ups).register(app)
        _acknowledge_the_rest(app)
        dispatcher = Dispatcher(app)
        connection, routes = None, list[APIRouter]()
        if config.app_token:
            connection = SocketMode(
                clients.client(), config.app_token, dispatcher.envelope, patience=config.patience
            )
        else:
            routes.append(event_routes(config.signing_secret, dispatcher.posted))
        try:
            yield Slack(routes=routes, workspaces=workspaces, connection=connection)
        finally:
            names.close()


def _acknowledge_the_rest(app: AsyncApp) -> None:
    """Events that an app's admin subscribed to and we have no use for. The last to be asked."""

    @app.event(re.compile(".*"))
    async def unused() -> None:
        """Nothing."""
