"""Pictures for the documents: pages drawn with Chromium, with photos of nobody."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from zlib import crc32

from playwright.async_api import Browser, async_playwright

DOCS = Path(__file__).parent.parent / "docs"


@asynccontextmanager
async def opened_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as play:
        browser = await play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        try:
            yield browser
        finally:
            await browser.close()


async def draw(browser: Browser, html: str, to: Path) -> None:
    """The whole of a page. Nobody here is real, so that their photos are drawn."""
    page = await browser.new_page(viewport={"width": 720, "height": 200})
    await page.set_content(
        re.sub(r'<div class="picture (small|thumbnail)">([^<]*)</div>', _drawn, html)
    )
    await page.screenshot(path=to, full_page=True)
    await page.close()


def _drawn(photo: re.Match[str]) -> str:
    kind, words = photo[1], photo[2]
    hue = crc32(re.sub(r"^(Photo of |\d+\. )", "", words).encode()) % 360
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80">'
        f'<rect width="80" height="80" fill="hsl({hue},35%,82%)"/>'
        f'<circle cx="40" cy="32" r="15" fill="hsl({hue},30%,45%)"/>'
        f'<path d="M10 80c0-20 14-28 30-28s30 8 30 28z" fill="hsl({hue},30%,45%)"/></svg>'
    )
    data = b64encode(svg.encode()).decode()
    return f'<img class="picture {kind}" alt="{words}" src="data:image/svg+xml;base64,{data}">'
