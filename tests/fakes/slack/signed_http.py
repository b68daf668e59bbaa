"""Events and interactions by HTTP, signed as Slack signs them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack.delivery import Answer, Kind, UndeliveredError
from tests.fakes.slack.wire import Json


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's `X-Slack-Signature`, version 0."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


@dataclass
class SignedHttp:
    """The app's request URL. Everything that was sent is kept, to be replayed."""

    url: str
    secret: str
    ack_seconds: float

    def __post_init__(self) -> None:
        self.sent: list[tuple[dict[str, str], bytes]] = []
        """Headers and body of every request."""
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, kind: Kind, payload: Json, retry: int, reason: str) -> Answer:
        """One attempt. Raises `UndeliveredError`."""
        headers, body = self.signed(kind, payload)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        status, answered, text = await self.post(headers, body)
        if not 200 <= status < 300:
            raise UndeliveredError("http_error", final=answered.get("x-slack-no-retry") == "1")
        if not text:
            return Answer({})
        if answered.get("content-type", "").startswith("application/json"):
            return Answer(json.loads(text))
        return Answer({"text": text} if kind == "slash_commands" else {})

    def signed(self, kind: Kind, payload: Json) -> tuple[dict[str, str], bytes]:
        """Headers and body of a request that Slack would make now."""
        if kind == "events_api":
            body, content_type = json.dumps(payload).encode(), "application/json"
        else:
            fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body = urlencode(fields).encode()
            content_type = "application/x-www-form-urlencoded"
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.secret, timestamp, body),
        }
        return headers, body

    async def post(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], str]:
        """Send these bytes as they are: status, headers in lower case, text. Raises
        `UndeliveredError`."""
        self.sent.append((headers, body))
        if self._session is None:
            self._session = aiohttp.ClientSession()
        try:
            async with (
                asyncio.timeout(self.ack_seconds),
                self._session.post(self.url, data=body, headers=headers) as response,
            ):
                answered = {name.lower(): value for name, value in response.headers.items()}
                return response.status, answered, await response.text()
        except TimeoutError:
            raise UndeliveredError("http_timeout") from None
        except aiohttp.ClientError:
            raise UndeliveredError("connection_failed") from None

    async def verify_url(self) -> bool:
        """Slack's handshake when the URL is entered: whether the challenge came back."""
        challenge = "challenge-for-tests"
        payload = {"token": "", "challenge": challenge, "type": "url_verification"}
        headers, body = self.signed("events_api", payload)
        status, _, text = await self.post(headers, body)
        return status == 200 and challenge in text

    async def stop(self) -> None:
        if self._session:
            await self._session.close()
