"""The page in a real browser, over the whole site."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, WebSocketRoute, expect
from redis.asyncio import Redis

from bot.offline import Offline
from bot.ports import Doing, ResponderError
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.sample.load import load_sample
from db.turn_history import TurnHistory
from memory.embedder import LocalEmbedder
from memory.working import WorkingMemory
from tests.conftest import ExpectedLogs
from tests.web.conftest import OpenPage
from tests.web.site import MARATHI, Puppet, Site, open_site

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}
UNSENT = "Will be sent when the connection is back."
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


# --- a conversation --------------------------------------------------------------------------


async def test_a_question_streams_in_and_ends_with_cards(
    site: Site, puppet: Puppet, open_page: OpenPage
) -> None:
    page = await open_page(site.address)
    await expect(page.get_by_role("heading", name="Who are you casting?")).to_be_visible()
    example = page.get_by_role("button", name="speak Marathi")
    question = await example.inner_text()
    await example.click()
    await expect(page.get_by_role("article", name="You")).to_have_text(question)
    await expect(page.get_by_role("heading", name="Who are you casting?")).to_be_hidden()

    puppet.tell(question, Doing("searching the roster…"))
    await expect(last_reply(page)).to_contain_text("searching the roster…")
    puppet.tell(question, Doing(""), MARATHI, "**Asha")
    await expect(last_reply(page).locator(".prose")).to_have_text("**Asha")
    puppet.tell(question, " Sample** and Ravi ")
    await expect(last_reply(page).locator("strong")).to_have_text("Asha Sample")
    await expect(page.locator(".card")).to_have_count(0)
    puppet.tell(question, "<b>Sample</b> do.", None)

    card = page.get_by_role("list", name="Talents").get_by_role("listitem").first
    await expect(card.get_by_role("heading")).to_have_text("Asha Sample")
    await expect(card).to_contain_text("plays 24–30 · Mumbai")
    await expect(card.get_by_role("list", name="Why Asha Sample")).to_contain_text("Marathi")
    await expect(page.locator(".activity")).to_be_hidden()


async def test_the_sample_roster_answers_without_a_key(
    database: Database, embedder: LocalEmbedder, redis: Redis, open_page: OpenPage
) -> None:
    await load_sample(database, DEFAULT_ORG_ID)
    memory = WorkingMemory(redis, TurnHistory(database))
    async with open_site(database, Offline(), embedder, memory=memory) as site:
        page = await open_page(site.address)
        await page.get_by_role("button", name="speak Marathi").click()
        cards = last_reply(page).locator(".card")
        await expect(cards.first).to_be_visible()
        for card in await cards.all():
            await expect(card).to_contain_text("Marathi")
        await expect(page.locator(".activity")).to_be_hidden()

        await ask(page, "only those under 28")
        await expect(page.get_by_role("article", name="CastMatch")).to_have_count(2)
        await expect(last_reply(page).locator(".card").first).to_be_visible()
        await expect(last_reply(page).locator(".card").first).to_contain_text("Marathi")


async def test_a_card_asks_for_more(site: Site, puppet: Puppet, open_page: OpenPage) -> None:
    page = await open_page(site.address)
    puppet.tell("who?", MARATHI, "Asha Sample.", None)
    await ask(page, "who?")
    await page.get_by_role("button", name="Tell me more about Asha Sample").click()
    await expect(page.get_by_role("article", name="You").last).to_have_text(
        "Tell me about Asha Sample"
    )
    puppet.tell("Tell me about Asha Sample", "She dances.", None)
    await expect(last_reply(page)).to_contain_text("She dances.")


@pytest.mark.parametrize("how", ["button", "Escape"])
async def test_a_reply_can_be_stopped_and_tried_again(
    site: Site, puppet: Puppet, open_page: OpenPage, how: str
) -> None:
    page = await open_page(site.address)
    await ask(page, "long one")
    puppet.tell("long one", "As far as this")
    await expect(last_reply(page)).to_contain_text("As far as this")
    await expect(page.get_by_role("button", name="Send")).to_be_hidden()
    if how == "button":
        await page.get_by_role("button", name="Stop the reply").click()
    else:
        await page.keyboard.press("Escape")
    await expect(last_reply(page)).to_contain_text("Stopped.")
    await expect(page.get_by_role("button", name="Stop the reply")).to_be_hidden()
    await expect(box(page)).to_be_focused()


async def test_an_error_offers_another_try(
    site: Site, puppet: Puppet, open_page: OpenPage, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow_any()
    page = await open_page(site.address)
    puppet.tell("hello", "Half", ResponderError("The model is busy.", reason="overloaded"))
    await ask(page, "hello")
    await expect(last_reply(page)).to_contain_text("The model is busy.")
    puppet.tell("hello", "Whole.", None)
    await page.get_by_role("button", name="Try again").click()
    await expect(last_reply(page).locator(".prose")).to_have_text("Whole.")
    await expect(page.get_by_role("article", name="You")).to_have_count(1)
    await expect(page.get_by_role("button", name="Try again")).to_be_hidden()


async def test_a_new_conversation_and_back(site: Site, puppet: Puppet, open_page: OpenPage) -> None:
    page = await open_page(site.address)
    puppet.tell("hello", "Hello.", None)
    await ask(page, "hello")
    await expect(last_reply(page)).to_contain_text("Hello.")
    first = page.url
    await page.get_by_role("button", name="New conversation").click()
    await expect(page.get_by_role("heading", name="Who are you casting?")).to_be_visible()
    await expect(page.get_by_role("article")).to_have_count(0)
    await expect(box(page)).to_be_focused()
    assert page.url != first
    await page.go_back()
    await expect(last_reply(page)).to_contain_text("Hello.")


async def test_a_message_longer_than_allowed_stays_in_the_box(
    site: Site, open_page: OpenPage
) -> None:
    page = await open_page(site.address)
    await ask(page, "x" * 8001)
    await expect(page.get_by_role("alert")).to_contain_text("8,001 characters; the most is 8,000")
    await expect(box(page)).to_have_value("x" * 8001)


# --- reloads and lost connections ------------------------------------------------------------


async def test_a_reload_in_the_middle_of_a_reply(
    site: Site, puppet: Puppet, open_page: OpenPage
) -> None:
    page = await open_page(site.address)
    await ask(page, "long one")
    puppet.tell("long one", MARATHI, "First part. ")
    await expect(last_reply(page)).to_contain_text("First part.")
    await page.reload()
    await expect(last_reply(page)).to_contain_text("First part.")
    await expect(page.get_by_role("button", name="Stop the reply")).to_be_visible()
    puppet.tell("long one", "Asha Sample.", None)
    await expect(page.locator(".card")).to_have_count(2)
    await page.reload()
    await expect(last_reply(page).locator(".prose")).to_have_text("First part. Asha Sample.")
    await expect(page.locator(".card")).to_have_count(2)


class Line:
    """The page's connection to the server, which the test can cut and mend."""

    def __init__(self) -> None:
        self._is_cut = False
        self._sockets: list[WebSocketRoute] = []

    async def connect(self, socket: WebSocketRoute) -> None:
        if self._is_cut:
            await socket.close(code=4000)
        else:
            socket.connect_to_server()
            self._sockets.append(socket)

    async def cut(self) -> None:
        self._is_cut = True
        while self._sockets:
            await self._sockets.pop().close(code=4000)

    def mend(self) -> None:
        self._is_cut = False


