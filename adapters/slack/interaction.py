"""Who did something to us other than writing, and where: a command, a click, a form, a shortcut.

Read from what Slack sends as if anybody had sent it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.events import PLATFORM
from adapters.slack.rich_text import Element
from adapters.slack.shapes import CHANNEL, PERSON, TS
from adapters.slack.workspaces import Installed
from bot.conversation import ConversationKey


class MalformedError(ValueError):
    """Slack sends nothing like that."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One of them. `thread` is empty outside threads, `channel` where it came from a view."""

    team: str
    user: str
    user_team: str
    enterprise: str
    """The Enterprise Grid that the app is installed in, if any."""
    channel: str
    thread: str
    message_ts: str
    is_theirs_alone: bool
    """The message acted on is seen by them alone."""
    blocks: Sequence[Element]
    """Of the message acted on; Slack tells none of one that they alone see."""
    text: str
    view: str
    """The callback id of the view acted on."""
    trigger_id: str
    response_url: str = field(repr=False)
    client: AsyncWebClient = field(repr=False)
    installed: Installed = field(repr=False)

    @property
    def conversation(self) -> ConversationKey:
        return ConversationKey(PLATFORM, self.team, self.channel, self.thread)

    @classmethod
    def of(
        cls, body: Mapping[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> Interaction:
        """Raises `MalformedError`."""
        installed: Installed = context["installed"]
        user, container, message = (_part(body, key) for key in ("user", "container", "message"))
        in_channel = _part(body, "channel")
        channel = _text(in_channel, "id") or _text(body, "channel_id")
        thread = _text(container, "thread_ts") or _text(message, "thread_ts")
        found = cls(
            team=context.team_id or "",
            user=_text(user, "id") or _text(body, "user_id"),
            user_team=_text(user, "team_id") or context.team_id or "",
            enterprise=context.enterprise_id or installed.enterprise_id,
            channel=channel,
            thread=thread,
            message_ts=_text(container, "message_ts") or _text(message, "ts"),
            is_theirs_alone=container.get("is_ephemeral") is True,
            blocks=[block for block in _list(message, "blocks") if isinstance(block, dict)],
            text=_text(message, "text"),
            view=_text(_part(body, "view"), "callback_id"),
            trigger_id=_text(body, "trigger_id"),
            response_url=_text(body, "response_url"),
            client=client,
            installed=installed,
        )
        stamps = (found.thread, found.message_ts)
        if (
            not found.team
            or not PERSON.fullmatch(found.user)
            or not (CHANNEL.fullmatch(channel) or not channel)
            or not all(TS.fullmatch(stamp) or not stamp for stamp in stamps)
        ):
            raise MalformedError("no such person, channel or message can be")
        return found


def is_place(channel: str, thread: str) -> bool:
    """Whether these can be a channel and a thread in it."""
    return bool(CHANNEL.fullmatch(channel) and (TS.fullmatch(thread) or not thread))


def _part(mapping: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = mapping.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) else ""


def _list(mapping: Mapping[str, Any], key: str) -> Sequence[object]:
    value = mapping.get(key)
    return value if isinstance(value, list) else ()
