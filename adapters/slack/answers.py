"""Answers to what people do: to them alone, in place of the message acted on, or to the channel.

Slack gives each interaction an address of its own to answer at, five times within half an hour
(https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack import parts
from adapters.slack.budget import POST, Budget
from adapters.slack.failures import code, is_malformed, may_have_happened
from adapters.slack.interaction import Interaction
from adapters.slack.reply_view import Shown
from adapters.slack.tricks import note_tricks

log = structlog.get_logger(__name__)

Look: TypeAlias = Callable[[bool], Shown]
"""What to show, with photos or without: Slack refuses a message whose photo it can't fetch."""

EPHEMERAL = "chat.postEphemeral"
_TRIES, _LONGEST_WAIT = 3, 10.0


class _Sent(Enum):
    YES = "yes"
    MALFORMED = "malformed"
    NO = "no"


def sentence(words: str) -> Look:
    """One plain sentence of ours, in mrkdwn: what others said in it is inert already."""
    shown = Shown([parts.section(words)], words)
    return lambda _: shown


class Answers:
    """Each says whether people see it now; what Slack refuses is logged."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    async def tell(self, did: Interaction, words: str) -> None:
        """One sentence to whoever did it, and to nobody else."""
        await self.privately(did, sentence(words))

    async def privately(self, did: Interaction, look: Look) -> bool:
        """A new message that they alone see, in the thread if there is one."""
        if did.thread and await self._ephemeral(did, look):
            return True
        body = {"response_type": "ephemeral", "replace_original": False}
        if did.response_url and await self._respond(did, look, body):
            return True
        return bool(did.channel) and await self._ephemeral(did, look)

    async def in_place(self, did: Interaction, look: Look) -> bool:
        """In place of the message acted on; seen by whoever saw that."""
        return await self._respond(did, look, {"replace_original": True})

    async def in_channel(self, did: Interaction, look: Look) -> bool:
        """A message to everybody there, in the thread if there is one. Never posted twice: where
        Slack's answer is lost this raises as the SDK's calls do."""

        async def post(shown: Shown) -> None:
            await self._budget.call(
                did.team,
                POST,
                lambda: did.client.chat_postMessage(
                    channel=did.channel,
                    thread_ts=did.thread or None,
                    blocks=shown.blocks,
                    text=shown.text,
                    unfurl_links=False,
                    unfurl_media=False,
                ),
                channel=did.channel,
            )

        if await _tried(look, post, once=True):
            return True
        # We are no member there, say; with the address of their click they can take us along.
        body: dict[str, Any] = {"response_type": "in_channel", "replace_original": False}
        if did.thread:
            body["thread_ts"] = did.thread
        return await self._respond(did, look, body)

    async def _ephemeral(self, did: Interaction, look: Look) -> bool:
        async def post(shown: Shown) -> None:
            await self._budget.call(
                did.team,
                EPHEMERAL,
                lambda: did.client.chat_postEphemeral(
                    channel=did.channel,
                    user=did.user,
                    thread_ts=did.thread or None,
                    blocks=shown.blocks,
                    text=shown.text,
                ),
            )

        return await _tried(look, post)

    async def _respond(self, did: Interaction, look: Look, body: dict[str, Any]) -> bool:
        if not is_slacks(did.response_url, did.client.base_url):
            log.warning("slack_act_refused", reason="an address that is not Slack's")
            return False
        for photos in (True, False):
            shown = look(photos)
            sent = await _send(did, {**body, "blocks": shown.blocks, "text": shown.text})
            if sent is not _Sent.MALFORMED:
                note_tricks(shown, channel=did.channel)
                return sent is _Sent.YES
        return False


def is_slacks(url: str, api_url: str) -> bool:
    """Whether an address to answer at is Slack's, or of where its API was said to be."""
    try:
        there, api = urlsplit(url), urlsplit(api_url)
        host = there.hostname or ""
        if (there.scheme, host, there.port) == (api.scheme, api.hostname, api.port):
            return True
    except ValueError:
        return False
    is_slack = host == "slack.com" or host.endswith((".slack.com", ".slack-gov.com"))
    return there.scheme == "https" and is_slack


async def _tried(
    look: Look, post: Callable[[Shown], Awaitable[object]], *, once: bool = False
) -> bool:
    """Whether Slack took it. `once`: raises where it may have without saying so."""
    for photos in (True, False):
        shown = look(photos)
        try:
            await post(shown)
        except SlackApiError as error:
            if once and may_have_happened(error):
                raise
            if not is_malformed(error):
                log.info("slack_answer_refused", error=code(error))
                return False
        else:
            note_tricks(shown)
            return True
    log.warning("slack_answer_malformed")
    return False


async def _send(did: Interaction, body: dict[str, Any]) -> _Sent:
    client = AsyncWebhookClient(
        did.response_url,
        session=did.client.session,
        ssl=did.client.ssl,
        proxy=did.client.proxy,
        logger=logging.getLogger("slack_sdk"),
        retry_handlers=[],
    )
    for _ in range(_TRIES):
        response = await client.send_dict(body)
        if response.status_code == 200:
            return _Sent.YES
        if response.status_code != 429:
            break
        headers = {name.lower(): value for name, value in response.headers.items()}
        asked = headers.get("retry-after", "")
        await asyncio.sleep(min(float(asked) if asked.isdecimal() else 1.0, _LONGEST_WAIT))
    log.info("slack_answer_refused", status=response.status_code)
    is_gone = response.status_code in (403, 404, 410, 429)
    return _Sent.NO if is_gone or response.status_code >= 500 else _Sent.MALFORMED
