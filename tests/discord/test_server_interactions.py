"""Commands, buttons, menus and forms in the loopback Discord, through discord.py's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.discord.real_client import RealClient, connected, intents
from tests.fakes.discord import Channel, DiscordServer, Guild, Person

Act = discord.Interaction[Any]


class Casting(app_commands.Group):
    """Commands as an app would have them. `after` is what the command does once it answered."""

    def __init__(self) -> None:
        super().__init__(name="talent", description="Talents")

    @app_commands.command(description="Find talents")
    @app_commands.describe(city="Where they live", age="Their age")
    async def search(self, act: Act, city: str, age: app_commands.Range[int, 1, 99] = 30) -> None:
        await act.response.defer(ephemeral=True, thinking=True)
        await act.followup.send(f"{age} in {city}")
        await act.followup.send("and more", ephemeral=True)

    @search.autocomplete("city")
    async def cities(self, act: Act, begun: str) -> list[app_commands.Choice[str]]:
        known = ["Mumbai", "Pune"]
        return [
            app_commands.Choice(name=each, value=each)
            for each in known
            if each.lower().startswith(begun.lower())
        ]

    @app_commands.command(description="Never answers")
    async def silent(self, act: Act) -> None:
        pass


class Form(discord.ui.Modal, title="Budget"):
    daily: discord.ui.Label[Any] = discord.ui.Label(
        text="Replies a day", component=discord.ui.TextInput(custom_id="daily", default="5")
    )

    async def on_submit(self, act: Act) -> None:
        assert isinstance(self.daily.component, discord.ui.TextInput)
        await act.response.send_message(f"{self.daily.component.value} a day")


class Buttons(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Stop", custom_id="stop")
    async def stop_it(self, act: Act, _: Any) -> None:
        await act.response.edit_message(content="Stopped", view=None)

    @discord.ui.button(label="Set up", custom_id="setup")
    async def set_up(self, act: Act, _: Any) -> None:
        await act.response.send_modal(Form())

    @discord.ui.select(
        placeholder="Sort by",
        custom_id="sort",
        options=[discord.SelectOption(label="Age", value="a")],
    )
    async def sort(self, act: Act, select: discord.ui.Select[Any]) -> None:
        await act.response.send_message(select.values[0], ephemeral=True)


class App(RealClient):
    def __init__(self) -> None:
        super().__init__(intents())
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(Casting())
        self.tree.add_command(
            app_commands.ContextMenu(name="Find talents for this", callback=_find_for)
        )

    async def setup_hook(self) -> None:
        await self.tree.sync()


async def _find_for(act: Act, message: discord.Message) -> None:
    await act.response.send_message(f"for: {message.content}", ephemeral=True)


@pytest.fixture
async def app(
    discord_server: DiscordServer, casting: Channel, asha: Person
) -> AsyncIterator[RealClient]:
    async with connected(discord_server, App) as real:
        yield real


async def test_a_command_deferred_and_followed(
    app: RealClient, guild: Guild, casting: Channel, asha: Person
) -> None:
    act = await asha.commands(casting, "/talent search", city="Mumbai", age=31)
    await act.finished()
    assert act.is_private
    assert act.message
    assert act.message.shown == "31 in Mumbai"
    assert casting.messages() == []
    assert len(asha.sees(casting)) >= 1
    assert guild.member("Ben").sees(casting) == []
    with pytest.raises(AssertionError, match="also needs"):
        await asha.commands(casting, "/talent search")
    with pytest.raises(AssertionError, match="from 1 to 99"):
        await asha.commands(casting, "/talent search", city="Pune", age=0)


async def test_suggestions_and_menus(app: RealClient, casting: Channel, asha: Person) -> None:
    assert await asha.autocompletes(casting, "/talent search", "city", "mu") == ["Mumbai"]
    asked = await asha.says(casting, "a dancer for an ad")
    act = await asha.menu("Find talents for this", asked)
    assert act.shown == "for: a dancer for an ad"
    assert act.is_private


async def test_buttons_menus_and_forms(app: RealClient, casting: Channel, asha: Person) -> None:
    await app.channel(casting.id).send("Working", view=Buttons())
    (message,) = casting.from_bot()
    assert (await asha.chooses(message, "Sort by", "Age")).shown == "a"
    opened = await asha.clicks(message, "Set up")
    assert (await asha.submits(opened, **{"Replies a day": "7"})).shown == "7 a day"
    opened = await asha.clicks(message, "Set up")
    assert (await asha.submits(opened)).shown == "5 a day"
    await asha.clicks(message, "Stop")
    assert (message.shown, message.components) == ("Stopped", [])
    with pytest.raises(AssertionError, match="there is no 'Stop' to use"):
        await asha.clicks(message, "Stop")


async def test_answers_too_late_or_twice(
    app: RealClient, discord_server: DiscordServer, casting: Channel, asha: Person
) -> None:
    discord_server.ack_seconds = 0.05
    act = await asha.commands(casting, "/talent silent")
    assert act.failed
    late = app.interactions[-1]
    with pytest.raises(discord.NotFound) as caught:
        await late.response.send_message("late")
    assert caught.value.code == 10062

    discord_server.ack_seconds = 3.0
    act = await asha.commands(casting, "/talent search", city="Pune")
    await act.finished()
    answered = app.interactions[-1]
    answered.response._response_type = None  # as another process that has not answered
    with pytest.raises(discord.HTTPException) as again:
        await answered.response.send_message("again")
    assert again.value.code == 40060
    act.at -= 901
    with pytest.raises(discord.HTTPException) as gone:
        await answered.edit_original_response(content="much later")
    assert gone.value.code == 50027


def _layout(text: str, *, buttons: int = 1) -> Callable[[], discord.ui.LayoutView]:
    def make() -> discord.ui.LayoutView:
        view = discord.ui.LayoutView(timeout=None)
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
        for number in range(buttons):
            row.add_item(discord.ui.Button(label=f"{number}", custom_id=f"b{number}"))
        view.add_item(discord.ui.Container(discord.ui.TextDisplay(text), row))
        return view

    return make


async def test_components_of_the_second_version(
    app: RealClient, discord_server: DiscordServer, casting: Channel
) -> None:
    discord_server.limits.off()
    channel = app.channel(casting.id)
    await channel.send(view=_layout("A card")())
    (message,) = casting.from_bot()
    assert message.shown == "A card\n[0]"
    for payload in (
        {"content": "both", "flags": 1 << 15, "components": [{"type": 10, "content": "x"}]},
        {"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 4001}]},
        {"flags": 1 << 15, "components": [{"type": 10, "content": "x"}] * 41},
        {"content": "old", "components": [{"type": 10, "content": "x"}]},
        {"content": "x", "components": [_row("a" * 101)]},
        {"content": "x", "components": [_row("a"), _row("a")]},
    ):
        params = discord.http.MultipartParameters(payload, None, None)
        with pytest.raises(discord.HTTPException) as caught:
            await app.http.send_message(casting.id, params=params)
        assert caught.value.code == 50035


def _row(custom_id: str) -> dict[str, Any]:
    button = {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id}
    return {"type": 1, "components": [button]}


async def test_installed_by_a_person(
    app: RealClient, discord_server: DiscordServer, asha: Person
) -> None:
    elsewhere = discord_server.guild("Elsewhere", installed=False)
    elsewhere.join(asha)
    channel = elsewhere.channel("general")
    with pytest.raises(AssertionError, match="the app is not in"):
        await asha.commands(channel, "/talent search", city="Pune")
    asha.has_app = True
    for command in discord_server.commands.everywhere:
        command["integration_types"] = [0, 1]
    act = await asha.commands(channel, "/talent search", city="Pune")
    await act.finished()
    assert act.message
    assert act.message.shown == "30 in Pune"
