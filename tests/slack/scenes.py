"""A casting team in a channel, a small invented roster, and the bot at work among them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from redis.asyncio import Redis

from adapters.slack.shortcuts import FIND_TALENTS
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from tests.cast import NAMES, PUBLIC, Voice, roster
from tests.fakes.slack import App, Channel, Message, Person, SlackServer, View, Workspace
from tests.fakes.slack.acts import elements
from tests.slack.at_work import AtWork, at_work, config
from tests.talents.rosters import store
from tests.waiting import wait_until


async def _works() -> str:
    return ""


async def _fails() -> str:
    return "cannot be reached"


PROBES = {"database": _works, "redis": _fails}


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
        r"\*(?:\d+\. )?(" + "|".join(name for name, *_ in NAMES) + r")\*", message.shown
    )
    return list(dict.fromkeys(found))
