"""Messages that were not addressed to us: which go on a conversation, and which are background."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bot.conversation import Access, Author, Message, Outcome, Overheard, Place, Turn
from db.pool import Database
from db.turn_history import TurnHistory
from db.workspaces import link_workspace
from tests.db.sql import execute
from tests.turns.conftest import Node, claim, message, status_of

ASHA, BEN = Author("U1", "Asha"), Author("U2", "Ben")


def says(
    author: Author, text: str, *, conversation: str = "C1", message_id: str | None = None
) -> Message:
    """A message in a channel."""
    said = message(text, conversation=conversation, message_id=message_id)
    return replace(said, author=author, place=Place.PUBLIC)


async def answered(node: Node, asked: Message) -> Turn:
    assert await node.turns.accept(asked)
    return await finished(node)


async def finished(node: Node) -> Turn:
    turn = await claim(node)
    await node.turns.finish(turn, Outcome(f"Reply to {turn.message.text}"))
    return turn


async def heard_by(node: Node, turn: Turn) -> Sequence[Overheard]:
    return await TurnHistory(node.process.database).overheard(turn)


async def heard_next(node: Node, author: Author = ASHA) -> list[tuple[str, UUID | None]]:
    """What the author's next turn is told was overheard, and before which turn."""
    turn = await answered(node, says(author, "next"))
    return [(one.text, one.before) for one in await heard_by(node, turn)]


# --- going on --------------------------------------------------------------------------------


async def test_whoever_spoke_with_us_last_goes_on_without_a_mention(node: Node) -> None:
    await answered(node, says(ASHA, "Dancers?"))
    first, second = says(ASHA, "In Pune"), says(ASHA, "Under 25")
    ids = [await node.turns.follow_up(first), await node.turns.follow_up(second)]
    for turn_id, asked in zip(ids, (first, second), strict=True):
        turn = await finished(node)
        assert (turn.id, turn.message) == (turn_id, asked)
        assert await heard_by(node, turn) == []


async def test_a_repeat_of_a_follow_up_changes_nothing(node: Node) -> None:
    await answered(node, says(ASHA, "Dancers?"))
    asked = says(ASHA, "In Pune")
    turn_id = await node.turns.follow_up(asked)
    assert turn_id
    assert await node.turns.follow_up(asked) is None
    assert await node.turns.accept(asked) is None
    await node.turns.overhear([asked])
    assert (await finished(node)).id == turn_id
    assert await node.turns.claim(["web"], at_most=9) == []
    assert await heard_next(node) == []


async def test_the_same_follow_up_several_times_at_once_is_one_turn(node: Node) -> None:
    await answered(node, says(ASHA, "Dancers?"))
    asked = says(ASHA, "In Pune")
    ids = await asyncio.gather(*(node.turns.follow_up(asked) for _ in range(8)))
    assert len([one for one in ids if one]) == 1


async def test_after_another_person_spoke_nobody_goes_on_unasked(node: Node) -> None:
    first = await answered(node, says(ASHA, "Dancers?"))
    assert await node.turns.follow_up(says(BEN, "I'd rather have singers")) is None
    mine = says(ASHA, "Why?")
    assert await node.turns.follow_up(mine) is None
    assert await node.turns.follow_up(mine) is None, "also when it is delivered again"
    assert await node.turns.claim(["web"], at_most=9) == []
    assert await heard_next(node) == [("I'd rather have singers", None), ("Why?", None)]
    assert await node.turns.follow_up(says(ASHA, "And in Pune?")), "asked again, she goes on"
    assert (await claim(node)).previous != first.id


async def test_only_the_last_who_asked_goes_on(node: Node) -> None:
    await answered(node, says(ASHA, "Dancers?"))
    await answered(node, says(BEN, "Singers?"))
    assert await node.turns.follow_up(says(ASHA, "In Pune")) is None
    assert await node.turns.follow_up(says(BEN, "In Goa")) is None, "Asha spoke since"


async def test_what_was_said_before_the_question_and_came_late_is_no_interruption(
    node: Node,
) -> None:
    early = says(BEN, "We need dancers")
    await answered(node, says(ASHA, "Dancers?"))
    await node.turns.overhear([early])
    assert await node.turns.follow_up(says(ASHA, "In Pune"))


