"""Draws the pictures of the documents, with Chromium, from the blocks that Slack was given:

python -m tests.slack.pictures
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from datetime import date
from pathlib import Path
from zlib import crc32

from playwright.async_api import Browser, async_playwright

from bot.wording import parse
from db.embedded import EmbeddedServers
from tests.cast import KETAKI, MEERA, SAYALI
from tests.fakes.slack import Message
from tests.fakes.slack.render import render_messages
from tests.folders import server_folder
from tests.slack.scenes import Scene
from tests.slack.transcripts import scene_on

DOCS = Path(__file__).parent.parent.parent / "docs"
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


def _with_photos(html: str) -> str:
    """Nobody here is real, so their photos are drawn; the bot is mentioned by its name."""
    html = re.sub(r"@U0CAST\d+", "@CastMatch", html)
    return re.sub(r'<div class="picture small">(Photo of [^<]*)</div>', _drawn, html)


def _drawn(photo: re.Match[str]) -> str:
    hue = crc32(photo[1].encode()) % 360
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80">'
        f'<rect width="80" height="80" fill="hsl({hue},35%,82%)"/>'
        f'<circle cx="40" cy="32" r="15" fill="hsl({hue},30%,45%)"/>'
        f'<path d="M10 80c0-20 14-28 30-28s30 8 30 28z" fill="hsl({hue},30%,45%)"/></svg>'
    )
    data = b64encode(svg.encode()).decode()
    return f'<img class="small" alt="{photo[1]}" src="data:image/svg+xml;base64,{data}">'


async def _draw(browser: Browser, messages: list[Message], to: Path) -> None:
    page = await browser.new_page(viewport={"width": 720, "height": 200})
    await page.set_content(_with_photos(render_messages(messages)))
    await page.screenshot(path=to, full_page=True)
    await page.close()


async def _all() -> None:
    with server_folder("castmatch-pictures-") as folder:
        async with EmbeddedServers(folder, durable=False) as servers, async_playwright() as play:
            browser = await play.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox"]
            )
            for name, script in (("reply", _reply), ("results", _results)):
                async with scene_on(servers, name) as scene:
                    await _draw(browser, await script(scene), DOCS / f"slack-{name}.png")
            await browser.close()


if __name__ == "__main__":
    asyncio.run(_all())
