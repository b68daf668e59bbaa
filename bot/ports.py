"""Every edge of the core on one screen.

The core calls out through these and nothing else. `adapters/` implements `Adapter` and `Reply`,
`memory/` implements `Memory`, `MemorySearch` and `Embedder`, `db/` implements `TalentRepository`
and `TurnQueue`; `bot/claude/` and `bot/offline/` implement `Responder`. What adapters keep of their
own is in `bot/stores.py`, the queue of background jobs in `bot/jobs.py`, a day's budget in
`bot/spending.py`, who writes summaries in `bot/summaries.py`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

import numpy as np
import numpy.typing as npt

from bot.conversation import (
    Access,
    Audience,
    ConversationKey,
    Message,
    Outcome,
    Recollection,
    TranscriptEntry,
    Turn,
)
from bot.memories import Lookup
from bot.talent import Match, SearchResult, Talent, TalentQuery
from bot.tools import Toolbox

# --- towards people: one platform each -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """One message of a reply as it should look now.

    `matches` are shown as cards; only the last page carries them. `notice` is a short line set
    apart from the text ("Stopped.", an error's plain sentence). `final` means that nothing
    more will change; `retryable` offers a retry button. `continues`: the reply goes on in the next
    message, which has what stands below a reply. `until`: when the notice ends to be true, which
    it says in words too, for platforms that show a time as each reader's clock has it.
    """

    text: str
    matches: tuple[Match, ...] = ()
    notice: str = ""
    final: bool = False
    retryable: bool = False
    continues: bool = False
    until: datetime | None = None


class Step(Enum):
    """How far a reply has come when it wants to make a call: what makes the call urgent."""

    WAITING = "waiting"
    """There is no text yet: a call now would show an empty message."""
    FIRST = "first"
    """People wait for the first text."""
    GROWING = "growing"
    LAST = "last"
    """The reply has ended; nothing is shown later than this."""


class Reply(Protocol):
    """The one place where the answer to a turn appears."""

    page_limit: int
    """The most characters of Markdown that one message of this platform holds."""

    async def pace(self, step: Step) -> None:
        """Return when the platform's budget allows the next `post`, `edit` or `delete`.

        The text is read after this returns, so it is always the newest. When the reply comes
        further meanwhile, this is cancelled and called again with the new step: a platform that
        wants no empty message need not return from `WAITING`.
        """

    async def post(self, page: Page) -> str:
        """Create the next message; its id."""

    async def edit(self, message_id: str, page: Page) -> None:
        """Make that message look like `page`."""

    async def delete(self, message_id: str) -> None:
        """Remove a message that a shorter reply no longer needs. Absent already: no error."""

    async def activity(self, doing: str) -> None:
        """Show what we are at ("searching the roster…"); empty ends it. Never raises."""

    async def close(self) -> None:
        """The core makes no further call, however the reply ended: let go of what was held for
        it. Takes at most about a second and never raises."""


class Adapter(Protocol):
    """One platform: events in through `TurnQueue.accept`, answers out through `Reply`."""

    platform: str
    """The first part of its conversations' keys; turns are claimed by it."""

    def reply(self, turn: Turn) -> Reply: ...

    async def run(self) -> None:
        """Serve until cancelled."""


class UndeliverableError(Exception):
    """The platform will not take this reply, now or later (channel gone, no permission)."""


class NotNowError(Exception):
    """The platform wants this call later: `pace` waits for that, and it is made again then."""


# --- towards the model -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class Doing:
    """What the responder is at, for people: "searching the roster…"."""

    text: str


class ResponderError(Exception):
    """The reply cannot go on. `str()` is one plain sentence for the person."""

    def __init__(self, sentence: str, *, reason: str, retryable: bool = True) -> None:
        super().__init__(sentence)
        self.reason = reason
        """A short token for logs and metrics: `overloaded`, `rate_limited`, `refusal`, …"""
        self.retryable = retryable


class Responder(Protocol):
    """Writes replies: Claude, or the offline responder that needs no key."""

    name: str

    def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta | Doing, None]:
        """The reply as it grows. Raises `ResponderError`; the text so far stands."""


# --- towards our own data --------------------------------------------------------------------

Vector = npt.NDArray[np.float32]


class EmbedderError(Exception):
    """Nothing can be embedded now; `str()` says what to do. Searches go on by words alone."""


