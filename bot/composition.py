"""The composition root: where every part is joined to the others, and the only place that is.

`bot/__main__.py` hangs the command line on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import JsonValue, SecretStr
from redis.asyncio import Redis

from adapters.edges import Ports
from bot.casting import Casting
from bot.conversation import Access, Audience, Place
from bot.distilling import Rules
from bot.facts import Distiller
from bot.jobs import JobHandler, JobRunner
from bot.memory_acts import MemoryActs
from bot.metrics import Metrics
from bot.ports import EmbedderError, Responder
from bot.settings import Settings
from bot.summaries import Summariser
from db.embedded import EmbeddedServers
from db.episode_search import EpisodeSearch
from db.episode_writes import EMBED_EPISODES, REMEMBER_TURNS, EpisodeWrites
from db.facts import LEARN_FACTS, FactRows
from db.forgetting import FORGET_PERSON
from db.jobs import Jobs
from db.memory_export import Exports
from db.memory_tending import TEND_MEMORY, TendingRows
from db.migrate import migrate
from db.organisations import DEFAULT_ORG_ID
from db.people import PeopleRows
from db.pool import Database
from db.process import Process
from db.published import Published
from db.ratings import Ratings
from db.remembered import RememberedRows
from db.repeats import Repeats
from db.sample.load import load_sample
from db.saved_searches import SavedSearches
from db.shortlists import Shortlists
from db.singletons import Singletons
from db.spending import Spending
from db.summaries import SUMMARISE_TURNS, SummaryRows
from db.talent_search import Talents
from db.talent_vectors import EMBED_TALENTS, TalentVectors
from db.turn_history import TurnHistory
from db.turns import Turns
from db.vault import Vault
from db.workspaces import WorkspaceSettings
from memory.context import Context
from memory.embedder import LocalEmbedder
from memory.facts import Facts, Learning
from memory.folding import Folding
from memory.people import People
from memory.recall import Recall
from memory.remembered import Memories
from memory.remembering import Remembering
from memory.tending import Tending
from memory.token_embedder import TokenEmbedder
from memory.working import WorkingMemory

if TYPE_CHECKING:
    from adapters.discord.adapter import Discord
    from adapters.slack.app import Slack

TEAM = Audience(DEFAULT_ORG_ID, Access.TEAM, Place.DM)
"""Whoever can run commands on this machine, or open the page, is of the casting team."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Our data, migrated and reachable."""

    database: Database
    redis: Redis
    talents: Talents
    embedder: LocalEmbedder
    memory_embedder: TokenEmbedder
    shortlists: Shortlists
    searches: SavedSearches
    workspace_settings: WorkspaceSettings
    vault: Vault

    async def load_models(self) -> None:
        """So that no first question waits for them. Where one cannot be loaded, whoever needs it
        says so."""
        with suppress(EmbedderError):
            await self.embedder.query("casting")
            await self.memory_embedder.meaning("casting")


@asynccontextmanager
async def open_stores(
    settings: Settings, say: Callable[[str], None], *, sample: bool = True
) -> AsyncIterator[Stores]:
    """Start or join the embedded servers where none are named, migrate, and connect."""
    async with servers(settings, say) as (database_url, redis_url):
        await migrate(str(settings.database_owner_url or database_url), say)
        listen_url = settings.database_listen_url
        database = await Database.connect(
            database_url, max_size=20, listen_url=str(listen_url) if listen_url else None
        )
        redis = Redis.from_url(redis_url)
        embedder = LocalEmbedder()
        try:
            if sample and settings.sample_roster:
                await load_sample(database, DEFAULT_ORG_ID, say)
            yield Stores(
                database,
                redis,
                Talents(database, embedder),
                embedder,
                TokenEmbedder(),
                Shortlists(database),
                SavedSearches(database),
                WorkspaceSettings(database),
                Vault(database, settings.vault_keys),
            )
        finally:
            await redis.aclose()
            await database.close()


