"""`/memory`: a person's say over what is remembered of them, answered to them alone."""

from __future__ import annotations

import json
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import inbound, markdown
from adapters.slack.admins import is_admin
from adapters.slack.answers import Answers, Look
from adapters.slack.asker import NO_GUESTS, find_asker
from adapters.slack.edges import Parts
from adapters.slack.interaction import Interaction
from adapters.slack.reply_view import Shown
from bot.memory_acts import COMMAND, Answer, Asker

log = structlog.get_logger(__name__)

READ = 500
"""Characters that are read of what was typed."""
_BLOCKS, _CHARACTERS = 45, 9_000
_PARTS = 4
"""Messages that an export may take: Slack takes five answers to a command."""
_TOO_LONG = (
    "That is too long for Slack. Whoever operates CastMatch can give it to you:"
    " `castmatch memory export --platform slack --workspace {} --person {}`."
)


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
        asker = await find_asker(self._parts, did)
        if asker is None:
            log.info("slack_act_refused", reason="a guest", act=COMMAND, workspace=did.team)
            await self._answers.tell(did, NO_GUESTS)
            return
        asks = Asker(
            asker.author,
            did.conversation,
            asker.there.place,
            did.installed.default_access,
            is_admin=await is_admin(did),
        )
        answer = await self._memory.do(asks, text)
        for look in _looks(answer, did):
            await self._answers.privately(did, look)


def _looks(answer: Answer, did: Interaction) -> list[Look]:
    if answer.export is None:
        return [_look(answer.whole)]
    exported = json.dumps(answer.export, ensure_ascii=False, indent=1).replace("```", "'''")
    size = _CHARACTERS - 200
    pieces = [exported[start : start + size] for start in range(0, len(exported), size)]
    if len(pieces) > _PARTS:
        return [_look(_TOO_LONG.format(did.team, did.user))]
    return [_look(f"```\n{piece}\n```") for piece in pieces]


def _look(text: str) -> Look:
    blocks = markdown.blocks(text, growing=False, most_blocks=_BLOCKS, most_characters=_CHARACTERS)
    shown = Shown(blocks, markdown.in_plain(blocks))
    return lambda _: shown
