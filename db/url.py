"""The database's URL, as people write it."""

from __future__ import annotations

from typing import TypedDict
from urllib.parse import parse_qsl, urlencode, urlsplit

_OURS = "statement_cache_size"


class ClientOptions(TypedDict, total=False):
    """What of a URL is meant for our client and not for the server."""

    statement_cache_size: int


def split_options(url: str) -> tuple[str, ClientOptions]:
    """The URL for the server, and the options for our client.

    `?statement_cache_size=0` is for a PgBouncer in transaction mode that keeps no prepared
    statements (before 1.21, or without `max_prepared_statements`).
    """
    parts = urlsplit(url)
    query = parse_qsl(parts.query)
    values = [value for name, value in query if name == _OURS]
    if not values:
        return url, {}
    kept = [(name, value) for name, value in query if name != _OURS]
    return parts._replace(query=urlencode(kept)).geturl(), {"statement_cache_size": int(values[-1])}
