"""Where things are on the page, as somebody who uses it would name them."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def last_reply(page: Page) -> Locator:
    return page.get_by_role("article", name="CastMatch").last


async def ask(page: Page, text: str) -> None:
    await box(page).fill(text)
    await box(page).press("Enter")


async def connected(page: Page) -> None:
    await expect(page.locator("#connection")).to_have_attribute("data-state", "connected")


async def serious(page: Page) -> list[str]:
    """What axe finds of serious or critical impact."""
    found = await Axe().run(page)
    return [
        f"{one['id']}: {node['html']}"
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
