"""Every Redis key of ours, in one place.

The braces are the hash tag of Redis Cluster: all keys of one conversation live on one node. Its
parts are hashed, so that a key is short and names nobody, whatever a platform's ids look like.
"""

from __future__ import annotations

from hashlib import blake2b

from bot.conversation import Audience, ConversationKey


def history(audience: Audience, conversation: ConversationKey) -> str:
    """The recent turns of a conversation, as far as this audience may read them."""
    return f"castmatch:{{{_tag(audience, conversation)}}}:history:{audience.access}"


def _tag(audience: Audience, conversation: ConversationKey) -> str:
    return blake2b(f"{audience.org_id} {conversation}".encode(), digest_size=16).hexdigest()
