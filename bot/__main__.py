"""The command line, on what `bot/composition.py` joins."""

from __future__ import annotations

import asyncio
import gc
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from adapters.console.chat import WORKSPACE, Chat, make_face, this_person
from adapters.console.doctor import show_findings
from adapters.console.imports import open_roster, run_embedding, run_import
from adapters.console.memory import print_answer
from adapters.console.seat import seat_name, take_seat
from adapters.console.talents import (
    print_candidates,
    print_json,
    print_query,
    print_search,
    print_talent,
)
from adapters.web.adapter import Web
from adapters.web.app import create_app
from adapters.web.server import HttpServer
from bot.administration import tokens_app, workspace_app
from bot.checks import checks, probes_of, secret
from bot.command import ERR, OUT, run, say
from bot.composition import (
    TEAM,
    Stores,
    memory_acts,
    open_discord,
    open_parts,
    open_slack,
    open_stores,
    servers,
)
from bot.conversation import Access, Author, ConversationKey, Place
from bot.doctor import (
    examine,
)
from bot.memory_acts import Asker
from bot.ports import Adapter, Responder
from bot.running import beside
from bot.settings import Settings
from bot.wording import parse
from bot.worker import Worker
from db.embedded import ServeLock
from db.migrate import migrate
from db.organisations import DEFAULT_ORG_ID
from db.process import lock_identity
from db.talent_import import TalentImport
from db.talent_vectors import TalentVectors

