"""`/memory` in every adapter: what a person types, and what it comes to.

The answer is Markdown, for whoever asked alone. Nothing that is typed here is stored or logged.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from bot.conversation import Access, Author, ConversationKey, Place
from bot.distilling.persons import to_you
from bot.facts import Fact, short_id
from bot.offline.phrases import plain
from bot.stores import Choices, Forgotten, Memories, People, Person

COMMAND = "/memory"
HELP = """\
- `/memory show`: what is remembered of you, and your choices
- `/memory forget 3f2a`: forget one fact, and the messages that said it
- `/memory forget about Monsoon Letters`: forget what you said about something
- `/memory forget all`: forget everything that you said
- `/memory export`: all of it, as JSON
- `/memory off`, `/memory on`: whether what you say is remembered beyond its conversation
- `/memory off channel`, `/memory keep 30 days`, `/memory keep forever`: the same for this channel,\
 and for how long (its admins)"""

_SHOWN = 30
_FORGET_ABOUT = re.compile(
    r"(?:(?:everything|all|anything|what)\s+)?(?:(?:that\s+)?i\s+(?:have\s+)?(?:said|told you)\s+)?"
    r"(?:about|regarding)\s+(?P<words>.+)",
    re.IGNORECASE | re.DOTALL,
)
_ID = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What they are told; with what was exported, for a file."""

    text: str
    facts: tuple[Fact, ...] = ()
    """For a screen that lists them with buttons; `whole` has them in its text."""
    is_list: bool = False
    """Whether they were asked for: then a screen's list is these."""
    choices: Choices | None = None
    export: Mapping[str, JsonValue] | None = None

    @property
    def whole(self) -> str:
        """The text, and the facts as a list in it."""
        if not self.facts:
            return self.text
        listed = [
            f"- `{short_id(fact)}` {plain(to_author(fact))} {_when(fact)}" for fact in self.facts
        ]
        return "\n".join(["**What you told me that I take to hold:**", "", *listed, "", self.text])


class MemoryActs:
    """One function for each act, over `bot.stores`."""

    def __init__(self, memories: Memories, people: People) -> None:
        self._memories = memories
        self._people = people

    async def do(self, asker: Asker, text: str) -> Answer:
        """What `/memory` is followed by. `UnavailableError` where our data is away."""
        act, _, rest = " ".join(text.split()).partition(" ")
        doing: Awaitable[Answer] | None = None
        match act.casefold(), rest.casefold():
            case ("" | "show" | "list", ""):
                doing = self.show(asker)
            case ("forget" | "delete", "all" | "everything" | "me" | "everything about me"):
                doing = self.forget_all(asker)
            case ("forget" | "delete", _) if rest:
                doing = self.forget(asker, rest)
            case ("export" | "download", ""):
                doing = self.export(asker)
            case ("on" | "off" as way, "" | "me" | "for me"):
                doing = self.turn(asker, on=way == "on")
            case ("on" | "off" as way, "channel" | "this channel" | "for this channel" | "here"):
                doing = self.turn_channel(asker, on=way == "on")
            case ("keep", _) if rest:
                doing = self.keep(asker, rest)
        return await doing if doing else Answer(HELP)

    async def show(self, asker: Asker) -> Answer:
        """What is remembered of them."""
        named = _named(asker)
        person = await self._people.known(*named)
        facts = tuple(await self._memories.facts(*named))
        choices = await self._memories.choices(asker.conversation, asker.author.external_id)
        return Answer(_shown(person, facts, choices), facts[:_SHOWN], is_list=True, choices=choices)

    async def forget(self, asker: Asker, what: str) -> Answer:
        """One fact by the beginning of its id, or what they said about something."""
        if match := _FORGET_ABOUT.fullmatch(what):
            return await self._forget_about(asker, match["words"])
        if _ID.fullmatch(what.casefold()) and (
            forgotten := await self._memories.forget_fact(*_named(asker), what.casefold())
        ):
            return Answer(receipt(forgotten))
        return await self._forget_about(asker, what)

    async def _forget_about(self, asker: Asker, words: str) -> Answer:
        words = words.strip(" .!\"'“”‘’")
        forgotten = await self._memories.forget_about(*_named(asker), words)
        if forgotten == Forgotten(0, 0, 0, 0):
            return Answer(f"Nothing that you said about “{plain(words)}” is held.")
        return Answer(receipt(forgotten))

    async def forget_all(self, asker: Asker) -> Answer:
        return Answer(receipt(await self._people.forget(*_named(asker))))

    async def export(self, asker: Asker) -> Answer:
        exported = await self._memories.export(*_named(asker))
        return Answer("All that is held of you, as JSON.", export=exported)

    async def turn(self, asker: Asker, *, on: bool) -> Answer:
        await self._memories.turn_person(*_named(asker), on=on, default_access=asker.default_access)
        choices = await self._memories.choices(asker.conversation, asker.author.external_id)
        return Answer(_ON if on else _OFF, choices=choices)

    async def turn_channel(self, asker: Asker, *, on: bool) -> Answer:
        if asker.place is Place.DM:
            return await self.turn(asker, on=on)
        if not asker.is_admin:
            return Answer(_ADMINS)
        await self._memories.turn_channel(
            asker.conversation, on=on, default_access=asker.default_access
        )
        return Answer(f"Memory is {'on' if on else 'off'} for this channel from now on.")

    async def keep(self, asker: Asker, how_long: str) -> Answer:
        """For how long the channel's memory is kept."""
        if not asker.is_admin:
            return Answer(_ADMINS)
        match = _DAYS.fullmatch(how_long.casefold())
        is_forever = how_long.casefold() in ("forever", "always", "for ever")
        days = int(match[1]) if match else None
        if not is_forever and (days is None or not 1 <= days <= _MOST_DAYS):
            return Answer(
                f"Say a number of days from 1 to {_MOST_DAYS:,}, as in `/memory keep 30 days`, or"
                " `/memory keep forever`."
            )
        await self._memories.keep_channel(
            asker.conversation, days, default_access=asker.default_access
        )
        if days is None:
            return Answer("What is said in this channel is kept until somebody forgets it.")
        return Answer(f"What is said in this channel is forgotten after {_count(days, 'day')}.")


