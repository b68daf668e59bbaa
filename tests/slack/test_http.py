"""Slack by HTTP: signed events, and nothing else."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator

import httpx2
import pytest
from redis.asyncio import Redis

from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.db.sql import execute
from tests.fakes.slack import Channel, Person, SlackServer
from tests.fakes.slack.signed_http import signature
from tests.slack.at_work import AtWork, Echo, at_work, config
from tests.waiting import wait_until

REFUSED = "slack_signature_refused"


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def work(
    slack: SlackServer, asha: Person, database: Database, redis: Redis, echo: Echo
) -> AsyncIterator[AtWork]:
    slack.limits.off()
    settings = config(slack, asha.home, app_token="", signing_secret=slack.app.signing_secret)
    async with at_work(settings, database, redis, echo) as work:
        slack.events_url = f"{work.address}/slack/events"
        yield work


async def post(
    work: AtWork, body: bytes, headers: dict[str, str], *, path: str = "/slack/events"
) -> int:
    """A request from anywhere, under a name that is not loopback's."""
    async with httpx2.AsyncClient() as client:
        answer = await client.post(
            f"{work.address}{path}", content=body, headers={"Host": "bot.example.com", **headers}
        )
    return answer.status_code


async def test_a_signed_event_is_answered_without_our_access_token(
    slack: SlackServer, work: AtWork, casting: Channel, asha: Person
) -> None:
    assert await slack.http.verify_url()
    ts = await asha.says(casting, f"{asha.home.bot.mention} dancers?")
    await wait_until(lambda: [m.text for m in casting.from_bot(ts)] == ["You said: dancers?"])
    assert await post(work, b"", {}, path="/api/talents/search") == 401
    assert await work.slack.wrong() == ""


async def test_a_replayed_request_is_answered_once(
    slack: SlackServer, work: AtWork, echo: Echo, casting: Channel, asha: Person
) -> None:
    ts = await asha.says(casting, f"{asha.home.bot.mention} dancers?")
    await wait_until(lambda: casting.from_bot(ts))
    for headers, body in list(slack.http.sent):
        assert await post(work, body, headers) == 200
    assert len(echo.asked) == 1


async def test_what_slack_did_not_sign_is_refused(
    slack: SlackServer,
    work: AtWork,
    echo: Echo,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect(REFUSED, "slack_oversize")
    now, body = str(int(time.time())), b'{"type": "event_callback"}'
    secret = slack.app.signing_secret
    old = str(int(time.time()) - 301)
    for timestamp, signed in [
        (now, ""),
        (now, "v0=" + 64 * "0"),
        (now, signature("another secret", now, body)),
        (now, signature(secret, now, body + b" ")),
        (old, signature(secret, old, body)),
        ("soon", signature(secret, "soon", body)),
        ("", signature(secret, "", body)),
        (now, "v0=\u00e9"),
    ]:
        headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signed}
        given = [(name.encode(), value.encode()) for name, value in headers.items()]
        async with httpx2.AsyncClient() as client:
            answer = await client.post(f"{work.address}/slack/events", content=body, headers=given)
        assert answer.status_code == 401, headers
    assert await post(work, body, {}) == 401
    assert await post(work, b"x" * (2 * 2**20 + 1), {}) == 413
    assert len(expected_logs.records) == 10
    assert not echo.asked


NONSENSE = [
    b"",
    b"{",
    b"[]",
    b"3",
    b'"x"',
    b"\xff",
    b"{}",
    b'{"type": "event_callback"}',
    b'{"type": "event_callback", "event": 5}',
    b'{"type": "event_callback", "event": {"type": 5}}',
    b'{"type": "event_callback", "authorizations": 7, "event": {"type": "app_mention"}}',
    b'{"type": "event_callback", "authorizations": [7], "event": {"type": "message"}}',
    b'{"type": "block_actions", "actions": 5, "user": 5, "team": 5}',
    b'{"type": "view_submission", "view": []}',
]


async def test_signed_nonsense_does_nothing_and_is_logged(
    slack: SlackServer,
    work: AtWork,
    echo: Echo,
    expected_logs: ExpectedLogs,
    caplog: pytest.LogCaptureFixture,
) -> None:
    expected_logs.allow_any()
    caplog.set_level(logging.INFO)
    secret, now = slack.app.signing_secret, str(int(time.time()))
    for body in NONSENSE:
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": signature(secret, now, body),
        }
        caplog.clear()
        await post(work, body, headers)
        (logged,) = [record for record in caplog.records if "slack_" in record.getMessage()]
        assert logged.name.startswith("adapters.slack"), body
        assert "ASGI" not in caplog.text
    assert not echo.asked


async def test_a_refused_bot_token_is_said_in_one_line_and_nothing_is_lost(
    slack: SlackServer,
    asha: Person,
    database: Database,
    redis: Redis,
    expected_logs: ExpectedLogs,
) -> None:
    casting = asha.home.channel("casting", asha)
    expected_logs.expect("Slack refuses SLACK_BOT_TOKEN (invalid_auth)")
    settings = config(
        slack,
        bot_token="xoxb-made-up",
        app_token="",
        signing_secret=slack.app.signing_secret,
    )
    async with at_work(settings, database, redis, Echo()) as work:
        slack.events_url = f"{work.address}/slack/events"
        assert "invalid_auth" in await work.slack.wrong()
        await asha.says(casting, f"{asha.home.bot.mention} dancers?")
        await wait_until(lambda: not slack.deliveries.open)
        assert not any(delivery.acknowledged_at for delivery in slack.deliveries.all)
    assert "made-up" not in str(expected_logs.messages())


async def test_what_could_not_be_stored_is_not_acknowledged_and_comes_again(
    slack: SlackServer, work: AtWork, asha: Person, database_url: str, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow_any()  # the worker may notice too
    casting = asha.home.channel("casting", asha)
    await execute(database_url, "ALTER TABLE turns RENAME TO turns_away")
    ts = await asha.says(casting, f"{asha.home.bot.mention} dancers?")
    mention = slack.deliveries.all[-1]
    await wait_until(lambda: mention.is_over)
    assert mention.acknowledged_at is None
    assert "slack_listener_failed" in str(expected_logs.messages())
    await execute(database_url, "ALTER TABLE turns_away RENAME TO turns")
    again = slack.deliveries.event(mention.payload)
    await wait_until(lambda: again.acknowledged_at is not None)
    await wait_until(lambda: [m.text for m in casting.from_bot(ts)] == ["You said: dancers?"])
