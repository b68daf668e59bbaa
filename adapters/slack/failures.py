"""What Slack's errors mean for a call: never, later, or perhaps done already.

Codes: https://docs.slack.dev/reference/methods/chat.postMessage#errors and its neighbours.
"""

from __future__ import annotations

import asyncio

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

DEFAULT_RETRY_AFTER = 5.0
"""Seconds to wait where a 429 does not say."""

_NEVER = frozenset(
    {
        # the room
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "is_inactive",
        "thread_not_found",
        "cannot_reply_to_message",
        "messages_tab_disabled",
        "channel_type_not_supported",
        "duplicate_channel_not_found",
        # the message
        "message_not_found",
        "cant_update_message",
        "cant_delete_message",
        "edit_window_closed",
        # the app and what it may do
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "missing_scope",
        "no_permission",
        "access_denied",
        "not_allowed_token_type",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "team_access_not_granted",
        "org_login_required",
        "user_is_restricted",
        "as_user_not_supported",
    }
)
_MALFORMED = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "msg_blocks_too_long",
        "markdown_text_conflict",
        "metadata_too_large",
        "invalid_arguments",
    }
)
_TOKEN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
_PERHAPS_DONE = frozenset({"internal_error", "fatal_error", "request_timeout"})
"""Slack says of these that a part of it may have happened."""


UNANSWERED = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
"""What the client raises where no answer came."""
UNREADABLE = (SlackClientError, AttributeError, TypeError, ValueError)
"""What it raises where somebody answered who is not Slack: it takes any JSON for an object."""


class NotReadyError(Exception):
    """With which token we speak cannot be learnt just now: what needs it is to be tried again."""


def code(error: SlackApiError) -> str:
    """Slack's word for what is wrong, such as `channel_not_found`."""
    response = error.response
    data = getattr(response, "data", response)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def said(error: SlackApiError) -> str:
    """Slack's word, or where it had none the HTTP status: for logs."""
    return code(error) or f"status {getattr(error.response, 'status_code', '?')}"


def is_token_refused(error: SlackApiError) -> bool:
    """Whether a person must do something about the token first."""
    return code(error) in _TOKEN


def retry_after(error: SlackApiError) -> float | None:
    """The seconds that Slack asks to wait, if this is a rate limit."""
    response = error.response
    if getattr(response, "status_code", 0) != 429 and code(error) not in {
        "ratelimited",
        "rate_limited",
    }:
        return None
    for name, value in (getattr(response, "headers", None) or {}).items():
        if name.lower() == "retry-after":
            try:
                return max(0.0, float(value))
            except ValueError:
                break
    return DEFAULT_RETRY_AFTER


def is_forever(error: SlackApiError) -> bool:
    """Whether trying again can never help."""
    found = code(error)
    return found in _NEVER or found.startswith("restricted_action")


def is_malformed(error: SlackApiError) -> bool:
    """Whether Slack took offence at how the message is made."""
    return code(error) in _MALFORMED


def may_have_happened(error: Exception) -> bool:
    """Whether Slack may have done what was asked although it did not say so."""
    if isinstance(error, SlackApiError):
        status = getattr(error.response, "status_code", 0)
        return status >= 500 or code(error) in _PERHAPS_DONE
    if isinstance(error, aiohttp.ClientConnectorError):
        return False  # nothing was sent
    return isinstance(error, UNANSWERED)
