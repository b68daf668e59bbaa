"""Every setting, read once at start and handed out in pieces; nothing else reads the environment.

`.env.example` and the README list the same settings (a test compares them).
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    Field,
    SecretStr,
    UrlConstraints,
    ValidationError,
    model_validator,
)
from pydantic.networks import AnyUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

PostgresUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["postgres", "postgresql"])]
RedisUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["redis", "rediss", "unix"])]

FERNET_KEY_BYTES = 32


class SettingsError(Exception):
    """A setting is wrong; `str()` is one line that names the variable and says what to do."""


def _begins_with(prefix: str) -> AfterValidator:
    def check(token: SecretStr | None) -> SecretStr | None:
        if token is not None and not token.get_secret_value().startswith(prefix):
            raise ValueError(f"it begins with {prefix}, as the Slack app's settings show it")
        return token

    return AfterValidator(check)


def _fernet_keys(keys: SecretStr | None) -> SecretStr | None:
    for key in _parts(keys):
        try:
            length = len(b64decode(key, altchars=b"-_", validate=True))
        except ValueError:
            length = 0
        if length != FERNET_KEY_BYTES:
            raise ValueError("each key is 44 characters, as `castmatch tokens new` prints it")
    return keys


def _parts(keys: SecretStr | None) -> tuple[str, ...]:
    parts = (keys.get_secret_value() if keys else "").split(",")
    return tuple(part.strip() for part in parts if part.strip())


class Settings(BaseSettings):
    """Read from the environment, then from a `.env` file in the current folder."""

    model_config = SettingsConfigDict(
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Field(
        Path(__file__).parent.parent / ".data",
        description="Folder of the embedded Postgres and Redis",
    )
    host: str = Field(
        "127.0.0.1",
        description="Address the page and API listen on; beyond loopback, ACCESS_TOKEN is needed",
    )
    port: int = Field(
        3001, ge=1, le=65535, description="Port of the page and API; if taken, the next free one"
    )
    access_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="What the page and API demand when they listen beyond loopback",
    )

    database_url: PostgresUrl | None = Field(
        None, description="A Postgres with pgvector, instead of the embedded one"
    )
    database_owner_url: PostgresUrl | None = Field(
        None,
        description="The same database with the login that owns and migrates it, if another",
    )
    database_listen_url: PostgresUrl | None = Field(
        None,
        description="The same database without a pooler between, where DATABASE_URL has one: "
        "LISTEN needs it",
    )
    redis_url: RedisUrl | None = Field(None, description="A Redis, instead of the embedded one")

    anthropic_api_key: SecretStr | None = Field(
        None, description="With it Claude answers; without it the offline responder"
    )
    anthropic_base_url: AnyHttpUrl | None = Field(
        None, description="Another address of Claude's API"
    )
    anthropic_model: str = Field("claude-sonnet-5-5", description="Which Claude answers")

    slack_bot_token: Annotated[SecretStr | None, _begins_with("xoxb-")] = Field(
        None,
        description="Bot token of the Slack app, for one workspace; SLACK_APP_TOKEN or "
        "SLACK_SIGNING_SECRET goes with it",
    )
    slack_app_token: Annotated[SecretStr | None, _begins_with("xapp-")] = Field(
        None, description="App-level token: Slack's events come by Socket Mode"
    )
    slack_signing_secret: SecretStr | None = Field(
        None, description="Slack's events may come by HTTP, signed with this"
    )
    slack_client_id: str | None = Field(
        None,
        description="Many workspaces install the app themselves (OAuth); SLACK_CLIENT_SECRET, "
        "SLACK_SIGNING_SECRET and TOKEN_KEYS go with it",
    )
    slack_client_secret: SecretStr | None = Field(None, description="Goes with SLACK_CLIENT_ID")
    slack_streaming: Literal["edits", "native"] = Field(
        "edits", description="How a reply grows in Slack: by edits, or by Slack's own streaming"
    )
    slack_processes: int = Field(
        1, ge=1, le=20, description="Processes that share what Slack allows: each takes its part"
    )
    slack_follow_ups: bool = Field(
        True, description="In a Slack thread, go on without being mentioned again"
    )
    slack_answer_bots: bool = Field(False, description="Answer other bots in Slack too")
    slack_api_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://slack.com/api/"), description="Slack's API, ending in /api/"
    )
    token_keys: Annotated[SecretStr | None, AfterValidator(_fernet_keys)] = Field(
        None,
        description="Keys that encrypt the workspaces' tokens, comma-separated, newest first; "
        "`castmatch tokens new` prints one",
    )
    discord_token: SecretStr | None = Field(
        None, description="Bot token of the Discord application: with it CastMatch is in Discord"
    )
    discord_api_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://discord.com/api/v10"), description="Discord's API, ending in /api/v10"
    )

    daily_replies_per_member: int | None = Field(
        None,
        ge=0,
        description="The most replies a day (UTC) for each person of a community, whatever its "
        "admins set; not set: no limit",
    )
    reply_slots: int = Field(
        200, ge=1, le=1000, description="Replies written at once by one process"
    )
    job_slots: int = Field(
        2,
        ge=1,
        le=16,
        description="Background jobs run at once by one process, of each sort: bookkeeping, "
        "embedding, learning",
    )
    turn_lease_seconds: float = Field(
        15,
        ge=1,
        le=600,
        description="How long a reply's worker may be silent before another takes over",
    )
    sample_roster: bool = Field(
        True, description="Load the invented sample roster into an empty database"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="What is logged"
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="auto: console on a terminal, else one JSON object a line"
    )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the page."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def vault_keys(self) -> tuple[str, ...]:
        """The keys of TOKEN_KEYS, newest first; none where it is not set."""
        return _parts(self.token_keys)

    @model_validator(mode="after")
    def _token_beyond_loopback(self) -> Settings:
        if not self.is_loopback and self.access_token is None:
            raise ValueError(
                "ACCESS_TOKEN: set one (16 characters or more), as HOST is not a loopback address"
            )
        return self

    @model_validator(mode="after")
    def _goes_together(self) -> Settings:
        for name, needed in _GO_TOGETHER.items():
            if getattr(self, name) is None:
                continue
            for any_of in needed:
                if all(getattr(self, other) is None for other in any_of):
                    wanted = " or ".join(other.upper() for other in any_of)
                    raise ValueError(f"{name.upper()}: set {wanted} too")
        return self


# What each setting needs: of each group, at least one.
_GO_TOGETHER: Mapping[str, Sequence[Sequence[str]]] = {
    "database_listen_url": [["database_url"]],
    "slack_bot_token": [["slack_app_token", "slack_signing_secret"]],
    "slack_app_token": [["slack_bot_token", "slack_client_id"]],
    "slack_signing_secret": [["slack_bot_token", "slack_client_id"]],
    "slack_client_id": [["slack_client_secret"], ["slack_signing_secret"], ["token_keys"]],
    "slack_client_secret": [["slack_client_id"]],
}


def read_settings() -> Settings:
    """The settings, or `SettingsError` with one line that names the first wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        message = first["msg"].removeprefix("Value error, ")
        if first["loc"]:
            message = f"{'.'.join(map(str, first['loc'])).upper()}: {message}"
        raise SettingsError(f"{message}. Mend it in the environment or in .env.") from None
