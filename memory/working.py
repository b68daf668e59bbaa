"""Working memory: the recent turns of a conversation, kept in Redis and backed by Postgres, and
what was overheard between them, read from Postgres.

The kept list is a run of turns without a gap: a turn is appended only behind the very turn that
came before it, and a refill replaces the whole. A reader knows from its own turn which must be the
newest. So a list that a flush, a lost write, another process or a late one has left behind is
never taken for complete: it is read from Postgres anew.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Protocol, cast
from uuid import UUID

from pydantic import TypeAdapter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.conversation import Access, Outcome, Overheard, PastTurn, Place, Recollection, Turn
from db.summaries import Summary, SummaryKey
from db.turn_rows import storable
from memory import keys
from memory.breaker import Breaker, RedisAwayError
from memory.budget import cut, tokens
from memory.summary import composed
from memory.window import window

OVERHEARD_BEFORE_TURN = 20
OVERHEARD_TOKENS = 1_500
"""What is given of them before any one turn, the newest. Bounded turn by turn, so that what stands
before a past turn does not change while the conversation goes on."""

MAX_TURNS = 40
MAX_TOKENS = 10_000
"""Of what was said, replied and overheard before it; the newest turn is given even if it alone
is more."""

LONGEST = 3_000
"""Tokens of what was said in a past turn, and of its reply: of more, beginning and end are given.
The message to answer is never cut."""

SUMMARISED_TURNS = 200
"""Older turns of a long conversation that its summary is made of, the newest."""

KEPT_FOR = timedelta(days=1)
"""Since the conversation's last turn."""

FORGOTTEN_FOR = timedelta(minutes=10)
"""For how long nothing is kept of a conversation of which something was forgotten: whoever has read
it before then must not bring it back. No reader holds on to it for as long."""

_FORGET_AT_ONCE = 200
"""Conversations in one trip."""

_ID = 36
"""Characters of a turn's id, with which an entry and the summary begin."""

# An entry is the turn's id (36 characters), then the turn as JSON.
# KEYS: the list, what stands where something was forgotten.
# ARGV: id of the turn before or '', id, entry, most entries, seconds to live.
_APPEND = """
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
local newest = redis.call('LINDEX', KEYS[1], -1)
if newest and string.sub(newest, 1, 36) == ARGV[2] then return 0 end
if ARGV[1] == '' then
  redis.call('DEL', KEYS[1])
elseif not newest or string.sub(newest, 1, 36) ~= ARGV[1] then
  return 0
end
redis.call('RPUSH', KEYS[1], ARGV[3])
redis.call('LTRIM', KEYS[1], -tonumber(ARGV[4]), -1)
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
"""

# KEYS: as above. ARGV: seconds to live, entries.
_REPLACE = """
if redis.call('EXISTS', KEYS[2]) == 1 then return end
redis.call('DEL', KEYS[1])
redis.call('RPUSH', KEYS[1], unpack(ARGV, 2))
redis.call('EXPIRE', KEYS[1], ARGV[1])
"""

# KEYS: the summary, what stands where something was forgotten.
# ARGV: seconds to live, the text, the turn that a kept one must begin with or ''.
_KEEP = """
if redis.call('EXISTS', KEYS[2]) == 1 then return end
if ARGV[3] ~= '' and redis.call('GETRANGE', KEYS[1], 0, 35) ~= ARGV[3] then return end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[1])
"""

# KEYS: what stands where something was forgotten, the copies. ARGV: seconds to live.
_FORGET = """
redis.call('SET', KEYS[1], '', 'EX', ARGV[1])
redis.call('DEL', unpack(KEYS, 2))
"""

_past_turn = TypeAdapter(PastTurn)


class History(Protocol):
    """The conversation in Postgres: `db.turn_history.TurnHistory`."""

    async def before(self, turn: Turn, *, limit: int) -> Sequence[PastTurn]: ...

    async def summary(self, turn: Turn) -> Summary | None: ...

    async def older(
        self, turn: Turn, than: UUID, *, limit: int
    ) -> tuple[Summary | None, Sequence[PastTurn]]: ...

    async def overheard(self, turn: Turn) -> Sequence[Overheard]: ...