class Embedder(Protocol):
    """Text to unit vectors. The name and dimensions are stored with every vector.

    Both raise `EmbedderError`.
    """

    name: str
    dimensions: int
    near: float
    """From this cosine of a query and a sentence on, the sentence can be shown as an answer."""

    async def query(self, text: str) -> Vector: ...

    async def passages(self, texts: Sequence[str]) -> Sequence[Vector]:
        """One vector for each text, in the order given."""


CompletedField: TypeAlias = Literal["name", "skill", "language", "city", "union"]
"""Of what `TalentRepository.complete` knows the values: accents are among the skills, and where a
talent travels to among the cities."""


class TalentRepository(Protocol):
    """The roster, seen only as far as the audience may."""

    async def search(
        self, audience: Audience, query: TalentQuery, *, limit: int = 10
    ) -> SearchResult:
        """Best first. When the filters exclude everyone, the nearest, with `relaxed` said."""

    async def get(self, audience: Audience, talent_ids: Sequence[str]) -> Sequence[Talent]:
        """Those that exist, in the order asked."""

    async def find_by_name(
        self, audience: Audience, name: str, *, limit: int = 5
    ) -> Sequence[Talent]:
        """Whose name is or resembles `name`, nearest first."""

    async def unknown_names(self, audience: Audience, names: Sequence[str]) -> set[str]:
        """Those of `names` that no row backs: by its full name or another name, case ignored, or
        where the name is a single word by a part of them."""

    async def complete(
        self, audience: Audience, field: CompletedField, prefix: str, *, limit: int = 25
    ) -> Sequence[str]:
        """What a person may mean who has typed `prefix`: values of rows that the audience sees.

        A value is found by the beginning of each of its words. Names come in alphabetical order,
        the others with the most frequent first.
        """


class Memory(Protocol):
    """What was said, for as far as it matters now."""

    async def recall(self, turn: Turn) -> Recollection: ...

    async def remember(self, turn: Turn, outcome: Outcome) -> None:
        """Take note of a finished turn. Losing this loses time only: Postgres has the turn."""

    async def forget(self, turn: Turn) -> None:
        """Drop what is kept of the turn's conversation beside Postgres, which is read anew."""


class MemorySearch(Protocol):
    """What was said, asked for while a reply is written."""

    async def search(self, turn: Turn, lookup: Lookup) -> Recollection:
        """The facts and episodes that answer it, for whoever reads the turn's reply: no more than
        `Memory.recall` may give it. `UnavailableError` where our data is away."""


