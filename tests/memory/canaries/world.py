"""Who is where, what they hold secret, and who may know it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from hashlib import blake2b
from uuid import UUID

from bot.conversation import Access, Audience, Author, ConversationKey, Place
from db.organisations import DEFAULT_ORG_ID

OTHER_ORG = UUID("00000000-0000-4000-8000-000000000002")
PEOPLE, CHANNELS = 100, 50
LONG = 90
"""Secrets of one conversation, so that replies there are given a summary of it too."""
_SYLLABLES = "ba ce di fo gu ha ki lo mu na pe ri so tu va wi xa yo zu qe".split()  # noqa: SIM905
_FIRST_AMOUNT = 7_000_000
_TITLE = re.compile(r"[A-Z][a-z]{7} [A-Z][a-z]{7}")
_AMOUNT = re.compile(r"(?<![\w.,])7\d{6}(?!\w)")


@dataclass(frozen=True, slots=True)
class Workspace:
    """Two of them bear one id, on different platforms."""

    platform: str
    name: str
    org_id: UUID
    access: Access


WORKSPACES = (
    Workspace("slack", "T1", DEFAULT_ORG_ID, Access.TEAM),
    Workspace("slack", "T2", DEFAULT_ORG_ID, Access.TEAM),
    Workspace("discord", "T1", DEFAULT_ORG_ID, Access.COMMUNITY),
    Workspace("slack", "T4", OTHER_ORG, Access.TEAM),
    Workspace("discord", "T5", OTHER_ORG, Access.COMMUNITY),
)


@dataclass(frozen=True, slots=True)
class Person:
    """The same id in every workspace."""

    number: int

    @property
    def id(self) -> str:
        return f"U{self.number}"

    @property
    def is_guest(self) -> bool:
        """May see what the community may, also in a team's workspace."""
        return self.number % 5 == 3

    @property
    def is_trusted(self) -> bool:
        """May see what the team may, also in a community's workspace, where nobody else reads."""
        return self.number % 10 == 7

    @property
    def remembers(self) -> bool:
        """Whether they have memory on."""
        return self.number % 20 != 11


@dataclass(frozen=True, slots=True)
class Room:
    """A channel, its private threads, or a person's direct messages. Channels of two workspaces
    bear the same ids."""

    workspace: Workspace
    channel: str
    place: Place
    threads: tuple[str, ...] = ("",)

    @property
    def remembers(self) -> bool:
        return self.channel != "C3"

    def access(self, person: Person) -> Access:
        """What an answer to them here may draw on."""
        if self.place is Place.SHARED or person.is_guest:
            return Access.COMMUNITY
        if person.is_trusted and self.place in (Place.DM, Place.THREAD, Place.PRIVATE):
            return Access.TEAM
        return self.workspace.access


@dataclass(frozen=True, slots=True)
class Spot:
    """Somebody in a conversation."""

    person: Person
    room: Room
    thread: str

    @property
    def key(self) -> ConversationKey:
        workspace = self.room.workspace
        return ConversationKey(workspace.platform, workspace.name, self.room.channel, self.thread)

    @property
    def access(self) -> Access:
        return self.room.access(self.person)

    @property
    def audience(self) -> Audience:
        return Audience(self.room.workspace.org_id, self.access, self.room.place)

    @property
    def remembers(self) -> bool:
        return self.person.remembers and self.room.remembers

    @property
    def author(self) -> Author:
        return Author(self.person.id, self.person.id)


class Kind(StrEnum):
    """Where a secret is kept."""

    TOLD = "told"
    """Said to us, and so an episode and a fact too."""
    ASIDE = "aside"
    """Overheard."""
    REPLY = "reply"
    """In our own words, with a source."""
    SEARCH = "search"
    """A search of the conversation, and one behind a button."""
    TALENT = "talent"
    """A talent's representation, which is the team's alone."""
    LISTER = "lister"
    """The name of whoever put somebody on a channel's shortlist."""


