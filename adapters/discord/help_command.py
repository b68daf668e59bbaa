"""`/help`: what people can do, told from the commands that there are."""

from __future__ import annotations

from itertools import groupby
from typing import Any, TypeAlias

import discord
from discord import app_commands

from adapters.discord import layouts
from adapters.discord.access import Act

Tree: TypeAlias = "app_commands.CommandTree[Any]"
Command: TypeAlias = "app_commands.Command[Any, ..., Any]"

_TALK = (
    "### Talk to me\n"
    "Mention me or reply to me in a channel, or write me a direct message: “Marathi-speaking woman,"
    " 24–30, Kathak, based in Pune”. Edit your question and I answer anew; delete it and my answer"
    " goes too."
)
_ON_MESSAGES = "### On a message\nPress it long, or right-click it, and choose **Apps**:"
_ALONE = "-# What commands show is for you alone, until you share it."


def register(tree: Tree) -> None:
    @tree.command(name="help", description="What I can do")
    async def show(act: Act) -> None:
        mine = act.permissions if act.guild_id else discord.Permissions.none()
        await act.response.send_message(view=view(tree, mine), ephemeral=True)


def view(tree: Tree, mine: discord.Permissions) -> discord.ui.LayoutView:
    """For somebody with these permissions: commands that they do not see are left out, as is the
    one they just gave."""
    commands = [one for one in tree.walk_commands() if isinstance(one, app_commands.Command)]
    seen = [one for one in commands if mine >= _needed(one)]
    parts = [_TALK]
    for root, group in groupby(seen, key=lambda one: one.root_parent):
        if root:
            parts.append(f"### {root.description}\n" + "\n".join(_line(one) for one in group))
    menus = [f"- {menu.name}" for menu in tree.get_commands(type=discord.AppCommandType.message)]
    if menus:
        parts.append("\n".join([_ON_MESSAGES, *menus]))
    text = "\n".join([*parts, _ALONE])
    return layouts.message(layouts.frame([layouts.words(text)]))


def _needed(command: Command) -> discord.Permissions:
    """Only what stands at the top of a command counts for Discord."""
    top = command.root_parent or command
    return top.default_permissions or discord.Permissions.none()


def _line(command: Command) -> str:
    return f"`/{command.qualified_name}`  {command.description}"
