"""Draws the pictures of the documents, with Chromium, from the messages that Discord was given:

python -m tests.discord.pictures
"""

from __future__ import annotations

import asyncio
from datetime import date

from bot.conversation import Access
from bot.wording import parse
from db.embedded import EmbeddedServers
from tests.cast import KETAKI, MEERA, SAYALI
from tests.discord.scenes import Scene
from tests.discord.scripts import SCRIPTS
from tests.drawing import DOCS, draw, opened_browser
from tests.fakes.discord import Message
from tests.fakes.discord.render import render_messages
from tests.folders import server_folder
from tests.waiting import wait_until

_ASKED = "women in Pune or Nashik with Kathak, who speak Marathi"
_REPLY = f"""Three dancers of Kathak fit **Savitri**, and all live within a day's drive:

1. **{MEERA}** also rides, which the second schedule asks for.
2. **{KETAKI}** is the youngest of them.
3. **{SAYALI}** would travel from Nashik.
"""


async def _reply(scene: Scene) -> list[Message]:
    scene.voice.lines = [[parse(_ASKED, today=date(2026, 1, 1)), _REPLY]]
    await scene.ask("we need Savitri: a Kathak dancer, Marathi, around 26. Whom do we have?")
    await scene.replied()
    return scene.casting.messages()


async def _results(scene: Scene) -> list[Message]:
    await scene.link(Access.TEAM)
    found = await scene.finds(text=f"{_ASKED}, free in March", age="22-30")
    await scene.asha.chooses(found, "Shortlist, or take off…", f"☆ {KETAKI}")
    await wait_until(lambda: "★" in found.shown)
    return [found]


async def _all() -> None:
    with server_folder("castmatch-pictures-") as folder:
        async with EmbeddedServers(folder, durable=False) as servers, opened_browser() as browser:
            for name, script in (("reply", _reply), ("results", _results)):
                async with SCRIPTS.scene_on(servers, name) as scene:
                    html = render_messages(await script(scene))
                await draw(browser, html, DOCS / f"discord-{name}.png")


if __name__ == "__main__":
    asyncio.run(_all())