_ON = "Memory is on: what you tell me is remembered, and used where everybody may know it."
_OFF = (
    "Memory is off: from now on nothing you say is remembered beyond its own conversation, and"
    " nothing remembered is used in answers to you. What was kept before stays until you say"
    " `/memory forget all`."
)
_ADMINS = "Only this workspace's admins can choose that for a channel. `/memory off` is yours."


def receipt(forgotten: Forgotten) -> str:
    """What went, in words."""
    went = [
        _count(forgotten.facts, "fact"),
        _count(forgotten.turns, "message with our replies", "messages with our replies"),
        _count(forgotten.overheard, "message to others", "messages to others"),
        _count(forgotten.searches, "saved search", "saved searches"),
        _count(forgotten.ratings, "rating"),
        _count(forgotten.replies, "reply that drew on it", "replies that drew on it"),
    ]
    listed = [one for one in went if not one.startswith("0 ")]
    if not listed:
        return "Nothing was held of you."
    lines = [f"Forgotten: {', '.join(listed)}. Copies elsewhere go within a minute."]
    if forgotten.what:
        lines.append("")
        lines += [f"- {plain(one)}" for one in forgotten.what]
    return "\n".join(lines)


def _shown(person: Person | None, facts: tuple[Fact, ...], choices: Choices) -> str:
    lines = []
    if not facts:
        lines.append("I hold no facts from you.")
    elif len(facts) > _SHOWN:
        lines.append(f"These are the newest {_SHOWN} of {len(facts)}; `/memory export` has all.")
    if person is not None:
        held = [
            _count(person.turns, "message with our replies", "messages with our replies"),
            _count(person.overheard, "message to others", "messages to others"),
            _count(person.searches, "saved search", "saved searches"),
            _count(person.ratings, "rating"),
        ]
        there = [one for one in held if not one.startswith("0 ")]
        if there:
            lines += ["", f"I also keep {', '.join(there)}."]
    lines += ["", *_chosen(choices), "", "`/memory help` says what you can do about it."]
    return "\n".join(lines)


def _chosen(choices: Choices) -> list[str]:
    lines = [f"Memory is {'on' if choices.person_on else 'off'} for you."]
    if not choices.channel_on:
        lines.append("It is off for this channel.")
    if choices.retention_days is not None:
        days = _count(choices.retention_days, "day")
        lines.append(f"What is said in this channel is forgotten after {days}.")
    return lines


def to_author(fact: Fact) -> str:
    """What it states, to whoever said it."""
    return to_you(fact.statement, fact.source.author.name)


def _when(fact: Fact) -> str:
    at = fact.source.at
    said = f"said on {at.day} {at:%B %Y}"
    return (
        f"({said}, {_count(fact.repeated, 'time')} more before)" if fact.repeated else f"({said})"
    )


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def _named(asker: Asker) -> tuple[str, str, str]:
    key = asker.conversation
    return key.platform, key.workspace, asker.author.external_id
