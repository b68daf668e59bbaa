"""Scripted conversations as people in Slack see them; each returns what is on the screens at its
end. `python -m tests.slack.transcripts` prints them all.
"""

from __future__ import annotations

import asyncio
import time
from datetime import date
from pathlib import Path

from bot.ports import ResponderError
from bot.talent import Filters, TalentQuery
from bot.wording import parse
from tests.cast import MEERA, id_of
from tests.fakes.slack import Channel, View, transcript
from tests.scripted import Scripts
from tests.slack.scenes import Scene, button, open_scene
from tests.waiting import wait_until

SCRIPTS = Scripts(open_scene, Path(__file__).with_name("expected"))
script = SCRIPTS.script


def screens(*seen: Channel | View | None) -> str:
    """What is in each channel or view."""
    parts = []
    for each in seen:
        if isinstance(each, View):
            parts.append(f"— {each.content['type']} of {each.person.name} —\n{each.shown}")
        elif each is not None:
            name = f"#{each.name}" if each.name else "direct messages"
            parts.append(f"— {name} —\n{transcript(each)}")
    return "\n\n".join(parts)


# --- talking -----------------------------------------------------------------------------------


LAVANI = "women 24-26 in Pune with Lavani"


def dancers(scene: Scene) -> None:
    """The next reply shows the dancers of Lavani."""
    query = parse(LAVANI, today=date(2026, 1, 1))
    scene.voice.lines.append([query, "Both dance **Lavani**:\n\n- Rujuta Jadhav\n- Tara Kelkar"])


@script()
async def mention(scene: Scene) -> str:
    dancers(scene)
    await scene.replied(await scene.ask(LAVANI))
    return screens(scene.casting)


@script()
async def thread_follow_up(scene: Scene) -> str:
    scene.voice.lines = [["Four of them."], ["Two of those."], ["One: Meera Gokhale."]]
    ts = await scene.ask("women in Pune?")
    await scene.replied(ts)
    await scene.asha.says(scene.casting, "under 27 only", ts)
    await scene.replied(ts, 2)
    await scene.ravi.says(scene.casting, "Asha, lunch?", ts)
    await scene.asha.says(scene.casting, "in ten minutes", ts)
    await scene.settled()
    await scene.ask("and who rides?", ts)
    await scene.replied(ts, 3)
    heard = [(one.author.name, one.text) for one in scene.voice.recalled[-1].overheard]
    assert heard == [("Ravi", "Asha, lunch?"), ("Asha", "in ten minutes")]
    return screens(scene.casting)


@script()
async def direct_message(scene: Scene) -> str:
    scene.voice.lines = [[TalentQuery(filters=Filters(names=(MEERA,))), f"{MEERA} is free."]]
    room = scene.asha.dm
    await scene.asha.says(room, "Meera Gokhale?")
    await wait_until(lambda: room.from_bot() and "Helpful" in room.from_bot()[0].shown)
    return screens(room)


@script()
async def edit_while_answered(scene: Scene) -> str:
    scene.voice.lines = [["Looking for singers", asyncio.Event()], ["Dancers it is."]]
    ts = await scene.ask("singers?")
    await wait_until(lambda: scene.casting.from_bot(ts))
    (first,) = scene.casting.from_bot(ts)
    await scene.asha.edits(ts, f"{scene.bot} dancers?")
    await wait_until(lambda: "Dancers it is." in first.shown)
    assert (await scene.replied(ts)) is first
    assert scene.voice.cancelled == 1
    return screens(scene.casting)


@script()
async def delete_while_answered(scene: Scene) -> str:
    scene.voice.lines = [["Looking for singers", asyncio.Event()]]
    ts = await scene.ask("singers?")
    await wait_until(lambda: scene.casting.from_bot(ts))
    await scene.asha.deletes(ts)
    await wait_until(lambda: not scene.casting.from_bot(ts))
    assert scene.voice.cancelled == 1
    return screens(scene.casting)


# --- the buttons of a reply --------------------------------------------------------------------


@script()
async def stop(scene: Scene) -> str:
    scene.voice.lines = [["Looking at everybody who dances", asyncio.Event()]]
    ts = await scene.ask("dancers?")
    await wait_until(lambda: scene.casting.from_bot(ts))
    (reply,) = scene.casting.from_bot(ts)
    pressed = time.monotonic()
    await scene.press(reply, "■ Stop", by=scene.ravi)
    await wait_until(lambda: scene.voice.cancelled)
    assert time.monotonic() - pressed < 0.3
    stopped = await scene.replied(ts)
    scene.voice.lines = [["Here are two dancers."]]
    await scene.press(stopped, "↻ Try again")
    await scene.replied(ts, 2)
    await wait_until(lambda: "Try again" not in stopped.shown)
    return screens(scene.casting)


