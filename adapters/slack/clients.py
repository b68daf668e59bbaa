"""Slack's Web API: one HTTP session for all calls, and a client for each token."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

CALL_SECONDS, CONNECT_SECONDS = 15, 5
CONNECTIONS = 100
"""Calls under way at once; the others wait for one of these."""


class Clients:
    """Makes clients. Each call is made once: what may be repeated, its caller knows."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str) -> None:
        self._session = session
        self._api_url = api_url
        self._logger = logging.getLogger("slack_sdk")
        # Below this level it would log whole requests and answers, messages and all.
        self._logger.setLevel(logging.WARNING)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, api_url: str, *, call_seconds: float = CALL_SECONDS
    ) -> AsyncIterator[Clients]:
        """Ready while inside. A call that takes longer than `call_seconds` has failed."""
        timeout = aiohttp.ClientTimeout(total=call_seconds, connect=CONNECT_SECONDS)
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        async with aiohttp.ClientSession(
            timeout=timeout, connector=connector, middlewares=(_answers_in_json(api_url),)
        ) as session:
            yield cls(session, api_url)

    def client(self, token: str | None = None) -> AsyncWebClient:
        return AsyncWebClient(
            token=token,
            base_url=self._api_url,
            session=self._session,
            logger=self._logger,
            retry_handlers=[],  # the SDK's own would post again what was posted already
        )


def _answers_in_json(api_url: str) -> aiohttp.ClientMiddlewareType:
    """Whoever answers for Slack in plain text (a proxy, a hotel's network) has not answered: the
    SDK would trip over it."""

    async def check(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        response = await handler(request)
        is_call = str(request.url).startswith(api_url)
        if is_call and response.status == HTTPStatus.OK and response.content_type == "text/plain":
            response.close()
            raise aiohttp.ContentTypeError(
                response.request_info, response.history, message="plain text instead of JSON"
            )
        return response

    return check
