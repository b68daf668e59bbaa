"""Every setting, read once at start and handed out in pieces; nothing else reads the environment.

`.env.example` and the README list the same settings (a test compares them).
"""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, Field, SecretStr, UrlConstraints, ValidationError, model_validator
from pydantic.networks import AnyUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

PostgresUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["postgres", "postgresql"])]
RedisUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["redis", "rediss", "unix"])]


class SettingsError(Exception):
    """A setting is wrong; `str()` is one line that names the variable and says what to do."""


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
    redis_url: RedisUrl | None = Field(None, description="A Redis, instead of the embedded one")

    anthropic_api_key: SecretStr | None = Field(
        None, description="With it Claude answers; without it the offline responder"
    )
    anthropic_base_url: AnyHttpUrl | None = Field(
        None, description="Another address of Claude's API"
    )
    anthropic_model: str = Field("claude-sonnet-5-5", description="Which Claude answers")

    slack_bot_token: SecretStr | None = Field(None, description="Checked by `castmatch doctor`")
    slack_api_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://slack.com/api/"), description="Slack's API, ending in /api/"
    )
    discord_token: SecretStr | None = Field(None, description="Checked by `castmatch doctor`")
    discord_api_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://discord.com/api/v10"), description="Discord's API, ending in /api/v10"
    )

    reply_slots: int = Field(
        200, ge=1, le=1000, description="Replies written at once by one process"
    )
    job_slots: int = Field(1, ge=1, le=16, description="Background jobs run at once by one process")
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

    @model_validator(mode="after")
    def _token_beyond_loopback(self) -> Settings:
        if not self.is_loopback and self.access_token is None:
            raise ValueError(
                "ACCESS_TOKEN: set one (16 characters or more), as HOST is not a loopback address"
            )
        return self


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
