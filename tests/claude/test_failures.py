"""Each way in which Claude fails ends in one plain sentence, with the text so far kept."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing

import pytest

from bot.claude import Claude, Limits
from bot.conversation import Recollection
from bot.metrics import Metrics
from bot.ports import TextDelta
from bot.tools import Toolbox
from tests.claude.conftest import ask, connect, turn
from tests.fakes.claude import ClaudeServer, Cut
from tests.waiting import wait_until

SO_FAR = "Two talents come to mind: "
PATIENT = Limits(silence_seconds=0.4, reply_seconds=20, wait_seconds=5)


@pytest.mark.parametrize(
    ("status", "message", "reason", "is_retryable", "words"),
    [
        (401, "", "authentication", False, "An admin must check ANTHROPIC_API_KEY"),
        (403, "", "permission", False, "An admin must check"),
        (402, "", "billing", False, "An admin must check its billing"),
        (404, "model: x", "unknown_model", False, "An admin must check ANTHROPIC_MODEL"),
        (400, "messages: nonsense", "bad_request", False, "did not accept our request"),
        (
            400,
            "prompt is too long: 250000 tokens > 200000 maximum",
            "context_too_long",
            False,
            "Please start a new one",
        ),
        (413, "", "context_too_long", False, "Please start a new one"),
    ],
)
async def test_a_refused_request_is_not_repeated(
    *,
    server: ClaudeServer,
    claude: Claude,
    toolbox: Toolbox,
    status: int,
    message: str,
    reason: str,
    is_retryable: bool,
    words: str,
) -> None:
    server.fail(status, message)
    said = await ask(claude, turn(), toolbox)
    assert said.error is not None
    assert (said.error.reason, said.error.retryable) == (reason, is_retryable)
    assert words in str(said.error)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "reason"), [(529, "overloaded"), (429, "rate_limited"), (500, "server_error")]
)
async def test_a_passing_failure_is_tried_again(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox, status: int, reason: str
) -> None:
    server.fail(status)
    server.reply(text="Here you are.")
    said = await ask(claude, turn(), toolbox)
    assert said.error is None
    assert said.text == "Here you are."
    assert said.doings == ["Claude is busy, asking again…"]


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (529, "overloaded", "Claude is overloaded just now"),
        (429, "rate_limited", "too much at once"),
        (500, "server_error", "a problem of its own"),
    ],
)
async def test_and_given_up_after_some_attempts(
    *,
    server: ClaudeServer,
    metrics: Metrics,
    toolbox: Toolbox,
    status: int,
    reason: str,
    words: str,
) -> None:
    claude = connect(server, metrics, PATIENT)
    for _ in range(3):
        server.fail(status)
    said = await ask(claude, turn(), toolbox)
    await claude.close()
    assert said.error is not None
    assert (said.error.reason, said.error.retryable) == (reason, True)
    assert words in str(said.error)
    assert len(server.requests) == 3


async def test_a_wait_that_claude_asks_for_is_kept(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.fail(429, retry_after=1)
    server.reply(text="Here you are.")
    started = asyncio.get_running_loop().time()
    said = await ask(claude, turn(), toolbox)
    assert said.text == "Here you are."
    assert asyncio.get_running_loop().time() - started >= 1


async def test_a_wait_longer_than_people_would_is_passed_on_to_them(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.fail(429, retry_after=3000)
    said = await ask(claude, turn(), toolbox)
    assert "Please try again in 50 minutes." in str(said.error)
    assert len(server.requests) == 1


CUTS: list[tuple[Cut, str]] = [
    ("error", "overloaded"),
    ("disconnect", "disconnected"),
    ("stall", "stalled"),
    ("truncate", "cut_off"),
    ("bad_chunk", "bad_chunk"),
]


@pytest.mark.parametrize(("cut", "reason"), CUTS)
async def test_a_stream_that_breaks_keeps_its_text_and_is_not_repeated(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox, cut: Cut, reason: str
) -> None:
    server.reply(text=SO_FAR, cut=cut)
    said = await ask(claude, turn(), toolbox)
    assert said.text == SO_FAR
    assert said.error is not None
    assert (said.error.reason, said.error.retryable) == (reason, True)
    assert len(server.requests) == 1
    assert str(said.error).endswith(".")
    assert "Traceback" not in str(said.error)


@pytest.mark.parametrize(("cut", "reason"), CUTS)
async def test_a_stream_that_breaks_before_its_text_is_repeated(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox, cut: Cut, reason: str
) -> None:
    server.reply(cut=cut)
    server.reply(text="Here you are.")
    said = await ask(claude, turn(), toolbox)
    assert said.text == "Here you are."
    assert said.error is None


async def test_a_tool_call_that_breaks_off_is_not_made(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.reply(tools=[("search_talents", {"text": "dancer"})], cut="disconnect")
    server.reply(text="Here you are.")
    said = await ask(claude, turn(), toolbox)
    assert said.text == "Here you are."
    assert toolbox.query is None


async def test_an_error_in_the_stream_goes_by_its_own_type(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.reply(text=SO_FAR, cut="error", error="rate_limit_error")
    said = await ask(claude, turn(), toolbox)
    assert said.error is not None
    assert said.error.reason == "rate_limited"


async def test_a_refusal(server: ClaudeServer, claude: Claude, toolbox: Toolbox) -> None:
    server.reply(text=SO_FAR, stop_reason="refusal")
    said = await ask(claude, turn(), toolbox)
    assert said.text == SO_FAR
    assert said.error is not None
    assert (said.error.reason, said.error.retryable) == ("refusal", False)


async def test_a_context_that_is_full(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.reply(text=SO_FAR, stop_reason="model_context_window_exceeded")
    said = await ask(claude, turn(), toolbox)
    assert said.error is not None
    assert said.error.reason == "context_too_long"


async def test_an_answer_without_end_is_cut_and_says_so(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    for _ in range(3):
        server.reply(text="and on ", stop_reason="max_tokens")
    said = await ask(claude, turn(), toolbox)
    assert said.text == "and on and on and on "
    assert said.error is not None
    assert said.error.reason == "max_tokens"
    assert "is cut here" in str(said.error)


async def test_a_reply_that_takes_too_long_is_cut(
    server: ClaudeServer, metrics: Metrics, toolbox: Toolbox
) -> None:
    server.tokens_per_second = 20
    server.reply(text="word " * 200)
    claude = connect(server, metrics, Limits(reply_seconds=0.5))
    said = await ask(claude, turn(), toolbox)
    await claude.close()
    assert said.error is not None
    assert said.error.reason == "too_slow"
    assert said.text.startswith("word word")


async def test_a_network_that_is_down(metrics: Metrics, toolbox: Toolbox) -> None:
    async with ClaudeServer() as gone:
        claude = connect(gone, metrics)
    said = await ask(claude, turn(), toolbox)
    await claude.close()
    assert said.error is not None
    assert (said.error.reason, said.error.retryable) == ("unreachable", True)


async def test_a_wrong_key_and_a_wrong_model(metrics: Metrics, toolbox: Toolbox) -> None:
    reasons = []
    async with ClaudeServer() as server:
        for key, model in (("sk-ant-wrong", "claude-sonnet-5-5"), (server.api_key, "claude-9")):
            claude = Claude.connect(key, model=model, metrics=metrics, base_url=server.url)
            said = await ask(claude, turn(), toolbox)
            await claude.close()
            reasons.append(said.error.reason if said.error else "")
    assert reasons == ["authentication", "unknown_model"]


async def test_what_is_logged_names_the_conversation_and_no_secret(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.reply(text=SO_FAR, cut="error")
    await ask(claude, turn("a very private question"), toolbox)

    [line] = [message for message in caplog.messages if "Claude's part ended" in message]
    for part in ("conversation='test/W1/C1/T1'", "req_000001", "'overloaded'", "input="):
        assert part in line
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("bot.")]
    assert not any("private question" in text or SO_FAR in text for text in ours)
    assert server.api_key not in caplog.text


# --- stopping --------------------------------------------------------------------------------


async def test_closing_the_reply_closes_the_connection(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.tokens_per_second = 30
    server.reply(text="word " * 300)
    async with aclosing(claude.respond(turn(), Recollection(), toolbox)) as events:
        async for _ in events:
            break
    await wait_until(lambda: server.hung_up == 1, seconds=0.3)
    assert server.streaming == 0


@pytest.mark.parametrize("cut", [None, "stall"])
async def test_cancelling_the_reply_closes_the_connection(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox, cut: Cut | None
) -> None:
    server.tokens_per_second = 30
    server.reply(text="word " * (300 if cut is None else 2), cut=cut)
    said: list[str] = []

    async def read() -> None:
        async for event in claude.respond(turn(), Recollection(), toolbox):
            assert isinstance(event, TextDelta)
            said.append(event.text)

    reading = asyncio.create_task(read())
    await wait_until(lambda: len(said) >= 2)
    reading.cancel()
    await wait_until(lambda: server.hung_up == 1, seconds=0.3)
    with pytest.raises(asyncio.CancelledError):
        await reading
