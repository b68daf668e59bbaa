"""The form with all filters: opened from a search, and what sending it off does.

The form must be opened within three seconds of the click: where our data is slow, an empty one is
opened and filled in after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from adapters.acts import OpenFilters
from adapters.searches import today
from adapters.slack import parts as view_parts
from adapters.slack.answers import Answers
from adapters.slack.asker import NO_GUESTS, find_asker
from adapters.slack.edges import Parts
from adapters.slack.failures import code
from adapters.slack.filter_form import CALLBACK_ID, FormError, Submitted, form, submitted
from adapters.slack.interaction import Interaction, is_place
from adapters.slack.rich_text import Element
from adapters.slack.search_acts import expired
from adapters.slack.searching import Searching, is_of_all
from bot.stores import SavedSearch
from bot.talent import TalentQuery

log = structlog.get_logger(__name__)

PATIENCE = 0.8
"""Seconds that our data may take before the form is opened without it."""
TOO_LATE = "The form could not be opened. Press the button once more."
_LOADING, _EXPIRED = "Getting your search…", "This search has expired. Ask again with `/talent`."


def register(app: AsyncApp, parts: Parts) -> None:
    filters = Filters(parts, Answers(parts.budget))

    @app.view(CALLBACK_ID)
    async def sent(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        try:
            form = submitted(body["view"], today=today())
        except FormError as error:
            await ack(error.as_response())
            return
        await ack()
        filters.begin(form, body, context, client)


class Filters:
    def __init__(self, parts: Parts, answers: Answers) -> None:
        self._parts = parts
        self._answers = answers
        self._searching = Searching(parts.ports)

    async def open(self, did: Interaction, act: OpenFilters) -> None:
        """Show the form. `NotTheirsError` where the search is somebody else's."""
        getting = asyncio.create_task(self._saved(did, act))
        try:
            await asyncio.wait({getting}, timeout=PATIENCE)
            view_id = "" if getting.done() else await self._show(did, _waiting(_LOADING))
            saved = await getting
        finally:
            getting.cancel()
        if act.search_id and saved is None:
            if view_id:
                await self._show(did, _waiting(_EXPIRED), view_id)
            await expired(self._answers, did)
            return
        query = saved.query if saved else TalentQuery()
        carried = {
            "answer": did.response_url,
            "channel": did.channel,
            "thread": did.thread,
            "ts": did.message_ts,
            "of_all": "yes" if saved and is_of_all(saved) else "",
        }
        view = form(query, today=today(), search_id=act.search_id, carried=carried)
        await self._show(did, view, view_id)

    async def _saved(self, did: Interaction, act: OpenFilters) -> SavedSearch | None:
        return await self._searching.saved(did, act.search_id) if act.search_id else None

    async def _show(self, did: Interaction, view: Element, view_id: str = "") -> str:
        """Open it, or put it into a view that is open; the view's id."""
        try:
            if view_id:
                await did.client.views_update(view_id=view_id, view=view)
                return view_id
            opened = await did.client.views_open(trigger_id=did.trigger_id, view=view)
            return str(opened["view"]["id"])
        except SlackApiError as error:
            log.info("slack_form_not_shown", error=code(error))
            if not view_id:
                await self._answers.tell(did, TOO_LATE)
            return view_id

    def begin(
        self,
        form: Submitted,
        body: Mapping[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
    ) -> None:
        """Search for what was sent off, in the background."""
        channel, thread = form.carried.get("channel", ""), form.carried.get("thread", "")
        came = Interaction.of(body, context, client)
        if not all(isinstance(each, str) for each in form.carried.values()) or not is_place(
            channel, thread
        ):
            log.warning("slack_act_refused", reason="a form of no channel", workspace=came.team)
            return
        did = replace(
            came,
            channel=channel,
            thread=thread,
            message_ts=form.carried.get("ts", ""),
            response_url=form.carried.get("answer", ""),
        )

        async def tell(words: str) -> None:
            await self._answers.tell(did, words)

        self._parts.afterwards.start("filters", self._search(did, form), tell)

    async def _search(self, did: Interaction, form: Submitted) -> None:
        asker = await find_asker(self._parts, did)
        if asker is None:
            log.info("slack_act_refused", reason="a guest", act="filters", workspace=did.team)
            await self._answers.tell(did, NO_GUESTS)
            return
        of_all = bool(form.carried.get("of_all"))
        look = await self._searching.begin(asker, did.conversation, form.query, of_all=of_all)
        if not (did.response_url and await self._answers.in_place(did, look)):
            await self._answers.privately(replace(did, response_url=""), look)


def _waiting(words: str) -> Element:
    """The form before there is anything to fill in."""
    view = View(
        type="modal",
        title=view_parts.plain("Find talents"),
        close=view_parts.plain("Cancel"),
        blocks=[view_parts.section(words)],
    )
    return view_parts.as_json(view)
