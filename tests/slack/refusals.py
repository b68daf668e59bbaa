"""What Slack answers to a call that it refuses."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse


async def refusal(call: Awaitable[Any]) -> AsyncSlackResponse:
    """The answer of a call that is refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    response = caught.value.response
    assert isinstance(response, AsyncSlackResponse)
    return response


async def refused(call: Awaitable[Any]) -> str:
    """The error code that the call brings."""
    return str((await refusal(call))["error"])
