"""The conversation over the WebSocket, as the page has it: read this for the protocol at work."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from socket import SO_RCVBUF, SO_SNDBUF, SOL_SOCKET, create_connection
from typing import Any

import pytest
from starlette.types import Message
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from adapters.web.protocol import MAX_FRAME, MAX_TEXT
from adapters.web.socket import serve_socket
from bot.ports import Doing, ResponderError
from db.pool import Database
from memory.embedder import LocalEmbedder
from tests.conftest import ExpectedLogs
from tests.web.client import PERSON, Client, Visit, an_id
from tests.web.site import MARATHI, Puppet, Site, open_site

ROOM = "c" * 22


async def test_a_question_is_answered_as_it_is_written(
    site: Site, puppet: Puppet, visit: Visit
) -> None:
    client = await visit(site, ROOM)
    assert client.order == []
    await client.ask(1, "Who speaks Marathi?")
    await client.until(lambda: client.last["phase"] == "running")

    puppet.tell("Who speaks Marathi?", Doing("searching the roster…"))
    await client.until(lambda: client.last["activity"] == "searching the roster…")

    puppet.tell("Who speaks Marathi?", MARATHI, Doing(""), "Two **people")
    await client.until(lambda: "Two" in client.text)
    assert not client.ended

    puppet.tell("Who speaks Marathi?", "** do: Asha Sample and Ravi.", None)
    await client.until(lambda: client.ended)
    assert client.text == "<p>Two <strong>people</strong> do: Asha Sample and Ravi.</p>"
    cards = client.last["pages"][0]["cards"]
    assert [card["name"] for card in cards] == ["Asha Sample", "Ravi <b>Sample</b>"]
    assert cards[0]["reasons"]
    assert "reel" not in cards[1]
    assert "asha@example.com" not in json.dumps(client.frames)
    assert client.last["message"]["id"] == an_id(1)


async def test_a_page_opened_later_shows_the_same(site: Site, puppet: Puppet, visit: Visit) -> None:
    puppet.tell("hello", MARATHI, "Asha Sample and Ravi <b>Sample</b>.", None)
    first = await visit(site, ROOM)
    await first.ask(1, "hello")
    await first.until(lambda: first.ended)
    second = await visit(site, ROOM)
    assert second.turns == first.turns


async def test_cards_are_read_anew_from_the_roster(
    database: Database, roster: None, embedder: LocalEmbedder, puppet: Puppet, visit: Visit
) -> None:
    puppet.tell("hello", MARATHI, "Asha Sample and Ravi <b>Sample</b>.", None)
    async with open_site(database, puppet, embedder) as site:
        first = await visit(site, ROOM)
        await first.ask(1, "hello")
        await first.until(lambda: first.ended)
    async with open_site(database, puppet, embedder) as site:
        second = await visit(site, ROOM)
    cards = [client.last["pages"][0]["cards"] for client in (first, second)]
    assert cards[0] == cards[1]
    assert len(cards[0]) == 2


async def test_a_reload_in_the_middle_of_a_reply_loses_nothing(
    site: Site, puppet: Puppet, visit: Visit
) -> None:
    first = await visit(site, ROOM)
    await first.ask(1, "long one")
    puppet.tell("long one", "First part. ")
    await first.until(lambda: "First part" in first.text)
    first.drop()

    second = await visit(site, ROOM)
    assert "First part" in second.text
    assert not second.ended
    puppet.tell("long one", "Second part.", None)
    await second.until(lambda: second.ended)
    assert second.text == "<p>First part. Second part.</p>"


async def test_a_dropped_socket_comes_back_to_what_streamed_meanwhile(
    site: Site, puppet: Puppet, visit: Visit
) -> None:
    first = await visit(site, ROOM)
    puppet.tell("before", "An earlier reply.", None)
    await first.ask(1, "before")
    await first.until(lambda: first.ended)
    await first.ask(2, "long one")
    puppet.tell("long one", "First. ")
    await first.until(lambda: "First" in first.text)
    first.drop()
    puppet.tell("long one", "While away.", None)
    watcher = await visit(site, ROOM)
    await watcher.until(lambda: watcher.ended)

    back = await visit(site, ROOM, known=first)
    state = back.frames[0]
    assert state["whole"] is False
    assert [turn["message"]["text"] for turn in state["turns"]] == ["long one"]
    assert back.text == "<p>First. While away.</p>"


async def test_a_message_sent_again_is_answered_once(
    site: Site, puppet: Puppet, visit: Visit
) -> None:
    puppet.tell("hello", "Hello.", None)
    first = await visit(site, ROOM)
    await first.ask(1, "hello")
    await first.ask(1, "hello")
    first.drop()
    second = await visit(site, ROOM)
    await second.ask(1, "hello")
    await second.until(lambda: second.ended)
    assert len(second.order) == 1


async def test_the_same_id_in_two_conversations_is_two_messages(
    site: Site, puppet: Puppet, visit: Visit
) -> None:
    puppet.tell("hello", "Hello.", None, "Hello.", None)
    here = await visit(site, ROOM)
    there = await visit(site, "d" * 22)
    await here.ask(1, "hello")
    await there.ask(1, "hello")
    await here.until(lambda: here.ended)
    await there.until(lambda: there.ended)
    assert here.text == there.text == "<p>Hello.</p>"


async def test_stop_keeps_the_text_so_far(site: Site, puppet: Puppet, visit: Visit) -> None:
    client = await visit(site, ROOM)
    await client.ask(1, "long one")
    puppet.tell("long one", "As far as this")
    await client.until(lambda: "As far" in client.text)
    await client.send(type="stop", turn=client.order[0])
    await client.until(lambda: client.ended)
    page = client.last["pages"][0]
    assert client.text == "<p>As far as this</p>"
    assert (page["notice"], page["retryable"]) == ("Stopped.", True)
    puppet.tell("long one", "This time to the end.", None)
    await client.send(type="retry", turn=client.order[0])
    await client.until(lambda: client.text == "<p>This time to the end.</p>")


async def test_stop_takes_a_waiting_message_out_of_the_queue(
    site: Site, puppet: Puppet, visit: Visit
) -> None:
    client = await visit(site, ROOM)
    await client.ask(1, "first")
    await client.until(lambda: client.last["phase"] == "running")
    await client.ask(2, "second")
    await client.until(lambda: client.last["phase"] == "queued")
    await client.send(type="stop", turn=client.order[1])
    await client.until(lambda: client.ended)
    assert client.last["pages"][0]["notice"] == "Stopped."
    puppet.tell("first", "Done.", None)
    await client.until(lambda: client.turns[client.order[0]]["phase"] == "ended")


async def test_an_error_is_one_sentence_and_can_be_retried(
    site: Site, puppet: Puppet, expected_logs: ExpectedLogs, visit: Visit
) -> None:
    expected_logs.allow_any()
    overloaded = ResponderError("The model is busy. Try again.", reason="overloaded")
    puppet.tell("hello", "Half of", overloaded)
    client = await visit(site, ROOM)
    await client.ask(1, "hello")
    await client.until(lambda: client.ended)
    failed = client.order[0]
    page = client.last["pages"][0]
    assert (page["notice"], page["retryable"]) == ("The model is busy. Try again.", True)
    assert client.text == "<p>Half of</p>"

    puppet.tell("hello", "All of it.", None)
    await client.send(type="retry", turn=failed)
    await client.until(lambda: client.order != [failed] and client.ended)
    assert len(client.order) == 1
    assert client.text == "<p>All of it.</p>"
    await client.send(type="retry", turn=client.order[0])
    await client.until(client.errors)
    assert "cannot be tried again" in client.errors()[0]


async def test_after_a_restart_the_reply_goes_on_in_its_message(
    database: Database, roster: None, embedder: LocalEmbedder, puppet: Puppet, visit: Visit
) -> None:
    async with open_site(database, puppet, embedder) as site:
        before = await visit(site, ROOM)
        await before.ask(1, "long one")
        puppet.tell("long one", "First part. ")
        await before.until(lambda: "First part" in before.text)
        port = site.server.port
    assert await before.closed() == 1012
    assert "restarting" in before.last["pages"][0]["notice"]

    async with open_site(database, puppet, embedder, port=port) as site:
        assert site.server.port == port
        after = await visit(site, ROOM, known=before)
        assert after.frames[0]["whole"] is True
        assert "First part" in after.text
        puppet.tell("long one", "All of it, longer than before.", None)
        await after.until(lambda: after.ended)
    assert after.text == "<p>All of it, longer than before.</p>"
    assert after.order == before.order
    assert [page["id"] for page in after.last["pages"]] == [
        page["id"] for page in before.last["pages"]
    ]


async def test_a_reply_that_another_replica_writes_is_shown(
    *,
    database: Database,
    site: Site,
    embedder: LocalEmbedder,
    puppet: Puppet,
    visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.web.hub.REFRESH_SECONDS", 0.1)
    monkeypatch.setattr("adapters.web.room.LIVE_SECONDS", 0.3)
    async with open_site(database, puppet, embedder, answers=False) as busy:
        client = await visit(busy, ROOM)
        await client.ask(1, "hello")
        puppet.tell("hello", MARATHI, "Written elsewhere. ")
        await client.until(lambda: "Written elsewhere" in client.text)
        assert not client.ended
        puppet.tell("hello", "All of it.", None)
        await client.until(lambda: client.ended)
        assert client.text == "<p>Written elsewhere. All of it.</p>"
        assert len(client.last["pages"][0]["cards"]) == 2
        await client.ask(2, "and on")
        await client.until(lambda: client.last["phase"] == "running")
        await client.send(type="stop", turn=client.order[-1])
        await client.until(lambda: client.ended)
        assert client.last["pages"][0]["notice"] == "Stopped."


async def test_without_a_database_clients_are_asked_to_come_back(
    database: Database, site: Site, visit: Visit, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("database_away")
    before = await visit(site, ROOM)
    await database.close()
    await before.send(type="send", id=an_id(1), text="kept by the page")
    assert await before.closed() == 1013
    assert "database cannot be reached" in before.errors()[0]
    assert {"type": "ack", "id": an_id(1)} not in before.frames
    async with connect(site.socket_address) as socket:
        after = Client(socket)
        await after.send(type="hello", v=1, conversation=ROOM, person=PERSON)
        assert await after.closed() == 1013


async def test_a_client_that_is_gone_while_two_frames_are_sent_is_no_error(site: Site) -> None:
    frames = [HELLO, *({"type": "send", "id": an_id(n), "text": ""} for n in range(3))]

    async def receive() -> Message:
        if not incoming:
            await asyncio.Event().wait()
        return incoming.pop(0)

    async def send(message: Message) -> None:
        if message["type"] != "websocket.accept":
            raise OSError("the other end is gone")

    for _ in range(20):  # which of the two notices first is chance
        incoming: list[Message] = [{"type": "websocket.connect"}]
        incoming += [{"type": "websocket.receive", "text": json.dumps(frame)} for frame in frames]
        await serve_socket(WebSocket({"type": "websocket"}, receive, send), site.web)


async def test_a_slow_client_gets_fewer_frames_and_then_the_newest(
    site: Site, puppet: Puppet, visit: Visit
) -> None:
    site.server._socket.setsockopt(SOL_SOCKET, SO_SNDBUF, 65_536)
    narrow = create_connection(("127.0.0.1", site.server.port))
    narrow.setsockopt(SOL_SOCKET, SO_RCVBUF, 65_536)
    slow = await visit(site, ROOM, sock=narrow, max_size=None, max_queue=1, compression=None)
    quick = await visit(site, ROOM, max_size=None)
    await quick.ask(1, "very long")
    puppet.tell("very long", "```\n")  # in one block: each edit sends all of it again
    for number in range(25):
        written = f"line {number}\n"
        puppet.tell("very long", "code " * 1_000 + written)
        await quick.until(partial(_has, quick, written))
    puppet.tell("very long", "The end.", None)
    await quick.until(lambda: quick.ended)

    await slow.until(lambda: slow.ended, seconds=30)
    assert slow.text == quick.text
    assert "The end." in slow.text
    assert len(slow.frames) <= len(quick.frames) - 10  # buffers on the way hold the first ones


def _has(client: Client, text: str) -> bool:
    return text in client.text


@pytest.mark.parametrize(
    ("text", "says"), [("  \n", "empty"), ("x" * (MAX_TEXT + 1), "8,001 characters")]
)
async def test_a_message_that_cannot_be_taken_is_refused(
    site: Site, text: str, says: str, visit: Visit
) -> None:
    client = await visit(site, ROOM)
    await client.send(type="send", id=an_id(1), text=text)
    await client.until(client.errors)
    assert says in client.errors()[0]
    assert client.frames[-1]["id"] == an_id(1)
    assert client.order == []


async def test_a_turn_of_another_conversation_is_out_of_reach(
    site: Site, puppet: Puppet, visit: Visit
) -> None:
    owner = await visit(site, ROOM)
    await owner.ask(1, "mine")
    await owner.until(lambda: owner.order)
    stranger = await visit(site, "d" * 22)
    for act in ("stop", "retry"):
        await stranger.send(type=act, turn=owner.order[0])
    await stranger.until(lambda: len(stranger.errors()) == 2)
    puppet.tell("mine", "Still here.", None)
    await owner.until(lambda: owner.ended)
    assert owner.text == "<p>Still here.</p>"


HELLO = {"type": "hello", "v": 1, "conversation": ROOM, "person": PERSON}


@pytest.mark.parametrize(
    "frame",
    [
        "not json",
        "[]",
        "{}",
        json.dumps({"type": "send", "id": an_id(1), "text": "no hello before"}),
        json.dumps(HELLO | {"v": 2}),
        json.dumps(HELLO | {"conversation": "../etc"}),
        json.dumps(HELLO | {"more": 1}),
        json.dumps(HELLO | {"revision": -1}),
        b"binary",
    ],
)
async def test_what_is_not_in_the_protocol_ends_the_socket(site: Site, frame: str | bytes) -> None:
    async with connect(site.socket_address) as socket:
        client = Client(socket)
        await socket.send(frame)
        assert await client.closed() == 4400
    assert len(client.errors()) == 1


async def test_frames_have_a_size_limit(site: Site, visit: Visit) -> None:
    client = await visit(site, ROOM)
    await client.send(type="send", id=an_id(1), text="x" * MAX_FRAME)
    assert await client.closed() == 1009


async def test_sockets_of_other_sites_pages_are_refused(site: Site, visit: Visit) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        await connect(site.socket_address, origin="https://evil.example")  # type: ignore[arg-type]
    own: Any = site.address
    await visit(site, ROOM, origin=own)


async def test_with_a_token_the_socket_wants_it(
    database: Database, embedder: LocalEmbedder, puppet: Puppet, visit: Visit
) -> None:
    token = "a-token-of-the-tests"
    async with open_site(database, puppet, embedder, access_token=token) as site:
        async with connect(site.socket_address) as stranger:
            assert await Client(stranger).closed() == 4401
        bearer = {"Authorization": f"Bearer {token}"}
        await visit(site, ROOM, additional_headers=bearer)
