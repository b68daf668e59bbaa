"""The same client against a server that we did not write, which also judges how it bore faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from bot.claude import Claude
from bot.metrics import Metrics
from bot.tools import Toolbox
from tests.claude.conftest import MEERA, QUICK, ask, turn

if TYPE_CHECKING:
    from llmock.pytest_plugin import LLMock


@pytest.fixture
async def claude(llmock: LLMock) -> AsyncIterator[Claude]:
    claude = Claude.connect(
        "llmock-test-key",
        model="claude-sonnet-5-5",
        metrics=Metrics(),
        base_url=llmock.base_url("anthropic"),
        limits=QUICK,
    )
    yield claude
    await claude.close()


async def test_a_reply_with_a_tool(llmock: LLMock, claude: Claude, toolbox: Toolbox) -> None:
    llmock.call_tool("search_talents", {"text": "Bharatanatyam"})
    llmock.reply("**Meera Joshi** trained for twelve years.")
    said = await ask(claude, turn("A dancer"), toolbox)
    assert said.text == "**Meera Joshi** trained for twelve years."
    assert [match.talent.id for match in toolbox.matches] == [MEERA]
    llmock.assert_resilient()


async def test_arguments_made_from_the_tools_own_schema(
    llmock: LLMock, claude: Claude, toolbox: Toolbox
) -> None:
    """The server calls the tool that fits the prompt with arguments valid by its schema."""
    said = await ask(claude, turn("search the roster for talents"), toolbox)
    assert said.error is None
    assert len(llmock.requests) == 2
    assert toolbox.query is not None


@pytest.mark.parametrize("status", [429, 500, 529])
async def test_faults_before_the_answer(
    llmock: LLMock, claude: Claude, toolbox: Toolbox, status: int
) -> None:
    llmock.fail(status, retry_after=1 if status == 429 else None)
    llmock.reply("Here you are.")
    said = await ask(claude, turn(), toolbox)
    assert said.text == "Here you are."
    llmock.assert_resilient()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("disconnect", "disconnected"),
        ("truncate", "cut_off"),
        ("corrupt", "bad_chunk"),
        ("stall", "stalled"),
    ],
)
async def test_faults_in_the_answer(
    llmock: LLMock, claude: Claude, toolbox: Toolbox, fault: str, reason: str
) -> None:
    llmock.tool_mode("off")
    llmock.reply("One two three four five six seven eight nine ten.")
    getattr(llmock, fault)(after_chunks=6)
    said = await ask(claude, turn(), toolbox)
    assert said.error is not None
    assert said.error.reason == reason
    assert said.text.startswith("One two")
    requests = await asyncio.to_thread(lambda: llmock.requests)  # waits for the server's end of it
    assert len(requests) == 1


async def test_a_context_that_is_too_long(llmock: LLMock, claude: Claude, toolbox: Toolbox) -> None:
    llmock.context_overflow()
    said = await ask(claude, turn(), toolbox)
    assert said.error is not None
    assert not said.error.retryable
    llmock.assert_resilient()


async def test_an_outage(llmock: LLMock, claude: Claude, toolbox: Toolbox) -> None:
    llmock.outage()
    said = await ask(claude, turn(), toolbox)
    assert said.error is not None
    assert (said.error.reason, said.error.retryable) == ("overloaded", True)
    llmock.assert_resilient()
