"""Whom a message mentions, and whom of them it pings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.wire import Form, Json

if TYPE_CHECKING:
    from tests.fakes.discord.message import Message

REPLY = 19
"""The type of a message that answers another one."""

EVERYTHING_PINGS: Json = {"parse": ["users", "roles", "everyone"], "replied_user": True}
"""What holds where a message says nothing of it."""

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")


def pinged(message: Message, allowed: Json) -> tuple[list[str], list[str], bool]:
    """The ids of the users and of the roles that the message pings, and whether it pings all."""
    text = "\n".join(message.addressed())
    parse = allowed.get("parse", [])
    known = message.channel.server.users
    users = [u for u in _once(_USER.findall(text)) if u in known]
    if "users" not in parse:
        users = [user for user in users if user in allowed.get("users", [])]
    if message.reference and message.kind == REPLY and allowed.get("replied_user"):
        users = _once([*users, message.reference.author.id])
    guild = message.channel.guild
    roles: list[str] = []
    everyone = False
    if guild:
        may = Permission.MENTION_EVERYONE in message.channel.permissions(message.author)
        roles = [role for role in _once(_ROLE.findall(text)) if role in guild.roles]
        if "roles" not in parse:
            roles = [role for role in roles if role in allowed.get("roles", [])]
        everyone = may and "everyone" in parse and bool(_EVERYONE.search(text))
    return users, roles, everyone


def check_allowed(form: Form, allowed: object) -> None:
    """What `allowed_mentions` may say."""
    if allowed is None:
        return
    if not isinstance(allowed, dict):
        form.wrong("allowed_mentions", "DICT_TYPE_CONVERT", "Only dictionaries may be used here.")
        return
    for kind in ("users", "roles"):
        listed = allowed.get(kind, [])
        if listed and kind in allowed.get("parse", []):
            said = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            form.wrong("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", said)
        if len(listed) > 100:
            said = "Must be 100 or fewer in length."
            form.wrong(f"allowed_mentions.{kind}", "BASE_TYPE_MAX_LENGTH", said)
    for index, kind in enumerate(allowed.get("parse", [])):
        if kind not in EVERYTHING_PINGS["parse"]:
            said = "Value must be one of ('roles', 'users', 'everyone')."
            form.wrong(f"allowed_mentions.parse.{index}", "BASE_TYPE_CHOICES", said)


def _once(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(ids))
