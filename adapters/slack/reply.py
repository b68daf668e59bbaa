"""One answer in Slack: posted with its first text, and edited while it grows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.budget import POST, STOP, Budget, Connect
from adapters.slack.edits import Share
from adapters.slack.failures import (
    UNANSWERED,
    code,
    is_forever,
    is_malformed,
    may_have_happened,
)
from adapters.slack.lane import Lane, Urgency, clock
from adapters.slack.looks import Looks, WhichListed, nobody
from adapters.slack.posted import Posts, metadata
from adapters.slack.reply_view import PAGE_LIMIT, Shown
from adapters.slack.status import Status
from adapters.slack.tricks import note_tricks
from bot.conversation import Turn
from bot.ports import NotNowError, Page, Step, UndeliverableError

GATHER = 0.1
"""Seconds after the first text before it is posted: some words instead of half of one."""
EMPTY_AFTER = 3.0
"""Seconds without any text after which a message that says so is posted, where a status can't."""
STATUS_AFTER = 1.0
"""Seconds that a first text may wait for the budget before the status says that it is written."""
CLEAR_WITHIN, CLOSE_WITHIN = 5.0, 0.7
"""Seconds for clearing the status, at a reply's end and when the process must go."""
GIVE_UP_AFTER = 600.0
"""Seconds of being asked to wait, one call after the other, before a reply is given up."""

_THINKING, _WRITING = "is thinking…", "is writing…"
_URGENCY = {
    Step.WAITING: Urgency.FIRST,
    Step.FIRST: Urgency.FIRST,
    Step.GROWING: Urgency.BETWEEN,
    Step.LAST: Urgency.FINAL,
}


