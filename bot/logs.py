"""Structured logs, JSON or readable, with secrets blanked out."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_SECRET_NAME = re.compile(r"token|secret|password|api_key|authorization|cookie", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"sk-ant-[\w-]+|x(?:ox[abeoprs]|app)-[\w-]+|(?<=Bearer )\S+|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
)
"""Claude keys, Slack tokens, bearer tokens, and the login part of a URL."""


def without_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank out values that are secret by their field's name or by their look."""
    for key, value in event.items():
        if not isinstance(value, str):
            continue
        event[key] = "***" if _SECRET_NAME.search(key) else _SECRET_VALUE.sub("***", value)
    return event


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
    for noisy in ("httpx2", "httpcore2", "uvicorn.access", "websockets"):
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
