"""A chat with the offline responder, which is given facts as memory would give them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from bot.conversation import (
    Audience,
    Author,
    ConversationKey,
    Outcome,
    PastTurn,
    Place,
    Recollection,
    Turn,
)
from bot.facts import About, Fact, Source
from bot.offline import Offline
from bot.ports import TextDelta
from bot.talent import DayRate, TalentQuery
from bot.tools import Toolbox
from db.pool import Database
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.house import message
from tests.talents.rosters import store, talent, team

PRIYA, ASHA = Author("U9", "Priya"), Author("U1", "Asha")
HERE = ConversationKey("test", "W1", "C1")
AT = datetime(2026, 5, 3, tzinfo=UTC)


def fact(
    statement: str,
    *,
    about: About = About.CHANNEL,
    subject: str = "C1",
    attribute: str = "city",
    value: str = "Pune",
    negated: bool = False,
    channel: str = "C1",
    author: Author = PRIYA,
    room: str = "",
    link: str = "",
) -> Fact:
    where = replace(HERE, channel=channel)
    source = Source(author, where, Place.PRIVATE, AT, uuid4(), room, link)
    return Fact(uuid4(), about, subject, attribute, value, negated, statement, source, 0.8, 0, AT)


def of_project(attribute: str, value: str, statement: str, *, negated: bool = False) -> Fact:
    return fact(
        statement,
        about=About.PROJECT,
        subject="Monsoon Letters",
        attribute=attribute,
        value=value,
        negated=negated,
    )


PUNE = fact("This channel casts in Pune.")
MARATHI = of_project("language", "Marathi", "Monsoon Letters wants Marathi speakers.")
BUDGET = of_project("budget", "10k a day", "The budget for Monsoon Letters is 10k a day.")
SAID = "(said by Priya in this channel on 3 May 2026)"


class Chat:
    def __init__(self, talents: Talents, audience: Audience) -> None:
        self._talents = talents
        self._audience = audience
        self._history: list[PastTurn] = []
        self.shown: list[str] = []
        self.query: TalentQuery | None = None

    async def say(self, text: str, *facts: Fact) -> str:
        tools = Toolbox(self._talents, self._audience)
        asked = replace(message(text), place=Place.PRIVATE)
        turn = Turn(uuid4(), self._audience, asked, uuid4(), 1)
        recollection = Recollection(tuple(self._history), facts=facts)
        events = [event async for event in Offline().respond(turn, recollection, tools)]
        said = "".join(event.text for event in events if isinstance(event, TextDelta))
        self.shown = [match.talent.name for match in tools.matches]
        self.query = tools.query
        outcome = Outcome(said, query=tools.query)
        self._history.append(PastTurn(turn.id, asked.author, text, asked.sent_at, outcome))
        return said


ROSTER = [
    talent(
        1,
        "Asha Patil",
        gender="female",
        city="Pune",
        languages=("Marathi",),
        day_rate=DayRate(min=8_000, max=9_000),
    ),
    talent(
        2,
        "Meera Joshi",
        gender="female",
        city="Mumbai",
        languages=("Marathi",),
        day_rate=DayRate(min=20_000, max=30_000),
    ),
    talent(
        3,
        "Zoe Malik",
        gender="female",
        city="Pune",
        languages=("English",),
        union="Non-union",
        day_rate=DayRate(min=5_000, max=6_000),
    ),
]


@pytest.fixture
async def chat(database: Database, org_id: UUID) -> Chat:
    await store(database, org_id, ROSTER)
    return Chat(Talents(database, LocalEmbedder()), team(org_id))
