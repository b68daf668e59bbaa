"""The Memory panel, in a real browser: what was forgotten is gone from the page."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.ports import Doing
from tests.web.conftest import OpenPage
from tests.web.on_page import PHONE, ask, connected, serious
from tests.web.site import Puppet, Site
from tests.web.test_memory import SAID, site

__all__ = ["site"]  # a fixture

pytestmark = pytest.mark.browser


async def test_what_is_forgotten_leaves_the_page_and_is_not_sent_again(
    site: Site, puppet: Puppet, open_page: OpenPage
) -> None:
    page = await open_page(site.address)
    await connected(page)
    puppet.tell(SAID, Doing(""), "Noted.", None)
    await ask(page, SAID)
    await expect(page.get_by_role("article", name="CastMatch")).to_contain_text("Noted.")
    await page.get_by_role("button", name="Memory").click()
    await page.get_by_role("button", name="Forget everything").click()
    sure = page.get_by_role("button", name="Really forget everything?")
    await expect(page.get_by_role("article", name="You")).to_have_count(1)
    await sure.click()
    await expect(page.locator(".memory-answer")).to_contain_text("Forgotten: 1 message")
    await expect(page.get_by_role("button", name="Forget everything")).to_be_visible()
    await expect(page.get_by_text(SAID)).to_have_count(0)
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("heading", name="Who are you casting?")).to_be_visible()
    await expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    await page.reload()
    await connected(page)
    await expect(page.get_by_text(SAID)).to_have_count(0)


async def test_the_panel_fits_a_phone_and_can_be_read_aloud(
    site: Site, open_page: OpenPage
) -> None:
    page = await open_page(site.address, **PHONE, color_scheme="dark")
    await connected(page)
    await page.get_by_role("button", name="Memory").click()
    await expect(page.locator(".memory-answer")).to_contain_text("I hold no facts from you.")
    assert await serious(page) == []
    widest = await page.evaluate("document.documentElement.scrollWidth")
    assert widest <= 360
