"""Which workspaces the app is in, and with which token it speaks in each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.clients import Clients
from adapters.slack.failures import UNANSWERED, UNREADABLE, NotReadyError, is_token_refused, said
from adapters.slack.installations import Installations
from bot.conversation import Access
from bot.ports import UndeliverableError
from bot.stores import VaultError

log = structlog.get_logger(__name__)

IDENTITY_SECONDS = 2.0
"""How long an event may wait to learn who we are; Slack waits three for its acknowledgement."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The app in one workspace, or with an empty `team_id` in a whole organisation."""

    team_id: str
    enterprise_id: str
    bot_user_id: str
    bot_id: str
    bot_token: str = field(repr=False)
    default_access: Access
    """What its people see until an admin of ours says otherwise."""


class OwnToken:
    """SLACK_BOT_TOKEN: whoever set it set up CastMatch, so its workspace is the team's."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._installed: Installed | None = None
        self._asking = asyncio.Lock()

    async def installed(self) -> Installed:
        """Whose token it is, asked of Slack once. Raises as the SDK's calls do."""
        async with self._asking:
            if self._installed is None:
                answer = await self._client.auth_test()
                if not (answer.get("team_id") and answer.get("user_id")):
                    raise ValueError("no team or user in the answer")
                org_wide = bool(answer.get("is_enterprise_install"))
                self._installed = Installed(
                    team_id="" if org_wide else answer["team_id"],
                    enterprise_id=answer.get("enterprise_id") or "",
                    bot_user_id=answer["user_id"],
                    bot_id=answer.get("bot_id") or "",
                    bot_token=self._client.token or "",
                    default_access=Access.TEAM,
                )
            return self._installed

    def forget(self) -> None:
        """Slack says that the token is gone: ask again before it is used."""
        self._installed = None


class Workspaces(AsyncAuthorize):
    """Finds the installation that an event came to; Bolt asks it for every event."""

    def __init__(
        self, clients: Clients, own: OwnToken | None, installations: Installations | None
    ) -> None:
        self._clients = clients
        self._own = own
        self._installations = installations

    async def find(self, team_id: str, enterprise_id: str = "") -> Installed | None:
        """What serves the workspace: its own installation or its organisation's. `NotReadyError`
        where that cannot be learnt now."""
        own, problem = None, ""
        if self._own is not None:
            try:
                own = await self._identity(self._own)
            except NotReadyError as error:
                problem = str(error)
        if own is not None and own.team_id == team_id:
            return own
        bot = self._installations and await self._installations.usable(team_id, enterprise_id)
        if bot:
            return Installed(
                team_id=bot.team_id or "",
                enterprise_id=bot.enterprise_id or "",
                bot_user_id=bot.bot_user_id,
                bot_id=bot.bot_id,
                bot_token=bot.bot_token,
                default_access=Access.COMMUNITY,
            )
        if problem:
            raise NotReadyError(problem)
        if own is not None and not own.team_id and enterprise_id in ("", own.enterprise_id):
            return own
        return None

    async def ready(self) -> None:
        """Learn whose SLACK_BOT_TOKEN is. `NotReadyError` says why that cannot be."""
        if self._own is not None:
            await self._identity(self._own)

    async def client(self, team_id: str) -> AsyncWebClient:
        """The client that speaks in that workspace. `UndeliverableError` if the app has left it,
        `ConnectionError` where that cannot be learnt now."""
        try:
            installed = await self.find(team_id)
        except NotReadyError as error:
            raise ConnectionError(str(error)) from None
        except VaultError as error:
            raise UndeliverableError(str(error)) from None
        if installed is None:
            raise UndeliverableError("the app is not installed in this workspace any more")
        return self._clients.client(installed.bot_token)

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        """As Bolt asks. `NotReadyError` leaves the event unacknowledged, so it comes again."""
        installed = await self.find(team_id or "", enterprise_id or "")
        if installed is None:
            log.info("slack_not_installed", workspace=team_id)
            return None
        context["installed"] = installed
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=installed.bot_user_id,
            bot_id=installed.bot_id,
            bot_token=installed.bot_token,
        )

    def register(self, app: AsyncApp) -> None:
        """Uninstalled, or its token revoked: from now on the app is not there."""

        @app.event("app_uninstalled")
        async def uninstalled(body: dict[str, Any], context: AsyncBoltContext) -> None:
            await self._remove(body, context)

        @app.event("tokens_revoked")
        async def revoked(body: dict[str, Any], context: AsyncBoltContext) -> None:
            if (body["event"].get("tokens") or {}).get("bot"):
                await self._remove(body, context)

    async def _remove(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        team = context.team_id or body.get("team_id") or ""
        if self._own is not None:
            self._own.forget()
        if self._installations is not None:
            await self._installations.remove(team, context.enterprise_id or "")

    async def _identity(self, own: OwnToken) -> Installed:
        try:
            async with asyncio.timeout(IDENTITY_SECONDS):
                return await own.installed()
        except SlackApiError as error:
            if is_token_refused(error):
                raise NotReadyError(f"Slack refuses SLACK_BOT_TOKEN ({said(error)})") from None
            raise NotReadyError(f"Slack answers {said(error)}") from None
        except (*UNANSWERED, *UNREADABLE) as error:
            raise NotReadyError(f"Slack cannot be reached ({type(error).__name__})") from None
