"""Discord's markup as plain text: mentions by name, emoji by their name, times as dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

_USER = re.compile(r"<@!?(\d{15,21})>")
_ROLE = re.compile(r"<@&(\d{15,21})>")
_CHANNEL = re.compile(r"<#(\d{15,21})>")
_EMOJI = re.compile(r"<a?:(\w{2,32}):\d{15,21}>")
_COMMAND = re.compile(r"</([^:<>\n]{1,100}):\d{15,21}>")
_TIME = re.compile(r"<t:(-?\d{1,12})(?::[tTdDfFR])?>")


def plain(
    text: str,
    *,
    users: Mapping[str, str],
    roles: Mapping[str, str],
    channels: Mapping[str, str],
    without: frozenset[str] = frozenset(),
) -> str:
    """The words of a message. The maps tell names by id; `without` are ids of users and roles
    whose mention says nothing, as it is what calls us."""

    def name(known: Mapping[str, str], sign: str, otherwise: str, found: re.Match[str]) -> str:
        if found[1] in without:
            return " "
        return f"{sign}{known.get(found[1], otherwise)}"

    text = _USER.sub(lambda found: name(users, "@", "someone", found), text)
    text = _ROLE.sub(lambda found: name(roles, "@", "a role", found), text)
    text = _CHANNEL.sub(lambda found: name(channels, "#", "a channel", found), text)
    text = _EMOJI.sub(r":\1:", text)
    text = _COMMAND.sub(r"/\1", text)
    text = _TIME.sub(_date, text)
    return "\n".join(" ".join(line.split(" ")).strip() for line in text.splitlines()).strip()


def _date(found: re.Match[str]) -> str:
    try:
        return f"{datetime.fromtimestamp(int(found[1]), UTC):%Y-%m-%d %H:%M} UTC"
    except (OverflowError, ValueError, OSError):
        return "some time"
