"""One answer in Discord: posted with its first text, and edited while it grows."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import aiohttp
import discord
import structlog

from adapters.discord import failures
from adapters.discord.events import DMS, title
from adapters.discord.pace import Lane, Pace, Place, Urgency
from adapters.discord.reply_view import PAGE_LIMIT, Shown, show
from adapters.discord.rest import Rest
from bot.conversation import Access, Turn
from bot.ports import NotNowError, Page, Step, UndeliverableError

log = structlog.get_logger(__name__)

GATHER = 0.05
"""Seconds after the first text before it is posted: some words instead of half of one."""
EDIT_EVERY = 1.25
"""Seconds between two edits of a reply: one that has the channel to itself leaves a place for its
last edit at any time."""
EMPTY_AFTER = 6.0
"""Seconds without any text after which a message with a stop button is posted."""
TYPING_EVERY = 8.0
"""Discord shows for ten seconds that somebody types."""
OLD_AFTER = timedelta(minutes=58)
"""Messages older than an hour may be edited much less: such a reply shows its end alone."""
OLD_PAUSE = 20.0
GIVE_UP_AFTER = 600.0
_URGENCY = {
    Step.WAITING: Urgency.FIRST,
    Step.FIRST: Urgency.FIRST,
    Step.GROWING: Urgency.BETWEEN,
    Step.LAST: Urgency.FINAL,
}
T = TypeVar("T")


class DiscordReply:
    """`bot.ports.Reply` by posts and edits. A message's id is Discord's."""

    page_limit = PAGE_LIMIT

    def __init__(
        self, turn: Turn, *, rest: Rest, pace: Pace, refused: Callable[[Turn], Awaitable[None]]
    ) -> None:
        """`refused` is told where we may not write."""
        key = turn.message.conversation
        self._turn, self._rest, self._refused = turn, rest, refused
        self._channel_id = int(key.thread or key.channel)
        self._opens_thread = key.thread == turn.message.id
        self._channel = pace.channel(self._channel_id)
        self._channel.edits.replies += 1
        self._is_open = True
        self._count = len(turn.message_ids)
        self._posted: Counter[int] = Counter()
        self._tried = {self._count} if turn.attempt > 1 else set[int]()
        """Pages that an earlier try may have posted without our knowing."""
        self._turns_page = False
        self._urgency = Urgency.FIRST
        self._held: tuple[Place, ...] = ()
        self._called_at = -EDIT_EVERY
        self._began = _now()
        self._put_off_since: float | None = None
        self._plainly = False
        self._typing: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()
        self._threads = pace.channel(int(key.channel)).threads
        if not turn.message_ids:
            self._typing = asyncio.create_task(self._keep_typing())

    # --- when ------------------------------------------------------------------------------------

    async def pace(self, step: Step) -> None:
        self._urgency = _URGENCY[step]
        if step is Step.WAITING:
            await asyncio.sleep(max(0.0, self._began + EMPTY_AFTER - _now()))
        elif step is Step.FIRST:
            await asyncio.sleep(GATHER)
        elif step is Step.GROWING and not self._turns_page:
            if self._is_old():
                await asyncio.Event().wait()
            await asyncio.sleep(max(0.0, self._called_at + EDIT_EVERY - _now()))
        async with self._opening:
            pass  # the thread, if there is to be one, is there by now or has been refused
        posts = self._turns_page or not self._count
        await self._enter(self._channel.posts if posts else self._channel.edits)

    async def _enter(self, lane: Lane) -> None:
        if not (self._held and self._held[0].lane is lane):
            self._let_go()
            self._held = (await lane.enter(self._urgency),)
        if len(self._held) == 1:
            place = await self._rest.calls.everything.enter(self._urgency)
            self._held = (*self._held, place)

    def _let_go(self) -> None:
        for place in self._held:
            place.give_back()
        self._held = ()

    def _is_old(self) -> bool:
        if not self._turn.message_ids:
            return False
        posted = discord.utils.snowflake_time(int(self._turn.message_ids[-1]))
        return datetime.now(UTC) - posted > OLD_AFTER

    async def activity(self, doing: str) -> None:
        """Discord shows that we type; there is no place for what we are at."""

    async def close(self) -> None:
        self._let_go()
        self._stop_typing()
        if self._is_open:
            self._is_open = False
            self._channel.edits.replies -= 1

    # --- what ------------------------------------------------------------------------------------

    async def post(self, page: Page) -> str:
        shown, number = self._shown(page), self._count
        client = await self._rest.client()
        if self._opens_thread and not number:
            self._let_go()  # the thread needs a place too
            await self._open_thread(client)
        await self._enter(self._channel.posts)
        place = client.get_partial_messageable(self._channel_id)

        async def send() -> discord.Message:
            return await place.send(
                shown.content,
                embeds=shown.embeds,
                nonce=self._nonce(number),
                allowed_mentions=discord.AllowedMentions.none(),
                mention_author=False,
                **self._beside(shown, number),
            )

        is_repeat = number in self._tried
        self._tried.add(number)
        message = await self._called(partial(self._rest.calls.make, send))
        self._stop_typing()
        if is_repeat:
            # If the earlier try had arrived after all, Discord gives back what that one posted.
            await self.edit(str(message.id), page)
        self._tried.discard(number)
        self._count += 1
        self._turns_page = page.continues
        return str(message.id)

    async def edit(self, message_id: str, page: Page) -> None:
        shown = self._shown(page)
        client = await self._rest.client()
        await self._enter(self._channel.edits)
        message = client.get_partial_messageable(self._channel_id).get_partial_message(
            int(message_id)
        )

        async def change() -> None:
            await message.edit(
                content=shown.content,
                embeds=shown.embeds,
                view=shown.view,
                allowed_mentions=discord.AllowedMentions.none(),
            )

        await self._called(partial(self._rest.calls.make_until_done, change))
        self._turns_page = page.continues

    async def delete(self, message_id: str) -> None:
        client = await self._rest.client()
        self._let_go()
        message = client.get_partial_messageable(self._channel_id).get_partial_message(
            int(message_id)
        )
        try:
            await self._rest.calls.make(message.delete, urgency=self._urgency)
        except discord.NotFound:
            pass  # gone already
        except discord.HTTPException as error:
            if failures.is_forever(error):
                raise UndeliverableError(f"Discord says {error.code}") from None
            raise
        self._count -= 1
        self._posted[self._count] += 1
        self._turns_page = False

    async def _open_thread(self, client: discord.Client) -> None:
        """The thread under the question, where there is to be one; it has the question's id, and
        may be there already."""
        async with self._opening:
            if not self._opens_thread:
                return
            asked = self._turn.message
            # Hidden after a day. (`create_thread` wants the server in the client's cache.)
            open_it = partial(
                client.http.start_thread_with_message,
                int(asked.conversation.channel),
                int(asked.id),
                name=title(asked.text),
                auto_archive_duration=1440,
            )
            place = await self._threads.enter(Urgency.FIRST)
            try:
                await self._rest.calls.make(open_it, place, urgency=Urgency.FIRST)
            except discord.HTTPException as error:
                if error.code != failures.THREAD_EXISTS:
                    await self._take_refusal(error)
                    raise
            self._opens_thread = False

    async def _called(self, make: Callable[..., Awaitable[T]]) -> T:
        """The call that places were waited for."""
        places, self._held = self._held, ()
        self._called_at = _now()
        try:
            made = await make(*places)
        except discord.HTTPException as error:
            await self._take_refusal(error)
            raise
        self._put_off_since = None
        return made

    async def _take_refusal(self, error: discord.HTTPException) -> None:
        """Tell what will never work from what may."""
        if error.code == failures.OLD_MESSAGE_EDITS:
            self._put_off_since = self._put_off_since or _now()
            if _now() - self._put_off_since > GIVE_UP_AFTER:
                raise UndeliverableError("Discord has asked to wait for too long") from None
            self._channel.edits.pause(OLD_PAUSE)
            raise NotNowError("Discord asks to wait with edits of old messages") from None
        if failures.is_forever(error):
            if error.code in (failures.MISSING_ACCESS, failures.MISSING_PERMISSIONS):
                await self._refused(self._turn)
            raise UndeliverableError(f"Discord says {error.code}") from None
        if failures.is_malformed(error) and not self._plainly:
            log.warning("discord_refused_message", code=error.code)
            self._plainly = True
            raise NotNowError("the message is made again, plainly") from None

    # --- how it looks ----------------------------------------------------------------------------

    def _shown(self, page: Page) -> Shown:
        return show(
            page,
            self._turn.id,
            today=datetime.now(UTC).date(),
            is_team=self._turn.audience.access is Access.TEAM,
            plainly=self._plainly,
        )

    def _nonce(self, number: int) -> str:
        """The same for each try at a page, by whichever process; 25 characters at most."""
        made = f"{self._turn.id}/{number}/{self._posted[number]}"
        return urlsafe_b64encode(hashlib.sha256(made.encode()).digest())[:24].decode()

    def _beside(self, shown: Shown, number: int) -> dict[str, Any]:
        """The buttons, and the question: in a channel a reply's first message answers it."""
        key = self._turn.message.conversation
        beside: dict[str, Any] = {"view": shown.view} if shown.view else {}
        if not number and not key.thread and key.workspace != DMS:
            beside["reference"] = discord.MessageReference(
                message_id=int(self._turn.message.id),
                channel_id=self._channel_id,
                fail_if_not_exists=False,
            )
        return beside

    # --- typing ----------------------------------------------------------------------------------

    async def _keep_typing(self) -> None:
        """Show that we are at it until there is text; best effort."""
        client = await self._rest.client()
        place = client.get_partial_messageable(self._channel_id)
        try:
            await self._open_thread(client)
            while True:
                if _now() - self._channel.typed_at >= TYPING_EVERY - 1:
                    self._channel.typed_at = _now()
                    await self._rest.calls.make(partial(_type, place), urgency=Urgency.ASIDE)
                await asyncio.sleep(TYPING_EVERY)
        except (
            discord.HTTPException, aiohttp.ClientError, OSError, UndeliverableError, NotNowError
        ) as error:  # fmt: skip
            log.debug("discord_typing_refused", error=type(error).__name__)

    def _stop_typing(self) -> None:
        if self._typing is not None:
            self._typing.cancel()
            self._typing = None


async def _type(place: discord.PartialMessageable) -> None:
    await place.typing()


def _now() -> float:
    return asyncio.get_running_loop().time()
