"""Every Redis key of ours, in one place.

The braces are the hash tag of Redis Cluster: all keys of one conversation live on one node. Its
parts are hashed, so that a key is short and names nobody, whatever a platform's ids look like.
"""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

from bot.conversation import Access, Audience, ConversationKey


def history(audience: Audience, conversation: ConversationKey) -> str:
    """The recent turns of a conversation, as far as this audience may read them."""
    return _history(audience.org_id, str(conversation), audience.access)


def summary(org_id: UUID, conversation: str, access: Access) -> str:
    """What was said before these turns, in short; the conversation as `str(ConversationKey)`."""
    return f"castmatch:{{{_tag(org_id, conversation)}}}:summary:{access}"


def copies(org_id: UUID, conversation: str) -> list[str]:
    """Both, of every audience; the conversation as `str(ConversationKey)`."""
    return [made(org_id, conversation, access) for access in Access for made in (_history, summary)]


def forgotten(org_id: UUID, conversation: str) -> str:
    """Stands while nothing may be kept of a conversation, as something of it was forgotten."""
    return f"castmatch:{{{_tag(org_id, conversation)}}}:forgotten"


def _history(org_id: UUID, conversation: str, access: Access) -> str:
    return f"castmatch:{{{_tag(org_id, conversation)}}}:history:{access}"


def _tag(org_id: UUID, conversation: str) -> str:
    return blake2b(f"{org_id} {conversation}".encode(), digest_size=16).hexdigest()
