"""Scripted conversations as people in Discord see them; each returns what is on the screens at its
end. `python -m tests.discord.transcripts` prints them all.
"""

from __future__ import annotations

import asyncio
import re
import time
from datetime import date
from pathlib import Path

from bot.conversation import Access
from bot.ports import ResponderError
from bot.spending import MEMBER_LIMIT
from bot.talent import Filters, TalentQuery
from bot.wording import parse
from tests.cast import MEERA, RUJUTA, TARA
from tests.discord.scenes import STOP, Scene, custom_ids, names_in, open_scene, shown
from tests.fakes.discord import Channel, Permission, transcript
from tests.scripted import Scripts
from tests.waiting import wait_until


def _settled(seen: str) -> str:
    """Without the time of day, and whether a message of the bot took one call or more."""
    seen = re.sub(
        r"<t:\d+:", "<t:MIDNIGHT:", re.sub(r"in (?:\d+ h(?: \d+ min)?|\d+ min)", "in TIME", seen)
    )
    return re.sub(r"^( *CastMatch.*?)  \(edited(?: \d+x)?\)$", r"\1", seen, flags=re.MULTILINE)


SCRIPTS = Scripts(open_scene, Path(__file__).with_name("expected"), settled=_settled)
script = SCRIPTS.script

LAVANI = "women 22-30 in Pune with Lavani"


def screens(*seen: Channel) -> str:
    """What is in each channel."""
    named = [(f"#{each.name}" if each.name else "direct messages", each) for each in seen]
    return "\n\n".join(f"— {name} —\n{transcript(each)}" for name, each in named)


def dancers(scene: Scene) -> None:
    """The next reply shows the dancers of Lavani."""
    query = parse(LAVANI, today=date(2026, 1, 1))
    scene.voice.lines.append([query, f"One dances **Lavani**:\n\n- {RUJUTA}, in Pune"])


# --- talking -------------------------------------------------------------------------------------


@script()
async def mention(scene: Scene) -> str:
    dancers(scene)
    await scene.ask(LAVANI)
    await scene.replied()
    return screens(scene.casting)


@script()
async def thread_follow_up(scene: Scene) -> str:
    await scene.set(threads=True)
    scene.voice.lines = [["Four of them."], ["Two of those."], [f"One: {MEERA}."]]
    await scene.ask("women in Pune?")
    await wait_until(scene.casting.threads)
    (thread,) = scene.casting.threads()
    await scene.replied(1, thread)
    await scene.asha.says(thread, "under 27 only")
    await scene.replied(2, thread)
    await scene.ravi.says(thread, "Asha, lunch?")
    await scene.asha.says(thread, "in ten minutes")
    await scene.asha.says(thread, f"{scene.bot} and who rides?")
    await scene.replied(3, thread)
    heard = {(one.author.name, one.text) for one in scene.voice.recalled[-1].overheard}
    assert heard == {("Ravi", "Asha, lunch?"), ("Asha", "in ten minutes")}
    return screens(scene.casting)


@script()
async def direct_message(scene: Scene) -> str:
    scene.voice.lines = [[TalentQuery(filters=Filters(names=(MEERA,))), f"{MEERA} is free."]]
    await scene.asha.says(scene.asha.dm, "Meera Gokhale?")
    await scene.replied(1, scene.asha.dm)
    return screens(scene.asha.dm)


@script()
async def reply_to_the_bot(scene: Scene) -> str:
    scene.voice.lines = [["Four of them."], ["Two of those."]]
    await scene.ask("women in Pune?")
    answer = await scene.replied()
    await scene.ravi.says(scene.casting, "under 27 only", reply_to=answer, ping=False)
    await scene.replied(2)
    return screens(scene.casting)


@script()
async def long_reply(scene: Scene) -> str:
    scenes = [f"{n}. A scene in which **{MEERA}** dances, {'and dances ' * 12}" for n in range(20)]
    scene.voice.lines = [["Here is all of it:\n\n" + "\n".join(scenes)]]
    await scene.ask("tell me everything")
    await wait_until(lambda: any("[👍 Helpful]" in one.labels() for one in scene.said()))
    assert all(len(message.content) <= 2_000 for message in scene.said())
    return screens(scene.casting)


