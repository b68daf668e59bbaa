"""Every setting is documented, and a wrong one stops the start with one line that names it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, read_settings

ROOT = Path(__file__).parent.parent
NAMES = {name.upper() for name in Settings.model_fields}
SECRET = {"ACCESS_TOKEN", "DATABASE_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "TOKEN_KEYS"}

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "SLACK_SIGNING_SECRET": "s",
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "c",
    "TOKEN_KEYS": KEY,
}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_env_example_lists_every_setting_and_no_other() -> None:
    listed = re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(NAMES)


def test_env_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / ".env.example").read_text()
    for name, value in re.findall(r"^# ?([A-Z_]+)=(.+)$", text, re.MULTILINE):
        monkeypatch.setenv(name, value)
    defaults, example = Settings.model_construct(), read_settings()
    for name in set(Settings.model_fields) - {"data_dir"}:
        assert getattr(example, name) == getattr(defaults, name), name


def test_the_readme_lists_every_setting() -> None:
    assert (
        set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "README.md").read_text(), re.MULTILINE)) == NAMES
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "http"),
        ("DATABASE_URL", "mysql://localhost/castmatch"),
        ("DATABASE_LISTEN_URL", "postgresql://localhost/castmatch"),  # of which database?
        ("REDIS_URL", "localhost:6379"),
        ("ACCESS_TOKEN", "short"),
        ("ANTHROPIC_BASE_URL", "not an address"),
        ("LOG_LEVEL", "loud"),
        ("TURN_LEASE_SECONDS", "0"),
        ("SLACK_BOT_TOKEN", "xoxp-12345"),
        ("SLACK_APP_TOKEN", "xoxb-12345"),
        ("SLACK_STREAMING", "smoke signals"),
        ("SLACK_PROCESSES", "0"),
        ("TOKEN_KEYS", "too-short-for-a-key"),
        ("TOKEN_KEYS", f"{KEY},{KEY[:-2]}#="),
    ],
)
def test_a_wrong_value_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        read_settings()
    assert name in str(error.value)
    assert "\n" not in str(error.value)
    assert value not in str(error.value) or name not in SECRET


def test_beyond_loopback_a_token_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    with pytest.raises(SettingsError, match="ACCESS_TOKEN"):
        read_settings()
    monkeypatch.setenv("ACCESS_TOKEN", "a token of enough characters")
    assert not read_settings().is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_loopback_needs_none(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("HOST", host)
    assert read_settings().is_loopback


def test_an_empty_value_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "")
    assert read_settings().anthropic_api_key is None


@pytest.mark.parametrize(
    "names",
    [
        ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"],
        ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"],
        ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET", "TOKEN_KEYS"],
        ["TOKEN_KEYS"],
        list(SLACK),
    ],
)
def test_what_goes_together_for_slack(monkeypatch: pytest.MonkeyPatch, names: list[str]) -> None:
    for name in names:
        monkeypatch.setenv(name, SLACK[name])
    read_settings()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["SLACK_BOT_TOKEN"], "SLACK_BOT_TOKEN: set SLACK_APP_TOKEN or SLACK_SIGNING_SECRET too"),
        (["SLACK_APP_TOKEN"], "SLACK_APP_TOKEN: set SLACK_BOT_TOKEN or SLACK_CLIENT_ID too"),
        (["SLACK_SIGNING_SECRET"], "SLACK_SIGNING_SECRET: set SLACK_BOT_TOKEN or SLACK_CLIENT_ID"),
        (["SLACK_CLIENT_SECRET"], "SLACK_CLIENT_SECRET: set SLACK_CLIENT_ID too"),
        (["SLACK_CLIENT_ID"], "SLACK_CLIENT_ID: set SLACK_CLIENT_SECRET too"),
        (
            ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "TOKEN_KEYS"],
            "SLACK_CLIENT_ID: set SLACK_SIGNING_SECRET too",
        ),
        (
            ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET"],
            "SLACK_CLIENT_ID: set TOKEN_KEYS too",
        ),
    ],
)
def test_a_half_configured_slack_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, names: list[str], said: str
) -> None:
    for name in names:
        monkeypatch.setenv(name, SLACK[name])
    with pytest.raises(SettingsError) as error:
        read_settings()
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)


def test_the_keys_for_tokens_come_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_KEYS", f"{KEY}, {KEY.replace('M', 'N')},")
    assert read_settings().vault_keys == (KEY, KEY.replace("M", "N"))
    assert KEY not in repr(read_settings())
