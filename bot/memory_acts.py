"""`/memory` in every adapter: what a person types, and what it comes to.

The answer is Markdown, for whoever asked alone. Nothing that is typed here is stored or logged.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from bot import memory_words as words
from bot.conversation import Access, Author, ConversationKey, Place
from bot.distilling.persons import to_you
from bot.facts import Fact
from bot.stores import Choices, Forgotten, Memories, People

COMMAND = "/memory"

_MANY = 10
"""Messages that "forget about" takes at most without asking."""
_FORGET_ABOUT = re.compile(
    r"(?:(?:everything|all|anything|what)\s+)?(?:(?:that\s+)?i\s+(?:have\s+)?(?:said|told you)\s+)?"
    r"(?:about|regarding)\s+(?P<words>.+)",
    re.IGNORECASE | re.DOTALL,
)
_ID = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")
_PAGE = re.compile(r"(?:page )?\d{1,4}")
_SURE = "really "
_ALL = ("all", "everything", "me", "everything about me", "all about me")
_DAYS = re.compile(r"(?:for\s+)?(\d{1,4})\s*(?:d|days?)?")
_MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where."""

    author: Author
    conversation: ConversationKey
    place: Place
    default_access: Access
    """As in `bot.conversation.Message`."""
    is_admin: bool = False
    """Whether they may choose for the channel."""
    is_everywhere: bool = False
    """Whether their id is theirs in all workspaces of the platform."""
    posts_stay: bool = False
    """Whether the platform goes on showing what we posted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What they are told; with what was exported, for a file."""

    text: str
    facts: tuple[Fact, ...] = ()
    """For a screen that lists them with buttons; `whole` has them in its text."""
    ids: tuple[str, ...] = ()
    """What each fact is named by."""
    is_list: bool = False
    """Whether they were asked for: then a screen's list is these."""
    choices: Choices | None = None
    export: Mapping[str, JsonValue] | None = None
    goes_on: str = ""
    """What to say after `/memory` to go through with what cannot be undone."""
    next_page: str = ""
    """What to say for the facts after these."""

    @property
    def whole(self) -> str:
        """The text, and the facts as a list in it."""
        if not self.facts:
            return self.text
        return f"{words.listed(self.facts, self.ids)}\n\n{self.text}"


