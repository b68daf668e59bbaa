"""Killed in the middle of fifty replies: the next start finishes each, in the message it began."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path

from tests.fakes.claude import ClaudeServer, Reply, Request
from tests.processes.castmatch import serving
from tests.waiting import wait_until
from tests.web.client import Client, an_id

CONVERSATIONS = 50
WORDS = 90
"""At 60 tokens a second a reply takes about as many sixtieths of a second and more."""


def answer(request: Request) -> Reply:
    """A long text that names its question, so that a reply in the wrong place shows."""
    return Reply(text=" ".join(f"{request.asked.strip()}-word{n}" for n in range(WORDS)) + " end.")


async def test_every_reply_is_finished_once_in_the_message_it_had_begun(folder: Path) -> None:
    async with ClaudeServer(tokens_per_second=60) as claude:
        claude.answer_with(answer)
        settings = {
            "ANTHROPIC_API_KEY": claude.api_key,
            "ANTHROPIC_BASE_URL": claude.url,
            "SAMPLE_ROSTER": "false",
            "TURN_LEASE_SECONDS": "3",
        }
        begun: dict[int, str] = {}
        async with serving(folder, **settings) as server, AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(server.visit(an_id(n)))
                for n in range(CONVERSATIONS)
            ]
            await asyncio.gather(
                *(client.ask(n, f"question{n}") for n, client in enumerate(clients))
            )
            await asyncio.gather(
                *(client.until(lambda c=client: c.text, 30) for client in clients)  # type: ignore[misc] # bound now
            )
            assert not any(client.ended for client in clients)
            begun = {n: client.last["pages"][0]["id"] for n, client in enumerate(clients)}
            await server.end(signal.SIGKILL)

        async with serving(folder, **settings) as server, AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(server.visit(an_id(n)))
                for n in range(CONVERSATIONS)
            ]
            await asyncio.gather(
                *(client.until(lambda c=client: c.ended, 60) for client in clients)  # type: ignore[misc] # bound now
            )
            for n, client in enumerate(clients):
                _check(client, n, begun[n])
            assert await server.end(signal.SIGTERM) == 0
        assert claude.complaints == []


def _check(client: Client, number: int, message_id: str) -> None:
    assert len(client.order) == 1, "a reply was begun twice"
    (page,) = client.last["pages"]
    assert page["id"] == message_id
    assert page["final"]
    assert page["notice"] == ""
    text = client.text
    assert text.count("end.") == 1
    for n in range(WORDS):
        assert text.count(f"question{number}-word{n} ") == 1


async def test_sigterm_tells_the_readers_and_the_next_start_goes_on(folder: Path) -> None:
    async with ClaudeServer(tokens_per_second=60) as claude:
        claude.answer_with(answer)
        settings = {
            "ANTHROPIC_API_KEY": claude.api_key,
            "ANTHROPIC_BASE_URL": claude.url,
            "SAMPLE_ROSTER": "false",
        }
        async with serving(folder, **settings) as server, server.visit(an_id(1)) as client:
            await client.ask(1, "question1")
            await client.until(lambda: client.text)
            server.process.send_signal(signal.SIGTERM)
            await client.until(lambda: "restarting" in str(client.last["pages"][-1]["notice"]))
            message_id = client.last["pages"][0]["id"]
            assert await client.closed() == 1012
            await wait_until(lambda: server.process.returncode is not None, seconds=5)
            assert server.process.returncode == 0
        async with serving(folder, **settings) as server, server.visit(an_id(1)) as client:
            await client.until(lambda: client.ended, 30)
            _check(client, 1, message_id)
