"""Answers to what people do: to them alone, or in place of the message they acted on.

Discord waits three seconds for the first answer to a command or a click, and takes what follows
for fifteen minutes. https://docs.discord.com/developers/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

import aiohttp
import discord
import structlog

from adapters.afterwards import Afterwards
from adapters.discord.access import Act
from adapters.discord.failures import is_gone, is_malformed

log = structlog.get_logger(__name__)

Look: TypeAlias = Callable[[bool], discord.ui.LayoutView]
"""What to show, with photos or without: Discord refuses a message that has an address it cannot
read."""
Answer: TypeAlias = "Look | str"
"""What to show, or one sentence."""

PATIENCE = 1.0
"""Seconds that an answer may take before "is thinking…" is shown."""
_NONE = discord.AllowedMentions.none()
T = TypeVar("T")


def begin(afterwards: Afterwards, act: Act, what: str, work: Coroutine[Any, Any, object]) -> None:
    """Do `work` in the background; what goes wrong is told to whoever acted. `what` names it in
    the log."""

    async def do() -> None:
        with _unless_too_late(act, what):
            await work

    async def words(said: str) -> None:
        await tell(act, said)

    afterwards.start(what, do(), words)


async def tell(act: Act, words: str) -> None:
    """Say it to whoever acted, and to nobody else. It is lost where Discord waits no longer."""
    with _unless_too_late(act, "tell"):
        if act.response.is_done():
            await act.followup.send(words, ephemeral=True, allowed_mentions=_NONE)
        else:
            await act.response.send_message(words, ephemeral=True, allowed_mentions=_NONE)


@contextmanager
def _unless_too_late(act: Act, what: str) -> Iterator[None]:
    """Where nobody waits for the answer any more, or none can be told, there is no more to do."""
    try:
        yield
    except discord.HTTPException as error:
        if not is_gone(error):
            raise
        log.info("discord_answer_too_late", act=what, code=error.code)
    except RuntimeError:  # aiohttp's, where the connection of the act has ended
        if not act.client.is_closed():
            raise
        log.info("discord_answer_too_late", act=what)
    except aiohttp.ClientError as error:
        log.info("discord_answer_lost", act=what, error=type(error).__name__)


async def privately(act: Act, work: Coroutine[Any, Any, Answer]) -> None:
    """A new message that they alone see."""

    async def think() -> None:
        await act.response.defer(ephemeral=True, thinking=True)

    async def send(view: discord.ui.LayoutView) -> None:
        if act.response.is_done():
            await act.followup.send(view=view, ephemeral=True, allowed_mentions=_NONE)
        else:
            await act.response.send_message(view=view, ephemeral=True, allowed_mentions=_NONE)

    await _say(act, await _meanwhile(work, think), send)


async def in_place(click: Act, work: Coroutine[Any, Any, Answer]) -> None:
    """In place of the message whose button was pressed; a sentence is said beside it."""

    async def wait() -> None:
        if not click.response.is_done():
            await click.response.defer()

    async def send(view: discord.ui.LayoutView) -> None:
        if click.response.is_done():
            await click.edit_original_response(view=view, allowed_mentions=_NONE)
        else:
            await click.response.edit_message(view=view, allowed_mentions=_NONE)

    await _say(click, await _meanwhile(work, wait), send)


async def in_channel(click: Act, look: Look) -> None:
    """A message to everybody there; the click must have been acknowledged."""

    async def send(view: discord.ui.LayoutView) -> None:
        await click.followup.send(view=view, allowed_mentions=_NONE)

    await _shown(look, send)


async def _say(
    act: Act, answer: Answer, send: Callable[[discord.ui.LayoutView], Awaitable[object]]
) -> None:
    if isinstance(answer, str):
        await tell(act, answer)
    else:
        await _shown(answer, send)


async def _shown(look: Look, send: Callable[[discord.ui.LayoutView], Awaitable[object]]) -> None:
    try:
        await send(look(True))
    except discord.HTTPException as error:
        if not is_malformed(error):
            raise
        log.info("discord_photos_refused", code=error.code)
        await send(look(False))


async def _meanwhile(work: Coroutine[Any, Any, T], acknowledge: Callable[[], Awaitable[None]]) -> T:
    """What `work` gives. Where it takes long, Discord is told that something will come."""
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        if not done:
            await acknowledge()
        return await task
    finally:
        task.cancel()
