"""Ten scripted conversations, offline and with Claude's protocol, over the sample roster."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.claude import Claude
from bot.conversation import Author, ConversationKey, Message, Outcome, Place, TurnStatus
from bot.metrics import Metrics
from bot.offline import Offline
from bot.ports import Responder
from bot.talent import Filters
from db.embedded import EmbeddedServers
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.sample.load import load_sample
from tests.conftest import _copy
from tests.conversations.script import (
    SHOWN_AT_ONCE,
    Exchange,
    read_script,
    roster,
    scripts,
    who_fits,
)
from tests.fakes.claude import Answer, ClaudeServer, Reply, Request
from tests.house import House, open_house
from tests.screen import Screen

TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
NOTICE = "offline responder"


@pytest.fixture(scope="module")
async def sample(servers: EmbeddedServers, _template: str) -> AsyncIterator[Database]:
    """The sample roster, loaded once: a conversation only adds turns of its own."""
    async with _copy(servers, _template) as url:
        database = await Database.connect(url, min_size=1, max_size=4)
        await load_sample(database, DEFAULT_ORG_ID, today=TODAY.date())
        yield database
        await database.close()


@dataclass
class Talk:
    """One conversation as it goes on, and whom each of its turns showed."""

    house: House
    key: ConversationKey
    shown: list[list[str]] = field(default_factory=list)

    async def say(self, text: str) -> tuple[Screen, Outcome]:
        """The reply as people see it, and as it is stored."""
        number = len(self.shown) + 1
        message = Message(
            id=f"{self.key.channel}-{number}",
            conversation=self.key,
            place=Place.DM,
            author=Author("U1", "Asha"),
            text=text,
            sent_at=TODAY,
        )
        await self.house.turns.accept(message)
        (turn,) = await self.house.turns.claim([self.key.platform], at_most=1)
        screen = Screen(page_limit=4_000)
        await self.house.casting.handle(turn, screen)
        known = await self.house.turns.transcript(self.key)
        assert known is not None
        outcome = known[1][-1].outcome
        assert outcome is not None
        self.shown.append([match.talent.name for match in screen.last.matches])
        return screen, outcome

    def at(self, pointer: Mapping[str, Any]) -> list[str]:
        """Whom a script points at: `{turn: 2, places: [1]}` or `{turn: 2, place: 1}`."""
        names = self.shown[pointer["turn"] - 1]
        places = pointer.get("places") or [pointer["place"]]
        return [names[place - 1 if place > 0 else place] for place in places]


@asynccontextmanager
async def talk(
    database: Database, redis: Redis, responder: Responder, script: Path
) -> AsyncIterator[Talk]:
    async with open_house(database, redis, responder, lease=15) as house:
        yield Talk(house, ConversationKey(responder.name, "W1", script.stem))


def check_shown(talk: Talk, exchange: Exchange) -> None:
    """Whether the newest turn showed those whom the roster's file says it must."""
    shown, before = talk.shown[-1], talk.shown[:-1]
    assert len(set(shown)) == len(shown)
    if exchange.shows is not None:
        named = exchange.shows
        assert shown == (talk.at(named) if isinstance(named, Mapping) else list(named))
    if exchange.fits is not None:
        expected = who_fits(exchange.fits)
        if exchange.among is not None:
            expected &= set(before[exchange.among - 1])
        for turn in exchange.beyond:
            expected -= set(before[turn - 1])
        assert expected, "the script asks for nobody in the roster"
        assert set(shown) <= expected
        assert len(shown) == min(SHOWN_AT_ONCE, len(expected))
    if exchange.like is not None:
        [reference] = talk.at(exchange.like)
        check_alike(reference, shown)
    if exchange.rate_below is not None:
        check_cheaper(before[exchange.rate_below - 1], shown)


def check_alike(reference: str, shown: Sequence[str]) -> None:
    model = roster()[reference]
    assert shown
    assert reference not in shown
    for name in shown:
        other = roster()[name]
        assert other.gender == model.gender
        assert other.speaks & model.speaks or other.skills & model.skills


def check_cheaper(before: Sequence[str], shown: Sequence[str]) -> None:
    limit = min(rate[0] for name in before if (rate := roster()[name].rate))
    assert shown
    for name in shown:
        rate = roster()[name].rate
        assert rate is not None
        assert rate[0] <= limit


