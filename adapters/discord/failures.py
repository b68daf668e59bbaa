"""What Discord's errors mean for a call: never, later, or made wrongly.

https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
"""

from __future__ import annotations

import discord

UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MESSAGE = 10003, 10004, 10008
OLD_MESSAGE_EDITS = 30046
MISSING_ACCESS, CANNOT_DM, MISSING_PERMISSIONS = 50001, 50007, 50013
INVALID_FORM = 50035
UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, INVALID_TOKEN = 10015, 10062, 50027
THREAD_ARCHIVED, THREAD_EXISTS, THREAD_LOCKED = 50083, 160004, 160005

_NEVER = frozenset(
    {
        UNKNOWN_CHANNEL,
        UNKNOWN_GUILD,
        UNKNOWN_MESSAGE,
        MISSING_ACCESS,
        CANNOT_DM,
        MISSING_PERMISSIONS,
        THREAD_ARCHIVED,
        THREAD_LOCKED,
        20028,  # the channel's own limit
        50005,  # somebody else's message
        50024,  # not in this kind of channel
        40333,  # blocked
    }
)


def is_forever(error: discord.HTTPException) -> bool:
    """Whether trying again can never help."""
    return error.code in _NEVER or error.status in (403, 404)


def is_malformed(error: discord.HTTPException) -> bool:
    """Whether Discord took offence at how the message is made."""
    return error.code == INVALID_FORM or error.status == 400


def is_gone(error: discord.HTTPException) -> bool:
    """Whether an interaction can be answered no more: it took too long, or what was to be changed
    has been closed."""
    return error.code in (UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, INVALID_TOKEN, UNKNOWN_MESSAGE)
