"""A conversation on the page, in a real browser over the whole site, and its bad days."""

from __future__ import annotations

import pytest
from playwright.async_api import WebSocketRoute, expect
from redis.asyncio import Redis

from bot.offline import Offline
from bot.ports import Doing, ResponderError
from bot.talent import TalentQuery
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.sample.load import load_sample
from db.turn_history import TurnHistory
from memory.embedder import LocalEmbedder
from memory.working import WorkingMemory
from tests.conftest import ExpectedLogs
from tests.web.conftest import OpenPage
from tests.web.on_page import ask, box, connected, last_reply
from tests.web.site import MARATHI, Puppet, Site, open_site

pytestmark = pytest.mark.browser

UNSENT = "Will be sent when the connection is back."


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
    await expect(card.get_by_role("heading")).to_have_text("1. Asha Sample")
    await expect(card).to_contain_text("plays 24–30 · Mumbai")
    await expect(card.get_by_role("list", name="Why Asha Sample")).to_contain_text("Marathi")
    await expect(page.locator(".activity")).to_be_hidden()


async def test_a_card_tells_apart_why_and_what_does_not_fit(
    site: Site, puppet: Puppet, open_page: OpenPage
) -> None:
    page = await open_page(site.address)
    in_goa = MARATHI.filters.model_copy(update={"cities": ("Goa",)})
    puppet.tell("who in Goa?", TalentQuery(filters=in_goa), "Nobody in Goa; Asha Sample.", None)
    await ask(page, "who in Goa?")
    card = page.get_by_role("list", name="Talents").get_by_role("listitem").first
    why = card.get_by_role("list", name="Why Asha Sample").get_by_role("listitem")
    misses = card.get_by_role("list", name="What Asha Sample does not fit").get_by_role("listitem")
    await expect(why).to_have_text(["speaks Marathi"])
    await expect(misses).to_have_text(["lives in Mumbai, not Goa"])


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
