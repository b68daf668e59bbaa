"""The offline responder with a memory: asked about it, told something, and searching by it."""

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
from bot.talent import DayRate, Filters, TalentQuery
from bot.tools import Toolbox
from db.pool import Database
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.house import message
from tests.talents.rosters import community, store, talent, team

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


# --- asked, and asked why -------------------------------------------------------------------


async def test_what_is_remembered_is_told_with_who_said_it(chat: Chat) -> None:
    said = await chat.say("What do you remember?", PUNE, MARATHI)
    assert f"- This channel casts in Pune {SAID}" in said
    assert f"- Monsoon Letters wants Marathi speakers {SAID}" in said
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
        "I was told so:\n\n- “This channel casts in Pune” was said by Priya in this channel on"
        " 3 May 2026."
    )


@pytest.mark.parametrize(
    "asked",
    [
        "Who told you that Monsoon Letters wants Marathi speakers?",
        "How do you know that Monsoon Letters needs Marathi?",
        "Why do you think Monsoon Letters is in Marathi?",
    ],
)
async def test_the_source_of_what_is_asked_about(chat: Chat, asked: str) -> None:
    said = await chat.say(asked, PUNE, MARATHI)
    assert "“Monsoon Letters wants Marathi speakers” was said by Priya" in said
    assert "Pune" not in said


async def test_who_said_what_nobody_said(chat: Chat) -> None:
    said = await chat.say("Who told you that Night Bus wants Bengali speakers?", MARATHI)
    assert "Nobody has told me so" in said
    assert chat.shown == []


async def test_a_source_names_its_room_and_opens_its_message(chat: Chat) -> None:
    told = fact("This channel casts in Pune.", room="#casting", link="https://chat.example/1")
    source = "said by Priya in #casting on [3 May 2026](https://chat.example/1)"
    assert source.replace("#", "\\#") in await chat.say("What do you remember?", told)
    assert f"was {source}.".replace("#", "\\#") in await chat.say("Who said so?")


async def test_its_author_is_told_that_they_said_it(chat: Chat) -> None:
    mine = fact(
        "Asha prefers theatre actors.",
        about=About.PERSON,
        subject="U1",
        attribute="wish",
        value="theatre actors",
        author=ASHA,
    )
    said = await chat.say("What do you remember?", mine)
    assert "- You prefer theatre actors (said by you in this channel on 3 May 2026)" in said


@pytest.mark.parametrize(
    "asked", ["What's our budget for Monsoon Letters?", "how much do we pay on Monsoon Letters?"]
)
async def test_a_question_is_answered_by_what_is_known(chat: Chat, asked: str) -> None:
    assert f"The budget for Monsoon Letters is 10k a day {SAID}." in await chat.say(asked, BUDGET)
    assert chat.shown == []


async def test_a_question_of_which_nothing_is_known(chat: Chat) -> None:
    said = await chat.say("What is our budget for Night Bus?", BUDGET)
    assert "Nobody has told me our budget for Night Bus that I may tell here." in said


@pytest.mark.parametrize("asked", ["Who speaks Marathi for Monsoon Letters?", "who is in Pune?"])
async def test_a_search_in_the_form_of_a_question_is_a_search(chat: Chat, asked: str) -> None:
    await chat.say(asked, BUDGET, MARATHI, PUNE)
    assert chat.shown


# --- told -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("This channel casts in Pune", "Noted: This channel casts in Pune."),
        ("I prefer theatre actors.", "Noted: You prefer theatre actors."),
        (
            "For Monsoon Letters we only want actors who live in Pune.",
            "Noted: Monsoon Letters wants only actors who live in Pune.",
        ),
        (
            "forget what I said about the budget",
            "I no longer go by what you said about the budget.",
        ),
    ],
)
async def test_a_statement_is_noted_and_searches_for_nobody(
    chat: Chat, said: str, answered: str
) -> None:
    assert answered in await chat.say(said)
    assert chat.shown == []


async def test_what_is_known_is_said_to_be_known(chat: Chat) -> None:
    said = await chat.say("We've got 10,000 per day for Monsoon Letters.", BUDGET)
    assert f"I know already: The budget for Monsoon Letters is 10k a day {SAID}." in said


async def test_what_changes_is_said_beside_what_was(chat: Chat) -> None:
    said = await chat.say("Our budget for Monsoon Letters is 12k a day.", BUDGET)
    assert "Noted: The budget for Monsoon Letters is 12k a day." in said
    assert f"Until now: The budget for Monsoon Letters is 10k a day {SAID}." in said


