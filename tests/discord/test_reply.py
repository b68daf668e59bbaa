"""One reply, as the adapter makes it, where calls go wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.ports import UndeliverableError
from tests.conftest import ExpectedLogs
from tests.discord.replying import Desk, open_desk, turn_on
from tests.fakes.discord import Channel, DiscordServer, Permission, Person
from tests.waiting import wait_until

SEND, EDIT = "POST /channels/{}/messages", "PATCH /channels/{}/messages/{}"
FAILED = "a call to the platform failed"


@pytest.fixture
async def desk(discord_server: DiscordServer) -> AsyncIterator[Desk]:
    discord_server.limits.off()
    async with open_desk(discord_server, call_seconds=1) as desk:
        yield desk


async def test_a_post_that_had_arrived_after_all_is_brought_up_to_date(
    desk: Desk, casting: Channel, asha: Person, expected_logs: ExpectedLogs
) -> None:
    """Its buttons too; and where that fails at first, no second message is posted."""
    expected_logs.expect(FAILED)
    question = await asha.says(casting, "find dancers")
    casting.server.fail(SEND, lose_answer=True)
    casting.server.fail(EDIT, status=503)
    async with desk.draft(turn_on(question)) as draft:
        draft.write("Asha Rao")
        await wait_until(casting.from_bot)
        assert casting.from_bot()[0].labels() == ["[■ Stop]"]
        await draft.end("Asha Rao")
    assert [message.content for message in casting.from_bot()] == ["Asha Rao"]
    assert casting.from_bot()[0].labels() == ["[👍 Helpful]", "[👎 Not helpful]"]


@pytest.mark.parametrize("acts", [False, True])
async def test_a_post_that_fails_is_made_again_and_seen_once(
    desk: Desk, casting: Channel, asha: Person, expected_logs: ExpectedLogs, acts: bool
) -> None:
    expected_logs.expect(FAILED)
    question = await asha.says(casting, "find dancers")
    casting.server.fail(SEND, status=503, acts=acts)
    casting.server.fail(SEND, timeout=True, acts=acts)
    async with desk.draft(turn_on(question)) as draft:
        await draft.end("Asha Rao")
    assert [message.content for message in casting.from_bot()] == ["Asha Rao"]


async def test_a_reply_taken_over_finds_what_the_dead_worker_posted(
    desk: Desk, casting: Channel, asha: Person
) -> None:
    question = await asha.says(casting, "find dancers")
    turn = turn_on(question)
    async with desk.draft(turn) as draft:
        draft.write("Asha")
        await wait_until(casting.from_bot)
    async with desk.draft(replace(turn, attempt=2)) as draft:
        await draft.end("Asha Rao")
    assert [message.content for message in casting.from_bot()] == ["Asha Rao"]


async def test_typing_shows_until_there_is_text_and_may_fail(
    desk: Desk, casting: Channel, asha: Person
) -> None:
    bot = casting.server.bot
    casting.server.fail("POST /channels/{}/typing", lose_answer=True)
    first, second = [await asha.says(casting, text) for text in ("one", "two")]
    async with desk.draft(turn_on(first)) as draft:
        await wait_until(lambda: len(casting.server.called("POST /channels/{}/typing")) == 1)
        await draft.end("one")
    desk.pace.channel(int(casting.id)).typed_at = 0
    async with desk.draft(turn_on(second)) as draft:
        await wait_until(lambda: casting.is_typing(bot))
        await draft.end("two")
    assert not casting.is_typing(bot)


async def test_a_thread_is_there_at_once_and_we_type_in_it(
    desk: Desk, casting: Channel, asha: Person, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(FAILED)
    question = await asha.says(casting, "find dancers")
    casting.server.fail("POST /channels/{}/messages/{}/threads", status=503, times=2)
    async with desk.draft(turn_on(question, in_thread=True)) as draft:
        await draft.end("Asha Rao")
    assert [message.content for message in casting.threads()[0].from_bot()][1:] == ["Asha Rao"]
    question = await asha.says(casting, "find singers")
    async with desk.draft(turn_on(question, in_thread=True)):
        await wait_until(lambda: len(casting.threads()) == 2)
        await wait_until(lambda: casting.threads()[1].is_typing(casting.server.bot))


async def test_where_no_thread_may_be_opened_the_asker_hears_of_it(
    desk: Desk, casting: Channel, asha: Person
) -> None:
    question = await asha.says(casting, "find dancers")
    casting.deny(casting.server.bot, Permission.CREATE_PUBLIC_THREADS)
    async with desk.draft(turn_on(question, in_thread=True)) as draft:
        with pytest.raises(UndeliverableError):
            await draft.end("Asha Rao")
    assert desk.refused
    assert casting.from_bot() == []
