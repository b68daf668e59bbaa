"""What the buttons under a reply do: stop it, try again, say whether it helped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from uuid import UUID

from adapters.acts import RateReply, RetryReply, StopReply, action_id
from adapters.slack.answers import Answers
from adapters.slack.asker import Asker
from adapters.slack.edges import Parts
from adapters.slack.events import PLATFORM
from adapters.slack.interaction import Interaction
from adapters.slack.reply_view import Shown
from adapters.slack.rich_text import Element
from bot.ports import TurnQueue

ENDING_PAUSES = (0.1, 0.4, 1.0)
"""Seconds between tries: the button is there a moment before the turn has ended."""
OWN_PEOPLE = "Only people of this workspace can do that."
TRIED_AGAIN = "That is being tried again already, or was answered meanwhile."
HELPFUL = "Thanks, noted as helpful."
UNHELPFUL = "Thanks, noted. Tell me in the thread what you miss, and I look again."


class SomebodyElsesError(Exception):
    """A button about a reply that is not in this conversation; `str()` is for the log."""


async def check_turn(turns: TurnQueue, did: Interaction, turn_id: UUID) -> None:
    """`SomebodyElsesError` unless the turn is of the channel that the button stands in."""
    found = await turns.locate(turn_id)
    if found is None:
        raise SomebodyElsesError("no such reply")
    key = found[1]
    if (key.platform, key.workspace, key.channel) != (PLATFORM, did.team, did.channel):
        raise SomebodyElsesError("a reply of another channel")


async def stop_thread(turns: TurnQueue, did: Interaction) -> None:
    """Stop whatever is under way in a thread."""
    found = await turns.transcript(did.conversation, limit=20)
    for entry in found[1] if found else ():
        if entry.outcome is None:
            await turns.stop(entry.turn_id)


class ReplyActs:
    def __init__(self, parts: Parts, answers: Answers) -> None:
        self._ports = parts.ports
        self._answers = answers

    async def do(
        self, did: Interaction, asker: Asker, act: StopReply | RetryReply | RateReply
    ) -> None:
        """`SomebodyElsesError` where the reply is of another conversation."""
        await check_turn(self._ports.turns, did, act.turn_id)
        if asker.is_guest:
            await self._answers.tell(did, OWN_PEOPLE)
            return
        match act:
            case StopReply(turn_id):
                await self._ports.turns.stop(turn_id)
            case RetryReply(turn_id):
                await self._retry(did, asker, turn_id)
            case RateReply(turn_id, helpful):
                if await self._ports.feedback.rate(turn_id, asker.author, helpful=helpful):
                    await self._answers.tell(did, HELPFUL if helpful else UNHELPFUL)

    async def _retry(self, did: Interaction, asker: Asker, turn_id: UUID) -> None:
        for pause in (*ENDING_PAUSES, None):
            if await self._ports.turns.retry(turn_id, access_at_most=asker.there.access):
                break
            if pause is None:
                await self._answers.tell(did, TRIED_AGAIN)
                return
            await asyncio.sleep(pause)
        blocks = list(_without(did.blocks, RetryReply(turn_id)))
        if blocks:
            await self._answers.in_place(did, lambda _: Shown(blocks, did.text))


def _without(blocks: Iterable[Element], act: RetryReply) -> Iterable[Element]:
    """The blocks, without the act's button and what is empty without it."""
    for block in blocks:
        elements = block.get("elements") if block.get("type") == "actions" else None
        if not isinstance(elements, list):
            yield block
            continue
        left = [each for each in elements if each.get("action_id") != action_id(act)]
        if left:
            yield {**block, "elements": left}
