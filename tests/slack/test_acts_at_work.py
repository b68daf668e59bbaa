"""Buttons, commands and forms, pressed as people press them: also twice, late, or by others."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from adapters.slack import actions, filters
from adapters.slack.asker import NO_GUESTS
from adapters.slack.reply_acts import OWN_PEOPLE
from bot.conversation import Access
from bot.ports import ResponderError
from db.pool import Database
from db.workspaces import set_access
from tests.cast import KETAKI, MEERA, TARA, id_of
from tests.conftest import ExpectedLogs
from tests.db.sql import execute, fetch
from tests.slack.scenes import Scene, button, names_in, open_scene
from tests.waiting import wait_until

RATE = re.compile(r"₹[\d,]+–")
"""A talent's day rate."""


@pytest.fixture
async def scene(database: Database, redis: Redis) -> AsyncIterator[Scene]:
    async with open_scene(database, redis) as scene:
        yield scene


async def test_two_who_shortlist_at_once_both_see_it_and_a_double_click_changes_nothing(
    scene: Scene,
) -> None:
    reply = await scene.replied(await scene.ask("women in Pune who speak Marathi"))
    first, second = (button(reply, "☆ Shortlist", nth) for nth in (0, 1))
    await asyncio.gather(
        scene.asha.clicks(*first, on=reply),
        scene.asha.clicks(*first, on=reply),
        scene.ravi.clicks(*second, on=reply),
    )
    await wait_until(lambda: reply.shown.count("★ Shortlisted") == 2)
    listed = await scene.find("shortlist")
    assert "2 talents" in listed.shown
    assert "by Asha" in listed.shown
    await scene.asha.clicks(*button(listed, "★ Shortlisted"), on=listed)
    await wait_until(lambda: "1 talent" in listed.shown)
    await scene.ravi.clicks(*button(reply, "★ Shortlisted", 1), on=reply)
    await wait_until(lambda: "★" not in reply.shown)


async def test_who_is_shortlisted_already_is_shown_so_on_new_replies(scene: Scene) -> None:
    reply = await scene.replied(await scene.ask("women in Pune who speak Marathi"))
    await scene.press(reply, "☆ Shortlist")
    await wait_until(lambda: "★ Shortlisted" in reply.shown)
    again = await scene.replied(await scene.ask("women in Pune who speak Marathi"))
    assert again.shown.count("★ Shortlisted") == 1
    await scene.press(again, "★ Shortlisted", by=scene.ravi)
    await wait_until(lambda: "★" not in again.shown)
    once_more = await scene.replied(await scene.ask("women in Pune who speak Marathi"))
    assert "★" not in once_more.shown


