"""A workspace: its people, channels and messages, and our app in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tests.fakes.slack.app import Token
from tests.fakes.slack.authors import Author, Bot
from tests.fakes.slack.message import Message
from tests.fakes.slack.people import Person
from tests.fakes.slack.wire import Json, RefusedError

if TYPE_CHECKING:
    from tests.fakes.slack.server import SlackServer

Kind = Literal["channel", "group", "im", "mpim"]


STATUS_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Status:
    """A status line that was set at a time (seconds since 1970)."""

    at: float
    thread: str
    text: str


@dataclass(eq=False, repr=False)
class Channel:
    """A conversation of any kind, and what was said in it."""

    id: str
    name: str
    kind: Kind
    workspace: Workspace
    members: list[Author] = field(default_factory=list)
    archived: bool = False
    shared_with: list[Workspace] = field(default_factory=list)
    """Other organisations in it (Slack Connect)."""
    statuses: list[Status] = field(default_factory=list)
    """Every status line that was ever set, oldest first; an empty text took it away."""
    sessions: dict[str, str] = field(default_factory=dict)
    """The status of each thread's agent session."""
    titles: dict[str, str] = field(default_factory=dict)
    prompts: dict[str, list[Json]] = field(default_factory=dict)
    _messages: dict[str, Message] = field(default_factory=dict)
    _threads: dict[str, list[Message]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name or self.id}>"

    # --- what a person sees ----------------------------------------------------------------

    def messages(self, thread: str | None = None) -> list[Message]:
        """What everyone in the channel sees, oldest first: of one thread, its first message with
        its replies; else what stands in the channel itself."""
        if thread is not None:
            first = self._messages.get(thread)
            found = [first] if first else []
            found += self._threads.get(thread, [])
        else:
            found = [m for m in self._messages.values() if not m.is_reply or m.broadcast]
        return [m for m in found if not m.deleted and not m.visible_to]

    def everything(self) -> list[Message]:
        """Every message ever posted here, also deleted and ephemeral ones and those in threads."""
        return list(self._messages.values())

    def ephemeral(self, person: Author) -> list[Message]:
        """What only that person sees here."""
        return [m for m in self._messages.values() if m.visible_to == person.id and not m.deleted]

    def from_bot(self, thread: str | None = None) -> list[Message]:
        """The messages of our app among `messages`; without `thread`, in threads and outside."""
        seen = self._messages.values() if thread is None else self.messages(thread)
        bot = self.workspace.bot
        return [m for m in seen if m.author is bot and not m.deleted and not m.visible_to]

    def status(self, thread: str) -> str:
        """The status line under a thread; it vanishes by itself after two minutes."""
        now = self.workspace.server.clock.now()
        for status in reversed(self.statuses):
            if status.thread == thread:
                return status.text if status.at + STATUS_SECONDS > now else ""
        return ""

    # --- how the server keeps them ---------------------------------------------------------

    def find(self, ts: str) -> Message | None:
        return self._messages.get(ts)

    def message(self, ts: str) -> Message:
        """The message of that timestamp, which must be there."""
        return self._messages[ts]

    def replies(self, ts: str) -> list[Message]:
        """The replies in the thread of that message that are still there."""
        return [m for m in self._threads.get(ts, ()) if not m.deleted and not m.visible_to]

    def add(self, author: Author, text: str, **fields: object) -> Message:
        """Put a message at the end of the channel."""
        blocks: list[Json] = fields.pop("blocks", [])  # type: ignore[assignment]
        clock = self.workspace.server.clock
        message = Message(self, clock.ts(), author, text, blocks, **fields)  # type: ignore[arg-type]
        message.show(clock.now(), text, blocks)
        self._messages[message.ts] = message
        if message.is_reply:
            self._threads.setdefault(message.thread_ts, []).append(message)
        return message

    def set_status(self, thread: str, text: str) -> None:
        if text or self.status(thread):
            self.statuses.append(Status(self.workspace.server.clock.now(), thread, text))

    def has(self, author: Author) -> bool:
        return author in self.members

    @property
    def is_shared(self) -> bool:
        return bool(self.shared_with)

    def wire(self) -> Json:
        """The channel as `conversations.info` gives it."""
        shared = [self.workspace.id, *(other.id for other in self.shared_with)]
        common: Json = {
            "id": self.id,
            "created": 1760000000,
            "is_archived": self.archived,
            "is_im": self.kind == "im",
            "is_org_shared": False,
            "context_team_id": self.workspace.id,
            "updated": 1760000000000,
        }
        if self.kind == "im":
            person = next(m for m in self.members if m is not self.workspace.bot)
            return common | {"user": person.id, "is_user_deleted": False, "priority": 0}
        return common | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "channel",
            "is_general": False,
            "is_shared": self.is_shared,
            "is_ext_shared": self.is_shared,
            "is_pending_ext_shared": False,
            "is_member": self.has(self.workspace.bot),
            "creator": self.members[0].id if self.members else "",
            "shared_team_ids": shared,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "previous_names": [],
        }