# --- offline ---------------------------------------------------------------------------------


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.stem)
async def test_offline(sample: Database, redis: Redis, script: Path) -> None:
    exchanges = read_script(script)
    assert len(exchanges) >= 4
    async with talk(sample, redis, Offline(), script) as talking:
        for number, exchange in enumerate(exchanges):
            screen, outcome = await talking.say(exchange.say)
            assert outcome.status is TurnStatus.DONE
            if exchange.filters is not None:
                assert outcome.query is not None
                assert outcome.query.filters == Filters.model_validate(exchange.filters)
            check_shown(talking, exchange)
            check_words(exchange, outcome.text, first=number == 0)
            assert outcome.text == screen.last.text


def check_words(exchange: Exchange, text: str, *, first: bool) -> None:
    assert (NOTICE in text) is first
    for said in exchange.says:
        assert said in text
    for unsaid in exchange.never:
        assert unsaid not in text
    bold = set(re.findall(r"\*\*(.+?)\*\*", text))
    assert bold <= set(roster()), "a name that no row has"


def test_there_are_ten() -> None:
    assert len(scripts()) >= 10


# --- Claude's protocol -----------------------------------------------------------------------


@dataclass
class Model:
    """What answers on loopback in a model's place: it calls the tool that the script says with
    the filters that the script expects, and names whoever the tool returned."""

    exchange: Exchange

    def answer(self, request: Request) -> Answer:
        results = request.tool_results
        if results:
            return Reply(text=self._text(request, results[-1]))
        tool = self.exchange.claude.get("tool") or ("search_talents" if self._searches() else "")
        if not tool:
            return Reply(text="Which role are you casting?")
        return Reply(tools=[(tool, self._arguments(tool, _lists(request)))])

    def _searches(self) -> bool:
        return self.exchange.filters is not None or self.exchange.rate_below is not None

    def _arguments(self, tool: str, lists: Sequence[Sequence[str]]) -> dict[str, Any]:
        told = self.exchange.claude
        if "name" in told:
            return {"name": told["name"]}
        if tool == "search_talents":
            arguments: dict[str, Any] = {
                "filters": told.get("filters", self.exchange.filters) or {}
            }
            among = told.get("among", self.exchange.among)
            if among is not None:
                arguments["only_ids"] = list(lists[-1])
            return arguments | {"limit": 20 if self.exchange.beyond else SHOWN_AT_ONCE}
        places = [told["place"]] if "place" in told else self._places()
        needed = max(abs(place) for place in places)
        shown = next(ids for ids in reversed(lists) if len(ids) >= needed and len(ids) > 1)
        ids = [shown[place - 1 if place > 0 else place] for place in places]
        if tool == "compare_talents":
            return {"ids": ids}
        return {"id": ids[0], **({"filters": told["filters"]} if "filters" in told else {})}

    def _places(self) -> list[int]:
        assert isinstance(self.exchange.shows, Mapping)
        return list(self.exchange.shows["places"])

    def _text(self, request: Request, result: str) -> str:
        if "text" in self.exchange.claude:
            return str(self.exchange.claude["text"])
        seen = {talent_id for ids in _lists(request) for talent_id in ids}
        lines = (json.loads(line) for line in result.splitlines() if line.startswith("{"))
        found = [line for line in lines if "name" in line]
        if self.exchange.beyond:
            found = [line for line in found if line["id"] not in seen]
        named = [f"{n}. **{line['name']}**" for n, line in enumerate(found[:SHOWN_AT_ONCE], 1)]
        return "\n".join(named) or "Nobody fits."


def _lists(request: Request) -> list[list[str]]:
    """The lists that earlier answers showed, as the request tells them, oldest first."""
    texts = [
        block["text"]
        for message in request.body["messages"]
        for block in message["content"]
        if block["type"] == "text"
    ]
    shown = re.findall(r"<shown>(.*?)</shown>", "\n".join(texts))
    lists = [re.findall(r"\d+\. (\S+)", ids) for ids in shown]
    return [ids for n, ids in enumerate(lists) if n == 0 or ids != lists[n - 1]]


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.stem)
async def test_with_claude(sample: Database, redis: Redis, script: Path) -> None:
    async with ClaudeServer() as server, connected(server) as claude:
        async with talk(sample, redis, claude, script) as talking:
            for exchange in read_script(script):
                server.answer_with(Model(exchange).answer)
                _, outcome = await talking.say(exchange.say)
                assert outcome.status is TurnStatus.DONE
                assert NOTICE not in outcome.text
                if exchange.rate_below is None:
                    check_shown(talking, exchange)
        assert not server.complaints


@asynccontextmanager
async def connected(server: ClaudeServer) -> AsyncIterator[Claude]:
    claude = Claude.connect(
        server.api_key, model="claude-sonnet-5-5", metrics=Metrics(), base_url=server.url
    )
    try:
        yield claude
    finally:
        await claude.close()
