"""The responder that needs no key: the same pipeline and tools as Claude's, without a model.

It understands a message with `bot.wording` and writes from the rows found, and from nothing else.
"""

from bot.offline.responder import Offline

__all__ = ["Offline"]
