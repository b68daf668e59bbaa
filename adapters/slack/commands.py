"""`/talent`: acknowledged at once, answered to the asker alone."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from adapters.searches import nearest_note, today
from adapters.slack import command_views, inbound, inert
from adapters.slack.answers import Answers, Look, sentence
from adapters.slack.asker import NO_GUESTS, Asker, find_asker
from adapters.slack.edges import Parts
from adapters.slack.interaction import Interaction
from adapters.slack.searching import Searching
from bot.injection import note_injection
from bot.talent import Talent, TalentQuery
from bot.wording import parse

log = structlog.get_logger(__name__)

COMMAND = "/talent"
READ = 3_000
"""Characters that are read; what is longer is no description of one role."""
_ASKED_LIMIT = 100


def register(app: AsyncApp, parts: Parts) -> None:
    commands = Commands(parts)

    @app.command(COMMAND)
    async def commanded(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        await ack()
        text = body.get("text")
        did = Interaction.of(body, context, client)
        commands.begin(did, text if isinstance(text, str) else "")


class Commands:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._ports = parts.ports
        self._answers = Answers(parts.budget)
        self._searching = Searching(parts.ports)

    def begin(self, did: Interaction, markup: str) -> None:
        """Answer in the background."""

        async def tell(words: str) -> None:
            await self._answers.tell(did, words)

        if len(markup) > READ:
            log.info("slack_oversize", kind=COMMAND)
        text = inbound.to_text(markup[:READ], names={})
        self._parts.afterwards.start("talent_command", self._do(did, text), tell)

    async def _do(self, did: Interaction, text: str) -> None:
        asker = await find_asker(self._parts, did)
        if asker is None:
            log.info("slack_act_refused", reason="a guest", act=COMMAND, workspace=did.team)
            await self._answers.tell(did, NO_GUESTS)
            return
        await self._answers.privately(did, await self._look(did, asker, text))

    async def _look(self, did: Interaction, asker: Asker, text: str) -> Look:
        word, _, rest = text.partition(" ")
        match word.casefold(), rest.strip():
            case "" | "help", "":
                return lambda _: command_views.help_view()
            case "shortlist", "":
                listed = await self._ports.shortlists.listed(asker.there, did.conversation)
                return lambda photos: command_views.shortlist(listed, today=today(), photos=photos)
            case "show" | "similar" as what, "":
                return sentence(f"Whom? Say `{COMMAND} {what} NAME`, by name or id.")
            case "show", name if not name.casefold().startswith("me "):
                return await self._show(did, asker, name)
            case "similar", name:
                return await self._similar(did, asker, name)
        return await self._searching.begin(
            asker, did.conversation, parse(text.strip(), today=today())
        )

    async def _show(self, did: Interaction, asker: Asker, name: str) -> Look:
        found = await self._searching.named(asker, name)
        if len(found) != 1:
            return _unclear(name, found)
        talent = found[0]
        note_injection(found)
        listed = await self._ports.shortlists.which(asker.there, did.conversation, [talent.id])
        note = nearest_note(name, talent)
        return lambda photos: command_views.profile(talent, note=note, listed=listed, photos=photos)

    async def _similar(self, did: Interaction, asker: Asker, name: str) -> Look:
        name = name.removeprefix("to ").strip()
        found = await self._searching.named(asker, name)
        if len(found) != 1:
            return _unclear(name, found)
        query = TalentQuery(similar_to=found[0].id)
        return await self._searching.begin(asker, did.conversation, query)


def _unclear(name: str, found: list[Talent]) -> Look:
    if not found:
        called = inert.mrkdwn(name, _ASKED_LIMIT)
        said = f"Nobody in the roster is called “{called}” or anything like it."
        return sentence(f"{said} Describe them with `{COMMAND}` and a few words instead.")
    return lambda _: command_views.candidates(name, found)
