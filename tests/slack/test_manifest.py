"""The app's manifest asks for exactly what the code uses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.commands import COMMAND
from adapters.slack.scopes import SCOPES
from adapters.slack.shortcuts import FIND_TALENTS
from bot.memory_acts import COMMAND as MEMORY

ADAPTER = Path(__file__).parent.parent.parent / "adapters" / "slack"
MANIFEST: dict[str, Any] = yaml.safe_load((ADAPTER / "manifest.yaml").read_text())
SOURCE = "\n".join(
    path.read_text() for path in sorted(ADAPTER.glob("*.py")) if path.name != "token.py"
)

_KINDS = ("channels", "groups", "im", "mpim")
_READ, _HISTORY = ({f"{kind}:{what}" for kind in _KINDS} for what in ("read", "history"))
METHODS: dict[str, set[str]] = {
    "apps_connections_open": set(),  # connections:write, of the app-level token
    "assistant_threads_setStatus": {"assistant:write"},
    "assistant_threads_setSuggestedPrompts": {"assistant:write"},
    "assistant_threads_setTitle": {"assistant:write"},
    "auth_test": set(),
    "chat_appendStream": {"chat:write"},
    "chat_delete": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_startStream": {"chat:write"},
    "chat_stopStream": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": _HISTORY,
    "conversations_info": _READ,
    "conversations_replies": _HISTORY,
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}
"""What each method needs (https://docs.slack.dev/reference/methods)."""
EVENTS: dict[str, set[str]] = {
    "app_mention": {"app_mentions:read"},
    "assistant_thread_context_changed": {"assistant:write"},
    "assistant_thread_started": {"assistant:write"},
    **{f"message.{kind}": {f"{kind}:history"} for kind in _KINDS},
}
"""What each event needs; the others need nothing (https://docs.slack.dev/reference/events)."""


def used_methods() -> set[str]:
    assert ".api_call(" not in SOURCE, "this test would not see its method"
    called = re.findall(r"client\.([a-z]+(?:_[a-zA-Z]+)+)\(", SOURCE)
    return {name for name in called if hasattr(AsyncWebClient, name)}


def heard_events() -> set[str]:
    heard = set(re.findall(r"app\.event\(\"([a-z_]+)\"\)", SOURCE))
    assert "message" in heard
    return heard - {"message"} | {f"message.{kind}" for kind in _KINDS}


def test_every_method_called_is_known_here() -> None:
    assert used_methods() == METHODS.keys()


def test_the_events_are_those_that_are_listened_to() -> None:
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == heard_events()


def test_the_scopes_are_those_that_methods_events_and_commands_need() -> None:
    needed = {"commands"}
    needed = needed.union(*(METHODS[method] for method in used_methods()))
    needed = needed.union(*(EVENTS.get(event, set()) for event in heard_events()))
    assert set(SCOPES) == needed
    assert MANIFEST["oauth_config"]["scopes"] == {"bot": sorted(SCOPES)}


def test_the_command_and_the_shortcut_are_those_that_are_answered() -> None:
    features = MANIFEST["features"]
    assert [one["command"] for one in features["slash_commands"]] == [COMMAND, MEMORY]
    (shortcut,) = features["shortcuts"]
    assert (shortcut["type"], shortcut["callback_id"]) == ("message", FIND_TALENTS)
    assert (SOURCE.count("@app.command("), SOURCE.count("@app.shortcut(")) == (2, 1)


def test_what_the_app_needs_is_switched_on() -> None:
    settings, features = MANIFEST["settings"], MANIFEST["features"]
    assert settings["interactivity"] == {"is_enabled": True}
    assert settings["socket_mode_enabled"] is True
    assert features["app_home"]["home_tab_enabled"] is True
    assert features["app_home"]["messages_tab_read_only_enabled"] is False


def test_slacks_own_limits() -> None:
    """https://docs.slack.dev/reference/app-manifest"""
    about = MANIFEST["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 174 <= len(about["long_description"]) <= 4000
    for command in MANIFEST["features"]["slash_commands"]:
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000
    (shortcut,) = MANIFEST["features"]["shortcuts"]
    assert len(shortcut["name"]) <= 24
