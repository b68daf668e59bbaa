"""Whatever is written, the rules read it without an error and in a moment."""

from __future__ import annotations

import random
import time

import pytest

from bot.conversation import Author
from bot.distilling import kept
from bot.distilling.rules import read_facts
from bot.wording.cue_words import words_of
from tests.memory.conftest import says
from tests.memory.test_statements import CASES

_WORDS = words_of(
    "Remember that we I our the for on in not but only never always must no actually forget about"
    " budget is are was Pune Mumbai Monsoon Letters Night Bus Marathi next Monday 31 February until"
    " from to call me Asha Patil hume chahiye ke liye a day 7 . , : ; ! ? \" ' “ ” ( ) - – … * _ `"
    " > | # @ / 0 40k ₹ $ % नहीं मराठी ठीक 😂"
)
_PIECES = (*sorted(_WORDS), "\n", "\t", "\x00", "\ud800")
SECONDS = 1.0
"""On a busy machine; a message takes some milliseconds."""


@pytest.mark.no_cover
def test_any_words_in_any_order() -> None:
    dice = random.Random(7)
    for _ in range(2_000):
        words = dice.choices(_PIECES, k=dice.randint(1, 40))
        _read(dice.choice((" ", "", " ")).join(words))


@pytest.mark.no_cover
def test_statements_that_are_cut_and_joined() -> None:
    dice = random.Random(8)
    said = [str(case.values[0]["said"]) for case in CASES]  # type: ignore[index]
    for _ in range(500):
        one, other = dice.choices(said, k=2)
        _read(one[: dice.randint(0, len(one))] + other[dice.randint(0, len(other)) :])


@pytest.mark.parametrize(
    "text",
    [
        "We always always only " * 13,
        "for Night Bus on Salt Road in " * 9,
        "The " + "Big " * 70,
        "we need 1,000,000,000 " * 13,
        "every all the our " * 15,
        "now just already " * 17,
        "' " * 140,
        "Remember that " * 20,
        "a" * 299,
    ],
)
def test_the_same_words_over_and_over(text: str) -> None:
    began = time.perf_counter()
    _read(text[:299])
    assert time.perf_counter() - began < SECONDS


def _read(text: str) -> None:
    message = says(Author("U1", "Priya"), text)
    for draft in kept(read_facts(message), message):
        assert draft.quote
