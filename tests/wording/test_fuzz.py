"""No text crashes the parser, and whatever it makes of one is a valid query."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.wording import describe
from tests.wording.fuzz import TODAY, fuzz


@pytest.mark.no_cover
def test_made_up_texts() -> None:
    fuzz(2_000, seed=1)


@given(st.text(max_size=300))
@settings(deadline=None, max_examples=200)
def test_any_text(text: str) -> None:
    query = describe(text, today=TODAY)
    assert len(query.text) <= 2 * len(text)
