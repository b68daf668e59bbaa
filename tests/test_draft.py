"""A draft: one call in flight, always the newest text, nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import draft as draft_module
from bot.draft import Draft
from bot.metrics import Metrics
from bot.pages import join, split
from bot.ports import LostTurnError, NotNowError, Page, UndeliverableError
from tests.conftest import ExpectedLogs
from tests.screen import Screen
from tests.waiting import wait_until


class Progress:
    """What would be saved with the turn."""

    def __init__(self) -> None:
        self.kept: list[tuple[Sequence[str], str]] = []

    async def __call__(self, message_ids: Sequence[str], shown: str) -> None:
        self.kept.append((message_ids, shown))


def draft_on(
    screen: Screen,
    progress: Progress | None = None,
    message_ids: Sequence[str] = (),
    shown: str = "",
    metrics: Metrics | None = None,
) -> Draft:
    return Draft(
        screen,
        progress=progress or Progress(),
        metrics=metrics or Metrics(),
        platform="test",
        message_ids=message_ids,
        shown=shown,
    )


def failing(times: int, error: Exception, kind: str = "edit") -> Callable[[str], None]:
    left = [times]

    def fail(call: str) -> None:
        if call == kind and left[0]:
            left[0] -= 1
            raise error

    return fail


async def test_a_message_is_posted_before_there_is_text() -> None:
    screen = Screen()
    async with draft_on(screen) as draft:
        await wait_until(lambda: screen.messages)
        assert screen.last == Page("")
        draft.write("Three actors fit.")
        await wait_until(lambda: screen.last.text == "Three actors fit.")
        await draft.end(draft.text, notice="Note.")
    assert list(screen.messages.values()) == [Page("Three actors fit.", notice="Note.", final=True)]


async def test_text_that_comes_while_the_platform_is_slow_goes_out_in_one_edit() -> None:
    screen = Screen()
    async with draft_on(screen) as draft:
        await wait_until(lambda: screen.messages)
        screen.open.clear()
        for word in ("one ", "two ", "three"):
            draft.write(word)
            await asyncio.sleep(0)
        assert screen.texts == [""]
        screen.open.set()
        await wait_until(lambda: screen.texts == ["one two three"])
    assert [kind for kind, *_ in screen.calls] == ["post", "edit"]


async def test_the_end_does_not_wait_for_the_pace() -> None:
    screen = Screen()
    screen.open.clear()
    async with draft_on(screen) as draft:
        draft.write("All of it.")
        await asyncio.sleep(0)
        await draft.end(draft.text)
    assert screen.calls == [("post", "m0", "All of it.")]
    assert screen.last.final


async def test_a_long_reply_takes_several_messages_each_complete_before_the_next() -> None:
    text = "".join(f"Sentence number {n} is here.\n" for n in range(40))
    screen = Screen(page_limit=200)
    async with draft_on(screen) as draft:
        for start in range(0, len(text), 7):
            draft.write(text[start : start + 7])
            await asyncio.sleep(0)
        await draft.end(draft.text)
    assert "".join(screen.texts) == text
    assert all(page.final for page in screen.messages.values())
    order = [message_id for _, message_id, _ in screen.calls]
    assert order == sorted(order, key=list(screen.messages).index)


async def test_blank_pages_are_not_sent() -> None:
    screen = Screen(page_limit=10)
    async with draft_on(screen) as draft:
        draft.write("Text." + "\n" * 40 + "More.")
        await draft.end(draft.text)
    assert all(text.strip() for text in screen.texts)
    assert "".join(screen.texts).split() == ["Text.", "More."]


async def test_a_reply_corrected_at_its_end_changes_earlier_messages_too() -> None:
    text = "Meera fits.\n\n" * 30
    screen = Screen(page_limit=200)
    async with draft_on(screen) as draft:
        draft.write(text)
        await wait_until(lambda: "".join(screen.texts) == text)
        await draft.end(text.replace("Meera", "Kavya"))
    assert "".join(screen.texts) == text.replace("Meera", "Kavya")


async def test_messages_that_a_shorter_end_does_not_need_are_deleted() -> None:
    screen = Screen(page_limit=100)
    progress = Progress()
    async with draft_on(screen, progress) as draft:
        draft.write("Words and words. " * 30)
        await wait_until(lambda: len(screen.messages) > 3)
        await draft.end("Short.")
    assert list(screen.messages.values()) == [Page("Short.", final=True)]
    assert progress.kept[-1] == (tuple(screen.messages), "Short.")


async def test_an_earlier_attempt_is_taken_over_in_its_own_messages() -> None:
    shown = "Words and words of it. " * 8
    screen = Screen(page_limit=100)
    parts = split(shown, 100)
    screen.messages = {f"old{n}": Page(part.text) for n, part in enumerate(parts)}
    screen.messages["old1"] = Page(parts[1].text, notice="Restarting.")
    async with draft_on(screen, message_ids=list(screen.messages), shown=shown) as draft:
        await wait_until(lambda: not screen.messages["old1"].notice)
        draft.write("Words and ")
        await asyncio.sleep(0)
        assert draft.text == shown  # what people had read stays until the new text is as long
        draft.write("words of it, this time to the end.")
        await draft.end(draft.written)
    assert list(screen.messages.values()) == [
        Page("Words and words of it, this time to the end.", final=True)
    ]
    assert all(kind != "post" for kind, *_ in screen.calls)


async def test_a_failed_edit_is_made_again_with_the_newest_text(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("a call to the platform failed")
    screen = Screen(fail=failing(2, ConnectionError("gone")))
    metrics = Metrics()
    async with draft_on(screen, metrics=metrics) as draft:
        await wait_until(lambda: screen.messages)
        draft.write("First. ")
        await wait_until(
            lambda: metrics.registry.get_sample_value(
                "castmatch_edit_errors_total", {"platform": "test", "call": "edit"}
            )
        )
        draft.write("Second.")
        await wait_until(lambda: screen.texts == ["First. Second."])
        await draft.end(draft.text)
    assert [kind for kind, *_ in screen.calls] == ["post", "edit", "edit"]


async def test_where_no_message_may_be_empty_the_first_call_brings_the_first_text() -> None:
    screen = Screen()
    screen.empty_at_once = False
    async with draft_on(screen) as draft:
        await asyncio.sleep(0)
        draft.write(" \n")
        await asyncio.sleep(0)
        draft.write("Three actors fit.")
        await wait_until(lambda: screen.messages)
        await draft.end(draft.text)
    assert screen.calls[0] == ("post", "m0", " \nThree actors fit.")


async def test_where_no_message_may_be_empty_a_reply_without_text_still_ends() -> None:
    screen = Screen()
    screen.empty_at_once = False
    async with draft_on(screen) as draft:
        await draft.end("", notice="Stopped.")
    assert list(screen.messages.values()) == [Page("", notice="Stopped.", final=True)]


async def test_what_the_platform_wants_later_comes_with_the_newest_text() -> None:
    screen = Screen()
    async with draft_on(screen) as draft:
        await wait_until(lambda: screen.messages)

        def put_off(call: str) -> None:
            screen.open.clear()
            draft.write("Second.")
            screen.fail = lambda _: None
            raise NotNowError

        screen.fail = put_off
        draft.write("First. ")
        await wait_until(lambda: draft.text == "First. Second.")
        screen.open.set()
        await wait_until(lambda: screen.texts == ["First. Second."])
        await draft.end(draft.text)
    assert [kind for kind, *_ in screen.calls] == ["post", "edit", "edit"]


async def test_the_reply_is_closed_however_it_ended() -> None:
    screen = Screen()
    with pytest.raises(RuntimeError, match="ours"):
        async with draft_on(screen):
            await wait_until(lambda: screen.messages)
            raise RuntimeError("ours")
    assert screen.closed == 1


async def test_a_failed_post_is_made_again(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("a call to the platform failed")
    screen = Screen(fail=failing(1, ConnectionError("gone"), kind="post"))
    async with draft_on(screen) as draft:
        draft.write("Text.")
        await draft.end(draft.text)
    assert screen.texts == ["Text."]


async def test_a_reply_that_the_platform_refuses_for_good_ends() -> None:
    screen = Screen(fail=failing(99, UndeliverableError("channel gone"), "post"))
    async with draft_on(screen) as draft:
        draft.write("Text.")
        await asyncio.wait({draft.delivery})
        with pytest.raises(UndeliverableError, match="channel gone"):
            await draft.end(draft.text)


async def test_a_platform_that_never_recovers_is_given_up(
    expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs.expect("a call to the platform failed")
    monkeypatch.setattr(draft_module, "GIVE_UP_AFTER", 0.1)
    screen = Screen(fail=failing(999, ConnectionError("gone")))
    async with draft_on(screen) as draft:
        draft.write("Text.")
        await wait_until(lambda: screen.messages)
        with pytest.raises(UndeliverableError, match="too long"):
            await draft.end(draft.text)


async def test_a_new_message_is_saved_at_once_and_text_now_and_then() -> None:
    screen = Screen()
    progress = Progress()
    async with draft_on(screen, progress) as draft:
        await wait_until(lambda: progress.kept)
        assert progress.kept == [(("m0",), "")]
        for word in range(100):
            draft.write(f"word{word} ")
            await wait_until(lambda: screen.last.text == draft.text)
        await draft.end(draft.text)
    assert len(screen.calls) > 100
    assert len(progress.kept) <= 5


async def test_slow_saving_does_not_hold_up_edits() -> None:
    saving = asyncio.Event()

    class Slow(Progress):
        async def __call__(self, message_ids: Sequence[str], shown: str) -> None:
            await saving.wait()
            await super().__call__(message_ids, shown)

    screen, progress = Screen(page_limit=60), Slow()
    async with draft_on(screen, progress) as draft:
        draft.write("Words and words and words. " * 9)
        await wait_until(lambda: "".join(screen.texts) == draft.text)
        saving.set()
        await draft.end(draft.text)
    assert progress.kept[-1][0] == tuple(screen.messages)
    assert len(progress.kept) == 2, "saves that came while one was under way became one"


async def test_a_lost_turn_ends_the_draft() -> None:
    async def lost(message_ids: Sequence[str], shown: str) -> None:
        raise LostTurnError

    screen = Screen()
    async with Draft(screen, progress=lost, metrics=Metrics(), platform="test") as draft:
        await wait_until(lambda: screen.messages)
        draft.write("More.")
        await asyncio.wait({draft.delivery})
        with pytest.raises(LostTurnError):
            draft.delivery.result()


async def test_leaving_without_an_end_makes_no_further_call() -> None:
    screen = Screen()
    async with draft_on(screen) as draft:
        await wait_until(lambda: screen.messages)
        screen.open.clear()
        draft.write("Never shown.")
    assert screen.texts == [""]


async def test_activity_shows_the_newest_and_ends_with_the_reply() -> None:
    screen = Screen()
    async with draft_on(screen) as draft:
        draft.doing("searching the roster…")
        await wait_until(lambda: screen.activities)
        draft.write("Text.")
        await draft.end(draft.text)
    assert screen.activities == ["searching the roster…", ""]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=30), max_size=30), st.integers(1, 60), st.randoms())
def test_any_stream_arrives_whole(chunks: list[str], limit: int, dice: Random) -> None:
    async def stream() -> None:
        screen = Screen(page_limit=limit)
        async with draft_on(screen) as draft:
            for chunk in chunks:
                draft.write(chunk)
                if dice.random() < 0.3:
                    await asyncio.sleep(0)
            await draft.end(draft.text)
        parts = split("".join(chunks), limit)
        assert join(parts) == "".join(chunks)
        assert screen.texts == ([part.text for part in parts if part.text.strip()] or [""])

    asyncio.run(stream())
