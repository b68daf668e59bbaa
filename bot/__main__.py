"""The composition root: the one place that sees every part and joins them; and the command line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import NoReturn

import typer
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich.console import Console

from adapters.console.chat import Chat, make_face
from adapters.console.doctor import show_findings
from adapters.console.seat import SeatError, take_seat
from adapters.discord.token import check_token as check_discord_token
from adapters.slack.token import check_token as check_slack_token
from adapters.web.adapter import Web
from adapters.web.app import create_app
from adapters.web.server import CannotListenError, HttpServer
from bot.casting import Casting
from bot.conversation import Access, Audience, Place
from bot.doctor import (
    Check,
    NotSetError,
    PartFailedError,
    check_claude,
    check_data_folder,
    check_python,
    examine,
)
from bot.jobs import JobRunner
from bot.metrics import Metrics
from bot.ports import EmbedderError, Responder, UnavailableError
from bot.roster import RosterError
from bot.running import Command, beside, run_command
from bot.settings import Settings
from bot.worker import Worker
from db.embedded import EmbeddedError, EmbeddedServers, ServeLock
from db.errors import DatabaseSetupError
from db.jobs import Jobs
from db.migrate import migrate
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.process import Process, lock_identity
from db.sample.load import load_sample
from db.talent_search import Talents
from db.talent_vectors import EMBED_TALENTS, TalentVectors
from db.turn_history import TurnHistory
from db.turns import Turns
from memory.embedder import LocalEmbedder
from memory.working import WorkingMemory

TEAM = Audience(DEFAULT_ORG_ID, Access.TEAM, Place.DM)
"""Whoever can run commands on this machine, or open the page, is of the casting team."""

app = typer.Typer(
    name="castmatch",
    help="Describe a role in plain words, get real talents with the reason for each match.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
talent_app = typer.Typer(help="The roster: import, search, show.", no_args_is_help=True)
app.add_typer(talent_app, name="talent")

_err = Console(stderr=True, highlight=False)


_EXPECTED = (
    EmbeddedError,
    DatabaseSetupError,
    CannotListenError,
    UnavailableError,
    SeatError,
    RosterError,
    EmbedderError,
)
"""What can be wrong with the surroundings: one line each, which says what to do."""


def _run(command: Command, *, log_crashes: bool = False) -> NoReturn:
    raise typer.Exit(run_command(command, expected=_EXPECTED, log_crashes=log_crashes))


def _say(line: str) -> None:
    _err.print(line, style="dim", markup=False, soft_wrap=True)


# --- what is joined --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stores:
    """Our data, migrated and reachable."""

    database: Database
    redis: Redis
    talents: Talents
    embedder: LocalEmbedder


@asynccontextmanager
async def open_stores(
    settings: Settings, say: Callable[[str], None] = _say
) -> AsyncIterator[Stores]:
    """Start or join the embedded servers where none are named, migrate, and connect."""
    async with _servers(settings, say) as (database_url, redis_url):
        await migrate(str(settings.database_owner_url or database_url), say)
        database = await Database.connect(database_url, max_size=20)
        redis = Redis.from_url(redis_url)
        embedder = LocalEmbedder()
        try:
            if settings.sample_roster:
                await load_sample(database, DEFAULT_ORG_ID, say)
            yield Stores(database, redis, Talents(database, embedder), embedder)
        finally:
            await redis.aclose()
            await database.close()


@asynccontextmanager
async def _servers(
    settings: Settings, say: Callable[[str], None]
) -> AsyncIterator[tuple[str, str]]:
    """The URLs of Postgres and Redis."""
    database_url, redis_url = settings.database_url, settings.redis_url
    if database_url is not None and redis_url is not None:
        yield str(database_url), str(redis_url)
        return
    async with EmbeddedServers(
        settings.data_dir, postgres=database_url is None, redis=redis_url is None, progress=say
    ) as embedded:
        yield (
            str(database_url) if database_url else embedded.postgres_url,
            str(redis_url) if redis_url else embedded.redis_url,
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """What answers turns, joined over the stores."""

    responder: Responder
    metrics: Metrics
    process: Process
    turns: Turns
    jobs: Jobs
    casting: Casting

    @classmethod
    def join(cls, settings: Settings, stores: Stores, *, owner_lock: str = "") -> Parts:
        process = Process(
            stores.database, lease_seconds=settings.turn_lease_seconds, owner_lock=owner_lock
        )
        turns, metrics = Turns(process), Metrics()
        responder = make_responder(settings, metrics)
        memory = WorkingMemory(stores.redis, TurnHistory(stores.database))
        casting = Casting(responder, stores.talents, memory, turns, metrics)
        return cls(responder, metrics, process, turns, Jobs(process), casting)


def make_responder(settings: Settings, metrics: Metrics) -> Responder:
    """Claude where there is a key, else the offline responder."""
    if settings.anthropic_api_key is None:
        from bot.offline import Offline

        return Offline()
    from bot.claude import Claude

    return Claude.connect(
        settings.anthropic_api_key.get_secret_value(),
        model=settings.anthropic_model,
        metrics=metrics,
        base_url=str(settings.anthropic_base_url) if settings.anthropic_base_url else None,
    )


# --- castmatch serve -------------------------------------------------------------------------


@app.command()
def serve() -> None:
    """Serve the page, its API and every configured adapter until stopped."""
    _run(_serve, log_crashes=True)


async def _serve(settings: Settings) -> None:
    lock = ServeLock(settings.data_dir)
    uses_folder = settings.database_url is None or settings.redis_url is None
    async with AsyncExitStack() as stack:
        if uses_folder:
            lock.acquire()
            stack.callback(lock.release)
        stores = await stack.enter_async_context(open_stores(settings))
        parts = Parts.join(settings, stores, owner_lock=lock.identity if uses_folder else "")
        web = Web(parts.turns, stores.talents)
        server = HttpServer(
            create_app(
                web=web,
                talents=stores.talents,
                audience=TEAM,
                probes=_probes(stores),
                registry=parts.metrics.registry,
                access_token=_secret(settings.access_token),
                host=settings.host,
                version=version("castmatch"),
            ),
            host=settings.host,
            port=settings.port,
        )
        if uses_folder:
            lock.update(server.address)
        await stack.enter_async_context(parts.process)
        # Left in the opposite order: the last edits still reach the pages.
        await stack.enter_async_context(beside(server.run()))
        await stack.enter_async_context(beside(web.run()))
        _greet(settings, server, parts.responder)
        async with asyncio.TaskGroup() as group:
            group.create_task(Worker(parts.turns, parts.casting, [web], settings.reply_slots).run())
            group.create_task(
                JobRunner(
                    parts.jobs,
                    {EMBED_TALENTS: TalentVectors(stores.database, stores.embedder).job},
                    settings.job_slots,
                ).run()
            )


def _greet(settings: Settings, server: HttpServer, responder: Responder) -> None:
    if server.port != settings.port:
        _say(f"Port {settings.port} is taken; using {server.port}.")
    _err.print(f"CastMatch is ready: [bold]{server.address}[/]  (Ctrl-C stops it)")
    _say(f"Answering: {responder.name}.")


def _probes(stores: Stores) -> dict[str, Callable[[], Awaitable[str]]]:
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


# --- castmatch chat ----------------------------------------------------------------------------


@app.command()
def chat() -> None:
    """Talk in the terminal; piped, one message a line and plain replies."""
    _run(_chat)


async def _chat(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_stores(settings))
        seat = stack.enter_context(take_seat(settings.data_dir))
        parts = Parts.join(settings, stores, owner_lock=lock_identity(seat.locked))
        talk = Chat(parts.turns, make_face(settings.data_dir), platform_name=seat.platform)
        await stack.enter_async_context(parts.process)
        await stack.enter_async_context(beside(Worker(parts.turns, parts.casting, [talk], 1).run()))
        await talk.run()


# --- castmatch doctor, castmatch migrate -------------------------------------------------------


@app.command()
def doctor() -> None:
    """Check every configured part, and say what to do for what fails."""
    _run(_doctor)


async def _doctor(settings: Settings) -> int:
    async with AsyncExitStack() as stack:
        works = show_findings(Console(), await examine(_checks(settings, stack)))
    return 0 if works else 1


def _checks(settings: Settings, stack: AsyncExitStack) -> list[Check]:
    """Each part in the order in which they lean on each other."""
    opened: list[Stores] = []

    async def postgres() -> str:
        try:
            opened.append(await stack.enter_async_context(open_stores(settings)))
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
        Check("Embedding model", model),
        Check("Claude", lambda: check_claude(settings)),
        Check(
            "Slack",
            lambda: check_slack_token(
                _secret(settings.slack_bot_token), str(settings.slack_api_url)
            ),
        ),
        Check(
            "Discord",
            lambda: check_discord_token(
                _secret(settings.discord_token), str(settings.discord_api_url)
            ),
        ),
    ]


async def _check_folder(settings: Settings) -> str:
    if settings.database_url is not None and settings.redis_url is not None:
        raise NotSetError("not used: DATABASE_URL and REDIS_URL are set")
    return await check_data_folder(settings.data_dir)


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database up to date, and nothing else."""
    _run(_migrate)


async def _migrate(settings: Settings) -> None:
    async with _servers(settings, _say) as (database_url, _):
        applied = await migrate(str(settings.database_owner_url or database_url), _say)
    _say(f"Applied {len(applied)} migrations." if applied else "The database is up to date.")


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None


def main() -> None:
    """The `castmatch` command."""
    app()


if __name__ == "__main__":
    main()