@asynccontextmanager
async def servers(settings: Settings, say: Callable[[str], None]) -> AsyncIterator[tuple[str, str]]:
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
    turns: Turns
    jobs: Jobs
    casting: Casting
    feedback: Ratings
    people: People
    singletons: Singletons
    spending: Spending
    learning: Learning
    memory_acts: MemoryActs
    tending: Tending
    folding: Folding | None
    """Where nobody writes summaries there is none."""

    async def begin(self, stores: Stores) -> None:
        """Queue what no message leads to: what time takes, and vectors of another model."""
        await self.tending.begin()
        await Remembering(EpisodeWrites(stores.database), stores.memory_embedder).begin()

    async def work(self, settings: Settings, stores: Stores) -> None:
        """Do the background's work, until cancelled.

        Each sort has slots of its own: a person who wants to be forgotten waits neither for a
        roster to be embedded nor for Claude.
        """
        vectors = TalentVectors(stores.database, stores.embedder)
        remembering = Remembering(EpisodeWrites(stores.database), stores.memory_embedder)

        async def remember(org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
            await remembering.remember(org_id, payload)
            key = str(payload["conversation"])
            await self.jobs.enqueue(org_id, LEARN_FACTS, payload, key=key)
            if self.folding is not None:
                await self.folding.see(org_id, payload)

        async def embed(org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
            await self.learning.embed(org_id)
            await remembering.embed(org_id, payload)

        bookkeeping: dict[str, JobHandler] = {
            REMEMBER_TURNS: remember,
            TEND_MEMORY: self.tending.job,
            FORGET_PERSON: self.people.forget_again,
        }
        embedding: dict[str, JobHandler] = {
            EMBED_EPISODES: embed,
            EMBED_TALENTS: vectors.job,
        }
        asking: dict[str, JobHandler] = {LEARN_FACTS: self.learning.job}
        if self.folding is not None:
            asking[SUMMARISE_TURNS] = self.folding.job
        async with asyncio.TaskGroup() as group:
            for handlers in (bookkeeping, embedding, asking):
                runner = JobRunner(self.jobs, handlers, settings.job_slots)
                group.create_task(runner.run())


@asynccontextmanager
async def open_parts(
    settings: Settings, stores: Stores, *, owner_lock: str = ""
) -> AsyncIterator[Parts]:
    """What answers turns, under a lease that is renewed while we are inside."""
    process = Process(
        stores.database, lease_seconds=settings.turn_lease_seconds, owner_lock=owner_lock
    )
    turns = Turns(process, jobs_after=[REMEMBER_TURNS])
    jobs, metrics = Jobs(process), Metrics()
    singletons = Singletons(process)
    working = WorkingMemory(stores.redis, TurnHistory(stores.database))
    fact_rows = FactRows(stores.database)
    facts = Facts(fact_rows, stores.embedder)
    episodes = Recall(EpisodeSearch(stores.database), stores.memory_embedder)
    memory = Context(working, facts, episodes, metrics)
    async with open_model(settings, metrics) as model, process:
        responder = model.responder
        learning = Learning(fact_rows, model.distiller, stores.embedder)
        spending = Spending(stores.database, settings.daily_replies_per_member)
        casting = Casting(
            responder,
            stores.talents,
            memory,
            turns,
            metrics,
            spending=spending,
            memory_search=memory,
        )
        feedback = Ratings(stores.database, metrics)
        people = People(PeopleRows(stores.database), working)
        acts = MemoryActs(_memories(stores, working), people)
        summaries = SummaryRows(stores.database)
        folding = (
            Folding(summaries, working, model.summariser, spending, metrics)
            if model.summariser
            else None
        )
        yield Parts(
            responder,
            metrics,
            turns,
            jobs,
            casting,
            feedback,
            people,
            singletons,
            spending,
            learning,
            acts,
            Tending(TendingRows(stores.database), working),
            folding,
        )


def memory_acts(stores: Stores) -> MemoryActs:
    """A person's say over what is remembered, without what answers turns."""
    working = WorkingMemory(stores.redis, TurnHistory(stores.database))
    return MemoryActs(_memories(stores, working), People(PeopleRows(stores.database), working))


def _memories(stores: Stores, working: WorkingMemory) -> Memories:
    return Memories(RememberedRows(stores.database), Exports(stores.database), working)


@dataclass(frozen=True, slots=True)
class Model:
    """What answers, what finds facts, and what writes summaries, if anything does."""

    responder: Responder
    distiller: Distiller
    summariser: Summariser | None = None


@asynccontextmanager
async def open_model(settings: Settings, metrics: Metrics) -> AsyncIterator[Model]:
    """Claude where there is a key, else what needs none."""
    if settings.anthropic_api_key is None:
        from bot.offline import Offline

        yield Model(Offline(), Rules())
        return
    from bot.claude import Claude

    claude = Claude.connect(
        settings.anthropic_api_key.get_secret_value(),
        model=settings.anthropic_model,
        metrics=metrics,
        base_url=str(settings.anthropic_base_url) if settings.anthropic_base_url else None,
    )
    try:
        yield Model(claude, claude.distiller(), claude.summariser())
    finally:
        await claude.close()


@asynccontextmanager
async def open_slack(
    settings: Settings,
    stores: Stores,
    parts: Parts,
    probes: Mapping[str, Callable[[], Awaitable[str]]],
) -> AsyncIterator[Slack | None]:
    """Slack, where it is configured."""
    if settings.slack_bot_token is None and settings.slack_client_id is None:
        yield None
        return
    from adapters.slack import app as slack

    config = slack.SlackConfig(
        api_url=str(settings.slack_api_url),
        bot_token=_revealed(settings.slack_bot_token),
        app_token=_revealed(settings.slack_app_token),
        signing_secret=_revealed(settings.slack_signing_secret),
        client_id=settings.slack_client_id or "",
        client_secret=_revealed(settings.slack_client_secret),
        follow_ups=settings.slack_follow_ups,
        answer_bots=settings.slack_answer_bots,
        streaming=settings.slack_streaming,
        processes=settings.slack_processes,
    )
    ports = _ports(stores, parts, probes)
    async with slack.open_slack(config, ports) as opened:
        yield opened


@asynccontextmanager
async def open_discord(
    settings: Settings,
    stores: Stores,
    parts: Parts,
    probes: Mapping[str, Callable[[], Awaitable[str]]],
) -> AsyncIterator[Discord | None]:
    """Discord, where it is configured."""
    if settings.discord_token is None:
        yield None
        return
    from adapters.discord import adapter as discord

    config = discord.DiscordConfig(
        api_url=str(settings.discord_api_url), token=_revealed(settings.discord_token)
    )
    async with discord.open_discord(config, _ports(stores, parts, probes)) as opened:
        yield opened


def _ports(
    stores: Stores, parts: Parts, probes: Mapping[str, Callable[[], Awaitable[str]]]
) -> Ports:
    return Ports(
        turns=parts.turns,
        talents=stores.talents,
        feedback=parts.feedback,
        shortlists=stores.shortlists,
        searches=stores.searches,
        people=parts.people,
        memory=parts.memory_acts,
        workspace_settings=stores.workspace_settings,
        vault=stores.vault,
        singletons=parts.singletons,
        spending=parts.spending,
        published=Published(stores.database),
        repeats=Repeats(stores.database),
        probes=probes,
    )


def _revealed(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""
