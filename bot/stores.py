"""What is kept beside turns and talents: the edges that only adapters reach through.

`db/` implements these (`People` with `memory/`), `bot/composition.py` hands them out. What the core
itself calls is in `bot/ports.py`. Each call raises `bot.ports.UnavailableError` where our data
cannot be reached, and has then changed nothing or, rarely, all: doing it again does no harm.

A person is known by platform, workspace and the platform's id. A channel is given as a
`ConversationKey`, whose thread does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

from pydantic import JsonValue

from bot.conversation import Access, Audience, Author, ConversationKey, Place
from bot.facts import Fact
from bot.ports import Lease
from bot.talent import Talent, TalentQuery


class Feedback(Protocol):
    """Whether people found replies helpful."""

    async def rate(self, turn_id: UUID, rater: Author, *, helpful: bool) -> bool:
        """Keep what this person thinks of the turn's reply; their newest rating counts.

        The rater is of the turn's workspace. `False`: there is no such turn, or it was withdrawn.
        """


class TalentGoneError(Exception):
    """The roster has no such talent, as far as the audience may see."""


@dataclass(frozen=True, slots=True)
class Shortlisted:
    """A talent on a shortlist, as the reader may see it; whoever put it there, and when.

    The name is empty where that person has been forgotten.
    """

    talent: Talent
    by: Author
    at: datetime


class Shortlists(Protocol):
    """One list of talents for each channel.

    What is added for a team is for teams alone: a channel that has become the community's shows
    none of it. Every change is noted for good, with who made it, when, and from which turn.
    """

    async def add(
        self,
        audience: Audience,
        channel: ConversationKey,
        talent_id: str,
        by: Author,
        *,
        turn_id: UUID | None = None,
    ) -> bool:
        """Put a talent on the channel's list; `False` if it is there already.

        `turn_id`: the turn whose card was pressed. `TalentGoneError` where the audience sees no
        such talent.
        """

    async def remove(
        self,
        audience: Audience,
        channel: ConversationKey,
        talent_id: str,
        by: Author,
        *,
        turn_id: UUID | None = None,
    ) -> bool:
        """Take a talent off the list; `False` if the audience sees none there."""

    async def which(
        self, audience: Audience, channel: ConversationKey, talent_ids: Sequence[str]
    ) -> frozenset[str]:
        """Those of these talents that are on the list, as far as the audience may see it."""

    async def listed(
        self, audience: Audience, channel: ConversationKey, *, limit: int = 200
    ) -> Sequence[Shortlisted]:
        """The newest `limit` of the list, in the order in which they came on it.

        Talents that the audience may not see are left out.
        """


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search as it was asked: for whom, in which channel, and by whom."""

    audience: Audience
    channel: ConversationKey
    query: TalentQuery
    owner: Author


class SavedSearches(Protocol):
    """Searches that buttons go on with, also after a restart."""

    async def save(
        self, audience: Audience, channel: ConversationKey, query: TalentQuery, owner: Author
    ) -> str:
        """Keep a search for 30 days; its id, 16 letters, digits, `-` or `_` that none can guess."""

    async def find(self, platform: str, workspace: str, search_id: str) -> SavedSearch | None:
        """The search of that id; `None` where it has expired or is another workspace's.

        `workspace` is that of whoever pressed the button. What they may see is their audience's,
        and not that of whoever saved it.
        """


@dataclass(frozen=True, slots=True)
class Person:
    """What we hold of a person: the counts are of what `People.forget` would remove."""

    name: str
    first_seen: datetime
    last_seen: datetime
    turns: int
    questions: tuple[str, ...]
    """The newest five, newest first."""
    overheard: int
    ratings: int
    searches: int
    facts: int = 0


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much of a person went. All zero: nothing was held of them but at most a name."""

    turns: int
    overheard: int
    ratings: int
    searches: int
    facts: int = 0
    replies: int = 0
    """Replies of ours to others, which had drawn on what went."""
    what: tuple[str, ...] = ()
    """Of a few things, what they were: the beginning of each."""


class People(Protocol):
    """What a person may know of what we hold of them, and have removed."""

    async def known(self, platform: str, workspace: str, external_id: str) -> Person | None:
        """What we hold of this person; `None` where they never wrote or were forgotten."""

    async def lately(self, platform: str, *, limit: int) -> Sequence[str]:
        """Who wrote to us within a week, in whatever workspace: their ids, the newest first."""

    async def forget(self, platform: str, workspace: str, external_id: str) -> Forgotten:
        """Remove what we hold of this person in this workspace, in Postgres and in Redis.

        Their name and id; the text of each of their turns with its reply (an open one ends, and
        its reply is removed from the platform) and the facts learned from them; our replies to
        others that drew on these; what was overheard of them, their ratings and searches.
        The other replies that the platform shows stay there. What they put on shortlists stays
        without their name, and the note of it points at nobody.
        """


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person and a channel have chosen."""

    person_on: bool = True
    channel_on: bool = True
    retention_days: int | None = None
    """For how long the channel's memory is kept; `None`: until it is forgotten."""