class WorkingMemory:
    """`bot.ports.Memory`: one trip to Redis to recall, one to remember, a query where it misses,
    and one for what was overheard.

    Without Redis, Postgres answers.
    """

    def __init__(self, redis: Redis, history: History, breaker: Breaker | None = None) -> None:
        self._redis = redis
        self._history = history
        self._breaker = breaker or Breaker()

    async def recall(self, turn: Turn) -> Recollection:
        overheard: Sequence[Overheard] = ()
        if turn.message.place is Place.DM:  # nobody else is there
            history, kept = await self._told(turn)
        else:
            reading = self._history.overheard(turn)
            (history, kept), overheard = await asyncio.gather(self._told(turn), reading)
        heard = _by_turn(overheard)
        costs = [_cost(past, heard.get(past.turn_id, ())) for past in history]
        if len(history) < MAX_TURNS and sum(costs) <= MAX_TOKENS:
            return _recollected(history, heard)
        began_with = kept[:_ID]
        if not began_with and (summary := await self._history.summary(turn)):
            began_with = str(summary.begins_with)
        told = window(history, costs, max_turns=MAX_TURNS, most=MAX_TOKENS, began_with=began_with)
        summed = await self._summary(turn, told[0], kept)
        return replace(_recollected(told, heard), summary=summed)

    async def _told(self, turn: Turn) -> tuple[Sequence[PastTurn], str]:
        """The newest turns, and the summary that is kept of those before them."""
        if turn.previous is None:
            return (), ""
        history, summary = await self._kept(turn)
        if not history or history[-1].turn_id != turn.previous:
            history = [_cut(past) for past in await self._history.before(turn, limit=MAX_TURNS)]
            await self._refill(turn, history)
        return history, summary

    async def _summary(self, turn: Turn, first: PastTurn, kept: str) -> str:
        """Of what came before `first`: the one that is kept, or what the rows have, where the turns
        that no summary tells of yet stand in their own words."""
        if kept[:_ID] == str(first.turn_id):
            return kept[_ID:]
        summary, older = await self._history.older(turn, first.turn_id, limit=SUMMARISED_TURNS)
        text = composed(summary.text if summary else "", older)
        audience, conversation = turn.audience, str(turn.message.conversation)
        with suppress(RedisAwayError):
            key = SummaryKey(audience.org_id, conversation, audience.access)
            await self._keep(key, first.turn_id, text)
        return text

    async def begins_with(self, org_id: UUID, conversation: str) -> Mapping[Access, UUID]:
        """The turn that replies are given first, for each audience of a long conversation, as far
        as that is known here. `RedisAwayError` where Redis is."""
        keys_of = {access: keys.summary(org_id, conversation, access) for access in Access}

        async def read() -> Sequence[bytes]:
            async with self._redis.pipeline(transaction=False) as trip:
                for key in keys_of.values():
                    trip.getrange(key, 0, _ID - 1)
                found: Sequence[bytes] = await trip.execute()
            return found

        begins: dict[Access, UUID] = {}
        for access, found in zip(keys_of, await self._breaker.call(read), strict=True):
            with suppress(ValueError):  # none, or kept by another version
                begins[access] = UUID(found.decode())
        return begins

    async def keep_summary(self, key: SummaryKey, first: UUID, text: str) -> None:
        """Put a summary in the place of the kept one, if replies still begin with `first`.
        `RedisAwayError` where Redis is."""
        await self._keep(key, first, text, instead=True)

    async def _keep(
        self, key: SummaryKey, first: UUID, text: str, *, instead: bool = False
    ) -> None:
        kept = keys.summary(key.org_id, key.conversation, key.access)
        forgotten = keys.forgotten(key.org_id, key.conversation)
        seconds = str(int(KEPT_FOR.total_seconds()))
        values = seconds, f"{first}{text}", str(first) if instead else ""
        await self._breaker.call(
            lambda: cast("Awaitable[object]", self._redis.eval(_KEEP, 2, kept, forgotten, *values))
        )

    async def remember(self, turn: Turn, outcome: Outcome) -> None:
        if not outcome.text:  # not part of the history in Postgres either
            return
        as_stored = replace(outcome, text=storable(outcome.text))
        message = turn.message
        past = _cut(PastTurn(turn.id, message.author, message.text, message.sent_at, as_stored))
        await self._write(
            _APPEND,
            turn,
            str(turn.previous or ""),
            str(turn.id),
            _to_entry(past),
            str(MAX_TURNS),
            str(int(KEPT_FOR.total_seconds())),
        )

    async def forget(self, turn: Turn) -> None:
        with suppress(RedisAwayError):
            await self.forget_all(turn.audience.org_id, [str(turn.message.conversation)])

    async def _kept(self, turn: Turn) -> tuple[Sequence[PastTurn], str]:
        """What Redis has, oldest first, and the summary of what was before; nothing where it is
        away or that is unreadable."""
        try:
            entries, summary = await self._breaker.call(partial(self._read, turn))
            return [_from_entry(entry) for entry in entries], (summary or b"").decode()
        except (RedisAwayError, ValueError):  # the latter: kept by another version, or by nobody
            return [], ""

    async def _read(self, turn: Turn) -> tuple[Sequence[bytes], bytes | None]:
        async with self._redis.pipeline(transaction=False) as trip:
            trip.lrange(self._key(turn), 0, -1)
            audience, conversation = turn.audience, str(turn.message.conversation)
            trip.get(keys.summary(audience.org_id, conversation, audience.access))
            answers = await trip.execute(raise_on_error=False)
        for answer in answers:  # of another type than ours: it is replaced with the next write
            if isinstance(answer, RedisError) and not str(answer).startswith("WRONGTYPE"):
                raise answer
        entries, summary = (None if isinstance(one, RedisError) else one for one in answers)
        return entries or [], summary

    async def _refill(self, turn: Turn, history: Sequence[PastTurn]) -> None:
        if history:
            entries = [_to_entry(past) for past in history]
            await self._write(_REPLACE, turn, str(int(KEPT_FOR.total_seconds())), *entries)

    async def _write(self, script: str, turn: Turn, *values: str) -> None:
        """Failing loses time only."""
        forgotten = keys.forgotten(turn.audience.org_id, str(turn.message.conversation))
        arguments = (self._key(turn), forgotten, *values)
        with suppress(RedisAwayError):
            await self._breaker.call(
                lambda: cast("Awaitable[object]", self._redis.eval(script, 2, *arguments))
            )

    async def forget_all(self, org_id: UUID, conversations: Sequence[str]) -> None:
        """Remove what is kept of conversations, each `str(ConversationKey)`, for every audience.

        Postgres answers for them from then on. `RedisAwayError` where that cannot be done now.
        """
        for start in range(0, len(conversations), _FORGET_AT_ONCE):
            some = conversations[start : start + _FORGET_AT_ONCE]
            await self._breaker.call(partial(self._forget, org_id, some))

    async def _forget(self, org_id: UUID, conversations: Sequence[str]) -> None:
        seconds = str(int(FORGOTTEN_FOR.total_seconds()))
        async with self._redis.pipeline(transaction=False) as trip:
            for conversation in conversations:
                copies = keys.copies(org_id, conversation)
                forgotten = keys.forgotten(org_id, conversation)
                trip.eval(_FORGET, 1 + len(copies), forgotten, *copies, seconds)
            await trip.execute()

    def _key(self, turn: Turn) -> str:
        return keys.history(turn.audience, turn.message.conversation)