async def test_a_correction_says_what_it_puts_right(chat: Chat) -> None:
    assert "Noted: This channel casts in Mumbai." in await chat.say("Not Pune but Mumbai.", PUNE)


async def test_what_was_just_said_is_taken_back(chat: Chat) -> None:
    await chat.say("This channel casts in Pune")
    assert await chat.say("Forget that") == "Then I don't keep what you said last."
    assert await chat.say("never mind") == "Then I don't keep what you said last."
    assert await chat.say("never mind") == "All right."


async def test_where_to_see_what_is_kept_is_said_once(chat: Chat) -> None:
    assert "`/memory` shows" in await chat.say("This channel casts in Pune")
    assert await chat.say("I prefer theatre actors") == "Noted: You prefer theatre actors."


async def test_a_wish_within_a_search_is_searched_for(chat: Chat) -> None:
    await chat.say("We need Marathi speakers for Monsoon Letters")
    assert {"Asha Patil", "Meera Joshi"} <= set(chat.shown)


# --- searched by --------------------------------------------------------------------------------


async def test_those_who_fit_what_is_remembered_come_first(chat: Chat) -> None:
    said = await chat.say("Women", PUNE, MARATHI)
    assert set(chat.shown[:2]) == {"Asha Patil", "Zoe Malik"}
    assert chat.shown[2:] == ["Meera Joshi"]
    assert "Beyond what I remember: **Meera Joshi**." in said
    assert f"I went by what I remember:\n\n- This channel casts in Pune {SAID}" in said
    assert "was said by Priya" in await chat.say("why do you think so?")


async def test_a_must_narrows(chat: Chat) -> None:
    only = of_project("language", "Marathi", "Monsoon Letters wants only Marathi speakers.")
    await chat.say("Women for Monsoon Letters", only)
    assert set(chat.shown) == {"Asha Patil", "Meera Joshi"}


async def test_what_is_ruled_out_stays_out(chat: Chat) -> None:
    never = of_project(
        "union", "Non-union", "Monsoon Letters does not want non-union actors.", negated=True
    )
    await chat.say("Women for Monsoon Letters", never)
    assert set(chat.shown) == {"Asha Patil", "Meera Joshi"}
    await chat.say("Non-union women for Monsoon Letters", never)
    assert chat.shown == ["Zoe Malik"]


async def test_a_projects_facts_count_where_it_is_named(chat: Chat) -> None:
    said = await chat.say("Women for Monsoon Letters", PUNE, MARATHI, BUDGET)
    assert chat.shown[0] == "Asha Patil"
    for one in (PUNE, MARATHI, BUDGET):
        assert f"- {one.statement[:-1]} {SAID}" in said
    await chat.say("start over")
    said = await chat.say("Women for Night Bus", MARATHI, BUDGET)
    assert "I went by" not in said


async def test_a_projects_name_counts_as_a_whole(chat: Chat) -> None:
    said = await chat.say("Women who write letters in the monsoon", MARATHI)
    assert "I went by" not in said


async def test_a_project_is_no_description(chat: Chat) -> None:
    await chat.say("Women for Monsoon Letters", BUDGET)
    assert chat.query is not None
    assert chat.query.text == ""
    assert chat.query.filters.day_rate == DayRate(max=10_000)


async def test_what_is_remembered_gives_way_to_what_is_asked(chat: Chat) -> None:
    said = await chat.say("Women in Mumbai for Monsoon Letters", MARATHI, BUDGET)
    assert chat.shown == ["Meera Joshi"]
    assert f"I went by what I remember:\n\n- Monsoon Letters wants Marathi speakers {SAID}" in said
    assert "left it out as nobody who fits the rest fits it" in said


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("Women in Mumbai", {"Meera Joshi"}),
        ("Women from anywhere", {"Asha Patil", "Meera Joshi", "Zoe Malik"}),
        ("Women, but not in Pune", {"Meera Joshi"}),
    ],
)
async def test_what_is_asked_weighs_more(chat: Chat, asked: str, shown: set[str]) -> None:
    said = await chat.say(asked, PUNE)
    assert set(chat.shown) == shown
    assert "I went by" not in said


async def test_one_part_of_it_is_left_out_in_a_word(chat: Chat) -> None:
    said = await chat.say("Women for Monsoon Letters", MARATHI, BUDGET)
    assert "Say “without the language”, “without the budget” or “ignore what you remember”" in said
    await chat.say("without the budget", MARATHI, BUDGET)
    assert set(chat.shown) == {"Asha Patil", "Meera Joshi"}