class SlackReply:
    """`bot.ports.Reply` by posts and edits. A message's id is its timestamp."""

    page_limit = PAGE_LIMIT

    def __init__(
        self,
        turn: Turn,
        *,
        budget: Budget,
        connect: Connect,
        which_listed: WhichListed = nobody,
        unmarked: bool = False,
    ) -> None:
        """`unmarked`: see `Posts`."""
        key = turn.message.conversation
        self._turn_id = turn.id
        self._team, self._channel, self._thread = key.workspace, key.channel, key.thread
        self._budget, self._connect = budget, connect
        self._share = Share(
            lambda: budget.workspace(self._team).edits, has_message=bool(turn.message_ids)
        )
        self._posting: Lane | None = None
        """Where a place for a post is held."""
        self._status = Status(budget, connect, key.workspace, key.channel, key.thread)
        self._count = len(turn.message_ids)
        self._newest = turn.message_ids[-1] if turn.message_ids else ""
        self._turns_page = False
        """Whether the next message comes next: a post, for which no edit need be waited for."""
        self.posts = Posts(turn, budget, connect, unmarked=unmarked)
        self._urgency = Urgency.FIRST
        self._looks = Looks(turn.id, which_listed)
        self._put_off_since: float | None = None
        self._began = clock()

    # --- when ------------------------------------------------------------------------------------

    async def pace(self, step: Step) -> None:
        self._urgency = _URGENCY[step]
        if step is Step.WAITING:
            await self._wait_for_text()
        if step is Step.FIRST:
            await asyncio.sleep(GATHER)
        if self._turns_page:
            await self._enter_post()
            return
        if self._count:
            await self._share.enter(self._urgency)
            return
        with self._status.kept(_WRITING, after=STATUS_AFTER):
            if step is not Step.LAST:  # nothing is edited after that
                await self._share.begin()
            if not self.posts.unsure:  # else it is looked for first
                await self._enter_post()

    async def _wait_for_text(self) -> None:
        """Show a status; where that can't be, return when a message should be shown instead."""
        with self._status.kept(_THINKING):
            await self._status.refused.wait()
            await asyncio.sleep(max(0.0, self._began + EMPTY_AFTER - clock()))

    async def _enter_post(self) -> None:
        if self._posting is None:
            lane = self._budget.lane(self._team, POST, self._channel)
            await lane.enter(self._urgency)
            self._posting = lane

    def _let_go(self) -> None:
        self._share.let_go()
        self._let_go_of_post()

    def _let_go_of_post(self) -> None:
        if self._posting is not None:
            self._posting.give_back()
            self._posting = None

    async def activity(self, doing: str) -> None:
        if doing:
            self._status.want(f"is {doing}" if doing[0].islower() else f"is at work: {doing}")
        elif self._count:
            self._status.want("")
            await self._status.settle(CLEAR_WITHIN)
        else:
            self._status.forget()  # the first post clears it

    async def close(self) -> None:
        self._let_go()
        self._share.close()
        await self._status.close(CLOSE_WITHIN)

    # --- what ------------------------------------------------------------------------------------

    async def post(self, page: Page) -> str:
        if self.posts.unsure:
            self._let_go()
            await self.posts.look(for_page=self._count)
        if self._is_end(page):
            await self._remove_beyond(self._count + 1)
        if ts := self.posts.at(self._count):
            await self.edit(ts, page)
        else:
            ts = await self._post(page)
        self.adopt(ts, page)
        return ts

    def mark(self) -> dict[str, Any]:
        """What says that the newest message is this reply's."""
        return metadata(self._turn_id, self._count - 1)

    def adopt(self, ts: str, page: Page) -> None:
        """That message shows the page now: it is the reply's newest."""
        self._let_go_of_post()
        self._count += 1
        self._newest, self._turns_page = ts, page.continues
        self._share.stepped()
        self._status.posted()

    async def edit(self, message_id: str, page: Page, *, urgency: Urgency | None = None) -> None:
        """`urgency` overrules that of the last `pace`."""
        self._let_go_of_post()
        if message_id == self._newest and self._is_end(page):
            if self.posts.unsure and self.posts.may_look():
                await self.posts.look()
            await self._remove_beyond(self._count)
        await self._share.enter(self._urgency if urgency is None else urgency)
        blocks, text = await self._looks.show(page)
        client = await self._connect()
        try:
            with self._refusals(), self._share.editing():
                await client.chat_update(
                    channel=self._channel,
                    ts=message_id,
                    blocks=blocks,
                    text=text,
                    metadata=self.mark() if message_id == self._newest else None,
                )
        except SlackApiError as error:
            if code(error) != "streaming_state_conflict":
                raise
            await self._end_stream(client, message_id)
            raise NotNowError("the message was streaming") from None
        self._note(page, Shown(blocks, text))
        self._turns_page = page.continues and message_id == self._newest

    async def delete(self, message_id: str) -> None:
        self._let_go()
        await self._delete(message_id)
        self._count -= 1
        self._turns_page = False

    async def _delete(self, ts: str) -> None:
        client = await self._connect()
        lane = self._budget.lane(self._team, "chat.delete")
        await lane.enter(self._urgency)
        with self._refusals(absent_is_fine=True), lane.calling():
            await client.chat_delete(channel=self._channel, ts=ts)

    async def _post(self, page: Page) -> str:
        self._share.let_go()
        await self._enter_post()
        blocks, text = await self._looks.show(page)
        client = await self._connect()
        lane, self._posting = self._posting, None
        assert lane is not None  # noqa: S101 - just entered
        try:
            with self._refusals(), lane.calling():
                answer = await client.chat_postMessage(
                    channel=self._channel,
                    thread_ts=self._thread or None,
                    blocks=blocks,
                    text=text,
                    metadata=metadata(self._turn_id, self._count),
                    unfurl_links=False,
                    unfurl_media=False,
                )
        except (SlackApiError, *UNANSWERED) as error:
            self.posts.unsure = may_have_happened(error)
            raise
        self._note(page, Shown(blocks, text))
        return str(answer["ts"])

    def _note(self, page: Page, shown: Shown) -> None:
        """Once for each message, when it is as it stays."""
        if page.final or page.continues:
            note_tricks(shown, turn=str(self._turn_id))

    def _is_end(self, page: Page) -> bool:
        return self._urgency is Urgency.FINAL and page.final and not page.continues

    async def _remove_beyond(self, pages: int) -> None:
        """Remove what an attempt before this one had posted beyond the reply's end."""
        for ts in self.posts.beyond(pages):
            await self._delete(ts)
            self.posts.forget(ts)

    async def _end_stream(self, client: AsyncWebClient, ts: str) -> None:
        """Slack's own streaming of a message that somebody left in that state."""
        lane = self._budget.lane(self._team, STOP)
        await lane.enter(self._urgency)
        with self._refusals(), lane.calling():
            await client.chat_stopStream(channel=self._channel, ts=ts)

    @contextmanager
    def _refusals(self, *, absent_is_fine: bool = False) -> Iterator[None]:
        """Tell what will never work from what may, and what was made wrongly."""
        try:
            yield
        except NotNowError:
            self._put_off_since = self._put_off_since or clock()
            if clock() - self._put_off_since > GIVE_UP_AFTER:
                raise UndeliverableError("Slack has asked to wait for too long") from None
            raise
        except SlackApiError as error:
            if absent_is_fine and code(error) == "message_not_found":
                return
            if is_forever(error):
                raise UndeliverableError(f"Slack says {code(error)}") from None
            if is_malformed(error):
                self._looks.simplify()
            raise
        self._put_off_since = None
