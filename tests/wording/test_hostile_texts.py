"""No description holds up the process: reading one takes no longer than it is long."""

from __future__ import annotations

import time
from datetime import date

import pytest

from bot.wording import describe_roles, parse, read_request

LONG = 12_000
MOST = 3.0
"""Seconds of a processor, for what took up to forty where it grew with the square."""


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "unit", ["\n", "\r\n", " ", "\t", "A", "Aa", "x", "Ä", "- ", "क", "(", "."]
)
def test_a_long_text_of_the_same_is_read_in_no_time(unit: str) -> None:
    text = f"x{(unit * LONG)[:LONG]}x"
    started = time.process_time()
    parse(text, today=date(2026, 11, 1))
    describe_roles(text, today=date(2026, 11, 1))
    read_request(text, has_results=True, has_query=True)
    assert time.process_time() - started < MOST
