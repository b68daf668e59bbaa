"""`/talent`, what stands below its answers, and "Find talents for this"."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.conversation import Access
from db.pool import Database
from tests.cast import GAURI, KETAKI, MEERA, RUJUTA, TARA
from tests.conftest import ExpectedLogs
from tests.discord.scenes import Scene, custom_ids, names_in, open_scene, shown
from tests.fakes.discord import Permission
from tests.waiting import wait_until


@pytest.fixture
async def scene(database: Database, redis: Redis) -> AsyncIterator[Scene]:
    async with open_scene(database, redis) as scene:
        yield scene


async def test_text_and_options_are_one_search_and_options_weigh_more(scene: Scene) -> None:
    found = await scene.finds(text="women in Mumbai with Kathak", city="Pune", age="24-30")
    assert "women  ·  plays 24–30  ·  Kathak  ·  in Pune" in found.shown
    assert names_in(found) == [MEERA, KETAKI]
    assert "### Meera Gokhale\nplays 24–30  ·  Pune  ·  Marathi, Hindi" in found.shown
    assert found.visible_to is scene.asha
    assert scene.casting.messages() == []
    found = await scene.finds(languages="marathi", skills="lavani or horse riding", gender="women")
    assert "speaks Marathi  ·  Lavani or Horse riding" in found.shown
    assert sorted(names_in(found)) == sorted([MEERA, RUJUTA, GAURI])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "Say whom you look for"),
        ({"text": "dancers", "age": "@everyone"}, "I don't understand the age “@\u200beveryone”"),
        ({"available": "someday"}, "I don't understand the days “someday”"),
    ],
)
async def test_what_cannot_be_meant_is_said(
    scene: Scene, options: dict[str, str], said: str
) -> None:
    assert said in (await scene.finds(scene.asha, **options)).shown


async def test_options_are_completed_from_what_the_asker_may_see(scene: Scene) -> None:
    complete = scene.asha.autocompletes
    assert await complete(scene.casting, "/talent search", "languages", "mar") == ["Marathi"]
    assert await complete(scene.casting, "/talent search", "languages", "Marathi, h") == [
        "Marathi, Hindi"
    ]
    assert await complete(scene.casting, "/talent search", "languages", "Marathi or hi") == [
        "Marathi or Hindi"
    ]
    assert await complete(scene.casting, "/talent search", "languages", "Hindi; ") == [
        "Hindi; Marathi"
    ]
    assert await complete(scene.casting, "/talent search", "city", "pu") == ["Pune"]
    assert await complete(scene.casting, "/talent search", "skills", "rid") == ["Horse riding"]
    assert await complete(scene.casting, "/talent search", "union", "c") == []
    assert await complete(scene.casting, "/talent show", "name", "gok") == [MEERA]
    assert await complete(scene.casting, "/talent similar", "name", "tara") == []


async def test_the_team_is_suggested_whom_the_community_does_not_see(scene: Scene) -> None:
    await scene.link(Access.TEAM)
    assert await scene.asha.autocompletes(scene.casting, "/talent show", "name", "tar") == [TARA]


async def test_who_gets_or_loses_a_role_is_suggested_what_they_may_see_now(scene: Scene) -> None:
    role = scene.guild.role("Casting team")
    await scene.link(Access.COMMUNITY, Access.TEAM)
    await scene.set(trusted_roles=[role.id])
    for roles, suggested in (([], []), ([role.id], [TARA]), ([], [])):
        scene.guild.members[scene.asha.id].roles[:] = roles
        found = await scene.asha.autocompletes(scene.casting, "/talent show", "name", "tara")
        assert found == suggested


async def test_show_and_similar_go_by_name_or_nearest_name(scene: Scene) -> None:
    profile = await shown(await scene.asha.commands(scene.casting, "/talent show", name=MEERA))
    assert "- Skills: Kathak, Horse riding" in profile.shown
    near = await shown(await scene.asha.commands(scene.casting, "/talent show", name="Mira Gokhle"))
    assert "Nobody is called exactly “Mira Gokhle”" in near.shown
    like = await shown(await scene.asha.clicks(profile, "More like this"))
    assert MEERA not in names_in(like)
    assert names_in(like)
    like = await shown(await scene.asha.commands(scene.casting, "/talent similar", name=MEERA))
    assert f"like {MEERA}" in like.shown
    nobody = await shown(await scene.asha.commands(scene.casting, "/talent show", name="Xqzt"))
    assert "Nobody here is called “Xqzt”" in nobody.shown


async def test_names_to_choose_from_where_several_are_near(scene: Scene) -> None:
    act = await scene.asha.commands(scene.casting, "/talent show", name="Gauri Sathe")
    found = await shown(act)
    assert "Several names resemble “Gauri Sathe”" in found.shown
    chosen = await shown(await scene.asha.chooses(found, "Look at a talent…", KETAKI))
    assert chosen.shown.startswith(f"### {KETAKI}")


async def test_the_community_sees_what_is_public_and_the_team_all(scene: Scene) -> None:
    found = await scene.finds(text="women in Pune")
    assert TARA not in names_in(found)
    assert "₹" not in found.shown
    assert "[Shortlist, or take off…]" not in found.labels()
    profile = await shown(await scene.asha.chooses(found, "Look at a talent…", MEERA))
    assert "Tamarind" not in profile.shown
    assert profile.labels() == ["[More like this]"]
    await scene.link(Access.TEAM)
    found = await scene.finds(text="women in Pune")
    assert TARA in names_in(found)
    assert "₹9,000–12,000 a day" in found.shown
    profile = await shown(await scene.asha.chooses(found, "Look at a talent…", MEERA))
    assert "Represented by: Tamarind Talent" in profile.shown


async def test_pages_are_turned_also_after_a_restart_and_by_their_owner_alone(
    scene: Scene, expected_logs: ExpectedLogs
) -> None:
    found = await scene.finds(languages="Marathi")
    first = names_in(found)
    assert len(first) == 5
    await scene.end()
    await scene.start()
    turned = await scene.asha.clicks(found, "Next ›")
    await turned.finished()
    await wait_until(lambda: "Page 2 of about 2" in found.shown)
    assert len(names_in(found)) == 1
    assert not {*first} & {*names_in(found)}
    await scene.asha.clicks(found, "‹ Previous")
    await wait_until(lambda: names_in(found) == first)
    public = await scene.asha.clicks(found, "Share in channel")
    await public.finished()
    await wait_until(scene.casting.from_bot)
    (posted,) = scene.casting.from_bot()
    expected_logs.expect("discord_act_refused")
    page = next(label for label in custom_ids(found) if label.startswith("page_search"))
    await scene.ravi.clicks(posted, page, forged=True)
    await scene.told(scene.ravi, "does not work any more")


async def test_a_filter_is_dropped_and_the_search_goes_on(scene: Scene) -> None:
    found = await scene.finds(text="women in Pune with Lavani")
    await scene.asha.chooses(found, "Drop a filter…", "in Pune")
    await wait_until(lambda: "in Pune" not in found.shown)
    assert "women  ·  Lavani" in found.shown


async def test_sharing_shows_the_channel_what_all_may_see_and_once(scene: Scene) -> None:
    found = await scene.finds(text="women in Pune with Lavani")
    await (await scene.asha.clicks(found, "Share in channel")).finished()
    await wait_until(lambda: "Shared in this channel" in found.shown)
    (posted,) = scene.casting.from_bot()
    assert "Shared by Asha: women with Lavani, in Pune" in posted.shown
    assert names_in(posted) == [RUJUTA]
    assert not posted.pinged
    assert "[Share in channel]" not in found.labels()
    profile = await shown(await scene.ravi.chooses(posted, "Look at a talent…", RUJUTA))
    assert profile.visible_to is scene.ravi


async def test_sharing_is_shown_as_done_also_where_discord_is_slow(scene: Scene) -> None:
    found = await scene.finds(text="women in Pune with Lavani")
    scene.discord.latency = 1.2
    await scene.asha.clicks(found, "Share in channel")
    await wait_until(lambda: "Shared in this channel" in found.shown)
    assert len(scene.casting.from_bot()) == 1


async def test_a_trusted_member_shares_no_more_than_the_channel_may_see(scene: Scene) -> None:
    role = scene.guild.role("Casting team")
    scene.guild.give(scene.asha, role)
    await scene.link(Access.COMMUNITY, Access.TEAM)
    await scene.set(trusted_roles=[role.id])
    found = await scene.finds(text="women in Pune with Lavani")
    assert {*names_in(found)} == {RUJUTA, TARA}
    assert "₹" in found.shown
    await (await scene.asha.clicks(found, "Share in channel")).finished()
    await wait_until(scene.casting.from_bot)
    (posted,) = scene.casting.from_bot()
    assert names_in(posted) == [RUJUTA]
    assert "₹" not in posted.shown
    assert names_in(await scene.finds(scene.ravi, text="women in Pune with Lavani")) == [RUJUTA]


async def test_likes_of_one_whom_the_channel_does_not_see_are_not_shared(scene: Scene) -> None:
    role = scene.guild.role("Casting team")
    scene.guild.give(scene.asha, role)
    await scene.link(Access.COMMUNITY, Access.TEAM)
    await scene.set(trusted_roles=[role.id])
    found = await shown(await scene.asha.commands(scene.casting, "/talent similar", name=TARA))
    assert f"like {TARA}" in found.shown
    await scene.asha.clicks(found, "Share in channel")
    await scene.told(scene.asha, "Not everybody in this channel may see that")
    assert scene.said() == []


async def test_who_may_not_write_in_a_channel_shares_nothing_there(scene: Scene) -> None:
    scene.casting.deny(scene.asha, Permission.SEND_MESSAGES)
    found = await scene.finds(text="women in Pune")
    await scene.asha.clicks(found, "Share in channel")
    await scene.told(scene.asha, "You may not write in this channel")
    other = scene.guild.channel("other")
    await scene.set(channels=[other.id])
    found = await scene.finds(scene.ravi, text="women in Pune")
    await scene.ravi.clicks(found, "Share in channel")
    await scene.told(scene.ravi, "admins let me write in other channels only")
    assert scene.casting.from_bot() == []


async def test_a_team_shortlists_and_looks_at_its_list(scene: Scene) -> None:
    await scene.link(Access.TEAM)
    found = await scene.finds(text="women in Pune with Lavani")
    await scene.asha.chooses(found, "Shortlist, or take off…", f"☆ {TARA}")
    await wait_until(lambda: f"### {TARA} ★" in found.shown)
    listed = await shown(await scene.ravi.commands(scene.casting, "/talent shortlist"))
    assert "On this channel's shortlist: 1 talent\n" in listed.shown
    assert "by Asha" in listed.shown
    profile = await shown(await scene.ravi.chooses(listed, "Look at a talent…", TARA))
    await scene.ravi.clicks(profile, "★ Take off the shortlist")
    await wait_until(lambda: "[☆ Shortlist]" in profile.labels())
    await scene.ravi.clicks(profile, "☆ Shortlist")
    await wait_until(lambda: "[★ Take off the shortlist]" in profile.labels())
    await scene.ravi.chooses(listed, "Take off…", TARA)
    await wait_until(lambda: "Nobody is on this channel's shortlist" in listed.shown)


async def test_the_community_has_no_shortlist(scene: Scene, expected_logs: ExpectedLogs) -> None:
    told = await shown(await scene.asha.commands(scene.casting, "/talent shortlist"))
    assert told.shown == "Shortlists are the casting team's."
    found = await scene.finds(text="women in Pune with Lavani")
    expected_logs.expect("discord_act_refused")
    await scene.asha.clicks(found, "shortlist_talent::aaaaaaaaab", forged=True)
    await scene.told(scene.asha, "does not work any more")
    await scene.link(Access.TEAM)
    told = await shown(await scene.asha.commands(scene.casting, "/talent shortlist"))
    assert "Nobody is on this channel's shortlist" in told.shown


async def test_talents_for_a_message(scene: Scene) -> None:
    role = await scene.ravi.says(scene.casting, "ROLE: Savitri, 24 to 28, a Lavani dancer in Pune.")
    found = await shown(await scene.asha.menu("Find talents for this", role))
    assert RUJUTA in names_in(found)
    assert found.visible_to is scene.asha
    nothing = await scene.ravi.says(scene.casting, "👍")
    told = await shown(await scene.asha.menu("Find talents for this", nothing))
    assert "I find no role in this message" in told.shown


async def test_installed_by_a_person_it_shows_what_is_public_anywhere(scene: Scene) -> None:
    elsewhere = scene.discord.guild("Elsewhere", installed=False)
    elsewhere.join(scene.asha)
    scene.asha.has_app = True
    await scene.link(Access.TEAM)
    for room in (elsewhere.channel("general"), scene.asha.dm):
        act = await scene.asha.commands(room, "/talent search", text="women in Pune with Lavani")
        found = await shown(act)
        assert names_in(found) == [RUJUTA]
        assert "₹" not in found.shown
        await scene.asha.clicks(found, "Share in channel")
        await wait_until(lambda found=found: "Shared in this channel" in found.shown)
        assert len(scene.said(room)) == 1


async def test_all_but_what_is_for_admins_can_be_used_anywhere(scene: Scene) -> None:
    for command in scene.discord.commands.everywhere:
        where = command["integration_types"], command["contexts"]
        is_for_admins = command["name"] == "castmatch"
        assert where == (([0], [0]) if is_for_admins else ([0, 1], [0, 1, 2])), command["name"]


async def test_an_expired_search_and_an_act_that_comes_too_late(scene: Scene) -> None:
    found = await scene.finds(languages="Marathi")
    async with scene.database.queue() as connection:
        await connection.execute("DELETE FROM saved_searches")
    await scene.asha.clicks(found, "Next ›")
    await wait_until(lambda: "This search has expired" in found.shown)
    found = await scene.finds(languages="Marathi")
    scene.discord.fail("POST /interactions/{}/{}/callback", status=404, code=10062)
    await scene.asha.clicks(found, "Next ›")
    await wait_until(lambda: scene.discord.called("POST /interactions/{}/{}/callback"))


async def test_help_tells_of_every_command(scene: Scene) -> None:
    told = await shown(await scene.asha.commands(scene.casting, "/help"))
    for command in scene.discord.commands.everywhere:
        if command["name"] == "help":
            continue
        options = command.get("options") or [{"name": "", "type": 3}]
        for option in options:
            path = f"{command['name']} {option['name']}" if option["type"] == 1 else command["name"]
            needed = command.get("default_member_permissions")
            assert (f"{path}" in told.shown) is (needed is None), path


async def test_who_hammers_is_asked_to_wait(scene: Scene) -> None:
    for _ in range(10):
        await scene.asha.commands(scene.casting, "/help")
    told = await shown(await scene.asha.commands(scene.casting, "/help"))
    assert "That is a lot at once" in told.shown
    assert "Talk to me" in (await shown(await scene.ravi.commands(scene.casting, "/help"))).shown
