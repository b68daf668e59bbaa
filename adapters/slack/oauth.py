"""Workspaces install the app themselves: Bolt's OAuth flow over our vault, with our pages."""

from __future__ import annotations

import html
import logging
import secrets
from collections.abc import Sequence
from http import HTTPStatus

import structlog
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.http import INSTALL_PATH, REDIRECT_PATH
from adapters.slack.installations import Installations
from adapters.slack.scopes import SCOPES
from bot.stores import Vault

log = structlog.get_logger(__name__)

STATE = "slack_oauth_state"
"""Kind in the vault."""
STATE_SECONDS = 600

_REFUSALS = {
    "access_denied": "CastMatch was not installed, as you said no. Nothing was changed.",
    "invalid_browser": "This answer belongs to another browser. Start again where you are now.",
    "invalid_state": "This took longer than ten minutes, or was used before. Please start again.",
    "invalid_code": "Slack took the installation back. Please start again.",
}


class States(AsyncOAuthStateStore):
    """Each good once, for ten minutes: who comes back with it set out from here."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)

    async def async_issue(self, *_: object, **__: object) -> str:
        state = secrets.token_urlsafe(32)
        await self._vault.put(STATE, state, {}, expires_in=STATE_SECONDS)
        return state

    async def async_consume(self, state: str) -> bool:
        return await self._vault.take(STATE, state) is not None


class InstallFlow(AsyncOAuthFlow):
    """Bolt's, with a page of ours before it."""

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        return _page(
            "Add CastMatch to Slack",
            "Your workspace can then ask CastMatch for talents. It sees the public part of the"
            " roster until an admin of CastMatch links it to the casting team.",
            f'<p><a href="{html.escape(url)}">Add to Slack</a></p>',
        )


def install_flow(
    *,
    client: AsyncWebClient,
    client_id: str,
    client_secret: str,
    vault: Vault,
    installations: Installations,
    authorize_url: str,
    logger: logging.Logger,
) -> InstallFlow:
    """The flow at `/slack/install` and `/slack/oauth_redirect`."""
    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=SCOPES,
        user_scopes=[],
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        callback_options=AsyncCallbackOptions(success=_installed, failure=_failed),
        authorization_url=authorize_url,
        installation_store=installations,
        state_store=States(vault),
        state_expiration_seconds=STATE_SECONDS,
        logger=logger,
    )
    return InstallFlow(client=client, logger=logger, settings=settings)


async def _installed(args: AsyncSuccessArgs) -> BoltResponse:
    installation = args.installation
    team = installation.team_name or installation.enterprise_name or "your workspace"
    key = installation.team_id or installation.enterprise_id or ""
    log.info("slack_installed", workspace=key)
    return _response(
        HTTPStatus.OK,
        "CastMatch is installed",
        f"In {team}, mention CastMatch in a channel or write it a direct message. It sees the"
        " public part of the roster; an admin of CastMatch can link the workspace to the casting"
        f" team: castmatch workspace link {key} --access team",
    )


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    log.warning("slack_not_installed", reason=args.reason, exc_info=args.error)
    said = _REFUSALS.get(args.reason, "CastMatch could not be installed. Please start again.")
    link = f'<p><a href="{INSTALL_PATH}">Start again</a></p>'
    return _response(args.suggested_status_code, "CastMatch is not installed", said, link)


def _response(status: int, title: str, text: str, more: str = "") -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = {"Content-Type": "text/html; charset=utf-8"}
    return BoltResponse(status=status, body=_page(title, text, more), headers=headers)


def _page(title: str, text: str, more: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title></head><body>"
        f"<h1>{html.escape(title)}</h1><p>{html.escape(text)}</p>{more}</body></html>"
    )
