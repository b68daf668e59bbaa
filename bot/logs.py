"""Structured logs, JSON or readable, with secrets blanked out."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_SECRET_NAME = re.compile(r"token|secret|password|api_key|authorization|cookie", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"""
    sk-ant-[\w-]+                                 # Claude keys
    | xox[a-z](?:\.xox[a-z])?-[\w%.-]+ | xapp-[\w-]+    # Slack tokens
    | (?<=Bearer[ ])\S+ | (?<=Basic[ ])[\w+/=-]+    # as HTTP carries them
    | (?<=://)[^/\s:@]*:[^/\s@]+(?=@)             # the login part of a URL
    | (?<=hooks\.slack\.com/)[\w/]+               # where whoever knows it may post
    | (?<=Bot[ ])[\w.-]{20,} | \b[\w-]{18,30}\.[\w-]{5,8}\.[\w-]{20,}    # Discord's tokens
    | (?<=/webhooks/)\d+/[\w-]{20,} | (?<=/interactions/)\d+/[\w-]{20,}    # and its interactions'
    """,
    re.VERBOSE,
)
_SECRET_FIELD = re.compile(
    r"""
    (?P<name>["']?\b(?:(?:access|refresh|verification|bot|app|user)_)?(?:token|secret|ticket)
        | ["']?\b(?:client|signing)_secret
        | ["']?\bresponse_url
        | ["'?&]code | [?&]state)                  # of OAuth; a bare code is a status
    (?P<is>["']?\s*[:=]\s*["']?)
    (?P<value>(?!None\b|null\b)[^\s"'&,)}\]]{8,})
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""A secret that is told only by the name before it, in a request, an answer or a URL."""


def without_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank out values that are secret by their field's name or by their look."""
    for key, value in event.items():
        event[key] = _blanked(key, value)
    return event


def _blanked(key: object, value: Any) -> Any:
    match value:
        case str() if isinstance(key, str) and _SECRET_NAME.search(key):
            return "***"
        case str():
            return _SECRET_FIELD.sub(r"\g<name>\g<is>***", _SECRET_VALUE.sub("***", value))
        case dict():
            return {inner: _blanked(inner, held) for inner, held in value.items()}
        case list() | tuple():
            return [_blanked(None, held) for held in value]
        case bytes():
            return _blanked(None, value.decode(errors="replace"))
    return value


def configure_logs(
    level: str, style: Literal["auto", "console", "json"], stream: TextIO | None = None
) -> None:
    """Send our own and the libraries' logs through one chain to `stream` (standard error)."""
    stream = stream or sys.stderr
    readable = style == "console" or (style == "auto" and stream.isatty())
    shared: Sequence[Processor] = (
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    )
    renderer: Processor = (
        # plain tracebacks: the pretty ones print local variables, and with them tokens
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_secrets,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # discord.py's say at debug what people write
    for noisy in ("discord", "httpx2", "httpcore2", "uvicorn.access", "websockets"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


# Of work on what people wrote an error's message may quote it: the database's and the validation's
# do. It would outlive their forgetting it.


def place_of(error: BaseException) -> str:
    """The kind of an error that was raised and where it arose, without its message."""
    [frame] = traceback.extract_tb(error.__traceback__, limit=-1)
    return f"{type(error).__name__} in {PurePath(frame.filename).name}:{frame.lineno}"


def stack_of(error: BaseException) -> str:
    """The traceback of an error that was raised, without its message."""
    return "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
