"""Workspaces that installed the app themselves (OAuth): their tokens, kept in the vault."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Mapping

import stamina
import structlog
from pydantic import JsonValue
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from adapters.slack.clients import Clients
from adapters.slack.failures import UNANSWERED, UNREADABLE, NotReadyError, is_token_refused, said
from bot.ports import UnavailableError
from bot.stores import Vault

log = structlog.get_logger(__name__)

INSTALLATION, MEMBER = "slack_installation", "slack_member"
"""Kinds in the vault: an installation; and which organisation's installation serves a workspace."""
REFRESH_MINUTES = 60
"""How long before its end a token is renewed. With rotation on, tokens last twelve hours."""
REFRESH_SECONDS = 1.5
"""How long an event waits for that while the old token is still good."""


class Installations(AsyncInstallationStore):
    """One bot token for each workspace, or for each organisation (Enterprise Grid)."""

    def __init__(self, vault: Vault, clients: Clients, client_id: str, client_secret: str) -> None:
        self._vault = vault
        self._clients = clients
        self._rotator = AsyncTokenRotator(
            client_id=client_id, client_secret=client_secret, client=clients.client()
        )
        self._refreshing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._renewals: set[asyncio.Task[Bot | None]] = set()
        self._members: set[tuple[str, str]] = set()

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)

    # --- what the OAuth flow calls -----------------------------------------------------------

    async def async_save(self, installation: Installation) -> None:
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        key = _key(bot.team_id, bot.enterprise_id, org_wide=bool(bot.is_enterprise_install))
        await self._vault.put(INSTALLATION, key, _to_json(bot))

    # --- what events and replies ask ---------------------------------------------------------

    async def usable(self, team_id: str, enterprise_id: str = "") -> Bot | None:
        """The installation that serves the workspace, its token good for a while yet.

        A workspace that was once served by its organisation's is found without `enterprise_id`.
        `NotReadyError` where the token has ended and Slack cannot be asked for another now.
        """
        if team_id and (bot := await self._read(_key(team_id, None, org_wide=False))):
            return await self._fresh(bot)
        if not enterprise_id:
            member = await self._vault.get(MEMBER, team_id)
            enterprise_id = str(member["enterprise_id"]) if member else ""
        if not enterprise_id:
            return None
        bot = await self._read(_key(None, enterprise_id, org_wide=True))
        if bot is None:
            return None
        if team_id and (team_id, enterprise_id) not in self._members:
            await self._vault.put(MEMBER, team_id, {"enterprise_id": enterprise_id})
            self._members.add((team_id, enterprise_id))
        return await self._fresh(bot)

    async def remove(self, team_id: str, enterprise_id: str = "") -> None:
        """Slack says that the app or its token is gone from there.

        An organisation's installation goes only if Slack refuses its token by now: the event
        may mean one of its workspaces.
        """
        if team_id and await self._vault.delete(INSTALLATION, _key(team_id, None, org_wide=False)):
            log.info("slack_uninstalled", workspace=team_id)
            return
        key = _key(None, enterprise_id, org_wide=True)
        bot = await self._read(key) if enterprise_id else None
        if bot is not None and await self._is_refused(bot):
            await self._vault.delete(INSTALLATION, key)
            log.info("slack_uninstalled", organisation=enterprise_id)

    async def _read(self, key: str) -> Bot | None:
        value = await self._vault.get(INSTALLATION, key)
        return None if value is None else _from_json(value)

    async def _is_refused(self, bot: Bot) -> bool:
        try:
            await self._clients.client(bot.bot_token).auth_test()
        except SlackApiError as error:
            return is_token_refused(error)
        except (*UNANSWERED, *UNREADABLE):
            return True  # the event said so
        return False

    # --- token rotation ----------------------------------------------------------------------

    async def _fresh(self, bot: Bot) -> Bot | None:
        """With a token that is good for a while; `None` where it has ended and can't be renewed."""
        if _ends_in(bot) > REFRESH_MINUTES * 60:
            return bot
        if _ends_in(bot) <= 0:
            return await self._renewed(bot)
        renewing = asyncio.create_task(self._renewed(bot))
        self._renewals.add(renewing)
        renewing.add_done_callback(self._renewed_meanwhile)
        done, _ = await asyncio.wait({renewing}, timeout=REFRESH_SECONDS)
        return renewing.result() if done else bot

    async def _renewed(self, bot: Bot) -> Bot | None:
        """One at a time: a refresh token works once."""
        key = _key(bot.team_id, bot.enterprise_id, org_wide=bool(bot.is_enterprise_install))
        async with self._refreshing[key]:
            bot = await self._read(key) or bot
            if _ends_in(bot) > REFRESH_MINUTES * 60:
                return bot
            is_away = False
            try:
                renewed = await self._rotator.perform_bot_token_rotation(
                    bot=bot, minutes_before_expiration=REFRESH_MINUTES
                )
            except SlackTokenRotationError as error:
                problem = said(error.api_error)
            except (*UNANSWERED, *UNREADABLE) as error:
                problem, is_away = type(error).__name__, True
            else:
                if renewed is not None:
                    await self._keep(renewed)
                    return renewed
                problem = "no bot token in the answer"
            bot = await self._read(key) or bot  # another process may have been first
            if _ends_in(bot) <= REFRESH_MINUTES * 60:
                log.warning("slack_token_not_renewed", key=key, error=problem)
            if _ends_in(bot) <= 0 and is_away:
                raise NotReadyError(f"the token of {key} has ended and Slack cannot be reached")
            return bot if _ends_in(bot) > 0 else None

    async def _keep(self, renewed: Bot) -> None:
        """Save what cannot be had again."""
        async for attempt in stamina.retry_context(on=UnavailableError, attempts=8, timeout=60):
            with attempt:
                await self.async_save_bot(renewed)

    def _renewed_meanwhile(self, renewing: asyncio.Task[Bot | None]) -> None:
        self._renewals.discard(renewing)
        if not renewing.cancelled() and renewing.exception():
            log.error("slack_token_not_kept", exc_info=renewing.exception())


async def installed(vault: Vault) -> dict[str, str]:
    """The workspaces (or whole organisations) that installed the app themselves: ids and names."""
    names = {}
    for key in await vault.keys(INSTALLATION):
        if value := await vault.get(INSTALLATION, key):
            bot = _from_json(value)
            names[key.partition("/")[2]] = bot.team_name or bot.enterprise_name or ""
    return names


def _key(team_id: str | None, enterprise_id: str | None, *, org_wide: bool) -> str:
    return f"enterprise/{enterprise_id}" if org_wide else f"team/{team_id}"


def _ends_in(bot: Bot) -> float:
    ends = bot.bot_token_expires_at
    return float("inf") if ends is None else ends - time.time()


def _to_json(bot: Bot) -> dict[str, JsonValue]:
    return {
        "app_id": bot.app_id,
        "enterprise_id": bot.enterprise_id,
        "enterprise_name": bot.enterprise_name,
        "team_id": bot.team_id,
        "team_name": bot.team_name,
        "bot_token": bot.bot_token,
        "bot_id": bot.bot_id,
        "bot_user_id": bot.bot_user_id,
        "bot_scopes": ",".join(bot.bot_scopes or ()),
        "bot_refresh_token": bot.bot_refresh_token,
        "bot_token_expires_at": bot.bot_token_expires_at,
        "is_enterprise_install": bool(bot.is_enterprise_install),
        "installed_at": bot.installed_at,
    }


def _from_json(value: Mapping[str, JsonValue]) -> Bot:
    return Bot(**value)  # type: ignore[arg-type]  # as `_to_json` wrote it
