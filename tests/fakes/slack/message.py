"""A message, with everything that it has said before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.markup import plain_mrkdwn
from tests.fakes.slack.plain import plain_blocks
from tests.fakes.slack.wire import Json, without_nothing

if TYPE_CHECKING:
    from tests.fakes.slack.authors import Author
    from tests.fakes.slack.workspace import Channel

_PING = re.compile(
    r"<(@[UWB][A-Z0-9]+|!(?:channel|here|everyone)|!subteam\^[A-Z0-9]+)(?:\|[^>]*)?>"
)


@dataclass(frozen=True, slots=True)
class Version:
    """What a message showed from `at` on (seconds since 1970)."""

    at: float
    text: str
    blocks: list[Json]


@dataclass(eq=False)
class Stream:
    """What has been streamed into a message. It keeps to the mode ("text" or "chunks") that it
    was opened in, and ends at `ends_at` by itself."""

    mode: str
    ends_at: float
    text: str = ""
    tasks: dict[str, Json] = field(default_factory=dict)
    blocks: list[Json] = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Message:
    """One message of a channel. With `visible_to` it is ephemeral: only that person sees it."""

    channel: Channel
    ts: str
    author: Author
    text: str
    blocks: list[Json]
    thread_ts: str = ""
    subtype: str = ""
    metadata: Json | None = None
    visible_to: str = ""
    broadcast: bool = False
    files: list[Json] = field(default_factory=list)
    edited: Json | None = None
    deleted: bool = False
    stream: Stream | None = None
    """Slack's own streaming into it, until it is stopped or its time is up."""
    stopped_by_user: bool = False
    versions: list[Version] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    extra: Json = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<message {self.ts} of {self.author.name}: {self.text[:60]!r}>"

    def show(self, at: float, text: str, blocks: list[Json]) -> None:
        """Show this from now on."""
        self.text, self.blocks = text, blocks
        self.versions.append(Version(at, text, blocks))

    @property
    def streaming(self) -> bool:
        now = self.channel.workspace.server.clock.now()
        return self.stream is not None and self.stream.ends_at > now

    @property
    def posted_at(self) -> float:
        return float(self.ts)

    @property
    def thread(self) -> str:
        """The thread that a reply to this message belongs to."""
        return self.thread_ts or self.ts

    @property
    def is_reply(self) -> bool:
        return bool(self.thread_ts) and self.thread_ts != self.ts

    @property
    def metadata_payload(self) -> Json:
        return dict((self.metadata or {}).get("event_payload", {}))

    @property
    def shown(self) -> str:
        """What a reader sees, as plain lines; the fallback text only where there are no blocks."""
        if self.deleted:
            return ""
        return plain_blocks(self.blocks) if self.blocks else plain_mrkdwn(self.text)

    @property
    def pings(self) -> list[str]:
        """Everyone whom this message would notify: `@U…`, `!channel`, `!here`, and so on."""
        found = _PING.findall(self.text)
        for node in _nodes(self.blocks):
            match node:
                case {"type": "mrkdwn" | "markdown", "text": str(text)}:
                    found += _PING.findall(text)
                case {"type": "user", "user_id": user}:
                    found.append(f"@{user}")
                case {"type": "broadcast", "range": who}:
                    found.append(f"!{who}")
                case {"type": "usergroup", "usergroup_id": group}:
                    found.append(f"!subteam^{group}")
        return found

    def elements(self) -> Iterator[Json]:
        """Every element that can be clicked or chosen from."""
        return (node for node in _nodes(self.blocks) if isinstance(node.get("action_id"), str))

    def wire(self, *, metadata: bool = False) -> Json:
        """The message as Slack's API and events give it."""
        author = self.author
        root = self.channel.find(self.thread_ts) if self.is_reply else None
        return {
            "type": "message",
            "ts": self.ts,
            "text": self.text,
            "team": author.team_id,
            **author.signature(),
            **without_nothing(
                subtype=self.subtype,
                thread_ts=self.thread_ts,
                parent_user_id=root.author.id if root else "",
                blocks=self.blocks,
                files=self.files,
                edited=self.edited,
                metadata=self.metadata if metadata else None,
                reactions=[
                    {"name": name, "users": users, "count": len(users)}
                    for name, users in self.reactions.items()
                ],
            ),
            **self._as_parent(),
            **self.extra,
        }

    def _as_parent(self) -> Json:
        replies = self.channel.replies(self.ts)
        if not replies or self.is_reply:
            return {}
        users = list(dict.fromkeys(reply.author.id for reply in replies))
        return {
            "thread_ts": self.ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "latest_reply": replies[-1].ts,
            "reply_users": users,
            "is_locked": False,
            "subscribed": False,
        }


def _nodes(value: Any) -> Iterator[Json]:
    """Every object in a piece of JSON."""
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item)
    elif isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _nodes(item)