class MemoryActs:
    """One function for each act, over `bot.stores`."""

    def __init__(self, memories: Memories, people: People) -> None:
        self._memories = memories
        self._people = people

    async def do(self, asker: Asker, text: str) -> Answer:
        """What `/memory` is followed by. `UnavailableError` where our data is away."""
        text = " ".join(text.split())
        act, _, rest = text.partition(" ")
        is_sure = rest.casefold().startswith(_SURE)
        rest = rest[len(_SURE) :] if is_sure else rest
        doing: Awaitable[Answer] | None = None
        match act.casefold(), rest.casefold():
            case ("" | "show" | "list", ""):
                doing = self.show(asker)
            case ("show" | "list", page) if _PAGE.fullmatch(page):
                doing = self.show(asker, page=int(page.rpartition(" ")[2]))
            case ("forget" | "delete", all_of_it) if all_of_it in _ALL:
                doing = self.forget_all(asker, is_sure=is_sure)
            case ("forget" | "delete", all_of_it) if all_of_it.removesuffix(" everywhere") in _ALL:
                doing = self.forget_all(asker, is_sure=is_sure, everywhere=True)
            case ("forget" | "delete", _) if rest:
                doing = self.forget(asker, rest, is_sure=is_sure)
            case ("export" | "download", ""):
                doing = self.export(asker)
            case ("on" | "off" as way, "" | "me" | "for me"):
                doing = self.turn(asker, on=way == "on")
            case ("on" | "off" as way, "channel" | "this channel" | "for this channel" | "here"):
                doing = self.turn_channel(asker, on=way == "on")
            case ("keep", _) if rest:
                doing = self.keep(asker, rest)
        if doing is None:
            return Answer(words.unknown("" if text.casefold() == "help" else text))
        return await doing

    async def is_known(self, asker: Asker) -> bool:
        """Whether anything is held of them."""
        return await self._people.known(*_named(asker)) is not None

    async def do_and_show(self, asker: Asker, text: str) -> Answer:
        """`do`, for a screen that lists the facts: with those that are left, where some went."""
        answer = await self.do(asker, text)
        if answer.is_list or answer.export is not None or answer.goes_on:
            return answer
        left = await self.show(asker)
        return replace(left, text=answer.text)

    async def show(self, asker: Asker, *, page: int = 1) -> Answer:
        """What is remembered of them."""
        named = _named(asker)
        person = await self._people.known(*named)
        facts = await self._memories.facts(*named)
        choices = await self._memories.choices(asker.conversation, asker.author.external_id)
        elsewhere = len(await self._elsewhere(asker))
        pages = words.pages(facts)
        page = min(max(page, 1), len(pages))
        before = sum(len(one) for one in pages[: page - 1])
        there = tuple(pages[page - 1])
        ids = words.short_ids(facts)[before : before + len(there)]
        beside = words.shown(person, choices, page=page, of=len(pages), elsewhere=elsewhere)
        return Answer(
            beside if facts else f"{words.NO_FACTS}\n\n{beside}",
            there,
            tuple(ids),
            is_list=True,
            choices=choices,
            next_page=f"show {page + 1}" if page < len(pages) else "",
        )

    async def forget(self, asker: Asker, what: str, *, is_sure: bool = False) -> Answer:
        """One fact by the beginning of its id, or what they said about something."""
        if match := _FORGET_ABOUT.fullmatch(what):
            return await self._forget_about(asker, match["words"], is_sure=is_sure)
        if _ID.fullmatch(what.casefold()) and (
            forgotten := await self._memories.forget_fact(*_named(asker), what.casefold())
        ):
            return self._receipt(asker, forgotten)
        return await self._forget_about(asker, what, is_sure=is_sure)

    async def statement(self, asker: Asker, short_id: str) -> str:
        """What the one fact of theirs says whose id begins so; empty where there is none."""
        facts = await self._memories.facts(*_named(asker))
        found = [words.to_author(fact) for fact in facts if str(fact.id).startswith(short_id)]
        return found[0] if len(found) == 1 else ""

    async def _forget_about(self, asker: Asker, about: str, *, is_sure: bool) -> Answer:
        about = about.strip(" .!\"'“”‘’")
        would = await self._memories.said_about(*_named(asker), about)
        if would == Forgotten(0, 0, 0, 0):
            return Answer(words.nothing_about(about))
        if would.turns + would.overheard > _MANY and not is_sure:
            text = words.about_to_forget_about(about, would)
            return Answer(text, goes_on=f"forget {_SURE}about {about}")
        return self._receipt(asker, await self._memories.forget_about(*_named(asker), about))

    async def forget_all(
        self, asker: Asker, *, is_sure: bool = False, everywhere: bool = False
    ) -> Answer:
        """Everything of theirs, once they are sure; `everywhere`: in the platform's other
        workspaces too, where the same person has the same id there."""
        platform, workspace, external_id = _named(asker)
        others = await self._elsewhere(asker) if everywhere else ()
        if not is_sure:
            person = await self._people.known(*_named(asker))
            if text := words.about_to_forget(person, everywhere=bool(others)):
                also = " everywhere" if others else ""
                return Answer(text, goes_on=f"forget {_SURE}all{also}")
        gone = [
            await self._people.forget(platform, one, external_id) for one in (workspace, *others)
        ]
        return self._receipt(asker, _sum(gone))

    def _receipt(self, asker: Asker, forgotten: Forgotten) -> Answer:
        what = tuple(to_you(one, asker.author.name) for one in forgotten.what)
        forgotten = replace(forgotten, what=what)
        return Answer(words.receipt(forgotten, posts_stay=asker.posts_stay))

    async def _elsewhere(self, asker: Asker) -> Sequence[str]:
        return await self._memories.elsewhere(*_named(asker)) if asker.is_everywhere else ()

    async def export(self, asker: Asker) -> Answer:
        exported = await self._memories.export(*_named(asker))
        return Answer("All that is held of you here, as JSON.", export=exported)

    async def turn(self, asker: Asker, *, on: bool) -> Answer:
        await self._memories.turn_person(*_named(asker), on=on, default_access=asker.default_access)
        choices = await self._memories.choices(asker.conversation, asker.author.external_id)
        return Answer(words.ON if on else words.OFF, choices=choices)

    async def turn_channel(self, asker: Asker, *, on: bool) -> Answer:
        if asker.place is Place.DM:
            return await self.turn(asker, on=on)
        if not asker.is_admin:
            return Answer(words.ADMINS)
        await self._memories.turn_channel(
            asker.conversation, on=on, default_access=asker.default_access
        )
        return Answer(words.channel_turned(on=on))

    async def keep(self, asker: Asker, how_long: str) -> Answer:
        """For how long the channel's memory is kept; of a direct conversation its person says."""
        is_direct = asker.place is Place.DM
        if not (asker.is_admin or is_direct):
            return Answer(words.ADMINS)
        if not asker.conversation.channel:
            return Answer(words.WHICH_CHANNEL)
        match = _DAYS.fullmatch(how_long.casefold())
        is_forever = how_long.casefold() in ("forever", "always", "for ever")
        days = int(match[1]) if match else None
        if not is_forever and (days is None or not 1 <= days <= _MOST_DAYS):
            return Answer(words.no_days(_MOST_DAYS))
        await self._memories.keep_channel(
            asker.conversation, days, default_access=asker.default_access
        )
        where = "conversation" if is_direct else "channel"
        return Answer(words.kept_for(days, where=where))


def _sum(gone: Sequence[Forgotten]) -> Forgotten:
    """Of several workspaces."""
    return Forgotten(
        turns=sum(one.turns for one in gone),
        overheard=sum(one.overheard for one in gone),
        ratings=sum(one.ratings for one in gone),
        searches=sum(one.searches for one in gone),
        facts=sum(one.facts for one in gone),
        replies=sum(one.replies for one in gone),
    )


def _named(asker: Asker) -> tuple[str, str, str]:
    key = asker.conversation
    return key.platform, key.workspace, asker.author.external_id