@script()
async def edit_while_answered(scene: Scene) -> str:
    scene.voice.lines = [["Looking for singers", asyncio.Event()], ["Dancers it is."]]
    asked = await scene.ask("singers?")
    await wait_until(lambda: "singers" in "".join(m.content for m in scene.said()))
    (first,) = scene.said()
    await scene.asha.edits(asked, f"{scene.bot} dancers?")
    await wait_until(lambda: "Dancers it is." in first.shown)
    assert (await scene.replied()) is first
    assert scene.voice.cancelled == 1
    return screens(scene.casting)


@script()
async def delete_while_answered(scene: Scene) -> str:
    scene.voice.lines = [["Looking for singers", asyncio.Event()]]
    asked = await scene.ask("singers?")
    await wait_until(scene.said)
    await scene.asha.deletes(asked)
    await wait_until(lambda: not scene.said())
    assert scene.voice.cancelled == 1
    return screens(scene.casting)


@script()
async def missing_permission(scene: Scene) -> str:
    scene.casting.deny(scene.discord.bot, Permission.SEND_MESSAGES)
    await scene.ask("dancers?")
    await scene.ask("anybody?")
    await wait_until(scene.asha.dm.from_bot)
    return screens(scene.casting, scene.asha.dm)


@script()
async def budget_used_up(scene: Scene) -> str:
    await scene.set(**{MEMBER_LIMIT: 1})
    scene.voice.lines = [["One dancer."]]
    await scene.ask("dancers?")
    await scene.replied()
    await scene.ask("and singers?")
    await wait_until(lambda: len(scene.said()) == 2)
    await wait_until(lambda: "<t:" in scene.said()[1].content)
    return screens(scene.casting)


# --- the buttons of a reply ----------------------------------------------------------------------


@script()
async def stop(scene: Scene) -> str:
    scene.voice.lines = [["Looking at everybody who dances", asyncio.Event()]]
    await scene.ask("dancers?")
    await wait_until(lambda: any("dances" in m.content for m in scene.said()))
    (reply,) = scene.said()
    pressed = time.monotonic()
    await scene.ravi.clicks(reply, STOP.strip("[]"))
    await wait_until(lambda: scene.voice.cancelled)
    assert time.monotonic() - pressed < 0.3
    await wait_until(lambda: STOP not in reply.labels())
    return screens(scene.casting)


@script("the responder gave up")
async def retry(scene: Scene) -> str:
    busy = ResponderError("Claude is busy just now. Please try again.", reason="overloaded")
    scene.voice.lines = [["Here are", busy], ["Here are two dancers."]]
    await scene.ask("dancers?")
    failed = await scene.replied()
    await scene.asha.clicks(failed, "↻ Try again")
    await scene.replied(2)
    await wait_until(lambda: not failed.labels())
    return screens(scene.casting)


@script()
async def feedback(scene: Scene) -> str:
    scene.voice.lines = [["One dancer."]]
    await scene.ask("dancers?")
    reply = await scene.replied()
    await scene.asha.clicks(reply, "👍 Helpful")
    await scene.told(scene.asha, "helpful")
    await scene.ravi.clicks(reply, "👎 Not helpful")
    await scene.told(scene.ravi, "what you miss")
    return screens(scene.casting)


# --- commands ------------------------------------------------------------------------------------


@script()
async def slash_search(scene: Scene) -> str:
    await scene.finds(text="women in Pune", skills="Kathak", age="22-30")
    await scene.finds(text="women in Jaipur with Kathak")
    await scene.finds(age="old enough")
    return screens(scene.casting)


@script()
async def autocomplete(scene: Scene) -> str:
    tries = (
        ("/talent search", "languages", "ma"),
        ("/talent search", "languages", "Marathi, h"),
        ("/talent search", "skills", "rid"),
        ("/talent search", "city", "Pune or m"),
        ("/talent show", "name", "gok"),
        ("/talent show", "name", "kelkar"),
    )
    seen = []
    for line, option, typed in tries:
        found = await scene.asha.autocompletes(scene.casting, line, option, typed)
        seen.append(f"{line} {option}: {typed}▏  →  {'; '.join(found) or 'nothing'}")
    return "\n".join(seen)


@script()
async def paging_across_a_restart(scene: Scene) -> str:
    found = await scene.finds(text="women who speak Marathi")
    assert "Page 1 of about 2" in found.shown
    await scene.end()
    await scene.start()
    await scene.asha.clicks(found, "Next ›")
    await wait_until(lambda: "Page 2" in found.shown)
    return screens(scene.casting)