@dataclass(eq=False, repr=False)
class Workspace:
    """One Slack team in which our app is installed."""

    server: SlackServer
    id: str
    name: str
    enterprise_id: str = ""
    channels: dict[str, Channel] = field(default_factory=dict)
    users: dict[str, Author] = field(default_factory=dict)
    installed: bool = True
    bot: Bot = field(init=False)
    bot_token: str = field(init=False)

    def __post_init__(self) -> None:
        new = self.server.ids.new
        app = self.server.app
        self.bot = Bot(
            new("U"), app.name.lower(), self.id, bot_id=new("B"), app_id=app.id, real_name=app.name
        )
        self.users[self.bot.id] = self.bot
        self.bot_token = ""
        if self.installed:
            self.bot_token = f"xoxb-{self.id}-for-tests"
            self.server.tokens.add(Token(self.bot_token, "bot", app.scopes, self))

    def __repr__(self) -> str:
        return f"<workspace {self.name}>"

    @property
    def domain(self) -> str:
        return self.name.lower().replace(" ", "-")

    # --- people and places -------------------------------------------------------------------

    def person(self, name: str, **fields: object) -> Person:
        """A member of the workspace. Fields of `Person` may be given: `is_admin`, `tz`, …"""
        fields = {"enterprise_id": self.enterprise_id, **fields}
        person = Person(self.server.ids.new("U"), name, self.id, home=self, **fields)  # type: ignore[arg-type]
        self.users[person.id] = person
        return person

    def stranger(self, name: str, home: Workspace) -> Person:
        """Somebody of another workspace, whom one meets in channels shared with it."""
        new, grid = self.server.ids.new, home.enterprise_id
        person = Person(new("U"), name, home.id, home=self, enterprise_id=grid)
        self.users[person.id] = person
        return person

    def other_bot(self, name: str) -> Bot:
        """Another app's bot."""
        new = self.server.ids.new
        bot = Bot(new("U"), name, self.id, bot_id=new("B"), app_id=new("A"), real_name=name)
        self.users[bot.id] = bot
        return bot

    def channel(
        self,
        name: str,
        *members: Author,
        private: bool = False,
        bot: bool = True,
        shared_with: Iterable[Workspace] = (),
    ) -> Channel:
        """A channel with these members, and our bot unless told otherwise."""
        kind: Kind = "group" if private else "channel"
        channel = self._add("C", name, kind, [*members, *([self.bot] if bot else [])])
        channel.shared_with.extend(shared_with)
        return channel

    def group_dm(self, *members: Author) -> Channel:
        """A direct message of several, our bot among them."""
        name = "mpdm-" + "--".join(member.name for member in members) + "-1"
        return self._add("G", name, "mpim", [*members, self.bot])

    def dm(self, person: Author) -> Channel:
        """The direct messages of that person and our bot."""
        for channel in self.channels.values():
            if channel.kind == "im" and channel.has(person) and channel.has(self.bot):
                return channel
        return self._add("D", "", "im", [person, self.bot])

    def direct(self, one: Author, other: Author) -> Channel:
        """The direct messages of two people, which our bot does not see."""
        return self._add("D", "", "im", [one, other])

    def find_channel(self, channel_id: str) -> Channel:
        """Raises the API's `channel_not_found`. A person's id stands for their direct messages."""
        if channel_id in self.users:
            return self.dm(self.users[channel_id])
        if channel_id not in self.channels:
            raise RefusedError("channel_not_found")
        return self.channels[channel_id]

    def _add(self, prefix: str, name: str, kind: Kind, members: list[Author]) -> Channel:
        channel = Channel(self.server.ids.new(prefix), name, kind, self, members)
        self.channels[channel.id] = channel
        for member in members:
            self.users.setdefault(member.id, member)
        return channel
