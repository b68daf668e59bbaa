"""`/memory`: a person's say over what is remembered of them, answered to them alone."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from adapters.acts import SayMemory
from adapters.slack import inbound
from adapters.slack.admins import is_admin
from adapters.slack.answers import Answers
from adapters.slack.asker import NO_GUESTS, find_asker
from adapters.slack.edges import Parts
from adapters.slack.interaction import Interaction
from adapters.slack.memory_view import looks
from bot.memory_acts import COMMAND, Asker

log = structlog.get_logger(__name__)

READ = 500
"""Characters that are read of what was typed."""


def register(app: AsyncApp, parts: Parts) -> None:
    memory = MemoryCommand(parts)

    @app.command(COMMAND)
    async def commanded(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        await ack()
        text = body.get("text")
        did = Interaction.of(body, context, client)
        memory.begin(did, text if isinstance(text, str) else "")


class MemoryCommand:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._memory = parts.ports.memory
        self._answers = Answers(parts.budget)

    def begin(self, did: Interaction, markup: str) -> None:
        """Answer in the background."""

        async def tell(words: str) -> None:
            await self._answers.tell(did, words)

        text = inbound.to_text(markup[:READ], names={})
        self._parts.afterwards.start("memory_command", self._do(did, text), tell)

    async def _do(self, did: Interaction, text: str) -> None:
        if (asks := await self._asker(did)) is None:
            return
        answer = await self._memory.do(asks, text)
        for look in looks(answer, workspace=did.team, person=did.user):
            await self._answers.privately(did, look)

    async def press(self, did: Interaction, act: SayMemory) -> None:
        """In place of the list that the button stands in."""
        if (asks := await self._asker(did)) is None:
            return
        answer = await self._memory.do_and_show(asks, act.says)
        for look in looks(answer, workspace=did.team, person=did.user):
            await self._answers.in_place(did, look)

    async def _asker(self, did: Interaction) -> Asker | None:
        """`None` where it is somebody whom we do not answer, who is told."""
        asker = await find_asker(self._parts, did)
        if asker is None:
            log.info("slack_act_refused", reason="a guest", act=COMMAND, workspace=did.team)
            await self._answers.tell(did, NO_GUESTS)
            return None
        return Asker(
            asker.author,
            did.conversation,
            asker.there.place,
            did.installed.default_access,
            is_admin=await is_admin(did),
            posts_stay=True,
        )
