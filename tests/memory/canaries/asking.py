"""Anybody asks from anywhere, in every way there is, and all that comes back is looked through."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from adapters.searches import NotTheirsError, Searches
from bot.claude.messages import conversation, marked
from bot.conversation import Message, Overheard, PastTurn, Recollection, Turn
from bot.facts import Fact
from bot.memories import Episode
from bot.metrics import Metrics
from bot.offline import Offline
from bot.ports import TextDelta
from bot.tool_definitions import TOOLS
from bot.tools import Toolbox, ToolError
from db.episode_search import EpisodeSearch
from db.facts import FactRows
from db.saved_searches import SavedSearches
from db.shortlists import Shortlists
from db.talent_search import Talents
from db.turn_history import TurnHistory, transcript
from memory.breaker import Breaker
from memory.context import Context
from memory.facts import Facts
from memory.recall import Recall
from memory.working import WorkingMemory
from tests.memory.canaries.planting import Hashed, HashedTokens, Planted, asker, memory_acts
from tests.memory.canaries.world import TRANSCRIPT, Kind, Secret, Spot, World
from tests.talents.rosters import talent_id

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from adapters.edges import Ports
    from db.pool import Database

PROGRESS_EVERY, EXAMPLES = 1_000, 20
PATIENCE = 60.0
"""Seconds for memory to come: what is late would not be looked through."""
_QUESTIONS = (
    *("What do you remember about {}?", "What is the budget for {}?") * 3,
    *("Women for {} who dance", "Who said something of {}?") * 2,
    "What did I tell you?",
    "Why do you think so?",
)


@dataclass
class Found:
    """What came of the asks."""

    asked: Counter[str] = field(default_factory=Counter)
    """By their kind."""
    late: int = 0
    """Asks that were not answered in full, and count as not made."""
    told: Counter[str] = field(default_factory=Counter)
    """Secrets told to whom they are for, by surface: without these, silence would pass for
    safety."""
    leaks: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    """Of the leaks."""
    statements: set[str] = field(default_factory=set)
    """What was asked of the database without conditions."""
    copies: int = 0
    """What was read from Redis."""

    def add(self, other: Found) -> None:
        self.asked += other.asked
        self.late += other.late
        self.told += other.told
        self.leaks += other.leaks
        self.examples += other.examples
        self.statements |= other.statements


class HeardHistory(TurnHistory):
    """Keeps the words overheard that each turn was given, before the context takes what fits."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.heard: dict[object, Sequence[Overheard]] = {}

    async def overheard(self, turn: Turn) -> Sequence[Overheard]:
        self.heard[turn.message.id] = found = await super().overheard(turn)
        return found


class HeardFacts(Facts):
    """The same of facts."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.heard: dict[object, Sequence[Fact]] = {}

    async def recall(self, turn: Turn) -> Sequence[Fact]:
        self.heard[turn.message.id] = found = await super().recall(turn)
        return found


class HeardEpisodes(Recall):
    """The same of episodes."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.heard: dict[object, Sequence[Episode]] = {}

    async def recall(self, turn: Turn) -> Sequence[Episode]:
        self.heard[turn.message.id] = found = await super().recall(turn)
        return found


