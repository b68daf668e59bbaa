"""How much text is in tokens, and how too much of it is cut."""

from __future__ import annotations

import pytest

from memory.budget import cut, tokens


@pytest.mark.parametrize(
    ("text", "about"),
    [("", 0), ("a", 1), ("four", 1), ("Who dances?", 3), ("नमस्ते", 6), ("ok 🙂", 2), ("ab—cd", 2)],
)
def test_a_token_is_four_latin_characters_or_one_other(text: str, about: int) -> None:
    assert tokens(text) == about


@pytest.mark.parametrize("letter", ["x", "क", "é1"])
@pytest.mark.parametrize("most", [20, 300, 3_000])
def test_a_long_text_keeps_its_beginning_and_its_end(letter: str, most: int) -> None:
    text = f"Role one: {letter * 16_000} and who fits role two?"
    short = cut(text, most)
    assert most * 0.5 <= tokens(short) <= most
    assert short.startswith("Role")
    assert short.endswith("?")
    head, mark, tail = short.split("\n")
    assert mark == f"[… {len(text) - len(head) - len(tail):,} characters left out …]"
    assert cut(short, most) == short


def test_what_fits_is_left_as_it_is() -> None:
    assert cut("x" * 400, 100) == "x" * 400
    assert cut("", 20) == ""