app = typer.Typer(
    name="castmatch",
    help="Describe a role in plain words, get real talents with the reason for each match.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
talent_app = typer.Typer(help="The roster: import, search, show.", no_args_is_help=True)
app.add_typer(talent_app, name="talent")
app.add_typer(tokens_app, name="tokens")
app.add_typer(workspace_app, name="workspace")

# --- castmatch serve -------------------------------------------------------------------------


@app.command()
def serve() -> None:
    """Serve the page, its API and every configured adapter until stopped."""
    run(_serve, log_crashes=True)


async def _serve(settings: Settings) -> None:
    lock = ServeLock(settings.data_dir)
    uses_folder = settings.database_url is None or settings.redis_url is None
    async with AsyncExitStack() as stack:
        if uses_folder:
            lock.acquire()
            stack.callback(lock.release)
        stores = await stack.enter_async_context(open_stores(settings, say))
        owner_lock = lock.identity if uses_folder else ""
        parts = await stack.enter_async_context(open_parts(settings, stores, owner_lock=owner_lock))
        web = Web(parts.turns, stores.talents, memory=parts.memory_acts)
        probes = probes_of(stores)
        slack = await stack.enter_async_context(open_slack(settings, stores, parts, probes))
        discord = await stack.enter_async_context(open_discord(settings, stores, parts, probes))
        platforms = [one for one in (slack, discord) if one]
        server = HttpServer(
            create_app(
                web=web,
                talents=stores.talents,
                audience=TEAM,
                probes=probes | {one.platform: one.wrong for one in platforms},
                registry=parts.metrics.registry,
                access_token=secret(settings.access_token),
                host=settings.host,
                version=version("castmatch"),
                platforms=slack.routes if slack else (),
                notes={"discord": discord.running} if discord else {},
            ),
            host=settings.host,
            port=settings.port,
        )
        if uses_folder:
            lock.update(server.address)
        # Left in the opposite order: the last edits still reach the pages.
        await stack.enter_async_context(beside(server.run()))
        adapters: list[Adapter] = [web, *platforms]
        for adapter in adapters:
            await stack.enter_async_context(beside(adapter.run()))
        gc.freeze()  # what is loaded by now stays: no later collection looks through it again
        _greet(settings, server, parts.responder)
        async with asyncio.TaskGroup() as group:
            worker = Worker(parts.turns, parts.casting, adapters, settings.reply_slots)
            group.create_task(worker.run())
            group.create_task(stores.load_models())
            await parts.begin(stores)
            group.create_task(parts.work(settings, stores))


def _greet(settings: Settings, server: HttpServer, responder: Responder) -> None:
    if server.port != settings.port:
        say(f"Port {settings.port} is taken; using {server.port}.")
    ERR.print(f"CastMatch is ready: [bold]{server.address}[/]  (Ctrl-C stops it)")
    say(f"Answering: {responder.name}.")


# --- castmatch chat ----------------------------------------------------------------------------


@app.command()
def chat() -> None:
    """Talk in the terminal; piped, one message a line and plain replies."""
    run(_chat)


async def _chat(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_stores(settings, say))
        seat = stack.enter_context(take_seat(settings.data_dir))
        parts = await stack.enter_async_context(
            open_parts(settings, stores, owner_lock=lock_identity(seat.locked))
        )
        face = make_face(settings.data_dir)
        talk = Chat(parts.turns, parts.memory_acts, face, platform_name=seat.platform)
        await stack.enter_async_context(beside(Worker(parts.turns, parts.casting, [talk], 1).run()))
        await stack.enter_async_context(beside(parts.work(settings, stores)))
        await talk.run()


# --- castmatch memory --------------------------------------------------------------------------


@app.command()
def memory(
    words: Annotated[
        list[str] | None, typer.Argument(help="As after /memory: show, forget about X, export, …")
    ] = None,
    person: Annotated[str, typer.Option(help="Their id on the platform, if not yours here")] = "",
    platform: Annotated[str, typer.Option(help="Where they are: slack, discord, web")] = "",
    workspace: Annotated[str, typer.Option(help="Of the platform")] = WORKSPACE,
    channel: Annotated[str, typer.Option(help="For `off channel` and `keep 30 days`")] = "",
) -> None:
    """What is remembered of a person: show it, forget it, export it, switch it on or off."""

    async def work(settings: Settings) -> int:
        place = ConversationKey(platform or seat_name(settings.data_dir), workspace, channel)
        author = Author(person, person) if person else this_person()
        where = Place.PRIVATE if channel else Place.DM
        asker = Asker(author, place, where, Access.COMMUNITY, is_admin=True)
        async with open_stores(settings, say, sample=False) as stores:
            acts = memory_acts(stores)
            if person and not await acts.is_known(asker):
                named = f"{person!r} in the workspace {workspace!r} of {place.platform!r}"
                ERR.print(f"Nobody is known as {named}; nothing was done.", markup=False)
                return 2
            print_answer(OUT, await acts.do(asker, " ".join(words or [])))
        return 0

    run(work)


# --- castmatch talent --------------------------------------------------------------------------


@talent_app.command("import")
def talent_import(
    file: Annotated[Path, typer.Argument(help="A CSV file, its columns named anyhow")],
    dry_run: Annotated[bool, typer.Option(help="Show what would change, write nothing")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until it is searchable by meaning too")] = False,
    errors: Annotated[Path | None, typer.Option(help="Write every bad row to this file")] = None,
) -> None:
    """Load or update the roster; bad rows are reported, the good ones load."""

    async def work(settings: Settings) -> int:
        with open_roster(file, today=_today()) as roster:
            async with open_stores(settings, say, sample=False) as stores:
                good = await run_import(
                    OUT, TalentImport(stores.database), DEFAULT_ORG_ID, roster,
                    dry_run=dry_run, errors=errors,
                )  # fmt: skip
                if wait and not dry_run:
                    await _embed_all(stores)
        return 0 if good else 2

    run(work)


@talent_app.command("embed")
def talent_embed() -> None:
    """Wait until the whole roster is searchable by meaning."""

    async def work(settings: Settings) -> None:
        async with open_stores(settings, say) as stores:
            await _embed_all(stores)

    run(work)


async def _embed_all(stores: Stores) -> None:
    vectors = TalentVectors(stores.database, stores.embedder)
    missing = await vectors.missing(DEFAULT_ORG_ID)
    await run_embedding(OUT, missing, vectors.embed(DEFAULT_ORG_ID))
    say("The whole roster is searchable by meaning.")


@talent_app.command("search")
def talent_search(
    text: Annotated[str, typer.Argument(help="Whom you look for, in plain words")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many to show")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    parse_only: Annotated[
        bool, typer.Option("--parse-only", help="Print what was understood, as JSON, and stop")
    ] = False,
) -> None:
    """Find talents, with the reason for each match."""
    query = parse(text, today=_today())
    if parse_only:
        print_query(query)
        return

    async def work(settings: Settings) -> None:
        async with open_stores(settings, say) as stores:
            result = await stores.talents.search(TEAM, query, limit=limit)
        if as_json:
            print_json(result.to_json())
        else:
            print_search(OUT, result)

    run(work)


@talent_app.command("show")
def talent_show(
    talent_id: Annotated[str, typer.Argument(metavar="ID", help="An id, or a whole name")],
    as_json: Annotated[bool, typer.Option("--json", help="The public fields, as JSON")] = False,
) -> None:
    """Show one talent."""

    async def work(settings: Settings) -> int:
        async with open_stores(settings, say) as stores:
            found = await stores.talents.get(TEAM, [talent_id])
            named = [] if found else await stores.talents.find_by_name(TEAM, talent_id)
        exact = [talent for talent in named if talent.name.casefold() == talent_id.casefold()]
        talents = found or (exact if len(exact) == 1 else [])
        if not talents:
            print_candidates(ERR, talent_id, named)
            return 1
        if as_json:
            print_json(talents[0].public_json())
        else:
            print_talent(OUT, talents[0])
        return 0

    run(work)


# --- castmatch doctor, castmatch migrate -------------------------------------------------------


@app.command()
def doctor() -> None:
    """Check every configured part, and say what to do for what fails."""
    run(_doctor)


async def _doctor(settings: Settings) -> int:
    async with AsyncExitStack() as stack:
        works = show_findings(Console(), await examine(checks(settings, stack, say)))
    return 0 if works else 1


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database up to date, and nothing else."""
    run(_migrate)


async def _migrate(settings: Settings) -> None:
    async with servers(settings, say) as (database_url, _):
        applied = await migrate(str(settings.database_owner_url or database_url), say)
    say(f"Applied {len(applied)} migrations." if applied else "The database is up to date.")


def _today() -> date:
    """As this machine's clock and zone have it: "next week" is the week of whoever asks."""
    return datetime.now(UTC).astimezone().date()


def main() -> None:
    """The `castmatch` command."""
    app()


if __name__ == "__main__":
    main()
