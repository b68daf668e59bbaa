"""Offline, what was said a moment ago counts before the background has learned it."""

from __future__ import annotations

import pytest

from tests.memory.offline.conftest import (
    MARATHI,
    Chat,
    of_project,
)


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
