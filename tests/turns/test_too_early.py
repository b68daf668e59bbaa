"""What comes before the message that it is about waits for it, for some minutes and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation import Author, Message
from tests.db.sql import execute, fetch
from tests.turns.conftest import Node, StartNode, claim, message
from tests.turns.test_overheard import ASHA, BEN, answered, finished, heard_by, heard_next, says

BEGAN = datetime.now(UTC)


def at(second: int, author: Author, text: str, *, message_id: str | None = None) -> Message:
    """Said so many seconds after the conversation began."""
    said = says(author, text, message_id=message_id)
    return replace(said, sent_at=BEGAN + timedelta(seconds=second))


async def withdrawn(node: Node, asked: Message) -> bool:
    key = asked.conversation
    return await node.turns.withdraw(key.platform, key.workspace, asked.id, early=True)


async def never_came(url: str) -> None:
    """Ten minutes pass."""
    await execute(url, "UPDATE overheard SET expires_at = expires_at - interval '11 min'")


# --- edits -----------------------------------------------------------------------------------


async def test_of_a_message_that_its_edit_overtook_the_edit_is_answered(node: Node) -> None:
    asked = at(0, ASHA, "Dancers?")
    assert not await node.turns.amend(replace(asked, text="Singers?"), early=True)
    assert not await node.turns.amend(replace(asked, text="Riders?"), early=True)
    assert await node.turns.accept(asked)
    assert (await finished(node)).message.text == "Riders?"
    assert await heard_next(node) == []


async def test_without_the_word_an_edit_waits_only_where_we_are_part_of_the_conversation(
    node: Node,
) -> None:
    elsewhere = at(0, ASHA, "Dancers?")
    await node.turns.amend(replace(elsewhere, text="Singers?"))
    assert await node.turns.accept(elsewhere)
    assert (await finished(node)).message.text == "Dancers?"
    mine, bens = at(1, ASHA, "In Pune"), at(2, BEN, "In Goa")
    for each in (mine, bens):
        await node.turns.amend(replace(each, text=f"{each.text}, no, Delhi"))
    assert await node.turns.follow_up(mine)
    assert (await finished(node)).message.text == "In Pune, no, Delhi"
    assert await node.turns.follow_up(bens) is None
    assert [text for text, _ in await heard_next(node)] == ["In Goa, no, Delhi"]


async def test_an_old_message_is_not_waited_for(node: Node, database_url: str) -> None:
    old = replace(at(0, ASHA, "Dancers?"), sent_at=BEGAN - timedelta(minutes=20))
    await node.turns.amend(replace(old, text="Singers?"), early=True)
    assert await fetch(database_url, "SELECT FROM overheard") == []


# --- deletions -------------------------------------------------------------------------------


async def test_what_was_deleted_before_it_came_is_not_answered(node: Node) -> None:
    await answered(node, says(ASHA, "Hello", conversation="C0"))
    asked, said = at(0, ASHA, "Dancers?"), at(2, BEN, "No, singers")
    assert not await withdrawn(node, asked)
    assert await node.turns.accept(asked) is None
    assert await node.turns.accept(asked) is None
    assert await node.turns.accept(at(1, ASHA, "Riders?"))
    await finished(node)
    assert not await withdrawn(node, said)
    assert await node.turns.follow_up(said, early=True) is None
    await node.turns.overhear([said])
    assert await heard_next(node) == []


async def test_an_edit_does_not_bring_it_back_nor_does_its_text_stay(
    node: Node, database_url: str
) -> None:
    asked = at(0, ASHA, "Dancers?")
    await node.turns.amend(replace(asked, text="Singers?"), early=True)
    assert await withdrawn(node, asked)
    await node.turns.amend(replace(asked, text="Riders?"), early=True)
    (row,) = await fetch(database_url, "SELECT text, author_name FROM overheard")
    assert tuple(row) == ("", "")
    assert await node.turns.accept(asked) is None


async def test_a_workspace_that_nobody_knows_deletes_nothing(node: Node, database_url: str) -> None:
    assert not await node.turns.withdraw("web", "W-unknown", "m", early=True)
    assert await fetch(database_url, "SELECT FROM overheard") == []


# --- what goes on ----------------------------------------------------------------------------


async def test_what_overtook_the_question_that_it_goes_on_is_answered_after_it(node: Node) -> None:
    asked = at(0, ASHA, "Dancers?")
    goes_on, too = at(1, ASHA, "In Pune"), at(2, ASHA, "Under 25")
    for each in (too, goes_on, goes_on):
        assert await node.turns.follow_up(each, early=True) is None
    assert await node.turns.accept(asked)
    said = [(await finished(node)).message for _ in range(3)]
    assert [each.text for each in said] == ["Dancers?", "In Pune", "Under 25"]
    assert {(each.conversation, each.author, each.place) for each in said} == {
        (asked.conversation, asked.author, asked.place)
    }
    assert await node.turns.follow_up(goes_on, early=True) is None, "it is known by now"
    assert await heard_next(node) == []


async def test_what_others_said_meanwhile_is_background_and_ends_it(node: Node) -> None:
    before, others = at(-5, BEN, "Who knows a dancer?"), at(1, BEN, "Any at all")
    late = at(2, ASHA, "In Pune")
    for each in (late, others, before):
        assert await node.turns.follow_up(each, early=True) is None
    assert await node.turns.accept(at(0, ASHA, "Dancers?"))
    turn = await claim(node)
    assert [one.text for one in await heard_by(node, turn)] == ["Who knows a dancer?"]
    await node.turns.release(turn)
    await finished(node)
    assert sorted(text for text, _ in await heard_next(node, BEN)) == [
        "Any at all",
        "In Pune",
        "Who knows a dancer?",
    ]


async def test_an_edit_or_a_deletion_of_what_waits_holds(node: Node) -> None:
    first, second = at(1, ASHA, "In Pune"), at(2, ASHA, "Under 25")
    for each in (first, second):
        await node.turns.follow_up(each, early=True)
    await node.turns.amend(replace(first, text="In Goa"))
    assert await withdrawn(node, second)
    assert await node.turns.accept(at(0, ASHA, "Dancers?"))
    assert [(await finished(node)).message.text for _ in range(2)] == ["Dancers?", "In Goa"]
    assert await heard_next(node) == []


async def test_without_the_word_nothing_waits(node: Node, database_url: str) -> None:
    assert await node.turns.follow_up(at(1, ASHA, "In Pune")) is None
    assert not await node.turns.withdraw("web", "W1", "m")
    assert await fetch(database_url, "SELECT FROM overheard") == []


# --- for some minutes ------------------------------------------------------------------------


async def test_what_waited_in_vain_is_as_good_as_gone_and_goes_with_the_next(
    node: Node, database_url: str
) -> None:
    await node.turns.follow_up(at(1, ASHA, "In Pune"), early=True)
    await node.turns.amend(replace(at(2, ASHA, "x", message_id="e"), text="y"), early=True)
    await withdrawn(node, at(3, ASHA, "z", message_id="d"))
    await never_came(database_url)
    await node.turns.follow_up(says(BEN, "Hello", conversation="C2"), early=True)
    rows = await fetch(database_url, "SELECT text FROM overheard")
    assert [row["text"] for row in rows] == ["Hello"]
    assert await node.turns.accept(at(0, ASHA, "Dancers?"))
    await finished(node)
    assert await heard_next(node) == []


async def test_a_question_that_comes_after_that_begins_anew(node: Node, database_url: str) -> None:
    await node.turns.follow_up(at(1, ASHA, "In Pune"), early=True)
    await withdrawn(node, at(0, ASHA, "Dancers?", message_id="d"))
    await never_came(database_url)
    assert await node.turns.accept(at(0, ASHA, "Dancers?", message_id="d"))
    await finished(node)
    assert await heard_next(node) == []


# --- beside each other -----------------------------------------------------------------------

Act = Callable[[Node, Message], Awaitable[object]]


async def _edit(node: Node, asked: Message) -> object:
    return await node.turns.amend(replace(asked, text="Singers?"), early=True)


async def _delete(node: Node, asked: Message) -> object:
    return await withdrawn(node, asked)


async def _go_on(node: Node, asked: Message) -> object:
    return await node.turns.follow_up(
        replace(asked, id=f"{asked.id}-2", text="In Pune", sent_at=asked.sent_at + timedelta(0, 1)),
        early=True,
    )


@pytest.mark.parametrize(
    ("act", "asked_in_all"),
    [(_edit, ["Singers?"]), (_delete, []), (_go_on, ["Dancers?", "In Pune"])],
)
async def test_what_comes_at_the_same_time_to_another_process_is_not_lost(
    start_node: StartNode, act: Act, asked_in_all: list[str], database_url: str
) -> None:
    one, other = await start_node(), await start_node()
    await one.turns.accept(message("known", conversation="C0"))
    await finished(one)
    for number in range(25):
        asked = replace(at(0, ASHA, "Dancers?", message_id=f"early-{number}"))
        key = replace(asked.conversation, channel=f"C{number}-x")
        asked = replace(asked, conversation=key)
        await asyncio.gather(one.turns.accept(asked), act(other, asked))
    rows = await fetch(
        database_url,
        "SELECT text, count(*) AS times FROM turns WHERE conversation LIKE '%-x/%' AND text <> ''"
        " GROUP BY text ORDER BY text",
    )
    assert {row["text"]: row["times"] for row in rows} == dict.fromkeys(asked_in_all, 25)
