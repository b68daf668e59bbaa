"""How a command runs to its end: settings, logs, signals, and one line for what goes wrong."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import structlog

from bot.logs import configure_logs
from bot.settings import Settings, SettingsError, read_settings

Command: TypeAlias = Callable[[Settings], Coroutine[Any, Any, int | None]]
"""Returns its exit code, or nothing for 0."""

_log = structlog.get_logger("castmatch")


def run_command(
    command: Command, *, expected: tuple[type[Exception], ...], log_crashes: bool
) -> int:
    """Run a command with the settings; its exit code.

    What is `expected` to go wrong, and a wrong setting, ends it with 1 and one line on standard
    error. So does what is not expected, whose traceback is logged with `log_crashes` or when
    LOG_LEVEL is debug. Ctrl-C and SIGTERM cancel the command; for a server that is a clean end.
    """
    try:
        settings = read_settings()
    except SettingsError as error:
        return _complain(str(error))
    quiet = not log_crashes and settings.log_level == "info"
    configure_logs("warning" if quiet else settings.log_level, settings.log_format)
    try:
        return asyncio.run(_until_signalled(command(settings))) or 0
    except expected as error:
        return _complain(str(error))
    except BrokenPipeError:  # whoever read our output has enough of it
        return 0
    except Exception as error:  # noqa: BLE001 - the boundary of the process
        if log_crashes or settings.log_level == "debug":
            _log.critical("crashed", exc_info=error)
        return _complain(f"Unexpected: {type(error).__name__}. LOG_LEVEL=debug shows where.")


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run `work` for as long as we are inside, and end it then; if it fails, so do we."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work)
        try:
            yield
        finally:
            task.cancel()


async def _until_signalled(command: Coroutine[Any, Any, int | None]) -> int | None:
    task = asyncio.ensure_future(command)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return 0
    except BaseExceptionGroup as group:
        raise _innermost(group) from group


def _innermost(error: BaseException) -> BaseException:
    """The first of those that a task group gathered: the others follow from it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _complain(line: str) -> int:
    print(line, file=sys.stderr)  # noqa: T201 - this is what the person sees
    return 1
