"""Who speaks where, and who will read the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from bot.talent import TalentQuery

if TYPE_CHECKING:
    from bot.facts import Fact
    from bot.memories import Episode


class Access(StrEnum):
    """What the people of a workspace may see of their organisation's roster."""

    TEAM = "team"
    COMMUNITY = "community"


class Place(StrEnum):
    """What kind of room a conversation is in; it decides who may later be told what was said."""

    DM = "dm"
    THREAD = "thread"
    """A private thread: some of the channel's people read it, and no others."""
    PRIVATE = "private"
    PUBLIC = "public"
    SHARED = "shared"
    """A channel that people of other organisations can read: what is said there is for the
    community at most."""


@dataclass(frozen=True, slots=True)
class ConversationKey:
    """One conversation: a thread in a channel of a workspace on a platform.

    `thread` is empty where the channel itself is the conversation (a DM, say).
    """

    platform: str
    workspace: str
    channel: str
    thread: str = ""

    def __str__(self) -> str:
        """The four parts as one key; two keys never read the same, whatever is in their parts."""
        parts = (self.platform, self.workspace, self.channel, self.thread)
        return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who will be able to read what we say: every lookup is bound to one."""

    org_id: UUID
    access: Access
    place: Place


def access_within(
    workspace: Access,
    place: Place,
    at_most: Access | None = None,
    at_least: Access | None = None,
) -> Access:
    """What is said there may draw on, where the workspace's people may see `workspace`.

    `at_least` counts only where it can hold for everybody who reads it, and a cap weighs more.
    """
    if place is Place.SHARED or at_most is Access.COMMUNITY:
        return Access.COMMUNITY
    if at_least is Access.TEAM and place in (Place.DM, Place.THREAD, Place.PRIVATE):
        return Access.TEAM
    return workspace


@dataclass(frozen=True, slots=True)
class Author:
    """The person who wrote a message, as the platform names them."""

    external_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """A person's message as an adapter received it, the platform's markup removed.

    `id` is the platform's own and unique within the conversation's workspace: a message
    delivered twice is answered once.
    """

    id: str
    conversation: ConversationKey
    place: Place
    author: Author
    text: str
    sent_at: datetime
    default_access: Access = Access.TEAM
    """What the workspace's people may see as long as nobody has set it up."""
    access_at_most: Access | None = None
    """A cap on what the answer may draw on, for an author who is not of the workspace."""
    access_at_least: Access | None = None
    """What everybody who reads the answer may see, as all of them are people whom the workspace's
    admins trust (a role that they named): the author alone, or whoever sees a private channel. It
    counts in `Place.DM`, `THREAD` and `PRIVATE`, and up to what the workspace was linked for."""
    room_name: str = ""
    """What people call the room ("#casting"); empty where it has no name or nobody told us."""
    link: str = ""
    """Where people open the message; empty where a platform has no such thing."""
    trusted_in: str = ""
    """The workspace whose admins trust the author so, if not the message's own: a direct message
    may belong to none of the workspaces that its author is in."""

    def access_within(self, workspace: Access) -> Access:
        """What the answer may draw on, where the workspace's people may see `workspace`: no more
        than its author may see, nor than whoever else reads the place. Whether the author is
        trusted with more is for whoever knows what the workspace was linked for."""
        return access_within(workspace, self.place, self.access_at_most)


GIVEN_UP = "This could not be answered, even in several attempts. You can try it again."
"""What people are told of a turn that is `DEAD`."""


class TurnStatus(StrEnum):
    """Where a turn stands. `QUEUED` and `RUNNING` are open, the others are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """A person stopped it; the text so far is kept."""
    FAILED = "failed"
    """It ended with an error that was said to the person; `retry` makes a new turn of it."""
    DEAD = "dead"
    """Too many workers died with it; it blocks nothing any more, and `retry` makes a new turn."""
    WITHDRAWN = "withdrawn"
    """Its author deleted the message before it was answered: neither text nor reply is kept."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A message that is stored, and so will be answered: one row, which is also the queue's job.

    `message_ids` and `shown` are what an earlier attempt had put on the platform, so that
    whoever takes over goes on in the same messages.
    """

    id: UUID
    audience: Audience
    message: Message
    user_id: UUID
    attempt: int
    message_ids: tuple[str, ...] = ()
    shown: str = ""
    previous: UUID | None = None
    """The newest turn of the conversation that has a reply and that this audience may read: by
    it a kept history is known to be complete. `None` where there is none yet."""
    given_up: bool = False
    """Too many workers died with it: it is not answered any more, and its reply ends as `DEAD`,
    in the messages that it has."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn came to: the reply as Markdown, and what "the second one" will mean next.

    `query` is the search the reply rests on; `talent_ids` are the talents shown, in order.
    """

    text: str
    status: TurnStatus = TurnStatus.DONE
    query: TalentQuery | None = None
    talent_ids: tuple[str, ...] = ()
    error: str = ""
    """The one plain sentence that the person was told, for `FAILED` and `DEAD`, or for
    `DONE` instead of a reply, where the budget of the day is used up."""
    drew_on: tuple[UUID, ...] = ()
    """Of the turns and words overheard that memory gave, those that the reply tells of."""


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A finished turn as memory gives it back, oldest first in a history."""

    turn_id: UUID
    author: Author
    said: str
    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Overheard:
    """What somebody said in the conversation and not to us: background, and never instructions.

    It came before the turn `before` of the history, or `None`: before the turn at hand. That
    place never changes, so that a past turn reads the same each time.
    """

    author: Author
    text: str
    at: datetime
    before: UUID | None = None
    id: UUID | None = None
    """Ours, by which a reply is known to have drawn on it."""


@dataclass(frozen=True, slots=True)
class TranscriptEntry:
    """One turn of a conversation as a screen shows it, whatever its state but `WITHDRAWN`.

    `outcome` is absent while the turn is open; `shown` is then the text so far.
    """

    turn_id: UUID
    message: Message
    status: TurnStatus
    message_ids: tuple[str, ...]
    shown: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Recollection:
    """What memory holds that matters to a turn."""

    history: tuple[PastTurn, ...] = ()
    overheard: tuple[Overheard, ...] = ()
    """Oldest first, bounded."""
    facts: tuple[Fact, ...] = ()
    """What people told us that matters now, the most relevant first."""

    episodes: tuple[Episode, ...] = ()
    """What was said elsewhere or long ago that matters now, oldest first."""
    summary: str = ""
    """What was said in this conversation before `history`, in short."""
