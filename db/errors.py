"""What is wrong with a database that can be reached: each message is one line with the cure."""

from __future__ import annotations

import asyncpg


class DatabaseSetupError(Exception):
    """The database is not as this code needs it; trying again changes nothing."""


class MigrationError(DatabaseSetupError):
    """The database's schema and this code do not belong together."""


REFUSALS = (asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError)
"""What a server answers to a URL with a wrong database, login or password."""


def refused(error: BaseException) -> DatabaseSetupError:
    return DatabaseSetupError(
        f"Postgres refuses the database URL ({error}): create the database, or mend the URL."
    )