def _cost(past: PastTurn, heard: Sequence[Overheard]) -> int:
    """Tokens of a turn and of what was overheard before it."""
    said = tokens(past.said) + tokens(past.outcome.text)
    return said + sum(tokens(one.text) for one in heard)


def _recollected(
    told: Sequence[PastTurn], heard: Mapping[UUID | None, Sequence[Overheard]]
) -> Recollection:
    """The turns, each with what was overheard before it, oldest first."""
    stand_before = [*(past.turn_id for past in told), None]
    return Recollection(
        history=tuple(told),
        overheard=tuple(one for turn_id in stand_before for one in heard.get(turn_id, ())),
    )


def _by_turn(overheard: Sequence[Overheard]) -> Mapping[UUID | None, Sequence[Overheard]]:
    """What is given of the words before each turn, in the order in which they were said."""
    heard: defaultdict[UUID | None, list[Overheard]] = defaultdict(list)
    left: defaultdict[UUID | None, int] = defaultdict(lambda: OVERHEARD_TOKENS)
    as_said = sorted(overheard, key=lambda one: one.at)
    for one in reversed(as_said):  # what was said at once stays in its order
        left[one.before] -= tokens(one.text)
        if left[one.before] >= 0 and len(heard[one.before]) < OVERHEARD_BEFORE_TURN:
            heard[one.before].append(one)
    return {turn_id: ones[::-1] for turn_id, ones in heard.items()}


def _cut(past: PastTurn) -> PastTurn:
    """The turn as a model is given it."""
    text = cut(past.outcome.text, LONGEST)
    return replace(past, said=cut(past.said, LONGEST), outcome=replace(past.outcome, text=text))


def _to_entry(past: PastTurn) -> str:
    return f"{past.turn_id}{_past_turn.dump_json(past, by_alias=True).decode()}"


def _from_entry(entry: bytes | str) -> PastTurn:
    return _past_turn.validate_json(entry[_ID:])
