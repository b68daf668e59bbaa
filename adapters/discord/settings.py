"""What a server's admins have set, as it is kept in `WorkspaceSettings`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError


class GuildSettings(BaseModel):
    """Everything has a value for a server that nobody has set up."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    channels: tuple[str, ...] = ()
    """Ids of the channels where we answer; empty: wherever we are spoken to."""
    trusted_roles: tuple[str, ...] = ()
    """Ids of the roles whose members see what the team sees, where the server was linked so."""
    threads: bool = False
    """Open a thread for each conversation that begins in a channel."""

    daily_per_member: Annotated[int, Field(ge=0)] | None = None
    daily_per_server: Annotated[int, Field(ge=0)] | None = None
    """The most replies a day, for each member and for all together; `None`: as many as they ask
    for. `bot.spending.Spending` reads them by these names."""

    @classmethod
    def of(cls, kept: Mapping[str, JsonValue]) -> GuildSettings:
        """What is kept in another shape than ours counts as not set."""
        try:
            return cls.model_validate(dict(kept))
        except ValidationError as error:
            wrong = {each["loc"][0] for each in error.errors()}
            return cls.model_validate({name: kept[name] for name in kept.keys() - wrong})

    def trusts(self, roles: Collection[str], guild_id: str) -> bool:
        """Whether one of a member's roles is trusted; `@everyone`, which has the server's id,
        never is."""
        return not {*self.trusted_roles, guild_id}.isdisjoint({*roles} - {guild_id})

    def answers_in(self, channel_id: str) -> bool:
        return not self.channels or channel_id in self.channels