@script()
async def slacks_own_stop(scene: Scene) -> str:
    scene.voice.lines = [["Looking at everybody who dances", asyncio.Event()]]
    ts = await scene.ask("dancers?")
    await wait_until(lambda: scene.casting.from_bot(ts))
    await scene.asha.stops(scene.casting, ts)
    await wait_until(lambda: scene.voice.cancelled)
    await scene.replied(ts)
    return screens(scene.casting)


@script("the responder gave up")
async def retry(scene: Scene) -> str:
    busy = ResponderError("Claude is busy just now. Please try again.", reason="overloaded")
    scene.voice.lines = [["Here are", busy], ["Here are two dancers."]]
    ts = await scene.ask("dancers?")
    failed = await scene.replied(ts)
    again = button(failed, "↻ Try again")
    await asyncio.gather(*(scene.asha.clicks(*again, on=failed) for _ in range(2)))
    await scene.replied(ts, 2)
    await scene.told(scene.asha)
    await wait_until(lambda: "Try again" not in failed.shown)
    return screens(scene.casting)


@script()
async def feedback(scene: Scene) -> str:
    scene.voice.lines = [["One dancer."]]
    reply = await scene.replied(await scene.ask("dancers?"))
    await scene.press(reply, "Helpful")
    await scene.told(scene.asha)
    await scene.press(reply, "Not helpful", by=scene.ravi)
    await scene.told(scene.ravi)
    return screens(scene.casting)


@script()
async def shortlist(scene: Scene) -> str:
    dancers(scene)
    reply = await scene.replied(await scene.ask(LAVANI))
    await scene.press(reply, "☆ Shortlist")
    await wait_until(lambda: "★" in reply.shown)
    await scene.press(reply, "☆ Shortlist", by=scene.ravi)
    await wait_until(lambda: reply.shown.count("★") == 2)
    await scene.press(reply, "★ Shortlisted", by=scene.ravi)
    await wait_until(lambda: reply.shown.count("★") == 1)
    await scene.find("shortlist")
    return screens(scene.casting)


# --- /talent -----------------------------------------------------------------------------------


@script()
async def slash(scene: Scene) -> str:
    await scene.find(f"{LAVANI}, under 20k a day")
    return screens(scene.casting)


@script()
async def slash_help_show_similar(scene: Scene) -> str:
    await scene.find("")
    await scene.find("show Meera Gokhale")
    await scene.find("show Gauri Sathe")
    await scene.find(f"similar {id_of(MEERA)}")
    return screens(scene.casting)


@script()
async def card_paging_across_a_restart(scene: Scene) -> str:
    found = await scene.find("women who speak Marathi")
    assert "Page 1 of about 2" in found.shown
    await scene.end()
    await scene.start()
    await scene.press(found, "Next ›")
    await wait_until(lambda: "Page 2" in found.shown)
    return screens(scene.casting)


@script()
async def chips(scene: Scene) -> str:
    found = await scene.find("women in Pune or Nashik with Kathak")
    await scene.press(found, "in Pune ✕")
    await wait_until(lambda: "Pune ✕" not in found.shown)
    return screens(scene.casting)


@script()
async def filter_form(scene: Scene) -> str:
    found = await scene.find("women in Pune with Kathak")
    await scene.press(found, "Edit filters")
    await wait_until(lambda: scene.asha.modal)
    form = scene.asha.modal
    assert form is not None
    wrong = await scene.asha.submits(form, {"age_from": "30", "age_to": "20"})
    assert wrong.errors
    said = "\n".join(f"{block}: {words}" for block, words in wrong.errors.items())
    sent = await scene.asha.submits(form, {"age_from": "26", "age_to": "28", "cities": "Nashik"})
    assert not sent.errors
    await wait_until(lambda: "Nashik ✕" in found.shown)
    return f"{screens(form)}\n{said}\n\n{screens(scene.casting)}"


@script()
async def message_shortcut(scene: Scene) -> str:
    role = "ROLE: Savitri, 24 to 28, a Lavani dancer. Speaks Marathi, lives in Pune."
    alone = await scene.ravi.says(scene.casting, role)
    talked = await scene.ravi.says(scene.casting, "We cast Savitri now.")
    reply = await scene.asha.says(scene.casting, "24 to 26, Lavani, in Pune.", talked)
    for ts in (alone, reply):
        await scene.asha.shortcut("find_talents", scene.casting.message(ts))
        await scene.told(scene.asha, 1 + (ts == reply))
    return screens(scene.casting)


