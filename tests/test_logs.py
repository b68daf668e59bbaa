"""Logs are structured, and no secret reaches them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.logs import configure_logs

SECRETS = [
    "sk-ant-api03-abcDEF_123",
    "xoxb-1234-5678-abcdef",
    "xapp-1-A1-abcdef",
    "postgresql://castmatch:hunter2@db/castmatch",
]


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_one_json_object_a_line_for_ours_and_the_libraries() -> None:
    stream = io.StringIO()
    configure_logs("info", "json", stream)
    with structlog.contextvars.bound_contextvars(conversation="web/local/c/"):
        structlog.get_logger("bot").info("turn done", seconds=1.5)
    logging.getLogger("library").info("connected to %s", "there")
    structlog.get_logger("bot").debug("not wanted")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["seconds"], ours["conversation"]) == (
        "turn done",
        1.5,
        "web/local/c/",
    )
    assert (theirs["event"], theirs["logger"]) == ("connected to there", "library")


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_blanked_out(style: Any, secret: str) -> None:
    stream = io.StringIO()
    configure_logs("info", style, stream)
    log = structlog.get_logger("bot")
    log.info(f"starting with {secret}", detail=f"key is {secret}")
    logging.getLogger("library").warning("refused: %s", secret)
    try:
        raise ValueError(secret)  # noqa: TRY301 - the traceback is what is tested
    except ValueError:
        log.exception("failed")
    log.info("by its name", slack_token="plain", api_key="plain")
    shown = stream.getvalue()
    assert secret not in shown
    assert "hunter2" not in shown
    assert "plain" not in shown
    assert "ValueError" in shown
