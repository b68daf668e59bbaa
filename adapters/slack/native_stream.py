"""One answer in Slack by Slack's own streaming, for as long as Slack goes along with it.

A stream can only be appended to, and Slack ends it after about five minutes however busy it is
(https://github.com/slackapi/python-slack-sdk/issues/1859). So each message is streamed as far as
it goes, stopped, and put right by one edit, which also brings the blocks that a stream has not.
Whatever Slack refuses or leaves unanswered, the reply goes on by edits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.budget import Budget, Connect, Workspace
from adapters.slack.failures import UNANSWERED, code, may_have_happened
from adapters.slack.lane import Urgency, clock
from adapters.slack.reply import SlackReply
from bot.conversation import Turn
from bot.ports import NotNowError, Page, Step

log = structlog.get_logger(__name__)

_INVISIBLE = "\N{WORD JOINER}"
_COMMANDS = re.compile(r"[<@&]|\](?=\(|$)")
"""What could begin a command, call a name or hide where a link goes, at a piece's end as well."""
_CLOSED_FOR_NOW = re.compile(r"\n(?:`{3,}|~{3,})\s*$")


@dataclass(slots=True)
class _Stream:
    """A message that is streaming: the part of its page that Slack has, and since when."""

    ts: str
    sent: str
    last_step: float
    may_append: bool = False
    """Whether a place for the next piece is held."""


class NativeReply:
    """`bot.ports.Reply`. `edits` is the same reply by edits: it shows what is not streamed."""

    def __init__(self, turn: Turn, edits: SlackReply, *, budget: Budget, connect: Connect) -> None:
        key = turn.message.conversation
        self.page_limit = edits.page_limit
        self._edits, self._budget, self._connect = edits, budget, connect
        self._team, self._channel, self._thread = key.workspace, key.channel, key.thread
        self._recipient = turn.message.author.external_id
        self._tries = bool(key.thread) and turn.attempt == 1
        """Whether Slack may take a stream: always in a thread, and not where posts are unsure."""
        self._step = Step.WAITING
        self._stream: _Stream | None = None

    async def pace(self, step: Step) -> None:
        self._step = step
        stream = self._stream
        if stream is None or step is Step.LAST:
            await self._edits.pace(step)
        elif not stream.may_append:
            await self._limits.append_stream.enter_between(stream.last_step)
            stream.may_append = True

    async def activity(self, doing: str) -> None:
        await self._edits.activity(doing)

    async def close(self) -> None:
        self._leave()
        await self._edits.close()

    async def post(self, page: Page) -> str:
        if self._tries and self._step is not Step.LAST:
            ts = await self._start(page)
            if ts:
                return ts
        return await self._edits.post(page)

    async def edit(self, message_id: str, page: Page) -> None:
        stream = self._stream
        if stream and stream.ts == message_id:
            if self._step is not Step.LAST and not page.final:
                if await self._append(stream, page):
                    return
            else:
                await self._stop(stream, page)
        await self._edits.edit(message_id, page, urgency=Urgency.FIRST if page.continues else None)

    async def delete(self, message_id: str) -> None:
        if self._stream and self._stream.ts == message_id:
            self._leave()
        await self._edits.delete(message_id)

    @property
    def _limits(self) -> Workspace:
        return self._budget.workspace(self._team)

    async def _start(self, page: Page) -> str:
        """The streaming message's id; empty where there is none to be had now."""
        client = await self._connect()
        limits, text = self._limits, _so_far(page)
        if not limits.stop_stream.try_promise():
            return ""
        if not limits.start_stream.try_enter():
            limits.stop_stream.release()
            return ""
        try:
            with limits.start_stream.calling():
                answer = await client.chat_startStream(
                    channel=self._channel,
                    thread_ts=self._thread,
                    markdown_text=_inert(text),
                    recipient_team_id=self._team,
                    recipient_user_id=self._recipient,
                )
        except NotNowError:
            limits.stop_stream.release()
            return ""
        except (SlackApiError, *UNANSWERED) as error:
            limits.stop_stream.release()
            self._tries = False
            self._refused("chat.startStream", error)
            if may_have_happened(error):
                self._edits.posts.unsure = True
            return ""
        ts = str(answer["ts"])
        self._stream = _Stream(ts, text, clock())
        self._edits.adopt(ts, page)
        return ts

    async def _append(self, stream: _Stream, page: Page) -> bool:
        """Whether Slack has the page now, as far as a stream can."""
        text = _so_far(page)
        if not text.startswith(stream.sent):
            return True  # what is there already is put right in the end
        if text == stream.sent:
            return True
        client = await self._connect()
        lane = self._limits.append_stream
        if not stream.may_append:
            await lane.enter_between(stream.last_step)
        stream.may_append = False
        try:
            with lane.calling():
                await client.chat_appendStream(
                    channel=self._channel,
                    ts=stream.ts,
                    markdown_text=_inert(text[len(stream.sent) :]),
                )
        except (SlackApiError, *UNANSWERED) as error:
            # It may have arrived all the same: only an edit, which sets the whole text, is sure.
            self._refused("chat.appendStream", error)
            self._leave()
            return False
        stream.sent, stream.last_step = text, clock()
        return True

    async def _stop(self, stream: _Stream, page: Page) -> None:
        """End the stream with what is left of the page; an edit follows in any case."""
        client = await self._connect()
        lane = self._limits.stop_stream
        rest = page.text[len(stream.sent) :] if page.text.startswith(stream.sent) else ""
        await lane.enter_promised()
        self._forget(stream)
        try:
            with lane.calling():
                await client.chat_stopStream(
                    channel=self._channel,
                    ts=stream.ts,
                    markdown_text=_inert(rest) or None,
                    metadata=self._edits.mark(),
                )
        except NotNowError:
            lane.commit()
            self._stream = stream
            raise
        except (SlackApiError, *UNANSWERED) as error:
            self._refused("chat.stopStream", error)

    def _leave(self) -> None:
        """Go on without the stream: its end need not be promised any more."""
        if self._stream is not None:
            self._forget(self._stream)
            self._limits.stop_stream.release()

    def _forget(self, stream: _Stream) -> None:
        self._stream = None
        if stream.may_append:
            stream.may_append = False
            self._limits.append_stream.give_back()

    def _refused(self, method: str, error: Exception) -> None:
        why = code(error) if isinstance(error, SlackApiError) else type(error).__name__
        log.info("slack_stream_goes_on_by_edits", method=method, error=why, channel=self._channel)


def _so_far(page: Page) -> str:
    """The page without a fence that is closed only for now: more may come inside."""
    return page.text if page.final else _CLOSED_FOR_NOW.sub("", page.text)


def _inert(text: str) -> str:
    """Markdown that calls nobody, however it was cut into pieces."""
    return _COMMANDS.sub(lambda found: found[0] + _INVISIBLE, text)
