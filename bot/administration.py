"""The commands of whoever operates CastMatch: the tokens' keys, and what each workspace may see."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.console.tokens import show_rotation
from adapters.console.workspaces import SEES, print_workspaces
from bot.command import ERR, OUT, run, say
from bot.composition import open_stores
from bot.conversation import Access
from bot.settings import Settings
from db.organisations import DEFAULT_ORG_ID
from db.vault import new_key
from db.workspaces import link_workspace, list_workspaces

tokens_app = typer.Typer(help="The keys that encrypt tokens at rest.", no_args_is_help=True)
workspace_app = typer.Typer(help="Workspaces, and what each may see.", no_args_is_help=True)


# --- castmatch tokens --------------------------------------------------------------------------


@tokens_app.command("new")
def tokens_new() -> None:
    """Print a new key for TOKEN_KEYS."""
    typer.echo(new_key())


@tokens_app.command("rotate")
def tokens_rotate() -> None:
    """Encrypt all tokens anew with the first of TOKEN_KEYS, so that the others can go."""

    async def work(settings: Settings) -> int:
        async with open_stores(settings, say, sample=False) as stores:
            rotated = await stores.vault.rotate()
        return 0 if show_rotation(ERR, rotated.renewed, rotated.unreadable) else 1

    run(work)


# --- castmatch workspace -----------------------------------------------------------------------


@workspace_app.command("list")
def workspace_list() -> None:
    """Every workspace that we have heard of, and what its people may see."""
    from adapters.slack.installations import installed

    async def work(settings: Settings) -> None:
        async with open_stores(settings, say, sample=False) as stores:
            names = await installed(stores.vault) if settings.vault_keys else {}
            async with stores.database.queue() as connection:
                workspaces = await list_workspaces(connection, DEFAULT_ORG_ID)
        heard_of = {workspace for _, workspace, _ in workspaces}
        silent = [("slack", workspace, Access.COMMUNITY) for workspace in names.keys() - heard_of]
        print_workspaces(OUT, [*workspaces, *sorted(silent)], names)

    run(work)


@workspace_app.command("link")
def workspace_link(
    workspace: Annotated[
        str, typer.Argument(help="Its id, as `castmatch workspace list` shows it")
    ],
    access: Annotated[Access, typer.Option(help="What its people may see of the roster")],
    platform: Annotated[str, typer.Option(help="Where it is")] = "slack",
    trusted: Annotated[
        Access | None,
        typer.Option(help="What people in roles that its admins named may see, in private answers"),
    ] = None,
) -> None:
    """Say what a workspace's people may see: the team the whole roster, others its public part."""

    async def work(settings: Settings) -> None:
        async with (
            open_stores(settings, say, sample=False) as stores,
            stores.database.queue() as connection,
        ):
            await link_workspace(connection, platform, workspace, access, trusted)
        say(f"{workspace} sees from now on as {SEES[access]}.")
        if trusted is not None:
            say(f"Those whom its admins trust see in private answers as {SEES[trusted]}.")

    run(work)
