"""Who asks us something, and what may be told: to them alone, and to everybody who is there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from adapters.slack.edges import Parts
from adapters.slack.events import PLATFORM
from adapters.slack.interaction import Interaction
from adapters.slack.messages import ALLOW_GUESTS
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

    def as_there(self) -> Asker:
        """Told no more than everybody who is there."""
        return replace(self, alone=self.there)


async def find_asker(parts: Parts, did: Interaction) -> Asker | None:
    """Who it is; `None` for a guest whom nobody allowed."""
    names, room = await asyncio.gather(
        parts.names.of(did.client, did.team, [did.user]), _room(parts, did)
    )
    place = _place(did, room)
    is_guest = _is_guest(did, place)
    settings = parts.ports.workspace_settings
    if is_guest and (await settings.read(PLATFORM, did.team)).get(ALLOW_GUESTS) is not True:
        return None
    alone = await settings.audience(
        PLATFORM,
        did.team,
        Place.DM,
        default_access=did.installed.default_access,
        access_at_most=Access.COMMUNITY if is_guest else None,
    )
    there = Audience(alone.org_id, access_within(alone.access, place), place)
    return Asker(Author(did.user, names.get(did.user, "")), alone, there, is_guest)


async def _room(parts: Parts, did: Interaction) -> Room | None:
    return await parts.rooms.room(did.client, did.team, did.channel) if did.channel else None


def _place(did: Interaction, room: Room | None) -> Place:
    """Of a channel that Slack does not tell us about anybody may be a member."""
    if room is not None:
        return room.place
    is_direct = not did.channel or did.channel.startswith("D")
    return Place.DM if is_direct else Place.SHARED


def _is_guest(did: Interaction, place: Place) -> bool:
    """As `events.is_stranger`: the workspaces of one Enterprise Grid are one organisation."""
    is_foreign = did.user_team not in {did.team, did.enterprise}
    return is_foreign and (place is Place.SHARED or not did.enterprise)
