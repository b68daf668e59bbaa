"""What a server's admins have set, as it is kept in `WorkspaceSettings`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError


class GuildSettings(BaseModel):
    """Everything has a value for a server that nobody has set up."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    channels: tuple[str, ...] = ()
    """Ids of the channels where we answer; empty: wherever we are spoken to."""
    trusted_roles: tuple[str, ...] = ()
    """Ids of the roles whose members see what the team sees, where the server was linked so."""
    threads: bool = False
    """Open a thread for each conversation that begins in a channel."""

    @classmethod
    def of(cls, kept: Mapping[str, JsonValue]) -> GuildSettings:
        """What is kept in another shape than ours counts as not set."""
        try:
            return cls.model_validate(dict(kept))
        except ValidationError:
            return cls()

    def trusts(self, roles: Collection[str], guild_id: str) -> bool:
        """Whether one of a member's roles is trusted; `@everyone`, which has the server's id,
        never is."""
        return not {*self.trusted_roles, guild_id}.isdisjoint({*roles} - {guild_id})

    def answers_in(self, channel_id: str) -> bool:
        return not self.channels or channel_id in self.channels
