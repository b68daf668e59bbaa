"""The chat, through a pipe and on a terminal, with turns in real Postgres."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from rich.console import Console

from adapters.console import chat as chat_module
from adapters.console.cards import card_lines, printable
from adapters.console.chat import Chat, Face
from adapters.console.lines import PipedLines
from adapters.console.piped import PipedFace
from adapters.console.seat import SeatError, take_seat
from adapters.console.terminal import TerminalFace
from bot.conversation import TurnStatus
from bot.ports import Doing, Page, ResponderError
from bot.talent import DayRate, LanguageSkill, Match, Range, Talent
from bot.worker import Worker
from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.db.sql import fetch
from tests.house import House, Scripted, open_house
from tests.waiting import wait_until

MEERA = Match(
    talent=Talent(
        id="aaaaaaaaaa",
        name="Meera Joshi",
        playing_age=Range(min=24, max=30),
        city="Pune",
        languages=(LanguageSkill(name="Marathi"), LanguageSkill(name="Hindi")),
        day_rate=DayRate(min=15_000, max=25_000),
    ),
    score=1,
    reasons=("speaks Marathi", "bio: trained in \x1b]0;owned\x07Kathak"),
    misses=("Fencing not listed", "lives in Pune, not \x1bSurat"),
)


@contextmanager
def piped(text: bytes) -> Iterator[tuple[PipedFace, io.StringIO, io.StringIO]]:
    reading, writing = os.pipe()
    out, err = io.StringIO(), io.StringIO()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(text)
    yield PipedFace(reading, out, err), out, err
    os.close(reading)


@asynccontextmanager
async def chatting(house: House, face: Face, name: str = "console-test-1") -> AsyncIterator[Chat]:
    """A chat with a worker that answers it."""
    chat = Chat(house.turns, house.memory_acts, face, platform_name=name)
    worker = asyncio.create_task(Worker(house.turns, house.casting, [chat], 2).run())
    yield chat
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


async def test_a_script_gets_plain_replies_in_order(database: Database, redis: Redis) -> None:
    responder = Scripted([Doing("searching…"), "**Two** dancers ", "fit, नमस्ते."])
    with piped("Find a dancer\n\n  Only in Pune  \r\nएक और".encode()) as (face, out, err):
        async with open_house(database, redis, responder) as house, chatting(house, face) as chat:
            await chat.run()
    assert out.getvalue() == "**Two** dancers fit, नमस्ते.\n\n" * 3
    assert err.getvalue() == ""
    assert [len(one.history) for one in responder.recalled] == [0, 1, 2]


async def test_a_new_conversation_remembers_nothing(database: Database, redis: Redis) -> None:
    responder = Scripted(["Yes."])
    with piped(b"One\n/new\nTwo\n/quit\nThree\n") as (face, out, _):
        async with open_house(database, redis, responder) as house, chatting(house, face) as chat:
            await chat.run()
    assert out.getvalue() == "Yes.\n\nA new conversation.\nYes.\n\n"
    assert [len(one.history) for one in responder.recalled] == [0, 0]


async def test_what_cannot_be_sent_is_said(database: Database, redis: Redis) -> None:
    long = b"x" * 10_001
    with piped(b"\xff\xfe\n/fly\n" + long + b"\nHello\n/help\n") as (face, out, err):
        async with (
            open_house(database, redis, Scripted(["Yes."])) as house,
            chatting(house, face) as chat,
        ):
            await chat.run()
    assert err.getvalue().splitlines() == [
        "Line 1 is not UTF-8 (byte 1): left out.",
        "There is no command /fly. /help lists them.",
        "That is 10,001 characters; a message has at most 10,000. It was not sent.",
    ]
    assert out.getvalue() == f"Yes.\n\n{chat_module.HELP}\n"


async def test_an_error_is_a_plain_sentence(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the responder gave up")
    responder = Scripted(["So far.", ResponderError("Claude is busy.", reason="overloaded")])
    with piped(b"Hello\n") as (face, out, _):
        async with open_house(database, redis, responder) as house, chatting(house, face) as chat:
            await chat.run()
    assert out.getvalue() == "So far.\n\nClaude is busy.\n\n"


async def test_two_chats_do_not_answer_each_other(database: Database, redis: Redis) -> None:
    async with open_house(database, redis, Scripted(["Yes."])) as house:
        with piped(b"Hello\n") as (face, out, _), piped(b"Hi\nHo\n") as (other_face, other_out, _):
            async with (
                chatting(house, face, "console-test-1") as chat,
                chatting(house, other_face, "console-test-2") as other,
            ):
                await asyncio.gather(chat.run(), other.run())
            assert (out.getvalue(), other_out.getvalue()) == ("Yes.\n\n", "Yes.\n\n" * 2)


async def test_what_a_dead_chat_left_open_is_ended_by_the_next_one(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the platform refuses the reply")
    hold = asyncio.Event()
    async with open_house(database, redis, Scripted([hold])) as house:
        with piped(b"Hello\n") as (face, _, _):
            dead = Chat(house.turns, house.memory_acts, face, platform_name="console-test-1")
            running = asyncio.create_task(dead.run())  # nobody answers: it has no worker
            await wait_until(lambda: dead.waits_for)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

            async def statuses() -> list[str]:
                async with database.queue() as connection:
                    return [row["status"] for row in await connection.fetch("TABLE turns")]

            assert await statuses() == [TurnStatus.QUEUED]
            async with chatting(house, face):

                async def is_ended() -> bool:
                    return await statuses() == [TurnStatus.FAILED]

                await wait_until(is_ended)


async def test_a_reply_that_ended_elsewhere_is_shown(
    database: Database, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_module, "LOOK_EVERY", 0.05)
    async with open_house(database, redis, Scripted([])) as house:
        with piped(b"Hello\n") as (face, out, _):
            chat = Chat(house.turns, house.memory_acts, face, platform_name="console-test-1")
            running = asyncio.create_task(chat.run())
            await wait_until(lambda: chat.waits_for)
            assert chat.waits_for
            await house.turns.stop(chat.waits_for)
            await running
    assert out.getvalue() == "The reply ended here.\n\n"


class Typing:
    """What a person types: each line when the test lets it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._reading, self._writing = os.pipe()

    def type(self, line: str) -> None:
        os.write(self._writing, line.encode() + b"\n")

    def end(self) -> None:
        os.close(self._writing)

    def read(self) -> str:
        line = b""
        while not line.endswith(b"\n"):
            character = os.read(self._reading, 1)
            if not character:
                raise EOFError
            line += character
        return line.decode().rstrip("\n")


