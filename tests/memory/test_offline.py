"""The offline responder with a memory: asked about it, told something, and searching by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from bot.conversation import Author, ConversationKey, Outcome, PastTurn, Place, Recollection, Turn
from bot.facts import About, Fact, Source
from bot.offline import Offline
from bot.ports import TextDelta
from bot.tools import Toolbox
from db.pool import Database
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.house import message
from tests.talents.rosters import store, talent, team

PRIYA = Author("U9", "Priya")
HERE = ConversationKey("test", "W1", "C1")


def fact(
    statement: str,
    *,
    about: About = About.CHANNEL,
    subject: str = "C1",
    attribute: str = "city",
    value: str = "Pune",
    channel: str = "C1",
) -> Fact:
    at = datetime(2026, 5, 3, tzinfo=UTC)
    source = Source(PRIYA, replace(HERE, channel=channel), Place.PRIVATE, at, uuid4())
    return Fact(uuid4(), about, subject, attribute, value, False, statement, source, 0.8, 0, at)


PUNE = fact("This channel casts in Pune.")
MARATHI = fact(
    "Priya wants Marathi speakers for Monsoon Letters.",
    about=About.PROJECT,
    subject="Monsoon Letters",
    attribute="language",
    value="Marathi",
)
SAID = "(said by Priya in this channel on 3 May 2026)"


class Chat:
    def __init__(self, talents: Talents, org_id: UUID) -> None:
        self._talents = talents
        self._audience = team(org_id)
        self._history: list[PastTurn] = []
        self.shown: list[str] = []

    async def say(self, text: str, *facts: Fact) -> str:
        tools = Toolbox(self._talents, self._audience)
        asked = replace(message(text), place=Place.PRIVATE)
        turn = Turn(uuid4(), self._audience, asked, uuid4(), 1)
        recollection = Recollection(tuple(self._history), facts=facts)
        events = [event async for event in Offline().respond(turn, recollection, tools)]
        said = "".join(event.text for event in events if isinstance(event, TextDelta))
        self.shown = [match.talent.name for match in tools.matches]
        outcome = Outcome(said, query=tools.query)
        self._history.append(PastTurn(turn.id, asked.author, text, asked.sent_at, outcome))
        return said


@pytest.fixture
async def chat(database: Database, org_id: UUID) -> Chat:
    rows = [
        talent(1, "Asha Patil", gender="female", city="Pune", languages=("Marathi",)),
        talent(2, "Meera Joshi", gender="female", city="Mumbai", languages=("Marathi",)),
        talent(3, "Zoe Malik", gender="female", city="Pune", languages=("English",)),
    ]
    await store(database, org_id, rows)
    return Chat(Talents(database, LocalEmbedder()), org_id)


async def test_what_is_remembered_is_told_with_who_said_it(chat: Chat) -> None:
    said = await chat.say("What do you remember?", PUNE, MARATHI)
    assert f"- This channel casts in Pune. {SAID}" in said
    assert f"- Priya wants Marathi speakers for Monsoon Letters. {SAID}" in said
    about = await chat.say("What did I tell you about Monsoon Letters?", PUNE, MARATHI)
    assert "Marathi" in about
    assert "Pune" not in about


async def test_what_is_not_remembered_is_not_made_up(chat: Chat) -> None:
    assert "I remember nothing about the budget" in await chat.say(
        "What do you remember about the budget?", PUNE
    )


async def test_why_it_thinks_so(chat: Chat) -> None:
    await chat.say("What do you remember?", PUNE)
    assert await chat.say("Why do you think so?") == (
        "I was told so:\n\n- “This channel casts in Pune.” was said by Priya in this channel on"
        " 3 May 2026."
    )


async def test_a_statement_is_noted_and_searches_for_nobody(chat: Chat) -> None:
    said = await chat.say("This channel casts in Pune")
    assert "Noted: This channel casts in Pune." in said
    assert chat.shown == []
    assert "no longer take that as a fact" in await chat.say("forget what I said about the budget")


async def test_facts_narrow_a_search_that_leaves_it_open_and_are_named(chat: Chat) -> None:
    said = await chat.say("Women", PUNE, MARATHI)
    assert set(chat.shown) == {"Asha Patil", "Zoe Malik"}
    assert f"I kept to what I remember: This channel casts in Pune. {SAID}" in said
    assert "was said by Priya" in await chat.say("why do you think so?")


async def test_a_projects_facts_count_where_it_is_named(chat: Chat) -> None:
    said = await chat.say("Women for Monsoon Letters", PUNE, MARATHI)
    assert chat.shown == ["Asha Patil"]
    assert "Priya wants Marathi speakers for Monsoon Letters." in said


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("Women in Mumbai", {"Meera Joshi"}),
        ("Women from anywhere", {"Asha Patil", "Meera Joshi", "Zoe Malik"}),
    ],
)
async def test_what_is_asked_weighs_more(chat: Chat, asked: str, shown: set[str]) -> None:
    said = await chat.say(asked, PUNE)
    assert set(chat.shown) == shown
    assert "I kept to" not in said


async def test_facts_of_other_channels_do_not_narrow(chat: Chat) -> None:
    await chat.say("Women", fact("This channel casts in Pune.", channel="C2", subject="C2"))
    assert len(chat.shown) == 3