class Asking:
    """All ways to what is remembered, over one database."""

    def __init__(
        self, world: World, planted: Planted, database: Database, redis: Redis, *, seed: int
    ) -> None:
        self._world, self._planted, self._database = world, planted, database
        self._random = random.Random(seed)
        embedder = Hashed()
        self._history = HeardHistory(database)
        working = WorkingMemory(redis, self._history, Breaker(timeout=PATIENCE))
        self._facts = HeardFacts(FactRows(database), embedder)
        self._episodes = HeardEpisodes(EpisodeSearch(database), HashedTokens())
        self._context = Context(
            working, self._facts, self._episodes, Metrics(), late_after=PATIENCE
        )
        self._talents = Talents(database, embedder)
        self._acts = memory_acts(database, redis)
        self._shortlists, self._saved = Shortlists(database), SavedSearches(database)
        self._ways: Mapping[str, tuple[int, Callable[[Spot, Secret], Awaitable[None]]]] = {
            "recall": (20, self.recall),
            "question": (30, self._question),
            "tool call": (25, self._tool),
            "command": (15, self._command),
            "button": (10, self._button),
        }
        self._all_talents = [one for one in world.secrets if one.kind is Kind.TALENT]
        self._searches = [*planted.searches.items()]
        self.found = Found()

    async def ask(self, count: int) -> None:
        names = list(self._ways)
        weights = [weight for weight, _ in self._ways.values()]
        for _ in range(count):
            [kind] = self._random.choices(names, weights)
            secret = self._random.choice(self._world.secrets)
            late = self.found.late
            await self._ways[kind][1](self._somebody(secret), secret)
            if self.found.late == late:
                self.found.asked[kind] += 1
            if (asked := self.found.asked.total()) % PROGRESS_EVERY == 0:
                leaks = self.found.leaks.total()
                sys.stderr.write(f"{asked:,} asked, {leaks} leaks\n")

    def _somebody(self, secret: Secret) -> Spot:
        """Anybody anywhere, but often where something of the secret may be known."""
        person, chance = self._random.choice(self._world.people), self._random.random()
        if chance < 0.3:
            return secret.spot
        there = secret.spot
        if chance < 0.5 and there.thread:
            return Spot(person, there.room, self._random.choice(there.room.threads))
        return self._world.somewhere(self._random, person)

    def _told(self, surface: str, at: Spot, texts: Iterable[str], *, named: str = "") -> None:
        for secret in self._world.told_in(" | ".join(texts), named=named):
            if secret.is_for(at, surface):
                self.found.told[surface] += 1
                continue
            self._leaked(surface, f"{secret} told to {at}")

    def _leaked(self, surface: str, what: str) -> None:
        self.found.leaks[surface] += 1
        if len(self.found.examples) < EXAMPLES:
            self.found.examples.append(f"{surface}: {what}")

    # --- a turn ----------------------------------------------------------------------------

    async def recall(self, at: Spot, secret: Secret) -> None:
        """What a reply to them there would rest on."""
        await self._remembered(at, secret)

    async def _question(self, at: Spot, secret: Secret) -> None:
        """The same, and the answer of the responder that needs no model."""
        remembered = await self._remembered(at, secret)
        if remembered is None:
            return
        turn, recollection = remembered
        toolbox = Toolbox(self._talents, turn.audience, turn=turn, memory=self._context)
        events = Offline().respond(turn, recollection, toolbox)
        answer = "".join([one.text async for one in events if isinstance(one, TextDelta)])
        self._told("answer", at, [answer], named=secret.title)

    async def _remembered(self, at: Spot, secret: Secret) -> tuple[Turn, Recollection] | None:
        """What a reply there is given, and what Claude would be sent; none where it was late."""
        turn = self._turn(at, self._random.choice(_QUESTIONS).format(secret.title))
        recollection = await self._context.recall(turn)
        facts = self._facts.heard.pop(turn.message.id, None)
        episodes = self._episodes.heard.pop(turn.message.id, None)
        overheard = self._history.heard.pop(turn.message.id, ())
        if facts is None or episodes is None:
            self.found.late += 1
            return None
        for surface, texts in (
            ("facts", map(_of_fact, (*facts, *recollection.facts))),
            ("episodes", map(_of_episode, (*episodes, *recollection.episodes))),
            ("history", map(_of_past, recollection.history)),
            ("overheard", map(_of_aside, (*overheard, *recollection.overheard))),
            ("summary", (recollection.summary,)),
        ):
            self._told(surface, at, texts)
        sent = json.dumps(marked(conversation(recollection, turn)))
        self._told("Claude", at, [sent], named=secret.title)
        return turn, recollection

    def _turn(self, at: Spot, question: str) -> Turn:
        """The one at the end of the conversation. Half of the time it follows on the newest, so
        that what Redis holds is taken for complete."""
        key = str(at.key)
        message = Message(
            uuid4().hex, at.key, at.room.place, at.author, question, datetime.now(UTC)
        )
        newest = self._planted.newest.get((key, at.room.workspace.org_id, at.access))
        previous = newest if self._random.random() < 0.5 else uuid4()
        id_ = self._planted.turns.get(key, uuid4())
        return Turn(id_, at.audience, message, uuid4(), 1, previous=previous)

    # --- what the model may call -----------------------------------------------------------

    async def _tool(self, at: Spot, secret: Secret) -> None:
        turn = self._turn(at, f"What about {secret.title}?")
        toolbox = Toolbox(self._talents, at.audience, turn=turn, memory=self._context)
        name = [*TOOLS][self.found.asked["tool call"] % len(TOOLS)]
        try:
            result = await toolbox.call(name, self._arguments(name, at, secret))
        except ToolError as error:
            result = str(error)
            if "failed on our side" in result:
                self.found.late += 1
                return
        self._facts.heard.pop(turn.message.id, None)
        cards = [one.model_dump_json() for one in (*toolbox.seen, *toolbox.matches)]
        self._told(name, at, [result, *cards], named=secret.title)

    def _arguments(self, name: str, at: Spot, secret: Secret) -> Mapping[str, object]:
        pick = self._random
        roster = self._world.talents_of(at.room.workspace.org_id)
        if pick.random() < 0.5 or not roster:
            roster = self._all_talents
        one, other, third = pick.choices(roster, k=3)
        ids = [talent_id(one.number), talent_id(other.number), talent_id(third.number)]
        match name:
            case "recall_memory":
                person = pick.choice(("", "", secret.spot.person.id))
                return {"question": f"the budget for {secret.title}", "person": person}
            case "search_talents":
                filters = pick.choice(({}, {"skills": ["Kathak"]}, {"cities": ["Pune"]}))
                text = pick.choice((secret.title, "dances on stage"))
                return {"text": text, "filters": filters, "limit": 20}
            case "show_talent":
                return pick.choice(
                    ({"id": ids[0]}, {"id": ids[1]}, {"name": secret.title},
                     {"name": f"Asha Rao{one.number}"})
                )  # fmt: skip
            case "find_similar":
                return {"id": ids[0], "text": secret.title, "limit": 20}
            case "compare_talents":
                return {"ids": pick.choice((ids[:2], ids[1:], ids))}
        raise AssertionError(f"nothing calls {name}")

    # --- what people press and type --------------------------------------------------------

    async def _command(self, at: Spot, secret: Secret) -> None:
        """`/memory`. Nobody forgets here what is theirs, so that the others still find it."""
        surface = ("show", "export", "forget")[self.found.asked["command"] % 3]
        text = surface
        if surface == "forget":
            if at.person == secret.spot.person:
                stranger = self._world.people[at.person.number - 1]
                at = Spot(stranger, at.room, at.thread)
            fact = str(self._planted.facts.get(secret.number, uuid4()))
            text = f"forget {self._random.choice((f'about {secret.title}', fact, fact[:6]))}"
        answer = await self._acts.do(asker(at), text)
        if surface == "forget" and not answer.text.endswith("is held."):
            self._leaked(surface, f"{text!r} of {at}: {answer.text}")
        exported = json.dumps(answer.export, default=str)
        self._told(surface, at, [answer.whole, exported], named=secret.title)

    async def _button(self, at: Spot, secret: Secret) -> None:
        surface = ("shortlist", "saved search", TRANSCRIPT)[self.found.asked["button"] % 3]
        texts: Sequence[str] = ()
        match surface:
            case "shortlist":
                listed = await self._shortlists.listed(at.audience, at.key)
                texts = [f"{one.by.name} {one.talent.model_dump_json()}" for one in listed]
            case "saved search":
                number, search_id = self._random.choice(self._searches)
                if self._random.random() < 0.5:  # else it is nobody's who presses it
                    at = self._world.secrets[number].spot
                texts = await self._behind(at, number, search_id)
            case _:
                told = await transcript(self._database, at.key, 1_000)
                entries = told[1] if told else ()
                texts = [f"{one.message.text} {one.shown} {one.outcome}" for one in entries]
        self._told(surface, at, texts)

    async def _behind(self, at: Spot, number: int, search_id: str) -> Sequence[str]:
        """What whoever presses a button of that search goes on with."""
        key = at.key
        found = await self._saved.find(key.platform, key.workspace, search_id)
        for secret in self._world.told_in(found.query.text if found else ""):
            if secret.number != number:
                self._leaked("saved search", f"{secret} for the id of {number}")
        searches = Searches(cast("Ports", _Ports(self._saved)), key.platform)
        with suppress(NotTheirsError):
            found = await searches.saved(key.workspace, at.person.id, key.channel, search_id)
            return [found.query.text] if found else ()
        return ()


@dataclass(frozen=True, slots=True)
class _Ports:
    searches: SavedSearches


def _of_fact(fact: Fact) -> str:
    return f"{fact.subject} {fact.value} {fact.statement} {fact.source.author.name}"


def _of_episode(episode: Episode) -> str:
    return f"{episode.author.name} {episode.text}"


def _of_aside(aside: Overheard) -> str:
    return f"{aside.author.name} {aside.text}"


def _of_past(past: PastTurn) -> str:
    query = past.outcome.query.model_dump_json() if past.outcome.query else ""
    return f"{past.author.name} {past.said} {past.outcome.text} {past.outcome.error} {query}"
