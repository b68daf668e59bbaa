"""What happens in a workspace, as the Events API tells it to the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.slack.authors import Author, Bot
from tests.fakes.slack.delivery import Deliveries, Delivery
from tests.fakes.slack.shapes import recorded
from tests.fakes.slack.wire import Json

if TYPE_CHECKING:
    from tests.fakes.slack.message import Message
    from tests.fakes.slack.server import SlackServer
    from tests.fakes.slack.workspace import Channel, Workspace

_SCOPE_OF = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
}
_SOMETIMES = frozenset({
    "blocks", "bot_profile", "client_msg_id", "edited", "files", "metadata", "parent_user_id",
    "thread_ts", "view",
})  # fmt: skip
"""Fields of a recorded event that another one of its kind may lack."""
_KINDS = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


class Events:
    """Builds events from the recorded shapes and hands them to be delivered.

    Only what the app is subscribed to, has the scope for and is a member for goes out.
    """

    def __init__(self, server: SlackServer, deliveries: Deliveries) -> None:
        self._server = server
        self._deliveries = deliveries
        self.times = 1
        """How many times each event is delivered."""

    # --- messages ----------------------------------------------------------------------------

    def posted(self, message: Message) -> None:
        """A new message: `message`, and `app_mention` beside it where it mentions the app."""
        channel = message.channel
        event = message.wire() | {"channel": channel.id, "event_ts": message.ts}
        event |= self._foreign(channel, message.author)
        if message.subtype == "thread_broadcast":
            root = channel.find(message.thread_ts)
            event["root"] = root.wire() if root else {}
        self._message(channel, _shape_of(message), event)
        bot = channel.workspace.bot
        if bot.mention in message.text and channel.kind != "im" and message.author is not bot:
            mention = event | {"type": "app_mention"}
            self.send(channel.workspace, "app_mention", "app_mention", mention, channel=channel)

    def changed(self, message: Message, before: Json) -> None:
        channel = message.channel
        source = {"source_team": message.author.team_id, "user_team": message.author.team_id}
        ts = self._server.clock.ts()
        event = {
            "message": _bare(message.wire() | source),
            "previous_message": _bare(before),
            "channel": channel.id,
            "ts": ts,
            "event_ts": ts,
        }
        self._message(channel, "message_changed", event)

    def deleted(self, message: Message, before: Json) -> None:
        """A deleted message; one with replies leaves a tombstone, which is told as a change."""
        channel = message.channel
        ts = self._server.clock.ts()
        event: Json = {
            "previous_message": _bare(before),
            "channel": channel.id,
            "ts": ts,
            "event_ts": ts,
        }
        if channel.replies(message.ts):
            tombstone = before | {
                "subtype": "tombstone",
                "text": "This message was deleted.",
                "user": "USLACKBOT",
                "hidden": True,
            }
            event["message"] = _bare({k: v for k, v in tombstone.items() if k != "blocks"})
            self._message(channel, "message_changed", event)
        else:
            event["deleted_ts"] = message.ts
            self._message(channel, "message_deleted", event)

    def joined(self, channel: Channel, member: Author, inviter: Author) -> None:
        """Somebody came into a channel: the notice in it, and the event of its own."""
        text = f"{member.mention} has joined the channel"
        notice = channel.add(member, text, subtype="channel_join")
        event = {
            "user": member.id,
            "text": text,
            "inviter": inviter.id,
            "channel": channel.id,
            "ts": notice.ts,
            "event_ts": notice.ts,
        }
        self._message(channel, "message_channel_join", event)
        event = {
            "user": member.id,
            "channel": channel.id,
            "team": member.team_id,
            "inviter": inviter.id,
            "event_ts": notice.ts,
        }
        name = "member_joined_channel"
        self.send(channel.workspace, name, name, event, channel=channel)

    # --- sending -----------------------------------------------------------------------------

    def send(
        self,
        workspace: Workspace,
        subscription: str,
        shape: str,
        event: Json,
        *,
        channel: Channel | None = None,
        authorized: bool = True,
    ) -> list[Delivery]:
        """Send an event of this shape, as often as `times` says. Events that tell that the app
        lost its tokens are `authorized` by none."""
        app = self._server.app
        if not workspace.installed:
            return []
        scope = _SCOPE_OF.get(subscription, "")
        if subscription not in app.events or (scope and scope not in app.scopes):
            return []
        if channel and not channel.has(workspace.bot) and subscription != "member_joined_channel":
            return []
        envelope = recorded(f"event_{shape}")
        always = {k: v for k, v in envelope["event"].items() if k not in _SOMETIMES}
        envelope["event"] = always | event
        shared = bool(channel and channel.is_shared)
        envelope |= {
            "token": app.verification_token,
            "api_app_id": app.id,
            "team_id": workspace.id,
            "context_team_id": workspace.id,
            "context_enterprise_id": workspace.enterprise_id or None,
            "event_id": self._server.ids.new("Ev"),
            "event_time": int(self._server.clock.now()),
            "is_ext_shared_channel": shared,
            "authorizations": [_authorization(workspace)] if authorized else [],
        }
        if workspace.enterprise_id:
            envelope["enterprise_id"] = workspace.enterprise_id
        return [self._deliveries.event(envelope) for _ in range(self.times)]

    def _message(self, channel: Channel, shape: str, event: Json) -> None:
        subscription = f"message.{_KINDS[channel.kind]}"
        event = event | {"channel_type": channel.kind}
        self.send(channel.workspace, subscription, shape, event, channel=channel)

    def _foreign(self, channel: Channel, author: Author) -> Json:
        """The fields that tell of another organisation's people (Slack Connect)."""
        if author.team_id == channel.workspace.id:
            return {}
        return {"user_team": author.team_id, "source_team": author.team_id, "team": author.team_id}


def _authorization(workspace: Workspace) -> Json:
    return {
        "enterprise_id": workspace.enterprise_id or None,
        "team_id": workspace.id,
        "user_id": workspace.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }


def _shape_of(message: Message) -> str:
    if message.subtype:
        return f"message_{message.subtype}"
    if isinstance(message.author, Bot):
        return "message_from_bot"
    return f"message_{message.channel.kind}"


def _bare(message: Json) -> Json:
    """A message inside a message event."""
    return {key: value for key, value in message.items() if key not in ("channel", "event_ts")}
