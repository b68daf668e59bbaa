"""Pauses between tries grow, up to a limit, however long an outage lasts."""

from __future__ import annotations

from bot.pauses import pause_after


def test_each_is_twice_the_one_before_up_to_the_longest() -> None:
    pauses = [pause_after(failures, first=0.5, longest=3) for failures in range(6)]
    assert pauses == [0, 0.5, 1, 2, 3, 3]


def test_an_outage_of_days_is_no_overflow() -> None:
    assert pause_after(1_000_000, first=0.5, longest=30) == 30