_KINDS = (
    *(Kind.TOLD,) * 11, *(Kind.ASIDE,) * 2, *(Kind.REPLY,) * 2, *(Kind.SEARCH,) * 2,
    *(Kind.TALENT,) * 2, Kind.LISTER,
)  # fmt: skip
OWN = frozenset({"show", "export", "forget", "saved search"})
"""Surfaces that answer whoever asks about what is theirs in this workspace, and nobody else."""
TRANSCRIPT = "transcript"
"""What a screen shows of its own conversation."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Two words that no other has, by which it is asked for, and a number that is never asked."""

    number: int
    spot: Spot

    @property
    def kind(self) -> Kind:
        return _KINDS[self.number % len(_KINDS)]

    @property
    def title(self) -> str:
        digest = blake2b(self.number.to_bytes(4, "big"), digest_size=8).digest()
        letters = [_SYLLABLES[byte % len(_SYLLABLES)] for byte in digest]
        return f"{''.join(letters[:4]).capitalize()} {''.join(letters[4:]).capitalize()}"

    @property
    def amount(self) -> int:
        return _FIRST_AMOUNT + self.number

    @property
    def access(self) -> Access:
        """Whose it is in its place. Nobody is trusted with what others say to each other."""
        room = self.spot.room
        if self.kind is Kind.ASIDE and room.workspace.access is Access.COMMUNITY:
            return Access.COMMUNITY
        return self.spot.access

    @property
    def is_forgotten(self) -> bool:
        """Its author said so, before anybody asks."""
        return self.kind in (Kind.TOLD, Kind.ASIDE, Kind.SEARCH) and self.number % 7 == 0

    def is_for(self, asker: Spot, surface: str) -> bool:
        """Whether whoever reads there what the surface gives may know it."""
        there, here = self.spot.room.workspace, asker.room.workspace
        if self.is_forgotten:
            return False
        if self.kind is Kind.TALENT:
            return there.org_id == here.org_id and asker.access is Access.TEAM
        if there != here:
            return False
        if surface in OWN:
            return self.kind is not Kind.LISTER and asker.person == self.spot.person
        if surface == TRANSCRIPT:
            return self._is_in(asker)
        may_see = self.access is Access.COMMUNITY or asker.access is Access.TEAM
        return may_see and self._is_recalled(asker)

    def _is_in(self, asker: Spot) -> bool:
        """Whether it was said in this very conversation."""
        return (self.spot.room, self.spot.thread) == (asker.room, asker.thread)

    def _is_recalled(self, asker: Spot) -> bool:
        """Whether everybody there is among those whom it was said to."""
        there, here = self.spot.room, asker.room
        same_channel = (there.workspace, there.channel) == (here.workspace, here.channel)
        if self.kind is Kind.LISTER:
            return same_channel
        if self.kind is Kind.SEARCH or not (self.spot.remembers and asker.remembers):
            return self._is_in(asker)  # memory has nothing of it, or nothing to say
        match there.place:
            case Place.PUBLIC:
                return here.place is not Place.SHARED
            case Place.DM:
                return here.place is Place.DM and asker.person == self.spot.person
            case Place.THREAD:
                return self._is_in(asker)
        return same_channel


class World:
    """Everybody and everything, from a fixed seed."""

    def __init__(self, secrets: int) -> None:
        pick = random.Random(5)
        self.people = [Person(number) for number in range(PEOPLE)]
        places = (*(Place.PRIVATE,) * 4, *(Place.PUBLIC,) * 3, *(Place.SHARED,) * 3)
        self.rooms = [
            Room(
                WORKSPACES[number % 5],
                f"C{number // 5}",
                places[number // 5],
                ("100.1",) if number % 2 else ("100.1", "100.2", "100.3"),
            )
            for number in range(CHANNELS)
        ]
        self.rooms += [
            Room(workspace, "C2", Place.THREAD, ("200.1", "200.2")) for workspace in WORKSPACES
        ]
        spots = [self.somewhere(pick, person) for person in pick.choices(self.people, k=secrets)]
        busy = self.rooms[25]
        for number, spot in enumerate(spots[:LONG]):
            spots[number] = Spot(spot.person, busy, busy.threads[0])
        self.secrets = [Secret(number, spot) for number, spot in enumerate(spots)]

    def somewhere(self, pick: random.Random, person: Person) -> Spot:
        """A conversation that the person may write in: of a channel, or their direct messages."""
        if pick.random() < 0.4:
            return Spot(person, Room(pick.choice(WORKSPACES), f"D{person.number}", Place.DM), "")
        room = pick.choice(self.rooms)
        return Spot(person, room, pick.choice(room.threads))

    @cache  # noqa: B019 - there is one world in a process
    def talents_of(self, org_id: UUID) -> Sequence[Secret]:
        """Those that are kept with a talent of this organisation's."""
        return [
            secret
            for secret in self.secrets
            if secret.kind is Kind.TALENT and secret.spot.room.workspace.org_id == org_id
        ]

    @cached_property
    def _by_title(self) -> dict[str, Secret]:
        return {secret.title: secret for secret in self.secrets}

    def told_in(self, text: str, *, named: str = "") -> Iterator[Secret]:
        """The secrets that a text tells, where the question may have named one itself."""
        told = {int(amount) - _FIRST_AMOUNT for amount in _AMOUNT.findall(text)}
        for number in told:
            if number < len(self.secrets):
                yield self.secrets[number]
        for title in {*_TITLE.findall(text)} - {named}:
            if (secret := self._by_title.get(title)) and secret.number not in told:
                yield secret
