"""Postgres and Redis that come with the packages and are started by us, beside our data."""

from db.embedded.errors import AlreadyServingError, DataFolderError, EmbeddedError, StartError
from db.embedded.locks import ServeLock
from db.embedded.servers import EmbeddedServers

__all__ = [
    "AlreadyServingError",
    "DataFolderError",
    "EmbeddedError",
    "EmbeddedServers",
    "ServeLock",
    "StartError",
]
