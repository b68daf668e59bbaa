"""Where a memory is kept, and which scopes an answer may draw on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Access, Author, ConversationKey, Message, Place
from bot.scopes import kept_in, read_from
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database

IDS = st.text(min_size=1, max_size=12)


def said(
    place: Place,
    *,
    channel: str = "C1",
    author: str = "U1",
    workspace: str = "T1",
    thread: str = "thread",
) -> Message:
    key = ConversationKey("slack", workspace, channel, thread)
    return Message("1", key, place, Author(author, "Asha"), "hello", datetime.now(UTC))


def test_a_direct_conversation_is_its_persons_alone() -> None:
    scope = kept_in(said(Place.DM))
    assert kept_in(said(Place.DM, channel="C2")) == scope
    for other in (said(Place.DM, author="U2"), said(Place.DM, workspace="T2")):
        assert scope not in read_from(other)
    for place in (Place.THREAD, Place.PRIVATE, Place.PUBLIC, Place.SHARED):
        assert scope not in read_from(said(place))


@pytest.mark.parametrize("place", [Place.PRIVATE, Place.SHARED])
def test_a_closed_channel_keeps_to_itself(place: Place) -> None:
    scope = kept_in(said(place))
    assert scope in read_from(said(place, author="U2"))
    assert scope not in read_from(said(place, channel="C2"))
    assert scope not in read_from(said(Place.DM))
    assert scope not in read_from(said(Place.PUBLIC, channel="C2"))


def test_a_private_thread_keeps_to_itself_and_draws_on_its_channel() -> None:
    """Its people are some of the channel's, and another thread's are others."""
    scope = kept_in(said(Place.THREAD))
    assert scope in read_from(said(Place.THREAD, author="U2"))
    assert scope not in read_from(said(Place.THREAD, thread="another"))
    for place in (Place.DM, Place.PRIVATE, Place.PUBLIC, Place.SHARED):
        assert scope not in read_from(said(place))
    assert kept_in(said(Place.PRIVATE)) in read_from(said(Place.THREAD))
    assert kept_in(said(Place.PRIVATE, channel="C2")) not in read_from(said(Place.THREAD))


def test_a_public_channel_is_the_workspaces_but_not_told_to_others() -> None:
    scope = kept_in(said(Place.PUBLIC))
    assert kept_in(said(Place.PUBLIC, channel="C2", author="U2")) == scope
    assert scope in read_from(said(Place.DM))
    assert scope in read_from(said(Place.PRIVATE))
    assert scope not in read_from(said(Place.SHARED))
    assert scope not in read_from(said(Place.PUBLIC, workspace="T2"))


@given(a=st.tuples(IDS, IDS), b=st.tuples(IDS, IDS))
def test_two_people_never_share_a_scope(a: tuple[str, str], b: tuple[str, str]) -> None:
    scopes = [kept_in(said(Place.DM, workspace=one[0], author=one[1])) for one in (a, b)]
    assert (scopes[0] == scopes[1]) == (a == b)


@pytest.mark.parametrize("name", ["it's, 'quoted'; DROP", "a/b%2Fc", "नमस्ते\n", ","])
async def test_postgres_reads_the_scopes_as_they_are(database: Database, name: str) -> None:
    message = said(Place.DM, author=name)
    scopes = read_from(message)
    async with database.session(DEFAULT_ORG_ID, Access.TEAM, scopes) as connection:
        assert tuple(await connection.fetchval("SELECT castmatch_scopes()")) == scopes
    async with database.session(DEFAULT_ORG_ID, Access.TEAM) as connection:
        assert await connection.fetchval("SELECT castmatch_scopes()") is None


async def test_what_is_no_scope_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="scope"):
        async with database.session(DEFAULT_ORG_ID, Access.TEAM, ["x'; RESET ROLE; '"]):
            pass
