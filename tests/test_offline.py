"""The responder that needs no key, on its own: how it streams, and what it says at the edges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from bot.conversation import (
    Author,
    ConversationKey,
    Message,
    Outcome,
    PastTurn,
    Place,
    Recollection,
    Turn,
)
from bot.offline import Offline
from bot.ports import Doing, TextDelta
from bot.talent import DayRate, Filters, Range, Talent, TalentQuery
from bot.tools import Toolbox
from db.pool import Database
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.talents.rosters import store, talent, team

ROSTER = [
    talent(
        1,
        "Meera *Star* Joshi",
        gender="female",
        playing_age=Range(min=24, max=30),
        city="Mumbai",
        languages=("Marathi",),
        day_rate=DayRate(min=9000, max=12000),
        height_cm=160,
    ),
    talent(
        2,
        "Asha Patil",
        gender="female",
        playing_age=Range(min=30, max=40),
        city="Pune",
        languages=("Marathi", "Hindi"),
        day_rate=DayRate(min=7000, max=8000),
    ),
    talent(3, "Dev Malik", gender="male", playing_age=Range(min=30, max=40), city="Delhi"),
]


@pytest.fixture
async def talents(database: Database, org_id: UUID) -> Talents:
    await store(database, org_id, ROSTER)
    return Talents(database, LocalEmbedder())


class Chat:
    """One conversation with the offline responder, its history kept as memory would."""

    def __init__(self, talents: Talents, org_id: UUID) -> None:
        self._talents = talents
        self._audience = team(org_id)
        self.history: list[PastTurn] = []
        self.events: list[TextDelta | Doing] = []
        self.shown: Sequence[Talent] = ()
        self.query: TalentQuery | None = None

    async def say(self, text: str) -> str:
        tools = Toolbox(self._talents, self._audience)
        turn = Turn(
            id=uuid4(),
            audience=self._audience,
            message=Message(
                id=str(uuid4()),
                conversation=ConversationKey("test", "W1", "C1"),
                place=Place.DM,
                author=Author("U1", "Asha"),
                text=text,
                sent_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
            ),
            user_id=uuid4(),
            attempt=1,
        )
        self.events = []
        async for event in Offline().respond(turn, Recollection(tuple(self.history)), tools):
            self.events.append(event)
        said = "".join(event.text for event in self.events if isinstance(event, TextDelta))
        self.shown = [match.talent for match in tools.matches]
        self.query = tools.query
        outcome = Outcome(said, query=tools.query, talent_ids=tuple(t.id for t in self.shown))
        self.history.append(
            PastTurn(turn.id, turn.message.author, text, turn.message.sent_at, outcome)
        )
        return said


@pytest.fixture
def chat(talents: Talents, org_id: UUID) -> Chat:
    return Chat(talents, org_id)


async def test_it_streams_in_small_pieces_and_says_what_it_is_at(chat: Chat) -> None:
    await chat.say("Marathi speaking women")
    texts = [event.text for event in chat.events if isinstance(event, TextDelta)]
    assert len(texts) > 20
    assert max(map(len, texts)) < 40
    assert [event.text for event in chat.events if isinstance(event, Doing)] == [
        "searching the roster…"
    ]


async def test_equal_turns_are_answered_equally(talents: Talents, org_id: UUID) -> None:
    replies = {await Chat(talents, org_id).say("women in Pune") for _ in range(3)}
    assert len(replies) == 1


async def test_it_says_once_that_it_is_offline(chat: Chat) -> None:
    first, second = await chat.say("hello"), await chat.say("women in Pune")
    assert "ANTHROPIC_API_KEY" in first
    assert "ANTHROPIC_API_KEY" not in second


@pytest.mark.parametrize("said", ["are you Claude?", "who are you?", "hello"])
async def test_it_never_says_that_it_is_claude(chat: Chat, said: str) -> None:
    await chat.say("hello")
    assert "Claude" not in await chat.say(said)


async def test_names_are_shown_as_they_are_written(chat: Chat) -> None:
    assert "**Meera \\*Star\\* Joshi**" in await chat.say("women in Mumbai")


async def test_an_empty_roster_is_said_to_be_empty(database: Database, org_id: UUID) -> None:
    chat = Chat(Talents(database, LocalEmbedder()), org_id)
    assert "castmatch talent import" in await chat.say("women in Pune")


async def test_a_filter_that_excludes_everyone_is_named_with_the_nearest(chat: Chat) -> None:
    said = await chat.say("women in Delhi who speak Marathi")
    assert "the city Delhi excludes everyone" in said
    assert {t.name for t in chat.shown} == {"Meera *Star* Joshi", "Asha Patil"}
    assert "**Asha Patil**" in said
    why = await chat.say("why the second one?")
    assert "- speaks Marathi\n- but lives in " in why


async def test_a_talent_that_is_gone_is_said_to_be_gone(
    chat: Chat, database: Database, org_id: UUID
) -> None:
    await chat.say("women who speak Marathi")
    async with database.queue() as connection:
        await connection.execute("RESET ROLE")  # the serving role may delete nobody
        await connection.execute("DELETE FROM talents")
    assert "no longer in the roster" in await chat.say("compare the first two")


async def test_the_cheapest_of_those_shown(chat: Chat) -> None:
    await chat.say("women who speak Marathi")
    assert "**Asha Patil**: ₹7,000–8,000 a day" in await chat.say("which one is the cheapest?")
    assert [t.name for t in chat.shown] == ["Asha Patil"]


async def test_a_question_about_one_of_them_leaves_the_search_as_it_was(chat: Chat) -> None:
    await chat.say("women who speak Marathi")
    before = chat.query
    names = [t.name for t in chat.shown]
    said = await chat.say("does the second one speak Hindi?")
    assert said.startswith("Yes" if names[1] == "Asha Patil" else "No")
    assert chat.query == before


async def test_more_than_there_are(chat: Chat) -> None:
    await chat.say("women who speak Marathi")
    assert "That was everyone who fits" in await chat.say("more")
    assert chat.shown == []


async def test_taller_without_a_height_goes_by_those_shown(chat: Chat) -> None:
    await chat.say("women in Mumbai")
    await chat.say("taller")
    assert chat.query is not None
    assert chat.query.filters.height_cm == Range(min=161)


async def test_a_change_that_is_none_asks_back(chat: Chat) -> None:
    await chat.say("men")
    assert "I couldn't tell what to change" in await chat.say("cheaper")


async def test_starting_over_forgets_the_filters(chat: Chat) -> None:
    await chat.say("women in Pune")
    await chat.say("start over")
    await chat.say("only men")
    assert chat.query is not None
    assert chat.query.filters == Filters(genders=("male",))


async def test_how_many_are_asked_for(chat: Chat) -> None:
    await chat.say("show me two actors")
    assert len(chat.shown) == 0  # nobody is described
    await chat.say("two women who speak Marathi")
    assert len(chat.shown) == 2


@pytest.mark.parametrize(
    "said", ["book her for Friday", "what's the weather", "???", "I need someone"]
)
async def test_what_is_not_understood_is_answered_with_examples(chat: Chat, said: str) -> None:
    answer = await chat.say(said)
    assert "I didn't catch" in answer
    assert answer.count("\n- “") == 2


async def test_who_can_asks_those_shown_and_then_everyone(chat: Chat) -> None:
    await chat.say("women who speak Marathi")
    said = await chat.say("who speaks Hindi?")
    assert said == "One of the two: **Asha Patil**."
    assert chat.query is not None
    assert chat.query.filters == Filters(genders=("female",), languages=("Marathi", "Hindi"))
    await chat.say("start over")
    await chat.say("women in Mumbai")
    said = await chat.say("who speaks Hindi?")
    assert "None of the" in said or "Not the one I showed." in said
    assert "the city Mumbai excludes everyone" in said
    assert [t.name for t in chat.shown] == ["Asha Patil"]


async def test_a_superlative_without_of_them(chat: Chat) -> None:
    await chat.say("women who speak Marathi")
    assert "The cheapest of the 2 is **Asha Patil**" in await chat.say("who's the cheapest?")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("what is the second one's rate?", "**Asha Patil**, day rate: ₹7,000–8,000 a day."),
        ("how tall is the second one?", "**Asha Patil**, height: not in the roster."),
        ("where is Asha based?", "**Asha Patil**, city: Pune."),
        ("what are their ages?", "- **Asha Patil**: 30–40"),
    ],
)
async def test_a_fact_of_those_shown(chat: Chat, asked: str, answer: str) -> None:
    await chat.say("women who speak Marathi")
    assert answer in await chat.say(asked)
    assert chat.query is None, "the search is as it was"


async def test_what_is_not_done_is_said_and_who_is_meant_is_kept(chat: Chat) -> None:
    await chat.say("women who speak Marathi")
    said = await chat.say("can you book Asha Patil for 5 December?")
    assert said.startswith("I only search the roster: I can't book")
    assert "Yes" not in said
    assert "**Asha Patil**, day rate" in await chat.say("what is her rate?")


async def test_any_of_them_by_a_noun(chat: Chat) -> None:
    await chat.say("anyone 30 to 40")
    assert await chat.say("are any of them men?") == "One of the three: **Dev Malik**."


async def test_of_several_roles_each_is_searched_for(chat: Chat) -> None:
    said = await chat.say(
        "Role 1: Tara. Female, 24-30, Marathi, Mumbai.\nRole 2: Vik. Male, 30-40, Delhi."
    )
    assert "1. For a woman, playing age 24–30, speaking Marathi, in Mumbai: **Meera" in said
    assert "2. For a man, playing age 30–40, in Delhi: **Dev Malik**" in said
    assert [one.name for one in chat.shown] == ["Meera *Star* Joshi", "Dev Malik"]
    assert "Asha Patil" in await chat.say("women in Pune instead")