@script()
async def drop_a_filter(scene: Scene) -> str:
    found = await scene.finds(text="women in Pune with Lavani who speak Marathi")
    await scene.asha.chooses(found, "Drop a filter…", "in Pune")
    await wait_until(lambda: "in Pune" not in found.shown)
    return screens(scene.casting)


@script()
async def share(scene: Scene) -> str:
    found = await scene.finds(text=LAVANI)
    await scene.asha.clicks(found, "Share in channel")
    await wait_until(lambda: "Shared in this channel" in found.shown)
    (posted,) = scene.said()
    await shown(await scene.ravi.chooses(posted, "Look at a talent…", RUJUTA))
    return screens(scene.casting)


@script()
async def find_talents_for_a_message(scene: Scene) -> str:
    role = "ROLE: Savitri, 22 to 28, a Lavani dancer. Speaks Marathi, lives in Pune."
    await shown(
        await scene.asha.menu("Find talents for this", await scene.ravi.says(scene.casting, role))
    )
    talk = await scene.ravi.says(scene.casting, "👍")
    await shown(await scene.asha.menu("Find talents for this", talk))
    return screens(scene.casting)


@script()
async def show(scene: Scene) -> str:
    for name in (MEERA, "Gauri Sathe", "Nobody Atall"):
        await shown(await scene.asha.commands(scene.casting, "/talent show", name=name))
    return screens(scene.casting)


@script()
async def similar(scene: Scene) -> str:
    await shown(await scene.asha.commands(scene.casting, "/talent similar", name=MEERA))
    return screens(scene.casting)


@script()
async def help_for_members_and_admins(scene: Scene) -> str:
    await shown(await scene.asha.commands(scene.casting, "/help"))
    admin = scene.guild.member("Meera", scene.guild.role("Organisers", Permission.MANAGE_GUILD))
    await shown(await admin.commands(scene.casting, "/help"))
    return screens(scene.casting)


# --- who sees what -------------------------------------------------------------------------------


@script()
async def a_team_and_its_shortlist(scene: Scene) -> str:
    await scene.link(Access.TEAM)
    found = await scene.finds(text="women in Pune with Lavani")
    await scene.asha.chooses(found, "Shortlist, or take off…", f"☆ {TARA}")
    await wait_until(lambda: f"### {TARA} ★" in found.shown)
    await shown(await scene.ravi.commands(scene.casting, "/talent shortlist"))
    return screens(scene.casting)


@script()
async def trusted_role(scene: Scene) -> str:
    role = scene.guild.role("Casting team")
    scene.guild.give(scene.asha, role)
    await scene.link(Access.COMMUNITY, Access.TEAM)
    await scene.set(trusted_roles=[role.id])
    found = await scene.finds(text="women in Pune with Lavani")
    assert TARA in names_in(found)
    await scene.asha.clicks(found, "Share in channel")
    await wait_until(lambda: "Shared in this channel" in found.shown)
    await scene.finds(scene.ravi, text="women in Pune with Lavani")
    return screens(scene.casting)


@script()
async def installed_for_oneself(scene: Scene) -> str:
    elsewhere = scene.discord.guild("Elsewhere", installed=False)
    elsewhere.join(scene.asha)
    scene.asha.has_app = True
    general = elsewhere.channel("general")
    await shown(await scene.asha.commands(general, "/talent search", text=LAVANI))
    return screens(general)


@script()
async def expired_search(scene: Scene) -> str:
    found = await scene.finds(text="women who speak Marathi")
    async with scene.database.queue() as connection:
        await connection.execute("DELETE FROM saved_searches")
    await scene.asha.clicks(found, "Next ›")
    await wait_until(lambda: "expired" in found.shown)
    return screens(scene.casting)


@script("carries what no button does", "no act is called", "a search of somebody else")
async def forged_button(scene: Scene) -> str:
    scene.voice.lines = [["One dancer."]]
    await scene.ask("dancers?")
    reply = await scene.replied()
    hers = await scene.finds(text=LAVANI)
    (shares,) = (i for i in custom_ids(hers) if i.startswith("share_search"))
    for forged in ("stop_reply:not an id", "drop_table:turns", shares):
        before = len(scene.ravi.sees(scene.casting))
        await scene.ravi.clicks(reply, forged, forged=True)
        await wait_until(lambda before=before: len(scene.ravi.sees(scene.casting)) > before)
    return screens(scene.casting)
