"""Logs are structured, and no secret reaches them."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.logs import configure_logs, place_of, stack_of

SECRETS = [
    "sk-ant-api03-abcDEF_123",
    "xoxb-1234-5678-abcdef",
    "xapp-1-A1-abcdef",
    "xoxe.xoxb-1-Mi0yLTEyMzQ",
    "xoxe-1-My0xLTEyMzQ",
    "Basic MTEuMjI6c2VjcmV0",
    "https://hooks.slack.com/actions/T1/2/abcdef",
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
    assert secret.rsplit(maxsplit=1)[-1].removeprefix("https://hooks.slack.com/") not in shown
    assert "hunter2" not in shown
    assert "plain" not in shown
    assert "ValueError" in shown


@pytest.mark.parametrize(
    "text",
    [
        "data: {'code': '0123456789.abc', 'client_secret': '0123456789abc'}",
        'answer: {"refresh_token": "0123456789abc", "ok": true}',
        "wss://wss.example/link/?ticket=0123456789abc&app_id=A1",
        "response_url=https://slack.example/0123456789abc",
    ],
)
def test_secrets_are_told_by_the_name_before_them(text: str) -> None:
    stream = io.StringIO()
    configure_logs("info", "json", stream)
    logging.getLogger("library").warning("%s", text)
    logging.getLogger("library").warning("nested", extra={"request": [{"data": text.encode()}]})
    structlog.get_logger("bot").warning("named", headers={"authorization": "0123456789abc"})
    assert "0123456789" not in stream.getvalue()
    assert stream.getvalue().count("***") >= 3


def test_what_is_no_secret_stays() -> None:
    stream = io.StringIO()
    configure_logs("info", "json", stream)
    text = "status code: 500, token: None, 3 tokens, a ticketed event, the code=short"
    logging.getLogger("library").warning("%s", text)
    assert lines(stream)[0]["event"] == text


def test_an_error_is_told_without_what_it_quotes() -> None:
    said = "Priya wants Marathi speakers"
    try:
        int(said)
    except ValueError as error:
        place, stack = place_of(error), stack_of(error)
    assert re.fullmatch(r"ValueError in test_logs\.py:\d+", place)
    assert stack.endswith("ValueError")
    assert "test_an_error_is_told_without_what_it_quotes" in stack
    assert said not in place + stack
