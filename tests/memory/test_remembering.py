"""Finished turns become memory: once, in the background, and nothing that was taken back."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.conversation import Outcome, Place, TurnStatus
from bot.jobs import JobRunner
from db.episode_writes import REMEMBER_TURNS
from db.people import PeopleRows
from memory.passages import passage
from memory.remembering import Remembering
from memory.token_embedder import TokenEmbedder
from tests.db.sql import execute, fetch
from tests.memory.conftest import ASHA, BEN, House, says
from tests.turns.conftest import claim
from tests.waiting import wait_until

SECRET = "marigold"


async def kept(url: str) -> list[tuple[str, str]]:
    rows = await fetch(url, "SELECT speaker, text FROM episodes ORDER BY seq, speaker DESC")
    return [(row["speaker"], row["text"]) for row in rows]


async def test_a_turn_and_what_was_overheard_before_it_are_kept(
    house: House, database_url: str
) -> None:
    await house.node.turns.overhear([says(BEN, "Pune it is")])
    turn = await house.turn(says(ASHA, "Dancers?"), "Two dancers.")
    assert await house.run_jobs() == 2
    assert await kept(database_url) == [
        ("overheard", "Pune it is"),
        ("person", "Dancers?"),
        ("bot", "Two dancers."),
    ]
    rows = await fetch(database_url, "SELECT * FROM episodes ORDER BY seq, speaker DESC")
    ((heard,),) = await fetch(database_url, "SELECT id FROM overheard")
    assert [row["turn_id"] for row in rows] == [heard, turn.id, turn.id]
    assert {row["scope"] for row in rows} == {"workspace/web/W1"}
    assert {row["embedder"] for row in rows} == {house.embedder.name}
    assert [len(row["terms"]) for row in rows] == [1, 1, 2], "stop words are none"


async def test_a_direct_conversation_is_kept_as_its_persons(
    house: House, database_url: str
) -> None:
    await house.turn(says(ASHA, "Dancers?", place=Place.DM))
    await house.run_jobs()
    rows = await fetch(database_url, "SELECT DISTINCT scope FROM episodes")
    assert [row["scope"] for row in rows] == ["person/web/W1/U1"]


async def test_jobs_of_one_conversation_are_one(house: House, database_url: str) -> None:
    for text in ("Dancers?", "Singers?", "Mimes?"):
        await house.turn(says(ASHA, text))
    assert await house.run_jobs() == 2
    assert len(await kept(database_url)) == 6


async def test_remembering_again_changes_nothing(house: House, database_url: str) -> None:
    turn = await house.turn(says(ASHA, "Dancers?"))
    await house.run_jobs()
    before = await fetch(database_url, "SELECT * FROM episodes ORDER BY seq, speaker")
    remembering = Remembering(house.episodes, house.embedder)
    payload = {"conversation": str(turn.message.conversation)}
    await asyncio.gather(*(remembering.remember(turn.audience.org_id, payload) for _ in range(3)))
    await remembering.embed(turn.audience.org_id, {})
    assert await fetch(database_url, "SELECT * FROM episodes ORDER BY seq, speaker") == before


async def test_more_than_fits_a_transaction(house: House, database_url: str) -> None:
    await house.node.turns.overhear([says(BEN, f"word {n}") for n in range(150)])
    await house.turn(says(ASHA, "Dancers?"))
    await house.run_jobs()
    assert len(await kept(database_url)) == 152


async def test_what_was_tried_again_is_said_once(house: House, database_url: str) -> None:
    failed = await house.turn(says(ASHA, "Dancers?"), "Two dan", TurnStatus.FAILED)
    await house.run_jobs()
    assert await kept(database_url) == [("person", "Dancers?")]
    assert await house.node.turns.retry(failed.id)
    turn = await claim(house.node)
    await house.node.turns.finish(turn, Outcome("Two dancers."))
    await house.run_jobs()
    assert await kept(database_url) == [("person", "Dancers?"), ("bot", "Two dancers.")]


async def test_what_is_withdrawn_with_a_later_try_is_forgotten(
    house: House, database_url: str
) -> None:
    asked = says(ASHA, f"Dancers for {SECRET}?")
    failed = await house.turn(asked, "Two dan", TurnStatus.FAILED)
    await house.run_jobs()
    assert await house.node.turns.retry(failed.id)
    assert await house.node.turns.withdraw("web", "W1", asked.id)
    await house.run_jobs()
    assert await kept(database_url) == []


@pytest.mark.parametrize("already", [False, True])
async def test_words_overheard_change_and_go_as_their_author_says(
    house: House, database_url: str, already: bool
) -> None:
    edited, deleted = says(BEN, f"{SECRET} one"), says(BEN, f"{SECRET} two")
    await house.node.turns.overhear([edited, deleted])
    await house.turn(says(ASHA, "Dancers?"))
    if already:
        await house.run_jobs()
    await house.node.turns.amend(replace(edited, text="rose"))
    await house.node.turns.withdraw("web", "W1", deleted.id)
    await house.turn(says(ASHA, "Singers?"))
    await house.run_jobs()
    assert [text for speaker, text in await kept(database_url) if speaker == "overheard"] == [
        "rose"
    ]


async def test_memory_outlives_what_is_kept_as_overheard_but_not_its_authors_word(
    house: House, database_url: str
) -> None:
    old = says(BEN, SECRET)
    await house.node.turns.overhear([old])
    await house.turn(says(ASHA, "Dancers?"))
    await house.run_jobs()
    await execute(database_url, "DELETE FROM overheard")
    assert ("overheard", SECRET) in await kept(database_url)
    await house.node.turns.withdraw("web", "W1", old.id)
    assert ("overheard", SECRET) not in await kept(database_url)


@pytest.mark.parametrize("already", [False, True])
async def test_nothing_of_a_person_forgotten_stays_or_comes_back(
    house: House, database_url: str, already: bool
) -> None:
    await house.node.turns.overhear([says(ASHA, f"{SECRET} aside")])
    await house.turn(says(ASHA, f"Dancers for {SECRET}?"), f"Two for {SECRET}.")
    await house.turn(says(BEN, "Singers?"))
    if already:
        await house.run_jobs()
    await PeopleRows(house.node.process.database).forget("web", "W1", ASHA.external_id)
    await house.run_jobs()
    assert await kept(database_url) == [("person", "Singers?"), ("bot", "Noted.")]


async def test_what_is_forgotten_while_it_is_remembered_does_not_come_back(
    house: House, database_url: str
) -> None:
    rows = PeopleRows(house.node.process.database)
    for n in range(5):
        await house.turn(says(ASHA, f"{SECRET} {n}"))
        await asyncio.gather(house.run_jobs(), rows.forget("web", "W1", ASHA.external_id))
        await house.run_jobs()
        assert await kept(database_url) == []


async def test_another_models_vectors_are_made_anew(house: House, database_url: str) -> None:
    class Other(TokenEmbedder):
        name = "another"

    await house.turn(says(ASHA, "Dancers?"))
    await house.run_jobs()
    house.embedder = Other()
    await house.turn(says(ASHA, "Singers?"))
    await house.run_jobs()
    rows = await fetch(database_url, "SELECT embedder, embedding IS NULL AS without FROM episodes")
    assert {(row["embedder"], row["without"]) for row in rows} == {("another", False)}


async def test_the_words_are_there_before_the_vectors(house: House, database_url: str) -> None:
    turn = await house.turn(says(ASHA, "Dancers?"))
    payload = {"conversation": str(turn.message.conversation)}
    await Remembering(house.episodes, house.embedder).remember(turn.audience.org_id, payload)
    rows = await fetch(database_url, "SELECT terms, embedder FROM episodes")
    assert [(bool(row["terms"]), row["embedder"]) for row in rows] == [(True, ""), (True, "")]
    assert await fetch(database_url, "SELECT FROM jobs WHERE kind = 'embed_episodes'")


async def test_what_was_said_before_there_was_a_memory_is_remembered_by_the_same_job(
    house: House, database_url: str
) -> None:
    await house.turn(says(ASHA, "Dancers?"))
    await execute(database_url, "DELETE FROM jobs")
    await house.turn(says(ASHA, "Singers?"))
    remembering = Remembering(house.episodes, house.embedder)
    runner = JobRunner(house.node.jobs, {REMEMBER_TURNS: remembering.remember}, 1)
    running = asyncio.create_task(runner.run())

    async def all_kept() -> bool:
        return len(await kept(database_url)) == 4

    try:
        await wait_until(all_kept)
    finally:
        running.cancel()
        await asyncio.wait({running})


def test_names_of_those_who_speak_are_not_embedded() -> None:
    names = ("Asha Rao", "Ben")
    assert passage("Wow, Asha! Ben's idea?", names) == "Wow! idea?"
    assert passage("Asha", names) == "Asha", "something is left to embed"
    assert passage("Ashard and Benny", names) == "Ashard and Benny"
