"""The invented roster that a newcomer starts with."""

from datetime import date

MADE_ON = date(2026, 11, 23)
"""The day on which the dates in `roster.csv` are as they should be."""
