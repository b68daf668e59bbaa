"""What is wrong with a database that can be reached: each message is one line with the cure."""

from __future__ import annotations


class DatabaseSetupError(Exception):
    """The database is not as this code needs it; trying again changes nothing."""


class MigrationError(DatabaseSetupError):
    """The database's schema and this code do not belong together."""
