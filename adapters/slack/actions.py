"""What pressing a button does: acknowledged at once, then checked and done.

Whatever a button carries may be forged: a turn must be of the conversation that the button stands
in, a search the presser's own. What is not does nothing, and a line in the log says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from adapters.acts import (
    Act,
    AllowGuests,
    DropFilter,
    ForgetMe,
    OpenFilters,
    PageSearch,
    RateReply,
    RetryReply,
    SayMemory,
    ShareSearch,
    ShortlistTalent,
    ShowTalent,
    SimilarTalents,
    StopReply,
    UnknownActError,
    UnlistTalent,
    decode,
)
from adapters.searches import NotTheirsError
from adapters.slack.answers import Answers
from adapters.slack.asker import NO_GUESTS, find_asker
from adapters.slack.edges import Parts
from adapters.slack.filters import Filters
from adapters.slack.home import Home
from adapters.slack.interaction import Interaction
from adapters.slack.memory_command import MemoryCommand
from adapters.slack.reply_acts import ReplyActs, SomebodyElsesError, stop_thread
from adapters.slack.search_acts import SearchActs
from adapters.slack.talent_acts import TalentActs

log = structlog.get_logger(__name__)

OLD_BUTTON = "This button does not work any more. Ask me again, or try `/talent help`."


def register(app: AsyncApp, parts: Parts) -> None:
    clicks = Clicks(parts)

    @app.action(re.compile(".*", re.DOTALL))
    async def clicked(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        await ack()
        clicks.begin(body, context, client)

    @app.event("agent_session_stopped")
    async def stopped(
        body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Slack's own stop button, under a thread."""
        event = body["event"]
        told = {"user_id": event.get("user"), "channel_id": event.get("channel")}
        where = {"container": {"thread_ts": event.get("thread_ts")}}
        did = Interaction.of(told | where, context, client)
        await stop_thread(parts.ports.turns, did)


class Clicks:
    """Reads clicks and hands each to whoever does it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._answers = Answers(parts.budget)
        self._on_replies = ReplyActs(parts, self._answers)
        self._on_talents = TalentActs(parts, self._answers)
        self._on_searches = SearchActs(parts, self._answers)
        self._filters = Filters(parts, self._answers)
        self._home = Home(parts)
        self._memory = MemoryCommand(parts)

    def begin(
        self, body: Mapping[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Check what was pressed, and do it in the background."""
        did = Interaction.of(body, context, client)
        pressed = body["actions"][0]
        name, block_id = pressed["action_id"], pressed.get("block_id") or ""
        value = pressed.get("value")

        async def tell(words: str) -> None:
            await self._answers.tell(did, words)

        try:
            act = decode(name, value if isinstance(value, str) else "")
        except UnknownActError as error:
            log.warning("slack_act_refused", reason=str(error), workspace=did.team)
            self._parts.afterwards.start("old_button", tell(OLD_BUTTON), tell)
            return
        self._parts.afterwards.start(act.name, self._do(did, act, block_id), tell)

    async def _do(self, did: Interaction, act: Act, block_id: str) -> None:
        try:
            match act:
                case ForgetMe() | AllowGuests():
                    await self._home.do(did, act)
                case SayMemory():
                    await self._memory.press(did, act)
                case OpenFilters():
                    await self._filters.open(did, act)
                case _:
                    await self._do_as(did, act, block_id)
        except (NotTheirsError, SomebodyElsesError) as error:
            log.warning("slack_act_refused", reason=str(error), act=act.name, workspace=did.team)
            await self._answers.tell(did, OLD_BUTTON)

    async def _do_as(self, did: Interaction, act: Act, block_id: str) -> None:
        asker = await find_asker(self._parts, did)
        if asker is None:
            log.info("slack_act_refused", reason="a guest", act=act.name, workspace=did.team)
            await self._answers.tell(did, NO_GUESTS)
            return
        match act:
            case StopReply() | RetryReply() | RateReply():
                await self._on_replies.do(did, asker, act)
            case ShortlistTalent() | UnlistTalent() | SimilarTalents() | ShowTalent():
                await self._on_talents.do(did, asker, act, block_id)
            case PageSearch() | ShareSearch() | DropFilter():
                await self._on_searches.do(did, asker, act)
