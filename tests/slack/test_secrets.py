"""No token reaches a log, whatever the libraries log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from redis.asyncio import Redis

from bot.logs import configure_logs
from db.pool import Database
from tests.fakes.slack import Person, SlackServer, Workspace
from tests.slack.at_work import Echo, at_work, config, oauth
from tests.slack.test_oauth import Browser, ask, install
from tests.waiting import wait_until

pytestmark = pytest.mark.filterwarnings(
    "ignore:BasicAuth is deprecated:DeprecationWarning"  # it is slack_sdk that uses it
)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything at debug, as LOG_LEVEL=debug has it, and the libraries against our will too."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs("debug", "json", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


async def test_nothing_secret_is_logged(
    slack: SlackServer, team: Workspace, database: Database, redis: Redis, log: io.StringIO
) -> None:
    slack.limits.off()
    slack.app.token_rotation = True
    async with at_work(config(slack, team, **oauth(slack)), database, redis, Echo()) as work:
        for name in ("slack_sdk", "slack_bolt", "httpx2", "aiohttp"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        await wait_until(lambda: slack.sockets.open)
        zoe = Person(slack.ids.new("U"), "Zoe", (other := slack.workspace("Two")).id, home=other)
        await install(slack, Browser(work.address), zoe)
        for person in (team.person("Asha"), zoe):
            await ask(person, "dancers?")
            await wait_until(lambda person=person: person.home.dm(person).from_bot())
        logging.getLogger("slack_sdk").debug("%s", {"refresh_token": "0123456789"})
    text = log.getvalue()
    for shown in ("oauth.v2.access", "chat.postMessage", "apps.connections.open"):
        assert shown in text, "the SDK was to log its calls"
    (exchange,) = slack.called("oauth.v2.access")
    secrets = [
        slack.app.app_token,
        slack.app.client_secret,
        slack.app.signing_secret,
        str(exchange.arguments["code"]),
        *slack.installs.refresh_tokens,
        *(token.value for home in (team, other) for token in slack.tokens.of(home)),
    ]
    assert [secret for secret in secrets if secret in text] == []
    assert "ticket=***" in text
