"""Workers over one queue: order, slots, wake-up, and an orderly end."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from bot.conversation import Outcome, Turn, TurnStatus
from bot.ports import Reply
from bot.worker import FAILED
from tests.conftest import ExpectedLogs
from tests.turns.answers import Echo, Log, working
from tests.turns.conftest import Node, StartNode, claim, message, status_of
from tests.waiting import wait_until

CONVERSATIONS, TURNS_EACH = 20, 8


async def test_in_order_and_one_at_a_time_within_a_conversation(start_node: StartNode) -> None:
    first, second = await start_node(), await start_node()
    log = Log()
    async with working(first, Echo(first.turns, log)), working(second, Echo(second.turns, log)):
        for number in range(TURNS_EACH):
            await asyncio.gather(
                *(
                    first.turns.accept(message(str(number), conversation=f"C{one}"))
                    for one in range(CONVERSATIONS)
                )
            )
        await wait_until(lambda: log.count == CONVERSATIONS * TURNS_EACH, seconds=60)
    assert log.overlaps == 0
    assert log.most_at_once > 1, "conversations run side by side"
    expected = [str(number) for number in range(TURNS_EACH)]
    assert all(log.answered[f"C{one}"] == expected for one in range(CONVERSATIONS))


async def test_no_more_at_once_than_there_are_slots(node: Node) -> None:
    echo = Echo(node.turns)
    echo.gate.clear()
    async with working(node, echo, slots=2):
        for one in range(4):
            await node.turns.accept(message(conversation=f"C{one}"))
        await wait_until(lambda: echo.log.count == 2)
        echo.gate.set()
        await wait_until(lambda: echo.log.count == 4)
    assert echo.log.most_at_once == 2


async def test_a_message_wakes_another_process_at_once(start_node: StartNode) -> None:
    accepting, answering = await start_node(), await start_node()
    echo = Echo(answering.turns)
    async with working(answering, echo):
        await accepting.turns.accept(message())
        await wait_until(lambda: echo.log.count == 1)
        waits = []
        for number in range(2, 7):
            started = time.monotonic()
            await accepting.turns.accept(message(conversation=f"C{number}"))
            await wait_until(lambda: echo.log.count == number)  # noqa: B023 - awaited in the loop
            waits.append(time.monotonic() - started)
    assert min(waits) < 0.5, "a notification, not the worker's look once a second"


async def test_a_turn_that_raises_fails_with_a_plain_sentence(
    node: Node, expected_logs: ExpectedLogs
) -> None:
    class Broken(Echo):
        async def handle(self, turn: Turn, reply: Reply) -> None:
            if turn.message.text == "break":
                raise ZeroDivisionError
            await super().handle(turn, reply)

    expected_logs.expect("turn_failed")
    echo = Broken(node.turns)
    async with working(node, echo):
        broken = await node.turns.accept(message("break"))
        await node.turns.accept(message("go on"))
        await wait_until(lambda: echo.log.count == 1)
        assert "conversation='web/W1/C1/'" in expected_logs.messages()[0]
        found = await node.turns.transcript(message().conversation)
    assert found is not None
    assert found[1][0].turn_id == broken
    assert found[1][0].outcome == Outcome("", TurnStatus.FAILED, error=FAILED)


@pytest.mark.parametrize("deleted", [False, True])
async def test_a_turn_that_raises_as_its_message_changes(
    node: Node, expected_logs: ExpectedLogs, deleted: bool
) -> None:
    asked = message("break")

    class Broken(Echo):
        async def handle(self, turn: Turn, reply: Reply) -> None:
            if turn.message.text != "break":
                return await super().handle(turn, reply)
            if deleted:
                await node.turns.withdraw("web", "W1", asked.id)
            else:
                await node.turns.amend(replace(asked, text="go on"))
            raise ZeroDivisionError

    expected_logs.expect("turn_failed")
    echo = Broken(node.turns)
    async with working(node, echo):
        turn_id = await node.turns.accept(asked)
        expected = TurnStatus.WITHDRAWN if deleted else TurnStatus.DONE

        async def is_over() -> bool:
            return await status_of(node, turn_id) == expected

        await wait_until(is_over)
    assert echo.log.count == (not deleted)


async def test_a_clean_shutdown_gives_back_what_runs(start_node: StartNode) -> None:
    leaving, staying = await start_node(), await start_node()
    echo = Echo(leaving.turns)
    echo.gate.clear()
    async with working(leaving, echo):
        turn_id = await leaving.turns.accept(message("half"))
        await leaving.turns.accept(message("next"))
        await wait_until(lambda: echo.noted)
        started = time.monotonic()
    assert time.monotonic() - started < 4
    assert await status_of(staying, turn_id) == TurnStatus.QUEUED

    turn = await claim(staying)
    assert (turn.id, turn.message_ids, turn.shown) == (turn_id, ("p1",), "h")


async def test_what_is_given_back_is_looked_for_also_when_the_call_came_too_early(
    node: Node,
) -> None:
    await node.turns.accept(message())
    turn = await claim(node)
    await node.process.__aexit__(None, None, None)  # no notification is heard any more
    await node.turns.wait(0)  # forget what rang so far
    await node.turns.release(turn)
    started = time.monotonic()
    await node.turns.wait(5)
    assert time.monotonic() - started < 1


async def test_a_shutdown_waits_only_so_long_for_a_reply_that_will_not_end(
    node: Node, expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stubborn(Echo):
        async def handle(self, turn: Turn, reply: Reply) -> None:
            with self.log.answering(turn):
                while not self.gate.is_set():
                    try:
                        await self.gate.wait()
                    except asyncio.CancelledError:
                        continue

    monkeypatch.setattr("bot.worker.GRACE_SECONDS", 0.1)
    expected_logs.expect("left_unfinished")
    echo = Stubborn(node.turns)
    echo.gate.clear()
    async with working(node, echo):
        await node.turns.accept(message())
        await wait_until(lambda: echo.log.open)
    assert echo.log.open, "the shutdown did not wait for it"
    echo.gate.set()
    await wait_until(lambda: not echo.log.open)


async def test_a_shutdown_in_the_middle_of_claiming_loses_no_turn(node: Node) -> None:
    answered = 0
    for steps in range(0, 60, 3):
        await node.turns.accept(message(conversation=f"C{steps}"))
        echo = Echo(node.turns)
        async with working(node, echo):
            for _ in range(steps):  # leave at another point each time
                await asyncio.sleep(0)
        answered += echo.log.count
        async with node.process.contact() as connection:
            running = await connection.fetchval(
                "SELECT count(*) FROM turns WHERE status = 'running'"
            )
        assert running == 0
    assert answered < 20, "some were left before they were answered"
