"""`/talent search`, `show`, `similar` and `shortlist`, and "Find talents for this" on a message:
answered to the asker alone."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any, TypeAlias

import discord
from discord import app_commands

from adapters.afterwards import Afterwards
from adapters.discord import answers, profiles
from adapters.discord.access import Act
from adapters.discord.answers import Answer
from adapters.discord.completing import Choices
from adapters.discord.events import words_of
from adapters.discord.markdown import plain
from adapters.discord.talent_acts import TalentActs
from adapters.discord.talent_options import OptionError, Options, query_of
from adapters.searches import nearest_note, today
from bot.talent import Talent, TalentQuery
from bot.wording import parse

FIND_TALENTS = "Find talents for this"
NO_ROLE = "I find no role in this message. Use `/talent search` and describe it in your own words."
FOR_THE_TEAM = "Shortlists are the casting team's."
_NOBODY = "Nobody here is called “{name}” or anything like it. Look for them with `/talent search`."
_GENDERS = [
    app_commands.Choice(name="women", value="female"),
    app_commands.Choice(name="men", value="male"),
    app_commands.Choice(name="non-binary people", value="non-binary"),
]
Typed: TypeAlias = app_commands.Range[str, 1, 300]
Text: TypeAlias = app_commands.Range[str, 1, 2_000]
Name: TypeAlias = app_commands.Range[str, 1, 100]


class Talents(app_commands.Group, name="talent", description="Find talents of the roster"):
    """`/talent`. What it shows is read by the asker alone until they share it."""

    def __init__(self, talents: TalentActs, afterwards: Afterwards) -> None:
        super().__init__()
        self._talents = talents
        self._afterwards = afterwards

    @app_commands.command(description="Find talents: in your own words, or option by option")
    @app_commands.describe(
        text="Whom you look for, in your own words",
        age="Playing age: 24-30, under 25, late thirties",
        gender="As played",
        languages="All that they must speak: Marathi, Hindi or Urdu",
        skills="All that they must have: Kathak, Horse riding",
        city="Where they live or travel to; any of several",
        available="Days on which they must be free: 3-10 Dec, next week",
        union="Any of several",
    )
    @app_commands.choices(gender=_GENDERS)
    async def search(  # noqa: PLR0917 - discord.py reads the options from these
        self,
        act: Act,
        text: Text | None = None,
        age: Typed | None = None,
        gender: str | None = None,
        languages: Typed | None = None,
        skills: Typed | None = None,
        city: Typed | None = None,
        available: Typed | None = None,
        union: Typed | None = None,
    ) -> None:
        typed = (text, age, gender, languages, skills, city, available, union)
        options = Options(*(each or "" for each in typed))

        async def find() -> Answer:
            try:
                query = query_of(options, today=today())
            except OptionError as error:
                return str(error)
            return await self._talents.searching.begin(await self._talents.asker(act), query)

        self._answer(act, "talent_search", find())

    @app_commands.command(description="A talent's profile")
    @app_commands.describe(name="Their name, or part of it")
    async def show(self, act: Act, name: Name) -> None:
        async def find() -> Answer:
            asker = await self._talents.asker(act)
            found = await self._talents.named(asker, name)
            if len(found) != 1:
                return _unclear(name, found)
            return await self._talents.profile(asker, found[0], nearest_note(name, found[0]))

        self._answer(act, "talent_show", find())

    @app_commands.command(description="Talents like one you name")
    @app_commands.describe(name="Whose likes you look for")
    async def similar(self, act: Act, name: Name) -> None:
        async def find() -> Answer:
            asker = await self._talents.asker(act)
            found = await self._talents.named(asker, name)
            if len(found) != 1:
                return _unclear(name, found)
            return await self._talents.searching.begin(asker, TalentQuery(similar_to=found[0].id))

        self._answer(act, "talent_similar", find())

    @app_commands.command(description="This channel's shortlist, for the casting team")
    async def shortlist(self, act: Act) -> None:
        async def find() -> Answer:
            asker = await self._talents.asker(act)
            return await self._talents.shortlist(asker) if asker.is_team else FOR_THE_TEAM

        self._answer(act, "talent_shortlist", find())

    @show.autocomplete("name")
    @similar.autocomplete("name")
    async def _names(self, act: Act, typed: str) -> Choices:
        return await self._talents.completing.name(act, typed)

    @search.autocomplete("languages")
    async def _languages(self, act: Act, typed: str) -> Choices:
        return await self._talents.completing.values(act, "language", typed)

    @search.autocomplete("skills")
    async def _skills(self, act: Act, typed: str) -> Choices:
        return await self._talents.completing.values(act, "skill", typed)

    @search.autocomplete("city")
    async def _cities(self, act: Act, typed: str) -> Choices:
        return await self._talents.completing.values(act, "city", typed)

    @search.autocomplete("union")
    async def _unions(self, act: Act, typed: str) -> Choices:
        return await self._talents.completing.values(act, "union", typed)

    def menu(self) -> app_commands.ContextMenu:
        """What is in a message's menu: it reads the role that the message describes."""

        async def chosen(act: Act, message: discord.Message) -> None:
            async def find() -> Answer:
                query = parse(words_of(message), today=today())
                if query.is_empty:
                    return NO_ROLE
                return await self._talents.searching.begin(await self._talents.asker(act), query)

            self._answer(act, "find_talents", find())

        return app_commands.ContextMenu(name=FIND_TALENTS, callback=chosen)

    def _answer(self, act: Act, what: str, work: Coroutine[Any, Any, Answer]) -> None:
        answers.begin(self._afterwards, act, what, answers.privately(act, work))


def _unclear(name: str, found: Sequence[Talent]) -> Answer:
    if not found:
        return _NOBODY.format(name=plain(name, 100))
    return lambda _: profiles.candidates(name, found)