class Memories(Protocol):
    """A person's say over what is remembered. Forgetting all of it is `People.forget`."""

    async def facts(self, platform: str, workspace: str, external_id: str) -> Sequence[Fact]:
        """What this person told us that holds, newest first."""

    async def choices(self, channel: ConversationKey, external_id: str) -> Choices:
        """What this person, and the channel, have chosen."""

    async def elsewhere(self, platform: str, workspace: str, external_id: str) -> Sequence[str]:
        """The platform's other workspaces in which something of whoever has this id is held. Ask
        only where an id means the same person in all of them."""

    async def forget_fact(
        self, platform: str, workspace: str, external_id: str, beginning: str
    ) -> Forgotten | None:
        """Remove a fact of this person's, whose id begins so, with the turns in which they said
        it; `None` where not exactly one of theirs does."""

    async def said_about(
        self, platform: str, workspace: str, external_id: str, words: str
    ) -> Forgotten:
        """What `forget_about` would remove, but for the replies that drew on it."""

    async def forget_about(
        self, platform: str, workspace: str, external_id: str, words: str
    ) -> Forgotten:
        """Remove what this person said about something, wherever in the workspace: their turns,
        facts, overheard words and searches in which the words stand as a phrase, case and plurals
        ignored; and our replies to others that drew on these."""

    async def export(
        self, platform: str, workspace: str, external_id: str
    ) -> Mapping[str, JsonValue]:
        """All that we hold of this person, and where it was said."""

    async def turn_person(
        self,
        platform: str,
        workspace: str,
        external_id: str,
        *,
        on: bool,
        default_access: Access,
    ) -> None:
        """Whether what this person says is remembered beyond its conversation, from now on, and
        whether they are told of what is. `default_access` is as in `WorkspaceSettings.write`."""

    async def turn_channel(
        self, channel: ConversationKey, *, on: bool, default_access: Access
    ) -> None:
        """The same of a channel. For its admins: check before."""

    async def keep_channel(
        self, channel: ConversationKey, days: int | None, *, default_access: Access
    ) -> None:
        """For how many days what is said in the channel is kept; `None`: until it is forgotten.
        For its admins: check before."""


class WorkspaceSettings(Protocol):
    """Whose a workspace is, and what its admins have set; the adapter that writes the settings
    gives them their types."""

    async def audience(
        self,
        platform: str,
        workspace: str,
        place: Place,
        *,
        default_access: Access,
        access_at_most: Access | None = None,
        access_at_least: Access | None = None,
        trusted_in: str = "",
    ) -> Audience:
        """Who reads what is said in such a place of the workspace, as `TurnQueue.accept` has it.

        The rest is as in `Message`. An answer that only the person who asked will see is for
        `Place.DM`, wherever it appears.
        """

    async def read(self, platform: str, workspace: str) -> Mapping[str, JsonValue]:
        """All that was set; empty where nothing was."""

    async def trusting(self, platform: str) -> Mapping[str, Mapping[str, JsonValue]]:
        """The workspaces whose admins may say whom they trust, with all that was set there; by
        their ids. Without those where nothing was."""

    async def write(
        self,
        platform: str,
        workspace: str,
        settings: Mapping[str, JsonValue],
        *,
        default_access: Access,
    ) -> None:
        """Set these and leave the others; `None` removes a setting.

        `default_access` is what a workspace gets that was never seen before, as in `Message`.
        """


class VaultError(Exception):
    """What is kept cannot be read or written with the keys we have; `str()` says what to do."""


class Vault(Protocol):
    """Secrets at rest, encrypted: each a JSON object under a kind and a key.

    It belongs to no organisation, as a Slack installation is there before one is known for it, and
    no lookup made for an audience can reach it. The values are bound to their kind and key: one
    put in another's place is refused. Every call but `delete` may raise `VaultError`.
    """

    async def put(
        self,
        kind: str,
        key: str,
        value: Mapping[str, JsonValue],
        *,
        expires_in: float | None = None,
    ) -> None:
        """Keep or replace a value, for `expires_in` seconds or until it is deleted."""

    async def get(self, kind: str, key: str) -> Mapping[str, JsonValue] | None:
        """The value; `None` where there is none or it has expired."""

    async def take(self, kind: str, key: str) -> Mapping[str, JsonValue] | None:
        """The value, which is deleted with this: of several who ask, one gets it."""

    async def delete(self, kind: str, key: str) -> bool:
        """Whether there was one."""

    async def delete_under(self, kind: str, prefix: str) -> int:
        """Delete all whose key begins with `prefix`, and how many these were.

        End the prefix where a part of the key ends ("T1/", not "T1"). `ValueError` if it is empty.
        """

    async def keys(self, kind: str) -> Sequence[str]:
        """The keys of what has not expired, sorted."""


class Singletons(Protocol):
    """Work of which one process at a time does each piece: a shard of Discord's, say."""

    def held(self, name: str) -> AbstractAsyncContextManager[Lease]:
        """Wait until nobody else holds `name`, and keep it ours while inside.

        The lease ends only as `"lost"`: others may hold it by now, so leave at once. After a normal
        exit the next in line has it at once; after a crash, when the lease has run out. While our
        data is away nobody takes it from us; names differ between uses ("discord shard 3 of 4").
        """


Claimed: TypeAlias = Literal["ours", "theirs", "done"]


class Published(Protocol):
    """What was published on a platform, by a digest of it: done once over all processes, and again
    only when it changed."""

    async def claim(self, name: str, digest: str) -> Claimed:
        """`"done"`: this is what was published last. `"ours"`: publish it now, within a minute,
        then `finish`. `"theirs"`: another process is at it; ask again later."""

    async def finish(self, name: str, digest: str, *, is_done: bool) -> None:
        """It was published, or could not be: then the next who asks may try."""


class Repeats(Protocol):
    """What was done of late, so that a double click or a request that comes again does nothing
    twice, whichever process it comes to."""

    async def is_repeat(self, what: str, *, within: float) -> bool:
        """Whether it was done within so many seconds; from now on it was."""

    async def undone(self, what: str) -> None:
        """It was not done after all."""
