"""Every Redis key of ours, in one place.

The braces are the hash tag of Redis Cluster: all keys of one conversation live on one node. Its
parts are hashed, so that a key is short and names nobody, whatever a platform's ids look like.
"""

from __future__ import annotations

from hashlib import blake2b

from bot.conversation import Access, Audience, ConversationKey


def history(audience: Audience, conversation: ConversationKey) -> str:
    """The recent turns of a conversation, as far as this audience may read them."""
    return _history(audience, conversation, audience.access)


def histories(audience: Audience, conversation: ConversationKey) -> list[str]:
    """The keys under which any audience's recent turns of the conversation are kept."""
    return [_history(audience, conversation, access) for access in Access]


def _history(audience: Audience, conversation: ConversationKey, access: Access) -> str:
    return f"castmatch:{{{_tag(audience, conversation)}}}:history:{access}"


def _tag(audience: Audience, conversation: ConversationKey) -> str:
    return blake2b(f"{audience.org_id} {conversation}".encode(), digest_size=16).hexdigest()
