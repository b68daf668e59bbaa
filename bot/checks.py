"""What `/readyz` asks of each part, and what `castmatch doctor` checks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from pydantic import SecretStr
from redis.exceptions import RedisError

from adapters.discord.token import check_token as check_discord_token
from adapters.slack.token import check_token as check_slack_token
from bot.composition import Stores, open_stores
from bot.doctor import (
    Check,
    NotSetError,
    PartFailedError,
    check_claude,
    check_data_folder,
    check_python,
)
from bot.ports import EmbedderError, UnavailableError
from bot.settings import Settings
from db.embedded import EmbeddedError
from db.errors import DatabaseSetupError
from memory.embedder import LocalEmbedder


def probes_of(stores: Stores) -> dict[str, Callable[[], Awaitable[str]]]:
    """What `/readyz` asks: each says what is wrong, or nothing."""

    async def database() -> str:
        try:
            async with stores.database.queue() as connection:
                await connection.execute("SELECT 1")
        except UnavailableError:
            return "cannot be reached"
        return ""

    async def redis() -> str:
        try:
            await stores.redis.ping()
        except (RedisError, OSError):
            return "cannot be reached"
        return ""

    async def embedder() -> str:
        try:
            await stores.embedder.query("ready")
        except EmbedderError as error:
            return str(error)
        return ""

    return {"database": database, "redis": redis, "embedder": embedder}


def checks(settings: Settings, stack: AsyncExitStack, say: Callable[[str], None]) -> list[Check]:
    """Each part in the order in which they lean on each other."""
    opened: list[Stores] = []

    async def postgres() -> str:
        try:
            opened.append(await stack.enter_async_context(open_stores(settings, say)))
            async with opened[0].database.queue() as connection:
                said = await connection.fetchval(
                    "SELECT format('Postgres %s, pgvector %s', current_setting('server_version'),"
                    " (SELECT extversion FROM pg_extension WHERE extname = 'vector'))"
                )
        except (EmbeddedError, DatabaseSetupError, UnavailableError) as error:
            remedy = "See whether it runs, and check DATABASE_URL." if settings.database_url else ""
            raise PartFailedError(str(error), remedy or "See above.") from None
        return str(said)

    async def redis() -> str:
        if not opened:
            raise PartFailedError("not checked, as Postgres fails", "Mend that first.")
        try:
            info = await opened[0].redis.info("server")
        except (RedisError, OSError):
            remedy = "See whether it runs, and check REDIS_URL."
            raise PartFailedError("it cannot be reached", remedy) from None
        name = "Valkey" if info.get("server_name") == "valkey" else "Redis"
        return f"{name} {info.get('valkey_version') or info.get('redis_version')}"

    async def tokens() -> str:
        if not opened:
            raise PartFailedError("not checked, as Postgres fails", "Mend that first.")
        kept = await opened[0].vault.examine()
        if kept.unreadable:
            keys = "none of TOKEN_KEYS opens" if settings.vault_keys else "TOKEN_KEYS is to open"
            raise PartFailedError(
                f"{keys} {kept.unreadable} of the {kept.values} secrets that are kept",
                "Put the key that was in use back into TOKEN_KEYS; where it is lost, the"
                " workspaces install the app again.",
            )
        if not settings.vault_keys:
            raise NotSetError("TOKEN_KEYS is not set: nothing is kept that needs it")
        return f"TOKEN_KEYS opens all that is kept ({kept.values})"

    async def model() -> str:
        embedder = opened[0].embedder if opened else LocalEmbedder()
        try:
            vector = await embedder.query("a dancer who speaks Marathi")
        except EmbedderError as error:
            raise PartFailedError(str(error), "Install again: make run") from None
        return f"{embedder.name}, {len(vector)} dimensions"

    return [
        Check("Python", check_python),
        Check("Data folder", lambda: _check_folder(settings)),
        Check("Postgres", postgres),
        Check("Redis", redis),
        Check("Tokens at rest", tokens),
        Check("Embedding model", model),
        Check("Claude", lambda: check_claude(settings)),
        Check(
            "Slack",
            lambda: check_slack_token(
                secret(settings.slack_bot_token),
                str(settings.slack_api_url),
                app_token=secret(settings.slack_app_token),
                client_id=settings.slack_client_id,
            ),
        ),
        Check(
            "Discord",
            lambda: check_discord_token(
                secret(settings.discord_token), str(settings.discord_api_url)
            ),
        ),
    ]


async def _check_folder(settings: Settings) -> str:
    if settings.database_url is not None and settings.redis_url is not None:
        raise NotSetError("not used: DATABASE_URL and REDIS_URL are set")
    return await check_data_folder(settings.data_dir)


def secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None
