"""Workspaces on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from adapters.console.cards import printable
from bot.conversation import Access

SEES = {
    Access.TEAM: "team: the whole roster",
    Access.COMMUNITY: "community: its public part",
}


def print_workspaces(
    out: Console, workspaces: Sequence[tuple[str, str, Access]], names: Mapping[str, str]
) -> None:
    """Each with its name, as far as that is known."""
    if not workspaces:
        out.print("No workspace has been heard of yet.")
        return
    table = Table("platform", "workspace", "name", "sees", box=None, pad_edge=False)
    for platform, workspace, access in workspaces:
        table.add_row(platform, workspace, Text(printable(names.get(workspace, ""))), SEES[access])
    out.print(table)
