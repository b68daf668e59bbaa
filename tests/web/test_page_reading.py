"""The page by eye, ear and keyboard, at every width; signing in; the API's documentation."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.ports import Doing
from db.pool import Database
from memory.embedder import LocalEmbedder
from tests.web.conftest import OpenPage
from tests.web.on_page import DESK, PHONE, ask, box, connected, last_reply, serious
from tests.web.site import MARATHI, Puppet, Site, open_site

pytestmark = pytest.mark.browser


async def test_the_keyboard_is_enough(site: Site, puppet: Puppet, open_page: OpenPage) -> None:
    page = await open_page(site.address)
    await expect(box(page)).to_be_focused()
    await page.keyboard.type("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await expect(box(page)).to_have_value("one\ntwo")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article", name="You")).to_have_text("one\ntwo")
    puppet.tell("one\ntwo", MARATHI, "Asha Sample and Ravi <b>Sample</b>.", None)
    await expect(page.locator(".card")).to_have_count(2)

    await page.keyboard.press("Shift+Tab")
    ravi = page.get_by_role("button", name="Tell me more about Ravi")
    await expect(ravi).to_be_focused()
    assert await ravi.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article", name="You").last).to_contain_text("Asha Sample")
    await expect(box(page)).to_be_focused()
    await page.keyboard.press("Escape")  # however early
    await expect(last_reply(page)).to_contain_text("Stopped.")


async def test_a_finished_reply_is_announced_once_and_not_each_word(
    site: Site, puppet: Puppet, open_page: OpenPage
) -> None:
    page = await open_page(site.address)
    announcer = page.locator("#announcer")
    await ask(page, "hello")
    puppet.tell("hello", MARATHI, "One.\n\nAsha ")
    await expect(last_reply(page)).to_contain_text("Asha")
    await expect(announcer).to_be_empty()
    await expect(last_reply(page)).to_have_attribute("aria-busy", "true")
    puppet.tell("hello", "Sample fits.", None)
    await expect(announcer).to_have_text(
        "One. Asha Sample fits. Cards: 1. Asha Sample, 2. Ravi <b>Sample</b>."
    )
    assert await announcer.get_attribute("aria-live") == "polite"
    await expect(last_reply(page)).to_have_attribute("aria-busy", "false")
    await page.reload()
    await expect(last_reply(page)).to_contain_text("fits")
    await expect(announcer).to_be_empty()


async def test_marked_text_stays_marked_while_the_reply_grows(
    site: Site, puppet: Puppet, open_page: OpenPage
) -> None:
    page = await open_page(site.address)
    await ask(page, "hello")
    puppet.tell("hello", "A first paragraph.\n\nThe second one")
    await expect(last_reply(page)).to_contain_text("The second one")
    await page.evaluate(
        """() => {
            const text = [...document.querySelectorAll(".prose p")].at(-1).firstChild;
            getSelection().setBaseAndExtent(text, 4, text, 10);
        }"""
    )
    puppet.tell("hello", " grows **and** ends.", None)
    await expect(last_reply(page)).to_contain_text("grows and ends.")
    assert await page.evaluate("getSelection().toString()") == "second"


async def test_the_end_is_followed_only_by_those_who_are_there(
    site: Site, puppet: Puppet, open_page: OpenPage
) -> None:
    page = await open_page(site.address, **DESK)
    await ask(page, "hello")
    jump = page.get_by_role("button", name="Jump to latest")
    puppet.tell("hello", "A paragraph.\n\n" * 40, "Here.")
    await expect(last_reply(page).get_by_text("Here.")).to_be_in_viewport()
    await expect(jump).to_be_hidden()

    await page.locator("#scroller").evaluate("node => { node.scrollTop = 0; }")
    await expect(jump).to_be_visible()
    puppet.tell("hello", "\n\nMore.")
    await expect(last_reply(page).get_by_text("More.")).to_have_count(1)
    await expect(last_reply(page).get_by_text("More.")).not_to_be_in_viewport()
    await jump.click()
    await expect(last_reply(page).get_by_text("More.")).to_be_in_viewport()
    puppet.tell("hello", "\n\nThe end.", None)
    await expect(last_reply(page).get_by_text("The end.")).to_be_in_viewport()
    await expect(jump).to_be_hidden()


async def test_nothing_that_is_written_becomes_code(
    site: Site, puppet: Puppet, open_page: OpenPage
) -> None:
    page = await open_page(site.address)
    attack = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    await ask(page, attack)
    puppet.tell(attack, Doing(attack), MARATHI, f"{attack}\n\n[x](javascript:alert(1)) Ravi")
    puppet.tell(attack, " <b>Sample</b> and Asha Sample", None)
    await expect(page.locator(".card")).to_have_count(2)
    await expect(page.get_by_role("article", name="You")).to_have_text(attack)
    await expect(page.get_by_role("heading", name="Ravi <b>Sample</b>")).to_be_visible()
    assert await page.title() == "CastMatch"
    assert await page.locator("article :is(script, img, b), [onerror], [href^=java]").count() == 0


async def fill(page: Page, puppet: Puppet) -> None:
    """Every kind of content at once."""
    text = (
        "A long reply with `code`, a [link](https://example.com) and **Asha Sample**:\n\n"
        "| Name | City | Languages | Rate a day | Union | Free until |\n|---|---|---|---|---|---|\n"
        "| Asha Sample | Mumbai | Marathi, Hindi | from 20,000 | none | the end of the year |\n\n"
        "```\na line of code that does not fit on a phone and so must scroll by itself, sideways\n"
        "```\n\nOneVeryLongWord" + "x" * 80 + "\n\nRavi <b>Sample</b>"
    )
    puppet.tell("fill", MARATHI, text, None)
    await ask(page, "fill")
    await expect(page.locator(".card")).to_have_count(2)
    puppet.tell("long " + "y" * 90, Doing("searching the roster…"), "And so on")
    await ask(page, "long " + "y" * 90)
    await expect(last_reply(page)).to_contain_text("And so on")


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
async def test_nothing_scrolls_sideways(
    site: Site, puppet: Puppet, open_page: OpenPage, width: int
) -> None:
    page = await open_page(site.address, viewport={"width": width, "height": 740})
    wider = """[document.documentElement, document.querySelector("#scroller")].some(
        (node) => node.scrollWidth > node.clientWidth)"""
    await connected(page)
    assert not await page.evaluate(wider)
    await fill(page, puppet)
    assert not await page.evaluate(wider)


async def test_what_is_touched_is_large_enough(
    site: Site, puppet: Puppet, open_page: OpenPage
) -> None:
    page = await open_page(site.address, **PHONE)
    await fill(page, puppet)
    controls = page.locator("button:visible, textarea:visible, .card a:visible")
    assert await controls.count() >= 5
    for control in await controls.all():
        size = await control.bounding_box()
        assert size
        assert size["height"] >= 44, await control.inner_text()


@pytest.mark.parametrize(
    ("scheme", "screen"), [("light", DESK), ("dark", PHONE)], ids=["light", "dark"]
)
async def test_axe_finds_nothing_serious(
    site: Site, puppet: Puppet, open_page: OpenPage, scheme: str, screen: dict[str, Any]
) -> None:
    # The policy of the page forbids the injected checker too.
    page = await open_page(site.address, color_scheme=scheme, bypass_csp=True, **screen)
    await connected(page)
    assert await serious(page) == []
    await fill(page, puppet)
    assert await serious(page) == []
    await page.keyboard.press("Escape")
    await expect(last_reply(page)).to_contain_text("Stopped.")
    await ask(page, "x" * 8001)
    await expect(page.get_by_role("alert")).to_be_visible()
    assert await serious(page) == []


async def test_motion_can_be_switched_off(site: Site, puppet: Puppet, open_page: OpenPage) -> None:
    running = "document.getAnimations().length"
    still = await open_page(site.address, reduced_motion="reduce")
    moving = await open_page(site.address)
    for page in (still, moving):
        await ask(page, "hello")
        await expect(page.locator(".activity")).to_be_visible()
    assert await still.evaluate(running) == 0
    assert await moving.evaluate(running) > 0


async def test_light_and_dark_follow_the_system(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site.address, color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(ground)
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate(ground) != light


# --- beside the conversation -----------------------------------------------------------------


async def test_signing_in(
    database: Database, embedder: LocalEmbedder, puppet: Puppet, open_page: OpenPage
) -> None:
    token = "a-token-of-the-tests"
    async with open_site(database, puppet, embedder, access_token=token) as site:
        page = await open_page(site.address, bypass_csp=True)
        assert page.url.endswith("/sign-in")
        assert await serious(page) == []
        await page.get_by_label("Access token").fill("not this")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_contain_text("not the access token")
        await page.get_by_label("Access token").fill(token)
        await page.keyboard.press("Enter")
        await connected(page)
        await page.context.clear_cookies()
        await page.evaluate("0")
    async with open_site(database, puppet, embedder, access_token=token, port=site.server.port):
        await page.wait_for_url("**/sign-in")


async def test_the_api_is_documented(site: Site, open_page: OpenPage) -> None:
    page = await open_page(f"{site.address}/docs", bypass_csp=True)
    await expect(page.get_by_role("heading", name="GET /api/talents", exact=True)).to_be_visible()
    await expect(page.get_by_text("What you are looking for, in plain words.")).to_be_visible()
    assert await serious(page) == []