@script()
async def share(scene: Scene) -> str:
    partner = scene.slack.workspace("Partner", installed=False)
    joint = scene.team.channel("joint", scene.asha, shared_with=[partner])
    await scene.asha.commands("/talent", LAVANI, joint)
    found = await scene.told(scene.asha, channel=joint)
    await scene.press(found, "Share in channel")
    await wait_until(lambda: "Shared in the channel" in found.shown)
    return screens(joint)


# --- beside the channels -------------------------------------------------------------------------


@script()
async def home(scene: Scene) -> str:
    scene.voice.lines = [["One dancer."]]
    await scene.replied(await scene.ask("dancers?"))
    seen = []
    for person in (scene.asha, scene.ravi):
        await person.opens_home()
        await wait_until(lambda person=person: person.app_home)
        seen.append(screens(person.app_home))
    tab = scene.asha.app_home
    assert tab is not None
    await scene.press(tab, "Forget me")
    await wait_until(lambda: "Forgotten" in tab.shown)
    return "\n\n".join([*seen, screens(tab)])


@script()
async def pane(scene: Scene) -> str:
    dancers(scene)
    reply = await scene.replied(await scene.ask(LAVANI))
    await scene.press(reply, "☆ Shortlist")
    await wait_until(lambda: "★" in reply.shown)
    room = scene.asha.dm
    thread = await scene.asha.opens_pane()
    await wait_until(lambda: room.prompts.get(thread))
    prompts = [room.prompts[thread]]
    await scene.asha.looks_at(thread, scene.casting)
    await wait_until(lambda: room.prompts[thread] is not prompts[0])
    prompts.append(room.prompts[thread])
    scene.voice.lines = [["A dancer:", " Rujuta Jadhav."], ["Yes."]]
    await scene.asha.says(room, "Who dances\nLavani?", thread)
    await scene.replied(thread, 2, room)
    await wait_until(lambda: room.titles.get(thread))
    await scene.asha.says(room, "Sure?", thread)
    await scene.replied(thread, 3, room)
    await wait_until(lambda: not room.status(thread))
    shown = ["; ".join(prompt["title"] for prompt in each) for each in prompts]
    title = f"Title: {room.titles[thread]}"
    return "\n".join([*(f"Prompts: {each}" for each in shown), title, "", screens(room)])


@script()
async def stranger(scene: Scene) -> str:
    partner = scene.slack.workspace("Partner", installed=False)
    pat = scene.team.stranger("Pat", partner)
    joint = scene.team.channel("joint", scene.asha, pat, shared_with=[partner])
    asked = f"{scene.bot} {LAVANI}"
    await pat.says(joint, asked)
    await scene.settled()
    dancers(scene)
    ours = await scene.asha.says(joint, asked)
    reply = await scene.replied(ours, channel=joint)
    await pat.clicks(*button(reply, "Profile"), on=reply)
    await scene.told(pat, 1, joint)
    await scene.asha.opens_home()
    await wait_until(lambda: scene.asha.app_home)
    tab = scene.asha.app_home
    assert tab is not None
    await scene.press(tab, "Answer guests")
    await wait_until(lambda: "Stop answering guests" in tab.shown)
    dancers(scene)
    theirs = await pat.says(joint, asked)
    await scene.replied(theirs, channel=joint)
    await pat.clicks(*button(reply, "Profile"), on=reply)
    await scene.told(pat, 2, joint)
    await pat.clicks(*button(reply, "☆ Shortlist"), on=reply)
    await scene.told(pat, 3, joint)
    return screens(joint)


@script()
async def expired_button(scene: Scene) -> str:
    found = await scene.find("women in Pune with Kathak")
    async with scene.database.queue() as connection:
        await connection.execute("DELETE FROM saved_searches")
    await scene.press(found, "Edit filters")
    await wait_until(lambda: "expired" in found.shown)
    return screens(scene.casting, scene.asha.modal)


@script(
    "carries what no button does", "no act is called", "a search of somebody else", "no such reply"
)
async def forged_value(scene: Scene) -> str:
    scene.voice.lines = [["One dancer."]]
    reply = await scene.replied(await scene.ask("dancers?"))
    hers = button(await scene.find(LAVANI), "Share in channel")
    nobodys = "00000000-0000-4000-8000-00000000abcd"
    forged = (
        ("stop_reply", "not an id"),
        ("drop_table", "turns"),
        ("stop_reply", nobodys),
        hers,
    )
    for count, (name, value) in enumerate(forged, 1):
        await scene.ravi.clicks(name, value, on=reply, forged=True)
        await scene.told(scene.ravi, count)
    return screens(scene.casting)
