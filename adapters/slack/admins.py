"""Who administers a workspace."""

from __future__ import annotations

import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.failures import said
from adapters.slack.interaction import Interaction

log = structlog.get_logger(__name__)


async def is_admin(did: Interaction) -> bool:
    """Whether Slack says so now; no where it says nothing."""
    if did.user_team not in {did.team, did.enterprise}:
        return False
    try:
        answer = await did.client.users_info(user=did.user)
    except SlackApiError as error:
        log.info("slack_admin_unknown", error=said(error))
        return False
    user = answer.get("user") or {}
    return user.get("is_admin") is True and user.get("is_stranger") is not True
