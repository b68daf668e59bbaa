"""Draws the pictures of the documents, with Chromium, from the blocks that Slack was given:

python -m tests.slack.pictures
"""

from __future__ import annotations

import asyncio
import re
from datetime import date

from bot.wording import parse
from db.embedded import EmbeddedServers
from tests.cast import KETAKI, MEERA, SAYALI
from tests.drawing import DOCS, draw, opened_browser
from tests.fakes.slack import Message
from tests.fakes.slack.render import render_messages
from tests.folders import server_folder
from tests.slack.scenes import Scene
from tests.slack.scripts import SCRIPTS

_ASKED = "women in Pune or Nashik with Kathak, who speak Marathi, under 20k a day"
_REPLY = f"""Three dancers of Kathak fit **Savitri**, and all are free in July:

| Talent | Playing age | Day rate |
|---|---|---|
| {MEERA} | 24–30 | from ₹9,000 |
| {KETAKI} | 23–28 | from ₹13,000 |
| {SAYALI} | 26–32 | from ₹12,000 |

- **{MEERA}** also rides, which the second schedule asks for.
- **{SAYALI}** would travel from Nashik.
"""


async def _reply(scene: Scene) -> list[Message]:
    scene.voice.lines = [[parse(_ASKED, today=date(2026, 1, 1)), _REPLY]]
    ts = await scene.ask("we need Savitri: a Kathak dancer, Marathi, around 26. Whom do we have?")
    await scene.replied(ts)
    return scene.casting.messages(ts)


async def _results(scene: Scene) -> list[Message]:
    return [await scene.find(_ASKED)]


async def _all() -> None:
    with server_folder("castmatch-pictures-") as folder:
        async with EmbeddedServers(folder, durable=False) as servers, opened_browser() as browser:
            for name, script in (("reply", _reply), ("results", _results)):
                async with SCRIPTS.scene_on(servers, name) as scene:
                    html = render_messages(await script(scene))
                # the bot is mentioned by its name
                html = re.sub(r"@U0CAST\d+", "@CastMatch", html)
                await draw(browser, html, DOCS / f"slack-{name}.png")


if __name__ == "__main__":
    asyncio.run(_all())