class TurnQueue(Protocol):
    """Messages become rows, and the rows are the queue.

    Within a conversation turns run one at a time and in order; across conversations side by
    side. Every write of a running turn is fenced: `LostTurnError` tells a worker that it is no
    longer the turn's owner.
    """

    async def accept(self, message: Message) -> UUID | None:
        """Store the message; its turn's id, or `None` if it was stored before.

        After this returns the event may be acknowledged: the message will be answered. Raises
        `UnavailableError` where it could not be stored. What the turn may see is the workspace's
        access, raised and capped by the message and its place (see `Message`).
        """

    async def follow_up(self, message: Message, *, early: bool = False) -> UUID | None:
        """Take note of a message that was not addressed to us; its turn's id if it is accepted.

        It is, as by `accept`, if its author's turn is the newest of the conversation and nobody
        else spoke since. Otherwise it is kept as overheard where the conversation has turns, and
        nothing is kept of it where it has none. A repeat changes nothing.

        Where a platform does not keep the order of events, `early` has it wait for ten minutes for
        the turn that it goes on. So it is with `amend` and `withdraw`, for the message itself.
        """

    async def overhear(self, messages: Sequence[Message], *, if_part_of: bool = False) -> None:
        """Keep what was said in a conversation and not to us, as background for later turns.

        Those that are known already, as turns or overheard, are dropped; one that is accepted
        later is a turn from then on. With `if_part_of` only what was said where a turn is.
        """

    async def amend(self, message: Message, *, early: bool = False) -> bool:
        """Its author edited the message: the text is replaced, if its turn is still open.

        A reply under way begins again in the same messages. Overheard words, and those of a turn
        that has ended, are replaced in all that was made of them. Whether an open turn
        changed. Without `early` an edit waits for its message only where the conversation has
        turns.
        """

    async def withdraw(
        self, platform: str, workspace: str, message_id: str, *, early: bool = False
    ) -> bool:
        """Its author deleted the message. Whether that changed anything.

        Its turn, if still open, ends as `WITHDRAWN`: the reply is removed from the platform, and
        neither the text nor the reply stays in our data, also not of earlier tries at the same
        message. A turn that has ended, and overheard words, leave our data with all that was made
        of them; what the platform shows of the reply stays.
        """

    async def claim(self, platforms: Sequence[str], *, at_most: int) -> Sequence[Turn]:
        """The oldest runnable turns of these platforms, now ours, each under a lease.

        One that too many workers died with comes once more, `given_up`, so that its reply ends
        where people see it. If that worker dies too it is dead, and nobody tells.
        """

    async def wait(self, seconds: float) -> None:
        """Return when there may be something to claim, or after `seconds`."""

    async def progress(
        self, turn: Turn, message_ids: Sequence[str], shown: str, *, given: Sequence[UUID] = ()
    ) -> None:
        """Keep what the platform shows, for whoever takes over; `given`: what memory gave the
        reply, by ids as in `Outcome.drew_on`. Where some of it is forgotten, the lease ends as
        `"amended"`.

        While our data cannot be reached it keeps nothing and does not raise, so that the reply
        goes on.
        """

    async def finish(self, turn: Turn, outcome: Outcome) -> None:
        """Reply stored, turn ended and the jobs that follow it queued, in one transaction.

        It waits for our data to be back, if need be for a minute; then `UnavailableError`.
        `ChangedTurnError` where the message was amended or withdrawn by now, or the reply has
        drawn on what was forgotten meanwhile, which counts as amended: a withdrawn turn ends as
        `WITHDRAWN` only.
        """

    async def release(self, turn: Turn) -> None:
        """Give the turn back unfinished: the next claim goes on with it, or begins anew in the
        same messages if it was amended."""

    async def stop(self, turn_id: UUID) -> None:
        """A person wants no more of this turn: dropped if queued, cancelled if running."""

    async def retry(
        self,
        turn_id: UUID,
        *,
        access_at_most: Access | None = None,
        access_at_least: Access | None = None,
        trusted_in: str = "",
    ) -> UUID | None:
        """A new turn with the same message, if that one failed, was stopped or is dead.

        It may see what that one might, as far as the workspace's people still may, or whoever reads
        it is still trusted (the rest is as in `Message`).
        """

    async def transcript(
        self, conversation: ConversationKey, *, limit: int = 100
    ) -> tuple[Audience, Sequence[TranscriptEntry]] | None:
        """The newest turns of a conversation, oldest first, and who may read them; `None` where
        nothing was ever said."""

    async def locate(self, turn_id: UUID) -> tuple[Audience, ConversationKey] | None:
        """Where a turn was asked, and who may read its reply; `None` where there is no such turn,
        or it was withdrawn.

        For buttons, whose turn anybody may have named: check the conversation before you act.
        """

    def lease(self, turn: Turn) -> AbstractAsyncContextManager[Lease]:
        """Keep the turn ours while inside."""


LeaseEnd: TypeAlias = Literal["stopped", "amended", "withdrawn", "lost"]
"""A person stopped the reply, edited or deleted the message; or the turn is another worker's."""


class Lease(Protocol):
    @property
    def over(self) -> LeaseEnd | None:
        """Why the turn must end early, if it must.

        `"amended"`: `release` it, and the next claim answers the new text. `"withdrawn"`: remove
        the reply and `finish` with `WITHDRAWN`. A reason gives way to one that weighs more:
        withdrawn more than the first two, lost more than any.
        """

    async def ended(self) -> LeaseEnd:
        """Wait until there is a reason; the one that holds then."""


class LostTurnError(Exception):
    """The turn belongs to another worker now: stop, and write nothing more of it."""


class ChangedTurnError(Exception):
    """The message was edited or deleted meanwhile, as the lease says too: this reply to it is
    not kept. The turn is still ours."""

    def __init__(self, reason: Literal["amended", "withdrawn"]) -> None:
        super().__init__(f"the message was {reason} meanwhile")
        self.reason = reason


class UnavailableError(Exception):
    """Our own data cannot be reached now. Nothing was stored; trying again later is right."""
