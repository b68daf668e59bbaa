"""`/memory`: what a person is shown, takes out and has removed, with no trace left anywhere."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.conversation import Access, Author, Outcome, Place
from bot.memory_acts import Asker
from bot.talent import TalentQuery
from tests.db.sql import execute, fetch
from tests.memory.conftest import ASHA, BEN, private
from tests.memory.whole_house import HERE, House, house
from tests.traces import traces
from tests.turns.conftest import claim, start_node

__all__ = ["house", "start_node"]  # fixtures


async def test_forgetting_reaches_the_search_that_a_reply_rests_on(
    house: House, redis: Redis, database_url: str
) -> None:
    """A follow-up goes on with words that stand in the earlier message alone."""
    query = TalentQuery(text="Canary Letters")
    await house.say(private(ASHA, "Women for Canary Letters"), query=query)
    await house.say(private(ASHA, "only those in Pune"), query=query)
    told = await house.do("forget about Canary Letters")
    assert "2 messages with our replies" in told.text
    assert await traces(database_url, redis) == []


async def test_what_is_shown(house: House) -> None:
    assert "no facts" in (await house.do("show")).text
    await house.say(private(ASHA, "Our budget for Canary Letters is 40k a day."))
    await house.say(private(BEN, "We never cast non-union actors."))
    shown = await house.do("")
    assert [fact.statement for fact in shown.facts] == [
        "The budget for Canary Letters is 40k a day."
    ]
    assert "The budget for Canary Letters is 40k a day." in shown.whole
    assert "1 message with our replies" in shown.text
    assert "Memory is on for you." in shown.text


async def test_forgetting_one_fact_takes_the_messages_that_said_it(
    house: House, redis: Redis, database_url: str
) -> None:
    await house.say(private(ASHA, "Our budget for Canary Letters is 40k a day."))
    await house.say(private(ASHA, "Our budget for Canary Letters is 40,000 per day."))
    await house.say(private(ASHA, "This channel casts in Pune."))
    facts = (await house.do("show")).facts
    (canary,) = [fact for fact in facts if fact.attribute == "budget"]
    assert canary.repeated == 1
    told = await house.do(f"forget {str(canary.id)[:6]}")
    assert told.text.startswith("Forgotten: 1 fact, 2 messages with our replies.")
    assert "Canary Letters" in told.text
    await house.run_jobs()
    assert await traces(database_url, redis) == []
    assert [fact.attribute for fact in (await house.do("show")).facts] == ["city"]


async def test_forgetting_what_was_said_about_something(
    house: House, redis: Redis, database_url: str
) -> None:
    await house.say(private(ASHA, "Our budget for Canary Letters is 40k a day."))
    await house.say(private(ASHA, "Dancers for the canary letters, please", "C2"), "Three found.")
    await house.say(private(ASHA, "This channel casts in Pune."))
    await house.node.turns.overhear([private(ASHA, "Ben, canary letters is on")])
    await house.say(private(BEN, "Our budget?"), "40k for Canary Letters.")
    await house.say(private(BEN, "And who else?"), "Nobody.")
    told = await house.do("forget what I said about canary letters")
    assert "1 fact" in told.text
    assert "2 messages with our replies" in told.text
    assert "1 message to others" in told.text
    assert "1 reply that drew on it" in told.text
    assert await traces(database_url, redis) == []
    kept = await fetch(database_url, "SELECT text FROM turns WHERE text <> '' ORDER BY seq")
    assert [row["text"] for row in kept] == [
        "This channel casts in Pune.",
        "Our budget?",
        "And who else?",
    ]


async def test_nobody_forgets_for_another(house: House) -> None:
    await house.say(private(ASHA, "Our budget for Canary Letters is 40k a day."))
    (fact,) = (await house.do("show")).facts
    assert "Nothing" in (await house.do(f"forget {str(fact.id)[:8]}", BEN)).text
    assert "Nothing" in (await house.do("forget about canary letters", BEN)).text
    assert "Nothing" in (await house.do("forget really all", BEN)).text
    assert [one.id for one in (await house.do("show")).facts] == [fact.id]


async def test_forgetting_all_leaves_no_trace(
    house: House, redis: Redis, database_url: str
) -> None:
    canary = Author("U-canary", "Kit Canary")
    await house.say(private(canary, "Our budget for Canary Letters is 40k a day."))
    await house.say(private(BEN, "What is our budget?"), "40k a day, as Kit Canary said.")
    assert await traces(database_url, redis)
    told = await house.do("forget really all", canary)
    assert told.text.startswith("Forgotten: 1 fact, 1 message with our replies, ")
    await house.run_jobs()
    assert await traces(database_url, redis) == []
    assert "Nothing was held of you." in (await house.do("forget really all", canary)).text


async def test_export_is_json_with_where_it_was_said(house: House) -> None:
    await house.say(private(ASHA, "Our budget for Canary Letters is 40k a day."))
    await house.say(private(BEN, "We never cast non-union actors."))
    exported = (await house.do("export")).export
    assert exported is not None
    assert json.loads(json.dumps(exported)) == exported
    assert exported["person"] == {
        "platform": "web",
        "workspace": "W1",
        "id": "U1",
        "names": ["Asha"],
    }
    facts, turns = exported["facts"], exported["turns"]
    assert isinstance(facts, list)
    assert isinstance(turns, list)
    assert [one["statement"] for one in facts if isinstance(one, dict)] == [
        "The budget for Canary Letters is 40k a day."
    ]
    assert [(one["said"], one["channel"]) for one in turns if isinstance(one, dict)] == [
        ("Our budget for Canary Letters is 40k a day.", "C1")
    ]


async def test_off_learns_and_tells_nothing(house: House, database_url: str) -> None:
    await house.say(private(BEN, "This channel casts in Pune."))
    assert "off" in (await house.do("off")).text
    await house.say(private(ASHA, "Our budget for Canary Letters is 40k a day."))
    assert (await house.do("show")).facts == ()
    assert "Memory is off for you." in (await house.do("show")).text
    said = "SELECT text FROM episodes WHERE author_external_id = 'U1'"
    assert await fetch(database_url, said) == []
    assert await house.recalled(private(ASHA, "Where do we cast?")) == []
    await house.do("on")
    assert [fact.value for fact in await house.recalled(private(ASHA, "Where now?"))] == ["Pune"]
    assert await fetch(database_url, f"{said} AND text LIKE '%Canary%'") == [], "not later either"


async def test_what_was_said_while_off_is_not_learned_once_it_is_on(
    house: House, database_url: str
) -> None:
    await house.do("off")
    assert await house.node.turns.accept(private(ASHA, "Our budget for Canary Letters is 40k."))
    turn = await claim(house.node)
    await house.node.turns.finish(turn, Outcome("Noted."))
    await house.do("on")  # before the job has come to it
    await house.run_jobs()
    assert (await house.do("show")).facts == ()
    assert await fetch(database_url, "SELECT FROM episodes") == []


async def test_the_choice_outlives_the_forgetting_and_names_nobody(
    house: House, redis: Redis, database_url: str
) -> None:
    canary = Author("U-canary", "Kit Canary")
    await house.do("off", canary)
    await house.do("forget really all", canary)
    assert await traces(database_url, redis) == []
    assert "Memory is off for you." in (await house.do("show", canary)).text


async def test_a_channel_is_its_admins_choice(house: House) -> None:
    assert "Only an admin" in (await house.do("off channel")).text
    assert "Only an admin" in (await house.do("keep 30 days")).text
    assert "off for this channel" in (await house.do("off channel", is_admin=True)).text
    await house.say(private(ASHA, "This channel casts in Pune."))
    await house.say(private(ASHA, "This channel casts in Delhi.", "C2"))
    assert [fact.value for fact in (await house.do("show")).facts] == ["Delhi"]
    assert "It is off for this channel." in (await house.do("show")).text
    assert "after 30 days" in (await house.do("keep 30 days", is_admin=True)).text
    assert "after 30 days" in (await house.do("show")).text
    assert "days from 1" in (await house.do("keep 0 days", is_admin=True)).text
    assert "until somebody" in (await house.do("keep forever", is_admin=True)).text


async def test_everything_goes_once_the_person_is_sure(house: House, database_url: str) -> None:
    await house.say(private(ASHA, "Our budget for Canary Letters is 40k a day."))
    asked = await house.do("forget all")
    assert "This forgets 1 fact, 1 message with our replies. It cannot be undone." in asked.text
    assert asked.goes_on == "forget really all"
    assert asked.goes_on in asked.text
    assert await fetch(database_url, "SELECT FROM turns WHERE text <> ''")
    assert (await house.do(asked.goes_on)).text.startswith("Forgotten: 1 fact")
    assert "Nothing was held of you." in (await house.do("forget all")).text


async def test_forgetting_about_much_asks_first(house: House) -> None:
    for nth in range(11):
        await house.say(private(ASHA, f"Canary dancers number {nth}"))
    asked = await house.do("forget about canary dancers")
    assert "11 messages with our replies" in asked.text
    assert len((await house.do("export")).export["turns"]) == 11  # type: ignore[index, arg-type] # JSON
    assert (await house.do(asked.goes_on)).text.startswith("Forgotten: 11 messages")


async def test_many_facts_come_in_pages_with_ids_of_their_own(
    house: House, database_url: str
) -> None:
    await house.say(private(ASHA, "This channel casts in Pune."))
    await execute(
        database_url,
        """INSERT INTO facts (org_id, id, scope, access, about, subject, subject_key, attribute,
            value, value_key, negated, statement, quote, confidence, valid_from, last_said_at,
            platform, workspace, channel, thread, place, turn_id, author_external_id, author_name)
        SELECT org_id, ('3f2a9100-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, scope, access,
            about, subject, subject_key, attribute, value, value_key, negated, 'Fact ' || n, quote,
            confidence, valid_from, last_said_at - n * interval '1 minute', platform, workspace,
            channel, thread, place, turn_id, author_external_id, author_name
        FROM facts, generate_series(1, 499) AS n""",
    )
    first = await house.do("show")
    assert "Page 1 of 25" in first.text
    assert len(first.facts) == 20
    assert len(first.whole) < 4_000
    second = await house.do(first.next_page)
    assert (second.facts[0].statement, "Page 2 of 25" in second.text) == ("Fact 20", True)
    last = await house.do("show 99")
    assert (last.facts[-1].statement, last.next_page) == ("Fact 499", "")
    assert len({*first.ids, *second.ids, *last.ids}) == 60
    gone = await house.do(f"forget {second.ids[0]}")
    assert "- Fact 20" in gone.text


async def test_what_is_held_elsewhere_is_told_where_ids_are_the_same(house: House) -> None:
    await house.say(private(ASHA, "This channel casts in Pune."))
    other = private(ASHA, "Our budget is 40k a day.")
    await house.say(replace(other, conversation=replace(HERE, workspace="W2")))
    assert "other place" not in (await house.do("show")).text
    assert "1 other place" in (await house.do("show", is_everywhere=True)).text
    assert "other places" not in (await house.do("forget all", is_everywhere=True)).text
    asked = await house.do("forget all everywhere", is_everywhere=True)
    assert asked.goes_on == "forget really all everywhere"
    gone = await house.do(asked.goes_on, is_everywhere=True)
    assert gone.text.startswith("Forgotten: 2 facts, 2 messages with our replies")
    assert "other place" not in (await house.do("show", is_everywhere=True)).text


async def test_words_overheard_count_also_where_only_their_memory_is_left(
    house: House, database_url: str
) -> None:
    there = replace(HERE, workspace="W2")
    await house.say(replace(private(BEN, "Dancers?"), conversation=there))
    aside = replace(private(ASHA, "The canary one."), conversation=there)
    await house.node.turns.overhear([aside])
    await house.say(replace(private(BEN, "Singers?"), conversation=there))
    await execute(database_url, "DELETE FROM overheard")  # of many the newest rows are kept
    exported = (await house.do("export", conversation=there)).export
    assert exported is not None
    assert "The canary one." in json.dumps(exported["overheard"])
    assert await house.acts.is_known(Asker(ASHA, there, Place.PRIVATE, Access.TEAM))
    assert "1 other place" in (await house.do("show", is_everywhere=True)).text
    asked = await house.do("forget all everywhere", is_everywhere=True)
    gone = await house.do(asked.goes_on, is_everywhere=True)
    assert gone.text.startswith("Forgotten: 1 message to others.")
    assert await fetch(database_url, "SELECT FROM episodes WHERE text LIKE '%canary%'") == []


async def test_a_direct_conversation_keeps_as_long_as_its_person_says(house: House) -> None:
    told = await house.do("keep 30 days", place=Place.DM)
    assert "in this conversation is forgotten after 30 days" in told.text


async def test_days_without_a_channel_are_nobodys(house: House, database_url: str) -> None:
    nowhere = replace(HERE, channel="")
    told = await house.do("keep 30 days", place=Place.DM, conversation=nowhere)
    assert "of which channel" in told.text
    assert await fetch(database_url, "SELECT FROM memory_choices") == []


async def test_a_person_is_known_once_they_wrote(house: House) -> None:
    asker = Asker(ASHA, HERE, Place.PRIVATE, Access.TEAM)
    assert not await house.acts.is_known(asker)
    await house.say(private(ASHA, "This channel casts in Pune."))
    assert await house.acts.is_known(asker)


async def test_what_is_not_known_is_said(house: House) -> None:
    assert "I don't know `/memory fgt`." in (await house.do("fgt")).text
    assert "I don't know" not in (await house.do("help")).text


@pytest.mark.parametrize("text", ["help", "what?", "on fire", "keep", "export everything"])
async def test_what_is_not_understood_gets_the_help(house: House, text: str) -> None:
    assert "/memory forget about" in (await house.do(text)).text