async def test_a_connection_lost_in_the_middle_of_a_reply(
    site: Site, puppet: Puppet, open_page: OpenPage
) -> None:
    page, line = await open_page("about:blank"), Line()
    await page.route_web_socket("**/ws", line.connect)
    await page.goto(site.address)
    await ask(page, "long one")
    puppet.tell("long one", "First part. ")
    await expect(last_reply(page)).to_contain_text("First part.")

    await line.cut()
    await expect(page.get_by_role("status").first).to_have_text("Reconnecting…")
    puppet.tell("long one", "What came meanwhile.", None)
    await ask(page, "and this")
    await expect(page.get_by_role("listitem").last).to_contain_text("Will be sent when")
    puppet.tell("and this", "Got it.", None)

    line.mend()
    await connected(page)
    replies = page.get_by_role("article", name="CastMatch")
    await expect(replies.first).to_contain_text("First part. What came meanwhile.")
    await expect(replies.last).to_contain_text("Got it.")
    await expect(page.get_by_role("article", name="You")).to_have_count(2)


async def test_a_message_written_while_away_outlives_a_reload_and_is_sent_once(
    site: Site, puppet: Puppet, open_page: OpenPage
) -> None:
    page, line = await open_page("about:blank"), Line()
    await page.route_web_socket("**/ws", line.connect)
    await page.goto(site.address)
    await connected(page)
    await line.cut()
    await ask(page, "kept")
    await page.reload()
    await expect(page.get_by_role("article", name="You")).to_have_text(["kept" + UNSENT])
    line.mend()
    puppet.tell("kept", "Once.", None)
    await expect(last_reply(page)).to_contain_text("Once.")
    await page.reload()
    await expect(last_reply(page)).to_contain_text("Once.")
    await expect(page.get_by_role("article", name="You")).to_have_text(["kept"])


async def test_a_server_that_restarts_goes_on_with_the_reply(
    database: Database, roster: None, embedder: LocalEmbedder, puppet: Puppet, open_page: OpenPage
) -> None:
    async with open_site(database, puppet, embedder) as site:
        page = await open_page(site.address)
        await ask(page, "long one")
        puppet.tell("long one", "First part. ")
        await expect(last_reply(page)).to_contain_text("First part.")
    await expect(last_reply(page)).to_contain_text("restarting")
    async with open_site(database, puppet, embedder, port=site.server.port):
        puppet.tell("long one", "First part. And the second.", None)
        await expect(last_reply(page).locator(".prose")).to_have_text("First part. And the second.")
        await expect(page.get_by_role("article", name="CastMatch")).to_have_count(1)
        await expect(last_reply(page)).not_to_contain_text("restarting")


# --- reading, by eye, ear and keyboard -------------------------------------------------------


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
        "One. Asha Sample fits. Cards: Asha Sample, Ravi <b>Sample</b>."
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


async def serious(page: Page) -> list[str]:
    found = await Axe().run(page)
    return [
        f"{one['id']}: {node['html']}"
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


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
