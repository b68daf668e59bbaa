"""The offline responder is asked what it remembers and why, and told something."""

from __future__ import annotations

import pytest

from bot.facts import About
from tests.memory.offline.conftest import (
    ASHA,
    BUDGET,
    MARATHI,
    PUNE,
    SAID,
    Chat,
    fact,
)

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
