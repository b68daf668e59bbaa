"""How much a model is given: counted in tokens, and cut with a mark where it is too much."""

from __future__ import annotations

from bisect import bisect_right

_LATIN = 4
"""Characters of a token in English; of other scripts each is taken for one."""


def tokens(text: str) -> int:
    """About how many tokens a text is, rather too many than too few.

    Four characters of ASCII are one, and so is each other character: of Hindi a token holds about
    one (there is no tokenizer of Claude's to ask that needs no call).
    """
    latin = len(text) if text.isascii() else len(text.encode("ascii", "ignore"))
    return -(-latin // _LATIN) + len(text) - latin


def cut(text: str, most: int) -> str:
    """At most about `most` tokens of a text: its beginning and its end, where the question mostly
    stands, with a mark between them that says how much is missing.

    It depends on nothing else, so that a text is cut the same each time.
    """
    if tokens(text) <= most:
        return text
    room = most - 12  # the mark's
    head = text[: bisect_right(range(len(text)), room * 3 // 4, key=lambda n: tokens(text[:n])) - 1]
    ends = bisect_right(range(len(text)), room // 4, key=lambda n: tokens(text[len(text) - n :]))
    tail = text[len(text) - ends + 1 :]
    left_out = len(text) - len(head) - len(tail)
    return f"{head}\n[… {left_out:,} characters left out …]\n{tail}"
