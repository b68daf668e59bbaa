"""The vault: secrets at rest, encrypted before they reach the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.stores import VaultError
from db.turn_rows import storable

if TYPE_CHECKING:
    from pydantic import JsonValue

    from db.pool import Database

_LIVES = "(expires_at IS NULL OR expires_at > now())"

_PUT = """
    INSERT INTO vault (kind, key, value, expires_at) VALUES ($1, $2, $3, now() + $4)
    ON CONFLICT (kind, key)
    DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"""

# Each value that is put clears away a few that have expired, so that they never pile up.
_CLEAR = """
    DELETE FROM vault WHERE (kind, key) IN (
        SELECT kind, key FROM vault WHERE expires_at < now()
        ORDER BY expires_at LIMIT 50 FOR UPDATE SKIP LOCKED)"""

_GET = f"SELECT value FROM vault WHERE kind = $1 AND key = $2 AND {_LIVES}"
_TAKE = f"DELETE FROM vault WHERE kind = $1 AND key = $2 AND {_LIVES} RETURNING value"
_DELETE = f"DELETE FROM vault WHERE kind = $1 AND key = $2 RETURNING {_LIVES}"
_DELETE_UNDER = """
    WITH gone AS (DELETE FROM vault WHERE kind = $1 AND starts_with(key, $2) RETURNING 1)
    SELECT count(*) FROM gone"""
_KEYS = f"SELECT key FROM vault WHERE kind = $1 AND {_LIVES} ORDER BY key"

_NEXT = """
    SELECT kind, key, value FROM vault WHERE (kind, key) > ($1, $2)
    ORDER BY kind, key LIMIT 100 FOR UPDATE"""
_ALL = f"SELECT value FROM vault WHERE {_LIVES} ORDER BY kind, key"
_RENEW = "UPDATE vault SET value = $3 WHERE kind = $1 AND key = $2"


def _can_be(key: str) -> bool:
    """Whether a value may be kept under it: keys come from outside too (a state in a URL, say)."""
    return key == storable(key)


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many values the newest key encrypts now, and how many no key of ours could read."""

    renewed: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class Kept:
    """How many values there are, and how many of them no key of ours can read."""

    values: int
    unreadable: int


def new_key() -> str:
    """A key for TOKEN_KEYS."""
    return Fernet.generate_key().decode()


class Vault:
    """`bot.stores.Vault`. `keys` are Fernet keys, newest first: the first encrypts, all decrypt.

    Without keys nothing can be put or read; that nothing is there can be said all the same.
    """

    def __init__(self, database: Database, keys: Sequence[str]) -> None:
        self._database = database
        self._fernet = MultiFernet([Fernet(key) for key in keys]) if keys else None

    async def put(
        self,
        kind: str,
        key: str,
        value: Mapping[str, JsonValue],
        *,
        expires_in: float | None = None,
    ) -> None:
        # What it is of is in it, so that a value moved to another key is not taken for that one's.
        sealed = self._sealer.encrypt(json.dumps([kind, key, dict(value)]).encode())
        lasts = None if expires_in is None else timedelta(seconds=expires_in)
        async with self._database.vault() as connection:
            await connection.execute(_PUT, kind, key, sealed, lasts)
            await connection.execute(_CLEAR)

    async def get(self, kind: str, key: str) -> Mapping[str, JsonValue] | None:
        if not _can_be(key):
            return None
        async with self._database.vault() as connection:
            sealed = await connection.fetchval(_GET, kind, key)
        return None if sealed is None else self._opened(kind, key, sealed)

    async def take(self, kind: str, key: str) -> Mapping[str, JsonValue] | None:
        if not _can_be(key):
            return None
        async with self._database.vault() as connection:
            sealed = await connection.fetchval(_TAKE, kind, key)
            # Inside, so that what cannot be read stays for when its key is back.
            return None if sealed is None else self._opened(kind, key, sealed)

    async def delete(self, kind: str, key: str) -> bool:
        async with self._database.vault() as connection:
            return bool(await connection.fetchval(_DELETE, kind, key))

    async def delete_under(self, kind: str, prefix: str) -> int:
        if not prefix:
            raise ValueError("an empty prefix would delete everything of its kind")
        async with self._database.vault() as connection:
            return int(await connection.fetchval(_DELETE_UNDER, kind, prefix))

    async def keys(self, kind: str) -> Sequence[str]:
        async with self._database.vault() as connection:
            return [row["key"] for row in await connection.fetch(_KEYS, kind)]

    async def rotate(self) -> Rotated:
        """Encrypt every value anew with the newest key; what cannot be read stays as it is.

        Safe beside processes that serve, if they have the newest key too. May be repeated.
        """
        sealer, renewed, unreadable = self._sealer, 0, 0
        after = ("", "")
        while True:
            async with self._database.vault() as connection:
                rows = await connection.fetch(_NEXT, *after)
                for kind, key, sealed in rows:
                    try:
                        again = sealer.rotate(sealed)
                    except InvalidToken:
                        unreadable += 1
                    else:
                        await connection.execute(_RENEW, kind, key, again)
                        renewed += 1
            if not rows:
                return Rotated(renewed, unreadable)
            after = (rows[-1]["kind"], rows[-1]["key"])

    async def examine(self) -> Kept:
        """How much is kept, and how much of it none of our keys opens."""
        async with self._database.vault() as connection:
            values = [row["value"] for row in await connection.fetch(_ALL)]
        return Kept(len(values), sum(not self._opens(sealed) for sealed in values))

    def _opens(self, sealed: bytes) -> bool:
        try:
            return self._fernet is not None and bool(self._fernet.decrypt(sealed))
        except InvalidToken:
            return False

    @property
    def _sealer(self) -> MultiFernet:
        if self._fernet is None:
            raise VaultError(
                "TOKEN_KEYS is not set, and without a key no token can be kept or read: set it to "
                "what `castmatch tokens new` prints, or to the key that was in use."
            )
        return self._fernet

    def _opened(self, kind: str, key: str, sealed: bytes) -> Mapping[str, JsonValue]:
        try:
            of_kind, of_key, value = json.loads(self._sealer.decrypt(sealed))
        except InvalidToken:
            of_kind = of_key = value = None
        if (of_kind, of_key) != (kind, key):
            raise VaultError(
                f"None of TOKEN_KEYS opens what is kept of a {kind}: put the key that was in use "
                "back into TOKEN_KEYS, or install the app again where it is missing."
            )
        return cast("Mapping[str, JsonValue]", value)