async def test_trying_again_takes_the_access_of_now(
    scene: Scene, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the responder gave up")
    scene.voice.lines = [[ResponderError("It broke.", reason="overloaded")]]
    failed = await scene.replied(await scene.ask("women in Pune who speak Marathi"))
    async with scene.database.queue() as connection:
        await set_access(connection, "slack", scene.team.id, Access.COMMUNITY)
    await scene.press(failed, "↻ Try again")
    again = await scene.replied(failed.thread_ts, 2)
    assert names_in(again)
    assert TARA not in names_in(again)
    assert [turn.audience.access for turn in scene.voice.asked] == ["team", "community"]


async def test_a_card_opens_a_profile_and_talents_like_it_once(scene: Scene) -> None:
    found = await scene.find("women in Pune who speak Marathi")
    for label in ("Profile", "More like this"):
        pressed = button(found, label)
        await asyncio.gather(*(scene.asha.clicks(*pressed, on=found) for _ in range(2)))
    shown = [await scene.told(scene.asha, count) for count in (2, 3)]
    profile, similar = sorted(shown, key=lambda message: "like one talent" in message.shown)
    assert names_in(profile) == [MEERA]
    assert "₹9,000" in profile.shown
    assert MEERA not in names_in(similar)
    await scene.asha.clicks(*button(profile, "☆ Shortlist"), on=profile)
    await wait_until(lambda: "★" in profile.shown)
    assert len(scene.asha.ephemeral(scene.casting)) == 3
    assert scene.ravi.ephemeral(scene.casting) == []


async def test_show_and_similar_go_by_id_name_or_nearest_name(scene: Scene) -> None:
    assert names_in(await scene.find(f"show {id_of(TARA)}")) == [TARA]
    assert names_in(await scene.find(f"show {TARA.upper()}")) == [TARA]
    nearest = await scene.find("show Tara Kelker")
    assert "nearest name" in nearest.shown
    several = await scene.find("show Ka")
    assert several.shown.startswith(("Several", "Nobody"))
    assert "Nobody in the roster" in (await scene.find("show Xyzzy Qwfp")).shown
    assert "by name or id" in (await scene.find("similar")).shown
    like = await scene.find(f"similar to {KETAKI}")
    assert KETAKI not in names_in(like)
    assert "[like one talent ✕]" in like.shown
    assert "women" in (await scene.find("show me women in Pune")).shown


async def test_help_answers_nothing_at_all(scene: Scene) -> None:
    for text in ("", "help", "  HELP "):
        shown = (await scene.find(text)).shown
        assert "/talent show" in shown
        assert "no commands in threads" in shown


async def test_in_a_channel_where_the_bot_is_not_it_answers_and_shares_all_the_same(
    scene: Scene,
) -> None:
    far = scene.team.channel("far", scene.asha, private=True, bot=False)
    await scene.asha.commands("/talent", "women in Pune who speak Marathi", far)
    found = await scene.told(scene.asha, channel=far)
    assert TARA in names_in(found)
    await scene.asha.clicks(*button(found, "Share in channel"), on=found)
    await wait_until(far.from_bot)
    (shared,) = far.from_bot()
    # Who is in there we can't know: only what anybody may see is posted.
    assert TARA not in names_in(shared)
    assert not RATE.search(shared.shown)


async def test_in_a_shared_channel_cards_are_as_the_community_sees_them(scene: Scene) -> None:
    partner = scene.slack.workspace("Partner", installed=False)
    joint = scene.team.channel("joint", scene.asha, shared_with=[partner])
    await scene.asha.commands("/talent", "women in Pune who speak Marathi", joint)
    found = await scene.told(scene.asha, channel=joint)
    assert TARA in names_in(found)
    card = button(found, "More like this")
    await scene.asha.clicks(*card, on=found)
    similar = await scene.told(scene.asha, 2, joint)
    assert TARA not in names_in(similar)
    assert not RATE.search(similar.shown)
    await scene.asha.clicks(*button(similar, "like one talent ✕"), on=similar)
    await wait_until(lambda: "like one talent" not in similar.shown)
    assert not RATE.search(similar.shown)
    await scene.asha.clicks(*button(found, "Profile"), on=found)
    assert not RATE.search((await scene.told(scene.asha, 3, joint)).shown)
    nth = names_in(found).index(TARA)
    await scene.asha.clicks(*button(found, "☆ Shortlist", nth), on=found)
    assert "not shown to everybody" in (await scene.told(scene.asha, 4, joint)).shown
    await scene.asha.clicks(*button(found, "Share in channel"), on=found)
    await wait_until(joint.from_bot)
    assert TARA not in names_in(joint.from_bot()[0])
    assert not RATE.search(joint.from_bot()[0].shown)


async def test_in_a_direct_message_with_somebody_else_what_is_shared_is_for_anybody(
    scene: Scene,
) -> None:
    partner = scene.slack.workspace("Partner", installed=False)
    pat = scene.team.stranger("Pat", partner)
    theirs = scene.team.direct(scene.asha, pat)
    await scene.asha.commands("/talent", "women in Pune who speak Marathi", theirs)
    found = await scene.told(scene.asha, channel=theirs)
    assert TARA in names_in(found)
    await scene.press(found, "Share in channel")
    await wait_until(theirs.from_bot)
    (shared,) = theirs.from_bot()
    assert names_in(shared)
    assert TARA not in names_in(shared)
    assert not RATE.search(shared.shown)


async def test_what_was_found_before_a_channel_was_shared_is_not_shown_to_the_others(
    scene: Scene,
) -> None:
    found = await scene.find("women in Pune who speak Marathi")
    assert TARA in names_in(found)
    scene.casting.shared_with.append(scene.slack.workspace("Partner", installed=False))
    await scene.ravi.says(scene.casting, "Welcome, partners!")
    await scene.settled()
    await scene.press(found, "Share in channel")
    await wait_until(scene.casting.from_bot)
    (shared,) = scene.casting.from_bot()
    assert names_in(shared)
    assert TARA not in names_in(shared)
    assert not RATE.search(shared.shown)


async def test_a_guest_sees_what_the_community_may_see_and_shortlists_nobody(
    scene: Scene, database_url: str
) -> None:
    guest = scene.team.person("Guest", is_restricted=True)
    scene.casting.members.append(guest)
    found = await scene.find("women in Pune who speak Marathi", guest)
    assert names_in(found)
    assert TARA not in names_in(found)
    assert not RATE.search(found.shown)
    await guest.clicks(*button(found, "☆ Shortlist"), on=found)
    assert OWN_PEOPLE in (await scene.told(guest, 2)).shown
    assert await fetch(database_url, "SELECT FROM shortlists") == []


async def test_a_colleague_of_the_grid_acts_in_a_shared_channel(
    database: Database, redis: Redis
) -> None:
    async with open_scene(database, redis, enterprise_id="E0ACME") as scene:
        sister = scene.slack.workspace("Acme Films", enterprise_id="E0ACME", installed=False)
        rival = scene.slack.workspace("Rival", enterprise_id="E0RIVAL", installed=False)
        mira, zoe = scene.team.stranger("Mira", sister), scene.team.stranger("Zoe", rival)
        joint = scene.team.channel("joint", scene.asha, mira, zoe, shared_with=[rival])
        reply = await scene.replied(
            await mira.says(joint, f"{scene.bot} women in Pune who speak Marathi"), channel=joint
        )
        await zoe.clicks(*button(reply, "Profile"), on=reply)
        assert NO_GUESTS in (await scene.told(zoe, channel=joint)).shown
        await mira.clicks(*button(reply, "☆ Shortlist"), on=reply)
        await wait_until(lambda: "★" in reply.shown)


async def test_sharing_twice_posts_once_and_a_failure_can_be_tried_again(
    scene: Scene, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("act_failed")
    found = await scene.find("women in Pune who speak Marathi")
    scene.slack.fail("chat.postMessage", status=500, times=1)
    share = button(found, "Share in channel")
    await scene.asha.clicks(*share, on=found)
    assert "went wrong" in (await scene.told(scene.asha, 2)).shown
    await asyncio.gather(*(scene.asha.clicks(*share, on=found) for _ in range(3)))
    await wait_until(lambda: "Shared in the channel" in found.shown)
    assert len(scene.casting.from_bot()) == 1


async def test_somebody_elses_search_and_other_channels_replies_are_left_alone(
    scene: Scene, expected_logs: ExpectedLogs, database_url: str
) -> None:
    expected_logs.expect("a search of somebody else", "a reply of another channel", "no such reply")
    found = await scene.find("women in Pune who speak Marathi")
    hers = button(found, "Edit filters")
    his = await scene.find("men who ride", scene.ravi)
    await scene.ravi.clicks(*hers, on=his, forged=True)
    assert actions.OLD_BUTTON in (await scene.told(scene.ravi, 2)).shown
    assert scene.ravi.modal is None
    reply = await scene.replied(await scene.ask("women in Pune"))
    turn_id = str(scene.voice.asked[0].id)
    other = scene.team.channel("other", scene.ravi)
    elsewhere = await scene.ravi.says(other, f"{scene.bot} hello")
    there = await scene.replied(elsewhere, channel=other)
    before = reply.shown
    await scene.ravi.clicks("rate_reply", f"{turn_id}:helpful", on=there, forged=True)
    await scene.ravi.clicks("stop_reply", turn_id, on=there, forged=True)
    talent = f"{turn_id}:{id_of(MEERA)}"
    await scene.ravi.clicks("shortlist_talent", talent, on=there, forged=True)
    nobodys = "00000000-0000-4000-8000-00000000abcd"
    await scene.ravi.clicks("retry_reply", nobodys, on=there, forged=True)
    await scene.told(scene.ravi, 4, other)
    assert reply.shown == before
    assert await fetch(database_url, "SELECT FROM ratings") == []
    assert await fetch(database_url, "SELECT FROM shortlists") == []


async def test_a_slow_database_opens_the_form_first_and_fills_it_in_after(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "PATIENCE", 0.0)
    found = await scene.find("women in Pune who speak Marathi")
    await scene.asha.clicks(*button(found, "Edit filters"), on=found)
    await wait_until(lambda: scene.asha.modal and "cities" in scene.asha.modal.state)
    assert scene.asha.modal
    assert scene.asha.modal.state["cities"]["value"]["value"] == "Pune"
    assert [call.method for call in scene.slack.calls if call.method.startswith("views.")] == [
        "views.open",
        "views.update",
    ]


async def test_a_form_sent_off_late_answers_anew(scene: Scene) -> None:
    found = await scene.find("women in Pune who speak Marathi")
    await scene.asha.clicks(*button(found, "Edit filters"), on=found)
    await wait_until(lambda: scene.asha.modal)
    form = scene.asha.modal
    assert form is not None
    scene.slack.response_urls.expire()
    response = await scene.asha.submits(form, {"cities": "Mumbai"})
    assert not response.errors
    assert "Mumbai" in (await scene.told(scene.asha, 2)).shown


async def test_our_data_away_is_said_in_one_sentence(
    scene: Scene, expected_logs: ExpectedLogs, database_url: str
) -> None:
    expected_logs.expect("act_failed")
    await execute(database_url, "DROP TABLE saved_searches CASCADE")
    shown = (await scene.find("women in Pune")).shown
    assert shown == "Something went wrong on our side. Please try again."


async def test_the_form_opens_in_time_also_where_slack_is_slow_to_say_who_presses(
    scene: Scene,
) -> None:
    found = await scene.find("women in Pune who speak Marathi")
    press = button(found, "Edit filters")
    await scene.end()
    for method in ("users.info", "conversations.info"):
        scene.slack.fail(method, timeout=True)
    await scene.start()
    await scene.asha.clicks(*press, on=found)
    await wait_until(lambda: scene.asha.modal and "cities" in scene.asha.modal.state)
    assert len(scene.slack.called("users.info")) == 1  # by the search


async def test_a_form_that_could_not_be_opened_is_said(scene: Scene) -> None:
    found = await scene.find("women in Pune who speak Marathi")
    scene.slack.fail("views.open", error="expired_trigger_id", times=1)
    await scene.press(found, "Edit filters")
    assert "once more" in (await scene.told(scene.asha, 2)).shown
    await scene.press(found, "Edit filters")
    await wait_until(lambda: scene.asha.modal)


async def test_cards_come_without_photos_where_slack_cannot_fetch_one(scene: Scene) -> None:
    thread = await scene.ravi.says(scene.casting, "We cast Savitri now.")
    role = await scene.ravi.says(scene.casting, "24 to 26, Lavani, in Pune.", thread)
    scene.slack.fail("chat.postEphemeral", error="invalid_blocks", times=1)
    await scene.asha.shortcut("find_talents", scene.casting.message(role))
    shown = (await scene.told(scene.asha)).shown
    assert "Rujuta Jadhav" in shown
    assert "Photo" not in shown


async def test_forgetting_by_a_double_click_keeps_the_receipt(scene: Scene) -> None:
    scene.voice.lines = [["One dancer."]]
    await scene.replied(await scene.ask("dancers?"))
    await scene.asha.opens_home()
    await wait_until(lambda: scene.asha.app_home)
    tab = scene.asha.app_home
    assert tab
    forget = button(tab, "Forget me")
    await asyncio.gather(*(scene.asha.clicks(*forget, on=tab) for _ in range(3)))
    await wait_until(lambda: "Forgotten: 1 question" in tab.shown)
    await scene.ravi.opens_home()
    await wait_until(lambda: scene.ravi.app_home)
    assert "Forgotten: 1 question" in tab.shown


async def test_admins_read_in_the_home_tab_how_slack_itself_is(scene: Scene) -> None:
    await scene.asha.opens_home()
    await wait_until(lambda: scene.asha.app_home)
    assert scene.asha.app_home
    assert "✅ Slack: works" in scene.asha.app_home.shown
