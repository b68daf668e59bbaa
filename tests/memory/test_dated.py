"""Relative dates are kept as dates, counted from the day of the message, a Sunday here."""

from __future__ import annotations

from datetime import date

import pytest

from bot.distilling.dated import dated

SUNDAY = date(2026, 5, 3)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("tomorrow", "on 4 May 2026"),
        ("yesterday", "on 2 May 2026"),
        ("kal shoot hai", "on 4 May 2026 shoot hai"),
        ("kal shoot tha", "on 2 May 2026 shoot tha"),
        ("on Friday", "on 8 May 2026"),
        ("on Sunday", "on 10 May 2026"),
        ("last Monday", "on 27 April 2026"),
        ("from Monday to Friday", "from 4 May 2026 to 8 May 2026"),
        ("next week", "in the week of 4 May 2026"),
        ("this weekend", "in the weekend of 2 May 2026"),
        ("by next weekend", "by the weekend of 9 May 2026"),
        ("until the end of next month", "until the end of June 2026"),
        ("late next month", "late June 2026"),
        ("in a fortnight", "on 17 May 2026"),
        ("in three weeks", "on 24 May 2026"),
        ("two days ago", "on 1 May 2026"),
        ("from 3 to 20 June", "from 3 to 20 June 2026"),
        ("the deadline is 20 May", "the deadline is 20 May 2026"),
        ("on 12/6", "on 12 June 2026"),
        ("by 02/01/27", "by 2 January 2027"),
        ("on the 31st", "on 31 May 2026"),
        ("on the 2nd floor", "on the 2nd floor"),
        ("on 31 February", "on 31 February"),
        ("we may shoot in May", "we may shoot in May 2026"),
        ("on 5 May 2027", "on 5 May 2027"),
        ("on Tuesdays", "on Tuesdays"),
    ],
)
def test_what_is_kept(said: str, kept: str) -> None:
    assert dated(said, SUNDAY).text == kept


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("from next Monday", date(2026, 5, 4), None),
        ("since March", date(2026, 3, 1), None),
        ("since June", date(2025, 6, 1), None),
        ("from March", date(2027, 3, 1), None),
        ("until June", None, date(2026, 6, 30)),
        ("till the 20th", None, date(2026, 5, 20)),
        ("by next week", None, date(2026, 5, 10)),
        ("on Friday", None, None),
    ],
)
def test_from_when_until_when_it_holds(said: str, first: date | None, last: date | None) -> None:
    found = dated(said, SUNDAY)
    assert (found.valid_from, found.valid_until) == (first, last)