def terminal(tmp_path: Path, read: Callable[[], str]) -> tuple[TerminalFace, io.StringIO]:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80, height=24, highlight=False)
    return TerminalFace(tmp_path / "history", console=console, read_line=read), out


async def test_on_a_terminal_a_reply_grows_and_can_be_stopped(
    database: Database, redis: Redis, tmp_path: Path
) -> None:
    typing, hold = Typing(), asyncio.Event()
    face, out = terminal(tmp_path, typing.read)
    responder = Scripted([Doing("searching the roster…"), "The first part. ", hold, "Never."])
    async with open_house(database, redis, responder) as house, chatting(house, face) as chat:
        running = asyncio.create_task(chat.run())
        typing.type("Find a dancer")
        await wait_until(lambda: "The first part." in out.getvalue())
        assert "writing…" in out.getvalue() or "searching" in out.getvalue()
        chat.interrupt()
        await wait_until(lambda: "Stopped." in out.getvalue())
        typing.end()
        await running
    assert "Never." not in out.getvalue()
    assert out.getvalue().count("Describe a role") == 1


async def test_a_second_interrupt_leaves(database: Database, redis: Redis, tmp_path: Path) -> None:
    typing = Typing()
    face, out = terminal(tmp_path, typing.read)
    async with open_house(database, redis, Scripted([asyncio.Event()])) as house:
        chat = Chat(
            house.turns, house.memory_acts, face, platform_name="console-test-1"
        )  # nothing can stop it
        running = asyncio.create_task(chat.run())
        typing.type("Find a dancer")
        await wait_until(lambda: chat.waits_for)
        chat.interrupt()
        chat.interrupt()
        await asyncio.wait_for(running, 5)
    typing.end()
    assert out.getvalue().endswith("\n")


def test_a_long_reply_is_cut_to_the_screen_while_it_grows_and_whole_at_the_end(
    tmp_path: Path,
) -> None:
    face, out = terminal(tmp_path, lambda: "")
    text = "\n\n".join(f"Paragraph {number}." for number in range(60))
    face.show(Page(text))
    face.close()
    assert "Paragraph 59." in out.getvalue()
    assert "Paragraph 1." not in out.getvalue()
    face, out = terminal(tmp_path, lambda: "")
    face.show(Page(text, matches=(MEERA,), notice="Stopped.", final=True, retryable=True))
    assert "Paragraph 1." in out.getvalue()
    assert "Meera Joshi" in out.getvalue()
    assert "Stopped. ↑ brings your question back." in out.getvalue()
    assert "\x1b]0" not in out.getvalue()


def test_cards_are_plain_lines() -> None:
    assert list(card_lines([MEERA])) == [
        "1. Meera Joshi · plays 24–30 · Marathi, Hindi · Pune · INR 15,000–25,000 a day",
        "   speaks Marathi; bio: trained in ]0;ownedKathak",
        "   but Fencing not listed; lives in Pune, not Surat",
    ]


def test_text_cannot_command_the_terminal() -> None:
    assert printable("a\x1b[2Jb\x9b31mc\rd\ud83de\tf\ng") == "a[2Jb31mcde\tf\ng"


async def test_lines_of_a_pipe_that_arrive_in_pieces() -> None:
    reading, writing = os.pipe()
    lines = PipedLines(reading)
    next_line = asyncio.create_task(lines.next())
    os.write(writing, b"fir")
    os.write(writing, b"st\r\nsecond\nlast")
    assert await next_line == b"first"
    assert await lines.next() == b"second"
    os.close(writing)
    assert [await lines.next(), await lines.next()] == [b"last", None]
    os.close(reading)


def test_each_running_chat_has_a_seat_of_its_own(tmp_path: Path) -> None:
    with take_seat(tmp_path) as first, take_seat(tmp_path) as second:
        assert first.platform != second.platform
    with take_seat(tmp_path) as again:
        assert again.platform == first.platform


def test_a_data_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "chats").write_text("in the way")
    with pytest.raises(SeatError, match="DATA_DIR"), take_seat(tmp_path):
        pass


async def test_memory_is_a_command_and_no_message(
    database: Database, redis: Redis, database_url: str
) -> None:
    typed = b"/memory\n/memory forget about canaries\n/memory export\n"
    async with open_house(database, redis, Scripted([])) as house:
        with piped(typed) as (face, out, _):
            async with chatting(house, face) as chat:
                await chat.run()
    assert "I hold no facts from you." in out.getvalue()
    assert "Nothing that you said about “canaries” is held." in out.getvalue()
    assert '"facts": []' in out.getvalue()
    assert await fetch(database_url, "SELECT text FROM turns") == []
