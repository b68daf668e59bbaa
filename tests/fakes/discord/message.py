"""A message, with every version of it that was ever shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.discord.mentions import EVERYTHING_PINGS, pinged
from tests.fakes.discord.wire import Json, iso

if TYPE_CHECKING:
    from tests.fakes.discord.channel import Channel
    from tests.fakes.discord.people import User

SUPPRESS_EMBEDS = 1 << 2
HAS_THREAD = 1 << 5
EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_NOTIFICATIONS = 1 << 12
COMPONENTS_V2 = 1 << 15


@dataclass(frozen=True, slots=True)
class Version:
    """What a message showed from a time on (seconds since 1970)."""

    at: float
    content: str
    embeds: list[Json]
    components: list[Json]


@dataclass(eq=False, repr=False)
class Message:
    """One message of a channel. `kind` is its type: 0, or 19 for a reply."""

    channel: Channel
    id: str
    author: User
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    """What is in the attachments, by file name."""
    flags: int = 0
    kind: int = 0
    reference: Message | None = None
    allowed: Json = field(default_factory=lambda: EVERYTHING_PINGS)
    nonce: str | int | None = None
    visible_to: User | None = None
    """The only person who sees it (ephemeral)."""
    interaction: Json | None = None
    """The metadata of the interaction that it answers."""
    posted_at: float = 0.0
    edited_at: float | None = None
    deleted: bool = False
    thread: Channel | None = None
    reactions: dict[str, list[User]] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)
    pinged: set[str] = field(default_factory=set)
    """Ids of all users and roles that it ever pinged, and "everyone"."""
    mentions: list[str] = field(default_factory=list)
    mention_roles: list[str] = field(default_factory=list)
    mention_everyone: bool = False

    def __post_init__(self) -> None:
        self._show(self.posted_at)

    def __repr__(self) -> str:
        return f"<message {self.id} of {self.author.name}: {self.shown[:60]!r}>"

    # --- what people see ---------------------------------------------------------------------

    def is_seen_by(self, user: User) -> bool:
        return self.visible_to in (None, user)

    @property
    def thinking(self) -> bool:
        """Whether it shows that the bot "is thinking…"."""
        return bool(self.flags & LOADING)

    @property
    def shown(self) -> str:
        """All the text that it shows, with that of embeds, components and buttons."""
        return "\n".join([*self.texts(), *self.labels()])

    def addressed(self) -> list[str]:
        """The texts in which mentions count: those in embeds do not."""
        displayed = (c["content"] for c in walk(self.components) if c["type"] == 10)
        return [*([self.content] if self.content else []), *displayed]

    def texts(self) -> list[str]:
        """Its content and the texts of embeds and components."""
        return [*([self.content] if self.content else []), *_embedded(self.embeds),
                *(c["content"] for c in walk(self.components) if c["type"] == 10)]  # fmt: skip

    def labels(self) -> list[str]:
        """What its buttons and menus say."""
        found = (c.get("label") or c.get("placeholder") for c in walk(self.components))
        return [f"[{label}]" for label in found if label]

    # --- how the server keeps it -------------------------------------------------------------

    def change(self, **fields: Any) -> None:
        """Give it other content: of `content`, `embeds`, `components`, `attachments`, `flags`,
        `allowed`."""
        for name, value in fields.items():
            setattr(self, name, value)
        self.edited_at = self.channel.server.clock.now()
        self._show(self.edited_at)

    def _show(self, at: float) -> None:
        users, roles, everyone = pinged(self, self.allowed)
        self.mentions, self.mention_roles, self.mention_everyone = users, roles, everyone
        if not self.edited_at and not self.flags & SUPPRESS_NOTIFICATIONS:
            self.pinged = {*users, *roles, *(["everyone"] if everyone else [])}
        self.versions.append(Version(at, self.content, self.embeds, self.components))

    # --- on the wire -------------------------------------------------------------------------

    def event(self, *, content: bool = True) -> Json:
        """What the gateway says of it. Without `content` an app sees only what Discord shows one
        that lacks the intent: words that are addressed to it."""
        data = self.wire()
        channel = self.channel
        data["channel_type"] = channel.kind
        if channel.guild:
            member = channel.guild.member_wire(self.author)
            data |= {"guild_id": channel.guild.id}
            if member:
                data["member"] = member
        bot = channel.server.bot
        ours = channel.guild is None or self.author is bot or bot.id in self.mentions
        if not content and not ours:
            data |= {"content": "", "embeds": [], "attachments": [], "components": []}
        return data

    def wire(self, *, nested: bool = False) -> Json:
        channel, server = self.channel, self.channel.server
        data: Json = {
            "id": self.id,
            "type": self.kind,
            "channel_id": channel.id,
            "author": self.author.wire(),
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "attachments": self.attachments,
            "flags": self.flags,
            "timestamp": iso(self.posted_at),
            "edited_timestamp": iso(self.edited_at) if self.edited_at else None,
            "mentions": [self._mentioned(server.users[user]) for user in self.mentions],
            "mention_roles": self.mention_roles,
            "mention_everyone": self.mention_everyone,
            "pinned": False,
            "tts": False,
        }
        if self.nonce is not None:
            data["nonce"] = self.nonce
        if self.reactions:
            data["reactions"] = [
                self._reaction(*each) for each in self.reactions.items() if each[1]
            ]
        if self.author is server.bot and self.interaction:
            data |= {"application_id": server.application_id, "webhook_id": server.application_id}
            data["interaction_metadata"] = self.interaction
        if self.reference:
            other = self.reference
            data["message_reference"] = {
                "type": 0,
                "message_id": other.id,
                "channel_id": other.channel.id,
                **({"guild_id": other.channel.guild.id} if other.channel.guild else {}),
            }
            if not nested:
                data["referenced_message"] = None if other.deleted else other.wire(nested=True)
        if self.thread:
            data["thread"] = self.thread.wire()
        return data

    def _mentioned(self, user: User) -> Json:
        guild = self.channel.guild
        member = guild.member_wire(user) if guild else None
        return user.wire() | ({"member": member} if member else {})

    def _reaction(self, emoji: str, users: list[User]) -> Json:
        return {
            "emoji": {"id": None, "name": emoji},
            "count": len(users),
            "count_details": {"burst": 0, "normal": len(users)},
            "me": self.channel.server.bot in users,
            "me_burst": False,
            "burst_colors": [],
        }


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, nested ones too, in the order in which they are read."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for name in ("accessory", "component"):
            if component.get(name):
                yield from walk([component[name]])


def _embedded(embeds: list[Json]) -> Iterator[str]:
    for embed in embeds:
        parts = [embed.get("author", {}).get("name"), embed.get("title"), embed.get("description")]
        for each in embed.get("fields", ()):
            parts += [each["name"], each["value"]]
        parts.append(embed.get("footer", {}).get("text"))
        yield from (part for part in parts if part)