@pytest.mark.parametrize("known", ["nothing", "overheard", "withdrawn", "elsewhere"])
async def test_where_we_are_no_part_nothing_is_kept(
    node: Node, database: Database, known: str
) -> None:
    if known == "overheard":
        await node.turns.overhear([says(BEN, "Who knows a dancer?")])
    elif known == "withdrawn":
        asked = says(ASHA, "Dancers?")
        await node.turns.accept(asked)
        assert await node.turns.withdraw("web", "W1", asked.id)
    elif known == "elsewhere":
        await answered(node, says(ASHA, "Dancers?", conversation="C2"))
    private = says(Author("U9", "zyxwv"), "zyxwv")
    assert await node.turns.follow_up(private) is None
    await node.turns.overhear([private], if_part_of=True)
    async with database.queue() as connection:
        for table in ("turns", "overheard", "users"):
            rows = await connection.fetch(f"SELECT row_to_json(r)::text FROM {table} r")
            assert not [row for (row,) in rows if "zyxwv" in row]


async def test_a_side_talk_where_we_are_part_is_kept(node: Node) -> None:
    await answered(node, says(ASHA, "Dancers?"))
    await node.turns.overhear([says(BEN, "Later")], if_part_of=True)
    assert await heard_next(node) == [("Later", None)]


# --- what is heard ---------------------------------------------------------------------------


async def test_words_stand_before_the_turn_that_followed_them_for_good(node: Node) -> None:
    await node.turns.overhear([says(BEN, "one"), says(ASHA, "two")])
    first = says(ASHA, "Dancers?")
    await node.turns.accept(first)
    await node.turns.overhear([says(BEN, "three")])  # after her question, before its answer
    running = await claim(node)
    heard = await heard_by(node, running)
    assert [(one.text, one.author, one.before) for one in heard] == [
        ("one", BEN, None),
        ("two", ASHA, None),
    ]
    await node.turns.finish(running, Outcome("Two dancers."))

    await node.turns.accept(says(ASHA, "no reply to this"))
    failing = await claim(node)
    assert (await heard_by(node, failing))[2].text == "three"
    await node.turns.finish(failing, Outcome(""))
    await node.turns.overhear([says(BEN, "four")])
    second = await answered(node, says(ASHA, "And singers?"))
    await node.turns.overhear([says(BEN, "five")])
    third = await answered(node, says(ASHA, "And jugglers?"))
    assert [(one.text, one.before) for one in await heard_by(node, third)] == [
        ("one", running.id),
        ("two", running.id),
        ("three", second.id),
        ("four", second.id),
        ("five", None),
    ]


