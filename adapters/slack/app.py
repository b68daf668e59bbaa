"""Slack as a platform: what people say there, and where replies to them appear."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urljoin

import structlog
from fastapi import APIRouter
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.afterwards import Afterwards
from adapters.edges import Ports
from adapters.slack import (
    actions,
    commands,
    filters,
    home,
    memory_command,
    pane,
    replays,
    shortcuts,
)
from adapters.slack.bolt import Dispatcher, make_app, silent_logger
from adapters.slack.budget import Budget
from adapters.slack.clients import CALL_SECONDS, Clients
from adapters.slack.connection import SocketMode
from adapters.slack.edges import Parts
from adapters.slack.failures import NotReadyError
from adapters.slack.http import event_routes, install_routes
from adapters.slack.installations import Installations
from adapters.slack.messages import Messages
from adapters.slack.names import Names
from adapters.slack.native_stream import NativeReply
from adapters.slack.oauth import InstallFlow, install_flow
from adapters.slack.reply import SlackReply
from adapters.slack.rooms import Rooms
from adapters.slack.socket import Patience
from adapters.slack.workspaces import OwnToken, Workspaces
from bot.conversation import Turn
from bot.ports import Reply

log = structlog.get_logger(__name__)

ASK_AGAIN_SECONDS = 30.0
"""Between two tries to learn whose SLACK_BOT_TOKEN is."""


@dataclass(frozen=True, slots=True)
class SlackConfig:
    """The settings of Slack, empty where they are not set."""

    api_url: str
    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    follow_ups: bool = True
    answer_bots: bool = False
    streaming: Literal["edits", "native"] = "edits"
    processes: int = 1
    """That share what Slack allows."""
    patience: Patience = field(default_factory=Patience)
    call_seconds: float = CALL_SECONDS


class Slack:
    """`bot.ports.Adapter`. Run `run()` until the worker has ended."""

    platform = "slack"

    def __init__(
        self,
        *,
        routes: Sequence[APIRouter],
        connection: SocketMode | None,
        native: bool,
        parts: Parts,
    ) -> None:
        """`native`: replies grow by Slack's own streaming."""
        self.routes = routes
        """What is served over HTTP: it sees for itself who calls."""
        self._connection = connection
        self._native = native
        self._parts = parts
        self.wrong = parts.wrong
        """For `/readyz`."""

    def reply(self, turn: Turn) -> Reply:
        team = turn.message.conversation.workspace

        def connect() -> Awaitable[AsyncWebClient]:
            return self._parts.workspaces.client(team)

        def which_listed(talent_ids: Sequence[str]) -> Awaitable[Collection[str]]:
            shortlists = self._parts.ports.shortlists
            return shortlists.which(turn.audience, turn.message.conversation, talent_ids)

        budget = self._parts.budget
        edits = SlackReply(
            turn,
            budget=budget,
            connect=connect,
            which_listed=which_listed,
            unmarked=self._native,
        )
        return NativeReply(turn, edits, budget=budget, connect=connect) if self._native else edits

    async def run(self) -> None:
        """Whatever Slack does, this goes on until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._learn_who_we_are())
            if self._connection is not None:
                group.create_task(self._connection.run())

    async def _learn_who_we_are(self) -> None:
        logged = ""
        while True:
            try:
                return await self._parts.workspaces.ready()
            except NotReadyError as error:
                if str(error) != logged:
                    logged = str(error)
                    log.warning("slack_not_ready", problem=logged)
            await asyncio.sleep(ASK_AGAIN_SECONDS)


@asynccontextmanager
async def open_slack(config: SlackConfig, ports: Ports) -> AsyncIterator[Slack]:
    """Slack, joined. Nothing is asked of it before `run()`."""
    async with Clients.open(config.api_url, call_seconds=config.call_seconds) as clients:
        own = OwnToken(clients.client(config.bot_token)) if config.bot_token else None
        installations, flow = _many_workspaces(config, ports, clients)
        workspaces = Workspaces(clients, own, installations)
        app = make_app(workspaces, clients.client(), flow)
        connection: SocketMode | None = None

        async def wrong() -> str:
            try:
                await workspaces.ready()
            except NotReadyError as error:
                return str(error)
            return connection.wrong() if connection else ""

        budget = Budget(config.processes)
        parts = Parts(ports, workspaces, Names(), Rooms(), Afterwards(), budget, wrong)
        _register(app, parts, config)
        dispatcher = Dispatcher(app)
        routes = [install_routes(flow)] if flow else []
        if config.app_token:
            connection = SocketMode(
                clients.client(), config.app_token, dispatcher.envelope, patience=config.patience
            )
        else:
            routes.append(event_routes(config.signing_secret, dispatcher.posted))
        try:
            yield Slack(
                routes=routes,
                connection=connection,
                native=config.streaming == "native",
                parts=parts,
            )
        finally:
            await parts.afterwards.close()
            parts.names.close()


def _register(app: AsyncApp, parts: Parts, config: SlackConfig) -> None:
    """Every listener. The first that matches is the one that is asked."""
    replays.register(app, parts.ports.repeats)
    messages = Messages(
        parts.ports.turns,
        parts.ports.workspace_settings,
        parts.names,
        parts.rooms,
        follow_ups=config.follow_ups,
        answer_bots=config.answer_bots,
        asked=pane.Titles(parts).asked,
    )
    messages.register(app)
    parts.workspaces.register(app)
    for listeners in (commands, memory_command, shortcuts, actions, filters, home, pane):
        listeners.register(app, parts)
    _acknowledge_the_rest(app)


def _acknowledge_the_rest(app: AsyncApp) -> None:
    """Events that an app's admin subscribed to and we have no use for. The last to be asked."""

    @app.event(re.compile(".*"))
    async def unused(body: dict[str, Any]) -> None:
        log.info("slack_event_unused", kind=str(body["event"].get("type"))[:80])


def _many_workspaces(
    config: SlackConfig, ports: Ports, clients: Clients
) -> tuple[Installations | None, InstallFlow | None]:
    """What it takes for workspaces to install the app themselves, where that is configured."""
    if not config.client_id:
        return None, None
    installations = Installations(ports.vault, clients, config.client_id, config.client_secret)
    flow = install_flow(
        client=clients.client(),
        client_id=config.client_id,
        client_secret=config.client_secret,
        vault=ports.vault,
        installations=installations,
        authorize_url=urljoin(config.api_url, "../oauth/v2/authorize"),
        logger=silent_logger(),
    )
    return installations, flow
