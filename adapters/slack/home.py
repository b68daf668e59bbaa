"""The Home tab: shown anew each time it is opened, and after each of its buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.acts import AllowGuests, ForgetMe
from adapters.recent import DOUBLE_CLICK_SECONDS
from adapters.searches import today
from adapters.slack import home_view
from adapters.slack.admins import is_admin
from adapters.slack.asker import find_asker
from adapters.slack.edges import Parts
from adapters.slack.events import PLATFORM
from adapters.slack.failures import said
from adapters.slack.interaction import Interaction
from adapters.slack.messages import ALLOW_GUESTS
from bot.doctor import Finding, State
from bot.stores import Forgotten

log = structlog.get_logger(__name__)

PROBE_SECONDS = 3.0
_REMEDY = "The command castmatch doctor says what to do."


def register(app: AsyncApp, parts: Parts) -> None:
    home = Home(parts)

    @app.event("app_home_opened")
    async def opened(
        body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        event = body["event"]
        if event.get("tab") != "home":
            return
        did = Interaction.of({"user_id": event.get("user")}, context, client)
        parts.afterwards.start("home", home.show(did), home.unseen)


class Home:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._ports = parts.ports

    async def unseen(self, words: str) -> None:
        """Errors have no place on the tab: it stays as it was."""

    async def show(self, did: Interaction, *, forgotten: Forgotten | None = None) -> None:
        """Publish the tab to its reader."""
        asker, person, admin = await asyncio.gather(
            find_asker(self._parts, did),
            self._ports.people.known(PLATFORM, did.team, did.user),
            self._admin(did),
        )
        if asker is None:  # a guest, who has no Home tab of ours
            return
        view = home_view.home(
            person,
            name=asker.author.name,
            access=asker.alone.access,
            today=today(),
            admin=admin,
            forgotten=forgotten,
        )
        try:
            await did.client.views_publish(user_id=did.user, view=view)
        except SlackApiError as error:
            log.warning("slack_home_not_shown", error=said(error), workspace=did.team)

    async def do(self, did: Interaction, act: ForgetMe | AllowGuests) -> None:
        """Of a button on the tab; one that claims to be anywhere else does nothing."""
        if did.view != home_view.CALLBACK_ID:
            log.warning("slack_act_refused", reason="not on the Home tab", act=act.name)
            return
        if isinstance(act, ForgetMe):
            click = f"slack forget {did.team} {did.user}"
            if await self._ports.repeats.is_repeat(click, within=DOUBLE_CLICK_SECONDS):
                return  # the receipt stays
            forgotten = await self._ports.people.forget(PLATFORM, did.team, did.user)
            log.info("slack_person_forgotten", workspace=did.team, turns=forgotten.turns)
            await self.show(did, forgotten=forgotten)
            return
        if not await is_admin(did):
            log.warning("slack_act_refused", reason="not an admin", act=act.name)
            return
        await self._ports.workspace_settings.write(
            PLATFORM,
            did.team,
            {ALLOW_GUESTS: act.allowed},
            default_access=did.installed.default_access,
        )
        log.info("slack_guests", workspace=did.team, allowed=act.allowed)
        await self.show(did)

    async def _admin(self, did: Interaction) -> home_view.Admin | None:
        if not await is_admin(did):
            return None
        settings = await self._ports.workspace_settings.read(PLATFORM, did.team)
        probes = {**self._ports.probes, PLATFORM: self._parts.wrong}
        health = await asyncio.gather(*(_finding(*probe) for probe in probes.items()))
        return home_view.Admin(health, settings.get(ALLOW_GUESTS) is True)


async def _finding(part: str, probe: Callable[[], Awaitable[str]]) -> Finding:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            wrong = await probe()
    except TimeoutError:
        wrong = f"no answer within {PROBE_SECONDS:g} s"
    name = part.capitalize()
    if wrong:
        return Finding(name, State.FAILS, wrong, _REMEDY)
    return Finding(name, State.WORKS, "works")