async def test_all_of_it_is_left_out_in_a_word(chat: Chat) -> None:
    await chat.say("Women for Monsoon Letters", MARATHI, BUDGET)
    said = await chat.say("ignore what you remember", MARATHI, BUDGET)
    assert set(chat.shown) == {"Asha Patil", "Meera Joshi", "Zoe Malik"}
    assert "I went by what I remember" not in said
    again = await chat.say("Women for Monsoon Letters, ignoring what you remember", MARATHI, BUDGET)
    assert "I went by what I remember" not in again
    await chat.say("Women for Monsoon Letters without the budget", MARATHI, BUDGET)
    assert chat.query is not None
    assert chat.query.filters.day_rate is None


async def test_leaving_out_keeps_what_was_asked_since(chat: Chat) -> None:
    await chat.say("Women for Monsoon Letters", MARATHI, BUDGET)
    await chat.say("only those in Mumbai")
    await chat.say("ignore what you remember")
    assert chat.query is not None
    assert chat.query.filters == Filters(genders=("female",), cities=("Mumbai",))


async def test_a_wish_for_one_role_is_none_for_the_others(chat: Chat) -> None:
    dancer = of_project("skill", "Dance", "Monsoon Letters wants a dancer.")
    aunt = of_project("language", "Marathi", "For Monsoon Letters, the aunt must speak Marathi.")
    said = await chat.say("Women for Monsoon Letters", dancer, aunt)
    assert len(chat.shown) == 3
    assert "I went by" not in said
    await chat.say("A woman for the aunt in Monsoon Letters", dancer, aunt)
    assert set(chat.shown) == {"Asha Patil", "Meera Joshi"}


async def test_rates_are_the_teams_also_by_memory(
    chat: Chat, database: Database, org_id: UUID
) -> None:
    others = Chat(Talents(database, LocalEmbedder()), community(org_id))
    assert "I went by" not in await others.say("Women for Monsoon Letters", BUDGET)


async def test_facts_of_other_channels_do_not_narrow(chat: Chat) -> None:
    await chat.say("Women", fact("This channel casts in Pune.", channel="C2", subject="C2"))
    assert len(chat.shown) == 3


# --- before the background has learned it ---------------------------------------------------------


async def test_what_was_said_a_moment_ago_counts_at_once(chat: Chat) -> None:
    await chat.say("We only want Marathi speakers for Monsoon Letters")
    await chat.say("Our budget for Monsoon Letters is 10k a day")
    said = await chat.say("women for Monsoon Letters")
    assert chat.shown[0] == "Asha Patil"
    assert "- The budget for Monsoon Letters is 10k a day (said by you" in said


async def test_the_last_word_of_a_moment_ago_counts(chat: Chat) -> None:
    old = of_project("budget", "40k a day", "The budget for Monsoon Letters is 40k a day.")
    await chat.say("Our budget for Monsoon Letters is 10k a day", old)
    await chat.say("Actually 12k a day", old)
    said = await chat.say("what is our budget for Monsoon Letters?", old)
    assert said.startswith("The budget for Monsoon Letters is 12k a day (said by you")


@pytest.mark.parametrize(
    "unsaid", ["Forget that", "Forget what I said about the budget", "never mind"]
)
async def test_what_was_taken_back_a_moment_ago_does_not(chat: Chat, unsaid: str) -> None:
    await chat.say("Our budget for Monsoon Letters is 10k a day")
    await chat.say(unsaid)
    assert "Nobody has told me" in await chat.say("what is our budget for Monsoon Letters?")


async def test_what_has_ended_a_moment_ago_does_not(chat: Chat) -> None:
    await chat.say("We no longer need Marathi speakers for Monsoon Letters", MARATHI)
    said = await chat.say("women for Monsoon Letters", MARATHI)
    assert "I went by" not in said


async def test_each_of_several_roles_goes_by_what_is_remembered(chat: Chat) -> None:
    said = await chat.say(
        "Role 1: Tara. Female, Pune, for Monsoon Letters.\nRole 2: Mira. Female, English.",
        MARATHI,
        BUDGET,
    )
    assert "1. For a woman" in said
    assert chat.shown[0] == "Asha Patil"
    assert "Zoe Malik" in chat.shown, "nobody speaks both: then without what is remembered"
    assert "I went by what I remember" in said
