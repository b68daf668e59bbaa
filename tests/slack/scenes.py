"""A casting team in a channel, a small invented roster, and the bot at work among them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date

from redis.asyncio import Redis

from adapters.slack.shortcuts import FIND_TALENTS
from bot.conversation import Recollection, Turn
from bot.offline import Offline
from bot.ports import Doing, Responder, TextDelta
from bot.talent import DateSpan, DayRate, Range, Talent, TalentQuery
from bot.tools import Toolbox
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from tests.fakes.slack import App, Channel, Message, Person, SlackServer, View, Workspace
from tests.fakes.slack.acts import elements
from tests.slack.at_work import AtWork, at_work, config
from tests.talents.rosters import store, talent
from tests.waiting import wait_until

_NAMES = (
    ("Meera Gokhale", "Pune", 24, 30, 9_000, ("Kathak", "Horse riding")),
    ("Ketaki Sathe", "Pune", 23, 28, 13_000, ("Kathak",)),
    ("Rujuta Jadhav", "Pune", 22, 27, 33_000, ("Lavani",)),
    ("Gauri Thorat", "Mumbai", 25, 30, 15_000, ("Horse riding",)),
    ("Sayali Deo", "Nashik", 26, 32, 12_000, ("Kathak",)),
    ("Ira Phadke", "Mumbai", 27, 33, 18_000, ("Swimming",)),
    ("Tara Kelkar", "Pune", 24, 29, 11_000, ("Lavani",)),
)
MEERA, KETAKI, RUJUTA, GAURI, SAYALI, IRA, TARA = (name for name, *_ in _NAMES)


def roster() -> list[Talent]:
    """Seven women who speak Marathi; Meera's agent and contact are for the team alone."""
    return [
        talent(
            number,
            name,
            gender="female",
            city=city,
            playing_age=Range(min=low, max=high),
            day_rate=DayRate(min=rate, max=rate + 3_000),
            languages=("Marathi", "Hindi"),
            skills=skills,
            available=(DateSpan(from_=date(2026, 1, 1), to=date(2040, 1, 1)),),
            representation="Tamarind Talent" if name == MEERA else "",
            contact="meera@example.com" if name == MEERA else "",
            headshot_url=f"https://photos.example/{number}.jpg",
        )
        for number, (name, city, low, high, rate, skills) in enumerate(_NAMES, 1)
    ]


PUBLIC = {one.id: ("profile", "photos") for one in roster() if one.name != TARA}
"""Tara is for the team alone, and so is everybody's day rate."""


async def _works() -> str:
    return ""


async def _fails() -> str:
    return "cannot be reached"


PROBES = {"database": _works, "redis": _fails}


@dataclass
class Voice:
    """Answers as the offline responder does, unless there is something else to say."""

    name: str = "voice"
    lines: list[Sequence[str | TalentQuery | asyncio.Event | Exception]] = field(
        default_factory=list
    )
    """What the next replies say instead, each in its steps; a query is searched for and its
    talents shown."""
    asked: list[Turn] = field(default_factory=list)
    recalled: list[Recollection] = field(default_factory=list)
    cancelled: int = 0
    _offline: Responder = field(default_factory=Offline)

    async def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta | Doing, None]:
        self.asked.append(turn)
        self.recalled.append(recollection)
        if not self.lines:
            async for step in self._offline.respond(turn, recollection, tools):
                yield step
            return
        try:
            for said in self.lines.pop(0):
                match said:
                    case str():
                        yield TextDelta(said)
                    case TalentQuery():
                        await tools.search(said)
                    case asyncio.Event():
                        await said.wait()
                    case _:
                        raise said
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


@dataclass
class Scene:
    slack: SlackServer
    team: Workspace
    casting: Channel
    asha: Person
    ravi: Person
    voice: Voice
    database: Database
    redis: Redis
    work: AtWork = field(init=False)
    _process: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self, **changes: object) -> None:
        """Start the process."""
        settings = config(self.slack, self.team, **changes)
        work = at_work(settings, self.database, self.redis, self.voice, probes=PROBES)
        self.work = await self._process.enter_async_context(work)
        await wait_until(lambda: self.slack.sockets.open)

    async def end(self) -> None:
        """End the process; `start` begins another one."""
        await self._process.aclose()
        await wait_until(lambda: not self.slack.sockets.open)

    @property
    def bot(self) -> str:
        return self.team.bot.mention

    async def ask(self, text: str, thread: str | None = None) -> str:
        """Asha mentions the bot."""
        return await self.asha.says(self.casting, f"{self.bot} {text}", thread)

    async def settled(self) -> None:
        """Every event that went out was acknowledged."""
        await wait_until(lambda: not self.slack.deliveries.open)

    async def press(
        self, message: Message | View, label: str, nth: int = 0, *, by: Person | None = None
    ) -> None:
        """Asha, or whoever it is, presses the `nth` button that is so labelled."""
        person = by or self.asha
        response = await person.clicks(*button(message, label, nth), on=message)
        assert not response.error

    async def replied(self, thread: str, count: int = 1, channel: Channel | None = None) -> Message:
        """The `count`th reply in a thread, once it has ended and the status line is gone."""
        channel = channel or self.casting

        def ended() -> bool:
            said = channel.from_bot(thread)
            is_over = len(said) >= count and "■ Stop" not in said[count - 1].shown
            return is_over and not channel.status(thread)

        await wait_until(ended)
        return channel.from_bot(thread)[count - 1]

    async def told(self, person: Person, count: int = 1, channel: Channel | None = None) -> Message:
        """The `count`th message that only this person sees."""
        channel = channel or self.casting
        await wait_until(lambda: len(person.ephemeral(channel)) >= count)
        return person.ephemeral(channel)[count - 1]

    async def find(self, text: str, person: Person | None = None) -> Message:
        """What `/talent` answers."""
        person = person or self.asha
        before = len(person.ephemeral(self.casting))
        response = await person.commands("/talent", text, self.casting)
        assert not response.error
        return await self.told(person, before + 1)


@asynccontextmanager
async def open_scene(
    database: Database, redis: Redis, *, enterprise_id: str = "", **changes: object
) -> AsyncIterator[Scene]:
    """`changes` are of the settings."""
    async with SlackServer(App(shortcuts=frozenset({FIND_TALENTS})), time_factor=0.001) as slack:
        slack.limits.off()
        team = slack.workspace(enterprise_id=enterprise_id)
        asha, ravi = team.person("Asha", is_admin=True), team.person("Ravi")
        casting = team.channel("casting", asha, ravi)
        await store(database, DEFAULT_ORG_ID, roster(), public=PUBLIC)
        scene = Scene(slack, team, casting, asha, ravi, Voice(), database, redis)
        await scene.start(**changes)
        try:
            yield scene
        finally:
            await scene.end()


def id_of(name: str) -> str:
    return next(one.id for one in roster() if one.name == name)


def button(message: Message | View, label: str, nth: int = 0) -> tuple[str, str]:
    """The action id and value of the `nth` button that is so labelled."""
    shown = [element for _, element in elements(message.blocks)]
    found = [
        (element["action_id"], each["value"])
        for element in shown
        for each in (element, element.get("positive_button"), element.get("negative_button"))
        if each and each.get("text", {}).get("text") == label
    ]
    assert len(found) > nth, f"no button {label!r} in:\n{message.shown}"
    return found[nth]


def names_in(message: Message) -> list[str]:
    """The talents whose cards are shown, in order."""
    found = re.findall(
        r"\*(?:\d+\. )?(" + "|".join(name for name, *_ in _NAMES) + r")\*", message.shown
    )
    return list(dict.fromkeys(found))
