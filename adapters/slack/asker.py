"""Who asks us something, and what may be told: to them alone, and to everybody who is there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from adapters.slack.edges import Parts
from adapters.slack.events import PLATFORM
from adapters.slack.interaction import Interaction
from adapters.slack.messages import ALLOW_GUESTS
from adapters.slack.names import Known
from adapters.slack.rooms import Room
from bot.conversation import Access, Audience, Author, Place, access_within

NO_GUESTS = (
    "I answer the people of the workspace that I am installed in; its admins can let me answer"
    " guests, in my Home tab."
)


@dataclass(frozen=True, slots=True)
class Asker:
    author: Author
    alone: Audience
    """They alone read the answer."""
    there: Audience
    """Everybody in the channel does."""
    is_guest: bool
    """Of another organisation (Slack Connect)."""
    is_outsider: bool
    """That, or from outside and let into a few channels of the workspace: they see what the
    community may see, wherever others see more."""


async def find_asker(parts: Parts, did: Interaction) -> Asker | None:
    """Who it is; `None` for a guest whom nobody allowed."""
    known, room = await asyncio.gather(
        parts.names.known(did.client, did.team, [did.user]), _room(parts, did)
    )
    person = known.get(did.user, Known())
    place = _place(did, room)
    is_guest = _is_stranger(did, place, person)
    is_outsider = is_guest or person.is_guest
    settings = parts.ports.workspace_settings
    if is_guest and (await settings.read(PLATFORM, did.team)).get(ALLOW_GUESTS) is not True:
        return None
    alone = await settings.audience(
        PLATFORM,
        did.team,
        Place.DM,
        default_access=did.installed.default_access,
        access_at_most=Access.COMMUNITY if is_outsider else None,
    )
    there = Audience(alone.org_id, access_within(alone.access, place), place)
    return Asker(Author(did.user, person.name), alone, there, is_guest, is_outsider)


async def _room(parts: Parts, did: Interaction) -> Room | None:
    return await parts.rooms.room(did.client, did.team, did.channel) if did.channel else None


def _place(did: Interaction, room: Room | None) -> Place:
    """Of a channel that Slack does not tell us about anybody may be a member: also a direct message
    may be between two people, without us."""
    if room is not None:
        return room.place
    return Place.SHARED if did.channel else Place.DM


def _is_stranger(did: Interaction, place: Place, person: Known) -> bool:
    """As `events.is_stranger`: the workspaces of one Enterprise Grid are one organisation."""
    if did.user_team in {did.team, did.enterprise}:
        return False
    is_colleague = did.enterprise and (
        place is not Place.SHARED or person.enterprise_id == did.enterprise
    )
    return not is_colleague
