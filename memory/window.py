"""Which of a conversation's turns a reply is given, so that a model's cache holds."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation import PastTurn

_SPREAD = 1_000_003
"""A prime: by the rest of an id one turn of several is chosen, the same each time."""


def window(
    history: Sequence[PastTurn],
    costs: Sequence[int],
    *,
    max_turns: int,
    most: int,
    began_with: str = "",
) -> Sequence[PastTurn]:
    """The newest turns that fit, oldest first; `costs` are the tokens of each, together at most
    `most`, but the newest is given even if it alone is more.

    What a model is sent must begin like the request before it, or nothing of it comes from the
    cache. The newest N turns begin with another turn each time; so where older ones are left out,
    it begins with the same turn as the last time (`began_with`, its id) for as long as that fits,
    and then with a much later one. Which one depends on ids alone, so that it is mostly the same
    where the last time is not known.
    """
    first, left = len(history), most
    while first > max(0, len(history) - max_turns):
        left -= costs[first - 1]
        if left < 0 and first < len(history):
            break
        first -= 1
    if first == 0 and len(history) < max_turns:
        return history
    fitting = history[first:]
    for number, past in enumerate(fitting):
        if str(past.turn_id) == began_with:
            return fitting[number:]
    later = range(len(fitting) // 4, max(len(fitting) // 4 + 1, len(fitting) // 2))
    return fitting[min(later, key=lambda number: fitting[number].turn_id.int % _SPREAD) :]