async def test_the_newest_are_kept_and_each_once(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.overheard.KEPT", 3)
    elsewhere = says(BEN, "elsewhere", conversation="C2")
    said = [says(BEN, f"{number}") for number in range(5)]
    for messages in ([elsewhere, *said[:4]], said[:4], said[3:]):
        await node.turns.overhear(messages)
    turn = await answered(node, says(ASHA, "Dancers?"))
    assert [one.text for one in await heard_by(node, turn)] == ["2", "3", "4"]
    turn = await answered(node, says(ASHA, "Dancers?", conversation="C2"))
    assert [one.text for one in await heard_by(node, turn)] == ["elsewhere"]


async def test_a_whole_thread_with_what_was_asked_in_it(node: Node) -> None:
    """On the first mention an adapter hands over all of the thread, the mention too."""
    older = replace(says(BEN, "Who dances?"), sent_at=message().sent_at - timedelta(hours=1))
    earlier = await answered(node, says(ASHA, "Dancers?"))
    asked = says(ASHA, "Singers?")
    await node.turns.overhear([asked, older, earlier.message])
    assert await node.turns.accept(asked)
    turn = await finished(node)
    assert [one.text for one in await heard_by(node, turn)] == ["Who dances?"]


async def test_what_cannot_be_stored_and_what_is_too_long_is_left_out(node: Node) -> None:
    await node.turns.overhear([replace(says(BEN, "x" * 9_000), author=Author("U2", "B\x00en"))])
    turn = await answered(node, says(ASHA, "Dancers?"))
    [one] = await heard_by(node, turn)
    assert one.author.name == "Ben"
    assert len(one.text) == 4_000


async def test_overheard_words_are_edited_and_deleted(node: Node) -> None:
    kept, gone = says(BEN, "old"), says(BEN, "gone")
    await node.turns.overhear([kept, gone])
    assert not await node.turns.amend(replace(kept, text="new")), "no open turn changed"
    assert await node.turns.withdraw("web", "W1", gone.id)
    assert not await node.turns.withdraw("web", "W1", gone.id)
    await node.turns.overhear([gone])
    assert not await node.turns.amend(replace(gone, text="gone"))
    assert await heard_next(node) == [("new", None)]


async def test_what_was_deleted_is_no_interruption(node: Node, database: Database) -> None:
    await answered(node, says(ASHA, "Dancers?"))
    aside = says(Author("U9", "zyxwv"), "zyxwv")
    await node.turns.follow_up(aside)
    await node.turns.withdraw("web", "W1", aside.id)
    assert await node.turns.follow_up(says(ASHA, "In Pune"))
    async with database.queue() as connection:
        rows = await connection.fetch("SELECT row_to_json(o)::text FROM overheard o")
    assert not [row for (row,) in rows if "zyxwv" in row]


async def test_a_deleted_question_that_was_overheard_first_is_withdrawn_too(node: Node) -> None:
    asked = says(ASHA, "Dancers?")
    await node.turns.overhear([asked])
    turn_id = await node.turns.accept(asked)
    assert await node.turns.withdraw("web", "W1", asked.id)
    assert await status_of(node, turn_id) == "withdrawn"
    assert await heard_next(node) == []


# --- who may hear and see --------------------------------------------------------------------


async def test_an_audience_hears_only_what_is_for_it(node: Node, database_url: str) -> None:
    stranger = replace(says(BEN, "Hello from outside"), access_at_most=Access.COMMUNITY)
    await node.turns.overhear([says(ASHA, "The client is secret"), stranger])
    turn = await answered(node, replace(says(BEN, "Dancers?"), access_at_most=Access.COMMUNITY))
    assert turn.audience.access is Access.COMMUNITY
    assert [one.text for one in await heard_by(node, turn)] == ["Hello from outside"]
    for_team = await answered(node, says(ASHA, "Dancers?"))
    assert len(await heard_by(node, for_team)) == 2

    other = UUID(int=2)
    await execute(database_url, f"INSERT INTO organisations VALUES ('{other}', 'Another')")
    count = "SELECT count(*) FROM overheard"
    database = node.process.database
    ours, here = turn.audience.org_id, str(turn.message.conversation)
    for org_id, access, where, seen in (
        (ours, Access.TEAM, here, 2),
        (ours, Access.COMMUNITY, here, 1),
        (ours, Access.TEAM, "", 0),
        (other, Access.TEAM, here, 0),
    ):
        async with database.session(org_id, access, conversation=where) as connection:
            assert await connection.fetchval(count) == seen
            assert await connection.execute("UPDATE overheard SET text = 'x'") == "UPDATE 0"


@pytest.mark.parametrize(
    ("place", "workspace", "at_most", "expected"),
    [
        (Place.PUBLIC, Access.TEAM, None, Access.TEAM),
        (Place.PUBLIC, Access.TEAM, Access.TEAM, Access.TEAM),
        (Place.PUBLIC, Access.COMMUNITY, Access.TEAM, Access.COMMUNITY),
        (Place.PUBLIC, Access.TEAM, Access.COMMUNITY, Access.COMMUNITY),
        (Place.DM, Access.TEAM, Access.COMMUNITY, Access.COMMUNITY),
        (Place.SHARED, Access.TEAM, None, Access.COMMUNITY),
        (Place.SHARED, Access.TEAM, Access.TEAM, Access.COMMUNITY),
    ],
)
async def test_what_a_turn_may_see_is_capped_by_message_and_place(
    node: Node, place: Place, workspace: Access, at_most: Access | None, expected: Access
) -> None:
    asked = replace(
        says(ASHA, "Dancers?"), place=place, default_access=workspace, access_at_most=at_most
    )
    first = await answered(node, asked)
    assert first.audience.access is expected
    again = replace(asked, id="again", text="In Pune")
    assert await node.turns.follow_up(again)
    assert (await claim(node)).audience.access is expected


async def test_whom_admins_trust_asks_for_more_in_private_only(node: Node) -> None:
    database = node.process.database
    async with database.queue() as connection:
        await link_workspace(connection, "web", "W1", Access.COMMUNITY, Access.TEAM)
    asked = replace(
        says(ASHA, "Dancers?"),
        place=Place.DM,
        default_access=Access.COMMUNITY,
        access_at_least=Access.TEAM,
    )
    for number, (claim_of, expected) in enumerate(
        (
            (asked, Access.TEAM),
            (replace(asked, place=Place.PRIVATE), Access.TEAM),
            (replace(asked, place=Place.PUBLIC), Access.COMMUNITY),
            (replace(asked, access_at_least=None), Access.COMMUNITY),
            (replace(asked, access_at_most=Access.COMMUNITY), Access.COMMUNITY),
            (replace(asked, trusted_in="W2"), Access.COMMUNITY),
        )
    ):
        turn = await answered(node, replace(claim_of, id=f"m{number}"))
        assert turn.audience.access is expected, claim_of
